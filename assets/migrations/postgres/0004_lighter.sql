-- What is written with every change at Persona costs less: a list is counted again only where a row comes or
-- goes, and in a store that is not sealed no column is looked at.
CREATE OR REPLACE FUNCTION inquiry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earliest BIGINT;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF old.newest IS DISTINCT FROM new.newest THEN
            PERFORM tally_step('inquiry', old.newest, -1), tally_step('inquiry', new.newest, 1);
        END IF;
        IF (old.status, old.place) IS DISTINCT FROM (new.status, new.place) THEN
            PERFORM tally_step('inquiry/' || old.status, old.place, -1),
                tally_step('inquiry/' || new.status, new.place, 1);
        END IF;
        IF (old.status, old.urgency) IS DISTINCT FROM (new.status, new.urgency) THEN
            IF old.status = 'needs_review' THEN PERFORM tally_step('urgent', old.urgency, -1); END IF;
            IF new.status = 'needs_review' THEN PERFORM tally_step('urgent', new.urgency, 1); END IF;
        END IF;
        IF new.status IN ('approved', 'declined') AND old.status <> new.status
            OR new.purged_at IS NOT NULL AND old.purged_at IS NULL THEN
            PERFORM let_go('inquiry', new.id);
        END IF;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM tally_step('inquiry', old.newest, -1), tally_step('inquiry/' || old.status, old.place, -1);
        IF old.status = 'needs_review' THEN PERFORM tally_step('urgent', old.urgency, -1); END IF;
        RETURN NULL;
    END IF;
    PERFORM tally_step('inquiry', new.newest, 1), tally_step('inquiry/' || new.status, new.place, 1);
    IF new.status = 'needs_review' THEN PERFORM tally_step('urgent', new.urgency, 1); END IF;
    -- Cases and inquiries come in any order, so each of them looks for the other.
    earliest := earliest_due(new.id);
    IF earliest IS DISTINCT FROM new.due THEN
        UPDATE inquiry SET due = earliest WHERE id = new.id;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION is_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name TEXT;
    kept BYTEA;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cursor WHERE cursor.name = 'seal'
            AND (value LIKE 'sealed %' OR value LIKE 'sealing %')) THEN
        RETURN new;
    END IF;
    FOREACH name IN ARRAY TG_ARGV LOOP
        EXECUTE format('SELECT ($1).%I', name) INTO kept USING new;
        IF octet_length(kept) > 0 AND get_byte(kept, 0) <> 1 THEN
            RAISE EXCEPTION 'a sealed local copy takes no clear text';
        END IF;
    END LOOP;
    RETURN new;
END $$;
