//! Bodies as Persona writes them in all its versions and casings, read; and bodies that nobody
//! would write, survived.

use caseload::{
    model::{
        AccountId, Case, CaseId, CheckStatus, Entity, Field, Inquiry, InquiryId, InquiryStatus,
        Relation, Requirement, Text, Verification,
    },
    persona::{
        DecodeError, Document, Endpoint, Found, PageFrom, accounts, cases, events, inquiries,
        limits,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::endpoints::all;

fn read<E: Endpoint>(endpoint: &E, body: &Value) -> Result<E::Output, DecodeError> {
    endpoint.decode(&Document::parse(body.to_string()).unwrap())
}

fn inquiry_id() -> InquiryId {
    InquiryId::new("inq_1").unwrap()
}

fn account_id() -> AccountId {
    AccountId::new("act_1").unwrap()
}

fn inquiry(body: &Value) -> Result<Found<Inquiry>, DecodeError> {
    read(&inquiries::Retrieve { id: inquiry_id() }, body)
}

fn case(body: &Value) -> Result<Found<Case>, DecodeError> {
    read(&cases::Retrieve { id: CaseId::new("case_1").unwrap() }, body)
}

fn values(fields: &[Field]) -> Vec<(String, String)> {
    fields.iter().map(|field| (field.name.to_string(), field.value.reveal().to_string())).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Keys of attributes and relationships in another casing.
pub fn recased(value: &Value, case: fn(&str) -> String) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (case(key), recased(value, case)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(|value| recased(value, case)).collect(),
        value => value.clone(),
    }
}

pub fn snake(key: &str) -> String {
    key.replace('-', "_")
}

pub fn camel(key: &str) -> String {
    let mut parts = key.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(1.min(part.len()));
        name + &head.to_uppercase() + tail
    })
}

fn declined() -> Value {
    json!({ "data": {
        "type": "inquiry", "id": "inq_7Q2mK9xTzB4uLhW1eRvN5aCd",
        "attributes": {
            "status": "declined", "reference-id": "cust-0042", "note": null,
            "behaviors": { "behavior-threat-level": "low", "completion-time": 88.4 },
            "tags": ["vip", null], "creator": "api@example.test", "reviewer-comment": "expired licence",
            "created-at": "2026-03-02T09:00:00.000Z", "started-at": "2026-03-02T09:01:10.000Z",
            "expires-at": null, "completed-at": "2026-03-02T09:04:00.000Z", "failed-at": null,
            "marked-for-review-at": "2026-03-02T09:04:02.000Z",
            "decisioned-at": "2026-03-02T10:15:00.000Z", "expired-at": null, "redacted-at": null,
            "updated-at": "2026-03-02T10:15:00.000Z",
            "fields": {
                "name-first": { "type": "string", "value": "Ada" },
                "birthdate": { "type": "date", "value": "1990-02-03" },
            },
        },
        "relationships": {
            "account": { "data": { "type": "account", "id": "act_A1b2C3d4E5f6G7h8J9k0L1m2" } },
            "template": { "data": null },
            "inquiry-template": { "data": { "type": "inquiry-template", "id": "itmpl_X" } },
            "reviewer": { "data": { "type": "user", "id": "user_X" } },
            "reports": { "data": [] },
            "verifications": { "data": [{ "type": "verification/government-id", "id": "ver_X" }] },
        },
    } })
}

#[test]
fn an_inquiry_is_read_in_every_casing() {
    for case in [str::to_owned, snake, camel] {
        let body = recased(&declined(), case);
        let found = inquiry(&body).unwrap().object;
        assert_eq!(found.status, InquiryStatus::Declined);
        assert_eq!(found.reference_id, Some(Text::new("cust-0042")));
        assert_eq!(found.account.unwrap().as_str(), "act_A1b2C3d4E5f6G7h8J9k0L1m2");
        assert_eq!(found.template.unwrap().as_str(), "itmpl_X");
        assert_eq!(found.verifications.len(), 1);
        assert_eq!(found.reviewer, Some(Text::new("user_X")));
        assert_eq!(found.reviewer_comment.unwrap().reveal().as_str(), "expired licence");
        assert_eq!(found.decisioned_at.unwrap().to_string(), "2026-03-02T10:15:00Z");
        assert_eq!((found.expires_at, found.note), (None, None));
        assert_eq!(found.tags, [Text::new("vip")]);
        let spelling = case("name-first");
        assert_eq!(
            values(&found.fields),
            [pair(&spelling, "Ada"), pair("birthdate", "1990-02-03")]
        );
    }
}

