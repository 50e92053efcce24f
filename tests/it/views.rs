//! Filters, orders and views: what a line finds in the store, in which order, and how the console
//! goes about it.

use std::collections::BTreeMap;

use caseload::{
    clock::Clock,
    desk::{case_view, inquiry_view},
    model::{
        Batch, Case, CaseId, Entity, Inquiry, InquiryId, Text, Timestamp,
        filter::{List, Order, SavedView, parse},
    },
    secret::FieldKey,
    store::{Goal, Reseal, Store, Window},
    tui::View,
};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::story::{Beginning, Story, noon};

const ALL: Window = Window { first: 0, rows: 500 };

fn hours(n: i64) -> Timestamp {
    noon() + jiff::SignedDuration::from_hours(n)
}

fn inquiry(id: &str, status: &str, waits: i64, tags: &[&str], account: &str) -> Inquiry {
    let bare = json!({
        "id": id, "status": status, "verifications": [], "tags": tags, "fields": [],
        "account": account, "template": format!("itmpl_{status}"),
        "reference_id": format!("ref-{id}"),
    });
    Inquiry {
        created_at: Some(hours(-waits - 1)),
        marked_for_review_at: Some(hours(-waits)),
        ..serde_json::from_value(bare).unwrap()
    }
}

fn case(id: &str, inquiries: &[&str], due: Option<i64>, assignee: Option<&str>) -> Case {
    let bare = json!({
        "id": id, "status": "Open", "name": format!("KYC-{id}"), "tags": ["of cases"],
        "inquiries": inquiries, "accounts": ["act_1"], "fields": [], "assignee": assignee,
    });
    Case {
        sla_expires_at: due.map(hours),
        created_at: Some(hours(-10)),
        ..serde_json::from_value(bare).unwrap()
    }
}

async fn filled(key: Option<&FieldKey>) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    let store = Store::open_with(&path, key, Clock::manual(noon())).await.unwrap();
    let batch = Batch::of([
        Entity::Case(case("case_1", &["inq_late", "inq_gone"], Some(-2), Some("Jane@x.test"))),
        Entity::Inquiry(inquiry("inq_old", "needs_review", 50, &["VIP"], "act_1")),
        Entity::Inquiry(inquiry("inq_late", "needs_review", 3, &["vip guest"], "act_2")),
        Entity::Inquiry(inquiry("inq_soon", "needs_review", 1, &[], "act_12")),
        Entity::Inquiry(inquiry("inq_gone", "approved", 80, &["vip"], "act_2")),
        Entity::Case(case("case_2", &["inq_soon"], Some(5), None)),
        Entity::Case(case("case_3", &[], None, None)),
    ]);
    store.apply(batch).await.unwrap();
    (dir, store)
}

async fn found(store: &Store, list: List, line: &str) -> String {
    let filter = parse(line, list).unwrap_or_else(|why| panic!("{line}: {why}"));
    let ids: Vec<String> = match list {
        List::Inquiries => {
            let view = inquiry_view(&filter, Order::Sla, &Text::new("jane@X.test"));
            let rows = store.inquiries(&view, ALL).await.unwrap();
            assert_eq!(rows.total, rows.rows.len() as u64, "{line}");
            let figures = store.inquiry_figures(&view).await.unwrap();
            assert_eq!(figures.count, rows.total, "{line}");
            for (nth, row) in rows.rows.iter().enumerate() {
                let at = store.inquiry_position(&view, &row.id).await.unwrap();
                assert_eq!(at, Some(nth as u64), "{line}");
            }
            rows.rows.iter().map(|row| row.id.to_string()).collect()
        }
        List::Cases => {
            let view = case_view(&filter, Order::Sla, &Text::new("jane@X.test"));
            let rows = store.cases(&view, ALL).await.unwrap();
            let figures = store.case_figures(&view).await.unwrap();
            assert_eq!(figures.count, rows.total, "{line}");
            rows.rows.iter().map(|row| row.id.to_string()).collect()
        }
    };
    ids.join(" ").replace("inq_", "").replace("case_", "")
}

