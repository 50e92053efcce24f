//! What a server tells of other processes' commits: which tables moved, and nothing that is in them.
//!
//! It wakes, it does not deliver: after a connection was lost anything may have moved.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::broadcast;

use super::{Changes, server::saw};

/// The channel of all environments of a database.
const CHANNEL: &str = "caseload";

/// Between two tries to reach a server that is away.
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// Who listens, for whom.
pub struct Hears {
    pub server: PgPool,
    pub environment: String,
    /// Our own: its commits are told without the server.
    pub process: String,
    pub changes: broadcast::Sender<Changes>,
    pub seen_version: Arc<AtomicI64>,
}

impl Hears {
    pub async fn run(self) {
        let mut is_first = true;
        loop {
            if let Err(why) = self.listen(is_first).await {
                tracing::warn!(%why, "the shared database does not tell what others write");
            }
            is_first = false;
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
    }

    async fn listen(&self, is_first: bool) -> Result<(), sqlx::Error> {
        let mut ears = PgListener::connect_with(&self.server).await?;
        ears.listen(CHANNEL).await?;
        if !is_first {
            self.tell(Changes::everything());
        }
        loop {
            // None: it was lost, and is there again.
            let Some(said) = ears.try_recv().await? else {
                self.tell(Changes::everything());
                continue;
            };
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
        _ => Changes::everything(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_others_wrote_to_this_environment_is_news() {
        let hears = Hears {
            server: PgPool::connect_lazy("postgres://localhost/none").unwrap(),
            environment: "sandbox".to_owned(),
            process: "me".to_owned(),
            changes: broadcast::Sender::new(1),
            seen_version: Arc::default(),
        };
        let none = Changes::default();
        let table = [
            ("sandbox other 12 inquiry", Changes { inquiries: true, ..none }),
            ("sandbox other 13 action", Changes { actions: true, ..none }),
            ("sandbox me 14 inquiry", none),
            ("production other 99 inquiry", none),
            ("nonsense", Changes::everything()),
        ];
        for (said, expected) in table {
            assert_eq!(hears.heard(said), expected, "{said}");
        }
        assert_eq!(hears.seen_version.load(std::sync::atomic::Ordering::Relaxed), 14);
    }
}
