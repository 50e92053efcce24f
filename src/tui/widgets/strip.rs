//! The line of views below the header: digit, name, how many, since when, how many are late.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    desk::{Figures, Total},
    tui::{
        format,
        state::{Pane, State},
        theme::Theme,
        view::draw_lines,
        views::{View, digit},
    },
};

/// How much is said of each view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    All,
    /// Of the one on the screen all, of others how many.
    Counts,
    Names,
}

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let width = usize::from(area.width);
    let mut lines = [Said::All, Said::Counts].into_iter().map(|said| line(state, said, theme));
    let fits = lines.find(|line| format::line_width(line) <= width);
    draw_lines(frame, area, vec![fits.unwrap_or_else(|| line(state, Said::Names, theme))]);
}

fn line<'a>(state: &State, said: Said, theme: &Theme) -> Line<'a> {
    let mut spans = Vec::new();
    for (nth, view) in state.views.all.iter().enumerate() {
        let Some(digit) = digit(nth) else { break };
        let here = is_shown(state, view);
        if !here && !state.views.is_told(view) {
            continue;
        }
        spans.push(Span::styled(format!(" {digit}"), theme.accent));
        let style = if here { theme.shadow } else { theme.dim };
        spans.push(Span::styled(format!(" {}", view.name), style));
        if let Some(figures) = state.views.figures.get(&view.name) {
            let all = said == Said::All || said == Said::Counts && here;
            spans.extend(figures_of(figures, all, said == Said::Names, state, theme));
        }
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

fn figures_of<'a>(
    figures: &Figures,
    all: bool,
    none: bool,
    state: &State,
    theme: &Theme,
) -> Vec<Span<'a>> {
    let mut spans = Vec::new();
    if none {
        return spans;
    }
    spans.push(Span::raw(format!(" {}", count(figures))));
    if let Some(oldest) = figures.oldest.filter(|_| all) {
        spans.push(Span::styled(format!(" {}", format::age(oldest, state.now)), theme.dim));
    }
    if figures.late > 0 && all {
        spans.push(Span::styled(format!(" {} late", figures.late), theme.warn));
    }
    spans
}

/// `42`, `999+`
pub fn count(figures: &Figures) -> String {
    match figures.extent {
        Total::Exact => figures.count.to_string(),
        Total::AtLeast => format!("{}+", figures.count),
    }
}

/// Whether it is what the list with focus shows.
pub fn is_shown(state: &State, view: &View) -> bool {
    let list = if state.list_pane() == Pane::Cases { view.list } else { Default::default() };
    let shown = state.views.of(list, state.filter_of(list));
    state.list_pane() != Pane::Relations && shown.is_some_and(|shown| shown.name == view.name)
}
