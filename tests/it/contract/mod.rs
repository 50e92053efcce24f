//! Both sides of the wire against Persona's official contract, where that is at hand.

mod check;
mod document;
mod examples;
mod generated;
mod known;
mod proxy;
mod requests;
mod strategies;
mod through;

pub use self::document::Contract;

/// Operations that cannot succeed on any object that the simulated world has so far.
const AWAITED: &[&str] = &[
    "get /devices/{device-id}",
    "get /documents/{document-id}",
    "get /transactions/{transaction-id}",
    "get /user-audit-logs/{user-audit-log-id}",
    "get /workflow-runs/{workflow-run-id}",
    "post /reports/{report-id}/dismiss",
    "post /reports/{report-id}/pause",
    "post /workflows/{workflow-id}/trigger",
];
