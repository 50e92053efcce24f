//! Decisions on their way, and those that did not get through, with the reason.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    model::{Action, ActionState},
    tui::{command::Command, format, pending, state::State, theme::Theme, widgets::popup},
};

pub fn draw(frame: &mut Frame<'_>, cursor: usize, state: &State, theme: &Theme) {
    let mut lines = Vec::new();
    let mut bulk = None;
    for (nth, action) in state.outbox.iter().enumerate() {
        // Those that were decided in one go stand together, below how far all of it is.
        if action.bulk != bulk {
            bulk.clone_from(&action.bulk);
            lines.extend(progress(action, state, theme).into_iter().flatten());
        }
        lines.extend(entry(action, nth == cursor, state, theme));
    }
    if lines.is_empty() {
        lines.push(Line::from("Nothing is on its way: all that was decided has reached Persona."));
    }
    let scroll = u16::try_from(cursor.saturating_sub(3) * 2).unwrap_or(u16::MAX);
    popup::draw(frame, "outbox", &state.settings.keys.scroll_foot(), lines, 78, scroll, theme);
}

/// `add tag vip in one go: 7 of 12 done, 1 refused · u takes back the rest`
/// `  :results writes what came of each to a file`
fn progress<'a>(action: &Action, state: &State, theme: &Theme) -> Option<[Line<'a>; 2]> {
    let bulk = action.bulk.as_ref()?;
    let known = state.bulks.iter().find(|known| known.bulk == *bulk)?;
    let (undo, results) = (state.key(Command::Undo), state.key(Command::Results));
    let said = format!("{} in one go: {}", known.verb.words(), known.words());
    let head = Line::from(vec![
        Span::styled(said, theme.banner),
        Span::styled(format!(" · {undo} takes back the rest"), theme.dim),
    ]);
    let more = format!("  {results} writes what came of each to a file");
    Some([head, Line::styled(more, theme.dim)])
}

fn entry<'a>(action: &Action, chosen: bool, state: &State, theme: &Theme) -> [Line<'a>; 2] {
    let undo = state.key(Command::Undo);
    let said = pending::sentence(&action.verb, &action.state, &undo, state.now);
    let how = match action.state {
        ActionState::Proposed { .. } => "proposed",
        _ => "decided",
    };
    let head = Line::from(vec![
        Span::styled(format::fit(&action.subject.short(), 20), theme.accent),
        Span::raw(format::fit(&action.verb.words(), 28)),
        Span::styled(format!("{how} {} ago", format::age(action.decided_at, state.now)), theme.dim),
    ]);
    let head = if chosen { theme.lit(head) } else { head };
    let style = pending::style(&action.state, theme);
    [head, Line::styled(format!("  {}", format::cut(&said, 72)), style)]
}
