//! What a reviewer can pick to be copied.

use crate::model::Pii;

#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// `id of its account`
    pub title: &'static str,
    pub copied: Copied,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Copied {
    /// An id, or a link that only helps who may open it.
    Free(String),
    /// A personal value, with its place on the page.
    Personal { place: String, value: Pii },
}
