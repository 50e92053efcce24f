//! Photos over the whole screen, one or two side by side.

use ratatui::{Frame, layout::Rect, text::Line, widgets::Clear};

use crate::tui::{
    album::{self, Viewer},
    format, frames,
    state::State,
    theme::Theme,
    widgets::{hints, picture},
};

pub fn draw(frame: &mut Frame<'_>, viewer: &Viewer, state: &State, theme: &Theme) {
    let screen = frame.area();
    frame.render_widget(Clear, screen);
    let (Some(detail), Some(file)) = (&state.detail, frames::inquiry(state)) else { return };
    let photos = album::photos(file).len();
    let title = format!(
        " {} ─ photo {} of {photos}",
        detail.subject.short(),
        (viewer.chosen() + 1).min(photos)
    );
    let top = Rect { height: 1.min(screen.height), ..screen };
    let title = format::cut(&title, usize::from(screen.width));
    frame.render_widget(Line::styled(title, theme.accent), top);
    let hung = frames::frames(state);
    if hung.is_empty() {
        let middle = frames::centred(frames::viewer_area(screen), screen.width, 1);
        let said = " there is no room for a photo here: make the terminal larger";
        frame.render_widget(Line::styled(said, theme.warn), middle);
    }
    for hanging in &hung {
        let active = hanging.side == viewer.active && hung.len() > 1;
        picture::draw(frame.buffer_mut(), hanging, active, state, theme);
    }
    let bottom = Rect { y: screen.bottom().saturating_sub(1), ..top };
    match &state.toast {
        Some(toast) => hints::toast(frame, bottom, toast, theme),
        None => {
            let keys =
                hints::keys(state.settings.keys.viewing_hints(), usize::from(screen.width), theme);
            frame.render_widget(keys, bottom);
        }
    }
}
