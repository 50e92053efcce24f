//! The open item: what it is, then a part of its evidence, line by line. Lines with which something
//! can be done have numbers.

use super::numbered;
use crate::{
    config::Mask,
    desk::InquiryFile,
    model::Photo,
    tui::{
        album,
        detail::evidence,
        format, frames,
        panes::detail::{self, On, Row, Said},
        plain::words,
        state::{Detail, File, State, Tab},
    },
};

/// A line with a number: what it is about, and where it stands on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub row: usize,
    pub on: On,
}

#[derive(Debug, Default)]
pub struct Read {
    pub lines: Vec<String>,
    /// The first has number 1.
    pub points: Vec<Point>,
}

/// All of it, or only the part of the evidence that is open.
pub fn read(state: &State, whole: bool) -> Read {
    let mut read = Read::default();
    let (Some(detail), Some((title, above, rows))) = (&state.detail, detail::lines(state)) else {
        return read;
    };
    if whole {
        read.lines.push(format!("{} {}.", detail.subject.kind(), words::line(&title)));
        let above = above.iter().map(words::line).filter(|line| !line.is_empty());
        read.lines.extend(above);
    }
    if let File::Inquiry(file) = &detail.file
        && file.inquiry.redacted_at.is_none()
    {
        read.lines.push(tab(file, detail, state, whole));
    }
    if let Some(said) = detail.reveals.words(state.now) {
        read.lines.push(format!("Personal data is {said}."));
    }
    match (frames::inquiry(state), detail.tab) {
        (Some(file), Tab::Photos) if !album::photos(file).is_empty() => {
            photos(&mut read, &album::photos(file), state);
        }
        _ => page(&mut read, rows),
    }
    read
}

/// `Checks. Also compare, photos 4, sessions 2, timeline, raw. Not read yet: photos, sessions.`
fn tab(file: &InquiryFile, detail: &Detail, state: &State, whole: bool) -> String {
    let mut said = format!("{}.", detail.tab.title());
    if !whole {
        return said;
    }
    let pieces = evidence(file);
    let others = Tab::ALL.into_iter().filter(|tab| *tab != detail.tab);
    let others = others.filter_map(|tab| {
        let found = pieces.iter().find(|(with, _)| *with == tab);
        match (tab, found) {
            (Tab::Timeline | Tab::Raw | Tab::Compare, _) => Some(tab.word().to_string()),
            (_, None) => None,
            (_, Some((_, count))) => Some(format!("{} {count}", tab.word())),
        }
    });
    said += &format!(" Also {}.", others.collect::<Vec<_>>().join(", "));
    let unseen = state.unseen(detail).into_iter().filter(|tab| *tab != detail.tab);
    let unseen: Vec<String> = unseen.map(|tab| tab.word().to_string()).collect();
    if !unseen.is_empty() {
        said += &format!(" Not read yet: {}.", unseen.join(", "));
    }
    said
}

fn page(read: &mut Read, rows: Vec<Row<'_>>) {
    for (nth, row) in rows.into_iter().enumerate() {
        let said = match row.said {
            Said::Drawn => words::line(&row.line),
            Said::Words(said) => words::text(&said),
            Said::Fact(name, value) => {
                let value = words::value(&value);
                match (name.is_empty(), value.is_empty()) {
                    (_, true) => name,
                    (true, false) => value,
                    (false, false) => format!("{name}: {value}"),
                }
            }
            Said::Above => continue,
        };
        if said.is_empty() {
            continue;
        }
        match row.on.filter(leads) {
            // What is written over several lines is one value.
            Some(on) if goes_on(&on, read.points.last()) => {
                read.lines.push(said);
            }
            Some(on) => {
                read.points.push(Point { row: nth, on });
                read.lines.push(numbered(read.points.len(), &said));
            }
            None => read.lines.push(said),
        }
    }
}

fn goes_on(on: &On, last: Option<&Point>) -> bool {
    matches!(on, On::Value { .. }) && last.is_some_and(|last| last.on == *on)
}

/// Whether something can be done with a line.
fn leads(on: &On) -> bool {
    !matches!(on, On::Id(_))
}

/// Pixels say nothing here; what they are does, and where they can be seen.
fn photos(read: &mut Read, photos: &[Photo], state: &State) {
    read.lines.push(
        "Photos are not shown in plain mode. hand-off and a number makes a link to one in full quality."
            .to_owned(),
    );
    for (row, photo) in photos.iter().enumerate() {
        let taken = photo.taken_at.map(|at| format!("taken {} ago", format::age(at, state.now)));
        let parts = [
            Some(photo.shows.words().to_owned()),
            Some(format::kind(photo.kind.as_str())),
            photo.capture.as_ref().map(ToString::to_string),
            taken,
            photo.size.map(format::bytes),
            (photo.later > 0).then(|| "of an earlier attempt".to_owned()),
            state.album.seen.contains(&photo.file).then(|| "handed off".to_owned()),
        ];
        let said = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        read.points.push(Point { row, on: On::Photo });
        read.lines.push(numbered(row + 1, &words::text(&said)));
    }
}

/// The places of the page that are in clear now; nothing where nothing is ever masked.
pub fn shown(state: &State) -> Vec<String> {
    if state.settings.mask != Mask::Everything {
        return Vec::new();
    }
    let rows = detail::lines(state).map(|(.., rows)| rows).unwrap_or_default();
    let places = rows.into_iter().filter_map(|row| match row.on {
        Some(On::Value { place, .. }) => Some(place),
        _ => None,
    });
    let mut places: Vec<String> = places.filter(|place| state.values().shows(place)).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Field, Pii, Text},
        tui::{plain::say::tests::is_plain, state::samples},
    };

    #[test]
    fn an_inquiry_says_what_it_is_before_its_evidence() {
        let state = samples::reading("needs_review");
        let read = read(&state, true);
        assert_eq!(read.lines[0], "inquiry inq_sample, needs review.");
        assert_eq!(read.lines[1], "(no name)");
        assert!(
            read.lines.contains(&"Checks. Also compare, timeline, raw.".to_owned()),
            "{read:?}"
        );
        assert!(read.lines.iter().all(|line| is_plain(line)), "{read:?}");
    }

    #[test]
    fn values_have_numbers_and_are_masked_until_they_are_shown() {
        let mut state = samples::reading("needs_review");
        let now = state.now;
        let detail = state.detail.as_mut().unwrap();
        detail.tab = Tab::Compare;
        let File::Inquiry(file) = &mut detail.file else { unreachable!() };
        let field = |name, value| Field { name: Text::new(name), value: Pii::new(value) };
        file.inquiry.fields = vec![field("name-first", "Ada"), field("birthdate", "1990-02-03")];
        let masked = read(&state, false);
        assert!(masked.lines.contains(&"1. name first: masked A*".to_owned()), "{masked:?}");
        assert_eq!((masked.points.len(), shown(&state)), (2, Vec::new()));
        let until = now + std::time::Duration::from_secs(60);
        state.detail.as_mut().unwrap().reveals.place("typed/birthdate".into(), until);
        let clear = read(&state, false);
        assert!(clear.lines.contains(&"2. birthdate: 1990-02-03".to_owned()), "{clear:?}");
        assert_eq!(shown(&state), ["typed/birthdate"]);
    }
}
