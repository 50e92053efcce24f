//! Whether a store is sealed, and with which key: told when it is opened, before anything is read.
//!
//! The table of cursors says `sealed`, `sealing` or `unsealing` and what tells the key from
//! others. While that stands, triggers refuse clear text in personal columns, whoever writes it.

use std::path::Path;

use sqlx::AssertSqlSafe;

use super::{
    Error,
    db::{On, Tx, query},
    seal::{COLUMNS, Seal},
};
use crate::secret::FieldKey;

/// Its name among the cursors.
const STATE: &str = "seal";

/// How the personal columns of a store lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Clear,
    Sealed(Check),
    /// All of it is to be sealed, and some of it may not be yet.
    Sealing(Check),
    /// All of it is to be clear, and some of it may not be yet.
    Unsealing(Check),
}

/// Tells the key of a store from others; of the key itself nothing.
pub type Check = String;

/// What a store needs before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// It is new: it is sealed before its first row.
    Begin,
    /// It is sealed, and there is no key.
    Key,
    /// It is sealed with another key.
    ItsKey,
    /// It is not sealed, and there is a key.
    Sealing,
    /// Sealing, or unsealing, was interrupted.
    GoOn {
        command: &'static str,
    },
}

impl State {
    /// `rows`: whether something would have to be sealed.
    pub fn need(&self, key: Option<&str>, rows: Rows) -> Need {
        match (self, key) {
            (Self::Clear, None) => Need::Nothing,
            (Self::Clear, Some(_)) if rows == Rows::None => Need::Begin,
            (Self::Clear, Some(_)) => Need::Sealing,
            (Self::Sealed(_) | Self::Sealing(_) | Self::Unsealing(_), None) => Need::Key,
            (Self::Sealed(own) | Self::Sealing(own) | Self::Unsealing(own), Some(key))
                if own != key =>
            {
                Need::ItsKey
            }
            (Self::Sealed(_), Some(_)) => Need::Nothing,
            (Self::Sealing(_), Some(_)) => Need::GoOn { command: "seal" },
            (Self::Unsealing(_), Some(_)) => Need::GoOn { command: "unseal" },
        }
    }
}

impl State {
    /// Why a store cannot be opened with this key, if so.
    pub fn refusal(&self, key: Option<&FieldKey>, rows: Rows, path: &Path) -> Option<Error> {
        let seal = key.map_or_else(Seal::none, Seal::with);
        self.need(seal.check(), rows).refusal(path)
    }
}

/// Whether a store has rows with a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    None,
    Some,
}

impl Need {
    /// Why the store cannot be opened, in words.
    pub fn refusal(self, path: &Path) -> Option<Error> {
        let path = path.display().to_string();
        match self {
            Self::Nothing | Self::Begin => None,
            Self::Key => Some(Error::Sealed { path }),
            Self::ItsKey => Some(Error::OtherKey { path }),
            Self::Sealing => Some(Error::NotSealed { path }),
            Self::GoOn { command } => Some(Error::HalfSealed { path, command }),
        }
    }
}

/// # Errors
/// If it cannot be read, or was written by nobody who knows these words.
pub async fn state(db: impl On) -> Result<State, Error> {
    let row =
        query("SELECT value FROM cursor WHERE name = $1").bind(STATE).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(State::Clear) };
    let value: String = row.try_get(0)?;
    Ok(match value.split_once(' ') {
        Some(("sealed", check)) => State::Sealed(check.to_owned()),
        Some(("sealing", check)) => State::Sealing(check.to_owned()),
        Some(("unsealing", check)) => State::Unsealing(check.to_owned()),
        _ => return Err(Error::Damaged("whether it is sealed cannot be read".to_owned())),
    })
}

