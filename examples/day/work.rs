//! Reviewers at work: one decision after the other, as long as there is something to decide and somebody
//! has a console open.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    place::Place,
    reviewer::{self, APPROVE, DECLINE, Ledger},
};

/// Between two decisions of one reviewer.
const THINKS: Duration = Duration::from_millis(600);

#[derive(Clone)]
pub struct Work {
    pub place: Arc<Place>,
    pub ledger: Arc<Ledger>,
    /// They have something else to do.
    pub rests: Arc<AtomicBool>,
    pub over: Arc<AtomicBool>,
}

/// The work of one, until it is over.
pub async fn shift(work: Work, nth: usize) {
    let mut count = nth;
    while !work.over.load(Ordering::Relaxed) {
        tokio::time::sleep(THINKS).await;
        let Some(console) = work.place.console(nth) else { continue };
        let _hands = console.hands.lock().await;
        if work.rests.load(Ordering::Relaxed) || console.is_gone() {
            continue;
        }
        let Some(id) = work.ledger.next() else { continue };
        count += 1;
        let verdict = if count.is_multiple_of(3) { DECLINE } else { APPROVE };
        reviewer::decide(&console, &work.ledger, &id, verdict).await;
    }
}
