//! The statuses that a case's template is known to have, what kind each is and what that means, and
//! what the case still lacks.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    desk::{KnownStatus, policy},
    model::{StatusKind, Text, Verb, case::is_same_status},
    tui::{
        casework, format, mnemonic,
        state::{File, State},
        theme::Theme,
        widgets::popup,
    },
};

const WIDTH: u16 = 76;

pub fn draw(
    frame: &mut Frame<'_>,
    current: &Text,
    known: &[KnownStatus],
    cursor: usize,
    state: &State,
    theme: &Theme,
) {
    let letters = mnemonic::letters(
        known.iter().map(|status| status.name.as_str()),
        &state.settings.keys.letters_of_menus(),
    );
    let mut lines: Vec<Line<'_>> = known
        .iter()
        .zip(letters)
        .enumerate()
        .map(|(nth, (status, letter))| {
            let line = Line::from(vec![
                Span::styled(key(nth, letter), theme.accent),
                Span::raw(format!("{} ", format::fit(status.name.as_str(), 24))),
                Span::styled(format::fit(kind(status.kind), 34), theme.dim),
                Span::raw(if is_same_status(&status.name, current) { "now" } else { "" }),
            ]);
            if nth == cursor { theme.lit(line) } else { line }
        })
        .collect();
    if known.is_empty() {
        lines.push(Line::from(
            "No status of this template is known yet: configure [cases] statuses.",
        ));
    }
    lines.extend(hints(state, theme));
    let foot = "a letter, a digit or Enter stages · Esc closes";
    popup::draw(frame, "case status", foot, lines, WIDTH, 0, theme);
}

/// ` 1 o  `: what picks an entry.
fn key(nth: usize, letter: Option<char>) -> String {
    let digit = if nth < 9 { (nth + 1).to_string() } else { " ".to_owned() };
    format!(" {digit} {}  ", letter.unwrap_or(' '))
}

pub fn kind(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Initial => "start: new cases have it",
        StatusKind::Intermediate => "in between: work goes on",
        StatusKind::End => "end: resolves the case",
        StatusKind::Unknown => "seen on other cases",
    }
}

/// The same, drawn.
fn hints<'a>(state: &State, theme: &Theme) -> Vec<Line<'a>> {
    let said = asked_before(state);
    let wrapped = said.iter().flat_map(|said| format::wrap(said, usize::from(WIDTH) - 6));
    let mut lines: Vec<Line<'a>> =
        wrapped.map(|line| Line::styled(format!(" {line}"), theme.warn)).collect();
    if !lines.is_empty() {
        lines.insert(0, Line::raw(""));
    }
    lines
}

/// What is asked for before one is set, as far as it is known.
pub fn asked_before(state: &State) -> Vec<String> {
    let Some(File::Case(file)) = state.detail.as_ref().map(|detail| &detail.file) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    let layout = casework::layout(&state.settings.layouts, &file.case);
    let due = casework::due(file, layout);
    if !due.is_empty() {
        said.push(format!("required and empty: {}: Persona may refuse", due.join(", ")));
    }
    let (ticked, boxes) = casework::ticked(file);
    if ticked < boxes {
        said.push(format!("checklist: {ticked} of {boxes} ticked"));
    }
    let verb = Verb::SetCaseStatus(file.case.status.clone());
    let policy_in_force = &state.settings.policy;
    let parts = [policy::Part { verb: &verb, failed: 0 }];
    if policy::reason_due(policy_in_force, &parts).is_some() {
        said.push("a reason is asked for: a digit gives it before Enter".to_owned());
    }
    said
}
