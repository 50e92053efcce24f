//! Keys while something is open over the panes: an overlay, the filter line, the commit bar.

use crossterm::event::Event;
use tui_input::backend::crossterm::EventHandler;

use super::{Effect, State, Tone, album, copy, filter, measure, prompt, relate, stage, tag, views};
use crate::{
    desk::{Confirmation, KnownStatus},
    model::{Evidence, Subject, Text, Verb},
    tui::{
        adding::{Adding, Step},
        command::{Command, Danger},
        keymap::{self, Dialog, Resolved, Staging},
        mnemonic,
        staged::{Purpose, Staged},
        state::{Leaving, Overlay, Press},
    },
};

/// None if nothing is open, or the press is not meant for what is.
pub fn press(state: &mut State, key: Press) -> Option<Vec<Effect>> {
    if let Some(Overlay::Photos(_)) = &state.overlay {
        return Some(album::press(state, key));
    }
    if let Some(overlay) = state.overlay.take() {
        if let Overlay::AddRelation(adding) = overlay {
            return Some(relate::press(state, adding, key));
        }
        if let Overlay::Tags(menu) = overlay {
            return Some(tag::press(state, menu, key));
        }
        return Some(in_overlay(state, overlay, keymap::dialog(key)));
    }
    if let Some(typing) = state.prompt.take() {
        return Some(prompt::press(state, typing, key));
    }
    if let Some(line) = state.filter.take() {
        return Some(filter::press(state, line, key));
    }
    state.staged.as_ref()?;
    in_commit_bar(state, key)
}

/// Pasted text goes where text is written, and nowhere else: it is never a row of commands.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let text = Text::new(text);
    if let Some(Overlay::Tags(menu)) = &mut state.overlay {
        menu.input = tui_input::Input::new(format!("{}{text}", menu.input.value()));
        return Vec::new();
    }
    if let Some(Overlay::AddRelation(Adding { step: Step::NameTarget(input), .. })) =
        &mut state.overlay
    {
        *input = tui_input::Input::new(format!("{}{text}", input.value()));
        return Vec::new();
    }
    let input = match (&mut state.prompt, &mut state.filter, &mut state.staged) {
        (Some(prompt), ..) => &mut prompt.input,
        (None, Some(filter), _) => &mut filter.input,
        (None, None, Some(staged)) if staged.writing => &mut staged.comment,
        _ => {
            let said = "pasted text is only taken by the filter, the comment and the command line";
            state.say(said, Tone::Plain);
            return Vec::new();
        }
    };
    let joined = format!("{}{text}", input.value());
    *input = tui_input::Input::new(joined);
    match state.filter.take() {
        Some(line) => filter::narrow(state, line),
        None => Vec::new(),
    }
}

fn in_overlay(state: &mut State, overlay: Overlay, key: Dialog) -> Vec<Effect> {
    state.overlay = match (overlay, key) {
        (Overlay::Help { scroll }, key) if rows(key).is_some() => {
            let lines = i16::try_from(rows(key).unwrap_or(0)).unwrap_or(0);
            Some(Overlay::Help { scroll: scroll.saturating_add_signed(lines) })
        }
        (Overlay::Outbox { cursor }, Dialog::Down) => {
            Some(Overlay::Outbox { cursor: (cursor + 1).min(state.outbox.len().saturating_sub(1)) })
        }
        (Overlay::Outbox { cursor }, Dialog::Up) => {
            Some(Overlay::Outbox { cursor: cursor.saturating_sub(1) })
        }
        (Overlay::Mismatches { cursor }, key) if rows(key).is_some() => {
            let last = state.mismatches.list.len().saturating_sub(1);
            let cursor = cursor.saturating_add_signed(rows(key).unwrap_or(0)).min(last);
            Some(Overlay::Mismatches { cursor })
        }
        (Overlay::Statuses { subject, evidence, current, known, cursor }, key) => {
            let picked = match key {
                Dialog::Accept => known.get(cursor),
                Dialog::Pick(nth) => known.get(nth),
                Dialog::Letter(letter) => {
                    let names = known.iter().map(|status| status.name.as_str());
                    let letters = mnemonic::letters(names);
                    letters.iter().position(|l| *l == Some(letter)).and_then(|nth| known.get(nth))
                }
                _ => None,
            };
            let is_current =
                |status: &&KnownStatus| status.name.as_str().eq_ignore_ascii_case(current.as_str());
            if picked.as_ref().is_some_and(is_current) {
                state.say(format!("the case is {current} already"), Tone::Plain);
                state.overlay =
                    Some(Overlay::Statuses { subject, evidence, current, known, cursor });
                return Vec::new();
            }
            if let Some(status) = picked {
                let verb = Verb::SetCaseStatus(status.name.clone());
                stage::decision(state, subject, verb, evidence);
                return Vec::new();
            }
            let last = known.len().saturating_sub(1);
            let cursor = match key {
                Dialog::Down => (cursor + 1).min(last),
                Dialog::Up => cursor.saturating_sub(1),
                Dialog::Cancel => return Vec::new(),
                _ => cursor,
            };
            Some(Overlay::Statuses { subject, evidence, current, known, cursor })
        }
        (Overlay::Views { cursor }, key) => return views::press(state, cursor, key),
        (Overlay::Order { list, standing }, key) => {
            return views::reorder(state, list, standing, key);
        }
        (Overlay::Copy { subject, choices, cursor }, key) => {
            return copy::press(state, (subject, choices, cursor), key);
        }
        (Overlay::Link { subject, action, link }, Dialog::Copy) => {
            let effect = Effect::Copy(link.clone());
            state.overlay = Some(Overlay::Link { subject, action, link });
            state.say("sent to the terminal's clipboard once more", Tone::Plain);
            return vec![effect];
        }
        (overlay @ Overlay::Link { .. }, key)
            if !matches!(key, Dialog::Cancel | Dialog::Accept) =>
        {
            Some(overlay)
        }
        (Overlay::Leave { .. }, Dialog::Accept) => {
            state.leaving = Leaving::Yes;
            None
        }
        (overlay @ Overlay::Leave { .. }, key) if key != Dialog::Cancel => Some(overlay),
        _ => None,
    };
    Vec::new()
}

