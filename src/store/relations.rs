//! Relations of an account as they were last fetched, with where each target stands now.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Error, Pending, Store, action_row,
    db::{Row, query},
    seal::{ACCOUNT, Kept, Seal},
    worklist::instant,
};
use crate::model::{Account, AccountId, InquiryId, InquiryStatus, Text};

/// All targets under one key, in Persona's order.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRelations {
    pub key: Text,
    /// None if an event told of the key, and nobody has asked yet.
    pub fetched_at: Option<Timestamp>,
    /// There are more, which were not read.
    pub more: bool,
    /// It changed at Persona since.
    pub stale: bool,
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
    pub latest_inquiry: Option<LatestInquiry>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LatestInquiry {
    pub id: InquiryId,
    pub status: InquiryStatus,
    /// A decision about it on its way, or one that did not get there.
    pub action: Option<Pending>,
}

/// What is read of each target; `relation` has its kind, id and status.
const TARGET: &str = "relation.kind, relation.target, relation.status, account.body,
    list.id AS inquiry, list.status AS inquiry_status";

/// Joins the target's account and its newest inquiry, as `list`, for the decision about it.
const TARGET_JOIN: &str = "LEFT JOIN account
        ON relation.kind = 'account' AND account.id = relation.target
    LEFT JOIN inquiry AS list ON list.id = (SELECT id FROM inquiry
        WHERE account_id = relation.target ORDER BY newest, id LIMIT 1)";

impl Store {
    /// All that is known of an account's relations, by key.
    pub async fn relations(&self, source: &AccountId) -> Result<Vec<KeptRelations>, Error> {
        let reader = &self.0.backend.reader;
        let lists = query(
            "SELECT key, fetched_at, more, stale FROM relation_list WHERE source = $1 ORDER BY key",
        )
        .bind(source.as_str())
        .fetch_all(reader)
        .await?;
        let mut groups = Vec::with_capacity(lists.len());
        let sql = format!(
            "SELECT {TARGET}, {} FROM relation {TARGET_JOIN} {}
             WHERE relation.source = $1 AND relation.key = $2 ORDER BY relation.position",
            action_row::PENDING_COLUMNS,
            action_row::PENDING_JOIN
        );
        for list in &lists {
            let key: String = list.try_get("key")?;
            let rows = query(AssertSqlSafe(sql.clone()))
                .bind(source.as_str())
                .bind(&key)
                .fetch_all(reader)
                .await?;
            let fetched_at: i64 = list.try_get("fetched_at")?;
            groups.push(KeptRelations {
                key: Text::from(key),
                fetched_at: (fetched_at > 0).then(|| instant(Some(fetched_at))).flatten(),
                more: list.try_get("more")?,
                stale: list.try_get("stale")?,
                rows: rows.iter().map(|row| target(&self.0.seal, row)).collect::<Result<_, _>>()?,
            });
        }
        Ok(groups)
    }

    /// An account as its relatives show it.
    pub async fn as_related(&self, id: &AccountId) -> Result<KeptRelation, Error> {
        let sql = format!(
            "SELECT {TARGET}, {} FROM (SELECT 'account' AS kind, $1 AS target, NULL AS status)
                 AS relation {TARGET_JOIN} {}",
            action_row::PENDING_COLUMNS,
            action_row::PENDING_JOIN
        );
        let row =
            query(AssertSqlSafe(sql)).bind(id.as_str()).fetch_one(&self.0.backend.reader).await?;
        target(&self.0.seal, &row)
    }
}

fn target(seal: &Seal, row: &Row) -> Result<KeptRelation, Error> {
    let target: String = row.try_get("target")?;
    let account: Option<Kept> = row.try_get("body")?;
    let account = account.map(|kept| seal.open(ACCOUNT, &target, kept)).transpose()?;
    let account: Option<Account> = account.map(|json| serde_json::from_str(&json)).transpose()?;
    let inquiry: Option<String> = row.try_get("inquiry")?;
    let latest_inquiry = match inquiry {
        Some(id) => Some(LatestInquiry {
            id: InquiryId::new(&id)?,
            status: InquiryStatus::parse(row.try_get("inquiry_status")?),
            action: action_row::pending(seal, row)?,
        }),
        None => None,
    };
    Ok(KeptRelation {
        kind: Text::from(row.try_get::<String, _>("kind")?),
        id: Text::from(target),
        account,
        status: row.try_get::<Option<String>, _>("status")?.map(Text::from),
        latest_inquiry,
    })
}
