//! The first line: which environment, whose key, who reviews; and the queue at a glance.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::health;
use crate::tui::{format, state::State, theme::Theme};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let right = glance(state, theme);
    let right_width = right.width();
    let room = usize::from(area.width).saturating_sub(right_width + 1);
    let settings = &state.settings;
    let banner = format!(" {} ", settings.environment);
    let who = format!(" key {} · {}", settings.key_source, settings.reviewer);
    let fixed = " caseload ".width() + banner.width();
    // The figures give way before the environment's name does.
    let right = if room < fixed { Line::default() } else { right };
    let left = Line::from(vec![
        Span::styled(" caseload ", theme.accent),
        Span::styled(banner, theme.banner),
        Span::styled(format::cut(&who, room.saturating_sub(fixed)), theme.dim),
    ]);
    frame.render_widget(Paragraph::new(left), area);
    frame.render_widget(Paragraph::new(right.right_aligned()), area);
}

fn glance<'a>(state: &State, theme: &Theme) -> Line<'a> {
    let (light, words) = health::connection(&state.sync, state.now);
    let light_style = match light {
        health::Light::On => theme.good,
        health::Light::Working => theme.warn,
        health::Light::Off => theme.bad,
    };
    let mut spans = vec![
        Span::styled(light.glyph(), light_style),
        Span::styled(format!(" {words}"), light_style),
        Span::raw(format!("  {} to review", state.glance.to_review)),
    ];
    if let Some(oldest) = state.glance.oldest {
        spans.push(Span::raw(format!(" · oldest {}", format::age(oldest, state.now))));
    }
    if state.glance.late > 0 {
        spans.push(Span::styled(format!(" · {} late", state.glance.late), theme.warn));
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}
