//! What was typed, read, found and kept about a person, side by side.
//!
//! ```text
//!                 typed             gov id            account
//!   name          A••• D•••         = A••• D•••       = A••• D•••
//! ≠ birth date    19••-••-••        ≠ 19••-••-••      = 19••-••-••      differs: gov id
//! ```

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::page::{On, Page, Said};
use crate::{
    desk::InquiryFile,
    model::{
        Verification,
        compare::{self, Agreement, Row, Source},
    },
    tui::{format, state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    let sources = sources(file);
    if sources.len() < 2 {
        page.push(Line::styled(" there is nothing to compare what was typed with", theme.dim));
    } else {
        table(page, &sources, state, width, theme);
    }
    earlier(page, file, state, width, theme);
    let values = state.values();
    page.values(("typed", "typed by the applicant"), &file.inquiry.fields, values, width, theme);
    for verification in &file.verifications {
        let title = format!("read by {}", super::checks::kind_and_attempt(file, verification));
        page.values((verification.id.as_str(), &title), &verification.fields, values, width, theme);
    }
    if let Some(account) = &file.account {
        page.values(("account", "kept at the account"), &account.fields, values, width, theme);
    }
}

/// More do not fit beside each other.
const MOST: usize = 4;

/// Typed, then the newest attempt of each kind, then the account.
fn sources(file: &InquiryFile) -> Vec<Source> {
    let mut newest: Vec<&Verification> = Vec::new();
    for one in &file.verifications {
        match newest.iter_mut().find(|known| known.kind == one.kind) {
            Some(known) if one.created_at >= known.created_at => *known = one,
            Some(_) => {}
            None => newest.push(one),
        }
    }
    let read = newest.into_iter().map(|one| Source::of(super::checks::kind(one), &one.fields));
    let typed = Source::of("typed", &file.inquiry.fields);
    let kept = file.account.as_ref().and_then(|account| Source::of("account", &account.fields));
    let mut all: Vec<Source> = typed.into_iter().chain(read.flatten()).collect();
    all.truncate(MOST - 1);
    all.extend(kept);
    all
}

const LABEL: usize = 15;

fn table(page: &mut Page<'_>, sources: &[Source], state: &State, width: usize, theme: &Theme) {
    let column = width.saturating_sub(LABEL + 1) / sources.len();
    let mut head = vec![Span::raw(" ".repeat(LABEL))];
    for source in sources {
        head.push(Span::styled(format::fit(&format!("  {}", source.title), column), theme.accent));
    }
    page.push(Line::from(head));
    page.reads(Said::Above);
    for row in compare::rows(sources) {
        let place = format!("compare/{}", row.part.words());
        let value = row.cells.iter().flatten().next().map(|(value, _)| value.clone());
        let on = value.map(|value| On::Value { place: place.clone(), value });
        let worst = row.cells.iter().flatten().map(|(_, agreement)| *agreement).max();
        let worst = worst.unwrap_or(Agreement::Alone);
        let cells: Vec<(Vec<String>, Style)> = row
            .cells
            .iter()
            .map(|cell| match cell {
                None => (vec!["  –".to_owned()], theme.dim),
                Some((value, agreement)) => {
                    let text = state.values().write(&place, value);
                    let mut lines = format::wrap(&text, column.saturating_sub(3).max(4));
                    for (nth, line) in lines.iter_mut().enumerate() {
                        let mark = if nth == 0 { mark(*agreement) } else { " " };
                        *line = format!("{mark} {line}");
                    }
                    (lines, style(*agreement, theme))
                }
            })
            .collect();
        let height = cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or(1);
        for nth in 0..height {
            let label = if nth == 0 { row.part.words() } else { "" };
            let glyph = if nth == 0 { mark(worst).trim_start_matches('=') } else { "" };
            let mut spans = vec![
                Span::styled(format!(" {} ", format::fit(glyph, 1)), style(worst, theme)),
                Span::styled(format::fit(label, LABEL - 3), theme.dim),
            ];
            for (lines, style) in &cells {
                let text = lines.get(nth).map_or("", String::as_str);
                spans.push(Span::styled(format::fit(text, column), *style));
            }
            let line = Line::from(spans);
            match &on {
                Some(on) => page.about(on.clone(), line),
                None => page.push(line),
            }
            page.reads(match nth {
                0 => Said::Fact(row.part.words().to_owned(), aloud(&row, sources, &place, state)),
                _ => Said::Above,
            });
        }
        if let Some(said) = words(&row, sources) {
            let text = format::cut(&said, width.saturating_sub(LABEL + 2));
            let line = format!("{:LABEL$}  {text}", "");
            page.push(Line::styled(line, style(worst, theme)));
            page.reads(Said::Above);
        }
    }
}

/// `typed Ada, gov id differs: Eda, account the same`
fn aloud(row: &Row, sources: &[Source], place: &str, state: &State) -> String {
    let cells = row.cells.iter().zip(sources).filter_map(|(cell, source)| {
        let (value, agreement) = cell.as_ref()?;
        let value = state.values().write(place, value);
        let title = &source.title;
        Some(match agreement {
            Agreement::Alone => format!("{title} {value}"),
            Agreement::Same => format!("{title} the same, {value}"),
            Agreement::Similar => format!("{title} in another form, {value}"),
            Agreement::Differs => format!("{title} differs, {value}"),
        })
    });
    cells.collect::<Vec<_>>().join("; ")
}

/// `differs: gov id` or `another form: account`; none where all say the same.
fn words(row: &Row, sources: &[Source]) -> Option<String> {
    let those = |wanted: Agreement| -> Vec<&str> {
        let cells = row.cells.iter().zip(sources);
        let those = cells.filter(|(cell, _)| cell.as_ref().is_some_and(|(_, it)| *it == wanted));
        those.map(|(_, source)| source.title.as_str()).collect()
    };
    let told = |(agreement, words): (Agreement, &str)| {
        let those = those(agreement);
        (!those.is_empty()).then(|| format!("{words}: {}", those.join(", ")))
    };
    let told: Vec<String> = [(Agreement::Differs, "differs"), (Agreement::Similar, "another form")]
        .into_iter()
        .filter_map(told)
        .collect();
    (!told.is_empty()).then(|| told.join(" · "))
}

fn mark(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Alone => " ",
        Agreement::Same => "=",
        Agreement::Similar => "≈",
        Agreement::Differs => "≠",
    }
}

