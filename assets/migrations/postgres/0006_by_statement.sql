-- Lists are counted once a statement and not once a row: of many inquiries that move at once most end in
-- the same few slots, and a slot that is written again and again in one transaction gets slower each time.
DROP TRIGGER inquiry_follows ON inquiry;
DROP FUNCTION inquiry_follows();

-- In which lists an inquiry is, and where.
CREATE FUNCTION inquiry_lists(status TEXT, newest BIGINT, place BIGINT, urgency BIGINT)
    RETURNS TABLE (list TEXT, at BIGINT) LANGUAGE sql IMMUTABLE AS $$
    SELECT 'inquiry', newest
    UNION ALL SELECT 'inquiry/' || status, place
    UNION ALL SELECT 'urgent', urgency WHERE status = 'needs_review'
$$;

-- So many rows come into lists, or go (negative), at places that are named once each. Of a slot that is
-- empty then nothing is left.
CREATE FUNCTION tally_steps(lists TEXT[], places BIGINT[], steps BIGINT[]) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    done RECORD;
BEGIN
    FOR done IN INSERT INTO tally (list, shift, slot, rows)
        SELECT list, level, at >> level, sum(step)::bigint
        FROM unnest(lists, places, steps) AS moved (list, at, step), unnest(ARRAY[20, 27, 34, 41]) AS level
        GROUP BY list, level, at >> level HAVING sum(step) <> 0
        ON CONFLICT (environment, list, shift, slot) DO UPDATE SET rows = tally.rows + excluded.rows
        RETURNING list, shift, slot, rows
    LOOP
        IF done.rows = 0 THEN
            DELETE FROM tally
                WHERE list = done.list AND shift = done.shift AND slot = done.slot;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION inquiries_come() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_steps(array_agg(list), array_agg(at), array_agg(step)) FROM (
        SELECT list, at, count(*) AS step FROM come,
            inquiry_lists(come.status, come.newest, come.place, come.urgency)
        GROUP BY list, at
    ) AS moved HAVING count(*) > 0;
    -- Cases and inquiries come in any order, so each of them looks for the other.
    UPDATE inquiry SET due = earliest_due(inquiry.id)
        WHERE id IN (SELECT id FROM come) AND due IS DISTINCT FROM earliest_due(inquiry.id);
    RETURN NULL;
END $$;
CREATE TRIGGER inquiries_come AFTER INSERT ON inquiry REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION inquiries_come();

CREATE FUNCTION inquiries_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What stays where it was cancels out.
    PERFORM tally_steps(array_agg(list), array_agg(at), array_agg(step)) FROM (
        SELECT list, at, sum(step)::bigint AS step FROM (
            SELECT list, at, -1 AS step FROM old_rows,
                inquiry_lists(old_rows.status, old_rows.newest, old_rows.place, old_rows.urgency)
            UNION ALL SELECT list, at, 1 FROM new_rows,
                inquiry_lists(new_rows.status, new_rows.newest, new_rows.place, new_rows.urgency)
        ) AS each GROUP BY list, at HAVING sum(step) <> 0
    ) AS moved HAVING count(*) > 0;
    PERFORM let_go('inquiry', id) FROM new_rows JOIN old_rows USING (id)
        WHERE new_rows.status IN ('approved', 'declined') AND old_rows.status <> new_rows.status
            OR new_rows.purged_at IS NOT NULL AND old_rows.purged_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER inquiries_change AFTER UPDATE ON inquiry
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION inquiries_change();

CREATE FUNCTION inquiries_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_steps(array_agg(list), array_agg(at), array_agg(step)) FROM (
        SELECT list, at, -count(*) AS step FROM gone,
            inquiry_lists(gone.status, gone.newest, gone.place, gone.urgency)
        GROUP BY list, at
    ) AS moved HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER inquiries_go AFTER DELETE ON inquiry REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION inquiries_go();
