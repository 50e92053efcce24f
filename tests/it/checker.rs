//! Maker and checker: what one reviewer proposes, a second person confirms or returns.

use caseload::{clock::Clock, store::Store};
use serde_json::Value;

use crate::{
    policy::asked,
    story::{Beginning, Story},
};

pub const JANES: &str = "persona_sandbox_of_jane_at_her_desk_1111";
pub const JOANS: &str = "persona_sandbox_of_joan_at_her_desk_2222";

const SECOND: &str = "approve.second_person = true\n";

/// Somebody's console.
fn at_the_desk_of(who: &'static str, key: &'static str, policy: &str) -> Beginning {
    Beginning { reviewer: who, key, policy: asked(policy), ..Beginning::default() }
}

fn jane(policy: &str) -> Beginning {
    at_the_desk_of("jane@example.test", JANES, policy)
}

fn joan(policy: &str) -> Beginning {
    at_the_desk_of("joan@example.test", JOANS, policy)
}

/// Jane's console with Joan's beside it, and the inquiry that both have before them.
async fn two(policy: &str) -> (Story, Story, String) {
    let (maker, checker) = two_at(jane(policy), joan(policy)).await;
    let id = maker.first_in_queue();
    (maker, checker, id)
}

async fn two_at(maker: Beginning, checker: Beginning) -> (Story, Story) {
    let clock = Clock::manual(crate::story::noon());
    let simulator = Story::persona(&maker, &clock).await;
    for key in [JANES, JOANS] {
        simulator.add_key(key);
    }
    let maker = Story::begin_on(simulator, clock, maker).await;
    let checker = maker.another_with(checker).await;
    (maker, checker)
}

/// Lets the other console see what was written.
async fn look(story: &mut Story) {
    story.pass(3).await;
}

#[track_caller]
fn line<'a>(lines: &'a [Value], what: &str) -> &'a Value {
    lines.iter().rfind(|line| line["what"] == what).unwrap_or_else(|| panic!("{what}: {lines:#?}"))
}

#[tokio::test]
async fn what_one_proposes_another_confirms_and_both_sign_it() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("la").await.sees("propose approve").sees("for a second person");
    maker.press("1<enter>").await.sees("is proposed: a second person confirms it");
    maker.pass(600).await;
    assert_eq!(maker.simulator.effects(&id), 0, "nobody sends what is proposed");
    look(&mut checker).await;
    checker.sees("approve proposed by").lacks("on the way");
    checker.press("o").await.sees("proposed 10m ago").press("<esc>").await;
    checker.press("l").await.sees("(enforced by");
    checker.press("a").await.sees("confirm approve").sees(", proposed by jane@example.test?");
    checker.sees("reason: evidence_ok · comment masked, P reveals");
    checker.sees("enforced by this client only").press("c").await.sees("has no comment of its own");
    checker.press("P").await.sees("comment: evidence ok (jane@example.test)");
    checker.press("<enter>").await.sees("confirmed, leaves in 5 s");
    assert_eq!(checker.simulator.effects(&id), 0, "it is held as any other");
    checker.pass(6).await;
    assert_eq!(checker.simulator.status(&id).unwrap(), "approved");
    assert_eq!(checker.simulator.effects(&id), 1);
    let comment = &checker.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "evidence ok (jane@example.test, confirmed by joan@example.test)");
    let lines = checker.journal().await;
    let (proposed, confirmed) = (line(&lines, "proposed"), line(&lines, "confirmed"));
    assert_eq!(
        (&proposed["who"], &proposed["key"]["ends"]),
        (&"jane@example.test".into(), &"1111".into())
    );
    assert_eq!(
        (&confirmed["who"], &confirmed["key"]["ends"]),
        (&"joan@example.test".into(), &"2222".into())
    );
    assert_eq!(proposed["action"], confirmed["action"]);
    assert_eq!(proposed["decision"]["evidence"], confirmed["decision"]["evidence"]);
    let opened = |line: &Value| line["decision"]["before"]["opened"].as_array().unwrap().len();
    assert_eq!((opened(proposed), opened(confirmed)), (1, 1), "each looked for themselves");
    assert_eq!(line(&lines, "done")["action"], proposed["action"]);
}

