//! Relations of an account as they were last fetched, with where each target stands now.

use jiff::Timestamp;
use sqlx::Row;

use super::{
    Error, Store,
    seal::{ACCOUNT, Kept, Seal},
    worklist::instant,
};
use crate::model::{Account, AccountId, InquiryId, InquiryStatus, Text};

/// All targets under one key, in Persona's order.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRelations {
    pub key: Text,
    pub fetched_at: Timestamp,
    pub rows: Vec<KeptRelation>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct KeptRelation {
    /// `account`, `transaction`, or whatever else Persona called it.
    pub kind: Text,
    pub id: Text,
    pub account: Option<Account>,
    /// Of what is no account.
    pub status: Option<Text>,
    /// The newest inquiry of the account that the store knows.
    pub latest_inquiry: Option<(InquiryId, InquiryStatus)>,
}

impl Store {
    pub async fn relations(&self, source: &AccountId) -> Result<Vec<KeptRelations>, Error> {
        let reader = &self.0.backend.reader;
        let lists =
            sqlx::query("SELECT key, fetched_at FROM relation_list WHERE source = $1 ORDER BY key")
                .bind(source.as_str())
                .fetch_all(reader)
                .await?;
        let mut groups = Vec::with_capacity(lists.len());
        for list in &lists {
            let key: String = list.try_get(0)?;
            let rows = sqlx::query(
                "SELECT relation.kind, relation.target, relation.status, account.body,
                     latest.id, latest.status
                 FROM relation
                 LEFT JOIN account ON relation.kind = 'account' AND account.id = relation.target
                 LEFT JOIN inquiry AS latest ON latest.id = (SELECT id FROM inquiry
                     WHERE account_id = relation.target ORDER BY created_at DESC LIMIT 1)
                 WHERE relation.source = $1 AND relation.key = $2 ORDER BY relation.position",
            )
            .bind(source.as_str())
            .bind(&key)
            .fetch_all(reader)
            .await?;
            groups.push(KeptRelations {
                key: Text::from(key),
                fetched_at: instant(Some(list.try_get(1)?)).unwrap_or(Timestamp::UNIX_EPOCH),
                rows: rows
                    .iter()
                    .map(|row| relation_row(&self.0.seal, row))
                    .collect::<Result<_, _>>()?,
            });
        }
        Ok(groups)
    }
}

fn relation_row(seal: &Seal, row: &sqlx::sqlite::SqliteRow) -> Result<KeptRelation, Error> {
    let target: String = row.try_get(1)?;
    let account: Option<Kept> = row.try_get(3)?;
    let account = account.map(|kept| seal.open(ACCOUNT, &target, kept)).transpose()?;
    let account: Option<Account> = account.map(|json| serde_json::from_str(&json)).transpose()?;
    let latest: Option<String> = row.try_get(4)?;
    let latest_inquiry = match latest {
        Some(id) => Some((InquiryId::new(&id)?, InquiryStatus::parse(row.try_get(5)?))),
        None => None,
    };
    Ok(KeptRelation {
        kind: Text::from(row.try_get::<String, _>(0)?),
        id: Text::from(target),
        account,
        status: row.try_get::<Option<String>, _>(2)?.map(Text::from),
        latest_inquiry,
    })
}
