//! What the console and scripts ask of a store, at 1 000 and 100 000 inquiries, and at a million
//! if `CASELOAD_BENCH_MILLION` is set (filling takes minutes, once; the store is kept below
//! `target/tmp`). Compare a row's figures with each other: they should hardly grow.
//!
//! `cargo bench --bench scale`, or `CASELOAD_BENCH_MILLION=1 cargo bench --bench scale -- search`.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use caseload::{
    clock::Clock,
    desk::inquiry_view,
    model::{
        AccountId, InquiryStatus, TemplateId, Text,
        filter::{List, Order, parse},
    },
    store::{CaseView, InquiryFilter, InquiryView, Scope, Store, Window},
};
use divan::Bencher;
use tokio::runtime::Runtime;

mod filled;

fn main() {
    divan::main();
}

fn sizes() -> Vec<usize> {
    let mut sizes = vec![1_000, 100_000];
    if std::env::var_os("CASELOAD_BENCH_MILLION").is_some() {
        sizes.push(1_000_000);
    }
    sizes
}

/// Where the store of a size is kept from one run to the next.
fn kept(inquiries: usize) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("filled-{inquiries}/caseload.db"))
}

struct Shelf {
    runtime: Runtime,
    store: Store,
    size: usize,
}

impl Shelf {
    fn of(size: usize) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let store = runtime.block_on(filled::fill(&kept(size), size, |_| {}));
        Self { runtime, store, size }
    }

    /// `share` percent into the view.
    fn window(&self, bencher: Bencher<'_, '_>, view: &InquiryView, share: u64) {
        let total = self.runtime.block_on(async {
            self.store.inquiries(view, Window { first: 0, rows: 1 }).await.expect("rows").total
        });
        let window = Window { first: total * share / 100, rows: 60 };
        bencher.bench_local(|| {
            self.runtime.block_on(self.store.inquiries(view, window)).expect("rows")
        });
    }

    fn search(&self, bencher: Bencher<'_, '_>, status: Option<InquiryStatus>, words: &str) {
        let view = InquiryView { status, search: Some(Text::new(words)), ..InquiryView::default() };
        self.window(bencher, &view, 0);
    }
}

fn queue() -> InquiryView {
    InquiryView { status: Some(InquiryStatus::NeedsReview), ..InquiryView::default() }
}

#[divan::bench(args = sizes())]
fn opening(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let path = kept(size);
    drop(shelf.store);
    bencher.bench_local(|| {
        shelf.runtime.block_on(async {
            let store = Store::open(&path, Clock::system()).await.expect("a store");
            store.inquiries(&queue(), Window { first: 0, rows: 60 }).await.expect("rows")
        })
    });
}

#[divan::bench(args = sizes())]
fn the_queues_first_window(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).window(bencher, &queue(), 0);
}

#[divan::bench(args = sizes())]
fn the_queues_middle(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).window(bencher, &queue(), 50);
}

/// A queue in another order, from its middle on.
fn by(bencher: Bencher<'_, '_>, size: usize, order: Order) {
    Shelf::of(size).window(bencher, &InquiryView { order, ..queue() }, 50);
}

#[divan::bench(args = sizes())]
fn the_queues_middle_by_sla(bencher: Bencher<'_, '_>, size: usize) {
    by(bencher, size, Order::Sla);
}

#[divan::bench(args = sizes())]
fn the_queues_middle_by_risk(bencher: Bencher<'_, '_>, size: usize) {
    by(bencher, size, Order::Risk);
}

/// The first window of what a line finds.
fn filtered(bencher: Bencher<'_, '_>, size: usize, line: &str) {
    let filter = parse(line, List::Inquiries).expect("a filter");
    Shelf::of(size).window(bencher, &inquiry_view(&filter, Order::Sla, &Text::new("")), 0);
}

#[divan::bench(args = sizes())]
fn a_filter_by_a_field(bencher: Bencher<'_, '_>, size: usize) {
    filtered(bencher, size, "failed:>0 !ada");
}

#[divan::bench(args = sizes())]
fn a_filter_that_finds_nothing(bencher: Bencher<'_, '_>, size: usize) {
    filtered(bencher, size, "status:any failed:>9000");
}

#[divan::bench(args = sizes())]
fn a_filter_by_likeness(bencher: Bencher<'_, '_>, size: usize) {
    filtered(bencher, size, "status:any ~mustremann");
}

#[divan::bench(args = sizes())]
fn a_view_in_figures(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let filter = parse("failed:>0", List::Inquiries).expect("a filter");
    let view = inquiry_view(&filter, Order::Sla, &Text::new(""));
    bencher
        .bench_local(|| shelf.runtime.block_on(shelf.store.inquiry_figures(&view)).expect("rows"));
}

#[divan::bench(args = sizes())]
fn the_middle_of_all(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).window(bencher, &InquiryView::default(), 50);
}

#[divan::bench(args = sizes())]
fn the_end_of_all(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).window(bencher, &InquiryView::default(), 100);
}

