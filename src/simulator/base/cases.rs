//! Cases: two of three inquiries that wait have one.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::{
        rules::CASE_TEMPLATES,
        world::{Object, USERS, written},
    },
    Base,
    numbers::dice,
    object,
    plan::Plan,
    text, to_one,
};
use crate::model::StatusKind;

impl Base {
    pub(super) fn case(&self, waiting: u64) -> Object {
        let nth = usize::try_from(waiting).expect("it was counted");
        let (inquiry, start) = (u64::from(self.waiting[nth]), self.plan.start);
        // The place among the cases, which two of three inquiries have.
        let place = nth / 3 * 2 + nth % 3;
        let template = &CASE_TEMPLATES[place % CASE_TEMPLATES.len()];
        let status = dice(self.plan.seed, "case", waiting).usize(..template.statuses.len());
        let (status, kind) = template.statuses[status];
        let at = written(self.plan.created(inquiry) + SignedDuration::from_mins(5));
        let ended = kind == StatusKind::End;
        // Some are late, some press, some have all day, some have none.
        let spread = i64::try_from(place % 1_000).expect("it is small");
        let sla = match place % 5 {
            0 => Some(start - SignedDuration::from_mins(20 + spread)),
            1 => Some(start + SignedDuration::from_mins(40)),
            2 | 3 => Some(start + SignedDuration::from_hours(6 + spread)),
            _ => None,
        };
        let assignee = (place % 2 == 0).then(|| USERS[place / 2 % USERS.len()]);
        let when = |is: bool, value: &str| if is { value.into() } else { Value::Null };
        let attributes = json!({
            "status": status, "name": format!("{}-{}", template.key, place + 1),
            "resolution": when(ended, status),
            "created-at": at, "updated-at": at,
            "assigned-at": when(assignee.is_some(), &at),
            "resolved-at": when(ended, &at),
            "redacted-at": null, "sla-expires-at": sla.map(written),
            "creator-id": "wfr_Opened00000000000000001", "creator-type": "workflow-run",
            "assignee-id": assignee,
            "assigner-id": when(assignee.is_some(), "cap_RoundRobin000000000001"),
            "assigner-type": when(assignee.is_some(), "case-assignment-policy"),
            "resolver-id": when(ended, USERS[1]),
            "resolver-type": when(ended, "user"),
            "updater-id": null, "updater-type": null, "tags": [],
            "fields": { "priority": text(if place % 4 == 0 { "high" } else { "normal" }) },
            "attachments": [],
        });
        let account = self.account_id(0, Plan::account_of(inquiry));
        let none = json!({ "data": [] });
        let relationships = json!({
            "accounts": { "data": [{ "type": "account", "id": account }] },
            "inquiries": { "data": [{ "type": "inquiry", "id": self.id("inq", inquiry) }] },
            "reports": none, "verifications": none, "txns": none, "case-comments": none,
            "case-template": to_one("case-template", template.id),
            "case-queue": { "data": null },
        });
        object("case", self.id("case", waiting), attributes, relationships)
    }
}
