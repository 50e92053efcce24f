//! Photos: what is fetched and drawn follows from what is on the screen, after every message. Keys
//! of the viewer change how they are looked at, and wait for nothing.

use super::{Effect, Pane, State, Tone, command, dialog, measure, reveal};
use crate::{
    model::{FileRef, InquiryId, Photo, Shows},
    tui::{
        album::{self, Album, HandOff, Held, Order, Viewer, Way},
        available::available,
        command::Command,
        frames::{self, Frame},
        keymap::{HandingOff, Viewing},
        msg::Msg,
        photo::{Area, Look, Protocol},
        state::{Overlay, Press, Tab},
    },
};

/// What the screen lacks is asked for, and what must not stay is let go of.
pub fn follow(state: &mut State) -> Vec<Effect> {
    let inquiry = frames::inquiry(state).map(|file| file.inquiry.id.clone());
    let mut effects = Vec::new();
    if inquiry.is_some() && state.album.inquiry != inquiry {
        let before = std::mem::replace(&mut state.album, Album::of(inquiry.clone()));
        effects.extend(before.inquiry.map(|_| Effect::ForgetLinks));
        if matches!(state.overlay, Some(Overlay::Photos(_))) {
            state.overlay = None;
        }
    }
    let is_left = inquiry.is_none() || state.lock.is_on() || frames::hidden(state).is_some();
    if is_left {
        if state.album.holds() {
            state.album.close();
            effects.push(Effect::ForgetLinks);
        }
        return effects;
    }
    let frames = frames::frames(state);
    for frame in &frames {
        effects.extend(inquiry.as_ref().and_then(|inquiry| fetch(state, inquiry, &frame.photo)));
        effects.extend(draw(state, frame));
    }
    for side in 0..state.album.canvases.len() {
        if !frames.iter().any(|frame| frame.side == side) {
            state.album.canvases[side] = Default::default();
        }
    }
    let on_screen: Vec<&FileRef> = frames.iter().map(|frame| &frame.photo.file).collect();
    state.album.make_room(&on_screen);
    effects
}

fn fetch(state: &mut State, inquiry: &InquiryId, photo: &Photo) -> Option<Effect> {
    // A video is too long to be worth a look for its first bytes.
    if photo.shows == Shows::Video || state.album.held.contains_key(&photo.file) {
        return None;
    }
    state.album.held.insert(photo.file.clone(), Held::Asked);
    Some(Effect::FetchPhoto { inquiry: inquiry.clone(), file: photo.file.clone() })
}

fn draw(state: &mut State, frame: &Frame) -> Option<Effect> {
    let (file, side) = (&frame.photo.file, frame.side);
    let picture = state.album.picture(file)?.clone();
    let means = state.means?;
    let order = Order {
        file: file.clone(),
        look: state.album.look(file),
        room: (frame.picture.width, frame.picture.height),
    };
    let canvas = state.album.canvases.get_mut(side)?;
    if canvas.wanted.as_ref() == Some(&order) {
        return None;
    }
    canvas.wanted = Some(order.clone());
    canvas.problem = None;
    // Another photo's picture must not stand under this one's name.
    if canvas.shown.as_ref().is_some_and(|(shown, _)| shown.file != order.file) {
        canvas.shown = None;
    }
    Some(Effect::DrawPhoto { side, order: Box::new(order), picture, means })
}

/// Answers about photos; those that nobody waits for any more are dropped.
pub fn take(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Photo(file, answer) => {
            if let Some(held) = state.album.held.get_mut(&file) {
                *held = match answer {
                    Ok(content) => Held::Here(content),
                    Err(why) => Held::Failed(why),
                };
            }
            Vec::new()
        }
        Msg::PhotoDrawn(side, order, answer) => {
            let canvas = state.album.canvases.get_mut(side).filter(|canvas| {
                canvas.wanted.as_ref().is_some_and(|wanted| wanted.file == order.file)
            });
            match (canvas, answer) {
                (Some(canvas), Ok(drawing)) => canvas.shown = Some((*order, drawing)),
                (Some(canvas), Err(why)) => canvas.problem = Some(why),
                (None, _) => {}
            }
            Vec::new()
        }
        Msg::HandedOff(file, way, answer) => handed_off(state, &file, way, answer),
        _ => Vec::new(),
    }
}

