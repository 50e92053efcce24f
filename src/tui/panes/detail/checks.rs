//! Checks of all verifications in the order a reviewer reads them: what decides first.

use ratatui::text::{Line, Span};

use super::page::{On, Page, Said};
use crate::{
    desk::InquiryFile,
    model::{
        Check, CheckStatus, Pii, Requirement, Text, Verification,
        attempts::{self, Change},
        reasons,
        verification::Weight,
    },
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
    state: &State,
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
    let (drawn, said) = summary(&checks, detail.checks, theme);
    page.push(drawn);
    page.reads(Said::Words(said));
    for (verification, check) in &checks {
        if is_listed(check.weight(), detail.checks) {
            row(page, &kind_and_attempt(file, verification), check, width, theme);
            measured(page, verification, check, state, width, theme);
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
    again(page, file, state, width, theme);
}

/// What changed from attempt to attempt.
fn again(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    for attempt in attempts::again(&file.verifications) {
        let title =
            format!("{}, attempt {} of {}", kind(attempt.verification), attempt.nth, attempt.of);
        page.heading(&title, "what changed since the one before", theme);
        if attempt.changes.is_empty() {
            page.push(Line::styled("   nothing", theme.dim));
        }
        for change in &attempt.changes {
            let (name, said, on) = changed(attempt.verification, change, state);
            page.fact(&name, &said, on, width, theme);
        }
    }
}

/// `id blur detection`, `failed → passed`
fn changed(of: &Verification, change: &Change<'_>, state: &State) -> (String, String, Option<On>) {
    let words = |name: &Text| name.as_str().replace(['-', '_'], " ");
    match change {
        Change::Check { name, before, after } => {
            let outcome = |check: &Option<&Check>| match check {
                None => "not run".to_owned(),
                Some(check) if check.reasons.is_empty() => words(&Text::new(check.status.as_str())),
                Some(check) => {
                    let reasons: Vec<&str> = check.reasons.iter().map(Text::as_str).collect();
                    format!("{} ({})", words(&Text::new(check.status.as_str())), reasons.join(", "))
                }
            };
            (words(name), format!("{} → {}", outcome(before), outcome(after)), None)
        }
        Change::Value { name, before, after } => {
            let place = format!("{}/{name}", of.id);
            let shown = |value: &Option<&Pii>| {
                value.map_or("nothing".to_owned(), |value| state.values().write(&place, value))
            };
            let said = format!("{} → {}", shown(before), shown(after));
            let on = after
                .or(*before)
                .map(|value| On::Value { place: place.clone(), value: value.clone() });
            (words(name), said, on)
        }
    }
}

/// What a check that did not pass measured.
fn measured(
    page: &mut Page<'_>,
    verification: &Verification,
    check: &Check,
    state: &State,
    width: usize,
    theme: &Theme,
) {
    if check.weight() == Weight::Passed {
        return;
    }
    for field in check.metadata.iter().filter(|field| !field.value.is_empty()) {
        let place = format!("{}/{}/{}", verification.id, check.name, field.name);
        let shown = state.values().write(&place, &field.value);
        let on = On::Value { place, value: field.value.clone() };
        let name = field.name.as_str().replace(['-', '_'], " ");
        page.fact(&format!("  {name}"), &shown, Some(on), width, theme);
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
        (n, _) => Some(format!("{n} passed; x lists what failed only, once more all")),
    }
}

/// `Checks 31  ✗ 2 failed  ! 1 signal  ? 0 unproven  ✓ 28 passed`, and how that reads.
fn summary<'a>(
    checks: &[(&Verification, &Check)],
    listed: Checks,
    theme: &Theme,
) -> (Line<'a>, String) {
    let count = |weights: &[Weight]| {
        checks.iter().filter(|(_, check)| weights.contains(&check.weight())).count()
    };
    let parts = [
        (count(&[Weight::Decides]), "✗", "failed", theme.bad),
        (count(&[Weight::Retry, Weight::Signal]), "!", "signal", theme.warn),
        (count(&[Weight::Unproven]), "?", "unproven", theme.warn),
        (count(&[Weight::Passed]), "✓", "passed", theme.good),
    ];
    let mut told = Vec::new();
    let mut spans = vec![Span::styled(format!(" Checks {}", checks.len()), theme.accent)];
    for (number, glyph, word, style) in parts.into_iter().filter(|(number, ..)| *number > 0) {
        spans.push(Span::styled(format!("  {glyph} {number} {word}"), style));
        let many = if word == "signal" && number > 1 { "s" } else { "" };
        told.push(format!("{number} {word}{many}"));
    }
    if listed == Checks::Failed {
        spans.push(Span::styled("  failed only", theme.warn));
        told.push("listed are those that failed".to_owned());
    }
    let said = format!("checks {}: {}", checks.len(), told.join(", "));
    (Line::from(spans), said)
}

/// ` ✗ id expired detection            required   gov id`, and below it why.
fn row(page: &mut Page<'_>, kind: &str, check: &Check, width: usize, theme: &Theme) {
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
    let (kind_width, requirement_width) = (14, 10);
    let name_width = width.saturating_sub(3 + requirement_width + kind_width + 2).max(16);
    let on = On::Id(check.name.clone());
    page.about(
        on.clone(),
        Line::from(vec![
            Span::styled(format!(" {glyph} "), style),
            Span::raw(format::fit(&check.name.as_str().replace('_', " "), name_width)),
            Span::styled(format!(" {} ", format::fit(requirement, requirement_width)), theme.dim),
            Span::styled(format::cut(kind, kind_width), theme.dim),
        ]),
    );
    let why = why(check);
    page.reads(Said::Words(aloud(check, requirement, kind, &why)));
    for line in format::wrap(&why, width.saturating_sub(6)) {
        page.about(on.clone(), Line::styled(format!("     {line}"), theme.text));
        page.reads(Said::Above);
    }
}

/// `failed, required: id expired detection, gov id: past its expiry date (expired)`
fn aloud(check: &Check, requirement: &str, kind: &str, why: &str) -> String {
    let outcome = match check.weight() {
        Weight::Decides | Weight::Retry | Weight::Signal => "failed",
        Weight::Unproven => "not proven",
        Weight::Passed => "passed",
    };
    let name = check.name.as_str().replace('_', " ");
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!("{outcome}, {requirement}: {name}, {kind}{why}")
}

/// `past its expiry date (expired)`; nothing where a check passed without a word.
fn why(check: &Check) -> String {
    let reasons = check.reasons.iter().map(|reason| reasons::in_words(reason.as_str()));
    let status = match &check.status {
        CheckStatus::Other(word) => Some(format!("status {word}")),
        CheckStatus::NotApplicable if check.reasons.is_empty() => Some("not applicable".to_owned()),
        _ => None,
    };
    status.into_iter().chain(reasons).collect::<Vec<_>>().join(" · ")
}

/// `government-id` → `gov id`
pub fn kind(verification: &Verification) -> String {
    format::kind(verification.kind.as_str())
}

/// `gov id 2/2` where there were several attempts.
pub fn kind_and_attempt(file: &InquiryFile, verification: &Verification) -> String {
    match attempts::place(&file.verifications, verification) {
        (_, 1) => kind(verification),
        (nth, of) => format!("{} {nth}/{of}", kind(verification)),
    }
}
