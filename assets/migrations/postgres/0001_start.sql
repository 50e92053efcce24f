-- The schema of a shared database: what the migrations of the file come to, as of 0020.
--
-- Instants are UTC microseconds, truth is 0 or 1, ids sort by their bytes. `body` and other columns
-- with a person's data are bytes: text, or sealed with a field key. Every table has its environment,
-- which the connection names (`caseload.environment`); a policy at the end keeps them apart.

CREATE TABLE inquiry (
    environment      TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id               TEXT COLLATE "C" NOT NULL,
    rowid            BIGINT GENERATED ALWAYS AS IDENTITY,
    status           TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT,
    updated_at       BIGINT,
    waiting_since    BIGINT,
    account_id       TEXT COLLATE "C",
    template         TEXT COLLATE "C",
    search           TEXT COLLATE "C" NOT NULL,
    body             BYTEA NOT NULL,
    fetched_at       BIGINT NOT NULL,
    -- When its verifications were fetched with it, and of which version it was then.
    hydrated_at      BIGINT,
    hydrated_version BIGINT,
    kinds            TEXT NOT NULL DEFAULT '[]',
    failed           BIGINT NOT NULL DEFAULT 0,
    signals          BIGINT NOT NULL DEFAULT 0,
    unproven         BIGINT NOT NULL DEFAULT 0,
    passed           BIGINT NOT NULL DEFAULT 0,
    -- When its personal data was dropped here; none if it is there.
    purged_at        BIGINT,
    -- The earliest deadline of its open cases.
    due              BIGINT,
    -- What lists are ordered by.
    newest  BIGINT GENERATED ALWAYS AS (-coalesce(created_at, 0)) STORED,
    place   BIGINT GENERATED ALWAYS AS (CASE status WHEN 'needs_review' THEN coalesce(waiting_since, 0)
                                        ELSE -coalesce(created_at, 0) END) STORED,
    urgency BIGINT GENERATED ALWAYS AS (
                coalesce(due, (1::bigint << 60) + coalesce(waiting_since, 0))) STORED,
    danger  BIGINT GENERATED ALWAYS AS (
                ((1023 - least(failed, 31) * 32 - least(signals, 31)) << 52)
                + greatest(0, least(coalesce(waiting_since, 0), (1::bigint << 52) - 1))) STORED,
    PRIMARY KEY (environment, id)
);
CREATE INDEX inquiry_place ON inquiry (environment, status, place, id);
CREATE INDEX inquiry_newest ON inquiry (environment, newest, id);
CREATE INDEX inquiry_account ON inquiry (environment, account_id, newest, id);
CREATE INDEX inquiry_template ON inquiry (environment, template, newest, id);
CREATE INDEX inquiry_row ON inquiry (environment, rowid);
CREATE INDEX inquiry_unhydrated ON inquiry (environment, place, id)
    WHERE status = 'needs_review' AND (hydrated_at IS NULL OR hydrated_version IS DISTINCT FROM updated_at);
CREATE INDEX inquiry_kept ON inquiry (environment, updated_at) WHERE purged_at IS NULL;
CREATE INDEX inquiry_urgent ON inquiry (environment, urgency, place, danger, id)
    WHERE status = 'needs_review';
CREATE INDEX inquiry_danger ON inquiry (environment, danger, id) WHERE status = 'needs_review';
CREATE INDEX inquiry_latest ON inquiry (environment, newest, id) WHERE status = 'needs_review';

CREATE TABLE verification (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    inquiry_id  TEXT COLLATE "C" NOT NULL,
    position    BIGINT NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (environment, id)
);
CREATE INDEX verification_inquiry ON verification (environment, inquiry_id, position);

