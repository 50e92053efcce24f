//! Cases: two of three inquiries that wait have one, with what was said in it.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::{
        rules::{CASE_TEMPLATES, CaseTemplate},
        world::{Object, USERS, written},
    },
    Base,
    fixed::QUEUES,
    named::{Named, REPORTS},
    numbers::dice,
    object,
    plan::{Moment, Plan},
    text, to_one, verifications,
};
use crate::model::StatusKind;

const TAGS: [&str; 3] = ["urgent", "returning", "日本"];

/// What reviewers tell each other.
const REMARKS: [&str; 5] = [
    "The second name is spelled differently on the document.",
    "Asked for a utility bill, waiting.",
    "Same address as the case before.\nPlease look at both.",
    "Élodie knows this firm 👍",
    "منتظر المستندات",
];

/// Where a case stands among the cases, which two of three inquiries that wait have.
fn place(waiting: u64) -> u64 {
    waiting / 3 * 2 + waiting % 3
}

fn template(waiting: u64) -> &'static CaseTemplate {
    let of = place(waiting) % CASE_TEMPLATES.len() as u64;
    &CASE_TEMPLATES[usize::try_from(of).unwrap_or_default()]
}

impl Base {
    pub(super) fn waiting_inquiry(&self, waiting: u64) -> u64 {
        u64::from(self.waiting[usize::try_from(waiting).expect("it was counted")])
    }

    pub(super) fn case_inquiry_at(&self, place: usize) -> u64 {
        let place = place as u64;
        self.waiting_inquiry(place / 2 * 3 + place % 2)
    }

