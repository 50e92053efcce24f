//! Putting off: what leaves the lists and every figure, what brings it back, and the menu.

use std::time::Duration;

use caseload::{
    clock::Clock,
    desk::{case_view, inquiry_view},
    model::{
        Awaits, Batch, Case, CaseId, Entity, Inquiry, InquiryId, InquiryStatus, Snooze, Subject,
        Text, Timestamp,
        filter::{List, Order, parse},
    },
    store::{InquiryView, Sends, Snoozes, Store, Total, Window},
};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    store::action,
    story::{Beginning, Story, noon},
};

const ALL: Window = Window { first: 0, rows: 500 };

fn me() -> Text {
    Text::new("jane")
}

fn hours(n: i64) -> Timestamp {
    noon() + jiff::SignedDuration::from_hours(n)
}

/// Changed so many minutes after noon.
fn inquiry(nth: usize, status: &str, minute: i64) -> Inquiry {
    let bare = json!({
        "id": format!("inq_{nth:02}"), "status": status, "verifications": [], "tags": [],
        "fields": [{ "name": "name-first", "value": format!("Ada{nth}") }],
    });
    Inquiry {
        // Several wait since the same moment.
        marked_for_review_at: Some(hours(-1 - (nth as i64 * 7 % 12))),
        updated_at: Some(noon() + jiff::SignedDuration::from_mins(minute)),
        ..serde_json::from_value(bare).unwrap()
    }
}

fn case(nth: usize, due: i64, minute: i64) -> Case {
    let bare = json!({
        "id": format!("case_{nth:02}"), "status": "Open", "name": format!("KYC-{nth}"),
        "tags": [], "inquiries": [format!("inq_{nth:02}")], "accounts": [], "fields": [],
    });
    Case {
        sla_expires_at: Some(hours(due)),
        created_at: Some(hours(-10)),
        updated_at: Some(noon() + jiff::SignedDuration::from_mins(minute)),
        ..serde_json::from_value(bare).unwrap()
    }
}

fn of_inquiry(nth: usize) -> Subject {
    Subject::Inquiry(InquiryId::new(&format!("inq_{nth:02}")).unwrap())
}

fn of_case(nth: usize) -> Subject {
    Subject::Case(CaseId::new(&format!("case_{nth:02}")).unwrap())
}

fn until(at: Option<Timestamp>, awaits: Awaits) -> Snooze {
    Snooze { since: noon(), until: at, awaits, note: None }
}

const INQUIRIES: usize = 40;

/// Forty inquiries that wait, and ten cases about the first of them, of which four are late.
async fn filled() -> (TempDir, Clock, Store) {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::manual(noon());
    let store = Store::open(&dir.path().join("store.db"), clock.clone()).await.unwrap();
    let inquiries = (0..INQUIRIES).map(|nth| Entity::Inquiry(inquiry(nth, "needs_review", 0)));
    let cases = (0..10).map(|nth| Entity::Case(case(nth, nth as i64 - 4, 0)));
    store.apply(Batch::of(inquiries.chain(cases))).await.unwrap();
    (dir, clock, store)
}

async fn put_off(store: &Store, subjects: &[Subject], snooze: &Snooze) {
    let steps: Vec<_> =
        subjects.iter().map(|subject| (subject.clone(), Some(snooze.clone()))).collect();
    let done = store.snooze(&me(), &steps).await.unwrap();
    assert_eq!((done.before.len(), done.left_out), (subjects.len(), 0));
}

async fn ids(store: &Store, view: &InquiryView) -> Vec<String> {
    let rows = store.inquiries(view, ALL).await.unwrap();
    rows.rows.iter().map(|row| row.id.to_string()).collect()
}

