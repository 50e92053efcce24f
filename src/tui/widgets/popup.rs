//! A framed box over the panes, in the middle.

use ratatui::{
    Frame,
    layout::Rect,
    text::Line,
    widgets::{Block, Clear, Padding, Paragraph},
};

use crate::tui::theme::Theme;

/// Draws `lines` in a box of at most `width` columns, as high as they need and the screen allows.
/// `scroll` lines are left out at the top, as far as there are more than fit.
pub fn draw(
    frame: &mut Frame<'_>,
    title: &str,
    foot: &str,
    lines: Vec<Line<'_>>,
    width: u16,
    scroll: u16,
    theme: &Theme,
) {
    let screen = frame.area();
    let width = width.min(screen.width.saturating_sub(2));
    let wanted = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    // Below it there is room for what the console has to say.
    let height = wanted.min(screen.height.saturating_sub(4));
    let area = Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 2,
        width,
        height,
    };
    let block = Block::bordered()
        .border_style(theme.accent)
        .title(format!(" {title} "))
        .title_bottom(Line::from(format!(" {foot} ")).right_aligned())
        .padding(Padding::horizontal(1));
    let scroll = scroll.min(wanted - height);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block).scroll((scroll, 0)), area);
}
