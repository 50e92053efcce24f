//! The photos of the open inquiry: what is held of each, how it is looked at, and what of that is
//! drawn. All of it is gone when the item is left, masked again, or the screen is locked.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::photo::{Content, Drawing, Look, Paint, Picture};
use crate::{
    desk::InquiryFile,
    model::{FileRef, InquiryId, Photo, Shows},
    secret::Secret,
};

/// What is revealed when photos are: one place for all of an item's.
pub const PLACE: &str = "photos";

/// How many decoded photos are held at once: each takes up to 15 MB.
pub const MOST_HELD: usize = 6;

#[derive(Debug, Default)]
pub struct Album {
    pub inquiry: Option<InquiryId>,
    pub held: HashMap<FileRef, Held>,
    pub looks: HashMap<FileRef, Look>,
    /// Of the two sides.
    pub canvases: [Canvas; 2],
    /// What was on the screen, or was handed off.
    pub seen: HashSet<FileRef>,
}

#[derive(Debug)]
pub enum Held {
    /// On its way here.
    Asked,
    Here(Content),
    /// Why there is none, as a sentence.
    Failed(String),
}

/// What one side shows.
#[derive(Debug, Default)]
pub struct Canvas {
    pub wanted: Option<Order>,
    /// The newest that is drawn: of `wanted`, or of an earlier look at the same photo.
    pub shown: Option<(Order, Arc<Drawing>)>,
    pub problem: Option<String>,
}

/// One look at one photo in a room of so many columns and rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub file: FileRef,
    pub look: Look,
    pub room: (u16, u16),
}

impl Album {
    pub fn of(inquiry: Option<InquiryId>) -> Self {
        Self { inquiry, ..Self::default() }
    }

    pub fn look(&self, file: &FileRef) -> Look {
        self.looks.get(file).copied().unwrap_or_default()
    }

    pub fn picture(&self, file: &FileRef) -> Option<&Arc<Picture>> {
        match self.held.get(file) {
            Some(Held::Here(Content::Picture(picture, _))) => Some(picture),
            _ => None,
        }
    }

    /// The drawing of this photo on this side, if there is one.
    pub fn drawing(&self, side: usize, file: &FileRef) -> Option<&Arc<Drawing>> {
        let shown = self.canvases.get(side)?.shown.as_ref();
        shown.filter(|(order, _)| order.file == *file).map(|(_, drawing)| drawing)
    }

    /// Whether what is drawn is not yet what is wanted.
    pub fn is_drawing(&self, side: usize) -> bool {
        self.canvases.get(side).is_some_and(|canvas| {
            let shown = canvas.shown.as_ref().map(|(order, _)| order);
            canvas.problem.is_none() && canvas.wanted.as_ref() != shown
        })
    }

    /// Whether anything is held that must not stay.
    pub fn holds(&self) -> bool {
        !self.held.is_empty() || self.canvases.iter().any(|canvas| canvas.shown.is_some())
    }

    /// Lets go of all pixels; how they were looked at, and that they were, stays.
    pub fn close(&mut self) {
        self.held.clear();
        self.canvases = Default::default();
    }

    /// What failed is asked for again.
    pub fn forget_failures(&mut self) {
        self.held.retain(|_, held| !matches!(held, Held::Failed(_)));
        for canvas in &mut self.canvases {
            if canvas.problem.is_some() {
                *canvas = Canvas::default();
            }
        }
    }

    /// Lets go of photos beyond what is held at once, but not of those that are on the screen.
    pub fn make_room(&mut self, on_screen: &[&FileRef]) {
        let mut beyond = self.held.len().saturating_sub(MOST_HELD);
        self.held.retain(|file, held| {
            let goes = beyond > 0 && matches!(held, Held::Here(_)) && !on_screen.contains(&file);
            beyond -= usize::from(goes);
            !goes
        });
    }
}

/// The full screen: one photo, or two side by side.
#[derive(Debug)]
pub struct Viewer {
    /// Places in the list of photos.
    pub sides: [usize; 2],
    pub pair: bool,
    /// The side that keys are about.
    pub active: usize,
    pub hand_off: Option<HandOff>,
}

/// A link on its way to where a photo can be seen in full.
#[derive(Debug)]
pub enum HandOff {
    /// Is it to be made?
    Asked,
    Waited(Way),
    /// On the screen, as a code to be photographed.
    Code(Secret<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Clipboard,
    Code,
}

impl Viewer {
    pub fn beside(photos: &[Photo], chosen: usize) -> Self {
        let (left, right) = pair(photos, chosen);
        let active = usize::from(right == Some(chosen));
        let right_or_left = right.unwrap_or(left);
        Self { sides: [left, right_or_left], pair: right.is_some(), active, hand_off: None }
    }

