-- What each reviewer has marked, to decide it together. Ids only.
CREATE TABLE marked (
    reviewer TEXT NOT NULL,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    PRIMARY KEY (reviewer, kind, id)
) WITHOUT ROWID;
CREATE INDEX marked_of ON marked (kind, id);

-- A mark goes when what it marks is decided, purged or redacted.
CREATE TRIGGER marked_inquiry_decided AFTER UPDATE OF status ON inquiry
WHEN new.status IN ('approved', 'declined') AND old.status <> new.status
BEGIN
    DELETE FROM marked WHERE kind = 'inquiry' AND id = new.id;
END;
CREATE TRIGGER marked_case_resolved AFTER UPDATE OF resolved ON review_case
WHEN new.resolved = 1 AND old.resolved = 0
BEGIN
    DELETE FROM marked WHERE kind = 'case' AND id = new.id;
END;
CREATE TRIGGER marked_inquiry_purged AFTER UPDATE OF purged_at ON inquiry
WHEN new.purged_at IS NOT NULL AND old.purged_at IS NULL
BEGIN
    DELETE FROM marked WHERE kind = 'inquiry' AND id = new.id;
END;
CREATE TRIGGER marked_case_purged AFTER UPDATE OF purged_at ON review_case
WHEN new.purged_at IS NOT NULL AND old.purged_at IS NULL
BEGIN
    DELETE FROM marked WHERE kind = 'case' AND id = new.id;
END;
CREATE TRIGGER marked_redacted AFTER INSERT ON tombstone
BEGIN
    DELETE FROM marked WHERE kind = new.kind AND id = new.id;
END;

-- Decisions that were made in one go share this; none waits for another.
ALTER TABLE action ADD COLUMN bulk TEXT;
CREATE INDEX action_bulk ON action (bulk, state) WHERE bulk IS NOT NULL;