#[test]
fn whatever_is_missing_or_odd_is_absent() {
    let bodies = [
        json!({ "type": "inquiry", "id": "inq_1" }),
        json!({ "type": "inquiry", "id": "inq_1", "attributes": null, "relationships": null }),
        json!({ "type": "inquiry", "id": "inq_1", "attributes": {}, "relationships": {} }),
        json!({ "type": "inquiry", "id": "inq_1", "attributes": [], "relationships": 3 }),
        json!({ "type": "inquiry", "id": "inq_1",
            "attributes": { "created-at": "soon", "tags": "vip", "fields": [], "reference-id": {} },
            "relationships": { "account": { "data": {} }, "verifications": {}, "reviewer": null,
                "template": { "data": [] }, "inquiry-template": { "data": { "id": "../x" } } } }),
    ];
    for data in bodies {
        let found = inquiry(&json!({ "data": data, "included": null })).unwrap();
        assert_eq!(found.included, []);
        let inquiry = found.object;
        assert_eq!(inquiry.status.as_str(), "", "{data}");
        assert_eq!((inquiry.created_at, inquiry.account, inquiry.template), (None, None, None));
        assert_eq!((inquiry.reviewer, inquiry.reference_id), (None, None));
        assert!(inquiry.verifications.is_empty() && inquiry.fields.is_empty(), "{data}");
    }
    let novel = json!({ "data": { "type": "inquiry", "id": "inq_1", "attributes": {
        "status": "paused", "reference-id": 42 } } });
    let novel = inquiry(&novel).unwrap().object;
    assert_eq!(novel.status, InquiryStatus::Other(Text::new("paused")));
    assert_eq!(novel.reference_id, Some(Text::new("42")));
}

#[test]
fn what_is_no_answer_is_told_by_its_path() {
    let table = [
        (json!(null), "data"),
        (json!([]), "data"),
        (json!({ "errors": [] }), "data"),
        (json!({ "data": [] }), "data.type"),
        (json!({ "data": { "type": "inquiry" } }), "data.id"),
        (json!({ "data": { "type": "inquiry", "id": 7 } }), "data.id"),
        (json!({ "data": { "type": "inquiry", "id": "inq/../x" } }), "data.id"),
        (json!({ "data": { "type": "case", "id": "case_1" } }), "data.type"),
    ];
    for (body, path) in table {
        assert_eq!(inquiry(&body).unwrap_err().path, path, "{body}");
    }
}

#[test]
fn one_bad_object_does_not_hide_the_others() {
    let list = inquiries::List { filter: inquiries::Filter::default(), page: PageFrom::first(10) };
    let next = "/api/v1/inquiries?page%5Bafter%5D=inq_X&page%5Bsize%5D=10";
    let good = |id| json!({ "type": "inquiry", "id": id });
    let page = read(
        &list,
        &json!({ "data": [good("inq_1"), {}, null, good("no id"), { "type": "case", "id": "case_1" }, good("inq_2")],
            "links": { "prev": null, "next": next } }),
    )
    .unwrap();
    let ids: Vec<_> = page.items.iter().map(|inquiry| inquiry.id.as_str()).collect();
    assert_eq!(ids, ["inq_1", "inq_2"]);
    assert_eq!(page.next.unwrap().as_str(), next);
    for links in [json!(null), json!({}), json!({ "next": null }), json!({ "next": 3 })] {
        let page = read(&list, &json!({ "data": [], "links": links })).unwrap();
        assert_eq!(page.next, None, "{links}");
    }
    assert_eq!(read(&list, &json!({ "data": null })).unwrap_err().path, "data");
}

#[test]
fn older_versions_carry_personal_data_beside_the_fields() {
    let account = |attributes: Value| {
        let body =
            json!({ "data": { "type": "account", "id": "act_1", "attributes": attributes } });
        values(&read(&accounts::Retrieve { id: account_id() }, &body).unwrap().object.fields)
    };
    let old = account(
        json!({ "name-first": "Ada", "birthdate": "1990-02-03", "phone-number": null,
        "identification-numbers": { "dl": [{ "issuing-country": "US", "identification-number": "D1" }] } }),
    );
    assert_eq!(
        old,
        [
            pair("name-first", "Ada"),
            pair("birthdate", "1990-02-03"),
            pair("identification-numbers.dl.1.issuing-country", "US"),
            pair("identification-numbers.dl.1.identification-number", "D1"),
        ]
    );
    let string = |value: &str| json!({ "type": "string", "value": value });
    let both = account(json!({
        "name-first": "Old", "address-city": "Old",
        "fields": {
            "name": { "type": "hash", "value": {
                "first": string("Ada"), "middle": { "type": "string", "value": null }, "last": string("Test") } },
            "birthdate": { "type": "date", "value": "1990-02-03" },
            "identification_numbers": { "type": "array", "value": [{ "type": "hash", "value": {
                "identification_class": string("dl"), "identification_number": string("D1") } }] },
        },
    }));
    assert_eq!(
        both,
        [
            pair("name.first", "Ada"),
            pair("name.last", "Test"),
            pair("birthdate", "1990-02-03"),
            pair("identification_numbers.1.identification_class", "dl"),
            pair("identification_numbers.1.identification_number", "D1"),
            pair("address-city", "Old"),
        ]
    );
}