#[divan::bench(args = sizes())]
fn the_place_of_one_of_all(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let (view, id) = (InquiryView::default(), filled::inquiry(size / 2, size).id);
    bencher.bench_local(|| {
        shelf.runtime.block_on(shelf.store.inquiry_position(&view, &id)).expect("a place")
    });
}

#[divan::bench(args = sizes())]
fn the_middle_of_all_cases(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let view = CaseView { scope: Scope::All, ..CaseView::default() };
    let window = Window { first: size as u64 / 16, rows: 60 };
    bencher.bench_local(|| shelf.runtime.block_on(shelf.store.cases(&view, window)).expect("rows"));
}

#[divan::bench(args = sizes())]
fn a_search_of_cases(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let view = CaseView {
        scope: Scope::All,
        search: Some(Text::new("kyc-1 reviewer3")),
        ..CaseView::default()
    };
    let window = Window { first: 0, rows: 60 };
    bencher.bench_local(|| shelf.runtime.block_on(shelf.store.cases(&view, window)).expect("rows"));
}

#[divan::bench(args = sizes())]
fn the_header(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    bencher.bench_local(|| {
        shelf.runtime.block_on(shelf.store.glance(&Text::new(""))).expect("figures")
    });
}

#[divan::bench(args = sizes())]
fn a_search_for_one(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, None, &format!("cust-{}", size / 2 + 1));
}

#[divan::bench(args = sizes())]
fn a_search_for_part_of_an_id(bencher: Bencher<'_, '_>, size: usize) {
    let id = filled::inquiry(size / 2, size).id.to_string();
    Shelf::of(size).search(bencher, None, &id[8..16]);
}

#[divan::bench(args = sizes())]
fn a_search_for_a_common_name(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, None, "ada muster");
}

#[divan::bench(args = sizes())]
fn a_search_for_what_all_have(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, None, "cust-");
}

#[divan::bench(args = sizes())]
fn a_search_for_a_tag_in_the_queue(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, Some(InquiryStatus::NeedsReview), "vip");
}

/// Common, but never of this status.
#[divan::bench(args = sizes())]
fn a_search_in_vain_in_the_queue(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, Some(InquiryStatus::Expired), "vip");
}

#[divan::bench(args = sizes())]
fn a_search_for_two_letters(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, None, "ad");
}

#[divan::bench(args = sizes())]
fn a_search_for_two_letters_in_vain(bencher: Bencher<'_, '_>, size: usize) {
    Shelf::of(size).search(bencher, None, "花子");
}

#[divan::bench(args = sizes())]
fn the_inquiries_of_an_account(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let file = shelf.runtime.block_on(shelf.store.inquiry(&filled::inquiry(size / 2, size).id));
    let account: AccountId =
        file.expect("a file").expect("an inquiry").inquiry.account.expect("an account");
    bencher
        .bench_local(|| shelf.runtime.block_on(shelf.store.inquiries_of(&account)).expect("rows"));
}

#[divan::bench(args = sizes())]
fn a_script_lists_100_of_a_template(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let template = Some(TemplateId::new("itmpl_3").expect("an id"));
    let filter = InquiryFilter { template, ..InquiryFilter::default() };
    bencher.bench_local(|| {
        shelf.runtime.block_on(shelf.store.list_inquiries(&filter, 100)).expect("rows")
    });
}

/// Windows and files, as keys ask for them, while 200 events a second come in: the slowest of a
/// hundred in a run counts.
#[divan::bench(args = sizes(), sample_count = 10, sample_size = 1)]
fn the_slowest_of_100_keys_beside_200_events_a_second(bencher: Bencher<'_, '_>, size: usize) {
    let shelf = Shelf::of(size);
    let store = shelf.store.clone();
    let events = shelf.runtime.spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        for round in usize::try_from(jiff::Timestamp::now().as_second()).expect("a number").. {
            tick.tick().await;
            let events: Vec<_> =
                (0..20).map(|nth| filled::event(round * 20 + nth, shelf.size)).collect();
            store.ingest(&events).await.expect("it takes events in");
        }
    });
    let mut slowest = Vec::new();
    let mut at = 0;
    bencher.bench_local(|| {
        let mut times: Vec<Duration> = (0..100)
            .map(|_| {
                at = (at + 60) % (size as u64 / 5).max(61);
                let start = Instant::now();
                shelf.runtime.block_on(async {
                    let window = Window { first: at, rows: 60 };
                    let rows = shelf.store.inquiries(&queue(), window).await.expect("rows");
                    let row = rows.rows.first().expect("a row");
                    shelf.store.inquiry(&row.id).await.expect("its file");
                });
                let took = start.elapsed();
                std::thread::sleep(Duration::from_millis(5));
                took
            })
            .collect();
        times.sort_unstable();
        slowest.push(times[98]);
    });
    events.abort();
    slowest.sort_unstable();
    println!("{size}: 99 of 100 within {:?} (the median run)", slowest[slowest.len() / 2]);
}
