//! Lets requests go, lane by lane: holds what is known of the budget and waits where the policy
//! of [`rate_limit`] says so.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    http::Headers,
    rate_limit::{self, Admit, Window},
};
use crate::{
    clock::Clock,
    metrics::{Budget, Recorder},
    model::Lane,
};

pub struct Gate {
    window: Mutex<Window>,
    /// Somebody was answered: the budget is known anew.
    answered: Notify,
    clock: Clock,
    recorder: Arc<Recorder>,
}

/// A request under way; dropped when it is answered or abandoned.
#[must_use = "a request counts as under way only while its ticket lives"]
pub struct Ticket<'a>(&'a Gate);

/// A person's request that waits for budget.
struct Waiting<'a>(&'a Gate);

impl Gate {
    pub fn new(clock: Clock, recorder: Arc<Recorder>) -> Self {
        Self { window: Mutex::default(), answered: Notify::new(), clock, recorder }
    }

    /// Waits for the lane's turn.
    pub async fn enter(&self, lane: Lane) -> Ticket<'_> {
        let mut waiting: Option<Waiting<'_>> = None;
        loop {
            // Listened to before the look at the window, so that no answer is missed.
            let answered = self.answered.notified();
            let until = {
                let mut window = self.window();
                match rate_limit::admit(&window, lane, self.clock.now()) {
                    Admit::Go => {
                        window.in_flight += 1;
                        return Ticket(self);
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
                () = self.clock.sleep_until(until) => {}
                () = answered => {}
            }
        }
    }

    /// Takes what the headers of an answer said.
    pub fn learn(&self, headers: &Headers) {
        let mut window = self.window();
        rate_limit::learn(&mut window, headers.rate_limit, self.clock.now());
        self.tell(&window);
    }

    /// Takes a 429: nothing is left, whatever was believed.
    pub fn exhausted(&self, retry_after: Option<Duration>) {
        let mut window = self.window();
        rate_limit::exhausted(&mut window, retry_after, self.clock.now());
        self.tell(&window);
    }

    fn tell(&self, window: &Window) {
        if let Some(resets_at) = window.resets_at
            && window.limit > 0
        {
            let budget = Budget { limit: window.limit, remaining: window.remaining, resets_at };
            self.recorder.budget(budget);
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().expect("nothing panics while the window is held")
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.0.window().in_flight -= 1;
        self.0.answered.notify_waiters();
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.window().front_waiting -= 1;
    }
}
