//! Windows, counts, places and searches of the store against a plain sort and filter, over random
//! rows that come, move, are redacted and go; and over a store that an older version filled.

use std::{collections::BTreeMap, path::Path};

use caseload::{
    clock::Clock,
    model::{
        Batch, Case, Entity, Field, Inquiry, InquiryId, InquiryStatus, Pii, Text, Timestamp,
        forget::Forget,
    },
    secret::FieldKey,
    store::{CaseFilter, CaseView, InquiryFilter, InquiryView, Scope, Store, Total, Window},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

const STATUSES: [&str; 4] = ["needs_review", "approved", "created", "of its own"];

const NAMES: [&str; 7] =
    ["Ada Lovelace", "山田太郎", "عائشة", "Ærøskøbing Ångström", "O'Brien \"Q\"", "100%_", "Лев"];

const WORDS: [&str; 17] = [
    "a",
    "ADA",
    "love",
    "山",
    "山田",
    "田太郎",
    "عائ",
    "ångström",
    "o'b",
    "\"q\"",
    "%",
    "_",
    "inq_1",
    "ref-1",
    "lev or",
    "nobody",
    "лев",
];

/// What happens to an inquiry.
#[derive(Debug, Clone)]
enum Step {
    Comes(Row),
    /// Its name and reference are gone with its next version.
    Redacted(usize),
    Goes(usize),
}

#[derive(Debug, Clone)]
struct Row {
    nth: usize,
    status: &'static str,
    created: Option<i64>,
    marked: Option<i64>,
    name: Option<&'static str>,
    reference: Option<u8>,
}

/// Instants that share seconds, days and nothing.
fn instant() -> impl Strategy<Value = i64> {
    (0_i64..3, 0_i64..3, 0_i64..4, 0_i64..3).prop_map(|(months, days, seconds, micros)| {
        1_700_000_000_000_000
            + months * 2_700_000_000_000
            + days * 86_400_000_000
            + seconds * 1_000_000
            + micros
    })
}

fn row() -> impl Strategy<Value = Row> {
    let times = (option::weighted(0.9, instant()), option::weighted(0.8, instant()));
    let text = (option::weighted(0.8, select(&NAMES[..])), option::of(0_u8..20));
    (0_usize..40, select(&STATUSES[..]), times, text).prop_map(
        |(nth, status, (created, marked), (name, reference))| Row {
            nth,
            status,
            created,
            marked,
            name,
            reference,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => row().prop_map(Step::Comes),
        1 => (0_usize..40).prop_map(Step::Redacted),
        1 => (0_usize..40).prop_map(Step::Goes),
    ]
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap()
}

fn id(nth: usize) -> String {
    format!("inq_{nth}")
}

fn inquiry(row: &Row, version: i64) -> Inquiry {
    let bare = json!({
        "id": id(row.nth), "status": row.status, "verifications": [], "tags": [], "fields": [],
        "template": format!("itmpl_{}", row.nth % 3), "account": format!("act_{}", row.nth % 4),
    });
    let name = row.name.map(|name| Field { name: Text::new("name"), value: Pii::new(name) });
    Inquiry {
        created_at: row.created.map(at),
        updated_at: Some(at(version)),
        marked_for_review_at: row.marked.map(at),
        reference_id: row.reference.map(|nth| Text::new(&format!("ref-{nth}"))),
        fields: name.into_iter().collect(),
        ..serde_json::from_value(bare).unwrap()
    }
}

/// What the store should know.
type Model = BTreeMap<String, Inquiry>;

/// Whether a word of a search finds an inquiry.
type Finds = fn(&Inquiry, &str) -> bool;

fn listed<'a>(model: &'a Model, view: &InquiryView, finds: Finds) -> Vec<&'a Inquiry> {
    let micros = |at: Option<Timestamp>| at.map_or(0, |at| at.as_microsecond());
    let words = view.search.as_ref().map_or("", |search| search.as_str()).to_lowercase();
    let mut rows: Vec<&Inquiry> = model
        .values()
        .filter(|one| view.status.as_ref().is_none_or(|status| one.status == *status))
        .filter(|one| words.split_whitespace().all(|word| finds(one, word)))
        .collect();
    rows.sort_by_key(|one| {
        let place = match view.status {
            Some(InquiryStatus::NeedsReview) => micros(one.waiting_since()),
            _ => -micros(one.created_at),
        };
        (place, one.id.to_string())
    });
    rows
}

