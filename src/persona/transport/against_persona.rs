//! Any traffic against a model of Persona's window: never over the limit when alone, nobody left
//! waiting for good, people not held up by the rest.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet, VecDeque},
    time::Duration,
};

use proptest::prelude::*;

use super::rate_limit::{Admit, LOOK_AGAIN, SCOUTS, Said, Window, admit, answered, lost, refused};
use crate::{clock::Moment, model::Lane};

const MINUTE: u64 = 60_000;

/// A request; all times in milliseconds.
#[derive(Debug, Clone)]
struct Job {
    lane: Lane,
    /// When somebody wants it.
    wanted: u64,
    /// How long it takes to Persona, and its answer back.
    out: u64,
    back: u64,
    fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    /// Persona counts it, and its answer is lost or no longer waited for.
    Lost,
}

/// How Persona tells when its window is over, in whole seconds.
#[derive(Debug, Clone, Copy)]
enum Told {
    RoundedUp,
    RoundedDown,
    NotAtAll,
}

/// Persona's side: 60 seconds from the first request.
#[derive(Debug)]
struct Persona {
    limit: u32,
    told: Told,
    opened: Option<u64>,
    used: u32,
    refusals: usize,
    /// The most that back-lane work alone was let use of one window.
    back: u32,
    most_back: u32,
}

impl Persona {
    /// Counts a request; none if it is over the limit.
    fn take(&mut self, lane: Lane, now: u64) -> (Option<()>, Said) {
        if self.opened.is_none_or(|opened| now >= opened + MINUTE) {
            (self.opened, self.used, self.back) = (Some(now), 0, 0);
        }
        let end = self.opened.unwrap_or(now) + MINUTE;
        let counted = (self.used < self.limit).then_some(());
        match counted {
            Some(()) => self.used += 1,
            None => self.refusals += 1,
        }
        self.back += u32::from(lane == Lane::Back);
        self.most_back = self.most_back.max(self.back);
        let reset = match self.told {
            Told::RoundedUp => (end - now).div_ceil(1_000),
            Told::RoundedDown => (end - now) / 1_000,
            Told::NotAtAll => return (counted, Said::default()),
        };
        let reset = Some(u32::try_from(reset).expect("a minute fits"));
        (counted, Said { limit: Some(self.limit), remaining: Some(self.limit - self.used), reset })
    }

    /// Others use the same window.
    fn others(&mut self, requests: u32) {
        self.used = (self.used + requests).min(self.limit);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Answer { job: usize, sent: u64, counted: bool, said: Option<[Option<u32>; 3]> },
    Arrival { job: usize, sent: u64 },
    Others { requests: u32 },
    Wanted { job: usize },
    Wake,
}

struct Day {
    persona: Persona,
    window: Window,
    jobs: Vec<Job>,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    /// In the front lane and in the back lane. Who waits behind somebody waits for the same.
    waiting: [VecDeque<usize>; 2],
    wakes: HashSet<u64>,
    /// When each job was sent.
    sent: Vec<Option<u64>>,
}

fn at(ms: u64) -> Moment {
    Moment::default() + Duration::from_millis(ms)
}

impl Day {
    /// Everything that happens until nothing is left to happen.
    fn run(limit: u32, told: Told, jobs: Vec<Job>, others: &[(u64, u32)]) -> Self {
        let persona =
            Persona { limit, told, opened: None, used: 0, refusals: 0, back: 0, most_back: 0 };
        let mut events = BinaryHeap::new();
        events.extend(
            jobs.iter().enumerate().map(|(job, it)| Reverse((it.wanted, Event::Wanted { job }))),
        );
        events
            .extend(others.iter().map(|&(at, requests)| Reverse((at, Event::Others { requests }))));
        let sent = vec![None; jobs.len()];
        let (window, waiting) = (Window::default(), Default::default());
        let mut day = Self { persona, window, jobs, events, waiting, wakes: HashSet::new(), sent };
        let mut count = 0;
        while let Some(Reverse((now, event))) = day.events.pop() {
            day.happens(event, now);
            count += 1;
            assert!(count < 2_000_000, "it goes round in circles at {now}: {:?}", day.window);
        }
        day
    }

    fn happens(&mut self, event: Event, now: u64) {
        match event {
            Event::Others { requests } => self.persona.others(requests),
            Event::Wanted { job } => {
                let lane = self.jobs[job].lane;
                self.waiting[usize::from(lane == Lane::Back)].push_back(job);
                self.window.front_waiting += u32::from(lane == Lane::Front);
                self.look(now);
            }
            Event::Wake => self.look(now),
            Event::Arrival { job, sent } => {
                let (counted, said) = self.persona.take(self.jobs[job].lane, now);
                let answer = Event::Answer {
                    job,
                    sent,
                    counted: counted.is_some(),
                    said: (self.jobs[job].fate == Fate::Answered).then_some([
                        said.limit,
                        said.remaining,
                        said.reset,
                    ]),
                };
                self.events.push(Reverse((now + self.jobs[job].back, answer)));
            }
            Event::Answer { job, sent, counted, said } => {
                let said = said.map(|[limit, remaining, reset]| Said { limit, remaining, reset });
                match said {
                    Some(said) if counted => {
                        answered(&mut self.window, said, at(sent), at(now));
                    }
                    Some(said) => {
                        refused(&mut self.window, said, said.resets_in(), at(sent), at(now));
                    }
                    None => lost(&mut self.window),
                }
                self.window.in_flight -= 1;
                self.window.back_in_flight -= u32::from(self.jobs[job].lane == Lane::Back);
                self.look(now);
            }
        }
    }

