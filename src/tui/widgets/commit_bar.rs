//! What is about to be decided, in words, before it goes anywhere.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use crate::tui::{staged::Staged, state::State, theme::Theme, view::draw_lines};

const COMMENT: &str = " comment: ";

pub fn draw(frame: &mut Frame<'_>, area: Rect, staged: &Staged, theme: &Theme) {
    let question = format!(" {} {}{}? ", staged.verb.words(), staged.subject.short(), staged.too());
    let mut lines = vec![Line::styled(question, theme.banner), reasons(staged, theme)];
    if area.height > 2 {
        lines.push(Line::from(vec![
            Span::styled(COMMENT, theme.accent),
            Span::raw(staged.comment.value().to_owned()),
        ]));
    }
    draw_lines(frame, area, lines);
    if staged.writing {
        let column = COMMENT.width() + staged.comment.visual_cursor();
        let x = area.x + u16::try_from(column).unwrap_or(u16::MAX).min(area.width - 1);
        frame.set_cursor_position(Position::new(x, area.y + 2));
    }
}

/// The keys that matter now, for the line below.
pub fn keys<'a>(staged: &Staged, state: &State, theme: &Theme) -> Line<'a> {
    Line::from(vec![
        Span::styled(" Enter", theme.accent),
        Span::raw(" commits · "),
        Span::styled("Esc", theme.accent),
        Span::raw(" lets go"),
        Span::styled(also(staged), theme.dim),
        Span::styled(hold(state), theme.dim),
    ])
}

/// What else can be said before it is committed.
fn also(staged: &Staged) -> &'static str {
    match (staged.verb.is_status(), staged.verdict().takes_comment()) {
        (true, true) => " · c comment · a d change it",
        (true, false) => " · a d decide its inquiry too",
        (false, true) => " · c comment",
        (false, false) => "",
    }
}

fn hold(state: &State) -> String {
    match state.settings.hold.as_secs() {
        0 => " · leaves at once".to_owned(),
        seconds => format!(" · held {seconds} s"),
    }
}

fn reasons<'a>(staged: &Staged, theme: &Theme) -> Line<'a> {
    if staged.reasons.is_empty() {
        return Line::styled(" no reason is asked for", theme.dim);
    }
    let mut spans = vec![Span::styled(" reason ", theme.dim)];
    for (nth, reason) in staged.reasons.iter().take(9).enumerate() {
        let chosen = staged.reason == Some(nth);
        let style = if chosen { theme.cursor } else { theme.text };
        spans.push(Span::styled(format!(" {} ", nth + 1), theme.accent));
        spans.push(Span::styled(reason.text.clone(), style));
    }
    Line::from(spans)
}
