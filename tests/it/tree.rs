//! The relations as a tree: folded, followed, added to, taken from, and walked as a queue.

use caseload::{
    model::{Account, AccountId, Batch, Relation, Relations, Text},
    simulator::Scenario,
    store::Store,
};
use serde_json::Value;

use crate::story::{Beginning, Story};

/// The account of an inquiry.
fn account_of(story: &Story, inquiry: &str) -> String {
    let inquiry = story.simulator.object(inquiry).expect("it was listed");
    inquiry["relationships"]["account"]["data"]["id"].as_str().expect("an id").to_owned()
}

/// The ids under a key, as Persona has them.
fn related(story: &Story, account: &str, key: &str) -> Vec<String> {
    story.simulator.related(account, key)
}

/// What was asked of Persona, newest last: `POST /api/v1/accounts/act_…/add-relation`.
fn posts(story: &Story) -> Vec<String> {
    let requests = story.simulator.requests().into_iter();
    requests.filter(|request| request.method == "POST").map(|request| request.path).collect()
}

/// The lines of the journal, oldest first.
async fn journal(story: &Story) -> Vec<Value> {
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, story.clock.clone()).await.unwrap();
    let lines = store.journal_lines().await.unwrap();
    lines.iter().map(|(text, _)| serde_json::from_str(text).unwrap()).collect()
}

#[tokio::test]
async fn accounts_unfold_to_their_own_relations_and_a_ring_ends() {
    for (size, field_key) in [((120, 40), None), ((80, 24), None)] {
        let mut story =
            Story::begin_with(Beginning { size, field_key, ..Beginning::default() }).await;
        let root = account_of(&story, &story.first_in_queue());
        story.press("r").await.sees("▾ beneficial_owners 1").sees("▾ business 1");
        // To the firm, which every owner leads back to.
        story.press("jjjj").await.press("z").await;
        let requests = story.simulator.requests();
        let asked = |account: &str| {
            requests.iter().any(|request| request.path.contains(&format!("{account}/relations")))
        };
        assert!(asked(&root));
        let firm = related(&story, &root, "business").remove(0);
        assert!(asked(&firm), "unfolding asks Persona");
        story.press("j").await.sees("beneficial_owners");
        story.press("jjj").await.sees("↑").sees("seen above");
        // Folded and unfolded again nothing is asked.
        let before = story.simulator.requests().len();
        story.press("kkkk").await.press("z").await.lacks("seen above");
        story.press("zjjjj").await.sees("seen above");
        let again = story.simulator.requests().split_off(before).into_iter();
        assert_eq!(again.filter(|request| request.path.contains("/relations")).count(), 0);
        // Followed, it is the root, and the trail leads back.
        story.press("r").await.sees("3 Relations ‹").press("h").await.lacks("‹").sees("business 1");
        story.press("h").await;
    }
}

#[tokio::test]
async fn a_group_folds_and_notes_say_what_is_missing() {
    let mut story = Story::begin().await;
    let offline = "[[rule]]\npath = \"/relations\"\nfault = \"unavailable\"\n";
    story.simulator.set_scenario(Scenario::parse(offline).unwrap());
    story.press("r").await.pass(30).await.pass(30).await.sees("as last known;");
    story.simulator.set_scenario(Scenario::default());
    story.press("R").await.sees("▾ business 1").lacks("as last known;");
    story.press("jz").await.sees("▸ beneficial_owners 1").press("z").await;
    story.sees("▾ beneficial_owners 1");
    story.press("ggz").await.sees("nothing to fold here");
}

#[tokio::test]
async fn ten_thousand_relatives_cost_what_is_seen() {
    let mut story = Story::begin().await;
    let source = AccountId::new(&account_of(&story, &story.first_in_queue())).unwrap();
    let account = |nth: usize| -> Relation {
        let json = serde_json::json!({
            "id": format!("act_many{nth:05}"), "type_name": "Individual", "tags": [],
            "fields": [{ "name": "name_first", "value": format!("N{nth}") }],
        });
        Relation::Account(serde_json::from_value::<Account>(json).unwrap())
    };
    let targets = (0..10_000).map(account).collect();
    let relations = Relations { source, key: Text::new("many"), targets, more: true };
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, story.clock.clone()).await.unwrap();
    store.apply(Batch { relations: vec![relations], ..Batch::default() }).await.unwrap();
    story.press("r").await.sees("▾ many 10000+");
    story.press("G").await.sees("only the first 10000 are read").lacks("more below");
    story.press("kr").await.sees("act_many").press("h").await.sees("more below");
}

#[tokio::test]
async fn a_relation_is_added_after_a_look_and_a_confirmation() {
    let mut story = Story::begin().await;
    let root = account_of(&story, &story.first_in_queue());
    let other = account_of(&story, &story.simulator.inquiries("approved")[0]);
    assert!(!related(&story, &root, "counterparties").contains(&other));
    story.press("rA").await.sees("add a relation to act_").sees("1 beneficial_owners");
    story.press("3").await.sees("under counterparties");
    story.press("<enter>").await.sees("is wanted");
    story.press("act_nobody<enter>").await.sees("404").sees("act_nobody");
    story.press(&"<backspace>".repeat(10)).await.paste(&format!(" {other}\n")).await;
    story.press("<enter>").await.sees("add counterparties → act_").sees("Enter commits");
    story.sees(" is ").sees("Individual");
    assert!(posts(&story).is_empty(), "nothing was sent by it");
    story.press("<enter>").await.sees("leaves in 5 s").sees("held");
    assert!(posts(&story).is_empty(), "held is not sent");
    story.press("A").await.sees("is held for this account already");
    story.pass(6).await.sees("counterparties 3").lacks("vyHc held");
    assert!(related(&story, &root, "counterparties").contains(&other));
    assert_eq!(posts(&story), [format!("/api/v1/accounts/{root}/add-relation")]);
    let told = journal(&story).await;
    let decided = told.iter().find(|line| line["what"] == "decided").unwrap();
    assert_eq!(decided["decision"]["verb"], format!("add counterparties → {other}"));
    assert_eq!(decided["decision"]["evidence"]["status"], "not related");
    assert!(told.iter().any(|line| line["what"] == "done"), "{told:#?}");
    story
        .press("A3")
        .await
        .paste(&other)
        .await
        .press("<enter>")
        .await
        .sees("under counterparties already");
}

