//! Every key and what it does, made from the command table: in two columns where there is room.

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

/// Of one column, and between two.
const WIDEST: u16 = 74;
const NARROWEST: u16 = 52;
const BETWEEN: u16 = 2;
const KEYS: usize = 15;

pub fn draw(frame: &mut Frame<'_>, scroll: u16, theme: &Theme) {
    // The box has a frame and a blank on both sides.
    let room = frame.area().width.saturating_sub(6);
    let columns = if room >= 2 * NARROWEST + BETWEEN { 2 } else { 1 };
    let width = ((room - BETWEEN * (columns - 1)) / columns).min(WIDEST);
    let lines = lines(usize::from(width), theme);
    let lines = if columns == 2 { beside(lines, usize::from(width + BETWEEN)) } else { lines };
    let wide = width * columns + BETWEEN * (columns - 1) + 4;
    popup::draw(frame, "keys", "j k scroll · Esc closes", lines, wide, scroll, theme);
}

fn lines<'a>(width: usize, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for section in Section::ALL {
        if !lines.is_empty() {
            lines.push(Line::raw(""));
        }
        lines.push(Line::from(Span::styled(section.title(), theme.accent)));
        for spec in TABLE.iter().filter(|spec| spec.section == section) {
            let mut keys = keys(spec);
            for help in format::wrap(spec.help, width.saturating_sub(KEYS + 1)) {
                lines.push(Line::from(vec![
                    Span::styled(format!("{} ", format::fit(&keys, KEYS)), theme.warn),
                    Span::raw(help),
                ]));
                keys.clear();
            }
        }
    }
    lines
}

/// The second half beside the first.
fn beside(lines: Vec<Line<'_>>, column: usize) -> Vec<Line<'_>> {
    let half = lines.len().div_ceil(2);
    let mut left = lines;
    let mut right = left.split_off(half).into_iter();
    for line in &mut left {
        let blank = column.saturating_sub(line.width());
        line.push_span(Span::raw(" ".repeat(blank)));
        line.spans.extend(right.next().into_iter().flat_map(|line| line.spans));
    }
    left
}

/// Its keys; without one, what is typed.
fn keys(spec: &Spec) -> String {
    match spec.keys {
        [] => format!(":{}", spec.name()),
        keys => keys.join(" "),
    }
}
