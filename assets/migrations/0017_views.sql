-- The queue in other orders than by age alone, and views that were saved.

-- The earliest deadline of an inquiry's open cases: an instant, so that it sorts alike at any time.
ALTER TABLE inquiry ADD COLUMN due BIGINT;
-- By deadline; what has none comes behind, by age. No instant reaches 2^59 microseconds.
ALTER TABLE inquiry ADD COLUMN urgency BIGINT
    GENERATED ALWAYS AS (coalesce(due, (1 << 60) + coalesce(waiting_since, 0))) VIRTUAL;
-- Most failed checks first, then most signals, then by age.
ALTER TABLE inquiry ADD COLUMN danger BIGINT
    GENERATED ALWAYS AS (((1023 - min(failed, 31) * 32 - min(signals, 31)) << 52)
                         + max(0, min(coalesce(waiting_since, 0), (1 << 52) - 1))) VIRTUAL;
UPDATE inquiry SET due = (
        SELECT min(sla_expires_at) FROM case_inquiry AS tie
        JOIN review_case ON review_case.id = tie.case_id
        WHERE tie.inquiry_id = inquiry.id AND +review_case.resolved = 0)
    WHERE id IN (SELECT inquiry_id FROM case_inquiry);

CREATE INDEX inquiry_urgent ON inquiry (urgency, place, danger, id, search)
    WHERE status = 'needs_review';
CREATE INDEX inquiry_danger ON inquiry (danger, id) WHERE status = 'needs_review';
CREATE INDEX inquiry_latest ON inquiry (newest, id) WHERE status = 'needs_review';
ALTER TABLE review_case ADD COLUMN latest BIGINT
    GENERATED ALWAYS AS (-coalesce(created_at, 0)) VIRTUAL;
CREATE INDEX case_since ON review_case (since, id);
CREATE INDEX case_latest ON review_case (latest, id);

-- Cases and inquiries come in any order, so each of them looks for the other.
CREATE TRIGGER due_with_tie AFTER INSERT ON case_inquiry
BEGIN
    UPDATE inquiry SET due = (
            SELECT min(sla_expires_at) FROM case_inquiry AS tie
            JOIN review_case ON review_case.id = tie.case_id
            WHERE tie.inquiry_id = inquiry.id AND +review_case.resolved = 0)
        WHERE id = new.inquiry_id;
END;
CREATE TRIGGER due_without_tie AFTER DELETE ON case_inquiry
BEGIN
    UPDATE inquiry SET due = (
            SELECT min(sla_expires_at) FROM case_inquiry AS tie
            JOIN review_case ON review_case.id = tie.case_id
            WHERE tie.inquiry_id = inquiry.id AND +review_case.resolved = 0)
        WHERE id = old.inquiry_id;
END;
CREATE TRIGGER due_with_inquiry AFTER INSERT ON inquiry
WHEN EXISTS (SELECT 1 FROM case_inquiry WHERE inquiry_id = new.id)
BEGIN
    UPDATE inquiry SET due = (
            SELECT min(sla_expires_at) FROM case_inquiry AS tie
            JOIN review_case ON review_case.id = tie.case_id
            WHERE tie.inquiry_id = inquiry.id AND +review_case.resolved = 0)
        WHERE id = new.id;
END;
CREATE TRIGGER due_with_case AFTER UPDATE OF resolved, sla_expires_at ON review_case
WHEN (old.resolved, old.sla_expires_at) IS NOT (new.resolved, new.sla_expires_at)
BEGIN
    UPDATE inquiry SET due = (
            SELECT min(sla_expires_at) FROM case_inquiry AS tie
            JOIN review_case ON review_case.id = tie.case_id
            WHERE tie.inquiry_id = inquiry.id AND +review_case.resolved = 0)
        WHERE id IN (SELECT inquiry_id FROM case_inquiry WHERE case_id = new.id);
END;
CREATE TRIGGER due_without_case AFTER DELETE ON review_case
BEGIN
    UPDATE inquiry SET due = (
            SELECT min(sla_expires_at) FROM case_inquiry AS tie
            JOIN review_case ON review_case.id = tie.case_id
            WHERE tie.inquiry_id = inquiry.id AND +review_case.resolved = 0)
        WHERE id IN (SELECT inquiry_id FROM case_inquiry WHERE case_id = old.id);
END;

-- The queue by urgency is counted as other lists are.
INSERT INTO tally (list, shift, slot, rows)
    SELECT 'urgent', shift, urgency >> shift, count(*)
    FROM inquiry, tally_level WHERE status = 'needs_review' GROUP BY 1, 2, 3;
CREATE TRIGGER inquiry_presses AFTER INSERT ON inquiry WHEN new.status = 'needs_review'
BEGIN
    INSERT INTO tally_step (list, place, step) VALUES ('urgent', new.urgency, 1);
END;
CREATE TRIGGER inquiry_pressed AFTER DELETE ON inquiry WHEN old.status = 'needs_review'
BEGIN
    INSERT INTO tally_step (list, place, step) VALUES ('urgent', old.urgency, -1);
END;
CREATE TRIGGER inquiry_presses_otherwise AFTER UPDATE OF status, waiting_since, due ON inquiry
WHEN (old.status = 'needs_review' OR new.status = 'needs_review')
    AND (old.status, old.urgency) IS NOT (new.status, new.urgency)
BEGIN
    INSERT INTO tally_step (list, place, step)
        SELECT 'urgent', old.urgency, -1 WHERE old.status = 'needs_review';
    INSERT INTO tally_step (list, place, step)
        SELECT 'urgent', new.urgency, 1 WHERE new.status = 'needs_review';
END;

-- Its name and its words may be a person's: sealed like any body.
CREATE TABLE saved_view (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
