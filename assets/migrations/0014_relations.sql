-- Relation keys that were learnt: by the name of an account's type in lower case, '*' where it is
-- not known. Persona has no call that lists them.
CREATE TABLE relation_key (
    account_type TEXT NOT NULL,
    key          TEXT NOT NULL,
    PRIMARY KEY (account_type, key)
) WITHOUT ROWID;
-- When the fields that a type of accounts defines were last asked for.
CREATE TABLE account_type (
    id       TEXT PRIMARY KEY,
    asked_at BIGINT NOT NULL
);

-- There are more targets, which were not read.
ALTER TABLE relation_list ADD COLUMN more INTEGER NOT NULL DEFAULT 0;
-- It changed at Persona after it was read.
ALTER TABLE relation_list ADD COLUMN stale INTEGER NOT NULL DEFAULT 0;
