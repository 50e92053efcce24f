//! An inquiry's evidence.

use ratatui::text::{Line, Span};

use super::{checks, fields};
use crate::{
    desk::InquiryFile,
    tui::{
        format,
        state::{Detail, State},
        theme::Theme,
    },
};

pub fn lines<'a>(
    lines: &mut Vec<Line<'a>>,
    file: &'a InquiryFile,
    detail: &Detail,
    state: &State,
    width: usize,
    theme: &Theme,
) {
    let inquiry = &file.inquiry;
    let name = match (inquiry.name(), state.shows_item()) {
        (None, _) => "(no name)".to_owned(),
        (Some(name), true) => name.reveal().to_string(),
        (Some(name), false) => name.masked(),
    };
    let mut who = vec![Span::styled(format!(" {name}"), theme.accent)];
    if let Some(reference) = &inquiry.reference_id {
        who.push(Span::styled(format!("  reference {reference}"), theme.dim));
    }
    if detail.asking {
        who.push(Span::styled("  asking Persona…", theme.warn));
    }
    lines.push(Line::from(who));
    lines.push(belongs(file, theme));
    if !inquiry.tags.is_empty() {
        let tags: Vec<&str> = inquiry.tags.iter().map(|tag| tag.as_str()).collect();
        lines.push(Line::styled(format!(" tags {}", tags.join(", ")), theme.dim));
    }
    if inquiry.redacted_at.is_some() {
        lines.push(Line::styled(" redacted: the personal data is gone", theme.warn));
    }
    if let Some(decided) = inquiry.decisioned_at {
        let by = inquiry.reviewer.as_ref().map_or("API".to_owned(), ToString::to_string);
        let comment = match (&inquiry.reviewer_comment, state.shows_item()) {
            (Some(comment), true) => format!(": {}", comment.reveal()),
            (Some(_), false) => ": comment masked".to_owned(),
            (None, _) => String::new(),
        };
        let said = format!("decided {} UTC by {by}{comment}", format::instant(decided));
        for line in format::wrap(&said, width.saturating_sub(2)) {
            lines.push(Line::styled(format!(" {line}"), theme.dim));
        }
    }
    if inquiry.redacted_at.is_some() {
        return;
    }
    lines.push(Line::raw(""));
    checks::lines(lines, file, detail.all_checks, width, theme);
    fields::lines(
        lines,
        "typed by the applicant",
        &inquiry.fields,
        state.shows_item(),
        width,
        theme,
    );
    for verification in &file.verifications {
        let title = format!("read by {}", checks::kind(verification));
        fields::lines(lines, &title, &verification.fields, state.shows_item(), width, theme);
    }
}

/// `account act_A1b2…1m2 Individual active · case KYC-17 Open`
fn belongs<'a>(file: &InquiryFile, theme: &Theme) -> Line<'a> {
    let mut parts = Vec::new();
    match (&file.account, &file.inquiry.account) {
        (Some(account), _) => {
            let mut words = vec![format!("account {}", account.id.short())];
            words.extend(account.type_name.as_ref().map(ToString::to_string));
            words.extend(account.status.as_ref().map(ToString::to_string));
            parts.push(words.join(" "));
        }
        (None, Some(id)) => parts.push(format!("account {}", id.short())),
        (None, None) => parts.push("no account".to_owned()),
    }
    for case in &file.cases {
        let name = case.name.as_ref().map_or_else(|| case.id.short(), ToString::to_string);
        parts.push(format!("case {name} {}", case.status));
    }
    Line::styled(format!(" {}", parts.join(" · ")), theme.dim)
}
