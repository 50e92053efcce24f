//! Named values, masked unless they are revealed.

use ratatui::text::{Line, Span};

use crate::{
    model::Field,
    tui::{format, theme::Theme},
};

pub fn lines<'a>(
    lines: &mut Vec<Line<'a>>,
    title: &str,
    fields: &[Field],
    revealed: bool,
    width: usize,
    theme: &Theme,
) {
    let mut fields = fields.iter().filter(|field| !field.value.is_empty()).peekable();
    if fields.peek().is_none() {
        return;
    }
    let hint = if revealed { "" } else { "  p reveals" };
    lines.push(Line::raw(""));
    lines.push(Line::from(vec![
        Span::styled(format!(" {title}"), theme.accent),
        Span::styled(hint, theme.dim),
    ]));
    for field in fields {
        let value = if revealed { field.value.reveal().to_string() } else { field.value.masked() };
        let name = field.name.as_str().replace(['-', '_'], " ");
        lines.push(Line::from(vec![
            Span::styled(format!("   {} ", format::fit(&name, 24)), theme.dim),
            Span::raw(format::cut(&value, width.saturating_sub(29))),
        ]));
    }
}