/// What is on the screen was looked at; the tab was when all that it shows was.
pub fn seen(state: &mut State) {
    let frames = frames::frames(state);
    let is_drawn = |frame: &&Frame| state.album.drawing(frame.side, &frame.photo.file).is_some();
    let drawn: Vec<FileRef> =
        frames.iter().filter(is_drawn).map(|frame| frame.photo.file.clone()).collect();
    if !frames.is_empty() && drawn.len() == frames.len() {
        looked(state);
    }
    state.album.seen.extend(drawn);
}

fn looked(state: &mut State) {
    let Some(detail) = &state.detail else { return };
    if let Some(version) = detail.evidence() {
        state.looked.entry((detail.subject.clone(), version)).or_default().insert(Tab::Photos);
    }
}

/// Opens the viewer on the photo under the cursor, or on the first.
pub fn open(state: &mut State) -> Vec<Effect> {
    if let Err(why) = available(state, Command::Photos) {
        return command::refuse(state, why);
    }
    let photos = frames::inquiry(state).map(album::photos).unwrap_or_default();
    let detail = state.detail.as_ref().filter(|detail| detail.tab == Tab::Photos);
    let last = photos.len().saturating_sub(1);
    let chosen = detail.map_or(0, |detail| detail.cursor.min(last));
    state.focus = Pane::Detail;
    state.toast = None;
    state.overlay = Some(Overlay::Photos(Viewer::beside(&photos, chosen)));
    measure(state);
    Vec::new()
}

/// A press while the viewer is open.
pub fn press(state: &mut State, key: Press) -> Vec<Effect> {
    state.toast = None;
    let Some(Overlay::Photos(viewer)) = &mut state.overlay else { return Vec::new() };
    if viewer.hand_off.is_some() {
        return in_hand_off(state, key);
    }
    let Some(viewing) = state.settings.keys.viewing(key) else {
        dialog::nothing_here(state, key);
        return Vec::new();
    };
    match viewing {
        Viewing::Close => {
            state.overlay = None;
            Vec::new()
        }
        Viewing::HandOff => {
            viewer.hand_off = Some(HandOff::Asked);
            Vec::new()
        }
        Viewing::OtherSide => {
            if viewer.pair {
                viewer.active = 1 - viewer.active;
            } else {
                state.say("there is one photo on the screen", Tone::Plain);
            }
            Vec::new()
        }
        Viewing::OneOrTwo => {
            viewer.pair = !viewer.pair;
            Vec::new()
        }
        Viewing::Next => turn(state, 1),
        Viewing::Previous => turn(state, -1),
        Viewing::Reveal => reveal::photos(state),
        Viewing::Again => command::act(state, Command::Refetch),
        looking => {
            look(state, looking);
            Vec::new()
        }
    }
}

fn turn(state: &mut State, by: isize) -> Vec<Effect> {
    let photos = frames::inquiry(state).map_or(0, |file| album::photos(file).len());
    if photos < 2 {
        state.say("there is no other photo", Tone::Plain);
        return Vec::new();
    }
    if let Some(Overlay::Photos(viewer)) = &mut state.overlay {
        viewer.turn(photos, by);
    }
    Vec::new()
}

/// Nearer, farther, turned, moved.
fn look(state: &mut State, viewing: Viewing) {
    let Some(Overlay::Photos(viewer)) = &state.overlay else { return };
    let shown = frames::frames(state);
    let Some(frame) = shown.into_iter().find(|frame| frame.side == viewer.active) else {
        state.say("there is no photo to look at", Tone::Plain);
        return;
    };
    let file = frame.photo.file.clone();
    let before = state.album.look(&file);
    if state.album.picture(&file).is_none() {
        state.say("this photo is not on the screen: nothing to move or turn", Tone::Plain);
        return;
    }
    let move_by = |by: (i8, i8)| {
        let Some(picture) = state.album.picture(&file) else { return before };
        before.moved((picture.width(), picture.height()), area(state, &frame), by)
    };
    let after: Look = match viewing {
        Viewing::Nearer => before.nearer(),
        Viewing::Farther => before.farther(),
        Viewing::Fit => before.fitted(),
        Viewing::Turn => before.turned(),
        Viewing::Left => move_by((-1, 0)),
        Viewing::Right => move_by((1, 0)),
        Viewing::Up => move_by((0, -1)),
        Viewing::Down => move_by((0, 1)),
        _ => before,
    };
    if after == before {
        state.say("it goes no further", Tone::Plain);
    }
    state.album.looks.insert(file, after);
}

