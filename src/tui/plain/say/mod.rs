//! What is said of the state: lines of text, each a sentence or `label: value`. Pure functions of
//! `&State`; nothing here is drawn, and no mark stands without its word.

pub mod health;
pub mod help;
pub mod item;
pub mod lists;
pub mod menu;
pub mod news;
pub mod place;
pub mod staged;

use crate::{model::Subject, tui::plain::words};

/// What stays open with a line each below it is numbered so.
pub fn numbered(number: usize, said: &str) -> String {
    format!("{number}. {said}")
}

/// With a capital and an end.
pub fn sentence(said: &str) -> String {
    let said = staged::first_upper(said);
    if said.ends_with(['.', '?', '!', ':']) { said } else { said + "." }
}

/// By the beginning and the end of its id.
pub fn short(subject: &Subject) -> String {
    words::text(&subject.short())
}

/// Whether there is a decoration in a line, or what a terminal would take for an order.
#[cfg(test)]
pub mod tests {
    pub fn is_plain(line: &str) -> bool {
        let is_drawn = |c: char| {
            c.is_control() || matches!(c, '\u{2500}'..='\u{27bf}' | '•' | '·' | '…' | '→' | '–')
        };
        !line.contains(is_drawn)
    }
}
