//! The search index: it knows of a change only some time after it was made.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::object::{Object, Packed};

/// So many changes are remembered at most: with more of them in the lag, it is shorter.
const MOST: usize = 10_000;

/// What objects were before their latest changes.
#[derive(Debug)]
pub struct Index {
    lag: SignedDuration,
    /// By id, oldest first; none: it was not there.
    before: HashMap<String, VecDeque<(Timestamp, Option<Packed>)>>,
    /// What was changed when, oldest first.
    order: VecDeque<(Timestamp, String)>,
}

/// How the index sees an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// As it is now.
    Now,
    /// As it was.
    Then(Object),
    /// Not yet at all.
    Never,
}

impl Index {
    pub fn new(lag: SignedDuration) -> Self {
        Self { lag, before: HashMap::new(), order: VecDeque::new() }
    }

    /// An object was changed at this time, and had been this.
    pub fn changed(&mut self, id: &str, before: Option<Object>, at: Timestamp) {
        let oldest = at - self.lag;
        while let Some((changed, _)) = self.order.front()
            && (*changed <= oldest || self.order.len() >= MOST)
        {
            self.forget_oldest();
        }
        let before = before.as_ref().map(Packed::of);
        self.before.entry(id.to_owned()).or_default().push_back((at, before));
        self.order.push_back((at, id.to_owned()));
    }

    fn forget_oldest(&mut self) {
        let Some((_, id)) = self.order.pop_front() else { return };
        if let Some(states) = self.before.get_mut(&id) {
            states.pop_front();
            if states.is_empty() {
                self.before.remove(&id);
            }
        }
    }

    pub fn sees(&self, id: &str, now: Timestamp) -> Seen {
        let known_until = now - self.lag;
        let states = self.before.get(id).into_iter().flatten();
        let mut unknown = states.filter(|(changed, _)| *changed > known_until);
        match unknown.next() {
            None => Seen::Now,
            Some((_, Some(before))) => Seen::Then(before.object()),
            Some((_, None)) => Seen::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    #[test]
    fn the_index_lags() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let object = |id: &str| Object {
            kind: "case".into(),
            id: id.into(),
            attributes: Map::new(),
            relationships: None,
        };
        let mut index = Index::new(SignedDuration::from_secs(60));
        index.changed("case_1", None, at(100));
        index.changed("case_1", Some(object("case_1")), at(130));
        assert_eq!(index.sees("case_1", at(150)), Seen::Never);
        assert_eq!(index.sees("case_1", at(160)), Seen::Then(object("case_1")));
        assert_eq!(index.sees("case_1", at(190)), Seen::Now);
        assert_eq!(index.sees("case_2", at(190)), Seen::Now);
    }

    #[test]
    fn what_it_remembers_has_bounds() {
        let at = |second| Timestamp::from_second(second).unwrap();
        // So many changes of so many objects, one a second: so many are remembered in the end.
        let table = [(5, 2, 5), (100, 7, 60), (100, 100, 60)];
        for (changes, objects, expected) in table {
            let mut index = Index::new(SignedDuration::from_secs(60));
            for nth in 0..changes {
                index.changed(&format!("inq_{}", nth % objects), None, at(nth));
            }
            let states: usize = index.before.values().map(VecDeque::len).sum();
            assert_eq!((states, index.order.len()), (expected, expected), "{changes} {objects}");
        }
        let mut index = Index::new(SignedDuration::from_secs(60));
        (0..2 * MOST).for_each(|nth| index.changed(&format!("inq_{nth}"), None, at(0)));
        assert_eq!((index.before.len(), index.order.len()), (MOST, MOST));
        assert_eq!(index.sees("inq_0", at(0)), Seen::Now, "it learnt of it sooner");
    }
}
