//! Simulated actions: what a person would do to an inquiry, in sandbox.

use serde_json::{Value, json};

use super::super::{
    call::{Call, Replied, Reply},
    keys::Environment,
    query::bad_request,
    rules::Step,
    world::{Refusal, written},
};

pub const BODY: &str =
    "{meta!: {simulate-actions!: [{type!: string, data: {verification-template-id!: string}}]}}";

/// What one action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// A person's own step: the status after it, its event, the attribute that dates it.
    Person(&'static str, &'static str, &'static str),
    Reviewer(Step),
    Verify(&'static str),
}

fn action(name: &str) -> Option<Action> {
    Some(match name {
        "start_inquiry" => Action::Person("pending", "inquiry.started", "started-at"),
        "complete_inquiry" => Action::Person("completed", "inquiry.completed", "completed-at"),
        "fail_inquiry" => Action::Person("failed", "inquiry.failed", "failed-at"),
        "expire_inquiry" => Action::Reviewer(Step::Expire),
        "mark_for_review_inquiry" => Action::Reviewer(Step::MarkForReview),
        "approve_inquiry" => Action::Reviewer(Step::Approve),
        "decline_inquiry" => Action::Reviewer(Step::Decline),
        "create_passed_verification" => Action::Verify("passed"),
        "create_failed_verification" => Action::Verify("failed"),
        _ => return None,
    })
}

/// Whether a person can come to a status from another.
fn can_reach(from: &str, to: &str) -> bool {
    matches!((from, to), ("created", "pending") | ("created" | "pending", "completed" | "failed"))
}

pub fn perform(call: &mut Call<'_>) -> Replied {
    call.caller.needs(Environment::Sandbox)?;
    let id = call.object("inquiry")?.id;
    let mut actions = Vec::new();
    for asked in call.meta("simulate-actions").as_array().into_iter().flatten() {
        let name = asked["type"].as_str().unwrap_or_default();
        let known = action(name)
            .ok_or_else(|| bad_request(format!("meta.simulate_actions cannot contain {name:?}")))?;
        if matches!(known, Action::Verify(_)) && asked["data"].is_null() {
            return Err(bad_request(
                "meta.simulate_actions.data.verification_template_id is missing",
            ));
        }
        let template = asked["data"]["verification-template-id"].as_str().map(str::to_owned);
        actions.push((known, template));
    }
    for (action, template) in actions {
        match action {
            Action::Reviewer(step) => call.world.step(&id, step, None, call.now)?,
            Action::Person(status, event, dated) => person(call, &id, status, event, dated)?,
            Action::Verify(status) => verify(call, &id, status, template.as_deref()),
        }
    }
    Ok(Reply::one(id))
}

fn person(
    call: &mut Call<'_>,
    id: &str,
    status: &'static str,
    event: &str,
    dated: &str,
) -> Result<(), Refusal> {
    let inquiry = call.object("inquiry")?;
    let from = inquiry.text("status");
    if !super::value(&inquiry, "redacted-at").is_null() {
        return Err(Refusal::new(409, "Conflict", "Inquiry already redacted"));
    }
    if !can_reach(from, status) {
        let why = format!("Inquiry cannot become {status} while it is {from}");
        return Err(Refusal::new(409, "Conflict", why));
    }
    let at = written(call.now);
    call.touch(id, |inquiry| {
        inquiry.set("status", status);
        inquiry.set(dated, at.clone());
        if super::value(inquiry, "started-at").is_null() {
            inquiry.set("started-at", at);
        }
        if status != "pending" {
            inquiry.set("expires-at", Value::Null);
        }
    });
    call.world.tell(event, id, call.now);
    Ok(())
}

/// A verification of the kind that its template's id speaks of, government id if of none.
fn verify(call: &mut Call<'_>, inquiry: &str, status: &str, template: Option<&str>) {
    let asked = template.unwrap_or_default().to_lowercase();
    let kind = ["selfie", "database", "document"].into_iter().find(|kind| asked.contains(kind));
    let kind = kind.unwrap_or("government-id");
    let check = match kind {
        "selfie" => "selfie_id_comparison",
        "database" => "database_name_comparison",
        "document" => "document_type_detection",
        _ => "id_barcode_detection",
    };
    let id = call.world.new_id("ver");
    let (at, seconds) = (written(call.now), call.now.as_second());
    let attributes = json!({
        "status": status, "created-at": at, "created-at-ts": seconds, "submitted-at": at,
        "submitted-at-ts": seconds, "completed-at": at, "completed-at-ts": seconds,
        "redacted-at": null, "country-code": "US", "tags": [],
        "checks": [{ "name": check, "status": status, "reasons": [], "requirement": "required",
            "metadata": {} }],
    });
    let none = json!({ "data": null });
    let account = call.world.get(inquiry).map(|inquiry| {
        let ids = inquiry.related("account").into_iter();
        ids.map(|id| json!({ "type": "account", "id": id })).collect::<Vec<_>>()
    });
    let relationships = json!({
        "inquiry": { "data": { "type": "inquiry", "id": inquiry } }, "template": none,
        "inquiry-template": none, "inquiry-template-version": none, "transaction": none,
        "verification-template":
            { "data": { "type": format!("verification-template/{kind}"), "id": template } },
        "verification-template-version": none, "accounts": { "data": account },
    });
    let kind = format!("verification/{kind}");
    call.world.add("verification", super::object(&kind, &id, attributes, Some(relationships)));
    call.touch(inquiry, |inquiry| super::attach(inquiry, "verifications", &kind, &id));
    for event in ["created", "submitted", status] {
        call.world.tell(&format!("verification.{event}"), &id, call.now);
    }
}
