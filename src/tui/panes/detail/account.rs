//! An account: what it is, its inquiries, its fields.

use ratatui::text::{Line, Span};

use super::{
    links,
    page::{On, Page},
};
use crate::{
    desk::AccountFile,
    model::Subject,
    tui::{command::Command, format, state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &AccountFile, state: &State, width: usize, theme: &Theme) {
    let account = &file.account;
    let name = match (account.name(), state.shows_item()) {
        (None, _) => "(no name)".to_owned(),
        (Some(name), true) => name.reveal().to_string(),
        (Some(name), false) => name.masked(),
    };
    let kind = account.type_name.as_ref().map_or("account", |kind| kind.as_str());
    page.push(Line::from(vec![
        Span::styled(format!(" {name}"), theme.accent),
        Span::styled(format!("  {kind}"), theme.dim),
    ]));
    if let Some(reference) = &account.reference_id {
        page.push(Line::styled(format!(" reference {reference}"), theme.dim));
    }
    page.push(Line::styled(" r shows its relations", theme.dim));
    links::fill(page, &file.signals, &state.key(Command::Relations), width, theme);
    page.push(Line::raw(""));
    page.push(Line::styled(format!(" Inquiries {}", file.inquiries.len()), theme.accent));
    for row in &file.inquiries {
        let since =
            row.waiting_since.map_or("–".to_owned(), |since| format::age(since, state.now));
        let on = On::Subject(Subject::Inquiry(row.id.clone()));
        page.about(
            on,
            Line::from(vec![
                Span::raw(format!("   {} ", format::fit(&row.id.short(), 16))),
                Span::raw(format!("{since:>6}  ")),
                Span::styled(row.status.words(), theme.warn),
            ]),
        );
    }
    page.values(("fields", "fields"), &account.fields, state.values(), width, theme);
}
