//! Driving an inquiry through its life in the sandbox, as an applicant would.

use serde_json::{Value, json};

use crate::{
    model::{Inquiry, InquiryId, Text},
    persona::endpoint::{Endpoint, Request, Write},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulateAction {
    Start,
    Complete,
    Fail,
    Expire,
    MarkForReview,
    Approve,
    Decline,
    /// With a template of verifications, `vtmpl_…`.
    CreatePassedVerification(Text),
    CreateFailedVerification(Text),
}

impl SimulateAction {
    fn json(&self) -> Value {
        let plain = |name: &str| json!({ "type": name });
        let verification = |name: &str, template: &Text| json!({ "type": name, "data": { "verification-template-id": template.as_str() } });
        match self {
            Self::Start => plain("start_inquiry"),
            Self::Complete => plain("complete_inquiry"),
            Self::Fail => plain("fail_inquiry"),
            Self::Expire => plain("expire_inquiry"),
            Self::MarkForReview => plain("mark_for_review_inquiry"),
            Self::Approve => plain("approve_inquiry"),
            Self::Decline => plain("decline_inquiry"),
            Self::CreatePassedVerification(template) => {
                verification("create_passed_verification", template)
            }
            Self::CreateFailedVerification(template) => {
                verification("create_failed_verification", template)
            }
        }
    }
}

/// In order; webhooks are really delivered. Refused in production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformSimulateActions {
    pub id: InquiryId,
    pub actions: Vec<SimulateAction>,
}

impl Endpoint for PerformSimulateActions {
    type Output = Inquiry;

    fn request(&self) -> Request {
        let path = "/inquiries/{inquiry-id}/perform-simulate-actions";
        let actions: Vec<Value> = self.actions.iter().map(SimulateAction::json).collect();
        Request::post(path, "simulate actions on inquiry")
            .of(&self.id)
            .body(json!({ "meta": { "simulate-actions": actions } }))
    }
}
impl Write for PerformSimulateActions {}
