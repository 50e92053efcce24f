//! Checks of all verifications in the order a reviewer reads them: what decides first.

use ratatui::text::{Line, Span};

use super::page::Page;
use crate::{
    desk::InquiryFile,
    model::{Check, Requirement, Verification, verification::Weight},
    tui::{
        detail::Checks,
        format,
        state::{Detail, State},
        theme::Theme,
    },
};

pub fn fill(
    page: &mut Page<'_>,
    file: &InquiryFile,
    detail: &Detail,
    _state: &State,
    width: usize,
    theme: &Theme,
) {
    if file.hydrated_at.is_none() {
        page.push(Line::styled(" checks not looked at yet: Enter asks Persona", theme.warn));
        return;
    }
    let mut checks: Vec<(&Verification, &Check)> = file
        .verifications
        .iter()
        .flat_map(|verification| verification.checks.iter().map(move |check| (verification, check)))
        .collect();
    let missing = file.inquiry.verifications.len().saturating_sub(file.verifications.len());
    if missing > 0 {
        let said =
            format!("? {missing} of its verifications did not come along: may the key read them?");
        page.say(&said, theme.bad, width);
    }
    if checks.is_empty() {
        if missing == 0 {
            page.push(Line::styled(" no verification has run", theme.dim));
        }
        return;
    }
    checks.sort_by_key(|(_, check)| check.weight());
    page.push(summary(&checks, detail.checks, theme));
    for (verification, check) in &checks {
        if is_listed(check.weight(), detail.checks) {
            page.push(row(verification, check, width, theme));
        }
    }
    if let Some(said) = folded(&checks, detail.checks) {
        page.push(Line::styled(format!("   {said}"), theme.dim));
    }
    let unfinished = file.verifications.iter().filter(|v| v.checks.is_empty());
    for verification in unfinished {
        let said = format!("   {} is {}, without checks", kind(verification), verification.status);
        page.push(Line::styled(said, theme.dim));
    }
}

fn is_listed(weight: Weight, listed: Checks) -> bool {
    match listed {
        Checks::All => true,
        Checks::Unpassed => weight != Weight::Passed,
        Checks::Failed => matches!(weight, Weight::Decides | Weight::Retry | Weight::Signal),
    }
}

/// What is not listed, and how to list it.
fn folded(checks: &[(&Verification, &Check)], listed: Checks) -> Option<String> {
    let hidden = checks.iter().filter(|(_, check)| !is_listed(check.weight(), listed)).count();
    match (hidden, listed) {
        (0, _) => None,
        (n, Checks::Failed) => Some(format!("{n} did not fail; x lists all")),
        (n, _) => Some(format!("{n} passed; x lists failed ones only, xx all")),
    }
}

/// `Checks 31  ✗ 2 failed  ! 1 signal  ? 0 unproven  ✓ 28 passed`
fn summary<'a>(checks: &[(&Verification, &Check)], listed: Checks, theme: &Theme) -> Line<'a> {
    let count = |weights: &[Weight]| {
        checks.iter().filter(|(_, check)| weights.contains(&check.weight())).count()
    };
    let parts = [
        (count(&[Weight::Decides]), "✗", "failed", theme.bad),
        (count(&[Weight::Retry, Weight::Signal]), "!", "signal", theme.warn),
        (count(&[Weight::Unproven]), "?", "unproven", theme.warn),
        (count(&[Weight::Passed]), "✓", "passed", theme.good),
    ];
    let mut spans = vec![Span::styled(format!(" Checks {}", checks.len()), theme.accent)];
    for (number, glyph, word, style) in parts.into_iter().filter(|(number, ..)| *number > 0) {
        spans.push(Span::styled(format!("  {glyph} {number} {word}"), style));
    }
    if listed == Checks::Failed {
        spans.push(Span::styled("  failed only", theme.warn));
    }
    Line::from(spans)
}

/// `✗ id expired detection          required  expired         gov id`
fn row<'a>(verification: &Verification, check: &Check, width: usize, theme: &Theme) -> Line<'a> {
    let (glyph, style) = match check.weight() {
        Weight::Decides => ("✗", theme.bad),
        Weight::Retry | Weight::Signal => ("!", theme.warn),
        Weight::Unproven => ("?", theme.warn),
        Weight::Passed => ("✓", theme.good),
    };
    let requirement = match &check.requirement {
        Requirement::Required => "required",
        Requirement::NotRequired => "signal",
        Requirement::RequiresRetry => "retry",
        Requirement::Other(word) => word.as_str(),
    };
    let mut reasons: Vec<String> =
        check.reasons.iter().map(|reason| reason.as_str().replace('_', " ")).collect();
    if let crate::model::CheckStatus::Other(word) = &check.status {
        reasons.insert(0, format!("status {word}"));
    } else if reasons.is_empty() && check.status == crate::model::CheckStatus::NotApplicable {
        reasons.push("not applicable".to_owned());
    }
    let name_width = (width * 9 / 20).max(20);
    let kind_width = 10;
    let reason_width = width.saturating_sub(3 + name_width + 10 + 1 + kind_width + 1);
    Line::from(vec![
        Span::styled(format!(" {glyph} "), style),
        Span::raw(format::fit(&check.name.as_str().replace('_', " "), name_width)),
        Span::styled(format!(" {}", format::fit(requirement, 9)), theme.dim),
        Span::raw(format!("{} ", format::fit(&reasons.join(", "), reason_width))),
        Span::styled(format::cut(&kind(verification), kind_width), theme.dim),
    ])
}

/// `government-id` → `gov id`
pub fn kind(verification: &Verification) -> String {
    format::kind(verification.kind.as_str())
}
