//! What would be lost with this console: where its reviewer is, and what they wrote and did not commit.

use jiff::Timestamp;

use super::{
    staged::{Purpose, Staged},
    state::{Pane, State, Touched},
};
use crate::model::{
    Subject, Text, Unfinished, Verb, Whereabouts, Written, filter::List, unfinished::MOST_WRITTEN,
};

#[derive(Debug, Default)]
pub struct Kept {
    /// As it lies beside the store.
    pub last: Unfinished,
    /// When it is kept again; none if nothing has moved since.
    pub due: Option<Timestamp>,
    /// Comments of decisions that were not committed, the newest last.
    pub written: Vec<Written>,
}

impl Kept {
    pub fn about(&self, subject: &Subject, verb: &Verb) -> Option<&Written> {
        self.written.iter().find(|written| written.subject == *subject && written.verb == *verb)
    }

    pub fn forget(&mut self, subject: &Subject, verb: &Verb) {
        self.written.retain(|written| written.subject != *subject || written.verb != *verb);
    }

    /// Takes what is being written for what is staged.
    pub fn follow(&mut self, staged: &Staged, now: Timestamp) {
        if staged.submitted
            || staged.bulk.is_some()
            || matches!(staged.purpose, Purpose::Confirm(_))
        {
            return;
        }
        let comment = staged.comment.value().trim();
        let (subject, verb) = (&staged.subject, &staged.verb);
        if self.about(subject, verb).map_or("", |before| before.comment.as_str()) == comment {
            return;
        }
        let at = self.about(subject, verb).map_or(now, |before| before.at);
        self.forget(subject, verb);
        if !comment.is_empty() {
            let comment = Text::new(comment);
            self.written.push(Written {
                subject: subject.clone(),
                verb: verb.clone(),
                comment,
                at,
            });
        }
        self.written.drain(..self.written.len().saturating_sub(MOST_WRITTEN));
    }
}

/// All of it, as the next console is to find it. Whoever leaves leaves no place.
pub fn of(state: &State, is_left: bool) -> Unfinished {
    Unfinished {
        // The desk knows.
        reviewer: Text::default(),
        place: (!is_left && state.touched == Touched::Once).then(|| whereabouts(state)),
        written: state.unfinished.written.clone(),
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
    use crate::tui::state::samples;

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
    fn whoever_leaves_leaves_no_place() {
        let mut state = samples::reading("needs_review");
        assert_eq!(of(&state, false).place, None, "nobody pressed a key");
        state.touched = Touched::Once;
        let place = of(&state, false).place.unwrap();
        assert!(place.is_open && place.item.unwrap().0.id() == "inq_sample");
        assert_eq!(of(&state, true).place, None);
    }
}
