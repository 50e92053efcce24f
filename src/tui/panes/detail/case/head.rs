//! What a case is: its status and what that means, its clock, whose it is.

use ratatui::text::{Line, Span};

use crate::{
    desk::CaseFile,
    model::{StatusKind, Text},
    tui::{
        format,
        state::{Detail, State},
        theme::Theme,
    },
};

/// An SLA that ends within this is pressing, in seconds.
const PRESSING: i64 = 3_600;

pub fn head<'a>(
    lines: &mut Vec<Line<'a>>,
    file: &CaseFile,
    detail: &Detail,
    state: &State,
    width: usize,
    theme: &Theme,
) {
    let case = &file.case;
    let name = case.name.as_ref().map_or_else(|| case.id.short(), ToString::to_string);
    let mut first = vec![
        Span::styled(format!(" {}", format::cut(&name, width / 3)), theme.accent),
        Span::styled(format!("  {}", format::cut(case.status.as_str(), width / 3)), theme.text),
        Span::styled(meaning(file.kind), theme.dim),
        sla(file, state, theme),
    ];
    if detail.asking {
        first.push(Span::styled("  asking Persona…", theme.warn));
    }
    lines.push(Line::from(first));
    let wrapped = format::wrap(&belongs(file, state), width.saturating_sub(2));
    lines.extend(wrapped.into_iter().take(3).map(|l| Line::styled(format!(" {l}"), theme.dim)));
}

fn meaning(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Initial => " (start)",
        StatusKind::Intermediate => " (in between)",
        StatusKind::End => " (end)",
        StatusKind::Unknown => "",
    }
}

fn sla<'a>(file: &CaseFile, state: &State, theme: &Theme) -> Span<'a> {
    match file.case.sla_expires_at {
        _ if file.case.is_resolved() => Span::raw(""),
        None => Span::styled("  no SLA", theme.dim),
        Some(at) => match format::left(at, state.now) {
            Some(left) if at.duration_since(state.now).as_secs() < PRESSING => {
                Span::styled(format!("  SLA ends in {left}"), theme.warn)
            }
            Some(left) => Span::raw(format!("  SLA ends in {left}")),
            None => {
                Span::styled(format!("  SLA missed {} ago", format::age(at, state.now)), theme.bad)
            }
        },
    }
}

/// `assigned to jane@acme.test · queue First look · Customer review · made 2d03h ago by workflow`
fn belongs(file: &CaseFile, state: &State) -> String {
    let case = &file.case;
    let mut parts = Vec::new();
    if case.is_resolved() {
        let how =
            case.resolution.as_ref().map_or("resolved".to_owned(), |how| format!("resolved {how}"));
        parts.push(format!("{how}{}", done(case.resolved_at, case.resolver.as_ref(), file, state)));
    }
    parts.push(match &case.assignee {
        None => "assigned to nobody".to_owned(),
        Some(assignee) => format!("assigned to {assignee}"),
    });
    parts.push(match &case.queue {
        None => "in no queue".to_owned(),
        Some(queue) => format!("queue {}", named(file, queue)),
    });
    if let Some(template) = &case.template {
        parts.push(named(file, &Text::new(template.as_str())));
    }
    let made = done(case.created_at, case.creator.as_ref(), file, state);
    if !made.is_empty() {
        parts.push(format!("made{made}"));
    }
    if !case.tags.is_empty() {
        let tags: Vec<&str> = case.tags.iter().map(Text::as_str).collect();
        parts.push(format!("tags {}", tags.join(", ")));
    }
    parts.join(" · ")
}

/// ` 2d03h ago by jane@acme.test`, as far as it is known.
fn done(
    at: Option<crate::model::Timestamp>,
    by: Option<&Text>,
    file: &CaseFile,
    state: &State,
) -> String {
    let ago = at.map_or(String::new(), |at| format!(" {} ago", format::age(at, state.now)));
    by.map_or(ago.clone(), |by| format!("{ago} by {}", actor(file, by)))
}

/// A person by name; what is no person by what it is.
fn actor(file: &CaseFile, id: &Text) -> String {
    match id.as_str().split_once('_') {
        _ if id.as_str().contains('@') => id.to_string(),
        Some(("wfr" | "wfl" | "wfs", _)) => "a workflow".to_owned(),
        Some(("cap", _)) => "an assignment policy".to_owned(),
        _ => named(file, id),
    }
}

/// What an id is called, or the id.
fn named(file: &CaseFile, id: &Text) -> String {
    file.exhibits.name_of(id.as_str()).unwrap_or(id).to_string()
}