fn style(agreement: Agreement, theme: &Theme) -> Style {
    match agreement {
        Agreement::Alone | Agreement::Same => theme.text,
        Agreement::Similar => theme.warn,
        Agreement::Differs => theme.bad,
    }
}

/// Earlier inquiries of the account, and what they said otherwise.
fn earlier(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    let moved = compare::moved(&file.inquiry, &file.earlier);
    if moved.is_empty() {
        return;
    }
    page.heading("other inquiries of this account", "Enter opens one", theme);
    for other in moved {
        let inquiry = other.inquiry;
        let when = inquiry.created_at.map_or("–".to_owned(), |at| format::age(at, state.now));
        let worst = other.parts.iter().map(|(_, agreement)| *agreement).max();
        let parts = other.parts.iter().map(|(part, it)| format!("{} {}", mark(*it), part.words()));
        let parts = match other.parts.is_empty() {
            true => "says the same".to_owned(),
            false => parts.collect::<Vec<_>>().join("  "),
        };
        let (status, age) = (inquiry.status.words(), format!("{when} ago"));
        let lead = format!(
            "   {} {} {}",
            format::fit(&inquiry.id.short(), 14),
            format::fit(&status, 13),
            format::fit(&age, 11)
        );
        let room = width.saturating_sub(format::width(&lead) + 1);
        let on = On::Subject(crate::model::Subject::Inquiry(inquiry.id.clone()));
        let line = Line::from(vec![
            Span::styled(lead, theme.text),
            Span::styled(format::cut(&parts, room), style(worst.unwrap_or(Agreement::Same), theme)),
        ]);
        let said = other.parts.iter().map(|(part, it)| format!("{} {}", part.words(), heard(*it)));
        let said = match other.parts.is_empty() {
            true => "says the same".to_owned(),
            false => said.collect::<Vec<_>>().join(", "),
        };
        page.about(on, line);
        page.reads(Said::Words(format!("{} · {status} · {age} · {said}", inquiry.id.short())));
    }
}

fn heard(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Alone | Agreement::Same => "the same",
        Agreement::Similar => "in another form",
        Agreement::Differs => "differs",
    }
}
