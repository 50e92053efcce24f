//! What a step of the cursor costs in a list of a hundred thousand inquiries, the detail beside it:
//! one step, a burst of them, and a step with the detail that follows it. Run with
//! `cargo bench --bench cursor`; compare ratios, not times. Filling takes a minute.

use std::{sync::OnceLock, time::Duration};

use caseload::{
    busy::Busy,
    clock::Clock,
    config::{Mask, Policy, WhenLost},
    desk::{self, Booted, CaseStatuses, RelationKeys},
    metrics::Thresholds,
    model::{Text, filter::Order},
    persona::{self, Roots},
    secret::{KeySource, Secret},
    sync,
    tui::{Console, Keys, Searched, Settings, Theme},
};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use divan::Bencher;
use ratatui::{Terminal, backend::TestBackend};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[path = "filled/mod.rs"]
#[allow(dead_code)]
mod filled;

const INQUIRIES: usize = 100_000;

/// Filled once for all of them.
static FOLDER: OnceLock<TempDir> = OnceLock::new();

fn main() {
    divan::main();
}

/// A console on a filled store; its Persona cannot be reached.
struct Opened {
    runtime: Runtime,
    console: Console,
    terminal: Terminal<TestBackend>,
    busy: Busy,
    _booted: Booted,
}

impl Opened {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = FOLDER.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("caseload.db");
            let store = runtime.block_on(filled::fill(&file, INQUIRIES, |_| {}));
            runtime.block_on(store.close());
            folder
        });
        let busy = Busy::default();
        let (console, booted) = runtime.block_on(opened(folder, &busy));
        let terminal = Terminal::new(TestBackend::new(120, 40)).expect("a test terminal");
        let mut opened = Self { runtime, console, terminal, busy, _booted: booted };
        opened.rest();
        opened
    }

    fn press(&mut self, key: char) {
        let _in = self.runtime.enter();
        let key = KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE);
        self.console.input(Event::Key(key));
    }

    fn draw(&mut self) {
        let _in = self.runtime.enter();
        self.console.take_answers();
        self.terminal.draw(|frame| self.console.draw(frame)).expect("a frame");
        self.console.drawn();
    }

    /// Until the detail has followed and nothing is under way any more.
    fn rest(&mut self) {
        {
            let _in = self.runtime.enter();
            self.console.rest();
            while self.console.take_answers() || !self.busy.is_idle() {
                self.runtime.block_on(tokio::task::yield_now());
            }
        }
        self.draw();
    }
}

async fn opened(folder: &TempDir, busy: &Busy) -> (Console, Booted) {
    let options = desk::Options {
        store: folder.path().join("caseload.db").into(),
        field_key: None,
        persona: persona::Settings {
            base_url: "http://127.0.0.1:9/api/v1".parse().expect("a URL"),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(5),
            roots: Roots::Bundled,
        },
        key: KeySource::given(Secret::new("persona_sandbox_bench".to_owned())),
        thresholds: Thresholds::default(),
        reviewer: Text::new("bench@example.test"),
        hold: Duration::from_secs(5),
        relation_keys: RelationKeys::default(),
        case_statuses: CaseStatuses::default(),
        claims: None,
        sync: sync::Settings::default(),
        policy: Policy::default(),
        when_lost: WhenLost::Refuse,
        reporting: desk::Reporting::default(),
    };
    // Its tasks never begin: only the keys are measured.
    let prepared = desk::prepare(options, Clock::system(), busy.clone()).await;
    let mut booted = prepared.expect("the house");
    let settings = Settings {
        environment: Text::new("SANDBOX"),
        key_source: Text::new("of the bench"),
        reviewer: Text::new("bench@example.test"),
        zone: jiff::tz::TimeZone::UTC,
        mask: Mask::Everything,
        reveal: Duration::from_secs(60),
        hold: Duration::from_secs(5),
        link_expires: Duration::from_secs(86_400),
        policy: Policy::default(),
        layouts: Default::default(),
        searched: Searched::Anywhere,
        order: Order::Sla,
        views: Vec::new(),
        sla: Duration::from_secs(5),
        error_rate: 0.05,
        claims: None,
        photos: caseload::config::Photos::Off,
        photo_limit: 0,
        keys: Keys::default(),
        drafts: std::env::temp_dir(),
        results: std::env::temp_dir(),
        is_shared: false,
        when_lost: WhenLost::Refuse,
        lesson: None,
    };
    let news = booted.take_news();
    let console = Console::new(booted.desk.clone(), news, settings, Theme::colours(), (120, 40));
    (console, booted)
}

/// Two rows of the list change; nothing is waited for.
#[divan::bench(sample_count = 500)]
fn one_step(bencher: Bencher<'_, '_>) {
    let mut opened = Opened::new();
    bencher.bench_local(|| {
        opened.press('j');
        opened.draw();
    });
}

/// As many as a held key sends while a terminal stalls, and one frame.
#[divan::bench(sample_count = 100)]
fn a_burst_of_200_steps(bencher: Bencher<'_, '_>) {
    let mut opened = Opened::new();
    bencher.bench_local(|| {
        (0..200).for_each(|_| opened.press('j'));
        opened.draw();
    });
}

/// A step, and the detail of the item that it leads to.
#[divan::bench(sample_count = 200)]
fn one_step_and_the_detail(bencher: Bencher<'_, '_>) {
    let mut opened = Opened::new();
    bencher.bench_local(|| {
        opened.press('j');
        opened.draw();
        opened.rest();
    });
}
