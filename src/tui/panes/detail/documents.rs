//! The documents that were handed in: what they are, their files, what was read from them.

use ratatui::text::{Line, Span};

use super::page::{On, Page};
use crate::{
    desk::InquiryFile,
    model::{File, Text},
    tui::{format, state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    let documents = &file.exhibits.documents;
    if documents.is_empty() {
        let said = match file.inquiry.documents.len() {
            0 => "no document was handed in".to_owned(),
            n => format!("{n} documents did not come along: Enter asks Persona, if the key may"),
        };
        page.say(&said, theme.dim, width);
    }
    for document in documents {
        let style = if document.status.as_str() == "errored" { theme.bad } else { theme.dim };
        let when = document.processed_at.or(document.created_at).map(format::instant);
        if !page.rows.is_empty() {
            page.blank();
        }
        page.about(
            On::Id(Text::new(document.id.as_str())),
            Line::from(vec![
                Span::styled(format!(" {}  ", format::kind(document.kind.as_str())), theme.accent),
                Span::styled(document.status.to_string(), style),
                Span::styled(format!("  {} UTC", when.unwrap_or_default()), theme.dim),
            ]),
        );
        for part in &document.files {
            let name = part.part.as_str().replace(['-', '_', '.'], " ");
            page.fact(&name, &described(part, width), None, width, theme);
        }
        for field in document.fields.iter().filter(|field| !field.value.is_empty()) {
            let place = format!("{}/{}", document.id, field.name);
            let shown = state.values().write(&place, &field.value);
            let on = On::Value { place, value: field.value.clone() };
            let name = field.name.as_str().replace(['-', '_'], " ");
            page.fact(&name, &shown, Some(on), width, theme);
        }
    }
}

/// `144 kB  front.png`
fn described(file: &File, width: usize) -> String {
    let words = [file.size.map(format::bytes), file.name.as_ref().map(Text::to_string)];
    let words: Vec<String> = words.into_iter().flatten().collect();
    format::cut(&words.join("  "), width.saturating_sub(30))
}
