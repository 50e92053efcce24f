//! What goes wrong: keys, networks, servers, colleagues, terminals, sudden death.

use std::time::Duration;

use caseload::simulator::Scenario;

use crate::story::{Beginning, Story};

fn scenario(text: &str) -> Scenario {
    Scenario::parse(text).expect("a scenario")
}

#[tokio::test]
async fn a_wrong_key_is_said_and_a_decision_is_held_until_it_works() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.simulator.set_key("persona_sandbox_rotated");
    story.press("a<enter>").await.pass(6).await.sees("approve waits");
    story.press("o").await.sees("tried again").press("<esc>").await;
    story.pass(30).await.sees("key refused");
    assert_eq!(story.simulator.effects(&id), 0);
    story.simulator.set_key(caseload::simulator::DEMO_KEY);
    story.pass(60).await.pass(60).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    assert_eq!(story.simulator.effects(&id), 1);
}

#[tokio::test]
async fn a_console_that_starts_with_a_wrong_key_says_what_to_do() {
    let mut story =
        Story::begin_with(Beginning { key: "persona_sandbox_wrong", ..Beginning::default() }).await;
    story.sees("key refused").sees("does not accept the API key").sees("nothing here yet");
}

#[tokio::test]
async fn an_answer_that_never_came_is_settled_exactly_once() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.simulator.set_scenario(scenario(
        "[[rule]]\nmethod = \"POST\"\ntimes = 2\nfault = \"lost-answer\"\n",
    ));
    story.press("a<enter>").await.pass(6).await.sees("approve waits");
    story.pass(30).await.pass(30).await.lacks("approve waits");
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    assert_eq!(story.simulator.effects(&id), 1);
    let sent: Vec<_> =
        story.simulator.requests().into_iter().filter(|r| r.method == "POST").collect();
    assert!(sent.len() >= 2 && sent.iter().all(|r| r.idempotency_key == sent[0].idempotency_key));
}

#[tokio::test]
async fn a_500_on_approve_is_read_back_before_anything_is_sent_again() {
    for fault in ["error", "error-after"] {
        let mut story = Story::begin().await;
        let id = story.first_in_queue();
        let rule = format!("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"{fault}\"\n");
        story.simulator.set_scenario(scenario(&rule));
        story.press("a<enter>").await.pass(6).await.pass(30).await.pass(30).await;
        assert_eq!(story.simulator.status(&id).unwrap(), "approved", "{fault}");
        assert_eq!(story.simulator.effects(&id), 1, "{fault}");
    }
}

#[tokio::test]
async fn a_storm_of_429_delays_a_decision_and_loses_nothing() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.simulator.set_scenario(scenario("[[rule]]\ntimes = 3\nfault = \"rate-limited\"\n"));
    story.press("a<enter>").await.pass(6).await;
    for _ in 0..8 {
        story.pass(61).await;
    }
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    assert_eq!(story.simulator.effects(&id), 1);
}

#[tokio::test]
async fn what_somebody_else_decided_meanwhile_stops_the_decision() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("a<enter>").await;
    story.simulator.elsewhere(&id, "decline");
    story.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "declined", "the colleague's decision stands");
    assert_eq!(story.simulator.effects(&id), 1);
    story.sees("1 not done").press("o").await.sees("was not sent").press("<esc>").await;
    // The decision is asked for again, with what is there now.
    story.press(&format!("/{id} status:any<enter>")).await.sees("was not sent");
    story.press("<enter>a").await.sees("approve inq_").sees("Enter commits");
}

#[tokio::test]
async fn what_moved_while_a_decision_was_staged_is_named() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("a").await.sees("Enter commits");
    story.simulator.elsewhere(&id, "decline");
    story.pass(20).await.lacks("Enter commits");
    story.sees("changed while you decided (status needs review → declined");
    assert_eq!(story.simulator.effects(&id), 1);
}

#[tokio::test]
async fn an_outage_shows_offline_and_heals_by_itself() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.simulator.set_scenario(Scenario::named("outage").unwrap());
    story.pass(20).await.sees("offline").sees("Persona failed (503)");
    story.press("a<enter>").await.pass(6).await.sees("approve waits");
    story.simulator.set_scenario(Scenario::default());
    for _ in 0..4 {
        story.pass(61).await;
    }
    story.sees("● polling");
    assert_eq!(story.simulator.effects(&id), 1);
}

#[tokio::test]
async fn days_without_a_network_keep_a_decision_and_send_it_once() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.simulator.set_scenario(scenario("[[rule]]\nfault = \"lost-request\"\n"));
    story.press("a<enter>").await.pass(60).await.sees("offline").sees("approve waits");
    story.pass(3 * 24 * 60 * 60).await.sees("approve waits");
    story.simulator.set_scenario(scenario(""));
    story.pass(120).await.sees("● polling").lacks("approve waits");
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    assert_eq!(story.simulator.effects(&id), 1);
}

#[tokio::test]
async fn slow_and_failing_figures_turn_into_words() {
    let mut story = Story::begin().await;
    story.simulator.set_scenario(scenario("[[rule]]\ntimes = 40\nfault = \"unavailable\"\n"));
    story.press("R").await.press("R").await.press("R").await.press("R").await.sees("FAILING:");
}

#[tokio::test]
async fn a_stuck_server_never_holds_up_a_key() {
    let mut story =
        Story::begin_with(Beginning { timeout: Duration::from_secs(3), ..Beginning::default() })
            .await;
    story.simulator.set_scenario(Scenario::named("stuck").unwrap());
    story.press("R").await.sees("as last known");
    story.press("jj").await.sees("1 Inquiries");
}

#[tokio::test]
async fn a_terminal_of_any_size_is_drawn() {
    let mut story = Story::begin().await;
    for (columns, rows) in
        [(1, 1), (2, 1), (59, 14), (60, 15), (80, 24), (100, 20), (250, 80), (120, 40)]
    {
        story.resize(columns, rows).await.press("ja<esc>?<esc>").await;
    }
    story.sees("1 Inquiries");
}

#[tokio::test]
async fn a_killed_console_loses_no_decision_and_doubles_none() {
    // Before it leaves, after it left without an answer, and while it waits for another try.
    let lost = "[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"lost-answer\"\n";
    for (faults, seconds) in [
        ("", 0),
        (lost, 6),
        ("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"unavailable\"\n", 6),
    ] {
        let mut story = Story::begin().await;
        let id = story.first_in_queue();
        story.simulator.set_scenario(scenario(faults));
        story.press("a<enter>").await.pass(seconds).await;
        let mut story = Story::again(story.kill()).await;
        story.pass(60).await.pass(60).await;
        assert_eq!(story.simulator.status(&id).unwrap(), "approved", "{faults:?}");
        assert_eq!(story.simulator.effects(&id), 1, "{faults:?}");
    }
}

#[tokio::test]
async fn two_consoles_on_one_profile_see_each_other() {
    let mut one = Story::begin().await;
    let mut two = one.another().await;
    let id = one.first_in_queue();
    two.sees("● polling");
    one.press("a<enter>").await.sees("approve held");
    two.pass(2).await.sees("approve held").press("a").await.lacks("Enter commits");
    one.settle().await;
    two.pass(4).await;
    one.settle().await;
    two.settle().await;
    assert_eq!(one.simulator.status(&id).unwrap(), "approved");
    assert_eq!(one.simulator.effects(&id), 1);
}
