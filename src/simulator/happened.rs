//! What happened since the start: the newest events, in a list that forgets.
//!
//! How far back Persona's own list reaches is not published, only that it does not reach back for ever. Here
//! it is a number of events; with the first that falls off, those of the first world are gone as well,
//! since all of them are older. What fell off is like what never was: its id finds nothing (404), as a
//! cursor it is none (400), and webhooks are not told of it any more.

use std::collections::{HashMap, VecDeque};

use super::object::{Object, Packed};

#[derive(Debug)]
pub struct Happened {
    /// Events of the first world, which stand before these.
    before: usize,
    most: usize,
    /// Oldest first.
    kept: VecDeque<(String, Packed)>,
    /// So many fell off.
    gone: usize,
    places: HashMap<String, usize>,
}

impl Happened {
    /// At most so many, and at least one.
    pub fn after(before: usize, most: usize) -> Self {
        let (kept, places) = (VecDeque::new(), HashMap::new());
        Self { before, most: most.max(1), kept, gone: 0, places }
    }

    pub fn add(&mut self, event: &Object) {
        if self.kept.len() == self.most
            && let Some((id, _)) = self.kept.pop_front()
        {
            self.places.remove(&id);
            self.gone += 1;
        }
        self.places.insert(event.id.clone(), self.end());
        self.kept.push_back((event.id.clone(), Packed::of(event)));
    }

    pub fn get(&self, id: &str) -> Option<Object> {
        let (_, event) = self.kept.get(self.place(id)? - self.oldest())?;
        Some(event.object())
    }

    /// Takes an event as it is now, if it is one of these.
    pub fn replace(&mut self, event: &Object) -> bool {
        let Some(place) = self.place(&event.id) else { return false };
        let nth = place - self.oldest();
        self.kept[nth].1 = Packed::of(event);
        true
    }

    /// Where an event stands among all that ever happened.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The id at a place; none at one that fell off.
    pub fn at(&self, place: usize) -> String {
        let nth = place.checked_sub(self.oldest());
        let kept = nth.and_then(|nth| self.kept.get(nth));
        kept.map(|(id, _)| id.clone()).unwrap_or_default()
    }

    /// The first place in the list that something stands at.
    pub fn first_place(&self) -> usize {
        if self.gone == 0 { 0 } else { self.oldest() }
    }

    /// The place behind the newest; it never goes back.
    pub fn end(&self) -> usize {
        self.oldest() + self.kept.len()
    }

    fn oldest(&self) -> usize {
        self.before + self.gone
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn event(nth: usize) -> Object {
        let mut attributes = Map::new();
        attributes.insert("nth".into(), nth.into());
        Object { kind: "event".into(), id: format!("evt_{nth}"), attributes, relationships: None }
    }

    #[test]
    fn the_newest_are_kept_and_the_others_are_gone() {
        // Events before, how many are kept, how many happen: the first place, the end, how many are gone.
        let table = [
            (0, 3, 0, 0, 0, 0),
            (7, 3, 3, 0, 10, 0),
            (7, 3, 4, 8, 11, 1),
            (7, 3, 6, 10, 13, 3),
            (0, 0, 2, 1, 2, 1),
        ];
        for (before, most, happen, first, end, gone) in table {
            let mut happened = Happened::after(before, most);
            (0..happen).for_each(|nth| happened.add(&event(nth)));
            let case = format!("{happen} after {before}, {most} kept");
            assert_eq!((happened.first_place(), happened.end()), (first, end), "{case}");
            for nth in 0..happen {
                let (id, place) = (format!("evt_{nth}"), before + nth);
                let is_gone = nth < gone;
                assert_eq!(happened.get(&id), (!is_gone).then(|| event(nth)), "{case}: {id}");
                assert_eq!(happened.place(&id), (!is_gone).then_some(place), "{case}: {id}");
                assert_eq!(happened.at(place), if is_gone { String::new() } else { id }, "{case}");
            }
            assert!(happened.places.len() <= most.max(1) && happened.kept.len() <= most.max(1));
        }
    }

    #[test]
    fn an_event_is_kept_as_it_is_now() {
        let mut happened = Happened::after(5, 2);
        (0..3).for_each(|nth| happened.add(&event(nth)));
        let mut told_more = event(2);
        told_more.set("context", "more");
        assert!(happened.replace(&told_more) && !happened.replace(&event(0)));
        assert_eq!(happened.get("evt_2"), Some(told_more));
        assert_eq!(happened.get("evt_1"), Some(event(1)));
    }
}