#[tokio::test]
async fn a_relation_is_removed_or_kept_by_undo() {
    let mut story = Story::begin().await;
    let root = account_of(&story, &story.first_in_queue());
    let firm = related(&story, &root, "business").remove(0);
    story.press("rjjjj").await.press("X").await.sees("remove business → act_").sees("from act_");
    story.press("<esc>").await.sees("nothing was sent");
    story.press("X<enter>").await.sees("leaves in 5 s").press("u").await.sees("taken back");
    story.pass(6).await;
    assert_eq!(related(&story, &root, "business"), std::slice::from_ref(&firm));
    story.press("X<enter>").await.pass(6).await.sees("business 0");
    assert!(related(&story, &root, "business").is_empty());
    story.press("ggX").await.sees("go to a related account");
}

#[tokio::test]
async fn what_was_lost_or_done_by_another_is_told_by_looking() {
    for fault in ["lost-answer", "error", "error-after"] {
        let mut story = Story::begin().await;
        let root = account_of(&story, &story.first_in_queue());
        let rule = format!("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"{fault}\"\n");
        story.simulator.set_scenario(Scenario::parse(&rule).unwrap());
        story.press("rjjjjX<enter>").await.pass(6).await.pass(30).await.pass(30).await;
        story.sees("business 0").lacks("remove held").lacks("remove waits");
        assert!(related(&story, &root, "business").is_empty(), "{fault}");
        assert_eq!(story.simulator.effects(&root), 1, "{fault}");
    }
    let mut story = Story::begin().await;
    let root = account_of(&story, &story.first_in_queue());
    story.press("rjjjjX<enter>").await;
    let firm = related(&story, &root, "business").remove(0);
    story.simulator.unrelate(&root, "business", &firm);
    story.pass(6).await.press("gg").await.sees("was not sent: somebody");
    assert!(posts(&story).is_empty());
}

/// A console on the first inquiry, whose account is related to those of all that wait.
async fn with_waiting() -> Story {
    let story = Story::begin().await;
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, story.clock.clone()).await.unwrap();
    let id = |inquiry: &str| AccountId::new(&account_of(&story, inquiry)).unwrap();
    let first = story.first_in_queue();
    let mut targets = Vec::new();
    for inquiry in story.simulator.inquiries("needs_review") {
        let account = store.account(&id(&inquiry)).await.unwrap();
        targets.extend(account.filter(|_| inquiry != first).map(Relation::Account));
    }
    let never_looked_at = serde_json::json!({ "id": "act_never", "tags": [], "fields": [] });
    targets.push(Relation::Account(serde_json::from_value(never_looked_at).unwrap()));
    let relations = Relations { source: id(&first), key: Text::new("ring"), targets, more: false };
    store.apply(Batch { relations: vec![relations], ..Batch::default() }).await.unwrap();
    story
}

/// How many a walk has left, as the title of the tree says.
fn left(story: &Story) -> usize {
    let screen = story.screen();
    let (_, rest) = screen.split_once("─ walk: ").expect("a walk goes on");
    rest.split(' ').next().and_then(|left| left.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_walk_goes_along_what_needs_a_review() {
    let mut story = with_waiting().await;
    story.press("W").await.sees("there is no tree to walk yet");
    story.press("r").await.sees("▾ ring").press("W").await.sees("left; J and K go along it");
    let (first, all) = (story.first_in_queue(), left(&story));
    assert!(all > 4, "{all}");
    // Deciding one moves on to the next; the queue beside it stays where it is.
    story.press("a<enter>").await.sees("approve of inq_").sees("leaves in 5 s");
    assert_eq!(left(&story), all - 1);
    // Not each has something to be decided: a firm was never looked at.
    while !story.screen().contains("Enter commits") {
        story.press("Ja").await;
    }
    story.press("<enter>").await;
    assert_eq!(left(&story), all - 2);
    story.pass(6).await;
    assert_eq!(story.simulator.status(&first).unwrap(), "approved");
    // What is passed is left.
    story.press("J").await;
    story.press("K").await;
    assert_eq!(left(&story), all - 2);
    let mut never_looked_at = 0;
    while story.screen().contains("─ walk: ") {
        story.press("J").await;
        never_looked_at += usize::from(story.screen().contains("has no inquiry that is known"));
    }
    assert!(never_looked_at > 0);
    story.sees(&format!("the walk ends here with {} of", all - 2)).sees("W begins again");
}

#[tokio::test]
async fn a_walk_that_has_nothing_left_says_so() {
    let mut story = Story::begin().await;
    let id = story.simulator.inquiries("approved").pop().unwrap();
    story.press(&format!("/{id} status:any<enter>r")).await.sees("3 Relations ─ act_");
    story.press("W").await;
    for _ in 0..8 {
        if story.screen().contains("─ walk: ") {
            story.press("J").await;
        }
    }
    story.lacks("─ walk: ");
    assert!(posts(&story).is_empty());
}