    pub(super) fn case_status_at(&self, place: usize) -> &'static str {
        let place = place as u64;
        self.case_status(place / 2 * 3 + place % 2).0
    }

    pub(super) fn case_template_at(&self, place: usize) -> &'static CaseTemplate {
        &CASE_TEMPLATES[place % CASE_TEMPLATES.len()]
    }

    fn case_status(&self, waiting: u64) -> (&'static str, StatusKind) {
        let template = template(waiting);
        let status = match place(waiting) % 5 {
            // Late ones were not looked at yet.
            0 => 0,
            _ => dice(self.plan.seed, "case", waiting).usize(..template.statuses.len()),
        };
        template.statuses[status]
    }

    pub(super) fn case(&self, waiting: u64) -> Object {
        let (inquiry, start) = (self.waiting_inquiry(waiting), self.plan.start);
        let (template, place) = (template(waiting), place(waiting));
        let (status, kind) = self.case_status(waiting);
        let at = written(self.plan.at(inquiry, Moment::CaseOpened));
        let ended = kind == StatusKind::End;
        // Some are late, some press, some have all day, some have none.
        let spread = i64::try_from(place % 1_000).expect("it is small");
        let sla = match place % 5 {
            0 => Some(start - SignedDuration::from_mins(20 + spread)),
            1 => Some(start + SignedDuration::from_mins(40)),
            2 | 3 => Some(start + SignedDuration::from_hours(6 + spread)),
            _ => None,
        };
        let user = usize::try_from(place / 2).unwrap_or_default() % USERS.len();
        let assignee = place.is_multiple_of(2).then(|| USERS[user]);
        let when = |is: bool, value: &str| if is { value.into() } else { Value::Null };
        let id = self.id(Named::Case(waiting));
        let attachments =
            if place % 6 == 1 { json!([verifications::file(&id, "statement")]) } else { json!([]) };
        let tags: &[&str] = if place % 7 == 3 { &TAGS[..2] } else { &[] };
        let attributes = json!({
            "status": status, "name": format!("{}-{}", template.key, place + 1),
            "resolution": when(ended, status),
            "created-at": at, "updated-at": at,
            "assigned-at": when(assignee.is_some(), &at),
            "resolved-at": when(ended, &at),
            "redacted-at": null, "sla-expires-at": sla.map(written),
            "creator-id": self.id(Named::Run(inquiry)), "creator-type": "workflow-run",
            "assignee-id": assignee,
            "assigner-id": when(assignee.is_some(), "cap_RoundRobin000000000000001"),
            "assigner-type": when(assignee.is_some(), "case-assignment-policy"),
            "resolver-id": when(ended, USERS[1]),
            "resolver-type": when(ended, "user"),
            "updater-id": null, "updater-type": null, "tags": tags,
            "fields": self.case_fields(waiting),
            "attachments": attachments,
        });
        object("case", id, attributes, self.of_case(waiting, inquiry))
    }

    fn case_fields(&self, waiting: u64) -> Value {
        let risk = match waiting % 5 {
            0 => Value::Null,
            1 | 2 => "low".into(),
            _ => "medium: a new customer whose firm moves money between three countries".into(),
        };
        json!({
            "priority": text(if waiting.is_multiple_of(4) { "high" } else { "normal" }),
            "amount_at_risk": {
                "type": "number",
                "value": f64::from(dice(self.plan.seed, "amount", waiting).u16(..)) / 4.0,
            },
            "asked_for_documents": { "type": "boolean", "value": waiting.is_multiple_of(3) },
            "address_confirmed": { "type": "boolean", "value": waiting % 4 == 1 },
            "source_of_funds_seen": { "type": "boolean", "value": null },
            "risk_rating": { "type": "string", "value": risk },
            "note_to_reviewer": { "type": "string", "value": null },
        })
    }

    fn of_case(&self, waiting: u64, inquiry: u64) -> Value {
        let account = Named::Person(Plan::account_of(inquiry));
        let one = |kind: &str, named: Named| json!({ "type": kind, "id": self.id(named) });
        let all = |ids: Vec<Value>| json!({ "data": ids });
        let reports = (0..REPORTS).filter(|_| inquiry.is_multiple_of(REPORTS)).map(|nth| {
            let kind = format!("report/{}", self.report_kind(inquiry, nth));
            one(&kind, Named::Report(inquiry, nth))
        });
        let [verifications, ..] = self.evidence(inquiry, "needs_review");
        let comments = (0..self.comments(waiting))
            .map(|nth| one("case-comment", Named::Comment(waiting, nth)));
        let transactions =
            self.transaction_of(account).into_iter().map(|named| one("transaction", named));
        let queue = QUEUES.get(usize::try_from(waiting % 4).unwrap_or_default());
        let queue = queue.map_or(json!({ "data": null }), |(id, _)| to_one("case-queue", id));
        json!({
            "accounts": all(vec![one("account", account)]),
            "inquiries": all(vec![one("inquiry", Named::Inquiry(inquiry))]),
            "reports": all(reports.collect()),
            "verifications": { "data": verifications },
            "txns": all(transactions.collect()),
            "case-comments": all(comments.collect()),
            "case-template": to_one("case-template", template(waiting).id),
            "case-queue": queue,
        })
    }

    /// How many comments a case has.
    fn comments(&self, waiting: u64) -> u64 {
        dice(self.plan.seed, "comments", waiting).u64(..3)
    }

    /// None: the case has fewer.
    pub(super) fn comment(&self, waiting: u64, nth: u64) -> Option<Object> {
        if nth >= self.comments(waiting) {
            return None;
        }
        let mut rng = dice(self.plan.seed, "comment", waiting * 2 + nth);
        let opened = self.plan.at(self.waiting_inquiry(waiting), Moment::CaseOpened);
        let at = written(opened + SignedDuration::from_secs(20 + 15 * i64::from(nth > 0)));
        let attributes = json!({
            "message": REMARKS[rng.usize(..REMARKS.len())], "created-at": at, "updated-at": at,
            "commenter-id": USERS[rng.usize(..USERS.len())], "commenter-type": "user",
        });
        let id = self.id(Named::Comment(waiting, nth));
        Some(Object { relationships: None, ..object("case-comment", id, attributes, Value::Null) })
    }
}
