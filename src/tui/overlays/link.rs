//! A one-time link: sent to the terminal's clipboard, and readable here where that does not work.

use ratatui::{Frame, text::Line};

use crate::{
    model::Subject,
    secret::Secret,
    tui::{format, theme::Theme, widgets::popup},
};

const WIDTH: u16 = 76;

/// `copy`: the key that copies it again.
pub fn draw(
    frame: &mut Frame<'_>,
    subject: &Subject,
    link: &Secret<String>,
    copy: &str,
    theme: &Theme,
) {
    let inner = usize::from(WIDTH.min(frame.area().width.saturating_sub(2))).saturating_sub(4);
    let mut lines = vec![
        Line::from(format!("For {}. Whoever has it can go on as the applicant.", subject.short())),
        Line::raw(""),
    ];
    let shown = format::wrap(link.expose(), inner);
    lines.extend(shown.into_iter().map(|line| Line::styled(line, theme.accent)));
    lines.push(Line::raw(""));
    lines.push(Line::styled(
        "Sent to this terminal's clipboard (OSC 52). Where a terminal does not",
        theme.dim,
    ));
    lines.push(Line::styled("take it, select the link above. It is kept nowhere else.", theme.dim));
    let foot = format!("{copy} copies again · Esc forgets it");
    popup::draw(frame, "one-time link", &foot, lines, WIDTH, 0, theme);
}
