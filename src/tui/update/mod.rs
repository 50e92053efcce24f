//! The only writer of `State`: a message comes in, work to be done goes out.
//!
//! Keys: `command` acts on them, `dialog` while something is open over the panes, `palette` after `:`,
//! `filter` in its line, `lock` on a locked screen; `follow` brings the detail along. `stage` fills the commit bar
//! and `decided` empties it. `goto` is about ids and the way back, `views` about views and orders, `marks` about marks, `bulk` about deciding all that is marked, `claim`,
//! `tag` and `snooze` about an item, `unfinished` about what an ending console would lose, `forgotten` about whoever is redacted meanwhile, `relations` about the tree and `relate` about changing it. `answer` takes what the desk says.

mod album;
mod answer;
mod bulk;
mod claim;
mod command;
mod copy;
mod decided;
mod dialog;
mod evidence;
mod filter;
mod follow;
mod forgotten;
mod goto;
mod health;
mod lock;
mod marks;
mod mouse;
mod palette;
mod relate;
mod relations;
mod reveal;
mod snooze;
mod stage;
mod tag;
mod unfinished;
mod views;

pub use follow::lacks;
pub use marks::available as markable;
pub use snooze::Deed;

use super::{
    command::Command,
    effect::Effect,
    keymap::{self, Resolved},
    layout,
    msg::{Answer, Msg},
    state::{File, Leaving, Pane, Press, State, Tab, Tone, Touched},
};
use crate::{
    desk::Note,
    model::{Subject, Unfinished, day},
};

/// Applies one message. `state.now` has been set.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    if let Msg::Edited(_) = msg {
        // Somebody has just closed an editor.
        state.lock.touch(state.now);
    }
    let (is_key, is_frame) = (matches!(msg, Msg::Key(_)), matches!(msg, Msg::Drawn));
    let mut effects = lock::when_due(state);
    effects.extend(take(state, msg));
    effects.extend(views::when_due(state));
    effects.extend(marks::when_due(state));
    effects.extend(snooze::when_due(state));
    effects.extend(follow::when_due(state));
    effects.extend(unfinished::when_due(state));
    effects.extend(tell_looks(state));
    effects.extend(album::follow(state));
    goto::follow(state);
    progress(state, &effects);
    // It tells of what came of a message, and nothing comes of a frame.
    if let Some(mut tutor) = state.tutor.take_if(|_| !is_frame) {
        tutor.watch(state, is_key);
        state.tutor = Some(tutor);
    }
    effects
}

/// Tells colleagues what is open here, once it has rested: a locked screen shows nothing.
fn tell_looks(state: &mut State) -> Option<Effect> {
    let detail = state.detail.as_ref().filter(|_| !state.lock.is_on());
    let open = detail.map(|detail| &detail.subject);
    state.looking.tells(open, state.now).map(Effect::Look)
}

/// Says what may take longer than a moment, unless there is something to say already.
fn progress(state: &mut State, effects: &[Effect]) {
    if let (None, Some(words)) = (&state.toast, effects.iter().find_map(Effect::words)) {
        state.say(words, Tone::Progress);
    }
}

