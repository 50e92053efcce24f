//! What a key costs: windows of rows from a filled store, cleaning and masking of text, decoding
//! of a page. Run with `cargo bench`; compare ratios, not times.

use std::path::Path;

use caseload::{
    clock::Clock,
    model::{Batch, Entity, Inquiry, InquiryStatus, Pii, Text},
    persona::{Document, Endpoint, PageFrom, inquiries},
    store::{InquiryView, Store, Window},
};
use divan::Bencher;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

fn inquiry(nth: usize) -> Value {
    json!({
        "type": "inquiry", "id": format!("inq_bench{nth:06}"),
        "attributes": {
            "status": if nth.is_multiple_of(5) { "needs_review" } else { "approved" },
            "reference-id": format!("cust-{nth}"),
            "created-at": format!("2026-03-{:02}T09:{:02}:00.000Z", 1 + nth % 28, nth % 60),
            "updated-at": format!("2026-03-{:02}T10:{:02}:00.000Z", 1 + nth % 28, nth % 60),
            "marked-for-review-at": format!("2026-03-{:02}T09:{:02}:30.000Z", 1 + nth % 28, nth % 60),
            "tags": [],
            "fields": {
                "name-first": { "type": "string", "value": "Ada" },
                "name-last": { "type": "string", "value": format!("Sample{nth}") },
                "birthdate": { "type": "date", "value": "1990-02-03" },
            },
        },
        "relationships": { "account": { "data": { "type": "account", "id": format!("act_{nth}") } } },
    })
}

fn page(from: usize, size: usize) -> Document {
    let data: Vec<Value> = (from..from + size).map(inquiry).collect();
    let body = json!({ "data": data, "links": { "prev": null, "next": null } });
    Document::parse(body.to_string()).expect("JSON")
}

fn list() -> inquiries::List {
    inquiries::List { filter: inquiries::Filter::default(), page: PageFrom::first(100) }
}

fn decoded(from: usize, size: usize) -> Vec<Inquiry> {
    list().decode(&page(from, size)).expect("a page").items
}

async fn filled(folder: &Path, inquiries: usize) -> Store {
    let store = Store::open(&folder.join("caseload.db"), Clock::system()).await.expect("a store");
    for from in (0..inquiries).step_by(1_000) {
        let entities = decoded(from, 1_000.min(inquiries - from)).into_iter().map(Entity::Inquiry);
        store.apply(Batch::of(entities)).await.expect("a batch");
    }
    store
}

/// The rows that one key asks for, from stores of two sizes: the ratio should be near one.
#[divan::bench(args = [1_000, 100_000], sample_count = 50)]
fn window_of_the_queue(bencher: Bencher<'_, '_>, inquiries: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store = runtime.block_on(filled(folder.path(), inquiries));
    let view = InquiryView { status: Some(InquiryStatus::NeedsReview), ..InquiryView::default() };
    bencher.bench_local(|| {
        let window = Window { first: 0, rows: 60 };
        runtime.block_on(store.inquiries(&view, window)).expect("rows")
    });
}

#[divan::bench]
fn decode_a_page_of_100(bencher: Bencher<'_, '_>) {
    let body = page(0, 100);
    let list = list();
    bencher.bench(|| list.decode(&body).expect("a page"));
}

#[divan::bench]
fn clean_and_mask_a_name() -> String {
    let name = Pii::new(divan::black_box("Ada \u{202e}Lovelace \u{1b}[2J of London"));
    name.masked() + Text::new(divan::black_box("needs_review")).as_str()
}
