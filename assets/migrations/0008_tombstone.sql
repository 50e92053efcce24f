-- What was redacted at Persona: nothing that comes later brings its personal data back.
CREATE TABLE tombstone (
    kind        TEXT NOT NULL,
    id          TEXT NOT NULL,
    redacted_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
-- When its personal data was dropped here; none if it is there.
ALTER TABLE inquiry ADD COLUMN purged_at BIGINT;
ALTER TABLE review_case ADD COLUMN purged_at BIGINT;
ALTER TABLE account ADD COLUMN purged_at BIGINT;
CREATE INDEX inquiry_kept ON inquiry (updated_at) WHERE purged_at IS NULL;
CREATE INDEX case_kept ON review_case (updated_at) WHERE purged_at IS NULL;
CREATE INDEX account_kept ON account (updated_at) WHERE purged_at IS NULL;