fn included(found: Found<Inquiry>) -> Vec<Verification> {
    let verification = |entity| match entity {
        Entity::Verification(verification) => Some(verification),
        _ => None,
    };
    found.included.into_iter().filter_map(verification).collect()
}

#[test]
fn a_verification_keeps_the_evidence_and_no_links_or_codes() {
    let photo = "https://files.withpersona.com/front.jpg?access_token=secret";
    let mut body = declined();
    body["included"] = json!([
        { "type": "verification/government-id", "id": "ver_X",
          "attributes": {
            "status": "failed", "created-at": "2026-03-02T09:02:00.000Z", "created-at-ts": 1772442120,
            "submitted-at": null, "submitted-at-ts": null, "completed-at": null, "completed-at-ts": null,
            "country-code": "US", "tags": [], "redacted-at": null, "entity-confidence-score": 99.0,
            "entity-confidence-reasons": [], "front-photo-url": photo, "video-url": photo,
            "photo-urls": [{ "page": "front", "url": photo, "original-urls": [photo], "byte-size": 3 }],
            "selfie-photo": { "url": photo, "filename": "s.jpg", "byte-size": 3 },
            "id-class": "dl", "name-first": "Ada", "document-number": 1234, "designations": ["a", "b"],
            "native-name-first": null, "expiration-date": "2020-01-01",
            "checks": [
                { "name": "id_expired_detection", "status": "failed", "reasons": ["expired", null],
                  "requirement": "required", "metadata": {} },
                { "name": "id_novel_detection", "status": "unsure", "reasons": null, "requirement": "maybe" },
                { "status": "failed" }, null,
            ],
          },
          "relationships": { "inquiry": { "data": { "type": "inquiry", "id": "inq_1" } } } },
        { "type": "verification/email-address", "id": "ver_Y", "attributes": {
            "status": "confirmed", "email-address": "ada@example.test", "confirmation-code": "123456", "checks": null } },
        { "type": "verification/novel", "id": "ver_Z" },
        { "type": "inquiry-session", "id": "iqse_X" },
        { "type": "verification/selfie", "id": "no id" },
    ]);
    let batch = inquiry(&body).unwrap().into_batch();
    assert_eq!(batch.hydrated.len(), 1);
    let found = included(inquiry(&body).unwrap());
    let kinds: Vec<_> = found.iter().map(|v| (v.kind.as_str(), v.status.as_str())).collect();
    assert_eq!(kinds, [("government-id", "failed"), ("email-address", "confirmed"), ("novel", "")]);
    let id = &found[0];
    assert_eq!(id.inquiry, Some(inquiry_id()));
    assert_eq!(id.country_code, Some(Text::new("US")));
    assert_eq!(
        values(&id.fields),
        [
            pair("id-class", "dl"),
            pair("name-first", "Ada"),
            pair("document-number", "1234"),
            pair("designations", "a, b"),
            pair("expiration-date", "2020-01-01"),
        ]
    );
    assert_eq!(id.checks.len(), 2);
    let (expired, novel) = (&id.checks[0], &id.checks[1]);
    assert_eq!(
        (&expired.status, &expired.requirement),
        (&CheckStatus::Failed, &Requirement::Required)
    );
    assert_eq!(expired.reasons, [Text::new("expired")]);
    assert_eq!(novel.status, CheckStatus::Other(Text::new("unsure")));
    assert_eq!(novel.requirement, Requirement::Other(Text::new("maybe")));
    assert_eq!(values(&found[1].fields), [pair("email-address", "ada@example.test")]);
}

#[test]
fn text_from_outside_is_inert() {
    let hostile = "Open\u{1b}[2J\u{202e}";
    let body = json!({ "data": { "type": "case", "id": "case_1", "attributes": {
        "status": hostile, "name": hostile, "tags": [hostile], "fields": { hostile: hostile } } } });
    let written = format!("{:?}", case(&body).unwrap());
    assert!(!written.contains("u{1b}") && !written.contains("202e"), "{written}");
    assert!(!format!("{:?}", case(&body).unwrap().object.fields).contains('\u{1b}'));
}

