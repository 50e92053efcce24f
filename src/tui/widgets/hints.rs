//! The line above the last: what the console has to say, or the keys that matter here.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};
use unicode_width::UnicodeWidthStr;

use super::commit_bar;
use crate::{
    model::Subject,
    tui::{
        command::Command,
        format, keymap,
        state::{Pane, Searched, State, Tone},
        theme::Theme,
    },
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let line = match (&state.toast, &state.filter) {
        (Some(toast), _) => {
            let style = match toast.tone {
                Tone::Plain => theme.text,
                Tone::Good => theme.good,
                Tone::Bad => theme.bad,
            };
            Line::styled(
                format!(" {}", format::cut(&toast.text, usize::from(area.width) - 2)),
                style,
            )
        }
        (None, Some(_)) => {
            let hint = match state.settings.searched {
                Searched::Anywhere => {
                    " narrows as you type · status:approved, status:any · Enter keeps · Esc restores"
                }
                Searched::ByBeginnings => {
                    " sealed: ids, words and their beginnings (3+) · status:any · Enter keeps · Esc restores"
                }
            };
            Line::styled(format::cut(hint, usize::from(area.width)), theme.dim)
        }
        (None, None) => match &state.staged {
            Some(staged) => commit_bar::keys(staged, state, theme),
            None => hints(state, usize::from(area.width), theme),
        },
    };
    frame.render_widget(Paragraph::new(line), area);
}

fn commands(state: &State) -> &'static [Command] {
    use Command as C;
    match (state.focus, state.detail.as_ref().map(|detail| &detail.subject)) {
        (Pane::Relations, _) => &[C::Open, C::Relations, C::Back, C::NextPane, C::Help, C::Quit],
        (_, Some(Subject::Case(_))) => &[
            C::CaseStatus,
            C::AssignToMe,
            C::Open,
            C::Relations,
            C::Reveal,
            C::Dismiss,
            C::Undo,
            C::Filter,
            C::NextPane,
            C::Help,
            C::Quit,
        ],
        _ => &[
            C::Approve,
            C::Decline,
            C::Escalate,
            C::OneTimeLink,
            C::Undo,
            C::Help,
            C::Filter,
            C::Reveal,
            C::NextTab,
            C::Relations,
            C::Open,
            C::NextPane,
            C::Quit,
        ],
    }
}

/// As many hints as fit, the most wanted first.
fn hints<'a>(state: &State, width: usize, theme: &Theme) -> Line<'a> {
    let (mut spans, mut used) = (vec![Span::raw(" ")], 1);
    for command in commands(state) {
        let (key, title) = (keymap::shown(*command), command.spec().title);
        let wide = key.width() + title.width() + 3;
        if used + wide > width {
            break;
        }
        used += wide;
        spans.push(Span::styled(key, theme.accent));
        spans.push(Span::styled(format!(" {title}  "), theme.dim));
    }
    Line::from(spans)
}
