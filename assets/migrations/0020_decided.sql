-- A reviewer's own day is read without walking along all that was ever decided.
CREATE INDEX action_decided ON action (decided_at);
