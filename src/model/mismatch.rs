//! Where an answer was not what this client expects: a shape, never a person's value.

use jiff::Timestamp;

use super::Text;

/// What was expected where, and what came instead. Two of them are the same mismatch if their
/// shapes are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Type of the object, such as `inquiry`; for a body as a whole, the endpoint's path template.
    pub kind: Text,
    /// From the object on, lists without numbers: `attributes.created-at`,
    /// `attributes.checks[].status`.
    pub path: Text,
    /// `a date-time`, `a known status`
    pub expected: Text,
    /// The JSON type, `missing`, or the word itself where the set of words is the contract's:
    /// `on_hold`.
    pub found: Text,
}

/// A shape and how often it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub shape: Shape,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub times: u64,
}
