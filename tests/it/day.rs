//! A day without a network, while the world goes on: what was decided waits, and the machine catches
//! up by itself.

use std::collections::BTreeSet;

use caseload::{
    model::InquiryStatus,
    simulator::Scenario,
    store::{InquiryView, Store, Window},
};

use crate::story::{Beginning, STATUSES, Story};

async fn stored(store: &Store, status: &str) -> BTreeSet<String> {
    let view = InquiryView { status: Some(InquiryStatus::parse(status)), ..InquiryView::default() };
    let all = Window { first: 0, rows: 10_000 };
    let rows = store.inquiries(&view, all).await.unwrap().rows;
    rows.into_iter().map(|row| row.id.to_string()).collect()
}

#[tokio::test]
async fn a_day_without_a_network_is_caught_up_by_itself() {
    let mut story = Story::begin_with(Beginning { inquiries: 150, ..Beginning::default() }).await;
    let waiting = |story: &Story| story.simulator.inquiries("needs_review");
    let approved = story.first_in_queue();
    let nothing_arrives = "[[rule]]\nfault = \"lost-request\"\n";
    story.simulator.set_scenario(Scenario::parse(nothing_arrives).unwrap());
    story.press("a<enter>").await.pass(60).await.sees("○ offline").sees("approve waits");
    // Somebody else will be faster with the next.
    story.press("j").await;
    let is_open = |id: &&String| story.screen().contains(&format!("…{}", &id[id.len() - 4..]));
    let overtaken = waiting(&story).iter().find(is_open).expect("it is open").clone();
    story.press("d1<enter>").await.pass(60).await.sees("decline waits");
    story.simulator.elsewhere(&overtaken, "approve");

    for hour in 0..24 {
        let others: Vec<String> =
            waiting(&story).into_iter().filter(|id| *id != approved && *id != overtaken).collect();
        for (nth, id) in others.iter().take(2).enumerate() {
            story.simulator.elsewhere(id, if nth == 0 { "approve" } else { "decline" });
        }
        for id in story.simulator.inquiries("completed").iter().take(2) {
            story.simulator.elsewhere(id, "mark-for-review");
        }
        if let Some(id) = story.simulator.inquiries("pending").get(hour % 5) {
            story.simulator.elsewhere(id, "expire");
        }
        story.pass(60 * 60).await.sees("○ offline");
    }
    story.sees("24 h old");
    assert_eq!(story.simulator.effects(&approved), 0);

    story.simulator.set_scenario(Scenario::default());
    for _ in 0..4 {
        story.pass(61).await;
    }
    story.sees("● polling").lacks("waits").sees("1 not done");
    assert_eq!(story.simulator.status(&approved).as_deref(), Some("approved"));
    assert_eq!(story.simulator.effects(&approved), 1);
    assert_eq!(story.simulator.status(&overtaken).as_deref(), Some("approved"));
    assert_eq!(story.simulator.effects(&overtaken), 1, "the other's alone");
    let store = story.folder.path().join("store/caseload.db");
    let store = Store::open(&store, story.clock.clone()).await.unwrap();
    for status in STATUSES {
        let expected: BTreeSet<String> = story.simulator.inquiries(status).into_iter().collect();
        assert_eq!(stored(&store, status).await, expected, "{status}");
    }
}
