//! Every earlier verdict on a person, newest first, a line each.

use ratatui::text::{Line, Span};

use super::page::{On, Page, Said};
use crate::{
    model::{InquiryStatus, Subject, Timestamp, Verdict, history::day},
    tui::{format, reveal::Values, theme::Theme},
};

/// Nothing where nothing was decided yet. Enter leads to the inquiry.
pub fn fill(
    page: &mut Page<'_>,
    history: &[Verdict],
    values: Values<'_>,
    (now, width): (Timestamp, usize),
    theme: &Theme,
) {
    if history.is_empty() {
        return;
    }
    page.heading(&format!("History {}", history.len()), "earlier verdicts; Enter opens one", theme);
    for verdict in history {
        let on = On::Subject(Subject::Inquiry(verdict.inquiry.clone()));
        let drawn = line(verdict, values, now, width, theme);
        // The mark says what the words say.
        let said = drawn.to_string();
        let said = said.trim_start_matches([' ', '✓', '✗']).split("  ").map(str::trim);
        let said: Vec<&str> = said.filter(|part| !part.is_empty()).collect();
        page.about(on, drawn);
        page.reads(Said::Words(said.join(" · ")));
    }
}

/// `   ✗ declined 3 Nov  another account, this device  suspected_fraud  by jane  inq_7Q2m…5aCd`
fn line<'a>(
    verdict: &Verdict,
    values: Values<'_>,
    now: Timestamp,
    width: usize,
    theme: &Theme,
) -> Line<'a> {
    let (mark, style) = match verdict.status {
        InquiryStatus::Approved => ("✓", theme.good),
        _ => ("✗", theme.bad),
    };
    let at = verdict.at.map_or(String::new(), |at| day(at, now));
    let head = format!("   {mark} {} {}", verdict.status.words(), format::fit(&at, 11));
    let mut parts = Vec::new();
    parts.extend(verdict.shares.map(|shared| format!("another account, {}", shared.words())));
    parts.extend(verdict.reason.as_ref().map(ToString::to_string));
    parts.extend(verdict.by.as_ref().map(|by| format!("by {}", format::cut(by.as_str(), 20))));
    parts.push(verdict.inquiry.short());
    if let Some(comment) = verdict.comment.as_ref().filter(|comment| !comment.is_empty()) {
        let place = format!("history/{}", verdict.inquiry);
        parts.push(format!("“{}”", values.write(&place, comment)));
    }
    let head = format::cut(&head, width);
    let room = width.saturating_sub(format::width(&head) + 1);
    let rest = format::cut(&parts.join("  "), room);
    Line::from(vec![Span::styled(head, style), Span::raw(format!(" {rest}"))])
}
