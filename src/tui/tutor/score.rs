//! How well it went: agreement with the known answers, the pace, the keys, and what to practise.

use std::time::Duration;

use super::answer::{Answer, Rule};
use crate::{
    model::{
        Subject, Verb,
        day::{Fate, Judgement, median},
    },
    tui::format,
};

/// A verdict that stands, beside the known answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub subject: Subject,
    pub verb: Verb,
    pub answer: Answer,
    pub took: Option<Duration>,
}

/// What a lesson came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    judged: Vec<Judged>,
    total: u64,
    pace: Option<Duration>,
    keys: Option<f64>,
}

/// Slower than this is told: it is practice, and nobody is hurried.
const SLOW: Duration = Duration::from_secs(90);

/// More keys than this for a decision are told. A look at each tab, a verdict, a digit and Enter are
/// fewer.
const MANY: f64 = 12.0;

/// The verdicts that stand, by the answers that are known. What was taken back does not count, and
/// of several the last one does.
pub fn judged(known: &[(Subject, Answer)], judgements: &[Judgement]) -> Vec<Judged> {
    let of = |(subject, answer): &(Subject, Answer)| {
        let stands = judgements.iter().rev().find(|one| {
            one.subject == *subject
                && one.fate != Fate::Undone
                && matches!(one.verb, Verb::Approve | Verb::Decline)
        })?;
        Some(Judged {
            subject: subject.clone(),
            verb: stands.verb.clone(),
            answer: answer.clone(),
            took: stands.took,
        })
    };
    known.iter().filter_map(of).collect()
}

impl Judged {
    fn agrees(&self) -> bool {
        self.verb == self.answer.verb
    }
}

impl Score {
    /// `keys` were pressed for so many of them.
    pub fn of(judged: Vec<Judged>, total: u64, keys: u64, practised: usize) -> Self {
        let pace = median(judged.iter().filter_map(|one| one.took).collect());
        let keys = (practised > 0).then(|| keys as f64 / practised as f64);
        Self { judged, total, pace, keys }
    }

    pub fn agreed(&self) -> usize {
        self.judged.iter().filter(|one| one.agrees()).count()
    }

    /// Every item was judged as it is known.
    pub fn is_full(&self) -> bool {
        self.total > 0 && self.agreed() as u64 == self.total
    }

    /// `8 of 9 as known; 12 s and 4.2 keys for a decision.`
    pub fn sentence(&self) -> String {
        let pace = self.pace.map(|pace| format!("{} (median)", format::took(pace)));
        let keys = self.keys.map(|keys| format!("{keys:.1} keys"));
        let each: Vec<String> = [pace, keys].into_iter().flatten().collect();
        let each = match each.is_empty() {
            true => String::new(),
            false => format!("; {} for a decision", each.join(" and ")),
        };
        format!("{} of {} as known{each}.", self.agreed(), self.judged.len())
    }

    /// For the terminal, when the screen is the shell's again.
    pub fn lines(&self) -> Vec<String> {
        if self.judged.is_empty() {
            return vec!["Nothing was judged. caseload tutor begins again at any time.".to_owned()];
        }
        let mut lines = vec![format!("Judged {} of {}.", self.judged.len(), self.total)];
        lines.push(format!("agreement  {}", self.agreement()));
        let pace = self.pace.map_or_else(
            || "no time to tell".to_owned(),
            |pace| {
                format!(
                    "{} for a decision, from opening or seeing to Enter (median)",
                    format::took(pace)
                )
            },
        );
        lines.push(format!("pace       {pace}"));
        if let Some(keys) = self.keys {
            lines.push(format!("keys       {keys:.1} for a decision, in the practice"));
        }
        for one in self.judged.iter().filter(|one| !one.agrees()) {
            let (item, said) = (one.subject.short(), one.verb.words());
            let Answer { verb, because, .. } = &one.answer;
            lines.push(format!("not as known: {said} of {item}; {} it: {because}", verb.words()));
        }
        lines.extend(self.advice().into_iter().map(|advice| format!("practise   {advice}")));
        lines
    }

    /// `8 of 9, 89 %`
    fn agreement(&self) -> String {
        let (agreed, all) = (self.agreed(), self.judged.len());
        format!("{agreed} of {all}, {}", format::percent(agreed as f64 / all as f64))
    }

