//! Leaving while decisions are on their way.

use ratatui::{Frame, text::Line};

use crate::tui::{theme::Theme, unsent::Unsent, widgets::popup};

pub fn draw(frame: &mut Frame<'_>, unsent: Unsent, is_shared: bool, theme: &Theme) {
    let lines = unsent.words(is_shared).into_iter().map(Line::from).collect();
    popup::draw(frame, "quit?", "Enter quits · Esc stays", lines, 62, 0, theme);
}