/// Writes the state, with the triggers that go with it; within a transaction.
pub async fn set(db: &mut Tx, state: &State) -> Result<(), Error> {
    let value = match state {
        State::Clear => None,
        State::Sealed(check) => Some(format!("sealed {check}")),
        State::Sealing(check) => Some(format!("sealing {check}")),
        State::Unsealing(check) => Some(format!("unsealing {check}")),
    };
    query("DELETE FROM cursor WHERE name = $1").bind(STATE).execute(&mut *db).await?;
    if let Some(value) = value {
        query("INSERT INTO cursor (name, value) VALUES ($1, $2)")
            .bind(STATE)
            .bind(value)
            .execute(&mut *db)
            .await?;
    }
    guard(db, matches!(state, State::Sealed(_) | State::Sealing(_))).await
}

/// Has the triggers refuse clear text, or not.
async fn guard(db: &mut Tx, is_guarded: bool) -> Result<(), Error> {
    // On a server they are there from the beginning, and look at the state themselves.
    if let Tx::Server(..) = db {
        return Ok(());
    }
    for column in COLUMNS {
        let (table, name) = (column.table, column.name);
        for (event, of) in [("INSERT", String::new()), ("UPDATE", format!(" OF {name}"))] {
            let trigger = format!("{table}_{name}_is_sealed_on_{}", event.to_lowercase());
            let sql = match is_guarded {
                true => format!(
                    "CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {event}{of} ON {table}
                     WHEN typeof(new.{name}) = 'text' AND new.{name} <> ''
                     BEGIN SELECT RAISE(ABORT, 'a sealed local copy takes no clear text'); END"
                ),
                false => format!("DROP TRIGGER IF EXISTS {trigger}"),
            };
            query(AssertSqlSafe(sql)).execute(&mut *db).await?;
        }
    }
    Ok(())
}

pub async fn rows<D>(db: &mut D) -> Result<Rows, Error>
where
    for<'a> &'a mut D: On,
{
    for column in COLUMNS {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", column.table);
        if query(AssertSqlSafe(sql)).fetch_optional(&mut *db).await?.is_some() {
            return Ok(Rows::Some);
        }
    }
    Ok(Rows::None)
}

/// Whether the key fits the store; a new one is sealed from its first row on.
///
/// # Errors
/// If it does not fit, in words, and before anything was read.
pub async fn fit(db: &mut Tx, seal: &Seal, path: &Path) -> Result<(), Error> {
    let state = state(&mut *db).await?;
    let need = state.need(seal.check(), rows(db).await?);
    if let Some(refusal) = need.refusal(path) {
        return Err(refusal);
    }
    if let State::Sealed(_) = state {
        // A migration may have brought columns that nothing guards yet.
        guard(db, true).await?;
    }
    if let (Need::Begin, Some(check)) = (need, seal.check()) {
        set(db, &State::Sealed(check.to_owned())).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_opened_with_its_key_or_not_at_all() {
        let of = |state: fn(Check) -> State| state("own".to_owned());
        let go_on = |command| Need::GoOn { command };
        let table = [
            (State::Clear, None, Rows::None, Need::Nothing),
            (State::Clear, None, Rows::Some, Need::Nothing),
            (State::Clear, Some("own"), Rows::None, Need::Begin),
            (State::Clear, Some("own"), Rows::Some, Need::Sealing),
            (of(State::Sealed), None, Rows::None, Need::Key),
            (of(State::Sealed), Some("own"), Rows::Some, Need::Nothing),
            (of(State::Sealed), Some("other"), Rows::Some, Need::ItsKey),
            (of(State::Sealing), None, Rows::Some, Need::Key),
            (of(State::Sealing), Some("other"), Rows::Some, Need::ItsKey),
            (of(State::Sealing), Some("own"), Rows::Some, go_on("seal")),
            (of(State::Unsealing), Some("own"), Rows::Some, go_on("unseal")),
        ];
        for (state, key, rows, need) in table {
            assert_eq!(state.need(key, rows), need, "{state:?} {key:?} {rows:?}");
            let refusal = need.refusal(Path::new("/d/caseload.db"));
            let opens = matches!(need, Need::Nothing | Need::Begin);
            assert_eq!(refusal.is_none(), opens);
            assert!(refusal.is_none_or(|why| why.to_string().contains("/d/caseload.db")));
        }
    }
}
