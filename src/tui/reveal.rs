//! What of the open item is shown in clear and until when, and how its values are written meanwhile.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{config::Mask, model::Pii};

/// What somebody asked to see of one item.
#[derive(Debug, Default)]
pub struct Reveals {
    /// All of it, until then.
    item: Option<Timestamp>,
    /// Single values by their places, each until then.
    places: BTreeMap<String, Timestamp>,
}

impl Reveals {
    pub fn item(&mut self, until: Timestamp) {
        self.item = Some(until);
    }

    pub fn place(&mut self, place: String, until: Timestamp) {
        self.places.insert(place, until);
    }

    pub fn hide_place(&mut self, place: &str) {
        self.places.remove(place);
    }

    pub fn hide_all(&mut self) {
        *self = Self::default();
    }

    /// Lets go of what has been shown long enough.
    pub fn expire(&mut self, now: Timestamp) {
        self.item = self.item.filter(|until| now < *until);
        self.places.retain(|_, until| now < *until);
    }

    pub fn shows_item(&self, now: Timestamp) -> bool {
        self.item.is_some_and(|until| now < until)
    }

    fn shows_place(&self, place: &str, now: Timestamp) -> bool {
        self.places.get(place).is_some_and(|until| now < *until)
    }

    /// `shown for up to 40 s`, of what stays longest; none where nothing is shown.
    pub fn words(&self, now: Timestamp) -> Option<String> {
        let last = self.ends(now).max()?;
        Some(format!("shown for up to {} s", steps(last, now) * STEP))
    }

    /// When something is hidden again, or the figure in the words changes.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let last = self.ends(now).max()?;
        let counted = last - SignedDuration::from_secs((steps(last, now) - 1) * STEP);
        self.ends(now).min().map(|first| first.min(counted))
    }

    fn ends(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        self.item.iter().chain(self.places.values()).copied().filter(move |until| now < *until)
    }
}

/// The figure counts down so many seconds at once: nothing is drawn in between.
const STEP: i64 = 10;

/// How many steps are left, one that has begun counted whole.
fn steps(until: Timestamp, now: Timestamp) -> i64 {
    let left = until.duration_since(now).as_millis();
    i64::try_from((left + 1_000 * i128::from(STEP) - 1) / (1_000 * i128::from(STEP))).unwrap_or(1)
}

/// How personal values of the open item are written now.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    mask: Mask,
    reveals: Option<&'a Reveals>,
    now: Timestamp,
}

impl<'a> Values<'a> {
    pub fn of(mask: Mask, reveals: Option<&'a Reveals>, now: Timestamp) -> Self {
        Self { mask, reveals, now }
    }

    /// Whether nothing of the item is masked.
    pub fn shows_all(self) -> bool {
        match self.mask {
            Mask::Everything => self.reveals.is_some_and(|reveals| reveals.shows_item(self.now)),
            Mask::Lists | Mask::Nothing => true,
        }
    }

    /// Whether the value at this place is in clear.
    pub fn shows(self, place: &str) -> bool {
        self.shows_all() || self.reveals.is_some_and(|reveals| reveals.shows_place(place, self.now))
    }

    /// The value in clear if this place is shown, else masked. `place` tells it from all others of
    /// the item and ends with the field's name: `typed/name-first`.
    pub fn write(self, place: &str, value: &Pii) -> String {
        match self.shows(place) {
            true => value.reveal().to_string(),
            false => value.masked_as(name_of(place)),
        }
    }
}

/// The field's name in a place.
fn name_of(place: &str) -> &str {
    place.rsplit_once('/').map_or(place, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn one_value_is_shown_for_its_time_and_no_other() {
        let mut reveals = Reveals::default();
        reveals.place("typed/birthdate".into(), at(60));
        let shows = |now| Values::of(Mask::Everything, Some(&reveals), at(now));
        assert!(shows(59).shows("typed/birthdate") && !shows(60).shows("typed/birthdate"));
        assert!(!shows(0).shows("typed/name-first") && !shows(0).shows_all());
        let born = Pii::new("1990-02-03");
        assert_eq!(shows(0).write("typed/birthdate", &born), "1990-02-03");
        assert_ne!(shows(0).write("ver_1/birthdate", &born), "1990-02-03");
        assert_eq!(Values::of(Mask::Lists, None, at(0)).write("x", &born), "1990-02-03");
        assert_ne!(Values::of(Mask::Everything, None, at(0)).write("x", &born), "1990-02-03");
    }

    #[test]
    fn the_words_count_down_in_steps_and_the_console_wakes_for_each() {
        let mut reveals = Reveals::default();
        assert_eq!((reveals.words(at(0)), reveals.next_change(at(0))), (None, None));
        reveals.item(at(60));
        let table =
            [(0, 60, 10), (1, 60, 10), (10, 50, 20), (49, 20, 50), (50, 10, 60), (59, 10, 60)];
        for (now, seconds, next) in table {
            let words = format!("shown for up to {seconds} s");
            assert_eq!(reveals.words(at(now)), Some(words), "{now}");
            assert_eq!(reveals.next_change(at(now)), Some(at(next)), "{now}");
        }
        assert_eq!((reveals.words(at(60)), reveals.next_change(at(60))), (None, None));
        reveals.place("a/b".into(), at(100));
        reveals.expire(at(60));
        assert!(!reveals.shows_item(at(0)), "what is over stays over when the clock goes back");
        assert_eq!(reveals.words(at(60)).as_deref(), Some("shown for up to 40 s"));
    }
}