    /// What would make the next round better, the most important first.
    fn advice(&self) -> Vec<&'static str> {
        let missed =
            |rule: Rule| self.judged.iter().any(|one| !one.agrees() && one.answer.rule == rule);
        let table = [
            (missed(Rule::Required), "what failed and is required stands first among the checks"),
            (missed(Rule::Shared), "who shares a value with an item is said above its checks"),
            (
                missed(Rule::Signals),
                "a signal alone decides nothing, nor does an attempt that was repeated",
            ),
            (missed(Rule::Clean), "where nothing speaks against an item, approve it"),
            (
                self.pace.is_some_and(|pace| pace > SLOW),
                "read the failed checks first, then decide",
            ),
            (
                self.keys.is_some_and(|keys| keys > MANY),
                "a verdict, a digit and Enter are three keys; fetched items come by themselves",
            ),
            ((self.judged.len() as u64) < self.total, "the items that are left"),
        ];
        let mut advice: Vec<&str> =
            table.into_iter().filter(|(is_due, _)| *is_due).map(|(_, advice)| advice).collect();
        if advice.is_empty() {
            advice.push("nothing: you are ready for a queue of your own");
        }
        advice
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InquiryId;

    fn subject(id: &str) -> Subject {
        Subject::Inquiry(InquiryId::new(id).unwrap())
    }

    fn known(id: &str, verb: Verb, rule: Rule) -> (Subject, Answer) {
        (subject(id), Answer { verb, rule, because: "the evidence".to_owned() })
    }

    fn judgement(id: &str, verb: Verb, fate: Fate, took: u64) -> Judgement {
        Judgement {
            subject: subject(id),
            verb,
            confirmed: false,
            at: "2026-03-02T09:00:00Z".parse().unwrap(),
            took: Some(Duration::from_secs(took)),
            unopened: false,
            fate,
            overturned: false,
        }
    }

    fn score(judgements: &[Judgement], keys: u64) -> Score {
        let known = [
            known("inq_1", Verb::Decline, Rule::Required),
            known("inq_2", Verb::Decline, Rule::Shared),
            known("inq_3", Verb::Approve, Rule::Signals),
        ];
        let judged = judged(&known, judgements);
        let many = judged.len();
        Score::of(judged, 3, keys, many)
    }

    #[test]
    fn full_agreement_leaves_nothing_to_practise() {
        let all = [
            judgement("inq_1", Verb::Approve, Fate::Undone, 500),
            judgement("inq_2", Verb::Decline, Fate::Open, 20),
            judgement("inq_3", Verb::Approve, Fate::Done, 10),
            judgement("inq_1", Verb::Decline, Fate::Done, 30),
        ];
        let score = score(&all, 12);
        assert!(score.is_full());
        assert_eq!(score.sentence(), "3 of 3 as known; 20 s (median) and 4.0 keys for a decision.");
        assert_eq!(
            score.lines(),
            [
                "Judged 3 of 3.",
                "agreement  3 of 3, 100 %",
                "pace       20 s for a decision, from opening or seeing to Enter (median)",
                "keys       4.0 for a decision, in the practice",
                "practise   nothing: you are ready for a queue of your own",
            ]
        );
    }

    #[test]
    fn what_was_missed_is_told_with_the_evidence_and_what_to_practise() {
        let some = [
            judgement("inq_2", Verb::Approve, Fate::Done, 200),
            judgement("inq_3", Verb::Approve, Fate::Done, 100),
            // No verdict.
            judgement("inq_1", Verb::OneTimeLink { expires_in_seconds: None }, Fate::Done, 1),
        ];
        let score = score(&some, 40);
        assert!(!score.is_full());
        assert_eq!(
            score.lines(),
            [
                "Judged 2 of 3.",
                "agreement  1 of 2, 50 %",
                "pace       2m30s for a decision, from opening or seeing to Enter (median)",
                "keys       20.0 for a decision, in the practice",
                "not as known: approve of inq_2; decline it: the evidence",
                "practise   who shares a value with an item is said above its checks",
                "practise   read the failed checks first, then decide",
                "practise   a verdict, a digit and Enter are three keys; fetched items come by themselves",
                "practise   the items that are left",
            ]
        );
    }

    #[test]
    fn nothing_is_no_score() {
        let none = score(&[], 9);
        assert_eq!(none.sentence(), "0 of 0 as known.");
        assert_eq!(none.lines().len(), 1);
    }
}
