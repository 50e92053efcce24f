//! Relation keys that were learnt: from what Persona said happened, and from the fields that a type
//! of accounts defines.

use jiff::Timestamp;

use super::{Changes, Error, Store, db::query, together::Tx, worklist::instant};
use crate::model::{AccountTypeId, Entity, Event, Text, field};

/// Stands for a type that is not known.
const ANY_TYPE: &str = "*";

impl Store {
    /// Keys that accounts of a type are known to have; those of unknown types go for all.
    pub async fn relation_keys(&self, account_type: Option<&Text>) -> Result<Vec<Text>, Error> {
        let rows = query(
            "SELECT DISTINCT key FROM relation_key WHERE account_type IN ($1, $2) ORDER BY key",
        )
        .bind(folded(account_type))
        .bind(ANY_TYPE)
        .fetch_all(&self.0.backend.reader)
        .await?;
        rows.iter().map(|row| Ok(Text::from(row.try_get::<String, _>(0)?))).collect()
    }

    /// When the fields of a type were last asked for.
    pub async fn type_asked_at(&self, id: &AccountTypeId) -> Result<Option<Timestamp>, Error> {
        let row = query("SELECT asked_at FROM account_type WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        Ok(match row {
            Some(row) => instant(Some(row.try_get(0)?)),
            None => None,
        })
    }

    /// Writes down that a type's fields were asked for, and which relation keys are among them.
    pub async fn learn_type(
        &self,
        id: &AccountTypeId,
        name: Option<&Text>,
        keys: &[Text],
    ) -> Result<(), Error> {
        let mut tx = self.0.backend.begin().await?;
        query(
            "INSERT INTO account_type (id, asked_at) VALUES ($1, $2)
             ON CONFLICT (id) DO UPDATE SET asked_at = excluded.asked_at",
        )
        .bind(id.as_str())
        .bind(self.0.clock.now().as_microsecond())
        .execute(&mut tx)
        .await?;
        for key in keys {
            learn(&mut tx, name, key).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Learns from an event that a relation came or went: the key, and that the list is out of date.
pub async fn heed(tx: &mut Tx, event: &Event) -> Result<Changes, Error> {
    let told = matches!(event.name.as_str(), "account.added-relation" | "account.removed-relation");
    let key = field::find(&event.context, &["relation_schema_key"]);
    let (true, Some(key), Some(Entity::Account(account))) = (told, key, &event.subject) else {
        return Ok(Changes::default());
    };
    let key = key.reveal();
    learn(tx, account.type_name.as_ref(), key).await?;
    // Where nobody has asked for the list yet there is none: it is known to exist now.
    query(
        "INSERT INTO relation_list (source, key, fetched_at, stale) VALUES ($1, $2, 0, 1)
         ON CONFLICT (source, key) DO UPDATE SET stale = 1 WHERE relation_list.fetched_at < $3",
    )
    .bind(account.id.as_str())
    .bind(key.as_str())
    .bind(event.created_at.map_or(i64::MAX, Timestamp::as_microsecond))
    .execute(&mut *tx)
    .await?;
    Ok(Changes { relations: true, ..Changes::default() })
}

async fn learn(tx: &mut Tx, account_type: Option<&Text>, key: &Text) -> Result<(), Error> {
    query("INSERT INTO relation_key (account_type, key) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(folded(account_type))
        .bind(key.as_str())
        .execute(&mut *tx)
        .await?;
    Ok(())
}

fn folded(account_type: Option<&Text>) -> String {
    account_type.map_or(ANY_TYPE.to_owned(), |name| name.as_str().to_lowercase())
}
