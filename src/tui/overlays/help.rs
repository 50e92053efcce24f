//! Every key and what it does, made from the command table.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::tui::{
    command::{Section, Spec, TABLE},
    format,
    theme::Theme,
    widgets::popup,
};

pub fn draw(frame: &mut Frame<'_>, scroll: u16, theme: &Theme) {
    let mut lines = Vec::new();
    for section in Section::ALL {
        if !lines.is_empty() {
            lines.push(Line::raw(""));
        }
        lines.push(Line::styled(section.title(), theme.accent));
        for spec in TABLE.iter().filter(|spec| spec.section == section) {
            lines.push(Line::from(vec![
                Span::styled(format::fit(&keys(spec), 16), theme.warn),
                Span::raw(spec.help),
            ]));
        }
    }
    popup::draw(frame, "keys", "j k scroll · Esc closes", lines, 78, scroll, theme);
}

/// Its keys; without one, what is typed.
fn keys(spec: &Spec) -> String {
    match spec.keys {
        [] => format!(":{}", spec.name()),
        keys => keys.join(" "),
    }
}
