-- What each reviewer has put off. `object` is what it is about; `id` is the row's own, for which its
-- note is sealed like any body, since it may be about a person.
CREATE TABLE snoozed (
    id       TEXT PRIMARY KEY,
    reviewer TEXT NOT NULL,
    kind     TEXT NOT NULL,
    object   TEXT NOT NULL,
    since    BIGINT NOT NULL,
    -- None: until something happens.
    until    BIGINT,
    awaits   TEXT NOT NULL,
    -- What happened, in words without a person's data: then it is back before its time.
    woken    TEXT,
    note     TEXT
);
CREATE UNIQUE INDEX snoozed_by ON snoozed (reviewer, kind, object);
CREATE INDEX snoozed_of ON snoozed (kind, object);

-- What is decided, purged or redacted is put off no more.
CREATE TRIGGER snoozed_inquiry_decided AFTER UPDATE OF status ON inquiry
WHEN new.status IN ('approved', 'declined') AND old.status <> new.status
BEGIN
    DELETE FROM snoozed WHERE kind = 'inquiry' AND object = new.id;
END;
CREATE TRIGGER snoozed_case_resolved AFTER UPDATE OF resolved ON review_case
WHEN new.resolved = 1 AND old.resolved = 0
BEGIN
    DELETE FROM snoozed WHERE kind = 'case' AND object = new.id;
END;
CREATE TRIGGER snoozed_inquiry_purged AFTER UPDATE OF purged_at ON inquiry
WHEN new.purged_at IS NOT NULL AND old.purged_at IS NULL
BEGIN
    DELETE FROM snoozed WHERE kind = 'inquiry' AND object = new.id;
END;
CREATE TRIGGER snoozed_case_purged AFTER UPDATE OF purged_at ON review_case
WHEN new.purged_at IS NOT NULL AND old.purged_at IS NULL
BEGIN
    DELETE FROM snoozed WHERE kind = 'case' AND object = new.id;
END;
CREATE TRIGGER snoozed_redacted AFTER INSERT ON tombstone
BEGIN
    DELETE FROM snoozed WHERE kind = new.kind AND object = new.id;
END;