    /// The photo that keys are about.
    pub fn chosen(&self) -> usize {
        self.sides[self.active]
    }

    /// The next photo on the active side, round and round.
    pub fn turn(&mut self, photos: usize, by: isize) {
        let all = isize::try_from(photos.max(1)).unwrap_or(1);
        let at = isize::try_from(self.chosen()).unwrap_or(0);
        self.sides[self.active] = (at + by).rem_euclid(all).unsigned_abs();
    }
}

/// All photos and files of an inquiry, in reading order.
pub fn photos(file: &InquiryFile) -> Vec<Photo> {
    match file.inquiry.redacted_at {
        Some(_) => Vec::new(),
        None => crate::model::photo::photos(&file.verifications, &file.exhibits.documents),
    }
}

/// What stands on the left and on the right when this photo is chosen: the paper, and the living
/// person beside it.
pub fn pair(photos: &[Photo], chosen: usize) -> (usize, Option<usize>) {
    let first = |is: &dyn Fn(&Photo) -> bool| photos.iter().position(is);
    let is_selfie = photos.get(chosen).is_some_and(|photo| photo.shows.is_selfie());
    if is_selfie {
        let portrait = first(&|photo| photo.shows == Shows::Portrait);
        let paper = portrait.or_else(|| first(&|photo| photo.shows == Shows::Front));
        return match paper {
            Some(paper) => (paper, Some(chosen)),
            None => (chosen, None),
        };
    }
    (chosen, first(&|photo| photo.shows == Shows::Selfie))
}

/// Words about a drawing: how it was made, and what it cost.
pub fn cost(drawing: &Drawing) -> String {
    let size = super::format::bytes(drawing.bytes as u64);
    match &drawing.paint {
        Paint::Cells(_) => format!("half blocks: not fit for fine print · {size} sent"),
        Paint::Graphic(graphic) => format!("{} · {size} sent", graphic.protocol.words()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Holder, Text, VerificationId};

    fn photo(shows: Shows) -> Photo {
        let holder = Holder::Verification(VerificationId::new("ver_1").unwrap());
        Photo {
            file: FileRef { holder, part: Text::new(shows.words()), nth: 0 },
            shows,
            kind: Text::new("government-id"),
            later: 0,
            taken_at: None,
            capture: None,
            name: None,
            size: None,
        }
    }

    #[test]
    fn the_paper_stands_beside_the_person() {
        use Shows::{Back, Front, Portrait, Selfie, SelfieLeft};
        let all = [Front, Portrait, Selfie, SelfieLeft, Back].map(photo);
        assert_eq!(pair(&all, 0), (0, Some(2)));
        assert_eq!(pair(&all, 1), (1, Some(2)));
        assert_eq!(pair(&all, 2), (1, Some(2)));
        assert_eq!(pair(&all, 3), (1, Some(3)));
        assert_eq!(pair(&all, 4), (4, Some(2)));
        assert_eq!(pair(&all[..1], 0), (0, None));
        assert_eq!(pair(&all[2..4], 1), (1, None));
        assert_eq!(pair(&[], 0), (0, None));
    }

    #[test]
    fn photos_go_round_on_the_active_side() {
        let mut viewer = Viewer::beside(&[Shows::Front, Shows::Selfie].map(photo), 1);
        assert_eq!((viewer.sides, viewer.pair, viewer.active), ([0, 1], true, 1));
        viewer.turn(2, 1);
        assert_eq!(viewer.sides, [0, 0]);
        viewer.turn(2, -1);
        assert_eq!(viewer.sides, [0, 1]);
        viewer.turn(0, 1);
        assert_eq!(viewer.sides, [0, 0]);
    }

    #[test]
    fn what_is_on_the_screen_is_held_on_to() {
        let file = |nth: usize| FileRef { nth, ..photo(Shows::Page).file };
        let mut album = Album::default();
        for nth in 0..MOST_HELD + 3 {
            let other = Content::Other { what: "a PDF", bytes: 1 };
            album.held.insert(file(nth), Held::Here(other));
        }
        let shown = [file(0), file(1)];
        album.make_room(&shown.iter().collect::<Vec<_>>());
        assert_eq!(album.held.len(), MOST_HELD);
        assert!(shown.iter().all(|file| album.held.contains_key(file)));
    }
}
