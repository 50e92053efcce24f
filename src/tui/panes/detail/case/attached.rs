//! What is attached to a case: each with what it is and how it stands, and Enter leads there where
//! it has a page of its own.

use ratatui::text::{Line, Span};

use super::{
    super::page::{On, Page, Said},
    Look, heading,
};
use crate::{
    config::Section,
    desk::{CaseFile, InquiryRow},
    model::{
        Attached, File, Report, Subject, Text, Transaction,
        findings::{self, Finding},
        matched,
    },
    tui::{format, pending},
};

/// So many matches of a report are listed; all of them are in its inquiry.
const MATCHES: usize = 5;

/// `   inq_4KvC…DiBt A••• L•••            needs review  ✗2 !1`
pub fn inquiries(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let all = file.case.inquiries.len();
    if all == 0 && file.inquiries.is_empty() {
        return;
    }
    heading(page, Section::Inquiries, (file.inquiries.len(), all), look);
    let name_width = look.width.saturating_sub(50).clamp(8, 32);
    for row in &file.inquiries {
        let place = format!("inquiries/{}/name", row.id);
        let name = row.name.as_ref().map_or(String::new(), |name| look.write(&place, name));
        let status = match row.status.is_decided() {
            true => look.theme.dim,
            false => look.theme.warn,
        };
        let mut spans = vec![
            Span::raw(format!("   {} ", format::fit(&row.id.short(), 14))),
            Span::raw(format!("{} ", format::fit(&name, name_width))),
            Span::styled(format::fit(&row.status.words(), 14), status),
        ];
        spans.extend(result(row, look));
        if let Some(action) = &row.action {
            let said = pending::brief(&action.verb, &action.state);
            let style = pending::style(&action.state, look.theme);
            spans.push(Span::styled(format!("  {said}"), style));
        }
        page.about(On::Subject(Subject::Inquiry(row.id.clone())), Line::from(spans));
    }
}

/// ` ✗2 !1`, or that nobody knows yet.
fn result<'a>(row: &InquiryRow, look: &Look<'_>) -> Vec<Span<'a>> {
    if !row.hydrated {
        return vec![Span::styled(" checks not looked at yet", look.theme.warn)];
    }
    let counted = [
        (row.failed, "✗", look.theme.bad),
        (row.signals, "!", look.theme.warn),
        (row.unproven, "?", look.theme.warn),
    ];
    let shown: Vec<Span<'a>> = counted
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, glyph, style)| Span::styled(format!(" {glyph}{number}"), style))
        .collect();
    match (shown.is_empty(), row.passed) {
        (true, passed @ 1..) => vec![Span::styled(format!(" ✓{passed}"), look.theme.good)],
        _ => shown,
    }
}

/// `   act_A1b2…1m2 Individual  active`
pub fn accounts(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let all = file.case.accounts.len();
    if all == 0 && file.accounts.is_empty() {
        return;
    }
    heading(page, Section::Accounts, (file.accounts.len(), all), look);
    let name_width = look.width.saturating_sub(50).clamp(8, 32);
    for account in &file.accounts {
        let place = format!("accounts/{}/name", account.id);
        let name = account.name().as_ref().map_or(String::new(), |name| look.write(&place, name));
        let kind = account.type_name.as_ref().map_or("account", |kind| kind.as_str());
        let status = account.status.as_ref().map_or("", |status| status.as_str());
        page.about(
            On::Subject(Subject::Account(account.id.clone())),
            Line::from(vec![
                Span::raw(format!("   {} ", format::fit(&account.id.short(), 14))),
                Span::raw(format!("{} ", format::fit(&name, name_width))),
                Span::styled(format!("{} ", format::fit(kind, 13)), look.theme.dim),
                Span::raw(format::cut(status, 16)),
            ]),
        );
    }
}

/// ```text
///    watchlist              match     3d02h ago   dismiss the matches held
///      · Sample Consolidated Sanctions List
/// ```
pub fn reports(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let all = file.case.reports.len();
    let reports = &file.exhibits.reports;
    if all == 0 && reports.is_empty() {
        return;
    }
    heading(page, Section::Reports, (reports.len(), all), look);
    for one in reports {
        page.about(On::Report(one.id.clone()), report_line(one, look));
        page.reads(Said::Words(report_aloud(one, look)));
        let all = findings::of(one);
        for finding in all.iter().take(MATCHES) {
            found(page, one, finding, look);
        }
        if all.len() > MATCHES {
            let said = format!("       {} more: Enter opens its inquiry", all.len() - MATCHES);
            page.about(On::Report(one.id.clone()), Line::styled(said, look.theme.dim));
        }
    }
}

/// `     · Sample Consolidated Sanctions List (dismissed)`
fn found(page: &mut Page<'_>, report: &Report, finding: &Finding<'_>, look: &Look<'_>) {
    let title = finding.title.map_or_else(
        || finding.group.to_owned(),
        |title| match title.is_public {
            true => title.value.reveal().to_string(),
            false => {
                let (group, nth) = (finding.group, finding.nth);
                look.write(&format!("{}/{group}/{nth}/{}", report.id, title.name), title.value)
            }
        },
    );
    let (mark, style) = match finding.ignored || report.has_dismissed(None) {
        true => (" (dismissed)", look.theme.dim),
        false => ("", look.theme.text),
    };
    let on = On::Match { report: report.id.clone(), entity: finding.entity.clone() };
    let room = look.width.saturating_sub(9);
    for (nth, line) in format::wrap(&format!("{title}{mark}"), room).iter().enumerate() {
        let bullet = if nth == 0 { "·" } else { " " };
        page.about(on.clone(), Line::styled(format!("     {bullet} {line}"), style));
    }
}

