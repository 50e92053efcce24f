-- Where answers were not as expected: shapes and how often they came, never a value of a person's.
CREATE TABLE mismatch (
    kind       TEXT NOT NULL,
    path       TEXT NOT NULL,
    expected   TEXT NOT NULL,
    found      TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    times      BIGINT NOT NULL,
    PRIMARY KEY (kind, path, expected, found)
);
CREATE INDEX mismatch_newest ON mismatch (last_seen DESC);
