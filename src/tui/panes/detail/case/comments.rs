//! What was said about a case, newest first.

use ratatui::text::{Line, Span};

use super::{
    super::page::{On, Page},
    Look,
};
use crate::{
    desk::CaseFile,
    model::Comment,
    tui::{command::Command, format},
};

/// ```text
///    jane@acme.test  2h12m ago
///      Asked for a utility bill, waiting.
/// ```
pub fn fill(page: &mut Page<'_>, file: &CaseFile, look: &Look<'_>) {
    let mut comments: Vec<&Comment> = file.exhibits.comments.iter().collect();
    if comments.is_empty() {
        return;
    }
    comments.sort_by_key(|comment| std::cmp::Reverse(comment.created_at));
    let hint = match look.state.shows_item() {
        true => "newest first".to_owned(),
        false => format!("newest first · {} reveals", look.state.key(Command::Reveal)),
    };
    page.heading(&format!("Comments {}", comments.len()), &hint, look.theme);
    for comment in comments {
        let who = comment.by.as_ref().map_or("somebody", |by| by.as_str());
        let mut when = comment
            .created_at
            .map_or(String::new(), |at| format!("  {} ago", format::age(at, look.state.now)));
        if comment.updated_at > comment.created_at {
            when.push_str(", edited");
        }
        let place = format!("comments/{}/message", comment.id);
        let written = look.write(&place, &comment.message);
        let on = On::Value { place, value: comment.message.clone() };
        let who = format::cut(who, look.width.saturating_sub(22));
        page.about(
            on.clone(),
            Line::from(vec![Span::raw(format!("   {who}")), Span::styled(when, look.theme.dim)]),
        );
        for line in format::wrap(&written, look.width.saturating_sub(6)) {
            page.about(on.clone(), Line::raw(format!("     {line}")));
        }
    }
}
