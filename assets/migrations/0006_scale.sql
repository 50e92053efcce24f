-- What keeps a million inquiries interactive: the place of every row in its list as one number,
-- how many rows there are around each place, and an index of what a search looks for.

-- Lists are ordered by (place, id). The queue is worked longest waiting first; other inquiries are
-- read newest first.
ALTER TABLE inquiry ADD COLUMN newest BIGINT
    GENERATED ALWAYS AS (-coalesce(created_at, 0)) VIRTUAL;
ALTER TABLE inquiry ADD COLUMN place BIGINT
    GENERATED ALWAYS AS (CASE status WHEN 'needs_review' THEN coalesce(waiting_since, 0)
                         ELSE -coalesce(created_at, 0) END) VIRTUAL;
-- Open cases first, then by what is left of the SLA; without one last, since nothing presses.
-- Every instant is less than 2^59 microseconds away from 1970, so the four kinds cannot mix.
ALTER TABLE review_case ADD COLUMN place BIGINT
    GENERATED ALWAYS AS (resolved * (1 << 61)
                         + coalesce(sla_expires_at, (1 << 60) + coalesce(created_at, 0))) VIRTUAL;
-- Among cases with one SLA the oldest comes first.
ALTER TABLE review_case ADD COLUMN since BIGINT
    GENERATED ALWAYS AS (coalesce(created_at, 0)) VIRTUAL;
-- What scripts choose by, without reading bodies.
ALTER TABLE inquiry ADD COLUMN template TEXT;
ALTER TABLE account ADD COLUMN created_at BIGINT;
ALTER TABLE account ADD COLUMN newest BIGINT
    GENERATED ALWAYS AS (-coalesce(created_at, 0)) VIRTUAL;
ALTER TABLE review_case ADD COLUMN queue TEXT;
ALTER TABLE review_case ADD COLUMN assignee TEXT;
UPDATE inquiry SET template = json_extract(body, '$.template');
UPDATE account SET created_at =
    CAST(round(unixepoch(json_extract(body, '$.created_at'), 'subsec') * 1000) AS BIGINT) * 1000;
UPDATE review_case SET queue = json_extract(body, '$.queue'),
    assignee = lower(json_extract(body, '$.assignee'));

DROP INDEX inquiry_queue;
DROP INDEX inquiry_newest;
DROP INDEX inquiry_newest_by_status;
DROP INDEX inquiry_account;
DROP INDEX case_queue;
-- With what is searched in, so that a walk along a list reads nothing else.
CREATE INDEX inquiry_place ON inquiry (status, place, id, search);
CREATE INDEX inquiry_newest ON inquiry (newest, id, search);
CREATE INDEX inquiry_account ON inquiry (account_id, newest, id);
CREATE INDEX inquiry_template ON inquiry (template, newest, id, status, place);
CREATE INDEX inquiry_unhydrated ON inquiry (place, id)
    WHERE status = 'needs_review' AND (hydrated_at IS NULL OR hydrated_version IS NOT updated_at);
CREATE INDEX account_newest ON account (newest, id);
CREATE INDEX case_place ON review_case (place, since, id, resolved, search);
CREATE INDEX case_late ON review_case (resolved, sla_expires_at);
CREATE INDEX case_by_queue ON review_case (queue, place, since, id);
CREATE INDEX case_by_assignee ON review_case (assignee, place, since, id);

-- How many rows of a list have `place >> shift = slot`: a tree of counts, each level a 128th of
-- the one above, from 25 days down to a second.
CREATE TABLE tally (
    list  TEXT NOT NULL,
    shift INTEGER NOT NULL,
    slot  BIGINT NOT NULL,
    rows  BIGINT NOT NULL,
    PRIMARY KEY (list, shift, slot)
) WITHOUT ROWID;
CREATE TABLE tally_level (shift INTEGER PRIMARY KEY);
INSERT INTO tally_level (shift) VALUES (20), (27), (34), (41);

INSERT INTO tally (list, shift, slot, rows)
    SELECT 'inquiry/' || status, shift, place >> shift, count(*)
    FROM inquiry, tally_level GROUP BY 1, 2, 3;
INSERT INTO tally (list, shift, slot, rows)
    SELECT 'inquiry', shift, newest >> shift, count(*)
    FROM inquiry, tally_level GROUP BY 1, 2, 3;
INSERT INTO tally (list, shift, slot, rows)
    SELECT 'case', shift, place >> shift, count(*)
    FROM review_case, tally_level GROUP BY 1, 2, 3;
