//! The inquiries of a batch, written down: each once, as its newest version is, and many in one statement.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Changes, Error,
    batch::micros,
    db::{places, query},
    known::{Known, News},
    seal::Seal,
    shared, snoozed,
    together::Tx,
};
use crate::model::{Entity, Inquiry, Text};

/// So many at most go into one statement.
const AT_ONCE: usize = 64;

const COLUMNS: usize = 10;

/// `by`: whose deed Persona answers.
pub async fn put(
    tx: &mut Tx,
    seal: &Seal,
    known: &mut Known,
    entities: &[Entity],
    now: Timestamp,
    by: Option<&Text>,
) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    let mut newest: BTreeMap<String, (Inquiry, String)> = BTreeMap::new();
    for entity in entities {
        let Entity::Inquiry(inquiry) = entity else { continue };
        let Some(News { before, object, json }) = known.newest(tx, seal, inquiry).await? else {
            continue;
        };
        changes.inquiries = true;
        changes.dropped |= inquiry.redacted_at.is_some();
        let id = object.id.as_str();
        if let Some(before) = before.as_ref().filter(|_| known.is_awaited(id)) {
            snoozed::inquiry_moved(tx, before, &object, by).await?;
        }
        // Most of what happens to an inquiry changes nothing that it has in common with others.
        if !before.is_some_and(|before| shared::tell_the_same(&before, &object)) {
            shared::put_inquiry(tx, seal, &object).await?;
        }
        newest.insert(id.to_owned(), (object, json));
    }
    write(tx, seal, newest.into_values().collect(), now).await?;
    Ok(changes)
}

async fn write(
    tx: &mut Tx,
    seal: &Seal,
    mut rows: Vec<(Inquiry, String)>,
    now: Timestamp,
) -> Result<(), Error> {
    while !rows.is_empty() {
        // Powers of two, so that there are few statements to be planned.
        let count = (1 << rows.len().ilog2()).min(AT_ONCE);
        let mut upsert = query(AssertSqlSafe(format!(
            "INSERT INTO inquiry
                 (id, status, created_at, updated_at, waiting_since, account_id, template, search,
                  body, fetched_at)
             VALUES {}
             ON CONFLICT (id) DO UPDATE SET
                 status = excluded.status, created_at = excluded.created_at,
                 updated_at = excluded.updated_at, waiting_since = excluded.waiting_since,
                 account_id = excluded.account_id, template = excluded.template,
                 search = excluded.search, body = excluded.body, fetched_at = excluded.fetched_at,
                 purged_at = NULL",
            places(count, COLUMNS)
        )));
        for (inquiry, json) in rows.drain(..count) {
            upsert = upsert
                .bind(inquiry.id.as_str())
                .bind(inquiry.status.as_str())
                .bind(micros(inquiry.created_at))
                .bind(micros(inquiry.updated_at))
                .bind(micros(inquiry.waiting_since()))
                .bind(inquiry.account.as_ref().map(|id| id.as_str()))
                .bind(inquiry.template.as_ref().map(|id| id.as_str()))
                .bind(search(seal, &inquiry))
                .bind(seal.body::<Inquiry>(inquiry.id.as_str(), json)?)
                .bind(now.as_microsecond());
        }
        upsert.execute(&mut *tx).await?;
    }
    Ok(())
}

/// What a filter's words are looked for in, in lower case.
pub fn search(seal: &Seal, inquiry: &Inquiry) -> String {
    let mut clear = vec![inquiry.id.as_str()];
    clear.extend(inquiry.account.as_ref().map(|id| id.as_str()));
    let name = inquiry.name();
    let mut personal: Vec<&str> = inquiry.tags.iter().map(Text::as_str).collect();
    personal.extend(inquiry.reference_id.as_ref().map(Text::as_str));
    personal.extend(name.as_ref().map(|name| name.reveal().as_str()));
    seal.search(&clear, &personal)
}
