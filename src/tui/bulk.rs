//! One decision about all that is marked, while it is in the commit bar. Pure.

use std::collections::{BTreeSet, HashMap};

use tui_input::Input;

use super::{
    command::Command,
    guard, marks,
    state::{Pane, State, Tab},
};
use crate::{
    config::Policy,
    desk::policy,
    model::{
        Evidence, Subject, Verb,
        bulk::{Part, Parts, sample},
        filter::List,
    },
};

#[derive(Debug)]
pub struct Bulk {
    pub list: List,
    pub parts: Vec<Part>,
    pub left_out: Vec<(String, usize)>,
    /// Which must be opened before it is committed.
    pub must_open: Vec<Subject>,
    /// Their number is typed before a verdict counts.
    pub typed: Input,
    pub counting: bool,
}

/// What was opened, at which version.
pub type Looked = HashMap<(Subject, Evidence), BTreeSet<Tab>>;

impl Bulk {
    pub fn of(list: List, parts: Parts, verb: &Verb, policy: &Policy) -> Self {
        let must_open = must_open(&parts.parts, verb, policy);
        let Parts { parts, left_out } = parts;
        Self { list, parts, left_out, must_open, typed: Input::default(), counting: false }
    }

    /// Those that must still be opened, in their order.
    pub fn unopened<'a>(&'a self, looked: &'a Looked) -> impl Iterator<Item = &'a Part> {
        let parts = self.must_open.iter();
        let parts =
            parts.filter_map(|subject| self.parts.iter().find(|part| part.subject == *subject));
        parts.filter(|part| !looked.contains_key(&(part.subject.clone(), part.evidence.clone())))
    }

    /// Takes out an item that has changed. False if it was in it as it is now, or not in it.
    pub fn drop_changed(
        &mut self,
        subject: &Subject,
        version: &Evidence,
        verb: &Verb,
        policy: &Policy,
    ) -> bool {
        let is_it = |part: &Part| part.subject == *subject && part.evidence != *version;
        self.leave_out(is_it, "it changed meanwhile", verb, policy)
    }

    /// Takes out those of which that is true. False if there are none.
    pub fn leave_out(
        &mut self,
        is_out: impl Fn(&Part) -> bool,
        why: &str,
        verb: &Verb,
        policy: &Policy,
    ) -> bool {
        let before = self.parts.len();
        let mut parts = Parts {
            parts: std::mem::take(&mut self.parts),
            left_out: std::mem::take(&mut self.left_out),
        };
        parts.parts.retain(|part| !is_out(part));
        let out = before - parts.parts.len();
        for _ in 0..out {
            parts.leave_out(why);
        }
        if out > 0 {
            self.must_open = must_open(&parts.parts, verb, policy);
            self.counting = false;
            self.typed = Input::default();
        }
        (self.parts, self.left_out) = (parts.parts, parts.left_out);
        out > 0
    }

    /// `12 inquiries`
    pub fn what(&self) -> String {
        counted(self.parts.len(), self.list)
    }

    /// `left out: 3 (it is tagged vip already), 1 (…)`
    pub fn left_out(&self) -> Option<String> {
        let each: Vec<String> =
            self.left_out.iter().map(|(why, count)| format!("{count} ({why})")).collect();
        (!each.is_empty()).then(|| format!("left out: {}", each.join(", ")))
    }
}

/// Where the policy asks that each is opened, all; of another verdict a sample; else none.
fn must_open(parts: &[Part], verb: &Verb, policy: &Policy) -> Vec<Subject> {
    if !verb.is_verdict() {
        return Vec::new();
    }
    let each = policy::opened_due(policy, verb, "").is_some();
    sample(parts, if each { parts.len() } else { policy.bulk.sample.value as usize })
}

/// `12 inquiries`
pub fn counted(count: usize, list: List) -> String {
    match (count, list) {
        (1, List::Inquiries) => "1 inquiry".to_owned(),
        (count, List::Inquiries) => format!("{count} inquiries"),
        (1, List::Cases) => "1 case".to_owned(),
        (count, List::Cases) => format!("{count} cases"),
    }
}

/// `add tag vip to 12 inquiries`
pub fn words(verb: &Verb, what: &str) -> String {
    let said = verb.words();
    match verb {
        Verb::AddTag(_) => format!("{said} to {what}"),
        Verb::RemoveTag(_) => format!("{said} from {what}"),
        Verb::SetCaseStatus(_) => format!("{said} on {what}"),
        Verb::AssignCase(_) => format!("{said}: {what}"),
        _ => format!("{said} {what}"),
    }
}

/// Whether a command is about all that is marked now, and if it is, whether it can be.
pub fn available(state: &State, command: Command) -> Option<Result<(), String>> {
    let list = marks::in_force(state).filter(|_| state.staged.is_none())?;
    let alone = || {
        let (open, clear) = (state.key(Command::Open), state.key(Command::ClearMarks));
        format!("{open} opens the item to decide it alone, {clear} lets go of the marks")
    };
    let verdict = |verb: &Verb| {
        policy::verdicts(&state.settings.policy, verb, 1)
            .map_err(|why| format!("{} are marked; {why} ({})", state.marks.count(list), alone()))
    };
    Some(match (command, list) {
        (Command::Tag, _) => Ok(()),
        (Command::Approve, List::Inquiries) => verdict(&Verb::Approve),
        (Command::Decline, List::Inquiries) => verdict(&Verb::Decline),
        (Command::Escalate, List::Inquiries) => verdict(&Verb::MarkForReview),
        (Command::CaseStatus, List::Cases) => guard::status_menu(state)
            .and_then(|case| verdict(&Verb::SetCaseStatus(case.status.clone()))),
        (Command::AssignToMe, List::Cases) => {
            match state.settings.reviewer.as_str().contains('@') {
                true => Ok(()),
                false => {
                    Err("Persona assigns by e-mail: set reviewer.email in the configuration".into())
                }
            }
        }
        (Command::AssignToMe, List::Inquiries) => {
            Err(format!("inquiries are claimed one by one: {}", alone()))
        }
        (Command::OneTimeLink, _) => {
            Err(format!("links are made one by one, each for whoever is to get it: {}", alone()))
        }
        _ => return None,
    })
}

/// What a command asks of all that is marked, without more to choose.
pub fn verb(state: &State, command: Command) -> Option<(List, Verb)> {
    let list = marks::in_force(state).filter(|_| state.focus != Pane::Detail)?;
    let verb = match (command, list) {
        (Command::Approve, List::Inquiries) => Verb::Approve,
        (Command::Decline, List::Inquiries) => Verb::Decline,
        (Command::Escalate, List::Inquiries) => Verb::MarkForReview,
        (Command::AssignToMe, List::Cases) => Verb::AssignCase(state.settings.reviewer.clone()),
        _ => return None,
    };
    Some((list, verb))
}
