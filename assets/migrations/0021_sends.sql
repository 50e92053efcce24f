-- What Persona answers is needed where it was decided: a link that is made is shown there and kept
-- nowhere. Of rows that are there already it is not known, so it is taken to be.
ALTER TABLE action ADD COLUMN answer_to_owner INTEGER NOT NULL DEFAULT 1;
-- The process that recorded it, whoever sends it.
ALTER TABLE action ADD COLUMN submitter TEXT;
