//! The inquiry as Persona answers it: JSON that folds, narrowed to what is looked for.

use ratatui::text::{Line, Span};

use super::page::{On, Page, Said};
use crate::{
    model::raw::{self, Bracket, Shown},
    tui::{
        command::Command,
        detail::{Loaded, Raw},
        format,
        state::{Detail, Pane, State},
        theme::Theme,
    },
};

pub fn fill(page: &mut Page<'_>, detail: &Detail, state: &State, width: usize, theme: &Theme) {
    let Raw { body, folded, find } = &detail.raw;
    let body = match body {
        Loaded::Here(body) => body,
        Loaded::No | Loaded::Asking => return page.say("asking Persona…", theme.dim, width),
        Loaded::Failed(why) => {
            let again = state.key(Command::Refetch);
            return page.say(&format!("not here: {why}; {again} asks again"), theme.bad, width);
        }
    };
    let typing = state.filter.as_ref().is_some_and(|filter| filter.pane == Pane::Detail);
    if typing || !find.is_empty() {
        let cursor = if typing { "▏" } else { "  \\ shows all" };
        page.push(Line::styled(format!(" find: {find}{cursor}"), theme.accent));
    }
    let find = find.to_lowercase();
    let mut shown = 0;
    for line in raw::lines(body, folded) {
        let place = format!("raw{}", line.pointer);
        let (text, on) = match &line.shown {
            Shown::Many { count, bracket, folded } => {
                (many(*count, *bracket, *folded), On::Fold(line.pointer.clone()))
            }
            Shown::Plain(text) => (text.to_string(), On::Id(text.clone())),
            Shown::Personal(value) => (
                format!("\"{}\"", state.values().write(&place, value)),
                On::Value { place, value: value.clone() },
            ),
        };
        if !find.is_empty() && !format!("{} {text}", line.pointer).to_lowercase().contains(&find) {
            continue;
        }
        shown += 1;
        // What was looked for stands alone, so it says where it is.
        let name = match find.is_empty() {
            true if line.pointer.is_empty() => " ".to_owned(),
            true => format!("{:indent$}{}: ", "", line.name, indent = 1 + 2 * line.depth),
            false => format!(" {}: ", line.pointer),
        };
        let said = match &line.shown {
            Shown::Many { count, bracket, folded } => told(*count, *bracket, *folded, line.depth),
            Shown::Plain(_) | Shown::Personal(_) => text.clone(),
        };
        let label = name.trim().trim_end_matches(':').to_owned();
        let room = width.saturating_sub(4);
        let name = format::cut(&name, room * 2 / 3);
        let line = Line::from(vec![Span::styled(name, theme.dim), Span::raw(text)]);
        page.about(on, line);
        page.reads(Said::Fact(label, said));
    }
    if shown == 0 {
        page.say("nothing here is called so, or says so", theme.dim, width);
    }
}

/// `5 fields, folded, level 2`
fn told(count: usize, bracket: Bracket, folded: bool, depth: usize) -> String {
    let what = match (bracket, count) {
        (Bracket::Object, 1) => "field",
        (Bracket::Object, _) => "fields",
        (Bracket::List, 1) => "entry",
        (Bracket::List, _) => "entries",
    };
    let folded = if folded { ", folded" } else { "" };
    format!("{count} {what}{folded}, level {}", depth + 1)
}

/// `{…5}`, `[`: a list or an object.
fn many(count: usize, bracket: Bracket, folded: bool) -> String {
    let (open, close) = match bracket {
        Bracket::Object => ("{", "}"),
        Bracket::List => ("[", "]"),
    };
    match (count, folded) {
        (0, _) => format!("{open}{close}"),
        (count, true) => format!("▸ {open} {count} {close}"),
        (_, false) => format!("▾ {open}"),
    }
}