fn text(one: &Inquiry) -> String {
    let name = one.name().map(|name| name.reveal().to_string());
    let reference = one.reference_id.as_ref().map(ToString::to_string);
    let parts =
        [Some(one.id.to_string()), reference, name, one.account.as_ref().map(ToString::to_string)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// In a clear store a word is found anywhere.
fn anywhere(one: &Inquiry, word: &str) -> bool {
    text(one).contains(word)
}

/// In a sealed one ids are, and of names and references whole words and beginnings.
fn by_beginnings(one: &Inquiry, word: &str) -> bool {
    let clear = [Some(one.id.to_string()), one.account.as_ref().map(ToString::to_string)];
    let name = one.name().map(|name| name.reveal().to_string());
    let hidden = [one.reference_id.as_ref().map(ToString::to_string), name];
    let begins = |hidden: &str| {
        hidden == word || (3..=16).contains(&word.chars().count()) && hidden.starts_with(word)
    };
    clear.iter().flatten().any(|text| text.to_lowercase().contains(word))
        || hidden.iter().flatten().any(|text| {
            let text = text.to_lowercase();
            let mut words = text.split_whitespace();
            words.any(|word| begins(word) || word.split(|c: char| !c.is_alphanumeric()).any(begins))
        })
}

fn views() -> Vec<InquiryView> {
    let mut statuses: Vec<Option<InquiryStatus>> =
        STATUSES.iter().map(|status| Some(InquiryStatus::parse(status))).collect();
    statuses.push(None);
    let searches = || WORDS.iter().map(|words| Some(Text::new(words))).chain([None]);
    let with = |status: Option<InquiryStatus>| {
        searches().map(move |search| InquiryView {
            status: status.clone(),
            search,
            ..InquiryView::default()
        })
    };
    statuses.into_iter().flat_map(with).collect()
}

fn ids<T>(rows: &[T], id: impl Fn(&T) -> String) -> Vec<String> {
    rows.iter().map(id).collect()
}

/// Every view of the store says what the model says.
async fn agree(store: &Store, model: &Model, finds: Finds) {
    for view in views() {
        let expected = ids(&listed(model, &view, finds), |one| one.id.to_string());
        for (first, rows) in [(0, 1_000), (0, 2), (3, 4), (900, 3)] {
            let window = store.inquiries(&view, Window { first, rows }).await.unwrap();
            let length = expected.len() as u64;
            assert_eq!((window.total, window.extent), (length, Total::Exact), "{view:?}");
            let first = first.min(length.saturating_sub(u64::from(rows)));
            assert_eq!(window.first, first, "{view:?}");
            let from = usize::try_from(first).unwrap();
            let part: Vec<&String> = expected.iter().skip(from).take(rows as usize).collect();
            let found = ids(&window.rows, |row| row.id.to_string());
            assert_eq!(found.iter().collect::<Vec<_>>(), part, "{view:?} from {first}");
        }
    }
    for view in views().iter().step_by(7) {
        let expected = ids(&listed(model, view, finds), |one| one.id.to_string());
        for id in model.keys() {
            let place = expected.iter().position(|one| one == id).map(|place| place as u64);
            let found = store.inquiry_position(view, &InquiryId::new(id).unwrap()).await.unwrap();
            assert_eq!(found, place, "{id} in {view:?}");
        }
    }
    let all: Vec<&Inquiry> = listed(model, &InquiryView::default(), finds);
    for n in 0..3 {
        let template = Some(caseload::model::TemplateId::new(&format!("itmpl_{n}")).unwrap());
        let filter = InquiryFilter { template: template.clone(), ..InquiryFilter::default() };
        let found = store.list_inquiries(&filter, 1_000).await.unwrap();
        let expected = all.iter().filter(|one| one.template == template);
        let expected: Vec<String> = expected.map(|one| one.id.to_string()).collect();
        assert_eq!(ids(&found.rows, |row| row.row.id.to_string()), expected);
    }
    let glance = store.glance(&Text::new("")).await.unwrap();
    let review = InquiryView { status: Some(InquiryStatus::NeedsReview), ..InquiryView::default() };
    let queue = listed(model, &review, finds);
    assert_eq!(glance.to_review, queue.len() as u64);
    assert_eq!(glance.oldest, queue.iter().filter_map(|one| one.waiting_since()).min());
    assert_eq!(store.counts().await.unwrap().0, model.len() as u64);
}

/// What was redacted, when: for good, whatever comes later.
type Redacted = BTreeMap<String, Timestamp>;

async fn take(
    store: &Store,
    path: &Path,
    (model, redacted): &mut (Model, Redacted),
    step: &Step,
    version: i64,
) {
    match step {
        Step::Comes(row) => {
            let mut inquiry = inquiry(row, version);
            store.apply(Batch::of([Entity::Inquiry(inquiry.clone())])).await.unwrap();
            if let Some(at) = redacted.get(inquiry.id.as_str()) {
                inquiry.forget();
                inquiry.redacted_at = Some(*at);
            }
            model.insert(inquiry.id.to_string(), inquiry);
        }
        Step::Redacted(nth) => {
            let Some(known) = model.get_mut(&id(*nth)) else { return };
            known.updated_at = Some(at(version));
            known.redacted_at = Some(at(version));
            known.forget();
            redacted.entry(id(*nth)).or_insert(at(version));
            store.apply(Batch::of([Entity::Inquiry(known.clone())])).await.unwrap();
        }
        Step::Goes(nth) => {
            let mut db = open(path).await;
            let sql = "DELETE FROM inquiry WHERE id = $1";
            sqlx::query(sql).bind(id(*nth)).execute(&mut db).await.unwrap();
            model.remove(&id(*nth));
        }
    }
}

async fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display())).await.unwrap()
}

