//! What a reviewer sees of an inquiry's evidence, tab by tab.

use std::collections::BTreeMap;

use caseload::{
    clock::Clock,
    model::InquiryId,
    persona::{Document, Endpoint, inquiries},
    simulator::Scenario,
    store::Store,
};
use serde_json::{Value, json};

use crate::{
    contract::Contract,
    story::{Beginning, STATUSES, Story},
};

/// The tabs after the first, in order.
const TABS: [&str; 8] =
    ["Checks", "Compare", "Photos", "Sessions", "Reports", "Documents", "Timeline", "Raw"];

#[tokio::test]
async fn tabs_go_round_and_what_was_not_looked_at_is_named_and_written_down() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("a").await.sees("not seen: checks, compare").press("<esc>").await;
    for tab in TABS.iter().skip(1).chain([&"Checks"]) {
        story.press("]").await.sees(&format!("[{tab}"));
    }
    story.press("[").await.sees("[Raw").press("gn").await.sees("[Checks").press("gp").await;
    story.sees("[Raw").press("a").await.sees("all of its evidence was looked at");
    story.press("1<enter>").await;
    let lines = story.journal().await;
    let decided = lines.iter().find(|line| line["what"] == "decided").unwrap();
    assert_eq!(decided["subject"]["Inquiry"], id.as_str());
    let looked: Vec<&str> = decided["decision"]["looked_at"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for tab in ["checks", "compare", "sessions", "raw"] {
        assert!(looked.contains(&tab), "{tab} is not in {looked:?}");
    }
    // The next item starts from nothing.
    story.sees("[Checks").press("a").await.sees("not seen: compare").press("<esc>").await;
    // From the list nothing is looked at but what is on the screen there.
    story.press("hja").await.sees("not seen: checks, compare");
}

#[tokio::test]
async fn what_a_small_screen_cannot_show_is_not_decided() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("<enter>").await.resize(50, 10).await.sees("caseload needs");
    story.press("]a<enter>").await.pass(6).await;
    assert_eq!(story.simulator.effects(&id), 0);
    story.resize(120, 40).await.lacks("approve inq_").press("a").await.sees("approve inq_");
}

#[tokio::test]
async fn checks_that_failed_stand_first_with_their_reasons_in_words() {
    let mut story = Story::begin().await;
    story.press("<enter>").await;
    let screen = story.screen();
    let at = |words: &str| screen.find(words);
    let (failed, signal) = (at(" required   "), at(" signal     "));
    assert!(failed.is_some() && signal.is_some() && failed < signal, "{screen}");
    story.sees(" passed; x lists what failed only").lacks("✓ id");
    story.press("x").await.sees("failed only").sees("did not fail").lacks("✓ id");
    story.press("x").await.sees("✓ ").press("x").await.sees(" passed; x lists");
}

#[tokio::test]
async fn what_is_loaded_only_when_it_is_looked_at_says_so_when_it_cannot_be() {
    let mut story = Story::begin().await;
    story.press("gp").await.sees("\"").lacks("asking Persona…");
    story.press("gp").await.sees("events that Persona told").sees("inquiry created");
    story.sees("until now");
    story.simulator.set_scenario(Scenario::named("outage").unwrap());
    story.press("J").await.press("gp").await.sees("not here: ");
    story.press("gp").await.sees("Persona's events are missing: ").sees("inquiry created");
    story.simulator.set_scenario(Scenario::default());
    story.press("R").await.sees("events that Persona told");
}

#[tokio::test]
async fn the_raw_object_folds_is_searched_and_hides_what_opens_doors() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    let last = story.simulator.object(&id).unwrap()["attributes"]["fields"]["name-last"]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    story.press("gp").await.sees("attributes: ▾ {").lacks(&last);
    story.press("/name-last<enter>").await.sees("/data/attributes/fields/name-last/value");
    story.sees("find: name-last").lacks("/data/type").press("P").await.sees(&last);
    story.press("\\").await.lacks("find: ").sees("▾ {");
    story.press("gg<enter>").await.sees("▸ {").lacks("attributes").press("<enter>").await;
    story.press("/photo-url<enter>").await.lacks("access_token").lacks("http");
    story.press("/nothing-is-called-so<enter>").await.sees("nothing here is called so");
    story.press("/<esc>").await.lacks("nothing here is called so");
}

