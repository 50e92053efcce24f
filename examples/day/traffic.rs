//! What happens at Persona in the course of the day: little at night, most of it in the morning.
//!
//! Of twenty events, five are inquiries that begin to wait for review, four decisions of others about such ones,
//! nine decisions that others reverse, and two cases that change hands.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    clock::{Day, at},
    persona::Persona,
    reviewer::Ledger,
};

/// What share of the day's events each hour has, in thousandths.
const HOURS: [usize; 24] =
    [10, 8, 8, 8, 10, 20, 60, 85, 90, 80, 60, 50, 35, 45, 60, 60, 60, 60, 55, 45, 35, 25, 18, 13];

/// So many of the inquiries that wait are for these reviewers, the others for somebody else: of three.
const OURS: usize = 2;

pub struct Traffic {
    pub persona: Arc<Persona>,
    pub day: Day,
    /// In the whole day.
    pub events: usize,
    /// Inquiries that nobody reviews so far.
    pub fresh: Arc<Mutex<VecDeque<String>>>,
    /// Decided ones, with the status that they have.
    pub decided: Vec<(String, String)>,
    pub cases: Vec<String>,
    pub ledger: Arc<Ledger>,
    /// Persona is away: nothing happens there.
    pub paused: Arc<AtomicBool>,
    /// Persona answers nobody as it should, so cases do not change hands.
    pub disturbed: Arc<AtomicBool>,
    pub happened: Arc<AtomicU64>,
    pub over: Arc<AtomicBool>,
}

/// How many of the day's events have happened at a minute.
fn due(events: usize, minute: f64) -> usize {
    let all: usize = HOURS.iter().sum();
    let hour = (minute / 60.0) as usize;
    let before: usize = HOURS.iter().take(hour).sum();
    let now = HOURS.get(hour).copied().unwrap_or_default() as f64 * (minute / 60.0).fract();
    ((before as f64 + now) / all as f64 * events as f64) as usize
}

impl Traffic {
    /// Until it is over; in the end, what Persona did not take.
    pub async fn run(mut self) -> Vec<String> {
        let (mut nth, mut left_out, mut failed) = (0, 0, Vec::new());
        let mut theirs: VecDeque<(usize, String)> = VecDeque::new();
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while !self.over.load(Ordering::Relaxed) {
            ticks.tick().await;
            let minute = self.day.now();
            let due = due(self.events, minute);
            if self.paused.load(Ordering::Relaxed) {
                left_out = due - nth;
                continue;
            }
            while nth + left_out < due {
                nth += 1;
                match self.step(nth, minute as usize, &mut theirs).await {
                    Ok(true) => _ = self.happened.fetch_add(1, Ordering::Relaxed),
                    Ok(false) => {}
                    Err(_) if self.disturbed.load(Ordering::Relaxed) => {}
                    Err(why) => failed.push(why.to_string()),
                }
            }
        }
        failed
    }

    /// Whether there was anything to do.
    async fn step(
        &mut self,
        nth: usize,
        minute: usize,
        theirs: &mut VecDeque<(usize, String)>,
    ) -> anyhow::Result<bool> {
        match nth % 20 {
            0..5 => {
                let Some(id) = take(&self.fresh) else { return Ok(false) };
                self.persona.step(&id, "mark-for-review").await?;
                match nth % 3 < OURS && (at(6, 0)..at(22, 0)).contains(&minute) {
                    true => self.ledger.add(id),
                    false => theirs.push_back((minute, id)),
                }
            }
            5..9 => {
                // They take their time, too.
                let waited = |(since, _): &mut (usize, String)| minute - *since > 30;
                let Some((_, id)) = theirs.pop_front_if(waited) else { return Ok(false) };
                self.persona
                    .step(&id, if nth.is_multiple_of(2) { "approve" } else { "decline" })
                    .await?;
            }
            9..18 => {
                let one = nth % self.decided.len();
                let (id, status) = &mut self.decided[one];
                let (step, then) = if status == "approved" {
                    ("decline", "declined")
                } else {
                    ("approve", "approved")
                };
                self.persona.step(id, step).await?;
                *status = then.to_owned();
            }
            _ if self.disturbed.load(Ordering::Relaxed) => return Ok(false),
            _ => {
                let case = &self.cases[nth % self.cases.len()];
                let to = ["jane@example.test", "omar@example.test"][nth / 20 % 2];
                self.persona.assign(case, to).await?;
            }
        }
        Ok(true)
    }
}

pub fn take(fresh: &Mutex<VecDeque<String>>) -> Option<String> {
    fresh.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}
