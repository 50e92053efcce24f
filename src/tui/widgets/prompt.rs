//! The line in which a command, an id or a link is typed, after `:`.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

use crate::tui::{format, palette::Palette, theme::Theme, view::draw_lines};

pub fn draw(frame: &mut Frame<'_>, area: Rect, palette: &Palette, theme: &Theme) {
    let width = usize::from(area.width);
    let typed = palette.input.value();
    // What is beside the text gives way to it.
    let room = width.saturating_sub(format::width(typed) + 5);
    let (beside, style) = match &palette.refused {
        Some(why) => (why.as_str(), theme.bad),
        None if typed.is_empty() => ("a command, an id or a link to the dashboard", theme.dim),
        None => ("", theme.dim),
    };
    let line = Line::from(vec![
        Span::styled(" :", theme.accent),
        Span::raw(format::cut(typed, width.saturating_sub(4))),
        Span::styled(format!("   {}", format::cut(beside, room)), style),
    ]);
    draw_lines(frame, area, vec![line]);
    let column = u16::try_from(2 + palette.input.visual_cursor()).unwrap_or(u16::MAX);
    let x = area.x + column.min(area.width.saturating_sub(1));
    frame.set_cursor_position(Position::new(x, area.y));
}
