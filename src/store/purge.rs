//! Dropping cached personal data before Persona does: what has expired, and what somebody names.
//! Ids, statuses and times stay; the rest comes back when the object is asked for again.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Changes, Error, Store,
    db::{Row, query},
    forgotten,
    seal::{Body, Kept, Seal},
    together::Tx,
    tombstone, views,
};
use crate::model::{Subject, forget::Forget, naming::Named};

/// Whose personal data is dropped. Of an object whose decision is on its way it never is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Of objects that nobody waits for and that have not changed since.
    Unchanged(Timestamp),
    Everybody,
    Only(Vec<Subject>),
}

/// An object whose personal data was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// `inquiry`, `case` or `account`.
    pub kind: &'static str,
    pub id: String,
}

/// So many in one transaction: nobody notices the wait.
const AT_ONCE: usize = 20;

/// How far a walk along the objects has come, so that none is looked at twice.
#[derive(Debug, Default)]
struct Walk {
    /// Among the kinds.
    kind: usize,
    /// The last of this kind that was dropped.
    after: String,
}

/// A kind of object: its name, its table, and when nobody waits for one any more.
const KINDS: [(&str, &str, &str); 3] = [
    (
        "inquiry",
        "inquiry",
        // By the cases of an inquiry, which are few, and not by all open ones: hence the plus.
        "this.status <> 'needs_review' AND NOT EXISTS (SELECT 1 FROM case_inquiry
             JOIN review_case ON review_case.id = case_inquiry.case_id
             WHERE case_inquiry.inquiry_id = this.id AND +review_case.resolved = 0)",
    ),
    ("case", "review_case", "this.resolved = 1"),
    (
        "account",
        "account",
        "NOT EXISTS (SELECT 1 FROM inquiry WHERE inquiry.account_id = this.id
             AND inquiry.purged_at IS NULL)",
    ),
];

impl Store {
    /// Drops personal data, a little at a time: others write in between. [`Store::leave_no_trace`] belongs
    /// after it.
    ///
    /// # Errors
    /// If the store cannot be written; what was dropped until then is dropped.
    pub async fn purge(&self, whose: &Whose) -> Result<Vec<Dropped>, Error> {
        let mut all = Vec::new();
        // Once more, until nothing came behind it meanwhile.
        loop {
            let (mut walk, before) = (Walk::default(), all.len());
            while walk.kind < KINDS.len() {
                all.append(&mut self.purge_some(whose, &mut walk).await?);
            }
            if all.len() == before {
                return Ok(all);
            }
        }
    }

    /// The next of a walk, in one small transaction.
    async fn purge_some(&self, whose: &Whose, walk: &mut Walk) -> Result<Vec<Dropped>, Error> {
        let mut tx = self.0.backend.begin().await?;
        let (mut dropped, mut whose_they_were) = (Vec::new(), Vec::new());
        while let Some((kind, table, is_over)) = KINDS.get(walk.kind).copied()
            && dropped.len() < AT_ONCE
        {
            let wanted = wanted(kind, is_over, whose);
            let most = AT_ONCE - dropped.len();
            let sql = format!(
                "SELECT this.id, this.body FROM {table} AS this
                 WHERE this.id > $1 AND this.purged_at IS NULL AND {wanted} AND NOT EXISTS (SELECT 1 FROM action
                         WHERE subject_kind = '{kind}' AND subject_id = this.id
                         AND state IN ('proposed', 'held', 'sending', 'waiting'))
                     AND NOT EXISTS (SELECT 1 FROM exhibit JOIN action
                         ON action.subject_kind = 'report' AND action.subject_id = exhibit.piece
                         WHERE exhibit.owner = this.id
                         AND action.state IN ('proposed', 'held', 'sending', 'waiting'))
                 ORDER BY this.id LIMIT {most}"
            );
            let rows = query(AssertSqlSafe(sql)).bind(&walk.after).fetch_all(&mut tx).await?;
            let is_last = rows.len() < most;
            for row in rows {
                let id: String = row.try_get("id")?;
                let (named, body) = match kind {
                    "inquiry" => remains(&self.0.seal, &row, Named::of_inquiry)?,
                    "case" => remains(&self.0.seal, &row, Named::of_case)?,
                    _ => remains(&self.0.seal, &row, Named::of_account)?,
                };
                whose_they_were.push(named);
                self.write(&mut tx, (kind, table), &id, body).await?;
                walk.after.clone_from(&id);
                dropped.push(Dropped { kind, id });
            }
            if is_last {
                *walk = Walk { kind: walk.kind + 1, after: String::new() };
            }
        }
        if !dropped.is_empty() {
            views::let_go(&mut tx, &self.0.seal, &whose_they_were).await?;
            forgotten::count(&mut tx).await?;
        }
        tx.commit().await?;
        if !dropped.is_empty() {
            self.tell(Changes {
                inquiries: true,
                cases: true,
                accounts: true,
                ..Default::default()
            });
        }
        Ok(dropped)
    }

    async fn write(
        &self,
        tx: &mut Tx,
        (kind, table): (&str, &str),
        id: &str,
        body: Kept,
    ) -> Result<(), Error> {
        tombstone::beside(tx, &self.0.seal, kind, id).await?;
        // Without a version, so that whatever Persona says next is news.
        let more = match kind {
            "inquiry" => ", search = lower(id), hydrated_at = NULL, hydrated_version = NULL",
            "case" => ", search = lower(id)",
            _ => "",
        };
        let sql = format!(
            "UPDATE {table} SET body = $2, purged_at = $3, updated_at = NULL{more} WHERE id = $1"
        );
        query(AssertSqlSafe(sql))
            .bind(id)
            .bind(body)
            .bind(self.0.clock.now().as_microsecond())
            .execute(&mut *tx)
            .await?;
        Ok(())
    }
}

fn wanted(kind: &str, is_over: &str, whose: &Whose) -> String {
    match whose {
        Whose::Everybody => "true".to_owned(),
        Whose::Unchanged(since) => {
            format!("this.updated_at < {} AND {is_over}", since.as_microsecond())
        }
        Whose::Only(subjects) => {
            let mine = subjects.iter().filter(|subject| subject.kind() == kind);
            // Ids have no quotes.
            let ids: Vec<String> = mine.map(|subject| format!("'{}'", subject.id())).collect();
            match ids.is_empty() {
                // A server takes no empty list.
                true => "false".to_owned(),
                false => format!("this.id IN ({})", ids.join(", ")),
            }
        }
    }
}

/// Whose it was, and what is left.
fn remains<T: Forget + Body>(
    seal: &Seal,
    row: &Row,
    named: impl Fn(&T) -> Named,
) -> Result<(Named, Kept), Error> {
    let mut object: T = seal.object(row)?;
    let whose = named(&object);
    object.forget();
    Ok((whose, seal.body::<T>(row.try_get("id")?, serde_json::to_string(&object)?)?))
}
