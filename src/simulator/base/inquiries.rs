//! Inquiries, as they stand and as they stood before.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::world::{Object, USERS, written},
    Base, Novelties, accounts,
    fixed::user_id,
    named::{Named, REPORTS, sessions_of},
    numbers::dice,
    object,
    plan::{Moment, Plan},
    text, to_one,
};

const TAGS: [&str; 4] = ["vip", "second-look", "référence", "überprüft"];

/// What reviewers and workflows said with a decision.
const COMMENTS: [&str; 4] = [
    "decided by a workflow",
    "expired document, asked for a new one",
    "Name matches after transliteration.",
    "two lines\nof a comment",
];

impl Base {
    pub(super) fn inquiry(&self, inquiry: u64) -> Object {
        self.inquiry_as(inquiry, self.plan.status_name(inquiry))
    }

    /// An inquiry when it stood so.
    pub(super) fn inquiry_as(&self, inquiry: u64, status: &str) -> Object {
        let plan = &self.plan;
        let history: Vec<Moment> = Plan::history(status).collect();
        let when =
            |moment: Moment| history.contains(&moment).then(|| written(plan.at(inquiry, moment)));
        let mut rng = dice(plan.seed, "inquiry", inquiry);
        let decided = history.contains(&Moment::Decided);
        let finished = Plan::is_finished(status);
        // Whoever has begun has a day, and at least an hour and a half from the start.
        let expires = (plan.created(inquiry) + SignedDuration::from_hours(24))
            .max(plan.start + SignedDuration::from_mins(90));
        let is_open = matches!(status, "created" | "pending");
        let threat = ["low", "low", "low", "medium", "high"][rng.usize(..5)];
        let comment = COMMENTS[rng.usize(..COMMENTS.len())];
        let mut attributes = json!({
            "status": status,
            "reference-id": accounts::reference(Plan::account_of(inquiry)),
            "note": null,
            "behaviors": if finished { behaviors(&mut rng, threat) } else { json!({}) },
            "tags": if inquiry % 17 == 3 { json!([TAGS[rng.usize(..TAGS.len())]]) } else { json!([]) },
            "creator": "api@example.test",
            "reviewer-comment": decided.then_some(comment),
            "created-at": when(Moment::Created),
            "started-at": when(Moment::Started),
            "expires-at": is_open.then(|| written(expires)),
            "completed-at": when(Moment::Completed),
            "failed-at": when(Moment::Failed),
            "marked-for-review-at": when(Moment::Marked),
            "decisioned-at": when(Moment::Decided),
            "expired-at": when(Moment::Expired),
            "redacted-at": null,
            "updated-at": when(Plan::latest(status)),
            "previous-step-name": if finished { "verification" } else { "start" },
            "next-step-name": match status {
                "created" => "start",
                "pending" | "expired" => "verification",
                "needs_review" => "review",
                "failed" | "declined" => "failure",
                _ => "success",
            },
            "fields": self.fields(inquiry),
        });
        let mut relationships = self.of_inquiry(inquiry, status, decided);
        if plan.novelties == Novelties::Some {
            attributes["novel-attribute"] = json!({ "nested": [1, null, "two"] });
            if inquiry % 13 == 2 {
                // Some answers show an empty object where nothing is.
                relationships["template"] = json!({ "data": {} });
                relationships["novel-relationship"] = json!({ "data": {} });
            }
        }
        object("inquiry", self.id(Named::Inquiry(inquiry)), attributes, relationships)
    }

    fn fields(&self, inquiry: u64) -> Value {
        let account = Plan::account_of(inquiry);
        let person = self.plan.person(account);
        let none = || json!({ "type": "string", "value": null });
        let mut fields = json!({
            "name-first": text(&person.first),
            "name-middle": none(),
            "name-last": text(&person.last),
            "birthdate": { "type": "date", "value": person.birthdate },
            "email-address": text(&person.email),
            "phone-number": text(&person.phone),
            "address-street-1": text(&person.street),
            "address-street-2": none(),
            "address-city": text(&person.city),
            "address-subdivision": none(),
            "address-postal-code": text("00000"),
            "address-country-code": text(&person.country),
            "identification-number": none(),
        });
        if self.plan.is_about_a_firm(inquiry) {
            fields["business-name"] = text(&self.plan.firm_name(account));
            fields["is-founder"] = json!({ "type": "boolean", "value": inquiry.is_multiple_of(2) });
        }
        fields
    }

    fn of_inquiry(&self, inquiry: u64, status: &str, decided: bool) -> Value {
        let template = self.plan.template(inquiry);
        let [verifications, documents, selfies] = self.evidence(inquiry, status);
        let reviewer = match (decided, inquiry % 2) {
            (false, _) => json!({ "data": null }),
            (true, 0) => to_one("workflow-run", &self.id(Named::Run(inquiry))),
            (true, _) => {
                let user = dice(self.plan.seed, "reviewer", inquiry).usize(..USERS.len());
                to_one("user", &user_id(user))
            }
        };
        let sessions = (0..sessions_of(inquiry)).map(
            |nth| json!({ "type": "inquiry-session", "id": self.id(Named::Session(inquiry, nth)) }),
        );
        let reports = (0..REPORTS).filter(|_| inquiry.is_multiple_of(REPORTS)).map(|nth| {
            let kind = self.report_kind(inquiry, nth);
            json!({ "type": format!("report/{kind}"), "id": self.id(Named::Report(inquiry, nth)) })
        });
        json!({
            "account": to_one("account", &self.id(Named::Person(Plan::account_of(inquiry)))),
            "template": { "data": null },
            "inquiry-template": to_one("inquiry-template", template.id),
            "inquiry-template-version": to_one("inquiry-template-version", template.version),
            "transaction": { "data": null },
            "reviewer": reviewer,
            "reports": { "data": reports.collect::<Vec<_>>() },
            "verifications": { "data": verifications },
            "sessions": { "data": sessions.collect::<Vec<_>>() },
            "documents": { "data": documents },
            "selfies": { "data": selfies },
        })
    }
}

/// How somebody went through an inquiry.
fn behaviors(rng: &mut fastrand::Rng, threat: &str) -> Value {
    json!({
        "api-version-less-than-minimum-count": 0,
        "autofill-cancels": rng.u8(..2),
        "autofill-starts": rng.u8(..3),
        "behavior-threat-level": threat,
        "bot-score": rng.u8(1..99),
        "completion-time": f64::from(rng.u16(300..3_000)) / 10.0,
        "devtools-open": false,
        "distraction-events": rng.u8(..6),
        "hesitation-percentage": f64::from(rng.u16(..600)) / 10.0,
        "mobile-sdk-version-less-than-minimum-count": 0,
        "request-spoof-attempts": 0,
        "shortcut-copies": rng.u8(..3),
        "shortcut-pastes": rng.u8(..4),
        "user-agent-spoof-attempts": u8::from(threat == "high"),
    })
}