/// How far a press moves in a list.
fn rows(key: Dialog) -> Option<isize> {
    match key {
        Dialog::Down => Some(1),
        Dialog::Up => Some(-1),
        Dialog::PageDown => Some(5),
        Dialog::PageUp => Some(-5),
        _ => None,
    }
}

fn in_commit_bar(state: &mut State, key: Press) -> Option<Vec<Effect>> {
    let looked = &state.looked;
    let staged = state.staged.as_mut()?;
    if staged.submitted {
        // Typed before the next item is there: dropped, not applied to it.
        return Some(Vec::new());
    }
    if staged.writing {
        match keymap::line(key) {
            Dialog::Accept | Dialog::Cancel => staged.writing = false,
            Dialog::Down | Dialog::Up => {}
            _ => {
                staged.comment.handle_event(&Event::Key(key));
            }
        }
        return Some(Vec::new());
    }
    match keymap::staging(key) {
        Staging::Commit => match staged.is_complete() {
            Ok(()) => {
                staged.submitted = true;
                return Some(vec![match &staged.purpose {
                    Purpose::Decide | Purpose::Propose(_) => {
                        let words = |subject: &Subject, version: &Evidence| {
                            let tabs = looked.get(&(subject.clone(), version.clone()));
                            tabs.into_iter().flatten().map(|tab| tab.word()).collect()
                        };
                        Effect::Submit(staged.drafts(words))
                    }
                    Purpose::Confirm(proposed) => Effect::Confirm(Confirmation {
                        action: proposed.action.clone(),
                        seen: Some((staged.subject.clone(), staged.evidence.clone())),
                    }),
                }]);
            }
            Err(why) => state.say(why, Tone::Bad),
        },
        Staging::LetGo => {
            let said = format!("{} let go; nothing was sent", staged.verb.words());
            state.staged = None;
            state.say(said, Tone::Plain);
            measure(state);
        }
        Staging::Reason(nth) if nth < staged.reasons.len() => {
            staged.reason = if staged.reason == Some(nth) { None } else { Some(nth) };
        }
        Staging::Reason(_) => {}
        Staging::Comment if staged.takes_comment() => staged.writing = true,
        Staging::Comment if matches!(staged.purpose, Purpose::Confirm(_)) => {
            state.say("a confirmation has no comment of its own", Tone::Plain);
        }
        Staging::Comment => {
            let said = format!("Persona takes no comment with {}", staged.verdict().words());
            state.say(said, Tone::Plain);
        }
        Staging::Other => return other_key(state, key),
    }
    Some(Vec::new())
}

fn other_key(state: &mut State, key: Press) -> Option<Vec<Effect>> {
    let is_case = state.staged.as_ref().is_some_and(Staged::can_be_joined);
    match keymap::spelling(key).map(|spelling| keymap::resolve(&[spelling])) {
        Some(Resolved::Command(command @ (Command::Approve | Command::Decline))) if is_case => {
            Some(stage::inquiries(state, command))
        }
        Some(Resolved::Command(command)) if !waits_for_staged(state, command) => None,
        _ => Some(refuse_while_staged(state)),
    }
}

/// Looking at the evidence goes on while a decision is staged, and another verdict replaces it;
/// whatever would leave the item has to wait.
pub fn waits_for_staged(state: &State, command: Command) -> bool {
    let looking = matches!(
        command,
        Command::NextTab
            | Command::PreviousTab
            | Command::Down
            | Command::Up
            | Command::PageDown
            | Command::PageUp
            | Command::First
            | Command::Last
            | Command::Checks
            | Command::Photos
            | Command::Reveal
            | Command::RevealItem
            | Command::Copy
            | Command::Mismatches
            | Command::Prompt
            | Command::Help
            | Command::Lock
            | Command::Repaint
            | Command::Interrupt
    );
    state.staged.is_some() && !looking && command.spec().danger != Danger::Decision
}

pub fn refuse_while_staged(state: &mut State) -> Vec<Effect> {
    state.say("a decision is staged: Enter commits, Esc lets go", Tone::Plain);
    Vec::new()
}
