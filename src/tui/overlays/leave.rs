//! Leaving while decisions are on their way.

use ratatui::{Frame, text::Line};

use crate::tui::{theme::Theme, widgets::popup};

pub fn draw(frame: &mut Frame<'_>, unsent: usize, theme: &Theme) {
    let lines = vec![
        Line::from(match unsent {
            1 => "1 decision has not reached Persona yet.".to_owned(),
            n => format!("{n} decisions have not reached Persona yet."),
        }),
        Line::from("They are safe on this machine and are sent the next time"),
        Line::from("a console of this profile runs."),
    ];
    popup::draw(frame, "quit?", "Enter quits · Esc stays", lines, 62, 0, theme);
}
