//! The lesson, a row each: what is said, what is pressed next, and by what it is seen to be done.

use std::time::Duration;

use super::{Mark, answer::Answer};
use crate::{
    desk::Phase,
    model::{ActionState, InquiryStatus, Verb},
    tui::{
        command::Command,
        keymap::Context,
        state::{File, Overlay, Pane, State, Tab},
    },
};

/// A step of the lesson.
pub struct Step {
    /// `{because}` is what of the evidence decides about the item in the detail.
    pub says: &'static str,
    pub press: &'static [Press],
    /// What it takes for granted; where it is not so, the step before comes again.
    pub stands: fn(&State) -> bool,
    pub done: fn(&State, &Mark) -> bool,
}

/// What is pressed, by its meaning: the keys are those in force.
#[derive(Debug, Clone, Copy)]
pub enum Press {
    Key(Command),
    /// A row of a context's table, by its title.
    Row(Context, &'static str),
    Typed(&'static str),
    /// The verdict that is known for the item in the detail.
    Verdict,
}

use Press::{Key, Row, Typed, Verdict};

/// Before it the world is waited for.
pub const FIRST: usize = 1;

pub const STEPS: &[Step] = &[
    Step {
        says: "A moment: the practice world is being fetched. It is made up, and goes with this console.",
        press: &[],
        stands: always,
        done: |state, _| is_here(state),
    },
    Step {
        says: "On the left is what waits, the most urgent first. Go down a row: the detail follows.",
        press: &[Key(Command::Down)],
        stands: always,
        done: |state, mark| state.inquiries.cursor != mark.cursor,
    },
    Step {
        says: "Open the item under the cursor. From then on the keys are the detail's.",
        press: &[Key(Command::Open)],
        stands: always,
        done: |state, _| reads(state),
    },
    Step {
        says: "What failed stands first, and whether it is required. On the next tab stands what was typed \
               beside what was read.",
        press: &[Key(Command::NextTab)],
        stands: reads,
        done: |state, _| reads(state) && tab(state) != Some(Tab::Checks),
    },
    Step {
        says: "A dot marks the tabs that you have not looked at. Now back to the checks.",
        press: &[Key(Command::PreviousTab)],
        stands: reads,
        done: |state, _| reads(state) && tab(state) == Some(Tab::Checks),
    },
    Step {
        says: "Here it is known: {because}. The verdict's key stages it; nothing is sent yet.",
        press: &[Verdict],
        stands: reads,
        done: |state, _| is_staged(state),
    },
    Step {
        says: "The bar names the verdict, and what you have not seen. A digit gives the reason.",
        press: &[Row(Context::Commit, "reason")],
        stands: is_staged,
        done: |state, _| state.staged.as_ref().is_some_and(|staged| staged.reason.is_some()),
    },
    Step {
        says: "Enter commits: it is written down, held for some seconds, then sent, once. The next item comes by \
               itself.",
        press: &[Row(Context::Commit, "commit")],
        stands: is_staged,
        done: |state, mark| state.committed.is_some() && state.committed != mark.committed,
    },
    Step {
        says: "As long as it is held it can be taken back. Try it: the item waits again.",
        press: &[Key(Command::Undo)],
        stands: always,
        done: |state, mark| state.committed.is_none() || has_left(state, mark),
    },
    Step {
        says: "A list is narrowed as you type, by words and by fields. These have no failed check:",
        press: &[Key(Command::Filter), Typed("failed:0"), Row(Context::Filter, "keep")],
        stands: always,
        done: |state, _| state.filter.is_none() && !state.inquiry_filter.clauses.is_empty(),
    },
    Step {
        says: "And the whole queue again.",
        press: &[Key(Command::ClearFilter)],
        stands: always,
        done: |state, _| state.filter.is_none() && state.inquiry_filter.clauses.is_empty(),
    },
    Step {
        says: "Every command can be asked for by its name as well. This one tells of your own day:",
        press: &[Key(Command::Prompt), Typed("stats"), Row(Context::Palette, "run")],
        stands: always,
        done: |state, _| matches!(state.overlay, Some(Overlay::Stats)),
    },
    Step {
        says: "What is open over the panes is closed again, and nothing happens.",
        press: &[Row(Context::Menu, "close")],
        stands: always,
        done: |state, _| state.overlay.is_none(),
    },
    Step {
        says: "All keys that mean something where you are, whenever you need them:",
        press: &[Key(Command::Help)],
        stands: always,
        done: |state, _| matches!(state.overlay, Some(Overlay::Help { .. })),
    },
    Step {
        says: "And closed.",
        press: &[Row(Context::Menu, "close")],
        stands: always,
        done: |state, _| state.overlay.is_none(),
    },
    Step {
        says: "Fetch claims the next item that nobody has, and opens it. After your verdict the next one is fetched.",
        press: &[Key(Command::Fetch)],
        stands: always,
        done: |state, _| state.fetching.current.is_some() && reads(state),
    },
    Step {
        says: "House rules: decline what failed and is required, and who shares a value with somebody declined; \
               approve the rest. A signal alone decides nothing.",
        press: &[],
        stands: always,
        done: |_, _| false,
    },
    Step {
        says: "What to practise is printed when you leave.",
        press: &[Key(Command::Quit)],
        stands: always,
        done: |_, _| false,
    },
];

/// All is judged.
pub const END: usize = STEPS.len() - 1;

/// The items are the reviewer's own to judge.
pub const PRACTICE: usize = END - 1;

fn always(_: &State) -> bool {
    true
}

/// All of the world is in the local copy, with the evidence about what waits.
fn is_here(state: &State) -> bool {
    let rows = &state.inquiries.rows;
    state.sync.phase == Phase::Current
        && state.inquiries.loaded
        && !rows.rows.is_empty()
        && rows.rows.iter().all(|row| row.hydrated)
        && state.glance.to_review == rows.total
}

/// The evidence about an inquiry that waits is open.
fn reads(state: &State) -> bool {
    let Some(detail) = state.detail.as_ref().filter(|_| state.focus == Pane::Detail) else {
        return false;
    };
    match &detail.file {
        File::Inquiry(file) => {
            file.hydrated_at.is_some() && file.inquiry.status == InquiryStatus::NeedsReview
        }
        _ => false,
    }
}

fn tab(state: &State) -> Option<Tab> {
    state.detail.as_ref().map(|detail| detail.tab)
}

/// A verdict about an inquiry.
fn is_staged(state: &State) -> bool {
    let verdict = |verb: &Verb| matches!(verb, Verb::Approve | Verb::Decline);
    state.staged.as_ref().is_some_and(|staged| verdict(&staged.verb))
}

/// Nobody took it back in time.
fn has_left(state: &State, mark: &Mark) -> bool {
    let is_held = state.outbox.iter().any(|one| matches!(one.state, ActionState::Held { .. }));
    let over = mark.at + state.settings.hold + Duration::from_secs(1);
    !is_held && state.now > over
}

/// `press / · type failed:0 · press Enter`
pub fn pressed(presses: &[Press], state: &State, here: Option<&Answer>) -> String {
    let keys = &state.settings.keys;
    let one = |press: &Press| match press {
        Key(command) => command_pressed(*command, state),
        Row(context, title) => format!("press {}", keys.first(*context, title)),
        Typed(text) => format!("type {text}"),
        Verdict => match here.map(|answer| &answer.verb) {
            Some(Verb::Approve) => command_pressed(Command::Approve, state),
            Some(_) => command_pressed(Command::Decline, state),
            None => format!(
                "{} · or {}",
                command_pressed(Command::Decline, state),
                command_pressed(Command::Approve, state)
            ),
        },
    };
    presses.iter().map(one).collect::<Vec<_>>().join(" · ")
}

/// A command without a key is typed.
fn command_pressed(command: Command, state: &State) -> String {
    match state.key(command) {
        typed if typed == format!(":{}", command.spec().name()) => {
            let (prompt, run) =
                (state.key(Command::Prompt), state.settings.keys.first(Context::Palette, "run"));
            format!("press {prompt} · type {} · press {run}", command.spec().name())
        }
        key => format!("press {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config,
        tui::{keymap::Keys, state::samples},
    };

    #[test]
    fn every_step_fits_a_narrow_screen() {
        for step in STEPS {
            assert!(crate::tui::format::wrap(step.says, 78).len() <= 2, "{}", step.says);
        }
    }

    #[test]
    fn keys_are_spelled_as_they_are_configured() {
        let mut state = samples::reading("needs_review");
        let told = |state: &State, at: usize| pressed(STEPS[at].press, state, None);
        let of = |command: Command| {
            let is_it = |step: &Step| matches!(step.press, [Key(key), ..] if *key == command);
            STEPS.iter().position(is_it).expect("it is taught")
        };
        assert_eq!(told(&state, of(Command::Down)), "press j");
        assert_eq!(told(&state, of(Command::Filter)), "press / · type failed:0 · press Enter");
        assert_eq!(told(&state, of(Command::Prompt)), "press : · type stats · press Enter");
        let mut configured = config::Keys::new();
        for (name, key) in [("down", "t"), ("undo", "")] {
            let keys = [key].into_iter().filter(|key| !key.is_empty());
            let keys = keys.map(ToOwned::to_owned).collect();
            configured.insert(name.to_owned(), config::Bound(keys));
        }
        state.settings.keys = Keys::of(&configured).unwrap();
        assert_eq!(told(&state, of(Command::Down)), "press t");
        assert_eq!(told(&state, of(Command::Undo)), "press : · type undo · press Enter");
    }

    #[test]
    fn steps_are_seen_to_be_done_and_come_again_where_they_are_undone() {
        let at = |words: &str| {
            STEPS.iter().position(|step| step.says.contains(words)).expect("there is such a step")
        };
        let mut state = samples::reading("needs_review");
        let mark = Mark::of(&state);
        let done = |state: &State, words: &str| (STEPS[at(words)].done)(state, &mark);
        let stands = |state: &State, words: &str| (STEPS[at(words)].stands)(state);
        assert!(done(&state, "Open the item") && !done(&state, "On the left"));
        assert!(!done(&state, "What failed") && done(&state, "back to the checks"));
        assert!(stands(&state, "Here it is known") && !stands(&state, "A digit gives"));
        state.inquiries.cursor = 1;
        assert!(done(&state, "On the left"));
        state.detail.as_mut().unwrap().tab = Tab::Compare;
        assert!(done(&state, "What failed") && !done(&state, "back to the checks"));
        state.focus = Pane::Inquiries;
        assert!(!stands(&state, "Here it is known") && !done(&state, "Open the item"));
        state.overlay = Some(Overlay::Stats);
        assert!(done(&state, "your own day") && !done(&state, "And closed"));
        assert!(!is_here(&state), "no row is here");
        let decided = samples::reading("approved");
        assert!(!done(&decided, "Open the item"), "it waits for nobody");
    }
}
