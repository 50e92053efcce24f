//! What accounts have in common: an index of keyed hashes, written with the objects that tell it and
//! dropped with them. No value can be read from it.

use std::collections::{BTreeMap, HashSet};

use super::{
    Error, Store,
    db::query,
    seal::{SHARED_KEY, Seal, mac, random_key},
    together::Tx,
};
use crate::model::{
    Account, AccountId, Exhibit, Exhibits, Inquiry, InquiryStatus, Verification,
    shared::{self, Common, Shared, Sharers},
};

/// Of what an object is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Itself,
    Checks,
    Sessions,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::Checks => "checks",
            Self::Sessions => "sessions",
        }
    }
}

/// Other accounts that share something with one.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub sharers: Sharers,
    /// Those who were declined first; none where they are too many to mean something.
    pub accounts: Vec<AccountId>,
}

/// More say nothing about one of them: an office, a school.
const FEW: usize = 50;

/// More are not counted.
const COUNTED: u32 = 1_000;

/// The name of the one row.
const KEY: &str = "shared";

/// Replaces what a part of an object tells.
pub async fn put(
    tx: &mut Tx,
    seal: &Seal,
    (owner, part): (&str, Part),
    account: Option<&AccountId>,
    told: &[Common],
) -> Result<(), Error> {
    query("DELETE FROM shared WHERE owner = $1 AND part = $2")
        .bind(owner)
        .bind(part.as_str())
        .execute(&mut *tx)
        .await?;
    let (Some(account), false) = (account, told.is_empty()) else { return Ok(()) };
    let key = key(tx, seal).await?;
    for common in told {
        query(
            "INSERT INTO shared (owner, part, kind, mark, account)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(owner)
        .bind(part.as_str())
        .bind(common.kind.as_str())
        .bind(mark(&key, common))
        .bind(account.as_str())
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Whether two versions of an inquiry have the same in common with others.
pub fn tell_the_same(one: &Inquiry, other: &Inquiry) -> bool {
    one.account == other.account && shared::of_inquiry(one) == shared::of_inquiry(other)
}

/// What an inquiry itself tells. One that has gone over to another account takes the rest along.
pub async fn put_inquiry(tx: &mut Tx, seal: &Seal, inquiry: &Inquiry) -> Result<(), Error> {
    let id = inquiry.id.as_str();
    let told = shared::of_inquiry(inquiry);
    put(tx, seal, (id, Part::Itself), inquiry.account.as_ref(), &told).await?;
    if let Some(account) = &inquiry.account {
        query("UPDATE shared SET account = $2 WHERE owner = $1 AND account <> $2")
            .bind(id)
            .bind(account.as_str())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

pub async fn put_account(tx: &mut Tx, seal: &Seal, account: &Account) -> Result<(), Error> {
    let told = shared::of_account(account);
    put(tx, seal, (account.id.as_str(), Part::Itself), Some(&account.id), &told).await
}

/// What the checks of an inquiry tell, as they lie in the store.
pub async fn put_checks(tx: &mut Tx, seal: &Seal, inquiry: &str) -> Result<(), Error> {
    let Some(account) = account_of(tx, inquiry).await? else { return Ok(()) };
    let rows = query("SELECT id, body FROM verification WHERE inquiry_id = $1")
        .bind(inquiry)
        .fetch_all(&mut *tx)
        .await?;
    let mut told = Vec::new();
    for row in &rows {
        told.extend(shared::of_verification(&seal.object::<Verification>(row)?));
    }
    put(tx, seal, (inquiry, Part::Checks), Some(&account), &told).await
}

/// What its sessions tell, likewise.
pub async fn put_sessions(tx: &mut Tx, seal: &Seal, inquiry: &str) -> Result<(), Error> {
    let Some(account) = account_of(tx, inquiry).await? else { return Ok(()) };
    let rows = query("SELECT id, body FROM exhibit WHERE owner = $1")
        .bind(inquiry)
        .fetch_all(&mut *tx)
        .await?;
    let pieces = rows.iter().map(|row| seal.object::<Exhibit>(row));
    let told = shared::of_sessions(&pieces.collect::<Result<Exhibits, _>>()?);
    put(tx, seal, (inquiry, Part::Sessions), Some(&account), &told).await
}

async fn account_of(tx: &mut Tx, inquiry: &str) -> Result<Option<AccountId>, Error> {
    let row = query("SELECT account_id FROM inquiry WHERE id = $1")
        .bind(inquiry)
        .fetch_optional(&mut *tx)
        .await?;
    let account = row.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten();
    Ok(account.map(|id| AccountId::new(&id)).transpose()?)
}

/// The key of this store's hashes, made when it is needed first.
async fn key(tx: &mut Tx, seal: &Seal) -> Result<[u8; 32], Error> {
    let known = query("SELECT id, body FROM shared_key WHERE id = $1")
        .bind(KEY)
        .fetch_optional(&mut *tx)
        .await?;
    let hex = match known {
        Some(row) => seal.open(SHARED_KEY, KEY, row.try_get("body")?)?,
        None => {
            let hex = random_key()?;
            query("INSERT INTO shared_key (id, body) VALUES ($1, $2)")
                .bind(KEY)
                .bind(seal.seal(SHARED_KEY, KEY, hex.clone())?)
                .execute(&mut *tx)
                .await?;
            hex
        }
    };
    let damaged = |_| Error::Damaged("the key of what is shared cannot be read".to_owned());
    let mut key = [0; 32];
    hex::decode_to_slice(hex, &mut key).map_err(damaged)?;
    Ok(key)
}

fn mark(key: &[u8; 32], common: &Common) -> Vec<u8> {
    let text = format!("{}\0{}", common.kind, common.value.reveal());
    mac(key, text.as_bytes())[..16].to_vec()
}

/// Where the marking of rows from before there were marks stands, among the cursors: the last row
/// of inquiries and of accounts that was looked at.
const MARKED: &str = "shared/marked";

/// Rows in one transaction.
const AT_ONCE: u32 = 50;

impl Store {
    /// Marks some of what was written before there were marks; false when all is.
    ///
    /// # Errors
    /// If the store cannot be read or written.
    pub async fn mark_some(&self) -> Result<bool, Error> {
        let seal = &self.0.seal;
        let known = self.cursor(MARKED).await?.unwrap_or_default();
        let mut parts = known.split(' ').map(|nth| nth.parse::<i64>().unwrap_or(0));
        let (mut inquiry, mut account) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        let mut tx = self.0.backend.begin().await?;
        let inquiries = query(
            "SELECT rowid AS nth, id, body FROM inquiry WHERE rowid > $1 ORDER BY rowid LIMIT $2",
        )
        .bind(inquiry)
        .bind(AT_ONCE)
        .fetch_all(&mut tx)
        .await?;
        for row in &inquiries {
            let it: Inquiry = seal.object(row)?;
            put_inquiry(&mut tx, seal, &it).await?;
            put_checks(&mut tx, seal, it.id.as_str()).await?;
            put_sessions(&mut tx, seal, it.id.as_str()).await?;
            inquiry = row.try_get("nth")?;
        }
        let accounts = query(
            "SELECT rowid AS nth, id, body FROM account WHERE rowid > $1 ORDER BY rowid LIMIT $2",
        )
        .bind(account)
        .bind(AT_ONCE)
        .fetch_all(&mut tx)
        .await?;
        for row in &accounts {
            put_account(&mut tx, seal, &seal.object(row)?).await?;
            account = row.try_get("nth")?;
        }
        let is_more = !inquiries.is_empty() || !accounts.is_empty();
        if !is_more && inquiry == i64::MAX {
            return Ok(false);
        }
        if !is_more {
            // Once and for all: what is written from now on is marked with it.
            (inquiry, account) = (i64::MAX, i64::MAX);
        }
        query(
            "INSERT INTO cursor (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(MARKED)
        .bind(format!("{inquiry} {account}"))
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(is_more)
    }

    /// Who shares something with an account, as far as this copy knows; what weighs most first.
    pub async fn signals(&self, account: &AccountId) -> Result<Vec<Signal>, Error> {
        let reader = &self.0.backend.reader;
        let own = query("SELECT DISTINCT kind, mark FROM shared WHERE account = $1")
            .bind(account.as_str())
            .fetch_all(reader)
            .await?;
        let mut found: BTreeMap<Shared, Vec<String>> = BTreeMap::new();
        for row in &own {
            let word: String = row.try_get("kind")?;
            let Some(kind) = Shared::parse(&word) else { continue };
            let others = query(
                "SELECT DISTINCT account FROM shared WHERE kind = $1 AND mark = $2 AND account <> $3
                 LIMIT $4",
            )
            .bind(&word)
            .bind(row.try_get::<Vec<u8>, _>("mark")?)
            .bind(account.as_str())
            .bind(COUNTED + 1)
            .fetch_all(reader)
            .await?;
            let known = found.entry(kind).or_default();
            for other in &others {
                known.push(other.try_get(0)?);
            }
        }
        let mut signals = Vec::new();
        for (kind, mut accounts) in found {
            accounts.sort();
            accounts.dedup();
            if !accounts.is_empty() {
                signals.push(self.signal(kind, accounts).await?);
            }
        }
        signals.sort_by_key(|signal| std::cmp::Reverse(signal.sharers.weight()));
        Ok(signals)
    }

    async fn signal(&self, kind: Shared, accounts: Vec<String>) -> Result<Signal, Error> {
        let counted = usize::try_from(COUNTED).unwrap_or(usize::MAX);
        let (more, common) = (accounts.len() > counted, accounts.len() > FEW);
        let others = accounts.len().min(counted) as u64;
        let mut sharers = Sharers { kind, others, more, common, declined: 0 };
        if common {
            return Ok(Signal { sharers, accounts: Vec::new() });
        }
        let rows = query(
            "SELECT DISTINCT account_id FROM inquiry
             WHERE account_id IN (SELECT value FROM json_each($1)) AND (status || '') = $2",
        )
        .bind(serde_json::to_string(&accounts)?)
        .bind(InquiryStatus::Declined.as_str())
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut declined = HashSet::new();
        for row in &rows {
            declined.insert(row.try_get::<String, _>(0)?);
        }
        sharers.declined = declined.len() as u64;
        let mut accounts = accounts;
        accounts.sort_by_key(|id| !declined.contains(id));
        let accounts = accounts.iter().map(|id| AccountId::new(id));
        Ok(Signal { sharers, accounts: accounts.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        model::{Batch, Entity},
    };

    #[tokio::test]
    async fn what_was_written_before_there_were_marks_is_marked_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("caseload.db");
        let store = Store::open(&path, Clock::system()).await.unwrap();
        let account = |id: &str| {
            let fields = serde_json::json!([{ "name": "email_address", "value": "a@b.test" }]);
            let json = serde_json::json!({ "id": id, "tags": [], "fields": fields });
            Entity::Account(serde_json::from_value(json).unwrap())
        };
        let many = (0..120).map(|nth| account(&format!("act_{nth}")));
        store.apply(Batch::of(many)).await.unwrap();
        let first = AccountId::new("act_0").unwrap();
        let told = async || {
            let signals = store.signals(&first).await.unwrap();
            signals.first().map(|signal| signal.sharers.others)
        };
        assert_eq!(told().await, Some(119));
        query("DELETE FROM shared").execute(&store.0.backend.writer).await.unwrap();
        assert_eq!(told().await, None);
        let mut steps = 0;
        while store.mark_some().await.unwrap() {
            steps += 1;
        }
        assert_eq!((steps, told().await), (3, Some(119)));
        assert!(!store.mark_some().await.unwrap(), "once");
    }
}
