//! What reports find: lists, offices, articles, and the reputation of addresses and numbers, all
//! of them made up.

use fastrand::Rng;
use serde_json::{Value, json};

use super::super::people::Person;

/// Name, slug, flag.
const LISTS: [[&str; 3]; 4] = [
    ["Sample Consolidated Sanctions List", "sample_sanctions", "US"],
    ["Muster Financial Sanctions", "muster_sanctions", "EU"],
    ["Specimen Fugitives", "specimen_fugitives", "GB"],
    ["Exemple Asset Freezes", "exemple_freezes", "FR"],
];
const OFFICES: [&str; 4] = [
    "Member of the Sample Parliament",
    "Deputy mayor of Musterstadt",
    "Judge at the Specimen Court",
    "Board member of Placeholder Rail",
];
const HEADLINES: [&str; 4] = [
    "Sample charges dropped in Musterstadt trial",
    "Placeholder bank fined over missing records",
    "Auditors question Specimen Metals",
    "Inquiry into fictive energy contracts",
];

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

/// The end of a made-up identifier.
fn token(rng: &mut Rng) -> String {
    (0..12).map(|_| rng.alphanumeric()).collect()
}

fn url(slug: &str) -> String {
    format!("https://lists.example/{slug}")
}

/// An entry of a watchlist under a name like this.
pub fn listing(rng: &mut Rng, term: &str) -> Value {
    let [name, slug, flag] = LISTS[rng.usize(..LISTS.len())];
    let born = json!({ "day": "17", "month": "3", "year": "1984", "granularity": "day" });
    let kind = if slug.ends_with("fugitives") { "fugitive" } else { "sanction" };
    json!({
        "name": name, "url": url(slug), "list-type": kind, "list-types": [kind], "slug": slug,
        "flag-code": flag,
        "entities": [
            { "name": term, "alias-type": "primary_name", "birthdates": [born] },
            { "name": format!("{term} (Sample)"), "alias-type": "aka", "birthdates": [] },
        ],
    })
}

/// Somebody of that name in an office.
pub fn officeholder(rng: &mut Rng, term: &str, person: &Person) -> Value {
    let source = token(rng);
    json!({
        "entity-id": token(rng), "name": term, "birthdates": [person.birthdate],
        "death-dates": [], "locations": ["Musterstadt"], "country": person.country, "sex": null,
        "topics": ["role.pep"],
        "positions": [{
            "pep-class": "2", "source-key": source, "name": pick(rng, &OFFICES),
            "topics": ["gov.national"], "start-date": "2019-05-01", "end-date": null,
        }],
        "associates": [{ "name": "Ada Placeholder", "relationship": "spouse", "topics": ["role.rca"] }],
        "affiliations": [{ "source-key": source, "name": "Sample Party" }],
        "related-urls": [{ "source-key": source, "name": "https://people.example/sample" }],
        "images": [],
        "sources": {
            source: { "url": "https://people.example/", "name": "Sample Register", "flag-code": "US" }
        },
        "match-types": ["name_exact", "year_of_birth"], "pep-type": "national",
    })
}

pub fn article(rng: &mut Rng) -> Value {
    let month = rng.u8(1..=12);
    json!({
        "title": pick(rng, &HEADLINES), "date": format!("2025-{month:02}-14"),
        "url": format!("https://news.example/{}", token(rng)),
    })
}

/// Somebody of that name in the press.
pub fn subject(rng: &mut Rng, term: &str) -> Value {
    let media = (0..rng.usize(1..=3)).map(|_| {
        let mut one = article(rng);
        one["snippet"] =
            format!("… {term}, a made-up person, was named in a made-up article …").into();
        one
    });
    let media: Vec<Value> = media.collect();
    json!({
        "akas": [format!("{term} (Sample)")], "birthdates": ["1984"],
        "match-types": ["name_fuzzy"], "media": media, "name": term,
        "sources": [{ "country-codes": ["US"], "name": "Example Herald", "types": ["adverse-media"] }],
        "entity-id": token(rng),
    })
}

/// A firm of that name in the press.
pub fn firm_subject(rng: &mut Rng, firm: &str) -> Value {
    let mut media = article(rng);
    media["snippet"] = format!("… {firm}, a made-up firm, was named …").into();
    json!({
        "akas": [format!("{firm} (Sample)")], "birthdates": [], "match_types": ["name_exact"],
        "media": [media], "name": firm, "id": token(rng),
        "sources": [{
            "country_codes": ["US"], "name": "Example Herald", "token": token(rng),
            "types": ["adverse-media"],
        }],
    })
}

pub fn firm_listing(rng: &mut Rng) -> Value {
    let [name, slug, _] = LISTS[rng.usize(..LISTS.len())];
    json!({ "name": name, "url": url(slug) })
}

pub fn email(rng: &mut Rng, address: &str) -> Value {
    let days = rng.u16(3..4_000);
    let suspicious = days < 30;
    json!({
        "email-address": address, "email-reputation": if suspicious { "low" } else { "high" },
        "email-reference-count": rng.u8(..40), "email-domain-reputation": "n/a",
        "email-first-seen-days": days, "email-estimated-age-days": days,
        "email-domain-age-days": 9_000, "email-credentials-leaked": rng.bool(),
        "email-data-breached": rng.bool(), "email-is-blocklisted": false, "email-is-spam": false,
        "email-is-free-provider": false, "email-is-disposable": suspicious,
        "email-is-deliverable": true, "email-is-valid-mx": true, "email-is-suspicious": suspicious,
        "email-domain-exists": true, "email-domain": "example.test",
    })
}

pub fn phone(rng: &mut Rng, number: &str, country: &str) -> Value {
    let score = rng.u16(1..999);
    let level = match score {
        0..400 => "low",
        400..750 => "medium",
        _ => "high",
    };
    json!({
        "phone-number": number, "phone-type": pick(rng, &["mobile", "fixed_line", "voip"]),
        "phone-carrier": "Example Mobile", "phone-city": null, "phone-subdivision": null,
        "phone-country-code": country, "phone-risk-level": level,
        "phone-risk-recommendation": if score < 750 { "allow" } else { "flag" },
        "phone-risk-score": score, "phone-risk-sim-swap": null,
    })
}
