//! A case: its clock and people, its inquiries, its fields.

use ratatui::text::{Line, Span};

use super::page::{On, Page};
use crate::{
    desk::CaseFile,
    model::Subject,
    tui::{format, state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &CaseFile, state: &State, width: usize, theme: &Theme) {
    let case = &file.case;
    let name = case.name.as_ref().map_or_else(|| case.id.short(), ToString::to_string);
    page.push(Line::from(vec![
        Span::styled(format!(" {name}"), theme.accent),
        Span::raw(format!("  {}", case.status)),
    ]));
    let assignee = case.assignee.as_ref().map_or("nobody", |assignee| assignee.as_str());
    page.push(Line::styled(format!(" assigned to {assignee}"), theme.dim));
    page.push(match case.sla_expires_at {
        _ if case.is_resolved() => {
            let how = case.resolution.as_ref().map_or("", |resolution| resolution.as_str());
            Line::styled(format!(" resolved {how}"), theme.dim)
        }
        None => Line::styled(" no SLA", theme.dim),
        Some(at) => match format::left(at, state.now) {
            Some(left) => Line::raw(format!(" SLA ends in {left}")),
            None => {
                Line::styled(format!(" SLA missed {} ago", format::age(at, state.now)), theme.bad)
            }
        },
    });
    page.push(Line::raw(""));
    page.push(Line::styled(format!(" Inquiries {}", case.inquiries.len()), theme.accent));
    for row in &file.inquiries {
        let name = match (&row.name, state.shows_item()) {
            (None, _) => String::new(),
            (Some(name), true) => name.reveal().to_string(),
            (Some(name), false) => name.masked(),
        };
        let on = On::Subject(Subject::Inquiry(row.id.clone()));
        page.about(
            on,
            Line::from(vec![
                Span::raw(format!("   {} ", format::fit(&row.id.short(), 16))),
                Span::raw(format!("{} ", format::fit(&name, 20))),
                Span::styled(row.status.words(), theme.warn),
            ]),
        );
    }
    let unknown = case.inquiries.len().saturating_sub(file.inquiries.len());
    if unknown > 0 {
        page.push(Line::styled(format!("   {unknown} not in the local copy yet"), theme.dim));
    }
    for account in &file.accounts {
        let mut words = vec![format!(" account {}", account.id.short())];
        words.extend(account.type_name.as_ref().map(ToString::to_string));
        words.extend(account.status.as_ref().map(ToString::to_string));
        let on = On::Subject(Subject::Account(account.id.clone()));
        page.about(on, Line::styled(words.join(" "), theme.dim));
    }
    page.values(("fields", "fields"), &case.fields, state.values(), width, theme);
}
