//! Views that the reviewer saved. Their names and words may be a person's: they are bodies.

use super::{Error, Store, db::query, seal::Seal, together::Tx};
use crate::model::{Text, filter::SavedView, naming::Named};

impl Store {
    /// In the order in which they were saved first.
    pub async fn saved_views(&self) -> Result<Vec<SavedView>, Error> {
        let rows = query("SELECT id, body FROM saved_view ORDER BY id")
            .fetch_all(&self.0.backend.reader)
            .await?;
        rows.iter().map(|row| self.0.seal.object(row)).collect()
    }

    /// In place of one of the same name.
    pub async fn save_view(&self, view: &SavedView) -> Result<(), Error> {
        let id = match self.saved_view_id(&view.name).await? {
            Some(id) => id,
            None => uuid::Uuid::now_v7().to_string(),
        };
        let body = self.0.seal.body::<SavedView>(&id, serde_json::to_string(view)?)?;
        query(
            "INSERT INTO saved_view (id, body) VALUES ($1, $2)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        )
        .bind(id)
        .bind(body)
        .execute(&self.0.backend.writer)
        .await?;
        Ok(())
    }

    /// False if there is none of this name.
    pub async fn delete_view(&self, name: &Text) -> Result<bool, Error> {
        let Some(id) = self.saved_view_id(name).await? else { return Ok(false) };
        query("DELETE FROM saved_view WHERE id = $1")
            .bind(id)
            .execute(&self.0.backend.writer)
            .await?;
        Ok(true)
    }

    async fn saved_view_id(&self, name: &Text) -> Result<Option<String>, Error> {
        let rows =
            query("SELECT id, body FROM saved_view").fetch_all(&self.0.backend.reader).await?;
        for row in &rows {
            let view: SavedView = self.0.seal.object(row)?;
            if view.name.as_str().to_lowercase() == name.as_str().to_lowercase() {
                return Ok(Some(row.try_get("id")?));
            }
        }
        Ok(None)
    }
}

/// These are forgotten: views that name one of them go.
pub async fn let_go(tx: &mut Tx, seal: &Seal, these: &[Named]) -> Result<(), Error> {
    let rows = query("SELECT id, body FROM saved_view").fetch_all(&mut *tx).await?;
    for row in &rows {
        let view: SavedView = seal.object(row)?;
        if these.iter().any(|named| named.is_in(&view)) {
            let id: String = row.try_get("id")?;
            query("DELETE FROM saved_view WHERE id = $1").bind(id).execute(&mut *tx).await?;
        }
    }
    Ok(())
}