fn take(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        // Whatever is open, and on a locked screen too: it shows nothing.
        Msg::Key(key) if state.settings.keys.suspends(key) => vec![Effect::Suspend],
        Msg::Key(key) if state.lock.is_on() => lock::press(state, key),
        Msg::Paste(_) | Msg::Named(_) | Msg::Pointed(_) | Msg::Mouse(..) if state.lock.is_on() => {
            Vec::new()
        }
        Msg::Key(key) => press(state, key),
        Msg::Paste(text) => dialog::paste(state, &text),
        Msg::Mouse(what, at) => mouse::take(state, what, at),
        Msg::Attended => {
            attended(state);
            Vec::new()
        }
        Msg::Named(entry) => palette::run(state, entry),
        Msg::Pointed(row) => {
            let mut effects = command::step(state, i64::MIN / 2);
            effects.extend(command::step(state, i64::try_from(row).unwrap_or(i64::MAX)));
            effects
        }
        Msg::Resized(columns, rows) => {
            state.size = (columns, rows);
            measure(state);
            clamp_scroll(state);
            // What the terminal did with its old contents is not known.
            let mut effects = fill(state);
            effects.push(Effect::Repaint);
            effects
        }
        Msg::Drawn => drawn(state),
        Msg::Woke => {
            expire(state);
            Vec::new()
        }
        Msg::Edited(text) => {
            dialog::edited(state, text);
            Vec::new()
        }
        Msg::Refused(why) => command::refuse(state, why),
        Msg::Rested => follow::now(state),
        Msg::Terminate => {
            state.leaving = Leaving::Cut;
            Vec::new()
        }
        answer => answer::take(state, answer),
    }
}

/// The first questions, asked before the first frame, with what earlier consoles left.
pub fn start(state: &mut State, left: Answer<Option<Unfinished>>) -> Vec<Effect> {
    measure(state);
    let taken_up = unfinished::take_up(state, left);
    let (views, marks) = (views::start(state), marks::load(state));
    let mut effects = vec![
        load_inquiries(state),
        load_cases(state),
        Effect::LoadGlance,
        Effect::LoadMismatches,
        views,
        marks,
        Effect::LoadSnoozes,
        Effect::LoadLooks,
    ];
    effects.extend(taken_up);
    effects
}

/// Somebody is there: what they have read by now goes.
fn attended(state: &mut State) {
    state.touched = Touched::Once;
    state.seek = None;
    if let Some(detail) = &mut state.detail {
        detail.then = None;
    }
    if !state.lock.is_on() {
        state.lock.touch(state.now);
    }
    expire(state);
    health::let_go(state);
    if state.breach.as_ref().is_some_and(|breach| breach.over) {
        state.breach = None;
    }
}

fn press(state: &mut State, key: Press) -> Vec<Effect> {
    attended(state);
    if unfinished::is_typed_on(state) {
        return Vec::new();
    }
    if state.settings.keys.locks(key) && !lock::is_writing(state) {
        return lock::lock(state, None);
    }
    if let Some(effects) = dialog::press(state, key) {
        state.chord.clear();
        return effects;
    }
    let Some(spelling) = keymap::spelling(key) else {
        state.say(
            format!("this key does nothing here; {} shows the keys", state.key(Command::Help)),
            Tone::Plain,
        );
        return Vec::new();
    };
    state.chord.push(spelling);
    let mut resolved = state.settings.keys.resolve(&state.chord);
    // A chord that leads nowhere is dropped; its last press counts for itself.
    if resolved == Resolved::Nothing && state.chord.len() > 1 {
        state.chord.drain(..state.chord.len() - 1);
        resolved = state.settings.keys.resolve(&state.chord);
    }
    match resolved {
        Resolved::Prefix => Vec::new(),
        Resolved::Nothing => {
            let key = state.chord.drain(..).next_back().unwrap_or_default();
            let help = state.key(Command::Help);
            state.say(format!("{key} does nothing here; {help} shows the keys"), Tone::Plain);
            Vec::new()
        }
        Resolved::Command(command) => {
            state.chord.clear();
            command::act(state, command)
        }
    }
}

/// Now it can be decided. What somebody went to, and not only passed, counts as opened.
fn drawn(state: &mut State) -> Vec<Effect> {
    if state.lock.is_on() || layout::areas(state).is_none() {
        // Nobody saw it: the screen is hidden, or too small for it.
        if let Some(detail) = &mut state.detail {
            (detail.drawn, detail.shown_at) = (false, None);
        }
        return Vec::new();
    }
    album::seen(state);
    let is_open = state.focus == Pane::Detail;
    let Some(detail) = &mut state.detail else { return Vec::new() };
    detail.drawn = !matches!(detail.file, File::Loading);
    if detail.drawn && detail.shown_at.is_none() {
        detail.shown_at = Some(state.now);
    }
    let Some(version) = detail.evidence().filter(|_| is_open) else { return Vec::new() };
    let looked = state.looked.entry((detail.subject.clone(), version.clone())).or_default();
    if detail.tab != Tab::Photos {
        looked.insert(detail.tab);
    }
    if detail.opened.as_ref() == Some(&version) {
        return Vec::new();
    }
    detail.opened = Some(version.clone());
    vec![Effect::Journal(Note::Opened { subject: detail.subject.clone(), version })]
}

