//! What opening an item costs that came along before somebody wanted it: from the key to the frame,
//! with the evidence read from the store, without a terminal. Each tab is drawn as well.
//!
//! `cargo bench --bench detail`

use std::{sync::Arc, time::Duration};

use caseload::{
    busy::Busy,
    clock::Clock,
    config::{Mask, Policy, WhenLost},
    desk::{self, Booted, CaseStatuses, RelationKeys},
    metrics::Thresholds,
    model::{Text, filter::Order},
    persona::{self, Roots},
    secret::{KeySource, Secret},
    simulator::{self, DEMO_KEY, Novelties, Scenario, Simulator},
    sync,
    tui::{Console, Keys, Searched, Settings, Theme},
};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use divan::Bencher;
use ratatui::{Terminal, backend::TestBackend};
use tempfile::TempDir;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// A console on a filled store, with its Persona on this machine.
struct Opened {
    runtime: Runtime,
    console: Console,
    terminal: Terminal<TestBackend>,
    busy: Busy,
    _booted: Booted,
    _simulator: Arc<Simulator>,
    _folder: TempDir,
}

impl Opened {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (busy, clock) = (Busy::default(), Clock::system());
        let (console, booted, simulator) = runtime.block_on(filled(&folder, &busy, &clock));
        let terminal = Terminal::new(TestBackend::new(120, 40)).expect("a test terminal");
        let mut opened = Self {
            runtime,
            console,
            terminal,
            busy,
            _booted: booted,
            _simulator: simulator,
            _folder: folder,
        };
        opened.settle();
        opened
    }

    fn press(&mut self, key: char) {
        let key = KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE);
        {
            let _in = self.runtime.enter();
            self.console.input(Event::Key(key));
        }
        self.settle();
    }

    /// Until nothing is under way any more, then one frame.
    fn settle(&mut self) {
        let _in = self.runtime.enter();
        self.console.rest();
        // Work is over when its answer is read, so both are looked at in turn.
        while self.console.take_answers() || !self.busy.is_idle() {
            self.runtime.block_on(tokio::task::yield_now());
        }
        self.terminal.draw(|frame| self.console.draw(frame)).expect("a frame");
        self.console.drawn();
    }
}

async fn filled(folder: &TempDir, busy: &Busy, clock: &Clock) -> (Console, Booted, Arc<Simulator>) {
    let options = simulator::Options {
        inquiries: 300,
        novelties: Novelties::None,
        scenario: Scenario::default(),
        rate_limit: 100_000,
        ..simulator::Options::default()
    };
    let listen = ([127, 0, 0, 1], 0).into();
    let started = simulator::start(listen, options, clock.clone()).await;
    let simulator = Arc::new(started.expect("a free port"));
    let key = KeySource::given(Secret::new(DEMO_KEY.to_owned()));
    let options = desk::Options {
        store: folder.path().join("store/caseload.db").into(),
        field_key: None,
        persona: persona::Settings {
            base_url: simulator.base_url().parse().expect("a URL"),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(5),
            roots: Roots::Bundled,
        },
        key,
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
    let mut booted = desk::boot(options, clock.clone(), busy.clone()).await.expect("the house");
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
    let mut console =
        Console::new(booted.desk.clone(), news, settings, Theme::colours(), (120, 40));
    // All checks have come along when nothing is under way for a while.
    let mut quiet = 0;
    while quiet < 20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let is_quiet = !console.take_answers() && busy.is_idle();
        quiet = if is_quiet { quiet + 1 } else { 0 };
    }
    (console, booted, simulator)
}

/// The next item, from the list: the store is asked and the whole screen is drawn.
#[divan::bench(sample_count = 200)]
fn the_next_item(bencher: Bencher<'_, '_>) {
    let mut opened = Opened::new();
    let mut down = true;
    bencher.bench_local(|| {
        opened.press(if down { 'j' } else { 'k' });
        down = !down;
    });
}

/// Eight tabs, the last two of which are asked for at Persona once.
#[divan::bench(sample_count = 100)]
fn once_round_the_tabs(bencher: Bencher<'_, '_>) {
    let mut opened = Opened::new();
    bencher.bench_local(|| (0..8).for_each(|_| opened.press(']')));
}