#[tokio::test]
async fn one_person_is_not_two() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    maker.press(&format!("/{id}<enter>la")).await.lacks("confirm approve");
    maker.sees("you proposed approve: a second person confirms it; u takes it back");
    // The same person writes the address in another way.
    let again = at_the_desk_of("JANE@example.test", JOANS, SECOND);
    let mut again = maker.another_with(again).await;
    again.press("la").await.sees("you proposed approve");
    // Another name with the same key.
    let same_key = at_the_desk_of("joan@example.test", JANES, SECOND);
    let mut same_key = maker.another_with(same_key).await;
    same_key.press("la<enter>").await.sees("with the API key that you use");
    same_key.pass(60).await;
    assert_eq!(maker.simulator.effects(&id), 0);
    look(&mut checker).await;
    checker.press("la<enter>").await.sees("confirmed, leaves in 5 s").pass(6).await;
    assert_eq!(maker.simulator.status(&id).unwrap(), "approved");
}

#[tokio::test]
async fn nothing_else_is_decided_meanwhile_and_other_verdicts_are_free() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    look(&mut checker).await;
    checker.press("ld").await.lacks("Enter commits");
    checker.sees("jane@example.test proposed approve: a confirms, u returns it");
    checker.press("hjd1<enter>").await.sees("decline of").sees("leaves in 5 s").pass(6).await;
    assert_eq!(checker.simulator.effects(&id), 0);
    assert_eq!(checker.simulator.inquiries("declined").iter().filter(|one| **one == id).count(), 0);
}

#[tokio::test]
async fn it_is_returned_by_the_checker_and_read_by_the_maker() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    look(&mut checker).await;
    checker.press("lu").await.sees("returned to jane@example.test; nothing was sent");
    checker.press("u").await.sees("decided by jane@example.test, who has to read it");
    look(&mut maker).await;
    maker
        .press(&format!("/{id}<enter>l"))
        .await
        .sees("was not sent: joan@example.test returned it");
    maker.press("u").await.lacks("returned it");
    maker.press("a1<enter>").await.sees("is proposed").pass(600).await;
    assert_eq!(maker.simulator.effects(&id), 0);
    let lines = maker.journal().await;
    assert_eq!(line(&lines, "returned")["who"], "joan@example.test");
}

#[tokio::test]
async fn it_is_taken_back_by_the_maker_from_wherever_they_are() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>u").await.sees("taken back; nothing was sent").lacks("proposed by");
    look(&mut checker).await;
    checker.lacks("proposed by").press("la").await.sees("propose approve");
    assert_eq!(checker.simulator.effects(&id), 0);
}

#[tokio::test]
async fn each_takes_back_their_own_part_while_it_is_held() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    look(&mut checker).await;
    checker.press("la<enter>u").await.sees("it is proposed again");
    checker.pass(60).await;
    assert_eq!(checker.simulator.effects(&id), 0);
    maker.press(&format!("/{id}<enter>")).await;
    checker.press(&format!("/{id}<enter>la<enter>")).await.sees("confirmed, leaves in 5 s");
    maker.pass(2).await.press("u").await.sees("taken back; nothing was sent");
    maker.pass(60).await;
    assert_eq!(maker.simulator.effects(&id), 0);
}

#[tokio::test]
async fn what_moved_since_is_stopped_and_named() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    checker.simulator.elsewhere(&id, "decline");
    checker.pass(20).await;
    checker.press(&format!("/{id} status:any<enter>la")).await;
    checker.sees("not confirmed").sees("changed after jane@example.test looked");
    checker.sees("status needs review → declined").sees("not confirmed: it is stopped, since");
    maker.pass(60).await;
    assert_eq!(maker.simulator.status(&id).unwrap(), "declined");
    assert_eq!(line(&maker.journal().await, "stopped")["who"], "joan@example.test");
    maker.press(&format!("/{id} status:any<enter>l")).await.sees("was not sent");
    maker.press("ua").await.sees("propose approve");
}

