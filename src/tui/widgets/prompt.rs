//! The command line: what is typed after `:`, and what it may become.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use crate::tui::{
    format,
    prompt::{Prompt, candidates},
    theme::Theme,
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, prompt: &Prompt, theme: &Theme) {
    let width = usize::from(area.width);
    let typed = prompt.input.value();
    // What is beside the text gives way to it.
    let room = width.saturating_sub(format::width(typed) + 5);
    let (beside, style) = match &prompt.refused {
        Some(why) => (why.clone(), theme.bad),
        None => (offers(typed), theme.dim),
    };
    let line = Line::from(vec![
        Span::styled(" :", theme.accent),
        Span::raw(format::cut(typed, width.saturating_sub(4))),
        Span::styled(format!("   {}", format::cut(&beside, room)), style),
    ]);
    frame.render_widget(Paragraph::new(line), area);
    let column = u16::try_from(2 + prompt.input.visual_cursor()).unwrap_or(u16::MAX);
    let x = area.x + column.min(area.width.saturating_sub(1));
    frame.set_cursor_position(Position::new(x, area.y));
}

/// One that is certain with what it does; else the names.
fn offers(typed: &str) -> String {
    if typed.trim_start().to_lowercase().starts_with("view ") {
        return "view NAME · view save NAME · view delete NAME · view share · Enter".to_owned();
    }
    match candidates(typed).as_slice() {
        [] => "no such command".to_owned(),
        [only] => format!("{}: {} · Enter", only.name(), only.help),
        _ if typed.trim().is_empty() => "a command's name · Tab completes · Esc leaves".to_owned(),
        several => several.iter().map(|spec| spec.name()).collect::<Vec<_>>().join("  "),
    }
}
