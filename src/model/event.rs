//! What Persona tells us happened, with the object as it was then.

use jiff::Timestamp;

use super::{Entity, EventId, Field, Text};

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: EventId,
    /// `inquiry.approved`, … An open set.
    pub name: Text,
    pub created_at: Option<Timestamp>,
    /// The payload's object, if it is of a type we keep.
    pub subject: Option<Entity>,
    /// What the object does not tell, such as the other end of a relation.
    pub context: Vec<Field>,
    /// Objects that came along.
    pub included: Vec<Entity>,
}
