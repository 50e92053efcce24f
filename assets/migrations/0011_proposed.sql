-- A decision that a second person must confirm is proposed first: open, and sent by nobody.
-- With which key it was proposed (its last four characters), and who confirmed it.
ALTER TABLE action ADD COLUMN proposed_with TEXT;
ALTER TABLE action ADD COLUMN confirmed_by TEXT;
DROP INDEX action_open;
CREATE UNIQUE INDEX action_open ON action (subject_kind, subject_id)
    WHERE state IN ('proposed', 'held', 'sending', 'waiting');
DROP INDEX action_shown;
CREATE INDEX action_shown ON action (subject_id, decided_at)
    WHERE acknowledged = 0 AND state IN ('proposed', 'held', 'sending', 'waiting', 'rejected', 'stopped');
