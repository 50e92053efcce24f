//! The detail follows the cursor of a list once it rests, so that passing a row costs two rows of
//! the screen and nothing of the store.
//!
//! Until then the detail shows the item before, under that item's own name. No key is taken for it:
//! whatever is no step of the cursor brings the detail along first.

use std::time::Duration;

use jiff::Timestamp;

use super::command::Command;
use crate::model::Subject;

/// After a single step: long enough to tell it from a key that is held down.
const ONE_STEP: Duration = Duration::from_millis(60);

/// After steps in a row: who goes through the list so fast reads nothing on the way.
const IN_A_ROW: Duration = Duration::from_millis(220);

/// The cursor was moved, and the detail is still to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    pub at: Timestamp,
    /// What somebody moved the cursor to; none where its row was not at hand yet.
    pub wanted: Option<Subject>,
}

/// When a cursor rests that was moved now, and before that at `last`.
pub fn rests_at(last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    match last {
        Some(last) if now < last + IN_A_ROW => now + IN_A_ROW,
        _ => now + ONE_STEP,
    }
}

/// Whether a command moves the cursor, or marks, and does nothing else.
pub fn is_step(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Down
            | C::Up
            | C::PageDown
            | C::PageUp
            | C::First
            | C::Last
            | C::NextItem
            | C::PreviousItem
            | C::Mark
            | C::MarkRange
            | C::MarkAll
            | C::InvertMarks
            | C::ClearMarks
    )
}

/// Whether a command is about what the detail's file says, and can wait for it. What decides
/// anything never waits: it is about what was seen.
pub fn waits_for_file(command: Command) -> bool {
    use Command as C;
    matches!(command, C::Relations | C::Photos | C::Copy | C::Reveal | C::RevealItem | C::Snooze)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_rests_soon_after_one_step_and_later_after_steps_in_a_row() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let table = [
            (None, 1_000, 1_060),
            (Some(0), 1_000, 1_060),
            (Some(780), 1_000, 1_060),
            (Some(781), 1_000, 1_220),
            (Some(970), 1_000, 1_220),
            (Some(1_000), 1_000, 1_220),
        ];
        for (last, now, rests) in table {
            assert_eq!(rests_at(last.map(at), at(now)), at(rests), "{last:?} {now}");
        }
    }
}
