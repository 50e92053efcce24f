//! The evidence about one item: its state first, then what fails, the rest folded.

mod account;
mod case;
mod checks;
mod fields;
mod inquiry;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::tui::{
    format, layout, pending,
    state::{Detail, File, Pane, State},
    theme::Theme,
    view::{draw_lines, pane_block},
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let block = pane_block(title(state), Pane::Detail, state, theme);
    let inner = block.inner(area);
    let lines = lines(state, usize::from(inner.width), theme);
    let scroll = state.detail.as_ref().map_or(0, |detail| usize::from(detail.scroll));
    let below = lines.len().saturating_sub(scroll + usize::from(inner.height));
    let block = match below {
        0 => block,
        n => {
            block.title_bottom(Line::styled(format!(" {n} more below "), theme.dim).right_aligned())
        }
    };
    frame.render_widget(block, area);
    draw_lines(frame, inner, lines.into_iter().skip(scroll).collect());
}

/// How many lines can be scrolled away.
pub fn overflow(state: &State) -> usize {
    let width = layout::areas(state).map_or(80, |areas| areas.detail.width.saturating_sub(2));
    let height = usize::from(layout::heights(state).detail);
    lines(state, usize::from(width), &Theme::mono()).len().saturating_sub(height)
}

fn title<'a>(state: &State) -> Vec<Span<'a>> {
    let Some(detail) = &state.detail else { return vec![Span::raw("Detail ")] };
    let mut parts = vec![detail.subject.short()];
    match &detail.file {
        File::Inquiry(file) => {
            parts.push(file.inquiry.status.words());
            if !file.inquiry.status.is_decided()
                && let Some(since) = file.inquiry.waiting_since()
            {
                parts.push(format!("waiting {}", format::age(since, state.now)));
            }
        }
        File::Case(file) => parts.push(file.case.status.to_string()),
        File::Account(file) => parts.extend(file.account.status.as_ref().map(ToString::to_string)),
        File::Loading | File::Missing => {}
    }
    vec![Span::raw(format!("{} ", parts.join(" ─ ")))]
}

fn lines<'a>(state: &'a State, width: usize, theme: &Theme) -> Vec<Line<'a>> {
    let Some(detail) = &state.detail else {
        return vec![Line::styled(" nothing is selected", theme.dim)];
    };
    let mut lines = news(detail, state, width, theme);
    match &detail.file {
        File::Loading => lines.push(Line::styled(" loading…", theme.dim)),
        File::Missing => {
            lines
                .push(Line::styled(" not in the local copy yet; R asks Persona for it", theme.dim));
        }
        File::Inquiry(file) => inquiry::lines(&mut lines, file, detail, state, width, theme),
        File::Case(file) => case::lines(&mut lines, file, state, width, theme),
        File::Account(file) => account::lines(&mut lines, file, state, width, theme),
    }
    lines
}

/// What must be read before the evidence: a decision on its way, a question that failed.
fn news<'a>(detail: &Detail, state: &State, width: usize, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut say = |text: &str, style| {
        let wrapped = format::wrap(text, width.saturating_sub(2));
        lines.extend(wrapped.into_iter().map(|line| Line::styled(format!(" {line}"), style)));
    };
    if let Some(action) = detail.action() {
        let said = pending::sentence(&action.verb, &action.state, state.now);
        say(&format!("→ {said}"), pending::style(&action.state, theme));
    }
    if let Some(why) = &detail.problem {
        say(&format!("as last known; {why}"), theme.warn);
    }
    lines
}