/// The index of what is searched is sound, and nothing is left of what was taken out.
async fn is_sound(path: &Path) {
    let mut db = open(path).await;
    let check = "INSERT INTO inquiry_grams (inquiry_grams, rank) VALUES ('integrity-check', 1)";
    sqlx::query(check).execute(&mut db).await.expect("the index holds what the rows hold");
    let stale = "SELECT * FROM tally WHERE rows <= 0";
    assert!(sqlx::query(stale).fetch_all(&mut db).await.unwrap().is_empty());
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn views_are_a_sort_and_a_filter_whatever_happened(steps in vec(step(), 1..90)) {
        runtime().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("store.db");
            let store = Store::open(&path, Clock::system()).await.unwrap();
            let mut model = <(Model, Redacted)>::default();
            for (version, step) in (1_800_000_000_000_000..).zip(&steps) {
                take(&store, &path, &mut model, step, version).await;
            }
            agree(&store, &model.0, anywhere).await;
            is_sound(&path).await;
        });
    }

    #[test]
    fn views_of_a_sealed_store_find_what_begins_so(steps in vec(step(), 1..60)) {
        runtime().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("store.db");
            let key = FieldKey::random().unwrap();
            let store = Store::open_with(&path, Some(&key), Clock::system()).await.unwrap();
            let mut model = <(Model, Redacted)>::default();
            for (version, step) in (1_800_000_000_000_000..).zip(&steps) {
                take(&store, &path, &mut model, step, version).await;
            }
            agree(&store, &model.0, by_beginnings).await;
            is_sound(&path).await;
        });
    }

    #[test]
    fn cases_are_a_sort_and_a_filter(rows in vec((0_usize..30, any::<bool>(), option::of(instant()), option::of(instant()), 0_u8..3), 1..60)) {
        runtime().block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
            let mut model: BTreeMap<String, Case> = BTreeMap::new();
            for (version, (nth, resolved, sla, created, queue)) in (1_800_000_000_000_000..).zip(rows) {
                let case = case(nth, resolved, sla, created, queue, version);
                store.apply(Batch::of([Entity::Case(case.clone())])).await.unwrap();
                model.insert(case.id.to_string(), case);
            }
            cases_agree(&store, &model).await;
        });
    }
}

