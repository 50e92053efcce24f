//! The first world, held to its own rules.

use super::*;

const LISTS: [&str; 9] = [
    "inquiry",
    "account",
    "transaction",
    "case",
    "event",
    "report",
    "inquiry-session",
    "workflow-run",
    "user-audit-log",
];

fn base(inquiries: usize) -> Base {
    let start = "2026-03-02T12:00:00Z".parse().unwrap();
    Base::new(42, inquiries, start, Novelties::None)
}

fn known(base: &Base) -> Vec<String> {
    base.fixed().into_iter().map(|(_, object)| object.id).collect()
}

#[test]
fn a_million_are_there_when_they_are_asked_for() {
    let base = base(1_000_000);
    for list in LISTS {
        let count = base.count(list);
        assert!(count > 10_000, "{list}");
        for place in [0, 1, 2, count / 3, count / 2, count - 2, count - 1] {
            let id = base.at(list, place);
            assert_eq!(base.place(&id), Some((list, place)));
            let object = base.object(&id).unwrap();
            assert!(object.kind == list || object.kind.starts_with(&format!("{list}/")));
            assert_eq!(object.id, id);
            assert_eq!(base.object(&id), Some(object), "it is the same every time");
        }
    }
}

#[test]
fn places_and_ids_lead_to_each_other() {
    for inquiries in [1, 2, 9, 60, 100] {
        let base = base(inquiries);
        for list in LISTS {
            for place in 0..base.count(list) {
                let id = base.at(list, place);
                assert_eq!(base.place(&id), Some((list, place)), "{id} of {inquiries}");
            }
        }
    }
}

#[test]
fn whatever_an_object_points_at_is_there() {
    let base = base(400);
    let fixed = known(&base);
    let outside = ["vtmpl_", "vtmplv_", "uses_", "actst_"];
    let mut all: Vec<Object> = base.fixed().into_iter().map(|(_, object)| object).collect();
    for list in LISTS {
        all.extend((0..base.count(list)).filter_map(|place| base.object(&base.at(list, place))));
    }
    let mut seen = std::collections::HashSet::new();
    while let Some(object) = all.pop() {
        for (name, pointer) in object.relationships.iter().flatten() {
            let data = &pointer["data"];
            let one = std::slice::from_ref(data);
            for pointer in data.as_array().map_or(one, Vec::as_slice) {
                let Some(id) = pointer["id"].as_str() else { continue };
                if outside.iter().any(|prefix| id.starts_with(prefix))
                    || !seen.insert(id.to_owned())
                {
                    continue;
                }
                match base.object(id) {
                    Some(target) => {
                        assert_eq!(pointer["type"], target.kind.as_str(), "{} {name}", object.id);
                        all.push(target);
                    }
                    None => {
                        assert!(fixed.iter().any(|known| known == id), "{} {name} {id}", object.id);
                    }
                }
            }
        }
    }
    for kind in ["doc_", "docf_", "self_", "dev_", "net_", "cscm_", "wfr_", "rep_", "ver_"] {
        assert!(seen.iter().any(|id| id.starts_with(kind)), "nothing points at a {kind}");
    }
}

#[test]
fn every_kind_of_verification_is_among_a_few_thousand() {
    let base = base(4_000);
    let mut kinds = std::collections::HashSet::new();
    for inquiry in 0..4_000 {
        let status = base.plan.status_name(inquiry);
        kinds.extend(base.plan.verifications(inquiry, status).into_iter().map(|(kind, _)| kind));
    }
    assert_eq!(kinds.len(), 44);
}

#[test]
fn related_accounts_are_there_and_firms_know_their_owners() {
    let base = base(60);
    for place in 0..base.count("account") {
        let id = base.at("account", place);
        for key in RELATION_KEYS {
            for target in base.relations(&id, key) {
                assert!(base.object(&target).is_some(), "{id} {key} {target}");
                if key == "business" {
                    assert!(base.relations(&target, "beneficial_owners").contains(&id));
                }
            }
        }
    }
}

#[test]
fn a_sieve_leaves_exactly_what_has_the_value() {
    let base = base(120);
    let table = [
        ("inquiry", "status", "status"),
        ("inquiry", "reference-id", "reference-id"),
        ("case", "status", "status"),
        ("event", "name", "name"),
    ];
    for (list, filter, attribute) in table {
        let all = (0..base.count(list)).map(|place| base.object(&base.at(list, place)).unwrap());
        let all: Vec<String> = all.map(|object| object.text(attribute).to_owned()).collect();
        for wanted in all.iter().take(40) {
            let passes = base.sieve(list, filter, wanted).unwrap();
            for (place, own) in all.iter().enumerate() {
                assert_eq!(passes(place), own == wanted, "{list} {filter} {wanted} {place}");
            }
        }
    }
    for place in 0..120 {
        let object = base.object(&base.at("inquiry", place)).unwrap();
        let account = object.related("account")[0].to_owned();
        let passes =
            |filter: &str, value: &str| base.sieve("inquiry", filter, value).unwrap()(place);
        assert!(passes("account-id", &account) && passes("inquiry-id", &object.id));
        let created = object.text("created-at");
        assert!(passes("created-at-start", created) && passes("created-at-end", created));
    }
}

#[test]
fn events_happened_in_order_before_the_start() {
    let base = base(500);
    let events = (0..base.count("event")).map(|place| base.object(&base.at("event", place)));
    let mut last = String::new();
    for event in events.map(Option::unwrap) {
        let at = event.text("created-at").to_owned();
        assert!(last <= at && *at < *"2026-03-02T12:00:00.000Z", "{at} after {last}");
        last = at;
    }
}