INSERT INTO tally (list, shift, slot, rows)
    SELECT 'case/open', shift, place >> shift, count(*)
    FROM review_case, tally_level WHERE resolved = 0 GROUP BY 1, 2, 3;

-- A row comes (1) into a list, or goes (-1).
CREATE VIEW tally_step AS SELECT list, slot AS place, rows AS step FROM tally WHERE false;
CREATE TRIGGER tally_steps INSTEAD OF INSERT ON tally_step
BEGIN
    INSERT INTO tally (list, shift, slot, rows)
        SELECT new.list, shift, new.place >> shift, new.step FROM tally_level WHERE true
        ON CONFLICT (list, shift, slot) DO UPDATE SET rows = rows + excluded.rows;
    DELETE FROM tally WHERE new.step < 0 AND list = new.list AND rows = 0
        AND (shift, slot) IN (SELECT shift, new.place >> shift FROM tally_level);
END;

CREATE TRIGGER inquiry_comes AFTER INSERT ON inquiry
BEGIN
    INSERT INTO tally_step (list, place, step)
        VALUES ('inquiry', new.newest, 1), ('inquiry/' || new.status, new.place, 1);
END;
CREATE TRIGGER inquiry_goes AFTER DELETE ON inquiry
BEGIN
    INSERT INTO tally_step (list, place, step)
        VALUES ('inquiry', old.newest, -1), ('inquiry/' || old.status, old.place, -1);
END;
CREATE TRIGGER inquiry_moves AFTER UPDATE OF status, created_at, waiting_since ON inquiry
WHEN (old.status, old.place, old.newest) IS NOT (new.status, new.place, new.newest)
BEGIN
    INSERT INTO tally_step (list, place, step)
        VALUES ('inquiry', old.newest, -1), ('inquiry/' || old.status, old.place, -1),
               ('inquiry', new.newest, 1), ('inquiry/' || new.status, new.place, 1);
END;

CREATE TRIGGER case_comes AFTER INSERT ON review_case
BEGIN
    INSERT INTO tally_step (list, place, step) VALUES ('case', new.place, 1);
    INSERT INTO tally_step (list, place, step)
        SELECT 'case/open', new.place, 1 WHERE new.resolved = 0;
END;
CREATE TRIGGER case_goes AFTER DELETE ON review_case
BEGIN
    INSERT INTO tally_step (list, place, step) VALUES ('case', old.place, -1);
    INSERT INTO tally_step (list, place, step)
        SELECT 'case/open', old.place, -1 WHERE old.resolved = 0;
END;
CREATE TRIGGER case_moves AFTER UPDATE OF resolved, sla_expires_at, created_at ON review_case
WHEN (old.resolved, old.place) IS NOT (new.resolved, new.place)
BEGIN
    INSERT INTO tally_step (list, place, step)
        VALUES ('case', old.place, -1), ('case', new.place, 1);
    INSERT INTO tally_step (list, place, step)
        SELECT 'case/open', old.place, -1 WHERE old.resolved = 0;
    INSERT INTO tally_step (list, place, step)
        SELECT 'case/open', new.place, 1 WHERE new.resolved = 0;
END;

-- SQLite's own: every three characters in a row of what a search looks in. It tells which
-- inquiries may match; the row itself is the judge. What is taken out of it leaves nothing behind.
CREATE VIRTUAL TABLE inquiry_grams USING fts5 (
    search, content = 'inquiry', content_rowid = 'rowid', tokenize = 'trigram', detail = 'none'
);
INSERT INTO inquiry_grams (inquiry_grams) VALUES ('rebuild');
INSERT INTO inquiry_grams (inquiry_grams, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER inquiry_is_read AFTER INSERT ON inquiry
BEGIN
    INSERT INTO inquiry_grams (rowid, search) VALUES (new.rowid, new.search);
END;
CREATE TRIGGER inquiry_is_forgotten AFTER DELETE ON inquiry
BEGIN
    INSERT INTO inquiry_grams (inquiry_grams, rowid, search)
        VALUES ('delete', old.rowid, old.search);
END;
CREATE TRIGGER inquiry_is_read_again AFTER UPDATE OF search ON inquiry
WHEN old.search IS NOT new.search
BEGIN
    INSERT INTO inquiry_grams (inquiry_grams, rowid, search)
        VALUES ('delete', old.rowid, old.search);
    INSERT INTO inquiry_grams (rowid, search) VALUES (new.rowid, new.search);
END;
