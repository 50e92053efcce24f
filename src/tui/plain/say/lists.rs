//! The lists and the tree: numbered rows, a page at a time, what matters first.

use ratatui::text::Line;

use super::numbered;
use crate::{
    desk::{CaseRow, InquiryRow},
    model::Subject,
    tui::{
        format,
        listing::List,
        looking, panes, pending,
        plain::words,
        state::{Pane, State},
        theme::Theme,
    },
};

/// So many rows are said at once.
pub const PAGE: u64 = 10;

/// A page of a list, and what its numbers stand for.
#[derive(Debug, Default)]
pub struct Page {
    pub lines: Vec<String>,
    pub numbers: Vec<(usize, Subject)>,
}

/// The first row of the page that the cursor of the list with focus is on.
pub fn page_of_cursor(state: &State) -> u64 {
    let cursor = match state.focus {
        Pane::Cases => state.cases.cursor,
        _ => state.inquiries.cursor,
    };
    cursor / PAGE * PAGE
}

/// The list with focus, from this row on.
pub fn page(state: &State, first: u64) -> Page {
    let theme = Theme::mono();
    match state.focus {
        Pane::Cases => {
            let list = &state.cases;
            let title = panes::cases::title(state, &theme);
            let subject = |row: &CaseRow| Subject::Case(row.id.clone());
            let said = |row: &CaseRow| case(row, state);
            rows(list, first, (title.into(), panes::cases::empty(state)), subject, said)
        }
        _ => {
            let list = &state.inquiries;
            let title = panes::inquiries::title(state, &theme);
            let empty = panes::inquiries::empty(state);
            let subject = |row: &InquiryRow| Subject::Inquiry(row.id.clone());
            let said = |row: &InquiryRow| inquiry(row, state);
            rows(list, first, (title.into(), &empty), subject, said)
        }
    }
}

