//! Verifications: retrieve, of any kind. There is no list: they hang on inquiries.

mod decode;
mod detail;

use super::{
    endpoint::{Endpoint, Found, Read, Request},
    files::LinkedFiles,
};
use crate::model::{Verification, VerificationId};

const TEMPLATE: &str = "/verifications/{verification-id}";

/// Any kind, with the inquiry it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: VerificationId,
}

impl Endpoint for Retrieve {
    type Output = Found<Verification>;

    fn request(&self) -> Request {
        Request::get(TEMPLATE, "retrieve verification").of(&self.id).with("include", ["inquiry"])
    }
}
impl Read for Retrieve {}

/// Photos and other files, with links that open them for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    pub id: VerificationId,
}

impl Endpoint for Files {
    type Output = LinkedFiles;

    fn request(&self) -> Request {
        Request::get(TEMPLATE, "find the files of verification").of(&self.id).with("include", [""])
    }
}
impl Read for Files {}
