//! Small facts about the store itself: where sync stands, which environment it belongs to.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use super::{Changes, Error, Store, db::query};
use crate::model::Text;

pub const ENVIRONMENT: &str = "environment";

/// How long a server is trusted to have told of everything.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(30);

impl Store {
    pub async fn cursor(&self, name: &str) -> Result<Option<String>, Error> {
        let row = query("SELECT value FROM cursor WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.0.backend.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    pub async fn set_cursor(&self, name: &str, value: &str) -> Result<(), Error> {
        query(
            "INSERT INTO cursor (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&self.0.backend.writer)
        .await?;
        Ok(())
    }

    /// The environment whose data this is, once an answer has told.
    pub async fn pinned_environment(&self) -> Result<Option<Text>, Error> {
        Ok(self.cursor(ENVIRONMENT).await?.map(Text::from))
    }

    pub async fn pin_environment(&self, environment: &Text) -> Result<(), Error> {
        self.set_cursor(ENVIRONMENT, environment.as_str()).await
    }

    /// If another process wrote since the last look: anything may have moved. A server tells of it
    /// (see `told`), so it is asked now and then only, for what was told and not heard.
    pub async fn watch_others(&self) -> Result<(), Error> {
        self.watch_looks();
        if self.is_untouched() {
            return Ok(());
        }
        let version = self.0.backend.version().await?;
        if self.0.seen_version.swap(version, Ordering::Relaxed) != version {
            self.tell(Changes::everything());
        }
        Ok(())
    }

    /// Whether nobody wrote since it was looked before the last time, as the time of the log tells:
    /// that costs less than a question to the database. Once is not enough, since times of files
    /// are coarse, and somebody may write twice within one of them.
    fn is_untouched(&self) -> bool {
        if let Some(server) = &self.0.server {
            let Ok(mut asked) = server.asked.lock() else { return false };
            if asked.elapsed() < BETWEEN_QUESTIONS {
                return true;
            }
            *asked = Instant::now();
            return false;
        }
        let mut log = self.0.path.clone().into_os_string();
        log.push("-wal");
        let written = std::fs::metadata(log).and_then(|log| log.modified()).ok();
        let Ok(mut looks) = self.0.looks_across.lock() else { return false };
        let before = *looks;
        *looks = [written, before[0]];
        written.is_some() && before == [written; 2]
    }
}
