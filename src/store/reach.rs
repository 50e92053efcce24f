//! Whether a team's database answers. It is noticed once: whoever finds it gone says so, and until
//! it was reached again (`told`) nobody waits for it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::clock::Clock;

/// Since when a database does not answer, and what was said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    pub since: Timestamp,
    pub why: String,
}

/// Shared by all connections of one store.
#[derive(Clone)]
pub struct Reach(Arc<Inner>);

struct Inner {
    away: watch::Sender<Option<Away>>,
    doubt: Notify,
    clock: Clock,
}

/// An answer that takes longer makes one ask whether anybody is there at all.
const PATIENCE: Duration = Duration::from_millis(500);

impl Reach {
    pub fn new(clock: Clock) -> Self {
        let away = watch::Sender::new(None);
        Self(Arc::new(Inner { away, doubt: Notify::new(), clock }))
    }

    /// Told when it goes and when it is back.
    pub fn watch(&self) -> watch::Receiver<Option<Away>> {
        let mut away = self.0.away.subscribe();
        if away.borrow().is_some() {
            away.mark_changed();
        }
        away
    }

    pub fn is_away(&self) -> bool {
        self.0.away.borrow().is_some()
    }

    /// It does not answer: what waits for it fails now.
    pub fn lost(&self, why: &sqlx::Error) {
        let lost = self.0.away.send_if_modified(|away| {
            let is_news = away.is_none();
            let since = away.as_ref().map_or_else(|| self.0.clock.now(), |away| away.since);
            *away = Some(Away { since, why: why.to_string() });
            is_news
        });
        if lost {
            tracing::warn!(%why, "the shared database is away");
        }
    }

    /// It answers.
    pub fn back(&self) {
        if self.0.away.send_if_modified(|away| away.take().is_some()) {
            tracing::info!("the shared database is back");
        }
    }

    /// Returns when somebody doubts that it answers.
    pub async fn doubted(&self) {
        self.0.doubt.notified().await;
    }

    /// Work of a connection: it fails at once where the database is away, or as soon as it is.
    pub async fn wait<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>> + Send,
    ) -> Result<T, sqlx::Error> {
        if self.is_away() {
            return Err(sqlx::Error::PoolTimedOut);
        }
        let mut away = self.0.away.subscribe();
        let lost = away.wait_for(Option::is_some);
        let late = async {
            tokio::time::sleep(PATIENCE).await;
            self.0.doubt.notify_one();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            biased;
            // What is done is done, whatever became of the server since.
            done = work => {
                if done.as_ref().is_err_and(is_loss) {
                    self.0.doubt.notify_one();
                }
                done
            }
            _ = lost => Err(sqlx::Error::PoolTimedOut),
            () = late => Err(sqlx::Error::PoolTimedOut),
        }
    }
}

/// Whether an error may be the connection's and not the statement's.
fn is_loss(why: &sqlx::Error) -> bool {
    match why {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(told) => told.code().is_some_and(|code| {
            code.starts_with("57P0") || code.starts_with("08") || code == "53300"
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach() -> Reach {
        Reach::new(Clock::manual("2026-03-02T12:00:00Z".parse().unwrap()))
    }

    #[tokio::test]
    async fn what_waits_fails_when_it_goes_and_nothing_waits_while_it_is_away() {
        let reach = reach();
        let mut told = reach.watch();
        let waits = tokio::spawn({
            let reach = reach.clone();
            async move { reach.wait(std::future::pending::<Result<(), _>>()).await }
        });
        tokio::task::yield_now().await;
        reach.lost(&sqlx::Error::PoolTimedOut);
        assert!(waits.await.unwrap().is_err());
        told.changed().await.unwrap();
        let since = told.borrow_and_update().as_ref().map(|away| away.since);
        assert_eq!(since, Some("2026-03-02T12:00:00Z".parse().unwrap()));
        reach.lost(&sqlx::Error::PoolTimedOut);
        assert!(!told.has_changed().unwrap(), "it is told once");
        let asked = async { Ok(1) };
        assert!(reach.wait(asked).await.is_err(), "nobody is asked");
        reach.back();
        assert!(told.has_changed().unwrap());
        assert_eq!(reach.wait(async { Ok(1) }).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_takes_long_and_what_breaks_is_doubted_and_a_refusal_is_not() {
        let reach = reach();
        let doubts = async |work: Result<(), sqlx::Error>| {
            let _ = reach.wait(async { work }).await;
            tokio::time::timeout(Duration::ZERO, reach.doubted()).await.is_ok()
        };
        assert!(doubts(Err(sqlx::Error::PoolTimedOut)).await);
        assert!(doubts(Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()))).await);
        assert!(!doubts(Err(sqlx::Error::RowNotFound)).await);
        assert!(!doubts(Ok(())).await);
        let slow = reach.wait(async {
            reach.doubted().await;
            Ok(())
        });
        assert!(slow.await.is_ok(), "it is doubted, and goes on");
    }
}