fn report_line<'a>(one: &Report, look: &Look<'_>) -> Line<'a> {
    let standing = one.evidence().status;
    let style = match standing.as_str() {
        matched::MATCH => look.theme.bad,
        matched::NO_MATCH => look.theme.good,
        _ => look.theme.warn,
    };
    let mark = if standing.as_str() == matched::MATCH { "✗ " } else { "" };
    let mut spans = vec![
        Span::raw(format!("   {} ", format::fit(&format::kind(one.kind.as_str()), 26))),
        Span::styled(format::fit(&format!("{mark}{standing}"), 12), style),
    ];
    if let Some(action) = look.state.decision_about(&Subject::Report(one.id.clone())) {
        let said = pending::brief(&action.verb, &action.state);
        spans.push(Span::styled(said, pending::style(&action.state, look.theme)));
        return Line::from(spans);
    }
    if let Some(at) = one.completed_at.or(one.created_at) {
        let ago = format!("{} ago", format::age(at, look.state.now));
        spans.push(Span::styled(ago, look.theme.dim));
    }
    if one.is_recurring == Some(true) {
        spans.push(Span::styled("  runs again", look.theme.dim));
    }
    Line::from(spans)
}

/// `watchlist · match found · dismiss the matches held`
fn report_aloud(one: &Report, look: &Look<'_>) -> String {
    let standing = one.evidence().status;
    let found = if standing.as_str() == matched::MATCH { " found" } else { "" };
    let mut parts = vec![format::kind(one.kind.as_str()), format!("{standing}{found}")];
    if let Some(action) = look.state.decision_about(&Subject::Report(one.id.clone())) {
        parts.push(pending::brief(&action.verb, &action.state));
    }
    parts.extend(
        one.completed_at
            .or(one.created_at)
            .map(|at| format!("{} ago", format::age(at, look.state.now))),
    );
    if one.is_recurring == Some(true) {
        parts.push("runs again".to_owned());
    }
    parts.join(" · ")
}

/// `   gov id                  passed      ✗ 1 of 31 checks failed`
pub fn verifications(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let all = file.case.verifications.len();
    let verifications = &file.exhibits.verifications;
    if all == 0 && verifications.is_empty() {
        return;
    }
    heading(page, Section::Verifications, (verifications.len(), all), look);
    for Attached { kind, status, inquiry, checks, failed, .. } in verifications {
        let result = match failed {
            0 => Span::styled(format!("{checks} checks"), look.theme.dim),
            failed => Span::styled(format!("✗ {failed} of {checks} checks"), look.theme.bad),
        };
        let line = Line::from(vec![
            Span::raw(format!("   {} ", format::fit(&format::kind(kind.as_str()), 26))),
            Span::raw(format!("{} ", format::fit(status.as_str(), 18))),
            result,
        ]);
        match inquiry {
            Some(id) => page.about(On::Subject(Subject::Inquiry(id.clone())), line),
            None => page.push(line),
        }
        let result = match failed {
            0 => format!("{checks} checks"),
            failed => format!("{failed} of {checks} checks failed"),
        };
        page.reads(Said::Words(format!("{} · {status} · {result}", format::kind(kind.as_str()))));
    }
}

/// `   wire-0012   needs review   3d02h ago`, and what it says.
pub fn transactions(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let all = file.case.transactions.len();
    let transactions = &file.exhibits.transactions;
    if all == 0 && transactions.is_empty() {
        return;
    }
    heading(page, Section::Transactions, (transactions.len(), all), look);
    for Transaction { id, status, reference_id, created_at, fields, .. } in transactions {
        let name = reference_id.as_ref().map_or_else(|| id.short(), ToString::to_string);
        let ago = created_at.map(|at| format!("{} ago", format::age(at, look.state.now)));
        page.about(
            On::Id(Text::new(id.as_str())),
            Line::from(vec![
                Span::raw(format!("   {} ", format::fit(&name, 26))),
                Span::raw(format!("{} ", format::fit(status.as_str(), 18))),
                Span::styled(ago.unwrap_or_default(), look.theme.dim),
            ]),
        );
        for field in fields {
            let place = format!("transactions/{id}/{}", field.name);
            let written = look.write(&place, &field.value);
            let on = On::Value { place, value: field.value.clone() };
            let name = format!("  {}", field.name.as_str().replace(['-', '_', '.'], " "));
            page.fact(&name, &written, Some(on), look.width, look.theme);
        }
    }
}

/// `   statement.pdf  120 kB`
pub fn files(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let files = &file.case.attachments;
    if files.is_empty() {
        return;
    }
    heading(page, Section::Attachments, (files.len(), files.len()), look);
    for File { name, size, .. } in files {
        let name = name.as_ref().map_or("(no name)", |name| name.as_str());
        let size = size.map_or(String::new(), |bytes| format!("  {}", format::bytes(bytes)));
        let wrapped = format::wrap(name, look.width.saturating_sub(14));
        let last = wrapped.len().saturating_sub(1);
        for (nth, line) in wrapped.into_iter().enumerate() {
            let size = if nth == last { size.clone() } else { String::new() };
            page.push(Line::from(vec![
                Span::raw(format!("   {line}")),
                Span::styled(size, look.theme.dim),
            ]));
        }
    }
}