#[tokio::test]
async fn each_clause_finds_what_it_says_in_a_clear_and_in_a_sealed_store() {
    let inquiries = [
        ("", "late soon old"),
        ("order:age", "old late soon"),
        ("order:newest", "soon late old"),
        ("status:any order:risk", "soon late old gone"),
        ("status:approved", "gone"),
        ("status:approved,declined", "gone"),
        ("!status:approved", "soon late old"),
        ("status:any !inq_old", "soon late gone"),
        ("tag:vip", "old"),
        ("tag:\"VIP guest\"", "late"),
        ("status:any tag:vip", "old gone"),
        ("!tag:vip", "late soon"),
        ("tag:nobody", ""),
        ("age:>2h", "late old"),
        ("age:<2h", "soon"),
        ("late:yes", "late"),
        ("late:no", "soon old"),
        ("sla:late", "late"),
        ("sla:<6h", "late soon"),
        ("sla:>1h", "soon"),
        ("sla:none", "old"),
        ("case:yes", "late soon"),
        ("case:no", "old"),
        ("account:act_1", "soon old"),
        ("account:act_12", "soon"),
        ("template:itmpl_needs", "late soon old"),
        ("!template:ITMPL_NEEDS", ""),
        ("failed:>0", ""),
        ("failed:0 signals:<1", "late soon old"),
        ("kind:selfie", ""),
        ("~inqodl", ""),
        ("~act_21", ""),
        ("inq_so", "soon"),
    ];
    let cases = [
        ("", "1 2 3"),
        ("sla:late", "1"),
        ("sla:none", "3"),
        ("assignee:me", "1"),
        ("assignee:none", "2 3"),
        ("!assignee:jane", "2 3"),
        ("status:open", "1 2 3"),
        ("status:done", ""),
        ("tag:\"of cases\" late:no", "2 3"),
        ("queue:none account:act_1 order:age", "1 2 3"),
        ("~kyc-case_3", "1 2 3"),
        ("age:>20h", ""),
    ];
    let key = FieldKey::random().unwrap();
    for key in [None, Some(&key)] {
        let (_dir, store) = filled(key).await;
        for (line, expected) in inquiries {
            if line.starts_with('~') {
                continue;
            }
            assert_eq!(found(&store, List::Inquiries, line).await, expected, "{line}");
        }
        for (line, expected) in cases {
            if !line.starts_with('~') {
                assert_eq!(found(&store, List::Cases, line).await, expected, "{line}");
            }
        }
        // Likeness goes by what is clear.
        assert_eq!(found(&store, List::Inquiries, "~inq_sonn").await, "soon");
        let by_reference = found(&store, List::Inquiries, "~ref-inq_odl").await;
        assert_eq!(by_reference, if key.is_none() { "old" } else { "" });
    }
}