CREATE TABLE review_case (
    environment    TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id             TEXT COLLATE "C" NOT NULL,
    rowid          BIGINT GENERATED ALWAYS AS IDENTITY,
    status         TEXT COLLATE "C" NOT NULL,
    template       TEXT COLLATE "C",
    resolved       BIGINT NOT NULL,
    resolution     TEXT,
    sla_expires_at BIGINT,
    created_at     BIGINT,
    updated_at     BIGINT,
    queue          TEXT COLLATE "C",
    assignee       TEXT COLLATE "C",
    search         TEXT COLLATE "C" NOT NULL,
    body           BYTEA NOT NULL,
    purged_at      BIGINT,
    -- Open ones first, then by what is left of the SLA.
    place  BIGINT GENERATED ALWAYS AS (
               resolved * (1::bigint << 61)
               + coalesce(sla_expires_at, (1::bigint << 60) + coalesce(created_at, 0))) STORED,
    since  BIGINT GENERATED ALWAYS AS (coalesce(created_at, 0)) STORED,
    latest BIGINT GENERATED ALWAYS AS (-coalesce(created_at, 0)) STORED,
    PRIMARY KEY (environment, id)
);
CREATE INDEX case_template ON review_case (environment, template, status);
CREATE INDEX case_place ON review_case (environment, place, since, id);
CREATE INDEX case_late ON review_case (environment, resolved, sla_expires_at);
CREATE INDEX case_by_queue ON review_case (environment, queue, place, since, id);
CREATE INDEX case_by_assignee ON review_case (environment, assignee, place, since, id);
CREATE INDEX case_kept ON review_case (environment, updated_at) WHERE purged_at IS NULL;
CREATE INDEX case_since ON review_case (environment, since, id);
CREATE INDEX case_latest ON review_case (environment, latest, id);

CREATE TABLE case_inquiry (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    case_id     TEXT COLLATE "C" NOT NULL,
    inquiry_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (environment, case_id, inquiry_id)
);
CREATE INDEX case_of_inquiry ON case_inquiry (environment, inquiry_id);

CREATE TABLE case_account (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    case_id     TEXT COLLATE "C" NOT NULL,
    account_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (environment, case_id, account_id)
);

CREATE TABLE account (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    rowid       BIGINT GENERATED ALWAYS AS IDENTITY,
    created_at  BIGINT,
    updated_at  BIGINT,
    -- In lower case.
    status      TEXT COLLATE "C",
    type_name   TEXT COLLATE "C",
    body        BYTEA NOT NULL,
    purged_at   BIGINT,
    newest      BIGINT GENERATED ALWAYS AS (-coalesce(created_at, 0)) STORED,
    PRIMARY KEY (environment, id)
);
CREATE INDEX account_newest ON account (environment, newest, id);
CREATE INDEX account_row ON account (environment, rowid);
CREATE INDEX account_kept ON account (environment, updated_at) WHERE purged_at IS NULL;

-- What hangs on an inquiry or a case beside its verifications.
CREATE TABLE exhibit (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    owner       TEXT COLLATE "C" NOT NULL,
    position    BIGINT NOT NULL,
    body        BYTEA NOT NULL,
    piece       TEXT COLLATE "C" GENERATED ALWAYS AS (substr(id, strpos(id, '/') + 1)) STORED,
    PRIMARY KEY (environment, id)
);
CREATE INDEX exhibit_of ON exhibit (environment, owner, position);
CREATE INDEX exhibit_piece ON exhibit (environment, piece);

CREATE TABLE relation_list (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    source      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fetched_at  BIGINT NOT NULL,
    more        BIGINT NOT NULL DEFAULT 0,
    stale       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (environment, source, key)
);
CREATE TABLE relation (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    source      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    position    BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    target      TEXT COLLATE "C" NOT NULL,
    status      TEXT,
    PRIMARY KEY (environment, source, key, position)
);
CREATE TABLE relation_key (
    environment  TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    account_type TEXT COLLATE "C" NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (environment, account_type, key)
);
CREATE TABLE account_type (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    asked_at    BIGINT NOT NULL,
    PRIMARY KEY (environment, id)
);

-- Of each value that accounts may have in common a keyed hash, and the key, sealed like a body.
CREATE TABLE shared (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    owner       TEXT COLLATE "C" NOT NULL,
    part        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    mark        BYTEA NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (environment, owner, part, kind, mark)
);
CREATE INDEX shared_by ON shared (environment, kind, mark, account);
CREATE INDEX shared_of ON shared (environment, account, kind, mark);
CREATE TABLE shared_key (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (environment, id)
);