#[test]
fn a_case_an_event_and_limits_are_read() {
    let attributes = json!({ "status": "Open", "name": "KYC-17", "resolution": null,
        "created-at": "2026-03-02T09:04:03.000Z", "updated-at": "2026-03-02T09:04:03.000Z",
        "assigned-at": null, "resolved-at": null, "redacted-at": null,
        "sla-expires-at": "2026-03-03T09:04:03.000Z", "creator-id": "wfr_X", "assignee-id": null,
        "tags": [], "fields": { "priority": { "type": "string", "value": "high" } }, "attachments": [] });
    let body = json!({ "data": { "type": "case", "id": "case_1", "attributes": attributes,
        "relationships": {
            "inquiries": { "data": [{ "type": "inquiry", "id": "inq_1" }] },
            "accounts": { "data": [{ "type": "account", "id": "act_1" }] },
            "case-template": { "data": { "type": "case-template", "id": "ctmpl_1" } },
            "case-queue": { "data": null } } } });
    let found = case(&body).unwrap().object;
    assert_eq!((found.status.as_str(), found.is_resolved()), ("Open", false));
    assert_eq!(found.sla_expires_at.unwrap().to_string(), "2026-03-03T09:04:03Z");
    assert_eq!((found.inquiries, found.accounts), (vec![inquiry_id()], vec![account_id()]));
    assert_eq!(found.template.unwrap().as_str(), "ctmpl_1");
    assert_eq!(values(&found.fields), [pair("priority", "high")]);

    let list = events::List { names: vec![], objects: vec![], page: PageFrom::first(10) };
    let event = |payload: Value| {
        json!({ "type": "event", "id": "evt_X", "attributes": {
        "name": "account.added-relation", "payload": payload, "context": { "relation-schema-key": "business" },
        "created-at": "2026-03-02T09:05:00.000Z" } })
    };
    let account = json!({ "type": "account", "id": "act_X", "attributes": {} });
    let page = read(&list, &json!({ "data": [
        event(json!({ "data": account, "included": [account, null, { "type": "user", "id": "u" }] })),
        event(json!({ "data": account, "included": null })),
        event(json!({ "data": { "type": "transaction", "id": "txn_X" } })),
        event(json!(null)),
    ] })).unwrap();
    let seen: Vec<_> =
        page.items.iter().map(|event| (event.subject.is_some(), event.included.len())).collect();
    assert_eq!(seen, [(true, 1), (true, 0), (false, 0), (false, 0)]);

    let limits = json!({ "data": [{ "type": "rate-limit/api", "attributes": {
        "limit": 300, "remaining": 250, "seconds-to-reset": 42 } }, {}] });
    let limits = read(&limits::RateLimits, &limits).unwrap();
    assert_eq!(limits, [limits::RateLimit { limit: 300, remaining: 250, seconds_to_reset: 42 }]);

    let relations = accounts::Relations::under(account_id(), Text::new("ubo"), PageFrom::first(10));
    let page = read(
        &relations,
        &json!({ "data": [account, {
        "type": "transaction", "id": "txn_X", "attributes": { "status": "open" } }] }),
    )
    .unwrap();
    assert!(matches!(&page.items[..], [Relation::Account(_), Relation::Other { .. }]));
}

#[test]
fn links_and_tokens_are_secret_or_dropped() {
    let mut body = declined();
    body["meta"] = json!({ "session-token": "eyJtoken", "one-time-link": "https://withpersona.com/verify?code=us1-x",
        "one-time-link-short": "https://perso.na/verify?code=X" });
    let link = inquiries::GenerateOneTimeLink { id: inquiry_id(), expires_in_seconds: None };
    let link = read(&link, &body).unwrap();
    assert_eq!(link.link.expose(), "https://withpersona.com/verify?code=us1-x");
    assert_eq!(link.short.as_ref().unwrap().expose(), "https://perso.na/verify?code=X");
    let written = format!("{link:?}{:?}", read(&inquiries::Resume { id: inquiry_id() }, &body));
    assert!(!written.contains("code=") && !written.contains("eyJtoken"), "{written}");
    let without = read(
        &inquiries::GenerateOneTimeLink { id: inquiry_id(), expires_in_seconds: None },
        &declined(),
    );
    assert_eq!(without.unwrap_err().path, "meta.one-time-link");
}