fn rows<T>(
    list: &List<T>,
    first: u64,
    (title, empty): (Line<'_>, &str),
    subject: impl Fn(&T) -> Subject,
    said: impl Fn(&T) -> String,
) -> Page {
    let mut page = Page::default();
    // Without the number of its pane.
    let title = title.to_string();
    let title = words::drawn_text(title.trim_start_matches(|c: char| c.is_ascii_digit()));
    page.lines.push(format!("{title}."));
    if let Some(why) = &list.problem {
        page.lines.push(words::text(why));
    }
    if !list.loaded {
        page.lines.push("Still loading.".to_owned());
        return page;
    }
    let total = list.rows.total;
    if total == 0 {
        page.lines.push(words::text(empty));
        return page;
    }
    let end = (first + PAGE).min(total);
    for index in first..end {
        let number = usize::try_from(index + 1).unwrap_or(usize::MAX);
        match list.at(index) {
            Some(row) => {
                let subject = subject(row);
                page.lines.push(numbered(number, &said(row)));
                page.numbers.push((number, subject));
            }
            None => page.lines.push(numbered(number, "still loading")),
        }
    }
    let total = format::total(&list.rows);
    page.lines.push(match end < list.rows.total {
        true => format!("{} to {end} of {total}; more goes on.", first + 1),
        false => format!("{} to {end} of {total}, the end.", first + 1),
    });
    page
}

/// `masked A* L*, waits 3 hours 12 minutes, gov id, selfie, 2 failed, 1 signal`
fn inquiry(row: &InquiryRow, state: &State) -> String {
    let name = match (&row.name, state.shows_rows()) {
        (None, _) => row.id.short(),
        (Some(name), true) => name.reveal().to_string(),
        (Some(name), false) => name.masked(),
    };
    let mut parts = vec![words::value(&name)];
    parts.extend(marked(state, &Subject::Inquiry(row.id.clone())));
    if let Some(action) = &row.action {
        parts.push(pending::brief(&action.verb, &action.state));
    }
    if state.inquiry_view.status.is_none() {
        parts.push(row.status.words());
    }
    parts.extend(row.waiting_since.map(|since| format!("waits {}", format::age(since, state.now))));
    if row.has_late_case {
        parts.push("its case is late".to_owned());
    }
    parts.push(panes::inquiries::kinds(row));
    if row.hydrated {
        let counted = [(row.failed, "failed"), (row.unproven, "not proven")];
        let counted = counted.into_iter().filter(|(count, _)| *count > 0);
        parts.extend(counted.map(|(count, what)| format!("{count} {what}")));
        match (row.signals, row.failed) {
            (0, 0) => parts.push("nothing failed".to_owned()),
            (0, _) => {}
            (1, _) => parts.push("1 signal".to_owned()),
            (count, _) => parts.push(format!("{count} signals")),
        }
    }
    if let Some(holder) = panes::inquiries::claim(row, state) {
        parts.push(format!("claimed by {}", holder.trim_start_matches('@')));
    }
    parts.extend(looking::brief(state, &Subject::Inquiry(row.id.clone())));
    words::text(&joined(parts))
}

/// `KYC-17, Open, SLA ends in 42 minutes, assigned to jane@acme.test`
fn case(row: &CaseRow, state: &State) -> String {
    let mut parts = vec![row.name.as_ref().map_or_else(|| row.id.short(), ToString::to_string)];
    parts.extend(marked(state, &Subject::Case(row.id.clone())));
    if let Some(action) = &row.action {
        parts.push(pending::brief(&action.verb, &action.state));
    }
    parts.push(row.status.to_string());
    parts.push(match row.sla_expires_at {
        _ if row.resolved => "resolved".to_owned(),
        None => "no SLA".to_owned(),
        Some(at) => match format::left(at, state.now) {
            Some(left) => format!("SLA ends in {left}"),
            None => format!("late by {}", format::age(at, state.now)),
        },
    });
    parts.push(match &row.assignee {
        Some(assignee) => format!("assigned to {assignee}"),
        None => "assigned to nobody".to_owned(),
    });
    words::text(&joined(parts))
}

fn joined(parts: Vec<String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn marked(state: &State, subject: &Subject) -> Option<String> {
    state.marks.has(subject).then(|| "marked".to_owned())
}

/// The relations as a tree: how deep each row is, then what it is. Numbers are rows.
pub fn tree(state: &State) -> Vec<String> {
    let title: Line<'_> = panes::relations::title(state).into();
    let title = title.to_string();
    let title = words::drawn_text(title.trim_start_matches(|c: char| c.is_ascii_digit()));
    let mut lines = vec![format!("{title}.")];
    let rows = panes::relations::all(state, usize::from(state.size.0));
    if rows.is_empty() {
        lines.push("No tree yet: open an item, then relations shows its account's.".to_owned());
    }
    let said = rows.iter().enumerate().map(|(nth, (depth, line))| {
        numbered(nth + 1, &format!("level {}: {}", depth + 1, words::line(line)))
    });
    lines.extend(said);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{Rows, Total},
        model::{CaseId, InquiryId, InquiryStatus, Pii, Text},
        tui::{plain::say::tests::is_plain, state::samples},
    };

    fn row(nth: usize) -> InquiryRow {
        InquiryRow {
            id: InquiryId::new(&format!("inq_row{nth}")).unwrap(),
            status: InquiryStatus::NeedsReview,
            name: Some(Pii::new("Ada Lovelace")),
            waiting_since: Some("2026-03-02T08:48:00Z".parse().unwrap()),
            updated_at: None,
            kinds: vec![Text::new("government-id"), Text::new("selfie")],
            failed: 2,
            signals: 1,
            unproven: 0,
            passed: 0,
            hydrated: true,
            tags: Vec::new(),
            action: None,
            has_late_case: false,
        }
    }

    #[test]
    fn rows_are_numbered_sentences_page_by_page() {
        let mut state = samples::reading("needs_review");
        state.focus = Pane::Inquiries;
        let rows = (0..12).map(row).collect();
        state.inquiries.rows = Rows { total: 12, extent: Total::Exact, first: 0, rows };
        state.inquiries.loaded = true;
        let first = page(&state, 0);
        assert_eq!(first.lines[0], "Inquiries, needs review 12.");
        let said = "1. masked A* L*, waits 3 hours 12 minutes, gov id, selfie, 2 failed, 1 signal";
        assert_eq!(first.lines[1], said);
        assert_eq!(first.lines[11], "1 to 10 of 12; more goes on.");
        let second = page(&state, 10);
        let numbers: Vec<usize> = second.numbers.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [11, 12]);
        assert_eq!(second.lines.last().unwrap(), "11 to 12 of 12, the end.");
        assert!(first.lines.iter().chain(&second.lines).all(|line| is_plain(line)));
    }

    #[test]
    fn what_is_not_there_says_why() {
        let mut state = samples::reading("needs_review");
        state.focus = Pane::Cases;
        assert_eq!(page(&state, 0).lines[1], "Still loading.");
        state.cases.loaded = true;
        assert_eq!(page(&state, 0).lines[1], "no case is open");
        assert!(tree(&state)[1].starts_with("No tree yet"));
    }

    #[test]
    fn a_case_says_how_late_it_is() {
        let state = samples::reading("needs_review");
        let at = |text: &str| Some(text.parse().unwrap());
        let mut row = CaseRow {
            id: CaseId::new("case_1").unwrap(),
            name: Some(Text::new("KYC-17")),
            status: Text::new("Open"),
            resolved: false,
            assignee: None,
            sla_expires_at: at("2026-03-02T11:00:00Z"),
            created_at: None,
            template: None,
            action: None,
        };
        assert_eq!(case(&row, &state), "KYC-17, Open, late by 1 hour, assigned to nobody");
        row.sla_expires_at = at("2026-03-02T12:42:00Z");
        assert_eq!(case(&row, &state), "KYC-17, Open, SLA ends in 42 minutes, assigned to nobody");
    }
}
