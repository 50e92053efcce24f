//! Inquiries and what was verified in them.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::{
        checks,
        world::{Object, written},
    },
    Base, Novelties, SLOTS, accounts,
    numbers::dice,
    object,
    plan::{Plan, STATUSES, TEMPLATES},
    text, to_one,
};

const VERSION: &str = "itmplv_Published0000000000001";

impl Base {
    pub(super) fn inquiry(&self, inquiry: u64) -> Object {
        let plan = &self.plan;
        let status = STATUSES[usize::from(plan.status(inquiry))];
        let account = Plan::account_of(inquiry);
        let (person, created) = (plan.person(account), plan.created(inquiry));
        let after = |minutes: i64| written(created + SignedDuration::from_mins(minutes));
        let finished = Plan::is_finished(status);
        let decided = matches!(status, "approved" | "declined");
        let review = status == "needs_review";
        let when = |is: bool, minutes: i64| if is { after(minutes).into() } else { Value::Null };
        let expires = (created + SignedDuration::from_hours(24))
            .max(plan.start + SignedDuration::from_mins(90));
        let is_open = matches!(status, "created" | "pending");
        let attributes = json!({
            "status": status, "reference-id": accounts::reference(account), "note": null,
            "behaviors": { "behavior-threat-level": "low", "completion-time": 88.4 },
            "tags": if inquiry % 17 == 3 { json!(["vip"]) } else { json!([]) },
            "creator": "api@example.test",
            "reviewer-comment": if decided { json!("decided by a workflow") } else { Value::Null },
            "created-at": after(0),
            "started-at": when(status != "created", 1),
            "expires-at": if is_open { written(expires).into() } else { Value::Null },
            "completed-at": when(finished && status != "failed", 3),
            "failed-at": when(status == "failed", 3),
            "marked-for-review-at": when(review, 4),
            "decisioned-at": when(decided, 60),
            "expired-at": when(status == "expired", 24 * 60),
            "redacted-at": null,
            "updated-at": after(if decided { 60 } else if review { 4 } else { 3 }),
            "previous-step-name": if finished { "verification_selfie" } else { "start" },
            "next-step-name": if review { "review" } else { "success" },
            "fields": {
                "name-first": text(&person.first),
                "name-last": text(&person.last),
                "birthdate": { "type": "date", "value": person.birthdate },
                "email-address": text(&person.email),
                "phone-number": text(&person.phone),
                "address-street-1": text(&person.street),
                "address-city": text(&person.city),
                "address-country-code": text(&person.country),
            },
        });
        let verification = |(nth, kind): (u64, &&str)| json!({ "type": format!("verification/{kind}"), "id": self.verification_id(inquiry, nth) });
        let kinds = plan.verifications(inquiry);
        let verifications: Vec<Value> = (0..).zip(&kinds).map(verification).collect();
        let none = json!({ "data": [] });
        let relationships = json!({
            "account": to_one("account", &self.account_id(0, account)),
            "template": { "data": null },
            "inquiry-template": to_one("inquiry-template", TEMPLATES[plan.template(inquiry)]),
            "inquiry-template-version": to_one("inquiry-template-version", VERSION),
            "transaction": { "data": null },
            "reviewer": { "data": null },
            "reports": none,
            "verifications": { "data": verifications },
            "sessions": none,
            "documents": none,
            "selfies": none,
        });
        object("inquiry", self.id("inq", inquiry), attributes, relationships)
    }

    fn verification_id(&self, inquiry: u64, nth: u64) -> String {
        self.id("ver", inquiry * SLOTS + nth)
    }

    /// None: the inquiry has fewer.
    pub(super) fn verification(&self, inquiry: u64, nth: u64) -> Option<Object> {
        let plan = &self.plan;
        let kind = *plan.verifications(inquiry).get(usize::try_from(nth).ok()?)?;
        let account = Plan::account_of(inquiry);
        let mut rng = dice(plan.seed, kind, inquiry);
        let outcome = plan.outcome(inquiry, nth);
        let mut attributes = checks::verification(&mut rng, kind, &plan.person(account), outcome);
        if plan.novelties == Novelties::Some
            && inquiry % 31 == 5
            && nth == 0
            && let Some(check) = attributes["checks"].as_array_mut().and_then(|all| all.first_mut())
        {
            check["status"] = "inconclusive".into();
        }
        for (name, minutes) in [("created-at", 1), ("submitted-at", 2), ("completed-at", 3)] {
            let at = plan.created(inquiry) + SignedDuration::from_mins(minutes);
            attributes.insert(name.into(), written(at).into());
            attributes.insert(format!("{name}-ts"), at.as_second().into());
        }
        let none = json!({ "data": null });
        let relationships = json!({
            "inquiry": to_one("inquiry", &self.id("inq", inquiry)),
            "template": none,
            "inquiry-template": to_one("inquiry-template", TEMPLATES[plan.template(inquiry)]),
            "inquiry-template-version": to_one("inquiry-template-version", VERSION),
            "transaction": none,
            "verification-template": none,
            "verification-template-version": none,
            "accounts": { "data": [{ "type": "account", "id": self.account_id(0, account) }] },
        });
        let id = self.verification_id(inquiry, nth);
        let made = object(&format!("verification/{kind}"), id, Value::Null, relationships);
        Some(Object { attributes, ..made })
    }
}
