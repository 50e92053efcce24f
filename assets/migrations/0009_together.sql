-- Decided together: this one is sent once that one is done, and not at all if it comes to nothing.
ALTER TABLE action ADD COLUMN after_id TEXT;
CREATE INDEX action_after ON action (after_id) WHERE after_id IS NOT NULL;
