//! A key that is about to end, on the screen of whoever works with it.

use caseload::simulator::DEMO_KEY;
use serde_json::{Value, json};

use crate::story::Story;

#[tokio::test]
async fn a_key_that_ends_soon_is_told_in_the_footer() {
    let mut story = Story::begin().await;
    story.pass(70).await.lacks("key ends");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let keys = format!("{}/api-keys", story.simulator.base_url());
    let asked = http.get(&keys).bearer_auth(DEMO_KEY).send().await.unwrap();
    let list: Value = serde_json::from_str(&asked.text().await.unwrap()).unwrap();
    let id = list["data"][0]["id"].as_str().unwrap();
    let body = json!({ "meta": { "expires-in-seconds": 3 * 86_400 } }).to_string();
    let expire = http.post(format!("{keys}/{id}/expire")).bearer_auth(DEMO_KEY);
    let expire = expire.header("Content-Type", "application/json").body(body);
    assert!(expire.send().await.unwrap().status().is_success());
    // Persona is asked once an hour.
    for _ in 0..13 {
        story.pass(300).await;
    }
    story.sees("key ends in 2d");
}