/// Lets go of what was only meant to stay for a while.
fn expire(state: &mut State) {
    if state.toast.as_ref().is_some_and(|toast| toast.until <= state.now) {
        state.toast = None;
    }
    let now = state.now;
    if let Some(detail) = &mut state.detail {
        detail.reveals.expire(now);
    }
}

/// Takes the heights of the lists from the layout.
fn measure(state: &mut State) {
    let heights = layout::heights(state);
    state.inquiries.height = heights.inquiries;
    state.cases.height = heights.cases;
    state.relations.height = heights.relations;
    state.inquiries.scroll();
    state.cases.scroll();
    state.relations.scroll();
}

/// Asks for rows that the screen lacks.
fn fill(state: &State) -> Vec<Effect> {
    let mut effects = Vec::new();
    if state.inquiries.loaded && state.inquiries.lacks_rows() {
        effects.push(load_inquiries(state));
    }
    if state.cases.loaded && state.cases.lacks_rows() {
        effects.push(load_cases(state));
    }
    effects
}

fn load_inquiries(state: &State) -> Effect {
    let chosen = state.inquiries.selected().filter(|_| state.touched == Touched::Once);
    let anchor = match &state.seek {
        Some(Subject::Inquiry(id)) => Some(id.clone()),
        _ => chosen.map(|row| row.id.clone()),
    };
    let (view, window) = (state.inquiry_view.clone(), state.inquiries.wanted());
    Effect::LoadInquiries { view, window, anchor }
}

fn load_cases(state: &State) -> Effect {
    let chosen = state.cases.selected().filter(|_| state.touched == Touched::Once);
    let anchor = match &state.seek {
        Some(Subject::Case(id)) => Some(id.clone()),
        _ => chosen.map(|row| row.id.clone()),
    };
    let (view, window) = (state.case_view.clone(), state.cases.wanted());
    Effect::LoadCases { view, window, anchor }
}

/// Keeps the detail's cursor on its page, and on the screen.
fn clamp_scroll(state: &mut State) {
    let (lines, room) = super::panes::detail::extent(state);
    if let Some(detail) = &mut state.detail {
        detail.cursor = detail.cursor.min(lines.saturating_sub(1));
        let lowest = (detail.cursor + 1).saturating_sub(room);
        detail.scroll =
            detail.scroll.max(lowest).min(detail.cursor).min(lines.saturating_sub(room));
    }
}

/// Asks for the reviewer's own decisions.
fn stats(state: &State) -> Effect {
    Effect::LoadJudgements(day::since(state.now, &state.settings.zone))
}

/// Puts an object into the detail, asks Persona for its newest state and moves the focus there.
fn open(state: &mut State, subject: Subject) -> Vec<Effect> {
    let mut effects = Vec::new();
    if state.detail.as_ref().map(|detail| &detail.subject) != Some(&subject) {
        let from = state.list_pane();
        effects.push(follow::show(state, subject.clone(), from));
    }
    state.focus = Pane::Detail;
    measure(state);
    effects.push(ask(state, subject));
    effects.extend(evidence::ahead(state));
    effects
}

/// Asks Persona for the object in the detail.
fn ask(state: &mut State, subject: Subject) -> Effect {
    if let Some(detail) = &mut state.detail {
        detail.asking = true;
        detail.problem = None;
    }
    Effect::Refresh(subject)
}
