//! Printing: what the dashboard prints of an object, as a PDF.

use super::endpoint::Request;
use crate::model::{InquiryId, ReportId, VerificationId};

/// What can be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Print {
    Inquiry(InquiryId),
    Verification(VerificationId),
    Report(ReportId),
}

impl Print {
    pub fn id(&self) -> &str {
        match self {
            Self::Inquiry(id) => id.as_str(),
            Self::Verification(id) => id.as_str(),
            Self::Report(id) => id.as_str(),
        }
    }

    pub fn request(&self) -> Request {
        let conflicting = &[400, 401, 403, 404, 409, 429];
        let request = match self {
            Self::Inquiry(id) => Request::get("/inquiries/{inquiry-id}/print", "print inquiry")
                .of(id)
                .refusing(conflicting),
            Self::Verification(id) => {
                Request::get("/verifications/{verification-id}/print", "print verification").of(id)
            }
            Self::Report(id) => Request::get("/reports/{report-id}/print", "print report")
                .of(id)
                .refusing(conflicting),
        };
        Request { accept: "application/pdf", ..request }
    }
}
