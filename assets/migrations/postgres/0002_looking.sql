-- What a reviewer has open, told to colleagues for as long as their console is there. It moves no
-- version: nothing that is kept depends on it.
ALTER TABLE present ADD COLUMN reviewer TEXT;
-- The kind and the id of the item: `inquiry inq_4KvC…`.
ALTER TABLE present ADD COLUMN looks_at TEXT;

CREATE FUNCTION tell_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF old.looks_at IS DISTINCT FROM new.looks_at THEN
        PERFORM pg_notify('caseload', current_setting('caseload.environment') || ' '
            || coalesce(nullif(current_setting('caseload.process', true), ''), '-') || ' 0 present');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_look AFTER INSERT OR UPDATE OR DELETE ON present
    FOR EACH ROW EXECUTE FUNCTION tell_look();