/// Cases and inquiries come, move and end in any order; the queue by SLA is always as a sort has it.
#[tokio::test]
async fn the_queue_goes_by_the_earliest_deadline_whatever_comes_first() {
    let mut random = fastrand::Rng::with_seed(17);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("store.db"), Clock::manual(noon())).await.unwrap();
    let mut inquiries: BTreeMap<String, Inquiry> = BTreeMap::new();
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for version in 0..120 {
        let updated = Some(hours(version));
        let entity = if random.bool() {
            let id = format!("inq_{}", random.u8(0..12));
            let status = if random.u8(0..4) == 0 { "approved" } else { "needs_review" };
            let mut one = inquiry(&id, status, random.i64(0..400), &[], "act_1");
            one.updated_at = updated;
            inquiries.insert(id, one.clone());
            Entity::Inquiry(one)
        } else {
            let id = format!("case_{}", random.u8(0..8));
            let own: Vec<String> =
                (0..random.u8(0..3)).map(|_| format!("inq_{}", random.u8(0..12))).collect();
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let due = random.bool().then(|| random.i64(-50..50));
            let mut one = case(&id, &own, due, None);
            one.updated_at = updated;
            one.resolved_at = updated.filter(|_| random.u8(0..4) == 0);
            cases.insert(id, one.clone());
            Entity::Case(one)
        };
        store.apply(Batch::of([entity])).await.unwrap();
        let mut expected: Vec<_> = inquiries
            .values()
            .filter(|one| one.status.as_str() == "needs_review")
            .map(|one| {
                let open = cases.values().filter(|case| !case.is_resolved());
                let own = open.filter(|case| case.inquiries.contains(&one.id));
                let due = own.filter_map(|case| case.sla_expires_at).min();
                (due.is_none(), due, one.waiting_since(), one.id.to_string())
            })
            .collect();
        expected.sort();
        let expected: Vec<String> = expected.into_iter().map(|(.., id)| id).collect();
        let view = inquiry_view(&parse("", List::Inquiries).unwrap(), Order::Sla, &Text::new(""));
        let rows = store.inquiries(&view, ALL).await.unwrap();
        let ids: Vec<String> = rows.rows.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(ids, expected, "after {version}");
        assert_eq!(rows.total, expected.len() as u64);
        for (nth, id) in expected.iter().enumerate() {
            let id = InquiryId::new(id).unwrap();
            let first = nth as u64;
            let window = store.inquiries(&view, Window { first, rows: 1 }).await.unwrap();
            assert_eq!(window.rows[0].id, id, "the {nth}th after {version}");
            assert_eq!(store.inquiry_position(&view, &id).await.unwrap(), Some(first));
        }
    }
}

#[tokio::test]
async fn an_items_standing_has_its_figures() {
    let (_dir, store) = filled(None).await;
    let view = inquiry_view(&parse("", List::Inquiries).unwrap(), Order::Sla, &Text::new(""));
    let id = InquiryId::new("inq_late").unwrap();
    let standing = store.inquiry_standing(&view, &id).await.unwrap().unwrap();
    assert_eq!((standing.at, standing.total, standing.older), (Some(0), 3, Some(1)));
    assert_eq!(standing.due, Some((Text::new("KYC-case_1"), hours(-2))));
    let view = case_view(&parse("", List::Cases).unwrap(), Order::Sla, &Text::new(""));
    let standing = store.case_standing(&view, &CaseId::new("case_3").unwrap()).await.unwrap();
    assert_eq!(standing.map(|standing| (standing.at, standing.due)), Some((Some(2), None)));
}

#[tokio::test]
async fn saved_views_are_replaced_by_name_and_sealed_with_the_store() {
    let (dir, store) = filled(None).await;
    let view = |name: &str, filter: &str| SavedView {
        name: Text::new(name),
        list: List::Inquiries,
        filter: Text::new(filter),
    };
    for saved in [view("a", "x"), view("b", "Johanna"), view("A", "y")] {
        store.save_view(&saved).await.unwrap();
    }
    let all = vec![view("A", "y"), view("b", "Johanna")];
    assert_eq!(store.saved_views().await.unwrap(), all);
    assert!(store.delete_view(&Text::new("a")).await.unwrap());
    assert!(!store.delete_view(&Text::new("a")).await.unwrap());
    store.close().await;
    let (path, key) = (dir.path().join("store.db"), FieldKey::random().unwrap());
    let clock = Clock::manual(noon());
    let who = Text::new("jane");
    let reseal = Reseal { path: &path, key: &key, goal: Goal::Sealed, who: &who, clock: &clock };
    reseal.run(|_, _| {}).await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"Johanna"));
    let store = Store::open_with(&path, Some(&key), clock).await.unwrap();
    assert_eq!(store.saved_views().await.unwrap(), all[1..]);
}

