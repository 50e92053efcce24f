//! Which objects that come along are evidence that goes with the object asked for.

use super::{
    endpoint::Object,
    jsonapi::{DecodeError, Resource},
};
use crate::model::{
    CaseTemplate, Comment, Document, Exhibit, Named, Report, Session, Text, Transaction,
};

/// None for objects that are kept otherwise, or not at all.
pub fn exhibit(resource: &Resource<'_>) -> Option<Exhibit> {
    let family = resource.kind.split('/').next().unwrap_or(resource.kind);
    let read = match family {
        "inquiry-session" => Session::object(resource).map(Exhibit::Session),
        "report" => Report::object(resource).map(Exhibit::Report),
        "document" => Document::object(resource).map(Exhibit::Document),
        "case-comment" => Comment::object(resource).map(Exhibit::Comment),
        "transaction" => Transaction::object(resource).map(Exhibit::Transaction),
        "case-template" => CaseTemplate::object(resource).map(Exhibit::Template),
        "inquiry-template" | "template" | "case-queue" => {
            return named(resource, &["name"]);
        }
        "user" => return named(resource, &["email-address", "email", "name"]),
        _ => return None,
    };
    let noted = |why: DecodeError| resource.note("id", "an object that can be read", why.why);
    read.map_err(noted).ok()
}

/// By the first of some attributes that is there.
fn named(resource: &Resource<'_>, attributes: &[&str]) -> Option<Exhibit> {
    let name = attributes.iter().find_map(|name| resource.text(name))?;
    Some(Exhibit::Name(Named { id: Text::new(resource.id), name }))
}

impl Object for Comment {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("case-comment")?;
        let known = &["message", "created-at", "updated-at", "commenter-id", "commenter-type"];
        resource.expect_attributes(known, &[]);
        Ok(Self {
            id: Text::new(resource.id),
            message: resource.pii("message").unwrap_or_default(),
            by: resource.text("commenter-id"),
            created_at: resource.instant("created-at"),
            updated_at: resource.instant("updated-at"),
        })
    }
}
