//! The decisions on an inquiry. Each may be refused for its present state (409), and each sets off
//! the organisation's workflows and webhooks.

use serde_json::json;

use crate::{
    model::{Inquiry, InquiryId, Text},
    persona::endpoint::{Endpoint, Request, Write},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    pub id: InquiryId,
    pub comment: Option<Text>,
}

impl Endpoint for Approve {
    type Output = Inquiry;

    fn request(&self) -> Request {
        let request = Request::post("/inquiries/{inquiry-id}/approve", "approve inquiry");
        commented(request.of(&self.id), self.comment.as_ref())
    }
}
impl Write for Approve {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    pub id: InquiryId,
    pub comment: Option<Text>,
}

impl Endpoint for Decline {
    type Output = Inquiry;

    fn request(&self) -> Request {
        let request = Request::post("/inquiries/{inquiry-id}/decline", "decline inquiry");
        commented(request.of(&self.id), self.comment.as_ref())
    }
}
impl Write for Decline {}

fn commented(request: Request, comment: Option<&Text>) -> Request {
    match comment {
        Some(comment) => request.body(json!({ "meta": { "comment": comment.as_str() } })),
        None => request,
    }
}

/// Takes no comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkForReview {
    pub id: InquiryId,
}

impl Endpoint for MarkForReview {
    type Output = Inquiry;

    fn request(&self) -> Request {
        Request::post("/inquiries/{inquiry-id}/mark-for-review", "mark for review the inquiry")
            .of(&self.id)
    }
}
impl Write for MarkForReview {}

/// Its sessions and links end, and pending verifications are canceled; it can be resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expire {
    pub id: InquiryId,
}

impl Endpoint for Expire {
    type Output = Inquiry;

    fn request(&self) -> Request {
        Request::post("/inquiries/{inquiry-id}/expire", "expire inquiry").of(&self.id)
    }
}
impl Write for Expire {}