/// Objects of the contract's examples by their type, one of each.
fn examples(contract: &Contract) -> BTreeMap<String, Value> {
    fn gather(value: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| gather(value, found)),
            Value::Object(object) => {
                if let (Some(kind), true) = (value["type"].as_str(), value["id"].is_string())
                    && value["attributes"].is_object()
                {
                    found.entry(kind.to_owned()).or_insert_with(|| value.clone());
                }
                object.values().for_each(|value| gather(value, found));
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    contract.answers().for_each(|value| gather(value, &mut found));
    found
}

/// An inquiry on which these hang.
fn hung(story: &Story, id: &str, all: &[&Value]) -> Value {
    let mut inquiry = story.simulator.object(id).unwrap();
    inquiry["attributes"]["updated-at"] = "2026-03-02T12:30:00Z".into();
    let of = |family: &str| -> Vec<Value> {
        let those = all.iter().filter(|one| one["type"].as_str().unwrap().starts_with(family));
        those.map(|one| json!({ "type": one["type"], "id": one["id"] })).collect()
    };
    for (name, family) in [
        ("verifications", "verification/"),
        ("reports", "report/"),
        ("sessions", "inquiry-session"),
        ("documents", "document/"),
    ] {
        inquiry["relationships"][name] = json!({ "data": of(family) });
    }
    json!({ "data": inquiry, "included": all })
}

/// Puts what Persona would answer into the story's store.
async fn told(story: &Story, id: &str, body: &Value) {
    let endpoint = inquiries::Retrieve { id: InquiryId::new(id).unwrap() };
    let found = endpoint.decode(&Document::parse(body.to_string()).unwrap()).unwrap();
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, Clock::system()).await.unwrap();
    store.apply(found.into_batch()).await.unwrap();
}

#[tokio::test]
async fn the_official_examples_of_all_kinds_are_shown_in_every_tab() {
    let Some(contract) = Contract::at_hand() else {
        eprintln!("skipped: the official contract is not beside the repository");
        return;
    };
    let mut story = Story::begin().await;
    shows_all_kinds(&mut story, &examples(contract)).await;
    story.shut_down().await;
}

#[tokio::test]
async fn all_kinds_that_the_simulator_knows_are_shown_in_every_tab() {
    let mut story = Story::begin_with(Beginning { inquiries: 300, ..Beginning::default() }).await;
    let mut found = BTreeMap::new();
    for id in STATUSES.iter().flat_map(|status| story.simulator.inquiries(status)) {
        let inquiry = story.simulator.object(&id).unwrap();
        for name in ["verifications", "reports", "documents", "sessions"] {
            let all = inquiry["relationships"][name]["data"].as_array().cloned();
            for one in all.unwrap_or_default() {
                let object = story.simulator.object(one["id"].as_str().unwrap());
                if let Some(object) = object {
                    let kind = object["type"].as_str().unwrap().to_owned();
                    found.entry(kind).or_insert(object);
                }
            }
        }
    }
    assert!(found.len() > 20, "only {:?}", found.keys());
    shows_all_kinds(&mut story, &found).await;
    story.shut_down().await;
}

/// Hangs one after the other on an inquiry, and looks at all tabs, in one size or the other.
async fn shows_all_kinds(story: &mut Story, objects: &BTreeMap<String, Value>) {
    let families = ["verification/", "report/", "document/", "inquiry-session"];
    let is_evidence = |kind: &&String| families.iter().any(|one| kind.starts_with(one));
    let id = story.first_in_queue();
    // Persona is not asked: what the objects say stands.
    story.simulator.set_scenario(Scenario::named("outage").unwrap());
    for (nth, kind) in objects.keys().filter(is_evidence).enumerate() {
        told(story, &id, &hung(story, &id, &[&objects[kind]])).await;
        let (family, word) = kind.split_once('/').unwrap_or(("session", "Session 1"));
        let word = word.replace("government-id", "gov id").replace('-', " ");
        let word: String = word.chars().take(10).collect();
        let tab = match family {
            "verification" => 1,
            "session" => 3,
            "report" => 4,
            _ => 5,
        };
        let size = if nth % 2 == 0 { (120, 40) } else { (80, 24) };
        story.resize(size.0, size.1).await.press("1gg").await.pass(3).await;
        for nth in 1..TABS.len() {
            story.press("]").await;
            if nth == tab && family != "verification" {
                story.sees(&word);
            }
            if nth == tab {
                story.press("G").await;
            }
        }
        story.press("]").await.sees("[Checks");
    }
}

#[tokio::test]
async fn a_match_of_a_report_is_shown_with_its_list() {
    let mut story = Story::begin_with(Beginning { inquiries: 200, ..Beginning::default() }).await;
    let waiting = story.simulator.inquiries("needs_review");
    let matching = waiting.iter().find(|id| {
        let inquiry = story.simulator.object(id).unwrap();
        let reports = inquiry["relationships"]["reports"]["data"].as_array().cloned();
        reports.unwrap_or_default().iter().any(|report| {
            let report = story.simulator.object(report["id"].as_str().unwrap());
            report.is_some_and(|it| {
                it["type"] == "report/watchlist" && it["attributes"]["has-match"] == true
            })
        })
    });
    let id = matching.expect("a world of 200 has a match").clone();
    story.press("/").await.paste(&id).await.press("<enter>").await;
    story.press("]]]]").await.sees("[Reports").sees("watchlist ! 1 match").sees("list type");
    story.sees("sanction");
}
