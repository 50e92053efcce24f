//! On a server, who has a duty and who is there is a row that its holder renews: whoever dies stops
//! renewing, and another takes over. Time is the server's own, so no clock of a console matters.

use std::time::{Duration, Instant};

use tokio::{sync::watch, task::JoinHandle};

use super::{
    Changes, Error, Store,
    db::{Reader, query},
    told::DUTY,
    worklist::instant,
};
use crate::model::{Text, Timestamp};

/// How long a row holds, how often it is renewed.
const HOLDS: &str = "9000000";
const BETWEEN_RENEWALS: Duration = Duration::from_secs(3);
const HOLDS_FOR: Duration = Duration::from_secs(9);

/// Held by the process on duty; dropping it gives the duty up.
#[derive(Debug)]
pub struct Lease {
    says: watch::Sender<String>,
    lost: watch::Receiver<bool>,
    renewing: JoinHandle<()>,
}

impl Lease {
    /// Returns when nobody has it any more, or the server does not answer.
    pub async fn give_up(self) {
        drop(self.says);
        let _ = self.renewing.await;
    }

    pub fn say(&self, how: String) {
        self.says.send_replace(how);
    }

    pub fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }

    /// Returns when somebody else may have it: the server was away for too long.
    pub async fn lost(&self) {
        let mut lost = self.lost.clone();
        // The task that renews it ends by losing it only.
        let _ = lost.wait_for(|lost| *lost).await;
    }
}

/// The server's clock in microseconds, in a statement.
pub(super) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

impl Store {
    /// None if somebody else has it.
    pub(super) async fn lease(&self, duty: &'static str) -> Result<Option<Lease>, Error> {
        let holder = uuid::Uuid::now_v7().to_string();
        let reader = self.0.backend.reader.clone();
        let sql = format!(
            "INSERT INTO duty (name, holder, until, says) VALUES ($1, $2, {NOW} + {HOLDS}, '')
             ON CONFLICT (name) DO UPDATE SET
                 holder = excluded.holder, until = excluded.until, says = ''
                 WHERE duty.until < {NOW} RETURNING holder"
        );
        let asked = query(sqlx::AssertSqlSafe(sql)).bind(duty).bind(&holder);
        if asked.fetch_optional(&reader).await?.is_none() {
            return Ok(None);
        }
        let (says, said) = watch::channel(String::new());
        let (tell, lost) = watch::channel(false);
        let renewing = tokio::spawn(renew(reader, duty, holder, said, tell));
        Ok(Some(Lease { says, lost, renewing }))
    }

    /// What the process on duty says; none if there is none.
    pub(super) async fn leased(&self, duty: &'static str) -> Result<Option<String>, Error> {
        let sql = format!("SELECT says FROM duty WHERE name = $1 AND until >= {NOW}");
        let row = query(sqlx::AssertSqlSafe(sql)).bind(duty);
        let row = row.fetch_optional(&self.0.backend.reader).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// What the server's clock says; none where there is no server.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub async fn server_time(&self) -> Result<Option<Timestamp>, Error> {
        if !self.is_shared() {
            return Ok(None);
        }
        let asked = query(sqlx::AssertSqlSafe(format!("SELECT {NOW}")));
        let row = asked.fetch_one(&self.0.backend.reader).await?;
        Ok(instant(row.try_get(0)?))
    }

    /// Tells that a worker is there, and goes on to until the answer is dropped.
    pub(super) async fn be_there(&self, worker: &str) -> Result<watch::Sender<()>, Error> {
        here(&self.0.backend.reader, worker).await?;
        let (present, dropped) = watch::channel(());
        tokio::spawn(stay(self.clone(), worker.to_owned(), dropped));
        Ok(present)
    }

    /// Whether anybody works on this environment, or did until a moment ago.
    pub(super) async fn is_anybody_present(&self) -> Result<bool, Error> {
        let sql = format!(
            "SELECT 1 FROM present WHERE until >= {NOW}
             UNION ALL SELECT 1 FROM duty WHERE until >= {NOW} LIMIT 1"
        );
        let found = query(sqlx::AssertSqlSafe(sql)).fetch_optional(&self.0.backend.reader).await?;
        Ok(found.is_some())
    }

    /// Workers with something under way that are not there any more.
    pub(super) async fn gone(&self, but: &str) -> Result<Vec<String>, Error> {
        let sql = format!(
            "SELECT DISTINCT owner FROM action
             WHERE state IN ('held', 'sending', 'waiting') AND owner <> $1
                 AND NOT EXISTS (SELECT 1 FROM present WHERE worker = owner AND until >= {NOW})"
        );
        let rows = query(sqlx::AssertSqlSafe(sql)).bind(but);
        let rows = rows.fetch_all(&self.0.backend.reader).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }
}

