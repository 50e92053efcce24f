//! What a server tells of other processes' commits: which tables moved, and nothing that is in them.
//!
//! It wakes, it does not deliver: after a connection was lost anything may have moved.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use tokio::{
    sync::{broadcast, watch},
    time::{sleep, timeout},
};

use super::{Changes, reach::Reach, server::saw};

/// The channel of all environments of a database.
const CHANNEL: &str = "caseload";

/// In place of a table: somebody gave a duty up.
pub const DUTY: &str = "duty";

/// So long a server may take to answer, and to be connected to, before it is taken for one that is
/// away; and before one gives up and tries again.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
const CONNECTS_WITHIN: Duration = Duration::from_secs(2);
const GIVES_UP_AFTER: Duration = Duration::from_secs(5);

/// Between two tries to reach one that is away: twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Who listens, for whom. Its connection is idle but for what it hears, so it is the first to
/// notice that the server is gone, and it is the one that tries to reach it again.
pub struct Hears {
    pub server: PgConnectOptions,
    pub reach: Reach,
    pub environment: String,
    /// Our own: its commits are told without the server.
    pub process: String,
    pub changes: broadcast::Sender<Changes>,
    /// Told when somebody may have given a duty up.
    pub given_up: watch::Sender<()>,
    pub seen_version: Arc<AtomicI64>,
}

impl Hears {
    pub async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.connect().await {
                Ok(ears) => {
                    self.reach.back();
                    // What others wrote before it listened it was not told of.
                    self.tell(Changes::everything());
                    self.given_up.send_replace(());
                    pause = FIRST_PAUSE;
                    let Err(why) = self.listen(ears).await;
                    tracing::warn!(%why, "the shared database does not tell what others write");
                }
                Err(why) => {
                    self.reach.lost(&why);
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn connect(&self) -> Result<PgListener, sqlx::Error> {
        let connect = within(GIVES_UP_AFTER, async {
            // A pool tries again by itself for as long as it may: this is told at once.
            PgConnection::connect_with(&self.server).await?.close().await?;
            // Of its own each time, so that none waits for a connection that does not end.
            let one =
                PgPoolOptions::new().max_connections(1).connect_lazy_with(self.server.clone());
            let mut ears = PgListener::connect_with(&one).await?;
            ears.eager_reconnect(false);
            ears.listen(CHANNEL).await?;
            Ok(ears)
        });
        let mut connect = std::pin::pin!(connect);
        tokio::select! {
            connected = &mut connect => return connected,
            () = sleep(CONNECTS_WITHIN) => self.reach.lost(&sqlx::Error::PoolTimedOut),
        }
        connect.await
    }

    /// Hears until the connection is lost.
    async fn listen(&self, mut ears: PgListener) -> Result<std::convert::Infallible, sqlx::Error> {
        loop {
            let said = tokio::select! {
                said = ears.try_recv() => said?,
                () = self.reach.doubted() => {
                    // What it does already: any question would do.
                    let answered = sqlx::raw_sql("LISTEN caseload").execute(&mut ears);
                    within(ANSWERS_WITHIN, answered).await.inspect_err(|why| self.reach.lost(why))?;
                    continue;
                }
            };
            let said = said.ok_or(sqlx::Error::PoolTimedOut)?;
            let mut changes = self.heard(said.payload());
            while let Some(said) = ears.next_buffered() {
                changes = changes.and(self.heard(said.payload()));
            }
            self.tell(changes);
        }
    }

    /// `sandbox 0192… 4711 inquiry`: where, by whom, at which version, what.
    fn heard(&self, said: &str) -> Changes {
        let mut words = said.split(' ');
        let (Some(environment), Some(process), Some(version), Some(table)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Changes::everything();
        };
        if environment != self.environment {
            return Changes::default();
        }
        if let Ok(version) = version.parse() {
            saw(&self.seen_version, version);
        }
        match process == self.process {
            true => Changes::default(),
            // Nothing is shown of it.
            false if table == DUTY => {
                self.given_up.send_replace(());
                Changes::default()
            }
            false => of_table(table),
        }
    }

    fn tell(&self, changes: Changes) {
        if changes.any() {
            // Nobody listening is fine.
            let _ = self.changes.send(changes);
        }
    }
}

async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    timeout(time, work).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// What panes show of a table.
fn of_table(name: &str) -> Changes {
    let none = Changes::default();
    match name {
        "inquiry" | "verification" => Changes { inquiries: true, ..none },
        "review_case" => Changes { cases: true, ..none },
        "exhibit" | "case_inquiry" => Changes { inquiries: true, cases: true, ..none },
        "account" | "case_account" => Changes { accounts: true, cases: true, ..none },
        "relation" | "relation_list" | "relation_key" => Changes { relations: true, ..none },
        "action" => Changes { actions: true, ..none },
        "marked" => Changes { marks: true, ..none },
        "snoozed" => Changes { snoozes: true, ..none },
        "mismatch" => Changes { mismatches: true, ..none },
        "present" => Changes { looks: true, ..none },
        _ => Changes::everything(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_others_wrote_to_this_environment_is_news() {
        let hears = Hears {
            server: "postgres://localhost/none".parse().unwrap(),
            reach: Reach::new(crate::clock::Clock::system()),
            environment: "sandbox".to_owned(),
            process: "me".to_owned(),
            changes: broadcast::Sender::new(1),
            given_up: watch::Sender::default(),
            seen_version: Arc::default(),
        };
        let none = Changes::default();
        let table = [
            ("sandbox other 12 inquiry", Changes { inquiries: true, ..none }),
            ("sandbox other 13 action", Changes { actions: true, ..none }),
            ("sandbox other 0 present", Changes { looks: true, ..none }),
            ("sandbox me 14 inquiry", none),
            ("sandbox me 0 duty", none),
            ("sandbox other 0 duty", none),
            ("production other 99 inquiry", none),
            ("nonsense", Changes::everything()),
        ];
        let mut given_up = hears.given_up.subscribe();
        for (said, expected) in table {
            assert_eq!(hears.heard(said), expected, "{said}");
            let is_duty = said == "sandbox other 0 duty";
            assert_eq!(given_up.has_changed().unwrap(), is_duty, "{said}");
            given_up.mark_unchanged();
        }
        assert_eq!(hears.seen_version.load(std::sync::atomic::Ordering::Relaxed), 14);
    }
}
