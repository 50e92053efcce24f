//! Where photos are on the screen now, if they may be shown at all.

use ratatui::layout::{Constraint, Layout, Margin, Rect};

use super::{
    album::{self, Viewer},
    easel::Hanging,
    panes,
    photo::Paint,
    state::{File, Overlay, Pane, State, Tab},
};
use crate::{desk::InquiryFile, model::Photo};

/// A photo and its part of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// 0 or 1.
    pub side: usize,
    pub photo: Photo,
    /// A line of what it is.
    pub label: Rect,
    pub picture: Rect,
    /// A line or two of how it is shown.
    pub foot: Rect,
}

/// Below this a picture says nothing.
pub const SMALLEST: (u16, u16) = (12, 6);

/// Two beside each other only where each has room.
const SIDE_BY_SIDE: u16 = 50;

const WORDS: u16 = 80;
const TALL: u16 = 12;

/// Why no photo is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// By the configuration.
    Off,
    /// Until somebody reveals the item.
    Masked,
}

/// Whether photos may be on the screen, and if not, why.
pub fn hidden(state: &State) -> Option<Hidden> {
    match (state.means, state.values().shows(album::PLACE)) {
        (None, _) => Some(Hidden::Off),
        (Some(_), false) => Some(Hidden::Masked),
        (Some(_), true) => None,
    }
}

/// The inquiry whose evidence is open.
pub fn inquiry(state: &State) -> Option<&InquiryFile> {
    match &state.detail.as_ref()?.file {
        File::Inquiry(file) => Some(file),
        _ => None,
    }
}

/// The frames that are on the screen, masked or not.
pub fn frames(state: &State) -> Vec<Frame> {
    let (Some(detail), Some(file)) = (&state.detail, inquiry(state)) else { return Vec::new() };
    let reads = detail.tab == Tab::Photos && state.focus == Pane::Detail;
    let viewer = match &state.overlay {
        Some(Overlay::Photos(viewer)) => Some(viewer),
        _ => None,
    };
    if state.lock.is_on() || !reads && viewer.is_none() {
        return Vec::new();
    }
    let photos = album::photos(file);
    match (viewer, panes::detail::pictures(state)) {
        _ if photos.is_empty() => Vec::new(),
        (Some(viewer), _) => in_viewer(viewer, &photos, state.size),
        (None, None) => Vec::new(),
        (None, Some(area)) => {
            let chosen = detail.cursor.min(photos.len() - 1);
            let (left, right) = album::pair(&photos, chosen);
            // Where there is room for one it is the one that was chosen.
            let sides = match right {
                Some(right) if area.width >= SIDE_BY_SIDE => vec![left, right],
                _ => vec![chosen],
            };
            hung(&sides, &photos, area)
        }
    }
}

fn in_viewer(viewer: &Viewer, photos: &[Photo], (columns, rows): (u16, u16)) -> Vec<Frame> {
    let area = viewer_area(Rect::new(0, 0, columns, rows));
    if viewer.pair && area.width >= SIDE_BY_SIDE {
        return hung(&viewer.sides, photos, area);
    }
    let mut frames = hung(&[viewer.chosen()], photos, area);
    frames.iter_mut().for_each(|frame| frame.side = viewer.active);
    frames
}

/// All of the screen but a line for the title and one for the keys.
pub fn viewer_area(screen: Rect) -> Rect {
    screen.inner(Margin { horizontal: 0, vertical: 1 })
}

/// Side by side, a column between.
fn hung(sides: &[usize], photos: &[Photo], area: Rect) -> Vec<Frame> {
    let parts = Layout::horizontal(sides.iter().map(|_| Constraint::Fill(1))).spacing(1);
    let parts = parts.split(area);
    let each = sides.iter().enumerate().zip(parts.iter());
    each.filter_map(|((side, nth), part)| {
        // What is said below takes two lines where one is too short.
        let below = if part.width < WORDS && part.height > TALL { 2 } else { 1 };
        let [label, picture, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(below),
        ])
        .areas(*part);
        let has_room = picture.width >= SMALLEST.0 && picture.height >= SMALLEST.1;
        let photo = photos.get(*nth).filter(|_| has_room)?.clone();
        Some(Frame { side, photo, label, picture, foot })
    })
    .collect()
}

/// Pictures for a graphics protocol, and their cells. None while something lies over them.
pub fn hangings(state: &State) -> Vec<Hanging> {
    let is_covered = match &state.overlay {
        None => false,
        Some(Overlay::Photos(viewer)) => viewer.hand_off.is_some(),
        Some(_) => true,
    };
    if is_covered || hidden(state).is_some() {
        return Vec::new();
    }
    let frames = frames(state).into_iter();
    let hung = frames.filter_map(|frame| {
        let drawing = state.album.drawing(frame.side, &frame.photo.file)?;
        let Paint::Graphic(graphic) = &drawing.paint else { return None };
        let area = centred(frame.picture, drawing.columns, drawing.rows);
        Some(Hanging { area, graphic: graphic.clone() })
    });
    hung.collect()
}

/// So many columns and rows in the middle, as far as there is room.
pub fn centred(area: Rect, columns: u16, rows: u16) -> Rect {
    let (width, height) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}
