//! What an inquiry is: whose, of which template, in which cases, and how it was decided.

use ratatui::text::{Line, Span};

use crate::{
    desk::InquiryFile,
    model::{ClaimTag, Text},
    tui::{
        format,
        state::{Detail, State},
        theme::Theme,
    },
};

pub fn head<'a>(
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
    let mut who = vec![Span::styled(format!(" {}", format::cut(&name, width / 2)), theme.accent)];
    if let Some(reference) = &inquiry.reference_id {
        who.push(Span::styled(format!("  reference {reference}"), theme.dim));
    }
    if detail.asking {
        who.push(Span::styled("  asking Persona…", theme.warn));
    }
    lines.push(Line::from(who));
    // Where there is room it goes on below.
    let most = if state.size.1 >= 30 { 2 } else { 1 };
    let belongs = format::wrap_most(
        &belongs(file, state.settings.claims.as_ref()),
        width.saturating_sub(1),
        most,
    );
    lines.extend(belongs.into_iter().map(|line| Line::styled(format!(" {line}"), theme.dim)));
    if let Some(decided) = inquiry.decisioned_at {
        let by = inquiry.reviewer.as_ref().map_or("API".to_owned(), |id| named(file, id));
        let comment = match (&inquiry.reviewer_comment, state.shows_item()) {
            (Some(comment), true) => format!(": {}", comment.reveal()),
            (Some(_), false) => ": comment masked".to_owned(),
            (None, _) => String::new(),
        };
        let said = format!("decided {} UTC by {by}{comment}", format::instant(decided));
        let wrapped = format::wrap_most(&said, width.saturating_sub(1), 2);
        lines.extend(wrapped.into_iter().map(|line| Line::styled(format!(" {line}"), theme.dim)));
    }
}

/// What an id is called, or the id.
fn named(file: &InquiryFile, id: &Text) -> String {
    file.exhibits.name_of(id.as_str()).unwrap_or(id).to_string()
}

/// `KYC basic · account act_A1b2…1m2 Individual active · case KYC-17 Open · tags vip`
fn belongs(file: &InquiryFile, claims: Option<&ClaimTag>) -> String {
    let inquiry = &file.inquiry;
    let mut parts = Vec::new();
    if let Some(template) = &inquiry.template {
        let name = file.exhibits.name_of(template.as_str());
        parts.push(name.map_or_else(|| template.short(), Text::to_string));
    }
    match (&file.account, &inquiry.account) {
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
    let holders = claims.map_or_else(Vec::new, |claims| claims.holders(&inquiry.tags));
    parts.extend(holders.iter().map(|holder| format!("claimed by {holder}")));
    let is_claim = |tag: &Text| claims.is_some_and(|claims| claims.holder(tag).is_some());
    let tags: Vec<&str> =
        inquiry.tags.iter().filter(|tag| !is_claim(tag)).map(Text::as_str).collect();
    if !tags.is_empty() {
        parts.push(format!("tags {}", tags.join(", ")));
    }
    parts.join(" · ")
}
