//! A case's fields: what is written in them, and what is ticked.

use ratatui::text::{Line, Span};

use super::{
    super::page::{On, Page},
    Look,
};
use crate::{
    config::CaseLayout,
    desk::CaseFile,
    tui::{
        casework::{self, Answer, Shown},
        format,
    },
};

pub fn written(page: &mut Page<'_>, file: &CaseFile, layout: Option<&CaseLayout>, look: &Look<'_>) {
    let (width, theme) = (look.width, look.theme);
    let all = casework::fields(file, layout);
    let fields: Vec<&Shown<'_>> = all.iter().filter(|shown| !shown.is_tick()).collect();
    if fields.is_empty() {
        return;
    }
    let hint = if look.state.shows_item() { "" } else { "p reveals" };
    page.heading("Fields", hint, theme);
    for shown in fields {
        match shown.value {
            Answer::Written(value) => {
                let place = format!("fields/{}", shown.name);
                let written = look.write(&place, value);
                let on = On::Value { place, value: value.clone() };
                page.fact(&shown.label, &written, Some(on), width, theme);
            }
            _ if shown.is_due() => page.fact(&shown.label, "– required", None, width, theme),
            _ => page.fact(&shown.label, "–", None, width, theme),
        }
    }
}

/// `   ☑ asked for documents`
pub fn checklist(
    page: &mut Page<'_>,
    file: &CaseFile,
    layout: Option<&CaseLayout>,
    look: &Look<'_>,
) {
    let all = casework::fields(file, layout);
    let boxes: Vec<&Shown<'_>> = all.iter().filter(|shown| shown.is_tick()).collect();
    if boxes.is_empty() {
        return;
    }
    let is_ticked = |shown: &&&Shown<'_>| shown.value == Answer::Ticked(true);
    let ticked = boxes.iter().filter(is_ticked).count();
    page.heading("Checklist", &format!("{ticked} of {} ticked", boxes.len()), look.theme);
    for shown in boxes {
        let (mark, style) = match (shown.value, shown.is_due()) {
            (Answer::Ticked(true), _) => ("☑", look.theme.good),
            (_, true) => ("☐", look.theme.warn),
            _ => ("☐", look.theme.text),
        };
        let due = if shown.is_due() { " (required)" } else { "" };
        let room = look.width.saturating_sub(6);
        for (nth, line) in format::wrap(&format!("{}{due}", shown.label), room).iter().enumerate() {
            let mark = if nth == 0 { mark } else { " " };
            page.push(Line::from(vec![
                Span::styled(format!("   {mark} "), style),
                Span::raw(line.clone()),
            ]));
        }
    }
}
