//! Reports about people and firms: every third inquiry has three.

use fastrand::Rng;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::{
        people::Person,
        world::{Object, USERS, written},
    },
    Base, hits,
    named::{Named, REPORTS},
    numbers::dice,
    object,
    plan::Plan,
    to_one,
};

const OF_PEOPLE: [&str; 2] = ["watchlist", "politically-exposed-person"];
const BESIDES: [&str; 4] = ["adverse-media", "adverse-media", "email-address", "phone-number"];
const OF_FIRMS: [&str; 3] = ["business-watchlist", "business-adverse-media", "address-lookup"];

/// The template of a kind of report.
pub fn template_id(kind: &str) -> String {
    let letters = kind.split('-').flat_map(|word| {
        let (first, rest) = word.split_at(1);
        [first.to_uppercase(), rest.to_owned()]
    });
    let name: String = letters.collect();
    format!("rptp_{name:0<24.24}")
}

/// Every kind that the first world has.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    OF_PEOPLE.into_iter().chain(BESIDES.into_iter().skip(1)).chain(OF_FIRMS)
}

/// What a report found.
struct Findings {
    attributes: Value,
    has_match: bool,
}

impl Base {
    pub(super) fn report_kind(&self, inquiry: u64, nth: u64) -> &'static str {
        let slot = usize::try_from(nth % REPORTS).unwrap_or_default();
        if self.plan.is_about_a_firm(inquiry) {
            return OF_FIRMS[slot];
        }
        let besides = || BESIDES[dice(self.plan.seed, "besides", inquiry).usize(..BESIDES.len())];
        OF_PEOPLE.get(slot).copied().unwrap_or_else(besides)
    }

    pub(super) fn report_inquiry_at(&self, place: usize) -> u64 {
        let number = place as u64;
        number - number % REPORTS
    }

    pub(super) fn report(&self, inquiry: u64, nth: u64) -> Object {
        let plan = &self.plan;
        let kind = self.report_kind(inquiry, nth);
        let mut rng = dice(plan.seed, kind, inquiry * REPORTS + nth);
        let inquiry_status = plan.status_name(inquiry);
        let status = match (Plan::is_finished(inquiry_status), rng.u8(..60)) {
            (false, _) => "pending",
            (true, 0) => "errored",
            _ => "ready",
        };
        let suspected = match inquiry_status {
            "needs_review" | "declined" => rng.u8(..3) == 0,
            _ => rng.u8(..12) == 0,
        };
        let account = Plan::account_of(inquiry);
        let person = plan.person(account);
        let firm = plan.firm_name(account);
        let found = findings(&mut rng, kind, &person, &firm, suspected && status == "ready");
        let created = plan.created(inquiry) + SignedDuration::from_secs(30);
        let completed =
            (status != "pending").then(|| written(created + SignedDuration::from_secs(25)));
        let recurring = rng.u8(..3) == 0;
        let mut attributes = json!({
            "status": status, "created-at": written(created), "completed-at": completed,
            "redacted-at": null, "report-template-version-name": "v1",
            "has-match": found.has_match, "is-continuous": recurring && rng.bool(),
            "is-recurring": recurring, "tags": [],
        });
        if let (Some(all), Value::Object(own)) = (attributes.as_object_mut(), found.attributes) {
            all.extend(own);
        }
        let relationships = json!({
            "inquiry": to_one("inquiry", &self.id(Named::Inquiry(inquiry))),
            "account": to_one("account", &self.id(Named::Person(account))),
            "transaction": { "data": null },
            "report-template": to_one(&format!("report-template/{kind}"), &template_id(kind)),
        });
        let id = self.id(Named::Report(inquiry, nth));
        object(&format!("report/{kind}"), id, attributes, relationships)
    }
}

fn findings(rng: &mut Rng, kind: &str, person: &Person, firm: &str, hit: bool) -> Findings {
    let term = format!("{} {}", person.first, person.last).trim_end().to_owned();
    let ignored = hit && rng.u8(..3) == 0;
    let ignore = |one: Value| {
        json!([{
            "ignored-at": "2026-01-05T09:30:00.000Z",
            "run-history-completed-at": "2026-01-05T09:00:00.000Z",
            "match": one, "user": USERS[0], "ignore-reason": "Another birthdate",
        }])
    };
    let none = json!([]);
    let attributes = match kind {
        "watchlist" => json!({
            "name-first": person.first, "name-middle": null, "name-last": person.last,
            "term": term, "birthdate": person.birthdate, "country-code": person.country,
            "matched-lists": if hit { json!([hits::listing(rng, &term)]) } else { none.clone() },
            "ignore-list": none,
        }),
        "politically-exposed-person" => json!({
            "query": {
                "name-first": person.first, "name-middle": null, "name-last": person.last,
                "term": term, "birthdate": person.birthdate, "country-code": person.country,
            },
            "result": if hit { json!([hits::officeholder(rng, &term, person)]) } else { none.clone() },
            "ignore-list": none,
        }),
        "adverse-media" => json!({
            "name-first": person.first, "name-middle": null, "name-last": person.last,
            "term": term, "birthdate": person.birthdate,
            "birthdate-year": person.birthdate.split('-').next().and_then(|year| year.parse::<i64>().ok()),
            "country-code": person.country,
            "related-sources": if hit { json!([hits::subject(rng, &term)]) } else { none.clone() },
            "ignore-list-media": {},
            "ignore-list-entity": if ignored { ignore(hits::subject(rng, &term)) } else { none },
        }),
        "email-address" => hits::email(rng, &person.email),
        "phone-number" => hits::phone(rng, &person.phone, &person.country),
        "business-watchlist" => {
            let lists = if hit { json!([hits::firm_listing(rng)]) } else { none.clone() };
            let names: Vec<&str> = if hit { vec!["Sample Warning List"] } else { Vec::new() };
            json!({
                "matched-lists": names, "sanction-list": none, "fitness-probity-list": none,
                "warning-list": lists,
            })
        }
        "business-adverse-media" => json!({
            "term": firm,
            "related-sources": if hit { json!([hits::firm_subject(rng, firm)]) } else { none.clone() },
            "query": {
                "business-name": firm, "address-street": person.street, "address-city": person.city,
                "address-state": "Sample State", "address-country": person.country,
                "incorporation-date": "2012-06-01",
            },
            "result": { "adverse-media": if hit { json!([hits::article(rng)]) } else { none } },
        }),
        _ => json!({
            "addressee": firm, "address-street-1": person.street, "address-street-2": null,
            "address-city": person.city, "address-subdivision": "Sample State",
            "address-postal-code": "00000", "resolved-addressee": firm,
            "resolved-address-street-1": person.street, "resolved-address-city": person.city,
            "analysis-dpv-match-code": "Y", "analysis-dpv-match-code-decoded": "Confirmed",
            "metadata-latitude": 37.7, "metadata-longitude": -122.4, "error-message": null,
        }),
    };
    let finds = !matches!(kind, "email-address" | "phone-number" | "address-lookup");
    Findings { attributes, has_match: hit && finds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_have_ids_like_others() {
        for kind in kinds() {
            assert_eq!(template_id(kind).len(), "rptp_".len() + 24, "{kind}");
        }
        assert_eq!(template_id("watchlist"), "rptp_Watchlist000000000000000");
    }
}
