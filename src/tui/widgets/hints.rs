//! The line above the last: what the console has to say, or the keys that matter here.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::commit_bar;
use crate::{
    model::Subject,
    tui::{
        command::Command,
        format,
        state::{Detail, Pane, Searched, State, Tab, Toast, Tone},
        theme::Theme,
        view::draw_lines,
    },
};

const FILTER: &str = " narrows as you type · Enter keeps · Esc restores · status:any · ~like · !not · failed:>0 · age:>2h";

const SEALED_FILTER: &str =
    " sealed: ids, words and their beginnings (3+); ~ in ids alone · Enter keeps · Esc restores";

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let line = match (&state.toast, &state.filter) {
        // Why a line cannot be used stays as long as it is so.
        _ if !state.chord.is_empty() => chord(state, usize::from(area.width), theme),
        (Some(said), line) if line.as_ref().is_none_or(|line| line.problem.is_none()) => {
            return toast(frame, area, said, theme);
        }
        (_, Some(line)) => {
            let (hint, style) = match (&line.problem, state.settings.searched) {
                (Some(why), _) => (format!(" {why}"), theme.bad),
                (None, Searched::Anywhere) => (FILTER.to_owned(), theme.dim),
                (None, Searched::ByBeginnings) => (SEALED_FILTER.to_owned(), theme.dim),
            };
            Line::styled(format::cut(&hint, usize::from(area.width)), style)
        }
        (_, None) => match &state.staged {
            Some(staged) => commit_bar::keys(staged, state, theme),
            None => hints(state, usize::from(area.width), theme),
        },
    };
    draw_lines(frame, area, vec![line]);
}

pub fn toast(frame: &mut Frame<'_>, area: Rect, toast: &Toast, theme: &Theme) {
    let style = match toast.tone {
        Tone::Plain => theme.text,
        Tone::Progress => theme.dim,
        Tone::Good => theme.good,
        Tone::Bad => theme.bad,
    };
    let text = format::cut(&toast.text, usize::from(area.width.saturating_sub(2)));
    frame.render_widget(Line::styled(format!(" {text}"), style), area);
}

/// What matters most where the focus is.
pub fn commands(state: &State) -> &'static [Command] {
    use Command as C;
    let reads_photos = |detail: &Detail| state.focus == Pane::Detail && detail.tab == Tab::Photos;
    if state.detail.as_ref().is_some_and(reads_photos) {
        return &[
            C::Photos,
            C::Reveal,
            C::Approve,
            C::Decline,
            C::Escalate,
            C::NextTab,
            C::NextItem,
            C::Undo,
            C::Help,
            C::Back,
        ];
    }
    match (state.focus, state.detail.as_ref().map(|detail| &detail.subject)) {
        (Pane::Relations, _) => &[
            C::Fold,
            C::Open,
            C::Relations,
            C::Back,
            C::Walk,
            C::AddRelation,
            C::RemoveRelation,
            C::NextPane,
            C::Help,
            C::Quit,
        ],
        (_, Some(Subject::Case(_))) => &[
            C::CaseStatus,
            C::AssignToMe,
            C::Open,
            C::Relations,
            C::Reveal,
            C::RevealItem,
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
            C::NextTab,
            C::OneTimeLink,
            C::Undo,
            C::Help,
            C::Filter,
            C::Reveal,
            C::RevealItem,
            C::Relations,
            C::Open,
            C::NextPane,
            C::Quit,
        ],
    }
}

/// ` g…  g first  n tab`: what may be pressed next.
fn chord<'a>(state: &State, width: usize, theme: &Theme) -> Line<'a> {
    let pressed = state.chord.join(" ");
    let next = state.settings.keys.continued(&state.chord);
    let next = next.into_iter().map(|(left, command)| (left, command.spec().title));
    keys(std::iter::once((format!("{pressed}…"), "")).chain(next), width, theme)
}

fn hints<'a>(state: &State, width: usize, theme: &Theme) -> Line<'a> {
    let of = |command: &Command| (state.key(*command), command.spec().title);
    keys(commands(state).iter().map(of), width, theme)
}

/// As many keys with what they do as fit, the most wanted first.
pub fn keys<'a>(
    hints: impl IntoIterator<Item = (String, &'static str)>,
    width: usize,
    theme: &Theme,
) -> Line<'a> {
    let (mut spans, mut used) = (vec![Span::raw(" ")], 1);
    for (key, title) in hints {
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
