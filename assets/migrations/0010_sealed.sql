-- What lists choose by, beside the bodies: a body may be sealed, and SQLite cannot read it then.
-- From here on no statement of a migration reads a body, a verb, a comment or a reason.

-- In lower case.
ALTER TABLE account ADD COLUMN status TEXT;
ALTER TABLE account ADD COLUMN type_name TEXT;
UPDATE account SET status = lower(json_extract(body, '$.status')),
    type_name = lower(json_extract(body, '$.type_name'));

CREATE TABLE case_account (
    case_id    TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (case_id, account_id)
);
INSERT OR IGNORE INTO case_account (case_id, account_id)
    SELECT review_case.id, one.value FROM review_case, json_each(review_case.body, '$.accounts') AS one;