#[tokio::test]
async fn what_persona_knows_alone_stops_it_before_it_is_sent() {
    let (mut maker, mut checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    look(&mut checker).await;
    checker.press("la<enter>").await.sees("confirmed, leaves");
    checker.simulator.elsewhere(&id, "decline");
    checker.pass(6).await;
    assert_eq!(checker.simulator.status(&id).unwrap(), "declined");
    look(&mut maker).await;
    maker.sees("not done, o shows");
}

#[tokio::test]
async fn the_checker_has_to_open_it_too() {
    let policy = "approve.second_person = true\napprove.opened = true\n";
    let (mut maker, mut checker, id) = two(policy).await;
    maker.press("la1<enter>").await.sees("is proposed");
    look(&mut checker).await;
    checker.press("a").await.lacks("confirm approve").sees("before it is approved: l opens it");
    checker.press("la<enter>").await.sees("confirmed, leaves").pass(6).await;
    assert_eq!(checker.simulator.status(&id).unwrap(), "approved");
}

#[tokio::test]
async fn a_case_and_its_inquiry_are_proposed_and_confirmed_together() {
    let of = |beginning| Beginning { inquiries: 300, ..beginning };
    let (mut maker, mut checker) = two_at(of(jane(SECOND)), of(joan(SECOND))).await;
    let waiting = maker.simulator.inquiries("needs_review");
    let (case, inquiry) = maker
        .simulator
        .open_cases()
        .into_iter()
        .find_map(|case| {
            let object = maker.simulator.object(&case)?;
            let inquiries = object["relationships"]["inquiries"]["data"].as_array()?.clone();
            let [only] = inquiries.as_slice() else { return None };
            let id = only["id"].as_str()?.to_owned();
            waiting.contains(&id).then_some((case, id))
        })
        .expect("a case with one inquiry that waits");
    // A status alone needs nobody else.
    let open = format!("2/{case}<enter>l");
    maker.press(&open).await.press("sj<enter>").await.lacks("propose");
    maker.press("a").await.sees("propose set status").press("1<enter>").await.sees("is proposed");
    look(&mut checker).await;
    checker.press(&open).await.press("a").await.sees("proposed set status").sees("s confirms");
    checker.press("s").await.sees("and approve inq_").sees(", proposed by jane@example.test?");
    checker.press("<enter>").await.sees("confirmed, leaves").pass(8).await;
    let effects = |id: &str| checker.simulator.effects(id);
    assert_eq!((effects(&inquiry), effects(&case)), (1, 1));
    assert_eq!(checker.simulator.status(&inquiry).unwrap(), "approved");
    let lines = checker.journal().await;
    let count = |what: &str| lines.iter().filter(|line| line["what"] == what).count();
    assert_eq!((count("proposed"), count("confirmed"), count("done")), (2, 2, 2));
}

#[tokio::test]
async fn both_consoles_can_die_between_any_two_steps() {
    let (mut maker, checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    drop(checker);
    let left = maker.kill();
    let mut checker = Story::again_with(left, joan(SECOND)).await;
    checker.sees("approve proposed by").press("la<enter>").await.sees("confirmed, leaves");
    let left = checker.kill();
    let mut other = Story::again_with(left, jane(SECOND)).await;
    other.pass(60).await;
    assert_eq!(other.simulator.status(&id).unwrap(), "approved");
    assert_eq!(other.simulator.effects(&id), 1, "whoever is there sends what a dead console held");
    let comment = &other.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "evidence ok (jane@example.test, confirmed by joan@example.test)");
}

#[tokio::test]
async fn a_key_that_cannot_be_told_from_another_proposes_nothing() {
    let beginning = Beginning { policy: asked(SECOND), ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    story.press("a1<enter>").await.sees("not recorded, nothing was sent");
    story.sees("cannot be told from another");
}

#[tokio::test]
async fn cached_data_of_what_is_proposed_stays() {
    let (mut maker, _checker, id) = two(SECOND).await;
    maker.press("a1<enter>").await;
    let file = maker.folder.path().join("store/caseload.db");
    let store = Store::open(&file, Clock::system()).await.unwrap();
    store.purge(&caseload::store::Whose::Everybody).await.unwrap();
    let id = caseload::model::InquiryId::new(&id).unwrap();
    let file = store.inquiry(&id).await.unwrap().unwrap();
    assert!(!file.inquiry.fields.is_empty() && file.action.is_some());
}