fn case(
    nth: usize,
    resolved: bool,
    sla: Option<i64>,
    created: Option<i64>,
    queue: u8,
    version: i64,
) -> Case {
    let bare = json!({
        "id": format!("case_{nth}"), "name": format!("KYC-{nth}"), "status": "Open",
        "queue": format!("cqueue_{queue}"), "assignee": format!("Jane{queue}@example.test"),
        "tags": [], "inquiries": [], "accounts": [], "fields": [],
    });
    Case {
        resolution: resolved.then(|| Text::new("Closed")),
        sla_expires_at: sla.map(at),
        created_at: created.map(at),
        updated_at: Some(at(version)),
        ..serde_json::from_value(bare).unwrap()
    }
}

async fn cases_agree(store: &Store, model: &BTreeMap<String, Case>) {
    let mut all: Vec<&Case> = model.values().collect();
    all.sort_by_key(|case| {
        let sla = case.sla_expires_at;
        (
            case.is_resolved(),
            sla.is_none(),
            sla,
            case.created_at.map_or(0, |at| at.as_microsecond()),
            case.id.to_string(),
        )
    });
    for (scope, search) in [
        (Scope::Open, None),
        (Scope::All, None),
        (Scope::All, Some("kyc-1")),
        (Scope::Open, Some("jane2")),
    ] {
        let view = CaseView { scope, search: search.map(Text::new), ..CaseView::default() };
        let expected = all.iter().filter(|case| scope == Scope::All || !case.is_resolved());
        let expected = expected.filter(|case| {
            search.is_none_or(|word| {
                format!("{:?} {:?}", case.name, case.assignee).to_lowercase().contains(word)
            })
        });
        let expected: Vec<String> = expected.map(|case| case.id.to_string()).collect();
        for first in [0, 2, 7] {
            let window = store.cases(&view, Window { first, rows: 3 }).await.unwrap();
            assert_eq!(window.total, expected.len() as u64, "{view:?}");
            let part: Vec<String> = expected
                .iter()
                .skip(usize::try_from(window.first).unwrap())
                .take(3)
                .cloned()
                .collect();
            assert_eq!(ids(&window.rows, |row| row.id.to_string()), part, "{view:?}");
        }
        for case in &all {
            let place =
                expected.iter().position(|one| *one == case.id.to_string()).map(|n| n as u64);
            assert_eq!(store.case_position(&view, &case.id).await.unwrap(), place, "{view:?}");
        }
    }
    for queue in 0..3 {
        let filter = CaseFilter {
            queue: Some(Text::new(&format!("cqueue_{queue}"))),
            assignee: Some(Text::new(&format!("JANE{queue}@example.test"))),
            ..CaseFilter::default()
        };
        let found = store.list_cases(&filter, 100).await.unwrap();
        let expected = all.iter().filter(|case| case.queue == filter.queue);
        let expected: Vec<String> = expected.map(|case| case.id.to_string()).collect();
        assert_eq!(ids(&found.rows, |row| row.case.id.to_string()), expected);
    }
}

