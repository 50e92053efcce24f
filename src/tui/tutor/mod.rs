//! The tutor: a lesson in the real console, about a world of which it knows the answers.
//!
//! It only watches. `steps` is the lesson, a row each; `answer` is what the evidence comes to by the
//! house's rules; `score` is how well it went. All of it is told from the state alone.

mod answer;
mod score;
mod steps;

use jiff::Timestamp;

pub use self::score::Score;
use self::{
    answer::{Answer, answer},
    score::judged,
    steps::{END, FIRST, PRACTICE, STEPS},
};
use super::state::{File, State};
use crate::model::{Subject, Verb, day::Judgement};

/// The practice world: its seed, and how many inquiries it has. What waits in it has some of
/// everything that is to be learnt, and nothing that could be told either way.
pub const WORLD: (u64, usize) = (1238, 40);

/// Where a lesson begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lesson {
    /// With the keys.
    Whole,
    /// With the items that are to be judged.
    Practice,
}

/// How far the lesson is, and what it has seen.
#[derive(Debug, Clone)]
pub struct Tutor {
    lesson: Lesson,
    /// A place in [`STEPS`].
    step: usize,
    mark: Mark,
    /// The answers to what was looked at, in that order, as the evidence was then.
    known: Vec<(Subject, Answer)>,
    /// How many there are to judge; not known before all of the world is here.
    total: u64,
    /// Pressed since the practice began, and what had been judged by then.
    keys: u64,
    before: usize,
}

/// How the console stood when a step began.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    at: Timestamp,
    cursor: u64,
    committed: Option<(Subject, Verb)>,
}

/// What the tutor says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// From 1, and of how many.
    pub step: usize,
    pub of: usize,
    pub text: String,
    /// What is pressed next, or how it stands where that is the reviewer's own choice.
    pub below: String,
}

impl Mark {
    fn of(state: &State) -> Self {
        Self { at: state.now, cursor: state.inquiries.cursor, committed: state.committed.clone() }
    }
}

impl Tutor {
    pub fn new(lesson: Lesson) -> Self {
        Self {
            lesson,
            step: 0,
            mark: Mark::default(),
            known: Vec::new(),
            total: 0,
            keys: 0,
            before: 0,
        }
    }

    /// Looks at what came of a message, and whether that was a key.
    pub fn watch(&mut self, state: &State, is_key: bool) {
        self.keys += u64::from(is_key && self.step == PRACTICE);
        self.learn(state);
        // A step may be done when it begins.
        for _ in 0..STEPS.len() {
            match self.next(state) {
                Some(step) => self.go(step, state),
                None => return,
            }
        }
    }

    /// Keeps the answer to the item in the detail, as soon as it has one.
    fn learn(&mut self, state: &State) {
        let Some(detail) = state.detail.as_ref().filter(|_| self.step > 0) else { return };
        let File::Inquiry(file) = &detail.file else { return };
        if self.known.iter().any(|(subject, _)| *subject == detail.subject) {
            return;
        }
        if let Some(answer) = answer(file) {
            self.known.push((detail.subject.clone(), answer));
        }
    }

    /// The step that comes now, if it is another one.
    fn next(&self, state: &State) -> Option<usize> {
        let step = &STEPS[self.step];
        let all = self.total > 0 && self.judged(state) as u64 >= self.total;
        match self.step {
            END if all => None,
            // One was taken back.
            END => Some(PRACTICE),
            _ if all => Some(END),
            PRACTICE => None,
            0 if !(step.done)(state, &self.mark) => None,
            0 if self.lesson == Lesson::Practice => Some(PRACTICE),
            at if (step.done)(state, &self.mark) => Some(at + 1),
            at if at > FIRST && !(step.stands)(state) => Some(at - 1),
            _ => None,
        }
    }

    fn go(&mut self, step: usize, state: &State) {
        if self.step == 0 {
            self.total = state.glance.to_review;
        }
        if step == PRACTICE && self.step < PRACTICE {
            self.before = self.judged(state);
        }
        self.step = step;
        self.mark = Mark::of(state);
    }

    fn judged(&self, state: &State) -> usize {
        judged(&self.known, state.judgements.as_deref().unwrap_or_default()).len()
    }

