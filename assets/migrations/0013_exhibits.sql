-- What hangs on an inquiry or a case beside its verifications: sessions, reports, documents.

CREATE TABLE exhibit (
    -- The owner's id and its own: one report may hang on an inquiry and on a case.
    id       TEXT PRIMARY KEY,
    owner    TEXT NOT NULL,
    position INTEGER NOT NULL,
    body     TEXT NOT NULL
);
CREATE INDEX exhibit_of ON exhibit (owner, position);

-- What waits for review is fetched once more, with what hangs on it.
UPDATE inquiry SET hydrated_version = NULL WHERE status = 'needs_review';
