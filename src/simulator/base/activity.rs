//! What went on around inquiries: runs of the workflow, and what users did in the dashboard.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::world::{Object, USERS, written},
    Base,
    fixed::{WORKFLOW, WORKFLOW_VERSION, user_id},
    named::{AUDITED, Named},
    numbers::dice,
    object,
    plan::{Moment, Plan},
    to_one,
};

impl Base {
    pub(super) fn run_status(&self, inquiry: u64) -> &'static str {
        match self.plan.status_name(inquiry) {
            "created" | "pending" | "needs_review" => "in_progress",
            _ => "completed",
        }
    }

    /// The workflow that every new inquiry sets off.
    pub(super) fn run(&self, inquiry: u64) -> Object {
        let status = self.run_status(inquiry);
        let ended = self.plan.at(inquiry, Plan::latest(self.plan.status_name(inquiry)));
        let attributes = json!({
            "status": status, "created-at": written(self.plan.created(inquiry)),
            "completed-at": (status == "completed").then(|| written(ended)),
        });
        let cause = Named::Event(inquiry, Moment::Created as u64);
        let relationships = json!({
            "creator": to_one("event", &self.id(cause)),
            "workflow": to_one("workflow", WORKFLOW),
            "workflow-version": to_one("workflow-version", WORKFLOW_VERSION),
        });
        object("workflow-run", self.id(Named::Run(inquiry)), attributes, relationships)
    }

    /// Somebody looked at an inquiry.
    pub(super) fn audit(&self, nth: u64) -> Object {
        let inquiry = nth * AUDITED;
        let mut rng = dice(self.plan.seed, "audit", nth);
        let at = self.plan.created(inquiry) + SignedDuration::from_secs(200);
        let id = self.id(Named::Inquiry(inquiry));
        let (method, post): (&str, Value) = match rng.u8(..3) {
            0 => ("POST", "[FILTERED]".into()),
            _ => ("GET", json!({})),
        };
        let attributes = json!({
            "path": format!("/api/internal/dashboard/inquiries/{id}"), "method": method,
            "get-params": {}, "post-params": post,
            "ip-address": format!("203.0.113.{}", rng.u8(1..255)),
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
            "response-status": if rng.u8(..20) == 0 { 403 } else { 200 },
            "created-at": written(at), "impersonator-email-address": null,
            "context": { "inquiry-id": id },
        });
        let relationships = json!({
            "user": to_one("user", &user_id(rng.usize(..USERS.len()))),
            "user-session": to_one("user-session", "uses_Dashboard0000000000000001"),
        });
        object("user-audit-log", self.id(Named::Audit(nth)), attributes, relationships)
    }
}
