//! What would be lost with this console: where its reviewer is, and what they wrote and did not commit.

use jiff::Timestamp;

use super::{
    staged::{Purpose, Staged},
    state::{Pane, State, Touched},
};
use crate::model::{
    Subject, Text, Unfinished, Whereabouts, Written, filter::List, unfinished::MOST_WRITTEN,
};

#[derive(Debug, Default)]
pub struct Kept {
    /// As it lies beside the store.
    pub last: Unfinished,
    /// When it is kept again; none if nothing has moved since.
    pub due: Option<Timestamp>,
    /// Comments of decisions that were not committed, the newest last.
    pub written: Vec<Written>,
    /// How often the store had forgotten somebody when that was looked at last.
    pub forgotten: u64,
}

impl Kept {
    /// What was written for this decision; for one about many, if any of those is in it.
    pub fn about(&self, staged: &Staged) -> Option<&Written> {
        self.written.iter().rev().find(|written| is_for(written, staged))
    }

    pub fn forget(&mut self, staged: &Staged) {
        self.written.retain(|written| !is_for(written, staged));
    }

    /// Takes what is being written for what is staged; of many, the reason that was chosen as well.
    pub fn follow(&mut self, staged: &Staged, now: Timestamp) {
        if staged.submitted || matches!(staged.purpose, Purpose::Confirm(_)) {
            return;
        }
        let comment = Text::new(staged.comment.value().trim());
        let many: Vec<Subject> = staged
            .bulk
            .iter()
            .flat_map(|bulk| bulk.parts.iter().map(|part| part.subject.clone()))
            .collect();
        let reason = staged.reason.filter(|_| !many.is_empty());
        let reason = reason.and_then(|nth| staged.reasons.get(nth));
        let reason = reason.map(|reason| Text::new(&reason.code));
        let before = self.about(staged);
        let is_known = match before {
            None => comment.is_empty() && reason.is_none(),
            Some(before) => {
                before.comment == comment && before.reason == reason && before.many == many
            }
        };
        if is_known {
            return;
        }
        let at = before.map_or(now, |before| before.at);
        self.forget(staged);
        if !comment.is_empty() || reason.is_some() {
            let (subject, verb) = (staged.subject.clone(), staged.verb.clone());
            self.written.push(Written { subject, verb, comment, many, reason, at });
        }
        self.written.drain(..self.written.len().saturating_sub(MOST_WRITTEN));
    }
}

fn is_for(written: &Written, staged: &Staged) -> bool {
    let is_about = match &staged.bulk {
        None => written.many.is_empty() && written.subject == staged.subject,
        Some(bulk) => bulk.parts.iter().any(|part| written.many.contains(&part.subject)),
    };
    is_about && written.verb == staged.verb
}

/// All of it, as the next console is to find it. Whoever leaves leaves no place.
pub fn of(state: &State, is_left: bool) -> Unfinished {
    Unfinished {
        // The desk knows.
        reviewer: Text::default(),
        place: (!is_left && state.touched == Touched::Once).then(|| whereabouts(state)),
        written: state.unfinished.written.clone(),
        forgotten: state.unfinished.forgotten,
    }
}

fn whereabouts(state: &State) -> Whereabouts {
    let list = match state.list_pane() {
        Pane::Cases => List::Cases,
        _ => List::Inquiries,
    };
    let in_tree = state.focus == Pane::Relations;
    Whereabouts {
        list,
        inquiries: Text::from(state.inquiry_filter.to_string()),
        cases: Text::from(state.case_filter.to_string()),
        item: state
            .detail
            .as_ref()
            .map(|detail| (detail.subject.clone(), Text::new(detail.tab.title()))),
        is_open: state.focus == Pane::Detail,
        tree: state.relations.root().filter(|_| in_tree).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Reason,
        model::{
            Verb,
            bulk::{Part, Parts},
        },
        tui::{bulk::Bulk, state::samples},
    };

    #[test]
    fn a_comment_is_kept_by_what_it_is_for_until_it_is_taken_out() {
        let state = samples::reading("needs_review");
        let mut kept = Kept::default();
        let subject = Subject::Inquiry("inq_1".parse().unwrap());
        let evidence = state.detail.as_ref().unwrap().evidence().unwrap();
        let mut write = |verb: &Verb, comment: &str| {
            let mut staged =
                Staged::of(subject.clone(), verb.clone(), evidence.clone(), Purpose::Decide);
            staged.comment = comment.into();
            kept.follow(&staged, state.now);
            kept.written.iter().map(|written| written.comment.to_string()).collect::<Vec<_>>()
        };
        assert!(write(&Verb::Decline, " ").is_empty());
        assert_eq!(write(&Verb::Decline, "blur"), ["blur"]);
        assert_eq!(write(&Verb::Decline, "blurred"), ["blurred"]);
        assert_eq!(write(&Verb::Approve, "fine"), ["blurred", "fine"]);
        assert_eq!(write(&Verb::Decline, ""), ["fine"]);
    }

    #[test]
    fn what_is_written_for_many_comes_back_for_some_of_them_and_for_nobody_else() {
        let state = samples::reading("needs_review");
        let evidence = state.detail.as_ref().unwrap().evidence().unwrap();
        let inquiry = |nth: u32| Subject::Inquiry(format!("inq_{nth}").parse().unwrap());
        let staged = |these: &[u32], comment: &str, reason: Option<usize>| {
            let part =
                |nth: &u32| Part { subject: inquiry(*nth), evidence: evidence.clone(), failed: 0 };
            let parts = Parts { parts: these.iter().map(part).collect(), left_out: Vec::new() };
            let bulk = Bulk::of(List::Inquiries, parts, &Verb::Decline, &state.settings.policy);
            let reason_of = |code: &str| Reason { code: code.to_owned(), text: code.to_owned() };
            let mut staged =
                Staged::of(inquiry(these[0]), Verb::Decline, evidence.clone(), Purpose::Decide);
            (staged.bulk, staged.comment, staged.reason) = (Some(bulk), comment.into(), reason);
            staged.reasons = vec![reason_of("blur"), reason_of("fraud")];
            staged
        };
        let mut kept = Kept::default();
        kept.follow(&staged(&[1, 2], "", Some(1)), state.now);
        kept.follow(&staged(&[1, 2], "one device", Some(1)), state.now);
        assert_eq!(kept.written.len(), 1);
        let before = kept.about(&staged(&[2, 3], "", None)).unwrap();
        assert_eq!((before.comment.as_str(), before.many.len()), ("one device", 2));
        assert_eq!(before.reason, Some(Text::new("fraud")));
        assert_eq!(kept.about(&staged(&[3, 4], "", None)), None);
        let alone = Staged::of(inquiry(1), Verb::Decline, evidence.clone(), Purpose::Decide);
        assert_eq!(kept.about(&alone), None);
        kept.follow(&staged(&[2, 1], "", None), state.now);
        assert!(kept.written.is_empty());
    }

    #[test]
    fn whoever_leaves_leaves_no_place() {
        let mut state = samples::reading("needs_review");
        assert_eq!(of(&state, false).place, None, "nobody pressed a key");
        state.touched = Touched::Once;
        let place = of(&state, false).place.unwrap();
        assert!(place.is_open && place.item.unwrap().0.id() == "inq_sample");
        assert_eq!(of(&state, true).place, None);
    }
}
