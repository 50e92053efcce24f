//! Who looks at what: what this console tells of the item in the detail, once that has rested, and what
//! colleagues have open.

use std::time::Duration;

use jiff::Timestamp;

use super::state::State;
use crate::{desk::Look, model::Subject};

/// So long an item is in the detail before colleagues are told.
pub const RESTED: Duration = Duration::from_millis(900);

#[derive(Debug, Default)]
pub struct Looking {
    /// What they were told last.
    pub told: Option<Subject>,
    /// What they are to be told, and when.
    pub due: Option<(Timestamp, Option<Subject>)>,
    pub others: Vec<Look>,
}

impl Looking {
    /// What is to be told now, where `open` is in the detail: nothing, what is open, or that nothing is.
    pub fn tells(&mut self, open: Option<&Subject>, now: Timestamp) -> Option<Option<Subject>> {
        if self.told.as_ref() == open {
            self.due = None;
            return None;
        }
        match self.due.take() {
            Some((at, wanted)) if wanted.as_ref() == open => match at <= now {
                true => {
                    self.told.clone_from(&wanted);
                    return Some(wanted);
                }
                false => self.due = Some((at, wanted)),
            },
            _ => self.due = Some((now + RESTED, open.cloned())),
        }
        None
    }
}

/// `(omar)`, for a row; `(omar +1)`.
pub fn sign(state: &State, item: &Subject) -> Option<String> {
    let who = names(state, item);
    Some(match who.as_slice() {
        [] => return None,
        [one] => format!("({one})"),
        [one, more @ ..] => format!("({one} +{})", more.len()),
    })
}

/// The same in words: `omar looks`; `omar and 1 more look`.
pub fn brief(state: &State, item: &Subject) -> Option<String> {
    let who = names(state, item);
    Some(match who.as_slice() {
        [] => return None,
        [one] => format!("{one} looks"),
        [one, more @ ..] => format!("{one} and {} more look", more.len()),
    })
}

/// `omar looks at it`, for the title.
pub fn in_full(state: &State, item: &Subject) -> Option<String> {
    Some(brief(state, item)? + " at it")
}

/// Before the `@`, as rows name a colleague.
fn names<'a>(state: &'a State, item: &Subject) -> Vec<&'a str> {
    let looks = state.looking.others.iter().filter(|look| look.is_at(item));
    let mut names: Vec<&str> =
        looks.map(|look| look.who.as_str().split('@').next().unwrap_or_default()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InquiryId;

    #[test]
    fn only_what_has_rested_is_told_and_once() {
        let item = |id: &str| Subject::Inquiry(InquiryId::new(id).unwrap());
        let (one, two) = (item("inq_1"), item("inq_2"));
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let mut looking = Looking::default();
        // What is open, when, and what is told: nothing, or what is open then.
        let steps = [
            (None, 0, false),
            (Some(&one), 0, false),
            (Some(&one), 899, false),
            (Some(&two), 899, false),
            (Some(&two), 1_700, false),
            (Some(&two), 1_799, true),
            (Some(&two), 9_000, false),
            (None, 9_000, false),
            (None, 9_900, true),
        ];
        for (open, now, told) in steps {
            let told = told.then(|| open.cloned());
            assert_eq!(looking.tells(open, at(now)), told, "{now}");
        }
        assert!(looking.due.is_none());
    }
}
