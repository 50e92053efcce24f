//! What Persona found elsewhere: reports that match first, each match with its list and its source.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::page::{On, Page, Said};
use crate::{
    desk::InquiryFile,
    model::{
        Report,
        findings::{self, Finding, Value},
    },
    tui::{format, state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    let mut reports: Vec<&Report> = file.exhibits.reports.iter().collect();
    if reports.is_empty() {
        let said = match file.inquiry.reports.len() {
            0 => "no report has run".to_owned(),
            n => format!("{n} reports did not come along: Enter asks Persona, if the key may"),
        };
        page.say(&said, theme.dim, width);
    }
    reports.sort_by_key(|report| report.has_match != Some(true));
    for report in reports {
        one(page, report, state, width, theme);
    }
}

fn one(page: &mut Page<'_>, report: &Report, state: &State, width: usize, theme: &Theme) {
    let found = findings::of(report);
    let (verdict, style) = verdict(report, &found, theme);
    let said = verdict.trim_start_matches(['!', '✗', '✓', '?', ' ']).to_owned();
    if !page.rows.is_empty() {
        page.blank();
    }
    let ran = report.completed_at.or(report.created_at).map(format::instant).unwrap_or_default();
    let again = if report.is_recurring == Some(true) { " · runs again" } else { "" };
    page.about(
        On::Report(report.id.clone()),
        Line::from(vec![
            Span::styled(format!(" {} ", format::kind(report.kind.as_str())), theme.accent),
            Span::styled(verdict, style),
            Span::styled(format!("  {ran} UTC{again}"), theme.dim),
        ]),
    );
    let kind = format::kind(report.kind.as_str());
    page.reads(Said::Words(format!("{kind} · {said} · {ran} UTC{again}")));
    for finding in &found {
        matched(page, report, finding, state, width, theme);
    }
    for field in findings::asked(report) {
        let place = format!("{}/{}", report.id, field.name);
        let shown = state.values().write(&place, &field.value);
        let on = On::Value { place, value: field.value.clone() };
        let name = field.name.as_str().replace(['-', '_', '.'], " ");
        page.fact(&name, &shown, Some(on), width, theme);
    }
}

/// What came of it: `! 2 matches`
fn verdict(report: &Report, found: &[Finding<'_>], theme: &Theme) -> (String, Style) {
    let open = found.iter().filter(|one| !one.ignored).count();
    match (report.status.as_str(), report.has_match, open) {
        ("errored", ..) => ("✗ it failed to run".to_owned(), theme.bad),
        (_, Some(true), 0) => ("! matched".to_owned(), theme.warn),
        (_, Some(true), 1) => ("! 1 match".to_owned(), theme.warn),
        (_, Some(true), matches) => (format!("! {matches} matches"), theme.warn),
        (_, Some(false), _) => ("✓ no match".to_owned(), theme.good),
        (status, None, _) => (format!("? {status}"), theme.dim),
    }
}

fn matched(
    page: &mut Page<'_>,
    report: &Report,
    finding: &Finding<'_>,
    state: &State,
    width: usize,
    theme: &Theme,
) {
    let place = |value: &Value<'_>| {
        format!("{}/{}/{}/{}", report.id, finding.group, finding.nth, value.name)
    };
    let write = |value: &Value<'_>| match value.is_public {
        true => value.value.reveal().to_string(),
        false => state.values().write(&place(value), value.value),
    };
    let title = finding.title.as_ref().map_or_else(|| finding.group.to_owned(), &write);
    let (glyph, style) = if finding.ignored { ("–", theme.dim) } else { ("!", theme.warn) };
    let aside = if finding.ignored { "  dismissed" } else { "" };
    page.about(
        On::Match { report: report.id.clone(), entity: finding.entity.clone() },
        Line::from(vec![
            Span::styled(format!("   {glyph} "), style),
            Span::raw(format::cut(&title, width.saturating_sub(18))),
            Span::styled(aside, theme.dim),
        ]),
    );
    if finding.ignored {
        return;
    }
    for value in finding.values.iter().filter(|value| !value.value.is_empty()) {
        let name = value.name.replace(['-', '_'], " ").replace('.', " ");
        let on = On::Value { place: place(value), value: value.value.clone() };
        page.fact(&format!("  {name}"), &write(value), Some(on), width, theme);
    }
}