#[tokio::test]
async fn what_is_put_off_is_in_no_list_and_no_figure_until_its_time() {
    let (_dir, clock, store) = filled().await;
    let view =
        |line: &str, order| inquiry_view(&parse(line, List::Inquiries).unwrap(), order, &me());
    let everybodys = InquiryView { me: Text::new("joan"), ..view("", Order::Sla) };
    let asleep: Vec<Subject> = [0, 1, 3, 7, 12, 13, 29, 39].map(of_inquiry).into();
    put_off(&store, &asleep[..4], &until(Some(hours(2)), Awaits::Change)).await;
    put_off(&store, &asleep[4..], &until(None, Awaits::Change)).await;
    put_off(&store, &[of_case(0), of_case(9)], &until(Some(hours(2)), Awaits::Change)).await;
    for (hour, sleeping) in [(0, asleep.clone()), (2, asleep[4..].to_vec())] {
        clock.set(hours(hour));
        for order in Order::ALL {
            let whole = ids(&store, &InquiryView { hides: false, ..view("", order) }).await;
            let is_awake = |id: &&String| !sleeping.iter().any(|one| one.id() == id.as_str());
            let expected: Vec<String> = whole.iter().filter(is_awake).cloned().collect();
            assert_eq!(expected.len(), INQUIRIES - sleeping.len());
            let view = view("", order);
            for (first, id) in (0..).zip(&expected) {
                let rows = store.inquiries(&view, Window { first, rows: 1 }).await.unwrap();
                assert_eq!((rows.total, rows.extent), (expected.len() as u64, Total::Exact));
                assert_eq!(rows.rows[0].id.as_str(), id, "{first} by {order:?} at {hour}");
                let id = InquiryId::new(id).unwrap();
                assert_eq!(store.inquiry_position(&view, &id).await.unwrap(), Some(first));
            }
            for one in &sleeping {
                let id = InquiryId::new(one.id()).unwrap();
                assert_eq!(store.inquiry_position(&view, &id).await.unwrap(), None);
            }
            // The strip and the header say the same.
            let figures = store.inquiry_figures(&view).await.unwrap();
            let late = |id: &&String| id[4..].parse::<i64>().unwrap() - 4 < hour;
            let late = expected.iter().filter(|id| id.as_str() < "inq_10").filter(late).count();
            assert_eq!((figures.count, figures.late), (expected.len() as u64, late as u64));
        }
        let glance = store.glance(&me()).await.unwrap();
        assert_eq!(glance.to_review, (INQUIRIES - sleeping.len()) as u64);
        let (open, late) = if hour == 0 { (8, 3) } else { (10, 6) };
        assert_eq!((glance.open_cases, glance.late), (open, late));
        let cases = case_view(&parse("", List::Cases).unwrap(), Order::Sla, &me());
        let figures = store.case_figures(&cases).await.unwrap();
        assert_eq!((figures.count, figures.late), (open, late));
        assert_eq!(store.cases(&cases, ALL).await.unwrap().total, open);
        // They are found by name, and by others as ever.
        let mut found = ids(&store, &view("status:any snoozed:yes", Order::Sla)).await;
        found.sort();
        assert_eq!(found, sleeping.iter().map(|one| one.id().to_owned()).collect::<Vec<_>>());
        for line in ["snoozed:any", "status:any snoozed:any"] {
            assert_eq!(ids(&store, &view(line, Order::Sla)).await.len(), INQUIRIES, "{line}");
        }
        for line in ["snoozed:no", "!snoozed:yes", "ada"] {
            let found = ids(&store, &view(line, Order::Sla)).await.len();
            assert_eq!(found, INQUIRIES - sleeping.len(), "{line}");
        }
        assert_eq!(ids(&store, &everybodys).await.len(), INQUIRIES);
    }
    let Snoozes { asleep: known, back } = store.snoozes(&me()).await.unwrap();
    assert_eq!((known.len(), back.len()), (4, 6));
    assert!(back.iter().all(|back| back.woken.is_none()));
    // Told once; what was put off anew meanwhile stays.
    let told: Vec<Subject> = back.into_iter().map(|back| back.subject).collect();
    put_off(&store, &[of_inquiry(0)], &until(Some(hours(9)), Awaits::Change)).await;
    store.welcome(&me(), &told).await.unwrap();
    let Snoozes { asleep: known, back } = store.snoozes(&me()).await.unwrap();
    assert_eq!((known.len(), back.len()), (5, 0));
    assert!(known.contains_key(&of_inquiry(0)));
}