/// The room that a picture is drawn in.
fn area(state: &State, frame: &Frame) -> Area {
    let cell = match state.means {
        Some(means) if means.protocol != Protocol::HalfBlocks => means.cell,
        _ => (1, 2),
    };
    Area { columns: frame.picture.width, rows: frame.picture.height, cell }
}

fn in_hand_off(state: &mut State, key: Press) -> Vec<Effect> {
    let chosen = chosen(state);
    let Some(Overlay::Photos(viewer)) = &mut state.overlay else { return Vec::new() };
    let way = match (&viewer.hand_off, state.settings.keys.handing_off(key)) {
        (_, HandingOff::Leave) => {
            viewer.hand_off = None;
            return Vec::new();
        }
        (Some(HandOff::Asked), HandingOff::Copy) => Way::Clipboard,
        (Some(HandOff::Asked), HandingOff::Code) => Way::Code,
        _ => {
            dialog::nothing_here(state, key);
            return Vec::new();
        }
    };
    let Some((inquiry, photo)) = chosen else { return Vec::new() };
    viewer.hand_off = Some(HandOff::Waited(way));
    vec![Effect::HandOff { inquiry, file: photo.file, way }]
}

/// The photo that keys of the viewer are about.
fn chosen(state: &State) -> Option<(InquiryId, Photo)> {
    let Some(Overlay::Photos(viewer)) = &state.overlay else { return None };
    let file = frames::inquiry(state)?;
    let photo = album::photos(file).into_iter().nth(viewer.chosen())?;
    Some((file.inquiry.id.clone(), photo))
}

/// The link goes where it was wanted, if somebody still waits for it.
fn handed_off(
    state: &mut State,
    file: &FileRef,
    way: Way,
    answer: Result<crate::secret::Secret<String>, String>,
) -> Vec<Effect> {
    let is_chosen = chosen(state).is_some_and(|(_, photo)| photo.file == *file);
    let viewer = match &mut state.overlay {
        Some(Overlay::Photos(viewer)) if is_chosen => viewer,
        _ => return Vec::new(),
    };
    let Some(HandOff::Waited(waited)) = viewer.hand_off.take() else { return Vec::new() };
    if waited != way {
        viewer.hand_off = Some(HandOff::Waited(waited));
        return Vec::new();
    }
    let link = match answer {
        Ok(link) => link,
        Err(why) => {
            state.say(format!("no link: {why}"), Tone::Bad);
            return Vec::new();
        }
    };
    let effects = match way {
        Way::Code => {
            viewer.hand_off = Some(HandOff::Code(link));
            Vec::new()
        }
        Way::Clipboard => {
            let said = "the link was sent to the terminal's clipboard; it opens for up to 6 hours";
            state.say(said, Tone::Good);
            vec![Effect::Copy(link)]
        }
    };
    state.album.seen.insert(file.clone());
    looked(state);
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{photo::Content, state::samples};

    #[test]
    fn without_photos_the_viewer_says_so() {
        let mut state = samples::reading("needs_review");
        assert!(open(&mut state).is_empty() && state.overlay.is_none());
        let said = state.toast.clone().map(|toast| toast.text);
        assert_eq!(said.as_deref(), Some("this inquiry has no photos"));
        state.detail = None;
        open(&mut state);
        let said = state.toast.clone().map(|toast| toast.text);
        assert_eq!(said.as_deref(), Some("only an inquiry has photos"));
    }

    #[test]
    fn an_answer_that_nobody_waits_for_is_dropped() {
        let mut state = samples::reading("needs_review");
        let holder =
            crate::model::Holder::Document(crate::model::DocumentId::new("doc_1").unwrap());
        let file = FileRef { holder, part: crate::model::Text::new("files"), nth: 0 };
        let other = Content::Other { what: "a PDF", bytes: 9 };
        take(&mut state, Msg::Photo(file.clone(), Ok(other.clone())));
        assert!(!state.album.holds());
        state.album.held.insert(file.clone(), Held::Asked);
        take(&mut state, Msg::Photo(file.clone(), Ok(other)));
        assert!(matches!(state.album.held.get(&file), Some(Held::Here(_))));
        let link = crate::secret::Secret::new("https://files.test/a".to_owned());
        assert!(take(&mut state, Msg::HandedOff(file, Way::Clipboard, Ok(link))).is_empty());
        assert!(state.toast.is_none() && state.overlay.is_none());
    }
}
