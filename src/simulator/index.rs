//! The search index: it knows of a change only some time after it was made.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::world::Object;

/// What objects were before their latest changes.
#[derive(Debug)]
pub struct Index {
    lag: SignedDuration,
    /// By id, oldest first; none: it was not there.
    before: HashMap<String, Vec<(Timestamp, Option<Object>)>>,
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
        Self { lag, before: HashMap::new() }
    }

    /// An object was changed at this time, and had been this.
    pub fn changed(&mut self, id: &str, before: Option<Object>, at: Timestamp) {
        let oldest = at - self.lag;
        self.before.retain(|_, states| {
            states.retain(|(changed, _)| *changed > oldest);
            !states.is_empty()
        });
        self.before.entry(id.to_owned()).or_default().push((at, before));
    }

    pub fn sees(&self, id: &str, now: Timestamp) -> Seen {
        let known_until = now - self.lag;
        let states = self.before.get(id).into_iter().flatten();
        let mut unknown = states.filter(|(changed, _)| *changed > known_until);
        match unknown.next() {
            None => Seen::Now,
            Some((_, Some(before))) => Seen::Then(before.clone()),
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
}