    /// The answer to the item in the detail.
    fn here(&self, state: &State) -> Option<&Answer> {
        let subject = &state.detail.as_ref()?.subject;
        self.known.iter().find(|(known, _)| known == subject).map(|(_, answer)| answer)
    }

    pub fn says(&self, state: &State) -> Said {
        let step = &STEPS[self.step];
        let because = self.here(state).map_or("", |answer| answer.because.as_str());
        let said = |text: String, below: String| Said {
            step: self.step + 1,
            of: STEPS.len(),
            text,
            below,
        };
        match self.step {
            PRACTICE => {
                let (done, total) = (self.judged(state), self.total);
                said(step.says.to_owned(), format!("judged {done} of {total}: yours to decide"))
            }
            END => {
                let judgements = state.judgements.as_deref().unwrap_or_default();
                let text = format!("{} {}", self.score(judgements).sentence(), step.says);
                said(text, steps::pressed(step.press, state, None))
            }
            _ => {
                let text = step.says.replace("{because}", because);
                said(text, steps::pressed(step.press, state, self.here(state)))
            }
        }
    }

    /// How well it went so far.
    pub fn score(&self, judgements: &[Judgement]) -> Score {
        let judged = judged(&self.known, judgements);
        let practised = judged.len().saturating_sub(self.before);
        Score::of(judged, self.total, self.keys, practised)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        model::day::Fate,
        tui::state::{Pane, Tab, samples},
    };

    fn judgement(state: &State, verb: Verb, fate: Fate) -> Judgement {
        Judgement {
            subject: state.detail.as_ref().unwrap().subject.clone(),
            verb,
            confirmed: false,
            at: state.now,
            took: Some(Duration::from_secs(3)),
            unopened: false,
            fate,
            overturned: false,
        }
    }

    #[test]
    fn practice_ends_when_all_stands_and_begins_again_when_something_is_taken_back() {
        let mut state = samples::reading("needs_review");
        let mut tutor = Tutor::new(Lesson::Practice);
        tutor.watch(&state, true);
        assert_eq!((tutor.step, tutor.keys), (0, 0), "the world is not here yet");
        assert!(tutor.known.is_empty());
        (tutor.step, tutor.total) = (PRACTICE, 1);
        tutor.watch(&state, true);
        assert_eq!((tutor.step, tutor.keys, tutor.known.len()), (PRACTICE, 1, 1));
        assert_eq!(tutor.says(&state).below, "judged 0 of 1: yours to decide");
        tutor.watch(&state, false);
        tutor.watch(&state, true);
        assert_eq!((tutor.keys, tutor.known.len()), (2, 1));
        state.judgements = Some(vec![judgement(&state, Verb::Decline, Fate::Open)]);
        tutor.watch(&state, false);
        assert_eq!(tutor.step, END);
        let said = tutor.says(&state).text;
        assert!(said.starts_with("0 of 1 as known; 3.0 s (median) and 2.0 keys"), "{said}");
        state.judgements = Some(vec![judgement(&state, Verb::Decline, Fate::Undone)]);
        tutor.watch(&state, false);
        assert_eq!(tutor.step, PRACTICE);
        state.judgements = Some(vec![judgement(&state, Verb::Approve, Fate::Done)]);
        tutor.watch(&state, true);
        assert!(tutor.score(state.judgements.as_deref().unwrap()).is_full());
        assert_eq!(tutor.keys, 3, "the key that ended it is counted");
    }

    #[test]
    fn whoever_lets_go_of_a_step_is_led_back_to_it() {
        let mut state = samples::reading("needs_review");
        let mut tutor = Tutor::new(Lesson::Whole);
        (tutor.step, tutor.total) = (FIRST, 1);
        tutor.watch(&state, false);
        let at = tutor.step;
        state.inquiries.cursor = 1;
        tutor.watch(&state, true);
        assert_eq!(tutor.step, at + 2, "what was open already is not asked for");
        state.detail.as_mut().unwrap().tab = Tab::Compare;
        tutor.watch(&state, true);
        state.detail.as_mut().unwrap().tab = Tab::Checks;
        tutor.watch(&state, true);
        let said = tutor.says(&state);
        assert!(said.text.starts_with("Here it is known: nothing that is required failed, and"));
        assert_eq!(said.below, "press a");
        state.focus = Pane::Inquiries;
        tutor.watch(&state, true);
        assert_eq!(tutor.says(&state).below, "press l", "first it is opened again");
    }
}
