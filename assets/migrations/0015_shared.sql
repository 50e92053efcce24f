-- What accounts have in common: of each value that may tell a person, only a keyed hash. `part`: the
-- object itself, the checks of an inquiry, or its sessions; each is replaced as a whole.
CREATE TABLE shared (
    owner   TEXT NOT NULL,
    part    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    mark    BLOB NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (owner, part, kind, mark)
) WITHOUT ROWID;
CREATE INDEX shared_by ON shared (kind, mark, account);
CREATE INDEX shared_of ON shared (account, kind, mark);

-- The key of the hashes: random, and sealed like a body where there is a field key. One row.
CREATE TABLE shared_key (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

-- Earlier verdicts of this copy's own reviewers.
CREATE INDEX action_done ON action (subject_id, decided_at) WHERE state = 'done';
