//! Documents that applicants handed in, of any kind, and their files.

use super::{
    endpoint::{Endpoint, Object, Read, Request, answers},
    fields,
    files::{self, LinkedFiles},
    jsonapi::{DecodeError, Resource, is_spelled},
};
use crate::model::{Document, DocumentId, InquiryId, Text};

answers!(Document);

/// Read typed, or files; the rest is among the fields.
const TYPED: &[&str] = &[
    "status",
    "created-at",
    "processed-at",
    "processed-at-ts",
    "front-photo",
    "back-photo",
    "selfie-photo",
    "files",
    "files-normalized",
    "fields",
];

impl Object for Document {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        let kind = Text::new(resource.kind_of("document")?);
        let mut rest = fields::of(resource);
        for (name, value) in resource.attributes() {
            if !TYPED.iter().any(|typed| is_spelled(typed, name)) {
                fields::keep(&mut rest, resource, name, value);
            }
        }
        Ok(Self {
            id: resource.id(DocumentId::new)?,
            kind,
            status: resource.word("status", &["initiated", "submitted", "processed", "errored"]),
            inquiry: resource.one("inquiry", InquiryId::new),
            created_at: resource.instant("created-at"),
            processed_at: resource.instant("processed-at"),
            files: files::without_links(resource),
            fields: rest,
        })
    }
}

const DOCUMENT: &str = "/documents/{document-id}";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: DocumentId,
}

impl Endpoint for Retrieve {
    type Output = Document;

    fn request(&self) -> Request {
        Request::get(DOCUMENT, "retrieve document").of(&self.id)
    }
}
impl Read for Retrieve {}

/// Its files and those of its pages, with links that open them for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    pub id: DocumentId,
}

impl Endpoint for Files {
    type Output = LinkedFiles;

    fn request(&self) -> Request {
        Request::get(DOCUMENT, "find the files of document")
            .of(&self.id)
            .with("include", ["document-files"])
    }
}
impl Read for Files {}
