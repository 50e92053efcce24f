//! The photos of an inquiry: two side by side above a list of all. The cursor in the list chooses.

use ratatui::text::{Line, Span};

use super::page::{On, Page};
use crate::{
    desk::InquiryFile,
    model::Photo,
    tui::{
        album,
        command::Command,
        format,
        frames::{self, Hidden},
        state::State,
        theme::Theme,
    },
};

/// Rows of the list that stay in sight below pictures.
const LISTED: usize = 5;

/// How many of `room` lines are for pictures; none where that would leave no list.
pub fn height(photos: usize, room: usize) -> usize {
    let pictures = room.saturating_sub(photos.clamp(1, LISTED));
    // With a line above and below it a picture needs some rows to say anything.
    if photos == 0 || pictures < usize::from(frames::SMALLEST.1) + 2 { 0 } else { pictures }
}

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    let photos = album::photos(file);
    if photos.is_empty() {
        let said = match file.hydrated_at {
            Some(_) => "no photo or file was handed in".to_owned(),
            None => format!("not looked at yet: {} asks Persona", state.key(Command::Refetch)),
        };
        page.say(&said, theme.dim, width);
        return;
    }
    for photo in &photos {
        page.about(On::Photo, row(photo, state, width, theme));
    }
    if frames::hidden(state) == Some(Hidden::Off) {
        page.say("photos are off in the configuration: [ui] photos", theme.warn, width);
    }
}

/// `✓ document front         gov id      auto    13:02   1.2 MiB  earlier attempt`
fn row<'a>(photo: &Photo, state: &State, width: usize, theme: &Theme) -> Line<'a> {
    let mark = match state.album.seen.contains(&photo.file) {
        true => Span::styled(" ✓ ", theme.good),
        false => Span::styled(" • ", theme.warn),
    };
    let taken =
        photo.taken_at.map_or(String::new(), |at| format!("{} ago", format::age(at, state.now)));
    let capture = photo.capture.as_ref().map_or("", |how| how.as_str());
    let size = photo.size.map_or(String::new(), format::bytes);
    let aside = if photo.later > 0 { "earlier attempt" } else { "" };
    let facts = [
        format::fit(&format::kind(photo.kind.as_str()), 10),
        format::fit(capture, 7),
        format::fit(&taken, 10),
        format::fit(&size, 8),
        aside.to_owned(),
    ];
    let text = format!("{} {}", format::fit(photo.shows.words(), 25), facts.join(" "));
    Line::from(vec![mark, Span::raw(format::cut(&text, width.saturating_sub(3)))])
}
