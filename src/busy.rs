//! Work under way, counted: a token is taken before work starts and dropped when it is over.
//!
//! Zero means idle. The spinner reads it, and tests wait for it instead of sleeping.

use std::sync::Arc;

use tokio::sync::watch;

#[derive(Debug, Clone)]
pub struct Busy(Arc<watch::Sender<usize>>);

/// One piece of work; dropping it ends the work.
#[derive(Debug)]
#[must_use = "work counts only while its token lives"]
pub struct Token(Arc<watch::Sender<usize>>);

impl Default for Busy {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Busy {
    pub fn token(&self) -> Token {
        self.0.send_modify(|count| *count += 1);
        Token(Arc::clone(&self.0))
    }

    pub fn is_idle(&self) -> bool {
        *self.0.borrow() == 0
    }

    /// Returns when nothing is under way.
    pub async fn idle(&self) {
        let mut count = self.0.subscribe();
        // The sender lives in `self`, so the wait cannot fail.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