CREATE TABLE action (
    environment   TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id            TEXT COLLATE "C" NOT NULL,
    subject_kind  TEXT NOT NULL,
    subject_id    TEXT COLLATE "C" NOT NULL,
    verb          BYTEA NOT NULL,
    evidence      TEXT NOT NULL,
    reason_code   TEXT,
    comment       BYTEA,
    reviewer      TEXT NOT NULL,
    decided_at    BIGINT NOT NULL,
    -- proposed, held, sending, waiting, done, rejected, stopped, cancelled
    state         TEXT NOT NULL,
    due_at        BIGINT,
    reason        BYTEA NOT NULL DEFAULT '',
    key           TEXT NOT NULL,
    key_sent_at   BIGINT,
    attempts      BIGINT NOT NULL,
    must_read     BIGINT NOT NULL,
    owner         TEXT NOT NULL,
    lease_until   BIGINT,
    acknowledged  BIGINT NOT NULL DEFAULT 0,
    after_id      TEXT COLLATE "C",
    proposed_with TEXT,
    confirmed_by  TEXT,
    bulk          TEXT COLLATE "C",
    PRIMARY KEY (environment, id)
);
-- One decision at a time about one object.
CREATE UNIQUE INDEX action_open ON action (environment, subject_kind, subject_id)
    WHERE state IN ('proposed', 'held', 'sending', 'waiting');
CREATE INDEX action_shown ON action (environment, subject_id, decided_at)
    WHERE acknowledged = 0 AND state IN ('proposed', 'held', 'sending', 'waiting', 'rejected', 'stopped');
CREATE INDEX action_of ON action (environment, subject_id, decided_at);
CREATE INDEX action_after ON action (environment, after_id) WHERE after_id IS NOT NULL;
CREATE INDEX action_bulk ON action (environment, bulk, state) WHERE bulk IS NOT NULL;
CREATE INDEX action_decided ON action (environment, decided_at);

CREATE TABLE journal (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    seq         BIGINT NOT NULL,
    entry       TEXT NOT NULL,
    hash        TEXT NOT NULL,
    action      TEXT COLLATE "C",
    subject     TEXT COLLATE "C",
    PRIMARY KEY (environment, seq)
);
CREATE INDEX journal_action ON journal (environment, action, seq) WHERE action IS NOT NULL;
CREATE INDEX journal_subject ON journal (environment, subject, seq) WHERE subject IS NOT NULL;
-- Which journal it is and where it ends, written with every line: a cut-off end is noticed.
CREATE TABLE journal_end (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment') PRIMARY KEY,
    one         BIGINT NOT NULL CHECK (one = 1),
    name        TEXT,
    lines       BIGINT NOT NULL,
    hash        TEXT NOT NULL
);
CREATE TABLE decision_record (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    action      TEXT COLLATE "C" NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (environment, action)
);

CREATE TABLE event (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    seen_at     BIGINT NOT NULL,
    PRIMARY KEY (environment, id)
);
CREATE INDEX event_seen ON event (environment, seen_at);
CREATE TABLE cursor (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    name        TEXT COLLATE "C" NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (environment, name)
);
CREATE TABLE mismatch (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    rowid       BIGINT GENERATED ALWAYS AS IDENTITY,
    kind        TEXT NOT NULL,
    path        TEXT NOT NULL,
    expected    TEXT NOT NULL,
    found       TEXT NOT NULL,
    first_seen  BIGINT NOT NULL,
    last_seen   BIGINT NOT NULL,
    times       BIGINT NOT NULL,
    PRIMARY KEY (environment, kind, path, expected, found)
);
CREATE INDEX mismatch_newest ON mismatch (environment, last_seen DESC);
CREATE TABLE tombstone (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    kind        TEXT NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    redacted_at BIGINT NOT NULL,
    PRIMARY KEY (environment, kind, id)
);
CREATE TABLE saved_view (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    body        BYTEA NOT NULL,
    PRIMARY KEY (environment, id)
);
CREATE TABLE marked (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    reviewer    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (environment, reviewer, kind, id)
);
CREATE INDEX marked_of ON marked (environment, kind, id);
CREATE TABLE snoozed (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    id          TEXT COLLATE "C" NOT NULL,
    reviewer    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    object      TEXT COLLATE "C" NOT NULL,
    since       BIGINT NOT NULL,
    until       BIGINT,
    awaits      TEXT NOT NULL,
    woken       TEXT,
    note        BYTEA,
    PRIMARY KEY (environment, id)
);
CREATE UNIQUE INDEX snoozed_by ON snoozed (environment, reviewer, kind, object);
CREATE INDEX snoozed_of ON snoozed (environment, kind, object);

