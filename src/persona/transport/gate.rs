//! Lets requests go, lane by lane: holds what is known of the budget and of the quotas, and waits
//! where the policies of [`rate_limit`] say so.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    quota::{Product, Quotas},
    rate_limit::{self, Admit, Said, Window},
};
use crate::{
    clock::{Clock, Moment},
    metrics::{Budget, Recorder},
    model::Lane,
};

pub struct Gate {
    window: Mutex<Window>,
    quotas: Mutex<Quotas>,
    /// Somebody was answered: the budget is known anew.
    answered: Notify,
    clock: Clock,
    recorder: Arc<Recorder>,
}

/// A request under way. If it is dropped with nothing said of how it ended, Persona may have counted
/// it, and so does this side.
#[must_use = "a request counts as under way only while its ticket lives"]
pub struct Ticket<'a> {
    gate: &'a Gate,
    lane: Lane,
    sent: Moment,
    ended: bool,
}

/// A person's request that waits for budget.
struct Waiting<'a>(&'a Gate);

impl Gate {
    pub fn new(clock: Clock, recorder: Arc<Recorder>) -> Self {
        Self {
            window: Mutex::default(),
            quotas: Mutex::default(),
            answered: Notify::new(),
            clock,
            recorder,
        }
    }

    /// Waits for the lane's turn.
    pub async fn enter(&self, lane: Lane) -> Ticket<'_> {
        let mut waiting: Option<Waiting<'_>> = None;
        loop {
            // Listened to before the look at the window, so that no answer is missed.
            let answered = self.answered.notified();
            let now = self.clock.moment();
            let until = {
                let mut window = held(&self.window);
                match rate_limit::admit(&window, lane, now) {
                    Admit::Go => {
                        window.in_flight += 1;
                        window.back_in_flight += u32::from(lane == Lane::Back);
                        return Ticket { gate: self, lane, sent: now, ended: false };
                    }
                    Admit::Wait(until) => {
                        if lane == Lane::Front && waiting.is_none() {
                            window.front_waiting += 1;
                            waiting = Some(Waiting(self));
                        }
                        until
                    }
                }
            };
            tokio::select! {
                () = self.clock.wait_for(until) => {}
                () = answered => {}
            }
        }
    }

    /// For how long creates of a product have to wait. Nobody waits here for that: other work of
    /// theirs would wait with them.
    pub fn quota(&self, product: Product) -> Option<Duration> {
        held(&self.quotas).wait(product, self.clock.moment())
    }

    /// Takes what an answer to a create said of its quota.
    pub fn quota_answered(&self, product: Product, said: Said) {
        held(&self.quotas).answered(product, said, self.clock.moment());
    }

    /// Takes that a create was refused for its quota.
    pub fn quota_refused(&self, product: Product, asked: Option<Duration>) {
        held(&self.quotas).refused(product, asked, self.clock.moment());
    }

    fn tell(&self, window: &Window, now: Moment) {
        if let (Some(limit), Some(end)) = (window.limit, window.ends_at) {
            let resets_at = self.clock.now() + end.since(now);
            self.recorder.budget(Budget { limit, remaining: window.remaining, resets_at });
        }
    }
}

impl Ticket<'_> {
    /// Takes what the headers of an answer said.
    pub fn answered(mut self, said: Said) {
        self.ended = true;
        let now = self.gate.clock.moment();
        let mut window = held(&self.gate.window);
        rate_limit::answered(&mut window, said, self.sent, now);
        self.gate.tell(&window, now);
    }

    /// Takes a 429.
    pub fn refused(mut self, said: Said, asked: Option<Duration>) {
        self.ended = true;
        let now = self.gate.clock.moment();
        let mut window = held(&self.gate.window);
        rate_limit::refused(&mut window, said, asked, self.sent, now);
        self.gate.tell(&window, now);
    }

    /// Takes that Persona counted nothing: it was never sent, or refused before the counting.
    pub fn uncounted(mut self) {
        self.ended = true;
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut window = held(&self.gate.window);
        if !self.ended {
            rate_limit::lost(&mut window);
        }
        window.in_flight -= 1;
        window.back_in_flight -= u32::from(self.lane == Lane::Back);
        drop(window);
        self.gate.answered.notify_waiters();
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        held(&self.0.window).front_waiting -= 1;
        self.0.answered.notify_waiters();
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().expect("nothing panics while these locks are held")
}
