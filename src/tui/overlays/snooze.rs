//! Until when an item is put off: the menu, and the line for a time of one's own.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::tui::{
    format,
    snoozing::{self, Menu},
    state::State,
    theme::Theme,
    times,
    widgets::popup,
};

const WIDTH: u16 = 78;

/// The columns of what a choice is called.
const NAME: usize = 26;

pub fn draw(frame: &mut Frame<'_>, menu: &Menu, state: &State, theme: &Theme) {
    let now = snoozing::here(state);
    let letters = menu.letters(&state.settings.keys.letters_of_menus());
    let rows = menu.rows(&now);
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (nth, (row, letter)) in rows.into_iter().zip(letters).enumerate() {
        let late = if row.late { "  after its deadline" } else { "" };
        let line = Line::from(vec![
            Span::styled(format!(" {} {}  ", nth + 1, letter.unwrap_or(' ')), theme.accent),
            Span::raw(format::fit(row.name, NAME)),
            Span::styled(row.when, theme.dim),
            Span::styled(late, theme.warn),
        ]);
        let chosen = nth == menu.cursor && menu.typed.is_none();
        lines.push(if chosen { theme.lit(line) } else { line });
    }
    let room = usize::from(WIDTH) - 6;
    let mut say = |text: &str, style| {
        let wrapped = format::wrap(text, room).into_iter();
        lines.extend(wrapped.map(|line| Line::styled(format!(" {line}"), style)));
    };
    if let Some(at) = menu.deadline {
        let when = times::said(at, &now);
        match at > state.now {
            true => say(&format!("its deadline is at {when}"), theme.warn),
            false => say(&format!("its deadline was at {when}"), theme.warn),
        }
    }
    if menu.typed.is_none() {
        say("A change at Persona brings it back before its time.", theme.dim);
    }
    if let Some(why) = &menu.problem {
        say(why, theme.bad);
    }
    if let Some(input) = &menu.typed {
        lines.push(Line::from(vec![
            Span::styled(" until ", theme.dim),
            Span::raw(format!("{}▏", input.value())),
        ]));
    }
    let foot = match menu.typed {
        Some(_) => "Enter snoozes · Esc goes back",
        None => "a letter, a digit or Enter snoozes · Esc closes",
    };
    popup::draw(frame, &menu.title(&now), foot, lines, WIDTH, 0, theme);
}
