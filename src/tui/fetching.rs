//! Working through a queue: what was fetched from it.

use crate::model::Subject;

#[derive(Debug, Default)]
pub struct Fetching {
    /// The next one is asked for.
    pub asked: bool,
    /// The one that is worked on.
    pub current: Option<Subject>,
    /// Those that were opened and left: they come again when nothing else is left.
    pub passed: Vec<Subject>,
}