/// As version 3 left it: its tables, with the same rows.
async fn of_an_older_version(path: &Path, filled: &Path) {
    let versions = [
        (1, include_str!("../../assets/migrations/0001_start.sql")),
        (2, include_str!("../../assets/migrations/0002_newest_by_status.sql")),
        (3, include_str!("../../assets/migrations/0003_mismatches.sql")),
    ];
    let migrations = versions.map(|(version, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, "old".into(), kind, sql.into_sql_str(), false)
    });
    let mut db = open(path).await;
    Migrator::with_migrations(migrations.into()).run(&mut db).await.unwrap();
    let attach = format!("ATTACH '{}' AS filled", filled.display());
    sqlx::query(AssertSqlSafe(attach)).execute(&mut db).await.unwrap();
    for (table, columns) in [
        (
            "inquiry",
            "id, status, created_at, updated_at, waiting_since, account_id, search, body, fetched_at",
        ),
        (
            "review_case",
            "id, status, template, resolved, resolution, sla_expires_at, created_at, updated_at, search, body",
        ),
        ("account", "id, updated_at, body"),
    ] {
        let copy = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM filled.{table}");
        sqlx::query(AssertSqlSafe(copy)).execute(&mut db).await.unwrap();
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn an_older_store_is_brought_up_to_the_same_views() {
    let dir = tempfile::tempdir().unwrap();
    let (old, filled) = (dir.path().join("old.db"), dir.path().join("filled.db"));
    let store = Store::open(&filled, Clock::system()).await.unwrap();
    let (mut model, mut cases) = (<(Model, Redacted)>::default(), BTreeMap::new());
    for nth in 0..300 {
        let micros = 1_700_000_000_000_000 + i64::try_from(nth).unwrap() * 7_777_777_777;
        let row = Row {
            nth,
            status: STATUSES[nth % 4],
            created: (nth % 11 > 0).then_some(micros),
            marked: (nth % 7 > 0).then_some(micros + 5),
            name: Some(NAMES[nth % 7]),
            reference: u8::try_from(nth % 20).ok(),
        };
        let inquiry = inquiry(&row, micros);
        model.0.insert(inquiry.id.to_string(), inquiry.clone());
        let case = case(
            nth,
            nth % 3 == 0,
            row.marked,
            row.created,
            u8::try_from(nth % 3).unwrap(),
            micros,
        );
        cases.insert(case.id.to_string(), case.clone());
        let account = json!({
            "id": format!("act_{nth}"), "tags": [], "fields": [],
            "created_at": at(micros).to_string(), "updated_at": at(micros).to_string(),
        });
        let account = Entity::Account(serde_json::from_value(account).unwrap());
        store
            .apply(Batch::of([Entity::Inquiry(inquiry), Entity::Case(case), account]))
            .await
            .unwrap();
    }
    of_an_older_version(&old, &filled).await;
    let store = Store::open(&old, Clock::system()).await.unwrap();
    // Fewer, so that every list is counted to its end.
    for nth in 200..300 {
        take(&store, &old, &mut model, &Step::Goes(nth), 0).await;
    }
    agree(&store, &model.0, anywhere).await;
    is_sound(&old).await;
    cases_agree(&store, &cases).await;
    let accounts =
        store.list_accounts(&caseload::store::AccountFilter::default(), 2).await.unwrap();
    assert_eq!(ids(&accounts.rows, |account| account.id.to_string()), ["act_299", "act_298"]);
}

#[tokio::test]
async fn of_a_search_with_many_results_the_first_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
    let row = |nth| Row {
        nth,
        status: "approved",
        created: Some(1_700_000_000_000_000 - i64::try_from(nth).unwrap()),
        marked: None,
        name: None,
        reference: None,
    };
    let many = (0..5_000).map(|nth| Entity::Inquiry(inquiry(&row(nth), 1)));
    store.apply(Batch::of(many)).await.unwrap();
    let view = InquiryView { search: Some(Text::new("inq_")), ..InquiryView::default() };
    for first in [0, 700, 4_000, 9_000] {
        let window = store.inquiries(&view, Window { first, rows: 3 }).await.unwrap();
        let counted = (first + 3 + 240).min(5_000);
        let extent = if counted < 5_000 { Total::AtLeast } else { Total::Exact };
        assert_eq!((window.total, window.extent), (counted, extent));
        assert_eq!(window.rows[0].id.as_str(), id(usize::try_from(window.first).unwrap()));
        let at = store.inquiry_position(&view, &window.rows[2].id).await.unwrap();
        assert_eq!(at, Some(window.first + 2), "which is counted however many there are");
    }
}