-- How many rows of a list have `place >> shift = slot`.
CREATE TABLE tally (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    list        TEXT NOT NULL,
    shift       BIGINT NOT NULL,
    slot        BIGINT NOT NULL,
    rows        BIGINT NOT NULL,
    PRIMARY KEY (environment, list, shift, slot)
);

-- Who does what for everybody, who is there, and until when that holds without being renewed.
CREATE TABLE duty (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    name        TEXT NOT NULL,
    holder      TEXT NOT NULL,
    until       BIGINT NOT NULL,
    says        TEXT NOT NULL,
    PRIMARY KEY (environment, name)
);
CREATE TABLE present (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment'),
    worker      TEXT NOT NULL,
    until       BIGINT NOT NULL,
    PRIMARY KEY (environment, worker)
);
-- Moves with every transaction that changes something.
CREATE TABLE moved (
    environment TEXT NOT NULL DEFAULT current_setting('caseload.environment') PRIMARY KEY,
    version     BIGINT NOT NULL
);

-- A row comes (1) into a list, or goes (-1).
CREATE FUNCTION tally_step(list_name TEXT, at BIGINT, step BIGINT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally (list, shift, slot, rows)
        SELECT list_name, level, at >> level, step FROM unnest(ARRAY[20, 27, 34, 41]) AS level
        ON CONFLICT (environment, list, shift, slot) DO UPDATE SET rows = tally.rows + excluded.rows;
    IF step < 0 THEN
        DELETE FROM tally WHERE list = list_name AND rows = 0 AND (shift, slot) IN
            (SELECT level, at >> level FROM unnest(ARRAY[20, 27, 34, 41]) AS level);
    END IF;
END $$;

CREATE FUNCTION earliest_due(inquiry TEXT) RETURNS BIGINT LANGUAGE sql STABLE AS $$
    SELECT min(sla_expires_at) FROM case_inquiry AS tie
    JOIN review_case ON review_case.id = tie.case_id
    WHERE tie.inquiry_id = inquiry AND review_case.resolved = 0
$$;

-- What is decided, purged or redacted is marked and put off no more.
CREATE FUNCTION let_go(what TEXT, which TEXT) RETURNS void LANGUAGE sql AS $$
    DELETE FROM marked WHERE kind = what AND id = which;
    DELETE FROM snoozed WHERE kind = what AND object = which;
$$;

CREATE FUNCTION inquiry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earliest BIGINT;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (old.status, old.place, old.newest) IS DISTINCT FROM (new.status, new.place, new.newest) THEN
            PERFORM tally_step('inquiry', old.newest, -1), tally_step('inquiry/' || old.status, old.place, -1),
                tally_step('inquiry', new.newest, 1), tally_step('inquiry/' || new.status, new.place, 1);
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
CREATE TRIGGER inquiry_follows AFTER INSERT OR UPDATE OR DELETE ON inquiry
    FOR EACH ROW EXECUTE FUNCTION inquiry_follows();

CREATE FUNCTION case_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE'
        OR (old.resolved, old.place) IS DISTINCT FROM (new.resolved, new.place)) THEN
        PERFORM tally_step('case', old.place, -1);
        IF old.resolved = 0 THEN PERFORM tally_step('case/open', old.place, -1); END IF;
    END IF;
    IF TG_OP <> 'DELETE' AND (TG_OP = 'INSERT'
        OR (old.resolved, old.place) IS DISTINCT FROM (new.resolved, new.place)) THEN
        PERFORM tally_step('case', new.place, 1);
        IF new.resolved = 0 THEN PERFORM tally_step('case/open', new.place, 1); END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        UPDATE inquiry SET due = earliest_due(inquiry.id)
            WHERE id IN (SELECT inquiry_id FROM case_inquiry WHERE case_id = old.id);
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (old.resolved, old.sla_expires_at) IS DISTINCT FROM (new.resolved, new.sla_expires_at) THEN
            UPDATE inquiry SET due = earliest_due(inquiry.id)
                WHERE id IN (SELECT inquiry_id FROM case_inquiry WHERE case_id = new.id);
        END IF;
        IF new.resolved = 1 AND old.resolved = 0
            OR new.purged_at IS NOT NULL AND old.purged_at IS NULL THEN
            PERFORM let_go('case', new.id);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER case_follows AFTER INSERT OR UPDATE OR DELETE ON review_case
    FOR EACH ROW EXECUTE FUNCTION case_follows();

