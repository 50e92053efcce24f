//! The first line: which environment, whose key, who reviews; and the queue at a glance.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::health;
use crate::tui::{format, state::State, theme::Theme, view::draw_lines};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let settings = &state.settings;
    let banner = format!(" {} ", settings.environment);
    let fixed = " caseload ".width() + banner.width();
    // The figures give way before the environment's name does.
    let right = glance(state, theme, usize::from(area.width).saturating_sub(fixed + 1));
    let room = usize::from(area.width).saturating_sub(right.width() + 1);
    let who = format!(" key {} · {}", settings.key_source, settings.reviewer);
    let left = Line::from(vec![
        Span::styled(" caseload ", theme.accent),
        Span::styled(banner, theme.banner),
        Span::styled(format::cut(&who, room.saturating_sub(fixed)), theme.dim),
    ]);
    draw_lines(frame, area, vec![left]);
    frame.render_widget(right.right_aligned(), area);
}

/// As much as there is room for, in columns: the connection first, the oldest's age last.
fn glance<'a>(state: &State, theme: &Theme, room: usize) -> Line<'a> {
    let (light, words) = health::connection(&state.sync, state.now);
    let light_style = match light {
        health::Light::On => theme.good,
        health::Light::Working => theme.warn,
        health::Light::Off => theme.bad,
    };
    let connection = match state.away {
        // Without it nothing that Persona tells gets here.
        Some(since) => {
            let words = health::away(since, &state.settings.zone);
            Span::styled(format!("{} {words}", health::Light::Off.glyph()), theme.bad)
        }
        None => Span::styled(format!("{} {words}", light.glyph()), light_style),
    };
    let to_review = Span::raw(format!("  {} to review", state.glance.to_review));
    let oldest = state
        .glance
        .oldest
        .map(|oldest| Span::raw(format!(" · oldest {}", format::age(oldest, state.now))));
    let late = (state.glance.late > 0)
        .then(|| Span::styled(format!(" · {} late", state.glance.late), theme.warn));
    let end = Span::raw(" ");
    let most_to_least = [
        vec![Some(connection.clone()), Some(to_review.clone()), oldest, late.clone()],
        vec![Some(connection.clone()), Some(to_review), late],
        vec![Some(connection)],
    ];
    let lines = most_to_least
        .map(|parts| Line::from_iter(parts.into_iter().flatten().chain([end.clone()])));
    lines.into_iter().find(|line| line.width() <= room).unwrap_or_default()
}
