//! The tabs of an inquiry: what there is, which one is open, which were looked at.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use crate::{
    desk::InquiryFile,
    model::verification::Weight,
    tui::{
        detail::evidence,
        state::{Detail, State, Tab},
        theme::Theme,
    },
};

/// `[Checks ✗2] Compare  Photos 4•  Sessions 2•`: a dot is where there is something that nobody
/// looked at yet. Where it does not fit the figures go first.
pub fn line<'a>(
    file: &InquiryFile,
    detail: &Detail,
    state: &State,
    width: usize,
    theme: &Theme,
) -> Line<'a> {
    let unseen = state.unseen(detail);
    let pieces = evidence(file);
    let count = |tab: Tab| match (tab, pieces.iter().find(|(with, _)| *with == tab)) {
        (_, None) | (Tab::Compare, _) => String::new(),
        (Tab::Checks, _) => failed(file),
        (_, Some((_, pieces))) => format!(" {pieces}"),
    };
    let label = |tab: Tab, counted: bool| {
        let count = if counted { count(tab) } else { String::new() };
        let dot = if unseen.contains(&tab) { "•" } else { "" };
        format!("{}{count}{dot}", tab.title())
    };
    let needed = |counted| -> usize {
        Tab::ALL.iter().map(|tab| label(*tab, counted).width() + 1).sum::<usize>() + 3
    };
    let counted = needed(true) <= width;
    let mut spans = vec![Span::raw(" ")];
    for tab in Tab::ALL {
        let text = label(tab, counted);
        spans.push(match (tab == detail.tab, pieces.iter().any(|(with, _)| *with == tab)) {
            (true, _) => Span::styled(format!("[{text}]"), theme.accent),
            (false, true) => Span::styled(text, theme.text),
            (false, false) => Span::styled(text, theme.dim),
        });
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// ` ✗2`: checks that decide.
fn failed(file: &InquiryFile) -> String {
    let checks = file.verifications.iter().flat_map(|verification| &verification.checks);
    match checks.filter(|check| check.weight() == Weight::Decides).count() {
        0 => String::new(),
        failed => format!(" ✗{failed}"),
    }
}
