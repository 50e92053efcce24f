//! What is marked, by id: the marks of each list, and a range that was begun. Pure.

use std::collections::HashSet;

use super::state::{Pane, State};
use crate::{
    desk::{CaseView, InquiryView, MOST_MARKED, Marked},
    model::{Subject, filter::List},
};

#[derive(Debug, Default)]
pub struct Marks {
    all: HashSet<Subject>,
    /// How many of the inquiries and of the cases their lists do not show.
    hidden: (u64, u64),
    /// Where a range was begun.
    pub range: Option<Subject>,
    /// Changes made here so far: an answer from before the last one is old.
    pub edits: u64,
    /// What the hidden ones were counted for.
    pub counted: Option<(InquiryView, CaseView)>,
}

/// The list that an object is marked in.
pub fn list_of(subject: &Subject) -> Option<List> {
    match subject {
        Subject::Inquiry(_) => Some(List::Inquiries),
        Subject::Case(_) => Some(List::Cases),
        _ => None,
    }
}

/// The list with focus, if something is marked in it: verbs are about all of that, then. From the
/// detail they are about the open item alone.
pub fn in_force(state: &State) -> Option<List> {
    let list = match state.focus {
        Pane::Inquiries => List::Inquiries,
        Pane::Cases => List::Cases,
        Pane::Relations | Pane::Detail => return None,
    };
    (state.marks.count(list) > 0).then_some(list)
}

impl Marks {
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn has(&self, subject: &Subject) -> bool {
        self.all.contains(subject)
    }

    pub fn of(&self, list: List) -> impl Iterator<Item = &Subject> {
        self.all.iter().filter(move |subject| list_of(subject) == Some(list))
    }

    pub fn count(&self, list: List) -> usize {
        self.of(list).count()
    }

    /// As the store has them.
    pub fn set(&mut self, marked: Marked) {
        let inquiries = marked.inquiries.into_iter().map(Subject::Inquiry);
        self.all = inquiries.chain(marked.cases.into_iter().map(Subject::Case)).collect();
        self.hidden = (marked.hidden_inquiries, marked.hidden_cases);
    }

    /// Marks and unmarks, and says what changed by it, for the store. No more are marked in a list
    /// than can be.
    pub fn change(
        &mut self,
        steps: impl IntoIterator<Item = (Subject, bool)>,
    ) -> Vec<(Subject, bool)> {
        let mut room = [List::Inquiries, List::Cases]
            .map(|list| (list, (MOST_MARKED as usize).saturating_sub(self.count(list))));
        let mut changed = Vec::new();
        for (subject, on) in steps {
            let Some(list) = list_of(&subject) else { continue };
            let Some((_, room)) = room.iter_mut().find(|(of, _)| *of == list) else { continue };
            match (on, self.all.contains(&subject)) {
                (true, false) if *room > 0 => {
                    *room -= 1;
                    self.all.insert(subject.clone());
                }
                (false, true) => {
                    *room += 1;
                    self.all.remove(&subject);
                }
                _ => continue,
            }
            changed.push((subject, on));
        }
        if !changed.is_empty() {
            self.edits += 1;
        }
        changed
    }

    /// For a list's frame: `12 marked, 3 not in this list`; nothing without marks.
    pub fn title(&self, list: List) -> Option<String> {
        let range = self.range.as_ref().is_some_and(|from| list_of(from) == Some(list));
        let range = if range { "range…" } else { "" };
        let hidden = match list {
            List::Inquiries => self.hidden.0,
            List::Cases => self.hidden.1,
        };
        let marked = match (self.count(list), hidden) {
            (0, _) => String::new(),
            (count, 0) => format!("{count} marked"),
            (count, hidden) => format!("{count} marked, {hidden} not in this list"),
        };
        match (marked.is_empty(), range.is_empty()) {
            (true, true) => None,
            (false, false) => Some(format!("{marked}, {range}")),
            _ => Some(marked + range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CaseId, InquiryId};

    fn inquiry(nth: usize) -> Subject {
        Subject::Inquiry(InquiryId::new(&format!("inq_{nth}")).unwrap())
    }

    #[test]
    fn only_what_changes_is_told_and_no_list_has_too_many() {
        let mut marks = Marks::default();
        assert_eq!(marks.change([(inquiry(1), false)]), []);
        assert_eq!(marks.change([(inquiry(1), true)]), [(inquiry(1), true)]);
        assert_eq!(marks.change([(inquiry(1), true)]), []);
        assert_eq!(marks.edits, 1);
        let most = MOST_MARKED as usize;
        let told = marks.change((0..most + 5).map(|nth| (inquiry(nth), true)));
        assert_eq!((told.len(), marks.count(List::Inquiries)), (most - 1, most));
        let case = Subject::Case(CaseId::new("case_1").unwrap());
        assert_eq!(marks.change([(case.clone(), true)]), [(case, true)]);
    }

    #[test]
    fn a_title_names_what_is_hidden() {
        let table = [
            (0, 0, false, None),
            (2, 0, false, Some("2 marked")),
            (2, 1, false, Some("2 marked, 1 not in this list")),
            (0, 0, true, Some("range…")),
            (2, 1, true, Some("2 marked, 1 not in this list, range…")),
        ];
        for (count, hidden, range, title) in table {
            let mut marks = Marks::default();
            let ids = (0..count).map(|nth| InquiryId::new(&format!("inq_{nth}")).unwrap());
            marks.set(Marked {
                inquiries: ids.collect(),
                hidden_inquiries: hidden,
                ..Marked::default()
            });
            marks.range = range.then(|| inquiry(9));
            assert_eq!(marks.title(List::Inquiries).as_deref(), title);
            assert_eq!(marks.title(List::Cases), None);
        }
    }
}
