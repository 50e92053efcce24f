//! Keys while something is open over the panes: an overlay, the filter line, the commit bar.

use crossterm::event::Event;
use tui_input::backend::crossterm::EventHandler;

use super::{
    Effect, State, Tone, album, bulk, command::refuse, copy, filter, goto, measure, palette,
    relate, snooze, stage, tag, views,
};
use crate::{
    desk::{Confirmation, KnownStatus},
    model::{Evidence, Subject, Text, Verb},
    tui::{
        adding::{Adding, Step},
        command::Command,
        editor,
        keymap::{Commenting, Dialog, Resolved, Staging, spelling},
        mnemonic,
        snoozing::Menu,
        staged::Purpose,
        state::{Leaving, Overlay, Press},
        undoing,
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
        if let Overlay::Snooze(menu) = overlay {
            return Some(snooze::press(state, menu, key));
        }
        return Some(in_overlay(state, overlay, key));
    }
    if let Some(typing) = state.palette.take() {
        return Some(palette::press(state, typing, key));
    }
    if let Some(line) = state.filter.take() {
        return Some(filter::press(state, line, key));
    }
    state.staged.as_ref()?;
    // The second press of a chord is no key of the commit bar's.
    if state.chord.is_empty() { in_commit_bar(state, key) } else { None }
}

/// Pasted text goes where text is written; elsewhere an id or a link opens what it names. It is never a
/// row of commands.
pub fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let text = Text::new(text);
    if let Some(Overlay::Tags(menu)) = &mut state.overlay {
        menu.input = tui_input::Input::new(format!("{}{text}", menu.input.value()));
        return Vec::new();
    }
    if let Some(Overlay::Snooze(Menu { typed: Some(input), .. })) = &mut state.overlay {
        *input = tui_input::Input::new(format!("{}{text}", input.value()));
        return Vec::new();
    }
    if let Some(Overlay::AddRelation(Adding { step: Step::NameTarget(input), .. })) =
        &mut state.overlay
    {
        *input = tui_input::Input::new(format!("{}{text}", input.value()));
        return Vec::new();
    }
    if let Some(open) = state.palette.take() {
        return palette::paste(state, open, &text);
    }
    let input = match (&mut state.filter, &mut state.staged) {
        (Some(filter), _) => &mut filter.input,
        (None, Some(staged)) if staged.writing => &mut staged.comment,
        _ => return goto::pasted(state, text.as_str()),
    };
    let joined = format!("{}{text}", input.value());
    *input = tui_input::Input::new(joined);
    match state.filter.take() {
        Some(line) => filter::narrow(state, line),
        None => Vec::new(),
    }
}

fn in_overlay(state: &mut State, overlay: Overlay, press: Press) -> Vec<Effect> {
    let key = state.settings.keys.dialog(press);
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
        (Overlay::Outbox { cursor }, _) if takes_back(state, press) => {
            let wanted = state.outbox.get(cursor).map(|action| undoing::about(state, action));
            state.overlay = Some(Overlay::Outbox { cursor });
            return match wanted {
                Some(Ok(effect)) => vec![effect],
                Some(Err(why)) => refuse(state, why),
                None => refuse(state, "there is nothing to take back: nothing is on its way"),
            };
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
                    let letters = mnemonic::letters(names, &state.settings.keys.letters_of_menus());
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
                if let Some(effect) = bulk::status(state, &subject, &verb) {
                    return vec![effect];
                }
                stage::decision(state, subject, verb, evidence);
                return Vec::new();
            }
            let last = known.len().saturating_sub(1);
            let cursor = match key {
                Dialog::Down => (cursor + 1).min(last),
                Dialog::Up => cursor.saturating_sub(1),
                Dialog::Cancel => return Vec::new(),
                _ => {
                    nothing_here(state, press);
                    cursor
                }
            };
            Some(Overlay::Statuses { subject, evidence, current, known, cursor })
        }
        (Overlay::Views { cursor }, key) => return views::press(state, cursor, key),
        (Overlay::Order { list, standing }, key) => {
            return views::reorder(state, list, standing, key);
        }
        (Overlay::Copy { subject, choices, cursor }, _) => {
            return copy::press(state, (subject, choices, cursor), press);
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
            nothing_here(state, press);
            Some(overlay)
        }
        (Overlay::Leave(_), Dialog::Accept) => {
            state.leaving = Leaving::Yes;
            None
        }
        (_, Dialog::Cancel | Dialog::Accept) => None,
        (overlay, _) => {
            nothing_here(state, press);
            Some(overlay)
        }
    };
    Vec::new()
}

