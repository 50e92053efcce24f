//! The world behind the simulator: every object is as the contract says, all that is named is
//! there, and a million inquiries are no more trouble than a hundred.

use std::collections::{BTreeMap, HashMap, HashSet};

use caseload::{secret::Secret, simulator::Novelties};
use serde_json::Value;

use super::*;
use crate::contract::Contract;

const PRODUCTION: &str = "persona_production_example";

/// Lists from which every other object can be reached.
const LISTS: [&str; 10] = [
    "inquiries",
    "cases",
    "accounts",
    "reports",
    "events",
    "transactions",
    "inquiry-sessions",
    "inquiry-templates",
    "workflow-runs",
    "user-audit-logs",
];

/// Objects that are only ever named.
const OUTSIDE: [&str; 4] = ["vtmpl_", "vtmplv_", "uses_", "actst_"];

async fn of(inquiries: usize, novelties: Novelties) -> Bench {
    let key = Secret::new(PRODUCTION.to_owned());
    let rate_limit = 100_000;
    Bench::of(Options { inquiries, novelties, key, rate_limit, ..Options::default() }).await
}

impl Bench {
    async fn page(&self, path: &str) -> Answer {
        let answer = self.get(path).key(PRODUCTION).now().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }

    /// At most so many objects of a list, and whatever can be reached from them: of each type at
    /// most so many.
    async fn reachable(&self, most: usize) -> Vec<Value> {
        let mut left: Vec<Value> = Vec::new();
        for list in LISTS {
            let mut next = Some(format!("/{list}?page[size]=100"));
            let mut count = 0;
            while let Some(path) = next.filter(|_| count < most) {
                let page = self.page(&path).await;
                let data = page.body["data"].as_array().unwrap();
                count += data.len();
                left.extend(data.iter().cloned());
                next = page.body["links"]["next"].as_str().map(str::to_owned);
            }
            assert!(count > 0, "there are no {list}");
        }
        let mut seen: HashSet<String> = left.iter().map(id).collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut found = Vec::new();
        while let Some(object) = left.pop() {
            let count = counts.entry(text(&object["type"])).or_default();
            *count += 1;
            // Rare kinds are only found by looking at every inquiry.
            if *count > 60 && object["type"] != "inquiry" {
                continue;
            }
            for pointer in pointers(&object) {
                let pointed = id(pointer);
                let outside = OUTSIDE.iter().any(|prefix| pointed.starts_with(prefix));
                if outside || !seen.insert(pointed.clone()) {
                    continue;
                }
                let target = self.simulator.object(&pointed);
                let target = target.unwrap_or_else(|| panic!("{} names {pointed}", id(&object)));
                assert_eq!(target["type"], pointer["type"], "{} names {pointed}", id(&object));
                left.push(target);
            }
            found.push(object);
        }
        found
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn id(object: &Value) -> String {
    text(&object["id"])
}

fn pointers(object: &Value) -> Vec<&Value> {
    let all = object["relationships"].as_object().into_iter().flatten();
    all.flat_map(|(_, one)| match &one["data"] {
        Value::Array(list) => list.iter().collect(),
        Value::Object(data) if data.contains_key("id") => vec![&one["data"]],
        _ => Vec::new(),
    })
    .collect()
}

/// The contract's name for a type.
fn schema(kind: &str) -> String {
    let kind = match kind.split_once('/') {
        Some(("selfie", _)) => "selfie".to_owned(),
        Some((family, "phone-number")) if family != "verification" => {
            format!("{family}-phone-risk")
        }
        _ => kind.replace('/', "-"),
    };
    format!("/components/schemas/{kind}")
}

#[tokio::test]
async fn every_object_is_as_the_contract_says() {
    let Some(contract) = Contract::at_hand() else { return };
    let bench = of(3_000, Novelties::None).await;
    let mut wrong = BTreeMap::new();
    let mut hold = |kind: &str, object: &Value| {
        let validator = contract.validator(&schema(kind));
        for error in validator.iter_errors(object) {
            let place = format!("{kind} {}", error.instance_path().as_str());
            wrong.entry(place).or_insert_with(|| error.to_string());
        }
    };
    let mut kinds = HashSet::new();
    for object in bench.reachable(3_000).await {
        let kind = text(&object["type"]);
        hold(&kind, &object);
        // One of each kind is redacted as well.
        let family = match kind.split_once('/') {
            Some((family @ ("verification" | "report"), _)) => family,
            _ => "",
        };
        if kinds.insert(kind.clone()) && !family.is_empty() {
            let path = format!("/{family}s/{}", id(&object));
            let redacted = bench.delete(path).key(PRODUCTION).now().await;
            assert_eq!(redacted.status, 200, "{kind}: {}", redacted.body);
            hold(&kind, &redacted.body["data"]);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let verifications = kinds.iter().filter(|kind| kind.starts_with("verification/")).count();
    assert_eq!(verifications, 44, "all kinds of verification");
    for family in ["document/", "selfie/", "report/", "report-template/"] {
        assert!(kinds.iter().any(|kind| kind.starts_with(family)), "no {family}");
    }
}

#[tokio::test]
async fn novelties_come_only_when_they_are_asked_for() {
    let kinds = |objects: &[Value]| -> HashSet<String> {
        objects.iter().map(|object| text(&object["type"])).collect()
    };
    let odd = |object: &Value| {
        object["attributes"]["status"] == "on_hold"
            || object["attributes"]["novel-attribute"] != Value::Null
    };
    let plain = of(200, Novelties::None).await.reachable(200).await;
    assert!(!plain.iter().any(odd) && !kinds(&plain).contains("verification/retina-scan"));
    let novel = of(200, Novelties::Some).await.reachable(200).await;
    assert!(novel.iter().any(odd) && kinds(&novel).contains("verification/retina-scan"));
}

#[tokio::test]
async fn files_are_there_as_they_are_described() {
    let bench = of(60, Novelties::None).await;
    let mut seen = HashSet::new();
    for inquiry in bench.simulator.inquiries("needs_review") {
        let path = format!("/inquiries/{inquiry}?include=verifications,documents,account");
        let answer = bench.page(&path).await;
        let mut files = Vec::new();
        gather(&answer.body["included"], &mut files);
        for file in files {
            let (url, size) = (text(&file["url"]), file["byte-size"].as_u64().unwrap());
            let response = bench.http.get(&url).send().await.unwrap();
            assert_eq!(response.status().as_u16(), 200, "{url}");
            let kind = text_of(response.headers().get("content-type"));
            let bytes = response.bytes().await.unwrap();
            assert_eq!(bytes.len() as u64, size, "{url}");
            let begins: &[u8] = match kind.as_str() {
                "image/png" => b"\x89PNG",
                "image/jpeg" => b"\xff\xd8\xff",
                _ => b"%PDF",
            };
            assert!(bytes.starts_with(begins), "{url} is {kind}");
            seen.insert(kind);
        }
    }
    assert_eq!(seen.len(), 3, "photos small and large, and papers: {seen:?}");
}

fn text_of(header: Option<&reqwest::header::HeaderValue>) -> String {
    header.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn gather(value: &Value, files: &mut Vec<Value>) {
    match value {
        Value::Object(members) if members.contains_key("byte-size") => files.push(value.clone()),
        Value::Object(members) => members.values().for_each(|value| gather(value, files)),
        Value::Array(items) => items.iter().for_each(|value| gather(value, files)),
        _ => {}
    }
}

#[tokio::test]
async fn a_million_inquiries_are_served_like_a_hundred() {
    let bench = of(1_000_000, Novelties::None).await;
    let mut next = Some("/inquiries?page[size]=100".to_owned());
    let mut seen = HashSet::new();
    for _ in 0..5 {
        let page = bench.page(&next.unwrap()).await;
        seen.extend(page.ids().into_iter().map(str::to_owned));
        next = page.body["links"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen.len(), 500);
    let page = bench.page("/inquiries?page[size]=100&filter[status]=needs_review").await;
    let inquiries = page.body["data"].as_array().unwrap();
    assert_eq!(inquiries.len(), 100);
    assert!(inquiries.iter().all(|one| one["attributes"]["status"] == "needs_review"));
    let account = text(&inquiries[7]["relationships"]["account"]["data"]["id"]);
    let page = bench.page(&format!("/inquiries?filter[account-id]={account}")).await;
    assert!(page.ids().contains(&id(&inquiries[7]).as_str()));
    let path = "/inquiries?filter[status]=expired&filter[created-at-end]=2026-02-10T00:00:00Z";
    assert_eq!(bench.page(path).await.ids().len(), 10);
    let path =
        format!("/inquiries/{}?include=account,verifications,reports,sessions", id(&inquiries[0]));
    assert!(!bench.page(&path).await.body["included"].as_array().unwrap().is_empty());
    let event = bench.page(&format!("/events?filter[object-id]={}", id(&inquiries[0]))).await;
    assert_eq!(event.body["data"][0]["attributes"]["payload"]["data"]["id"], inquiries[0]["id"]);
}