CREATE FUNCTION tie_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tied TEXT := CASE TG_OP WHEN 'DELETE' THEN old.inquiry_id ELSE new.inquiry_id END;
BEGIN
    UPDATE inquiry SET due = earliest_due(tied)
        WHERE id = tied AND due IS DISTINCT FROM earliest_due(tied);
    RETURN NULL;
END $$;
CREATE TRIGGER tie_follows AFTER INSERT OR DELETE ON case_inquiry
    FOR EACH ROW EXECUTE FUNCTION tie_follows();

CREATE FUNCTION tombstone_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM let_go(new.kind, new.id);
    RETURN NULL;
END $$;
CREATE TRIGGER tombstone_follows AFTER INSERT ON tombstone
    FOR EACH ROW EXECUTE FUNCTION tombstone_follows();

CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER journal_stays BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION stays();
CREATE TRIGGER journal_is_not_emptied BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION stays();
CREATE TRIGGER decision_record_stays BEFORE UPDATE ON decision_record
    FOR EACH ROW EXECUTE FUNCTION stays();

-- A sealed store takes no clear text: what is sealed begins with its version.
CREATE FUNCTION is_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name TEXT;
    kept BYTEA;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        EXECUTE format('SELECT ($1).%I', name) INTO kept USING new;
        IF octet_length(kept) > 0 AND get_byte(kept, 0) <> 1 AND EXISTS (
            SELECT 1 FROM cursor WHERE cursor.name = 'seal'
                AND (value LIKE 'sealed %' OR value LIKE 'sealing %')) THEN
            RAISE EXCEPTION 'a sealed local copy takes no clear text';
        END IF;
    END LOOP;
    RETURN new;
END $$;
CREATE TRIGGER inquiry_is_sealed BEFORE INSERT OR UPDATE OF body ON inquiry
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER verification_is_sealed BEFORE INSERT OR UPDATE OF body ON verification
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER case_is_sealed BEFORE INSERT OR UPDATE OF body ON review_case
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER account_is_sealed BEFORE INSERT OR UPDATE OF body ON account
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER exhibit_is_sealed BEFORE INSERT OR UPDATE OF body ON exhibit
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER action_is_sealed BEFORE INSERT OR UPDATE OF verb, comment, reason ON action
    FOR EACH ROW EXECUTE FUNCTION is_sealed('verb', 'comment', 'reason');
CREATE TRIGGER shared_key_is_sealed BEFORE INSERT OR UPDATE OF body ON shared_key
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER saved_view_is_sealed BEFORE INSERT OR UPDATE OF body ON saved_view
    FOR EACH ROW EXECUTE FUNCTION is_sealed('body');
CREATE TRIGGER snoozed_is_sealed BEFORE INSERT OR UPDATE OF note ON snoozed
    FOR EACH ROW EXECUTE FUNCTION is_sealed('note');

-- Tells every console which table moved and nothing that is in it, with the commit. The same is told
-- once a transaction, however many rows there are.
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    here TEXT := pg_current_xact_id()::text;
BEGIN
    IF current_setting('caseload.told', true) IS DISTINCT FROM here THEN
        UPDATE moved SET version = here::bigint;
        PERFORM set_config('caseload.told', here, true);
    END IF;
    PERFORM pg_notify('caseload', current_setting('caseload.environment') || ' '
        || coalesce(nullif(current_setting('caseload.process', true), ''), '-') || ' ' || here || ' '
        || TG_TABLE_NAME);
    RETURN NULL;
END $$;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['inquiry', 'verification', 'review_case', 'case_inquiry',
        'case_account', 'account', 'exhibit', 'relation_list', 'relation', 'relation_key', 'action',
        'marked', 'snoozed', 'mismatch'] LOOP
        EXECUTE format('CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON %I
            FOR EACH ROW EXECUTE FUNCTION tell()', name);
    END LOOP;
    -- For the owner of the tables, too.
    FOR name IN SELECT table_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND column_name = 'environment' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_environment ON %I
            USING (environment = current_setting(''caseload.environment''))
            WITH CHECK (environment = current_setting(''caseload.environment''))', name);
    END LOOP;
END $$;
