//! The nouns of a review: plain data, no I/O, nothing imported from the rest of the crate.
//!
//! Persona's words are kept as they are. Everything is open: unknown statuses, kinds and fields
//! are carried raw, and every attribute may be missing (a key's blocklist can remove any of them).

pub mod account;
pub mod action;
pub mod attempts;
pub mod bulk;
pub mod case;
pub mod claim;
pub mod comment;
pub mod compare;
pub mod day;
pub mod difference;
pub mod document;
pub mod entity;
pub mod event;
pub mod exhibit;
pub mod field;
pub mod filter;
pub mod findings;
pub mod forget;
pub mod history;
pub mod id;
pub mod identity;
pub mod inquiry;
pub mod journal;
pub mod kept;
pub mod lane;
pub mod likeness;
pub mod mapping;
pub mod mask;
pub mod matched;
pub mod mismatch;
pub mod naming;
pub mod photo;
pub mod pii;
pub mod proposal;
pub mod raw;
pub mod reasons;
pub mod records;
pub mod relation;
pub mod report;
pub mod session;
pub mod shared;
pub mod snooze;
pub mod template;
pub mod text;
pub mod timeline;
pub mod transaction;
pub mod unfinished;
pub mod verification;

pub use account::Account;
pub use action::{Action, ActionState, Evidence, IdempotencyKey, NewInquiry, Subject, Verb};
pub use case::{Case, StatusKind};
pub use claim::ClaimTag;
pub use comment::Comment;
pub use document::{Document, File};
pub use entity::{Batch, Entity};
pub use event::Event;
pub use exhibit::{Attached, Exhibit, Exhibits, Named};
pub use field::Field;
pub use history::{Contradicted, Verdict};
pub use id::{
    AccountId, AccountTypeId, ActionId, ApiKeyId, ApiLogId, AuditLogId, CaseId, DeviceId,
    DocumentId, EventId, InquiryId, RelatedId, ReportId, SessionId, TemplateId, TransactionId,
    VerificationId, WebhookId, WorkflowId, WorkflowRunId,
};
pub use identity::{Detail, GovernmentId, Identity, Selfie};
pub use inquiry::{Inquiry, InquiryStatus};
pub use journal::{
    Before, Decided, Exported, GivenReason, JournalEntry, KeyProfile, KeyRotation, PersonaSaid,
    Seen,
};
pub use kept::{KeptCommit, KeptDecision};
pub use lane::Lane;
pub use matched::{Match, MatchKind};
pub use mismatch::{Mismatch, Shape};
pub use photo::{FileRef, Holder, Photo, Shows};
pub use pii::Pii;
pub use relation::{Relation, Relations, Tie};
pub use report::Report;
pub use session::{Device, Session};
pub use shared::{Shared, Sharers};
pub use snooze::{Awaits, Snooze};
pub use template::{CaseTemplate, FieldSchema};
pub use text::Text;
pub use transaction::Transaction;
pub use unfinished::{Unfinished, Whereabouts, Written};
pub use verification::{Check, CheckStatus, Requirement, Verification};

/// Instants are UTC, to the microsecond in the store.
pub use jiff::Timestamp;