#[tokio::test]
async fn views_filters_and_orders_on_the_screen() {
    let mut story = Story::begin_with(Beginning {
        order: Order::Sla,
        views: vec![View::new("any selfie", List::Inquiries, "status:any kind:selfie").unwrap()],
        ..Beginning::default()
    })
    .await;
    // The first screen is not kept waiting by figures; then they are there.
    story.sees("1 needs review").sees("5 mine").sees("7 any selfie").sleep(7).await;
    story.sees("2 open cases 6").sees("2 late");
    // Why the first is first, and another order.
    story.press("O").await.sees("1st of 11: its case").sees("late; waits for").sees("▸ 1 SLA");
    story.press("2").await.sees("order:age").press("O").await.sees("1st of 11: waits for");
    story.press("<esc>\\").await.lacks("order:age");
    // Digits, and the way back.
    story.press("5").await.sees("2 Cases ─ mine").press("-").await.sees("2 Cases ─ mine");
    story.press("4").await.sees("2 Cases ─ late 2").press("-").await.sees("1 Inquiries");
    story.press("6").await.sees("1 Inquiries ─ failed checks").press("7").await.sees("any selfie");
    story.press("9").await.sees("snoozed cases 0").press("1").await.sees("─ needs review 11");
    // A line that cannot be used says why and leaves the list alone.
    story.press("/fai<tab>>0 ").await.sees("/failed:>0").press("colour:red").await;
    story.sees("no field colour; fields are status, template").press("<enter>").await;
    story
        .sees("/failed:>0 colour:red")
        .sees("no field colour")
        .press("<esc>")
        .await
        .sees("─ needs review 11");
    // Saved by name, listed, shared as a line, gone with it.
    story.press("/signals:>0<enter>:view save my signals<enter>").await.sees("saved: :view");
    story.sees("─ my signals").press("1:view my-s<enter>").await.sees("─ my signals");
    story.press(":views<enter>").await.sees("in:inquiries signals:>0").sees("in:cases sla:late");
    story.press("8").await.sees("─ my signals").press(":view share<enter>").await;
    assert_eq!(story.copied, ["in:inquiries signals:>0"]);
    story.press("12/").await.paste("in:inquiries signals:>0").await;
    story.press("<enter>").await.sees("─ my signals").sees("2 Cases ─ open 6");
    story.press(":view delete my signals<enter>").await.sees("is deleted").lacks("8 my signals");
    // What the local copy has no answer for Persona is asked for.
    let id = story.simulator.inquiries("approved").pop().unwrap();
    let reference = story.simulator.object(&id).unwrap()["attributes"]["reference-id"].to_string();
    let reference = reference.trim_matches('"').to_owned();
    let file = format!("sqlite://{}", story.folder.path().join("store/caseload.db").display());
    let mut db = SqliteConnection::connect(&file).await.unwrap();
    let sql = "DELETE FROM inquiry WHERE instr(search, lower($1)) > 0";
    sqlx::query(sql).bind(&reference).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    story.press("\\").await;
    story.press(&format!("/status:any {reference}<enter>")).await.sees("Enter asks Persona");
    story
        .press("<enter>")
        .await
        .sees("Persona found ")
        .sees(&format!(" by {reference} · its index"));
    story.sees("about a minute behind").sees("any status /").lacks("nothing matches here");
    story.press("/ ~nobodyatall<enter><enter>").await.sees("· here: ~nobodyatall ·");
    story.press("\\/~nobodyatall<enter>").await.sees("of what waits; Enter looks");
    story.press("<enter>").await.sees("looked for in every status now").sees("Enter asks Persona");
    story.press("<enter>").await.sees("Persona knows nothing of this filter");
    // Below 100 columns the overlay has all of it.
    story.press("1").await.resize(80, 24).await.lacks("5 mine").press(":views<enter>").await;
    story.sees("open cases").sees("late").press("2").await.sees("2 Cases ─ open 6");
}