/// Says that a press has no meaning in what is open.
pub fn nothing_here(state: &mut State, key: Press) {
    let key = spelling(key).unwrap_or_else(|| "this key".to_owned());
    state.say(format!("{key} does nothing here: Esc closes"), Tone::Plain);
}

/// Whether a press is a key of undo.
fn takes_back(state: &State, key: Press) -> bool {
    let pressed: Vec<String> = spelling(key).into_iter().collect();
    state.settings.keys.resolve(&pressed) == Resolved::Command(Command::Undo)
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

/// Puts what the reviewer wrote in an editor into the comment.
pub fn edited(state: &mut State, written: Result<String, String>) {
    let place = state.staged.as_mut().filter(|staged| staged.takes_comment() && !staged.submitted);
    match (written, place) {
        (Ok(text), Some(staged)) => {
            let text = Text::new(&editor::joined(&text));
            staged.comment = tui_input::Input::new(text.to_string());
            // Enter commits next: that is not to be pressed in passing.
            staged.writing = true;
            measure(state);
        }
        (Ok(_), None) => {
            state.say("what the comment was for was let go meanwhile", Tone::Bad);
        }
        (Err(why), _) => state.say(why, Tone::Bad),
    }
}

fn in_commit_bar(state: &mut State, key: Press) -> Option<Vec<Effect>> {
    if state.staged.as_ref().is_some_and(|staged| !staged.submitted && !staged.writing)
        && let Some(effects) = bulk::press(state, key)
    {
        return Some(effects);
    }
    let (looked, keys) = (&state.looked, &state.settings.keys);
    let shown = state.detail.as_ref();
    let staged = state.staged.as_mut()?;
    if staged.submitted {
        // Typed before the next item is there: dropped, not applied to it.
        return Some(Vec::new());
    }
    if staged.writing {
        match keys.commenting(key) {
            Commenting::Done => staged.writing = false,
            Commenting::Nothing => {}
            Commenting::Editor => return Some(vec![Effect::Edit(staged.comment.to_string())]),
            Commenting::Text => {
                staged.comment.handle_event(&Event::Key(key));
            }
        }
        return Some(Vec::new());
    }
    match keys.staging(key) {
        Staging::Commit if staged.bulk.is_some() => return Some(bulk::commit(state)),
        Staging::Commit => match staged.is_complete() {
            Ok(()) => {
                staged.submitted = true;
                let shown_at = shown.and_then(|detail| detail.shown_since(&staged.subject));
                return Some(vec![match &staged.purpose {
                    Purpose::Decide | Purpose::Propose(_) => {
                        let words = |subject: &Subject, version: &Evidence| {
                            let tabs = looked.get(&(subject.clone(), version.clone()));
                            tabs.into_iter().flatten().map(|tab| tab.word()).collect()
                        };
                        Effect::Submit(staged.drafts(words, shown_at))
                    }
                    Purpose::Confirm(proposed) => Effect::Confirm(Confirmation {
                        action: proposed.action.clone(),
                        seen: Some((staged.subject.clone(), staged.evidence.clone())),
                        shown_at,
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
        Staging::Reason(nth) => {
            let said = match staged.reasons.len() {
                0 => "no reason is listed for this".to_owned(),
                listed => format!("there is no reason {}: {listed} are listed", nth + 1),
            };
            state.say(said, Tone::Plain);
        }
        Staging::Comment if staged.takes_comment() => staged.writing = true,
        Staging::Editor if staged.takes_comment() => {
            staged.writing = true;
            return Some(vec![Effect::Edit(staged.comment.to_string())]);
        }
        Staging::Comment | Staging::Editor if matches!(staged.purpose, Purpose::Confirm(_)) => {
            state.say("a confirmation has no comment of its own", Tone::Plain);
        }
        Staging::Comment | Staging::Editor => {
            let said = format!("Persona takes no comment with {}", staged.verdict().words());
            state.say(said, Tone::Plain);
        }
        Staging::Other => return None,
    }
    Some(Vec::new())
}
