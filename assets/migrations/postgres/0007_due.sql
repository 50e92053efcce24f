-- When an inquiry is due is asked of each that came, and not of all that there are: a statement about both
-- may be planned while there are few, and the server keeps that plan when there are many. For the same reason a row is
-- looked up by its key, whatever the server holds for cheaper.
CREATE OR REPLACE FUNCTION inquiries_come() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    fresh RECORD;
BEGIN
    PERFORM tally_steps(array_agg(list), array_agg(at), array_agg(step)) FROM (
        SELECT list, at, count(*) AS step FROM come,
            inquiry_lists(come.status, come.newest, come.place, come.urgency)
        GROUP BY list, at
    ) AS moved HAVING count(*) > 0;
    -- Cases and inquiries come in any order, so each of them looks for the other.
    FOR fresh IN SELECT come.id, earliest_due(come.id) AS due FROM come LOOP
        IF fresh.due IS NOT NULL THEN
            UPDATE inquiry SET due = fresh.due WHERE id = fresh.id AND due IS DISTINCT FROM fresh.due;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
