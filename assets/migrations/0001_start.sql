-- Instants are UTC microseconds. `body` is the whole object as JSON; the other columns are what
-- lists order, filter and join by.

CREATE TABLE inquiry (
    id               TEXT PRIMARY KEY,
    status           TEXT NOT NULL,
    created_at       BIGINT,
    updated_at       BIGINT,
    waiting_since    BIGINT,
    account_id       TEXT,
    search           TEXT NOT NULL,
    body             TEXT NOT NULL,
    fetched_at       BIGINT NOT NULL,
    -- When its verifications were fetched with it, and of which version it was then.
    hydrated_at      BIGINT,
    hydrated_version BIGINT,
    kinds            TEXT NOT NULL DEFAULT '[]',
    failed           INTEGER NOT NULL DEFAULT 0,
    signals          INTEGER NOT NULL DEFAULT 0,
    unproven         INTEGER NOT NULL DEFAULT 0,
    passed           INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX inquiry_queue ON inquiry (status, waiting_since, id);
CREATE INDEX inquiry_newest ON inquiry (created_at DESC, id);
CREATE INDEX inquiry_account ON inquiry (account_id);

CREATE TABLE verification (
    id         TEXT PRIMARY KEY,
    inquiry_id TEXT NOT NULL,
    position   INTEGER NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX verification_inquiry ON verification (inquiry_id, position);

CREATE TABLE review_case (
    id             TEXT PRIMARY KEY,
    status         TEXT NOT NULL,
    template       TEXT,
    resolved       INTEGER NOT NULL,
    resolution     TEXT,
    sla_expires_at BIGINT,
    created_at     BIGINT,
    updated_at     BIGINT,
    search         TEXT NOT NULL,
    body           TEXT NOT NULL
);
CREATE INDEX case_queue ON review_case (resolved, sla_expires_at, created_at, id);
CREATE INDEX case_template ON review_case (template, status);

CREATE TABLE case_inquiry (
    case_id    TEXT NOT NULL,
    inquiry_id TEXT NOT NULL,
    PRIMARY KEY (case_id, inquiry_id)
);
CREATE INDEX case_of_inquiry ON case_inquiry (inquiry_id);

CREATE TABLE account (
    id         TEXT PRIMARY KEY,
    updated_at BIGINT,
    body       TEXT NOT NULL
);

CREATE TABLE relation_list (
    source     TEXT NOT NULL,
    key        TEXT NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (source, key)
);
CREATE TABLE relation (
    source   TEXT NOT NULL,
    key      TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    target   TEXT NOT NULL,
    status   TEXT,
    PRIMARY KEY (source, key, position)
);

CREATE TABLE action (
    id           TEXT PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    verb         TEXT NOT NULL,
    evidence     TEXT NOT NULL,
    reason_code  TEXT,
    comment      TEXT,
    reviewer     TEXT NOT NULL,
    decided_at   BIGINT NOT NULL,
    -- held, sending, waiting, done, rejected, stopped, cancelled
    state        TEXT NOT NULL,
    -- When the hold window, or the pause before the next try, is over.
    due_at       BIGINT,
    -- Why it waits, was refused or was stopped.
    reason       TEXT NOT NULL DEFAULT '',
    key          TEXT NOT NULL,
    key_sent_at  BIGINT,
    attempts     INTEGER NOT NULL,
    must_read    INTEGER NOT NULL,
    -- The process that sends it, and until when nobody else may.
    owner        TEXT NOT NULL,
    lease_until  BIGINT,
    acknowledged INTEGER NOT NULL DEFAULT 0
);
-- One decision at a time about one object.
CREATE UNIQUE INDEX action_open ON action (subject_kind, subject_id)
    WHERE state IN ('held', 'sending', 'waiting');
CREATE INDEX action_shown ON action (subject_id, decided_at)
    WHERE acknowledged = 0 AND state IN ('held', 'sending', 'waiting', 'rejected', 'stopped');

CREATE TABLE journal (
    seq   INTEGER PRIMARY KEY,
    entry TEXT NOT NULL,
    hash  TEXT NOT NULL
);
CREATE TRIGGER journal_is_append_only BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_all BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE event (
    id      TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- Where sync stands, and what this store belongs to.
CREATE TABLE cursor (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
