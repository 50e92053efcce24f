//! What happens at Persona meanwhile: so many events a second.
//!
//! Of a hundred, seventy-five are decisions reversed by others, ten cases that change hands, and fifteen the
//! lives of new inquiries, which are made, wait for review, and are decided elsewhere.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;

use super::persona::Persona;

const TICK: Duration = Duration::from_millis(50);

/// New inquiries wait so many ticks.
const WAITS: usize = 16;

pub struct Traffic {
    pub persona: Arc<Persona>,
    /// Decided ones, with the status that they have.
    pub decided: Vec<(String, String)>,
    pub cases: Vec<String>,
    pub a_second: usize,
    pub events: Arc<AtomicU64>,
    pub over: Arc<AtomicBool>,
}

enum Step<'a> {
    Reverse(&'a str, &'static str),
    Assign(&'a str, &'static str),
    Make,
    Take(String, &'static str),
}

impl Traffic {
    /// Until it is over; what failed, if anything did.
    pub async fn run(mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let mut made = 0_usize;
        let mut new: VecDeque<String> = VecDeque::new();
        let mut waiting: VecDeque<(usize, String)> = VecDeque::new();
        let mut tick = 0;
        let mut ticks = tokio::time::interval(TICK);
        while !self.over.load(Ordering::Relaxed) {
            ticks.tick().await;
            tick += 1;
            let due = (begun.elapsed().as_secs_f64() * self.a_second as f64) as usize;
            let mut steps = Vec::new();
            let mut turned = Vec::new();
            while made < due {
                let nth = made;
                made += 1;
                match nth % 20 {
                    0..15 => {
                        let at = nth % self.decided.len();
                        let to =
                            if self.decided[at].1 == "approved" { "decline" } else { "approve" };
                        turned.push((at, to));
                    }
                    15 | 16 => {
                        let at = nth % self.cases.len();
                        let to = ["jane@example.test", "omar@example.test"][nth / 20 % 2];
                        steps.push(Step::Assign(&self.cases[at], to));
                    }
                    17 => steps.push(Step::Make),
                    18 => {
                        if let Some(id) = new.pop_front() {
                            waiting.push_back((tick, id.clone()));
                            steps.push(Step::Take(id, "mark-for-review"));
                        }
                    }
                    _ => {
                        if waiting.front().is_some_and(|(since, _)| tick - since > WAITS)
                            && let Some((_, id)) = waiting.pop_front()
                        {
                            steps.push(Step::Take(id, "approve"));
                        }
                    }
                }
            }
            for (at, to) in &turned {
                steps.push(Step::Reverse(&self.decided[*at].0, to));
            }
            let done = join_all(steps.into_iter().map(|step| self.take(step))).await;
            new.extend(done.into_iter().flatten().flatten());
            for (at, to) in turned {
                let status = if to == "approve" { "approved" } else { "declined" };
                self.decided[at].1 = status.to_owned();
            }
        }
        Ok(())
    }

    /// The id of what is new.
    async fn take(&self, step: Step<'_>) -> anyhow::Result<Option<String>> {
        let made = match step {
            Step::Reverse(id, to) => self.persona.step(id, to).await.map(|()| None),
            Step::Assign(case, to) => self.persona.assign(case, to).await.map(|()| None),
            Step::Make => self.persona.create().await.map(Some),
            Step::Take(id, to) => self.persona.step(&id, to).await.map(|()| None),
        };
        if made.is_ok() {
            self.events.fetch_add(1, Ordering::Relaxed);
        }
        made
    }
}
