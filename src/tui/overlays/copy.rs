//! What can be copied, and what of it is masked.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::tui::{
    command::Command,
    copying::{Choice, Copied},
    format,
    state::State,
    theme::Theme,
    widgets::popup,
};

const WIDTH: u16 = 76;

/// The columns of what it is, before what it says.
const TITLE: usize = 32;

pub fn draw(
    frame: &mut Frame<'_>,
    choices: &[Choice],
    cursor: usize,
    state: &State,
    theme: &Theme,
) {
    let inner = usize::from(WIDTH.min(frame.area().width.saturating_sub(2))).saturating_sub(4);
    let room = inner.saturating_sub(TITLE + 4);
    let line = |(nth, choice): (usize, &Choice)| {
        let said = match &choice.copied {
            Copied::Free(text) => text.clone(),
            Copied::Personal { place, value } => state.values().write(place, value),
        };
        let line = Line::from(vec![
            Span::styled(format!(" {} ", nth + 1), theme.accent),
            Span::raw(format!("{} ", format::fit(choice.title, TITLE))),
            Span::styled(format::cut(&said, room), theme.dim),
        ]);
        if nth == cursor { theme.lit(line) } else { line }
    };
    let lines = choices.iter().enumerate().map(line).collect();
    let copy = state.key(Command::Copy);
    let foot = format!("a digit, {copy} or Enter copies · Esc closes");
    popup::draw(frame, "copy", &foot, lines, WIDTH, 0, theme);
}