/// Renews a lease until it is given up or lost.
async fn renew(
    reader: Reader,
    duty: &'static str,
    holder: String,
    mut said: watch::Receiver<String>,
    lost: watch::Sender<bool>,
) {
    let mut renewed = Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_RENEWALS) => {}
            word = said.changed() => {
                if word.is_err() {
                    break;
                }
            }
        }
        let says = said.borrow_and_update().clone();
        let sql = format!(
            "UPDATE duty SET until = {NOW} + {HOLDS}, says = $3 WHERE name = $1 AND holder = $2"
        );
        let update = query(sqlx::AssertSqlSafe(sql)).bind(duty).bind(&holder).bind(says);
        let asked = Instant::now();
        match update.execute(&reader).await {
            Ok(done) if done.rows_affected() > 0 => renewed = asked,
            Ok(_) => {
                let _ = lost.send(true);
                return;
            }
            Err(why) if renewed.elapsed() >= HOLDS_FOR => {
                tracing::warn!(%why, duty, "a duty is lost, since the server is away");
                let _ = lost.send(true);
                return;
            }
            Err(why) => match Error::from(why) {
                // That is told once, and not by everybody who finds it so.
                Error::Away(_) => {}
                why => tracing::warn!(%why, duty, "a duty is not renewed"),
            },
        }
    }
    // Those who wait for it need not look first.
    let sql = format!(
        "WITH gone AS (DELETE FROM duty WHERE name = $1 AND holder = $2 RETURNING environment)
         SELECT pg_notify('caseload', environment || ' '
             || coalesce(nullif(current_setting('caseload.process', true), ''), '-') || ' 0 {DUTY}') FROM gone"
    );
    let delete = query(sqlx::AssertSqlSafe(sql)).bind(duty).bind(holder);
    // Else it runs out by itself.
    let _ = delete.execute(&reader).await;
}

async fn here(reader: &Reader, worker: &str) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO present (worker, until) VALUES ($1, {NOW} + {HOLDS})
         ON CONFLICT (worker) DO UPDATE SET until = excluded.until"
    );
    query(sqlx::AssertSqlSafe(sql)).bind(worker).execute(reader).await?;
    Ok(())
}

/// What others have open.
pub const LOOKS: &str = "SELECT reviewer, looks_at FROM present WHERE worker <> $1 AND looks_at IS NOT NULL
     AND until >= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint ORDER BY looks_at, reviewer";

/// Tells what a worker's reviewer has open, with its presence.
pub async fn looks(
    reader: &Reader,
    worker: &str,
    reviewer: &Text,
    at: Option<String>,
) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO present (worker, until, reviewer, looks_at) VALUES ($1, {NOW} + {HOLDS}, $2, $3)
         ON CONFLICT (worker) DO UPDATE SET reviewer = excluded.reviewer, looks_at = excluded.looks_at"
    );
    let asked = query(sqlx::AssertSqlSafe(sql)).bind(worker).bind(reviewer.as_str()).bind(at);
    asked.execute(reader).await?;
    Ok(())
}

/// Whoever is gone looks at nothing any more.
async fn forget_looks(store: &Store) -> Result<(), Error> {
    let sql =
        format!("UPDATE present SET looks_at = NULL WHERE looks_at IS NOT NULL AND until < {NOW}");
    let done = query(sqlx::AssertSqlSafe(sql)).execute(&store.0.backend.reader).await?;
    // Others are told by the server.
    store.tell(Changes { looks: done.rows_affected() > 0, ..Changes::default() });
    Ok(())
}

/// Renews a worker's presence, and takes over from those that are gone.
async fn stay(store: Store, worker: String, mut dropped: watch::Receiver<()>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_RENEWALS) => {}
            _ = dropped.changed() => break,
        }
        let renewed = async {
            here(&store.0.backend.reader, &worker).await?;
            forget_looks(&store).await?;
            store.take_over(&worker).await
        };
        match renewed.await {
            Ok(()) | Err(Error::Away(_)) => {}
            Err(why) => tracing::warn!(%why, "others cannot see that this worker is there"),
        }
    }
    let delete = query("DELETE FROM present WHERE worker = $1").bind(worker);
    let _ = delete.execute(&store.0.backend.reader).await;
}
