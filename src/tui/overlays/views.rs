//! All views with their figures, and the line that each of them is.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::tui::{
    format,
    state::State,
    theme::Theme,
    views::{View, digit},
    widgets::{popup, strip},
};

pub fn draw(frame: &mut Frame<'_>, cursor: usize, state: &State, theme: &Theme) {
    let mut lines = Vec::new();
    for (nth, view) in state.views.all.iter().enumerate() {
        lines.extend(entry(nth, view, nth == cursor, state, theme));
    }
    lines.push(Line::raw(""));
    let more = ":view save NAME keeps the filter in force · :view delete NAME · :view share";
    lines.push(Line::styled(more, theme.dim));
    let scroll = u16::try_from(cursor.saturating_sub(3) * 2).unwrap_or(u16::MAX);
    let foot = "Enter or a digit shows · y copies its line · Esc closes";
    popup::draw(frame, "views", foot, lines, 78, scroll, theme);
}

fn entry<'a>(nth: usize, view: &View, chosen: bool, state: &State, theme: &Theme) -> [Line<'a>; 2] {
    let key = digit(nth).map_or(" ".to_owned(), |digit| digit.to_string());
    let figures = match state.views.figures.get(&view.name) {
        None => "not counted yet".to_owned(),
        Some(figures) => {
            let oldest = figures.oldest.map(|since| format::age(since, state.now));
            let oldest = oldest.map_or(String::new(), |age| format!(" · oldest {age}"));
            let late = match figures.late {
                0 => String::new(),
                late => format!(" · {late} late"),
            };
            format!("{}{oldest}{late}", strip::count(figures))
        }
    };
    let head = Line::from(vec![
        Span::styled(format!(" {key} "), theme.accent),
        Span::raw(format::fit(view.name.as_str(), 26)),
        Span::raw(format!(" {figures}")),
    ]);
    let head = if chosen { theme.lit(head) } else { head };
    [head, Line::styled(format!("   {}", format::cut(&view.line(), 70)), theme.dim)]
}