    /// Those who wait look at the window, as in the gate.
    fn look(&mut self, now: u64) {
        for (nth, lane) in [Lane::Front, Lane::Back].into_iter().enumerate() {
            while let Some(&job) = self.waiting[nth].front() {
                if let Admit::Wait(until) = admit(&self.window, lane, at(now)) {
                    assert!(until > at(now), "it would spin");
                    let pause =
                        u64::try_from(until.since(at(now)).as_millis()).expect("a day fits");
                    self.wake(now + pause.max(1));
                    break;
                }
                self.waiting[nth].pop_front();
                self.window.front_waiting -= u32::from(lane == Lane::Front);
                self.window.in_flight += 1;
                self.window.back_in_flight += u32::from(lane == Lane::Back);
                self.sent[job] = Some(now);
                let arrives = now + self.jobs[job].out;
                self.events.push(Reverse((arrives, Event::Arrival { job, sent: now })));
            }
        }
    }

    fn wake(&mut self, at: u64) {
        if self.wakes.insert(at) {
            self.events.push(Reverse((at, Event::Wake)));
        }
    }

    fn longest_wait(&self, lane: Lane) -> u64 {
        let waits = self.jobs.iter().zip(&self.sent).filter(|(job, _)| job.lane == lane);
        waits.map(|(job, sent)| sent.expect("all were sent") - job.wanted).max().unwrap_or(0)
    }
}

fn lane() -> impl Strategy<Value = Lane> {
    prop_oneof![Just(Lane::Front), Just(Lane::Back)]
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![Just(Told::RoundedUp), Just(Told::RoundedDown)]
}

/// In bursts and one by one, over three minutes.
fn job(
    lane: impl Strategy<Value = Lane>,
    fate: impl Strategy<Value = Fate>,
) -> impl Strategy<Value = Job> {
    let wanted = prop_oneof![Just(0), Just(60_500), 0..3 * MINUTE];
    (lane, wanted, 1..4_000_u64, 1..4_000_u64, fate)
        .prop_map(|(lane, wanted, out, back, fate)| Job { lane, wanted, out, back, fate })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn alone_we_never_go_beyond_the_limit(
        limit in 2 * SCOUTS..60_u32,
        told in told(),
        jobs in prop::collection::vec(job(lane(), Just(Fate::Answered)), 1..150),
    ) {
        let day = Day::run(limit, told, jobs, &[]);
        prop_assert!(day.sent.iter().all(Option::is_some), "somebody waits for good");
        prop_assert_eq!(day.persona.refusals, 0);
    }

    #[test]
    fn whatever_happens_everybody_goes_in_the_end(
        limit in 1..60_u32,
        told in prop_oneof![told(), Just(Told::NotAtAll)],
        jobs in prop::collection::vec(
            job(lane(), prop_oneof![3 => Just(Fate::Answered), 1 => Just(Fate::Lost)]), 1..150),
        others in prop::collection::vec((0..3 * MINUTE, 1..40_u32), 0..20),
    ) {
        let count = jobs.len() as u64;
        let day = Day::run(limit, told, jobs, &others);
        prop_assert!(day.sent.iter().all(Option::is_some), "somebody waits for good");
        // At the least one goes in each of the longest waits.
        prop_assert!(day.longest_wait(Lane::Back) <= (count + 23) * (MINUTE + 10_000));
    }

    #[test]
    fn the_rest_leaves_a_share_to_people(
        limit in 10..60_u32,
        told in told(),
        jobs in prop::collection::vec(job(Just(Lane::Back), Just(Fate::Answered)), 60..200),
    ) {
        let day = Day::run(limit, told, jobs, &[]);
        let share = limit - (limit * 15).div_ceil(100);
        prop_assert!(day.persona.most_back <= share, "{} of {share}", day.persona.most_back);
    }

    #[test]
    fn people_do_not_wait_for_a_flood_of_the_rest(
        limit in 60..300_u32,
        told in told(),
        flood in prop::collection::vec(job(Just(Lane::Back), Just(Fate::Answered)), 200..400),
        people in prop::collection::vec(job(Just(Lane::Front), Just(Fate::Answered)), 1..9),
    ) {
        // Fewer than the reserve.
        let jobs = [flood, people].concat();
        let day = Day::run(limit, told, jobs, &[]);
        let soon = u64::try_from(LOOK_AGAIN.as_millis()).expect("it is short");
        prop_assert!(day.longest_wait(Lane::Front) <= soon, "{}", day.longest_wait(Lane::Front));
        prop_assert_eq!(day.persona.refusals, 0);
    }
}