/// Why each that is back is, by its id.
async fn woken(store: &Store) -> Vec<(String, String)> {
    let back = store.snoozes(&me()).await.unwrap().back;
    let why = |woken: Option<Text>| woken.map_or_else(String::new, |why| why.to_string());
    let mut all: Vec<_> =
        back.into_iter().map(|back| (back.subject.id().to_owned(), why(back.woken))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn what_happens_wakes_and_what_one_does_oneself_does_not() {
    let (_dir, clock, store) = filled().await;
    let put = async |entity: Entity| store.apply(Batch::of([entity])).await.unwrap();
    for nth in 0..4 {
        put(Entity::Inquiry(inquiry(nth, "pending", 1))).await;
    }
    put_off(&store, &[of_inquiry(0), of_case(1)], &until(None, Awaits::Finish)).await;
    put_off(&store, &[2, 3, 4, 5].map(of_inquiry), &until(Some(hours(9)), Awaits::Change)).await;
    put_off(&store, &[of_case(6), of_case(7)], &until(None, Awaits::Change)).await;

    // A step on the way is no end; a tag is how colleagues claim.
    put(Entity::Inquiry(Inquiry { sessions: Vec::new(), ..inquiry(0, "pending", 2) })).await;
    let tags = vec![Text::new("reviewing:joan")];
    put(Entity::Inquiry(Inquiry { tags, ..inquiry(4, "needs_review", 2) })).await;
    put(Entity::Case(Case { tags: vec![Text::new("vip")], ..case(6, 2, 2) })).await;
    assert_eq!(woken(&store).await, []);

    // What is on its way from here changes it, and is no news; neither when Persona's events tell first.
    let mut sent = action("inq_05", &clock);
    sent.verb = caseload::model::Verb::OneTimeLink { expires_in_seconds: None };
    store.submit(&sent, "here").await.unwrap();
    clock.advance(Duration::from_secs(6));
    let mut sent = store.claim("here", Sends::Own).await.unwrap().unwrap();
    put(Entity::Inquiry(inquiry(5, "expired", 2))).await;
    sent.attempts = 1;
    let learnt = Batch::of([Entity::Inquiry(inquiry(5, "pending", 3))]);
    let done = caseload::model::ActionState::Done;
    store.settle(&sent, "here", &done, &learnt, "").await.unwrap();
    assert_eq!(woken(&store).await, []);
    put(Entity::Inquiry(inquiry(5, "completed", 4))).await;

    for nth in 0..3 {
        put(Entity::Inquiry(inquiry(nth, "completed", 4))).await;
    }
    put(Entity::Case(Case { status: Text::new("Pending"), ..case(7, 3, 4) })).await;
    let finished = "the applicant finished (completed)";
    let expected = [
        ("case_01", format!("inq_01: {finished}")),
        ("case_07", "changed: status Open → Pending".to_owned()),
        ("inq_00", finished.to_owned()),
        ("inq_02", finished.to_owned()),
        ("inq_05", finished.to_owned()),
    ];
    assert_eq!(woken(&store).await, expected.map(|(id, why)| (id.to_owned(), why)));
    let asleep = store.snoozes(&me()).await.unwrap().asleep;
    assert_eq!(asleep.len(), 3);
    let back = store.snoozes(&me()).await.unwrap().back;
    assert!(back.iter().any(|back| back.case == Some(Text::new("KYC-7"))));
}

#[tokio::test]
async fn what_is_decided_or_forgotten_is_put_off_no_more() {
    let (dir, clock, store) = filled().await;
    let all = [0, 1, 2, 3].map(of_inquiry);
    let noted = Snooze { note: Some(Text::new("ask Bob")), ..until(None, Awaits::Change) };
    put_off(&store, &all, &noted).await;
    assert_eq!(store.snoozes(&me()).await.unwrap().asleep[&all[0]], noted);
    // Here, elsewhere, and redacted.
    store.submit(&action("inq_00", &clock), "here").await.unwrap();
    let redacted = Inquiry { redacted_at: Some(noon()), ..inquiry(2, "needs_review", 5) };
    let declined = inquiry(1, "declined", 5);
    let batch = Batch::of([Entity::Inquiry(declined), Entity::Inquiry(redacted)]);
    store.apply(batch).await.unwrap();
    let left = store.snoozes(&me()).await.unwrap();
    assert_eq!((left.asleep.len(), left.back.len()), (1, 0));
    // None of these can be put off.
    let gone = [all[1].clone(), all[2].clone(), of_inquiry(99), of_case(3)];
    let steps: Vec<_> =
        gone.iter().map(|one| (one.clone(), Some(until(Some(hours(1)), Awaits::Change)))).collect();
    let done = store.snooze(&me(), &steps).await.unwrap();
    assert_eq!((done.before.len(), done.left_out), (1, 3));
    assert_eq!(done.late, [(of_case(3), hours(-1))], "its deadline is before it wakes");
    // Taken back, all of it is as it was.
    store.snooze(&me(), &done.before).await.unwrap();
    store.snooze(&me(), &[(all[3].clone(), None)]).await.unwrap();
    assert_eq!(store.snoozes(&me()).await.unwrap(), Snoozes::default());
    // It survives a restart.
    put_off(&store, &[of_case(3)], &noted).await;
    store.close().await;
    let store = Store::open(&dir.path().join("store.db"), clock).await.unwrap();
    assert_eq!(store.snoozes(&me()).await.unwrap().asleep[&of_case(3)], noted);
    assert_eq!(
        store.inquiry(&InquiryId::new("inq_01").unwrap()).await.unwrap().unwrap().inquiry.status,
        InquiryStatus::Declined
    );
}

#[tokio::test]
async fn a_day_with_things_put_off() {
    let mut story = Story::begin_with(Beginning { inquiries: 120, ..Beginning::default() }).await;
    let first = story.first_in_queue();
    let waiting = story.simulator.inquiries("needs_review").len();
    story.sees(&format!("{waiting} to review"));

    // By a letter, and taken back.
    story.press("w").await.sees("until").sees("one hour").sees("13:00").sees("tomorrow 09:00");
    story.press("<esc>").await.lacks("one hour").press("wo").await;
    story.sees("snoozed until 13:00, or until it changes; u takes it back");
    story.sees(&format!("{} to review", waiting - 1));
    story.press("u").await.sees("taken back").sees(&format!("{waiting} to review"));

    // A time of one's own with a note: what cannot be read is told.
    story
        .press("ggwasoon<enter>")
        .await
        .sees("type 2h, 30m")
        .press("<esc>")
        .await
        .sees("one hour")
        .press("a2h ask Bob<enter>")
        .await;
    story.sees(&format!("{} to review", waiting - 1));
    // It is fetched by nobody who has put it off.
    let second = {
        story.press("f").await.lacks(&caseload::model::InquiryId::new(&first).unwrap().short());
        let tag = "reviewing:jane@example.test";
        let waiting = story.simulator.inquiries("needs_review").into_iter();
        let mut claimed = waiting.filter(|id| {
            let object = story.simulator.object(id).unwrap();
            object["attributes"]["tags"].as_array().unwrap().iter().any(|found| found == tag)
        });
        claimed.next().unwrap()
    };
    assert_ne!(second, first);
    // From the detail: on to the next, which is claimed in turn; and the same again.
    story.press("wt").await.sees("Thu 5 Mar 09:00").sees("claimed by").press("F").await;
    story.press("hgg.").await.sees(&format!("{} to review", waiting - 3));

    // Through a restart; in a view of its own; and decided by its id all the same.
    let mut story = Story::again(story.kill()).await;
    story.sees(&format!("{} to review", waiting - 3)).sleep(2).await.sees("7 snoozed 3");
    story.press(":view snoozed<enter>").await.sees("snoozed until 14:00");
    story.press(&format!(":{first}<enter>")).await.sees("or until it changes: ask Bob");
    story.press("h\\").await;
    story.sleep(2 * 60 * 60).await.sees("is back: 2 h are over; you noted: ask Bob");
    story.sees(&format!("{} to review", waiting - 2)).lacks("snoozed until 14:00");
    story.press(&format!(":{second}<enter>")).await.sees("snoozed until Thu 5 Mar 09:00");
    story.press("a1<enter>").await.pass(6).await;
    assert_eq!(story.simulator.status(&second).as_deref(), Some("approved"));
    story.press("h:view snoozed<enter>").await.lacks(&second[..9]);
    // Woken by hand.
    story.press("ggww").await.sees("awake, and in the list again");
}

#[tokio::test]
async fn many_are_put_off_and_come_back_when_something_happens() {
    let mut story = Story::begin().await;
    story.press("/status:completed<enter>gg  ").await.sees("2 marked").press("w").await;
    story.sees("snooze all 2 marked until").press("s").await;
    story.sees("2 inquiries are snoozed until it changes; u takes it back").lacks("2 marked");
    story.press("u").await.sees("taken back: 2 inquiries are as before");
    story.press("gg  .").await.sees("2 inquiries are snoozed until it changes");
    story.press(":view snoozed<enter>gg").await.sees("snoozed until change");
    // One of them is sent to review by a colleague; the other sleeps on.
    let completed = story.simulator.inquiries("completed");
    let shown = |story: &Story, id: &str| {
        story.screen().contains(&caseload::model::InquiryId::new(id).unwrap().short())
    };
    let one = completed.into_iter().find(|id| shown(&story, id)).expect("one is in the detail");
    story.press("1\\").await;
    story.simulator.elsewhere(&one, "mark-for-review");
    story.pass(60).await.sees("is back: status completed → needs review");
    story.press(":view snoozed<enter>").await.sees("snoozed 1");

    // A case whose deadline comes first.
    story.press("2gg").await.press("w").await.sees("its deadline was at");
    story.press("n").await.sees("late already: ").press("u").await.sees("taken back");
    story
        .press("2ggjj")
        .await
        .press("w")
        .await
        .sees("its deadline is at")
        .sees("after its deadline");
    story.press("n").await.sees("its deadline is at").sees("before it wakes: ").press("u").await;
    // Accounts are not put off, nor what is decided; and nothing while a decision is staged.
    story.press("1\\gg<enter>a").await.press("w").await.sees("a decision is staged");
    story.press("<esc>h/status:approved<enter>").await.press("w").await.sees("it is approved");
}
