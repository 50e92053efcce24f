-- When an inquiry is due is asked for those that came, and not for all that there are: of a condition about
-- all of them the server may make the first thing it looks at.
CREATE OR REPLACE FUNCTION inquiries_come() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_steps(array_agg(list), array_agg(at), array_agg(step)) FROM (
        SELECT list, at, count(*) AS step FROM come,
            inquiry_lists(come.status, come.newest, come.place, come.urgency)
        GROUP BY list, at
    ) AS moved HAVING count(*) > 0;
    -- Cases and inquiries come in any order, so each of them looks for the other.
    UPDATE inquiry SET due = fresh.due FROM (
        SELECT come.id, earliest_due(come.id) AS due FROM come OFFSET 0
    ) AS fresh WHERE inquiry.id = fresh.id AND inquiry.due IS DISTINCT FROM fresh.due;
    RETURN NULL;
END $$;