/// JSON that often looks like a body: the member names and values that decoding asks for.
fn nearly_a_body() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "data", "included", "links", "next", "meta", "errors", "title", "details", "type", "id",
            "attributes", "relationships", "fields", "value", "url", "filename", "status", "checks",
            "name", "reasons", "payload", "created-at", "createdAt", "account", "verifications",
            "one-time-link", "tags", "limit", "remaining", "seconds-to-reset",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "inquiry",
            "case",
            "account",
            "event",
            "verification/selfie",
            "verification/",
            "inq_1",
            "2026-03-02T09:00:00Z",
            "9999999-99-99T99:99:99Z",
            "hash",
            "",
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            3 => prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// Reads a body as every answer that there is; what comes out does not matter.
fn read_as_everything(body: &Value) {
    let document = Document::parse(body.to_string()).unwrap();
    let _ = document.errors();
    for endpoint in all() {
        let _ = endpoint.read(&document);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_arrives_makes_us_panic(data in nearly_a_body(), body in nearly_a_body()) {
        read_as_everything(&body);
        read_as_everything(&json!({ "data": data }));
        read_as_everything(&json!({ "data": [data], "included": [body], "meta": body }));
        for kind in ["inquiry", "case", "account", "event", "verification/government-id", "report/x"] {
            let object = json!({ "type": kind, "id": "x_1", "attributes": data, "relationships": body });
            read_as_everything(&json!({ "data": object, "included": [object] }));
            read_as_everything(&json!({ "data": [object] }));
        }
    }
}

#[test]
fn a_case_is_read_with_all_that_it_was_asked_for_together_with() {
    let at = "2021-03-25T07:04:16.667Z";
    let one = |kind: &str, id: &str, attributes: Value| json!({ "type": kind, "id": id, "attributes": attributes });
    let check = json!({ "name": "id_expired_detection", "status": "failed",
        "requirement": "required", "reasons": [] });
    let body = json!({
        "data": { "type": "case", "id": "case_1", "attributes": { "status": "Approved" } },
        "included": [
            one("case-comment", "cscm_1", json!({ "message": "This is a\ncase comment",
                "created-at": at, "updated-at": at, "commenter-id": "admin@example.com",
                "commenter-type": "user" })),
            one("case-comment", "cscm_2", json!({})),
            one("case-queue", "cqueue_1", json!({ "name": "First look" })),
            one("case-template", "ctmpl_1", json!({ "name": "Review", "resolutions": ["Approved"],
                "field-schemas": [{ "type": "boolean", "key": "seen", "label": "",
                    "config": { "required": true } }] })),
            one("transaction", "txn_1", json!({ "status": "needs review", "reference-id": "abc-1" })),
            one("report/watchlist", "rep_1", json!({ "status": "ready", "has-match": true })),
            one("verification/government-id", "ver_1",
                json!({ "status": "failed", "checks": [check] })),
            one("case-comment", "../x", json!({ "message": "no id" })),
        ],
    });
    for casing in [str::to_owned, snake, camel] {
        let found = case(&recased(&body, casing)).unwrap();
        let batch = found.into_batch();
        let [(_, pieces)] = batch.exhibits.as_slice() else { panic!("one owner") };
        let all: caseload::model::Exhibits = pieces.iter().cloned().collect();
        assert_eq!(all.comments[0].message.reveal().as_str(), "This is a case comment");
        assert_eq!(all.comments[0].by, Some(Text::new("admin@example.com")));
        assert!(all.comments[0].created_at.is_some() && all.comments[1].message.is_empty());
        assert_eq!(all.name_of("cqueue_1"), Some(&Text::new("First look")));
        assert_eq!(all.name_of("ctmpl_1"), Some(&Text::new("Review")));
        let template = all.template.as_ref().unwrap();
        assert!(template.ends_with(&Text::new("approved")) && template.fields[0].required);
        assert_eq!(template.fields[0].label, None);
        assert_eq!(all.transactions[0].reference_id, Some(Text::new("abc-1")));
        assert_eq!(all.reports[0].evidence().status.as_str(), "match");
        assert_eq!((all.verifications[0].checks, all.verifications[0].failed), (1, 1));
    }
}

#[test]
fn the_official_example_of_a_case_is_read() {
    let Some(contract) = crate::contract::Contract::at_hand() else { return };
    let examples = &contract.whole["paths"]["/cases/{case-id}"]["get"]["responses"]["200"]["content"]
        ["application/json"]["examples"];
    let mut read = 0;
    for (_, example) in examples.as_object().into_iter().flatten() {
        let found = case(&example["value"]).unwrap();
        assert!(!found.object.status.is_empty() && found.object.queue.is_some());
        assert_eq!(found.object.keys().last(), Some("KCAS"));
        read += 1;
    }
    assert!(read > 0);
}
