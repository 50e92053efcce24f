-- What lines are found by. Proof is in the text and its hash alone.
ALTER TABLE journal ADD COLUMN action TEXT;
ALTER TABLE journal ADD COLUMN subject TEXT;
DROP TRIGGER journal_is_append_only;
UPDATE journal SET
    action = json_extract(entry, '$.action'),
    subject = coalesce(
        json_extract(entry, '$.subject.Inquiry'), json_extract(entry, '$.subject.Case'),
        json_extract(entry, '$.subject.Account'), json_extract(entry, '$.subject.NewInquiry'))
    WHERE json_valid(entry);
CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE INDEX journal_action ON journal (action, seq) WHERE action IS NOT NULL;
CREATE INDEX journal_subject ON journal (subject, seq) WHERE subject IS NOT NULL;

-- Which journal it is and where it ends, written with every line: a cut-off end is noticed.
CREATE TABLE journal_end (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    name  TEXT,
    lines BIGINT NOT NULL,
    hash  TEXT NOT NULL
);
INSERT INTO journal_end (one, name, lines, hash)
    SELECT 1, NULL, coalesce(max(seq), 0), coalesce(
        (SELECT hash FROM journal ORDER BY seq DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
    FROM journal;

-- The checks that the local copy had when something was decided: names and results, no values.
CREATE TABLE decision_record (
    action TEXT PRIMARY KEY,
    body   TEXT NOT NULL
);
CREATE TRIGGER decision_record_stays BEFORE UPDATE ON decision_record
BEGIN SELECT RAISE(ABORT, 'the record of a decision is not changed'); END;
