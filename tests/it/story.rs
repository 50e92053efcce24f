//! A story: keys are pressed, the screen is read, and the simulated Persona is asked what it now
//! believes. Everything is real but the terminal and the time.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use caseload::{
    busy::Busy,
    clock::Clock,
    config::{CaseLayout, Mask, Photos, Policy, WhenLost},
    desk::{self, Booted, CaseStatuses, Mappings, RelationKeys},
    metrics::Thresholds,
    model::{ClaimTag, Text, Timestamp, filter::Order},
    persona::{self, Roots},
    secret::{FieldKey, KeySource, Secret},
    simulator::{self, DEMO_KEY, Novelties, Scenario, Simulator},
    store::Store,
    sync,
    tui::{Console, Errand, Hanging, Keys, Lesson, Searched, Settings, Theme, View, photo::Means},
};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use jiff::tz::TimeZone;
use ratatui::{
    Terminal, TerminalOptions, Viewport,
    backend::{CrosstermBackend, TestBackend},
    buffer::Buffer,
    style::Modifier,
};
use serde_json::Value;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

use crate::postgres::Database;

pub struct Story {
    pub simulator: Arc<Simulator>,
    pub clock: Clock,
    pub folder: Arc<TempDir>,
    /// What was handed to the terminal's clipboard, newest last.
    pub copied: Vec<String>,
    pub console: Console,
    terminal: Terminal<TestBackend>,
    /// The newest frame. What a test terminal keeps has remains of older ones under wide letters.
    shown: Buffer,
    pub busy: Busy,
    pub booted: Booted,
    field_key: Option<FieldKey>,
}

/// How a story begins; `..Beginning::default()` for the rest.
pub struct Beginning {
    pub size: (u16, u16),
    pub scenario: Scenario,
    pub inquiries: usize,
    pub novelties: Novelties,
    pub key: &'static str,
    pub mask: Mask,
    pub timeout: Duration,
    /// The simulator's own if none is given.
    pub base_url: Option<String>,
    /// What the store is sealed with.
    pub field_key: Option<FieldKey>,
    pub mappings: Mappings,
    pub policy: Policy,
    pub layouts: BTreeMap<String, CaseLayout>,
    pub reviewer: &'static str,
    /// Most stories are about what waits longest.
    pub order: Order,
    pub views: Vec<View>,
    pub photos: Photos,
    pub keys: Keys,
    /// How photos get to the terminal; half blocks in all colours without it.
    pub means: Option<Means>,
    /// For so long links to files are good, in seconds.
    pub file_life: u32,
    pub seed: u64,
    /// What the console teaches.
    pub lesson: Option<Lesson>,
    /// What becomes of decisions while that is away.
    pub when_lost: WhenLost,
    /// In place of a file.
    pub server: Option<Arc<Database>>,
    /// Where metrics are served.
    pub metrics: Option<std::net::TcpListener>,
    /// Where they are sent once a minute.
    pub otlp: Option<String>,
}

impl Default for Beginning {
    fn default() -> Self {
        Self {
            size: (120, 40),
            scenario: Scenario::default(),
            inquiries: 60,
            novelties: Novelties::None,
            key: DEMO_KEY,
            mask: Mask::Everything,
            timeout: Duration::from_secs(10),
            base_url: None,
            field_key: None,
            mappings: Mappings::default(),
            policy: Policy::default(),
            layouts: BTreeMap::new(),
            reviewer: "jane@example.test",
            order: Order::Age,
            views: Vec::new(),
            photos: Photos::Auto,
            keys: Keys::default(),
            means: None,
            file_life: 6 * 60 * 60,
            seed: simulator::Options::default().seed,
            lesson: None,
            when_lost: WhenLost::Refuse,
            server: None,
            metrics: None,
            otlp: None,
        }
    }
}

/// What a person takes for a key.
const PACE: Duration = Duration::from_millis(500);

/// Work on which nothing moves for so long waits for time, if it had so many turns meanwhile: a
/// busy machine gives fewer.
const STUCK: (Duration, u32) = (Duration::from_millis(100), 40);

/// All statuses of an inquiry that the simulator gives.
pub const STATUSES: [&str; 8] = [
    "created",
    "pending",
    "completed",
    "failed",
    "expired",
    "needs_review",
    "approved",
    "declined",
];

/// The instant at which every story begins.
pub fn noon() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("a fixed instant")
}

impl Story {
    /// A console on a filled store.
    pub async fn begin() -> Self {
        Self::begin_with(Beginning::default()).await
    }

    pub async fn begin_with(beginning: Beginning) -> Self {
        let clock = Clock::manual(noon());
        let simulator = Self::persona(&beginning, &clock).await;
        Self::begin_on(simulator, clock, beginning).await
    }

    /// A Persona for a story to begin on.
    pub async fn persona(beginning: &Beginning, clock: &Clock) -> Arc<Simulator> {
        let options = simulator::Options {
            seed: beginning.seed,
            inquiries: beginning.inquiries,
            novelties: beginning.novelties,
            scenario: beginning.scenario.clone(),
            // Stories live in one window of the rate limit.
            rate_limit: 10_000,
            file_life_seconds: beginning.file_life,
            ..simulator::Options::default()
        };
        let listen = ([127, 0, 0, 1], 0).into();
        let started = simulator::start(listen, options, clock.clone()).await;
        Arc::new(started.expect("a free port"))
    }

    /// With a Persona that is there already.
    pub async fn begin_on(simulator: Arc<Simulator>, clock: Clock, beginning: Beginning) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut story = Self::open(simulator, Arc::new(folder), clock, &beginning).await;
        story.get_up().await;
        story
    }

    /// The first seconds: sync takes its time over what it fetches behind the first screen.
    async fn get_up(&mut self) {
        self.settle().await;
        for _ in 0..6 {
            self.clock.advance(PACE);
            self.settle().await;
        }
    }

    /// Another console on the same store and Persona, as after a restart or beside this one.
    pub async fn another(&self) -> Self {
        self.another_with(Beginning::default()).await
    }

    /// The same for somebody else.
    pub async fn another_with(&self, beginning: Beginning) -> Self {
        let (simulator, folder) = (Arc::clone(&self.simulator), Arc::clone(&self.folder));
        let beginning = Beginning { field_key: self.field_key.clone(), ..beginning };
        let mut story = Self::open(simulator, folder, self.clock.clone(), &beginning).await;
        story.get_up().await;
        story
    }

    async fn open(
        simulator: Arc<Simulator>,
        folder: Arc<TempDir>,
        clock: Clock,
        beginning: &Beginning,
    ) -> Self {
        let busy = Busy::default();
        let (mut booted, settings) = house(&simulator, &folder, &clock, &busy, beginning).await;
        let news = booted.take_news();
        let mut console =
            Console::new(booted.desk.clone(), news, settings, Theme::colours(), beginning.size);
        if beginning.means.is_some() {
            console.set_means(beginning.means);
        }
        let backend = TestBackend::new(beginning.size.0, beginning.size.1);
        let terminal = Terminal::new(backend).expect("a test terminal");
        let (copied, field_key) = (Vec::new(), beginning.field_key.clone());
        Self {
            simulator,
            clock,
            folder,
            copied,
            console,
            terminal,
            shown: Buffer::default(),
            busy,
            booted,
            field_key,
        }
    }

    /// Presses keys one after the other, each after the console has settled. `<enter>`, `<esc>`,
    /// `<tab>`, `<c-c>` and so on; everything else is typed.
    pub async fn press(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.clock.advance(PACE);
            self.console.input(Event::Key(key));
            self.settle().await;
        }
        self
    }

    /// Presses keys faster than anything can be drawn between them.
    pub async fn press_at_once(&mut self, keys: &str) -> &mut Self {
        for key in parse(keys) {
            self.console.input(Event::Key(key));
        }
        self.settle().await;
        self
    }

    /// Presses a key by its spelling in the table (`Ctrl-d`, `Space`, `g`); what comes of it is drawn,
    /// but not waited for.
    pub fn tap(&mut self, spelled: &str) -> &mut Self {
        self.console.input(Event::Key(spelt(spelled)));
        self.glimpse();
        self
    }

    /// The mouse does something at a column and row, which are counted from 0.
    pub async fn point(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) -> &mut Self {
        let modifiers = KeyModifiers::NONE;
        self.console.input(Event::Mouse(MouseEvent { kind, column, row, modifiers }));
        self.settle().await;
        self
    }

    /// Another size, likewise.
    pub fn fit(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.terminal.backend_mut().resize(columns, rows);
        self.console.input(Event::Resize(columns, rows));
        self.glimpse();
        self
    }

    fn glimpse(&mut self) {
        self.console.take_answers();
        let frame = self.terminal.draw(|frame| self.console.draw(frame));
        self.shown = frame.expect("a test terminal takes all").buffer.clone();
        self.console.drawn();
    }

    pub async fn paste(&mut self, text: &str) -> &mut Self {
        self.console.input(Event::Paste(text.to_owned()));
        self.settle().await;
        self
    }

    pub async fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.terminal.backend_mut().resize(columns, rows);
        self.console.input(Event::Resize(columns, rows));
        self.settle().await;
        self
    }

    /// Lets time go by.
    pub async fn pass(&mut self, seconds: u64) -> &mut Self {
        self.clock.advance(Duration::from_secs(seconds));
        self.settle().await;
        self
    }

    /// Lets time go by, as it does for a console that sleeps until something changes by itself.
    pub async fn sleep(&mut self, seconds: u64) -> &mut Self {
        self.clock.advance(Duration::from_secs(seconds));
        self.console.wake();
        self.settle().await;
        self
    }

    /// Reads what comes and draws it, until nothing is under way. Work that waits for time gets
    /// some: half a second when nothing has moved for a while.
    pub async fn settle(&mut self) {
        let mut quiet = 0;
        let mut moved = Instant::now();
        let mut turns = 0;
        while quiet < 3 {
            turns += 1;
            let _ = tokio::time::timeout(Duration::from_millis(2), self.busy.idle()).await;
            // One turn for every task that was woken meanwhile.
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
            self.console.rest();
            let news = self.console.take_answers();
            if news || self.busy.is_idle() {
                (moved, turns) = (Instant::now(), 0);
            } else if moved.elapsed() >= STUCK.0 && turns >= STUCK.1 {
                self.clock.advance(Duration::from_millis(500));
                (moved, turns) = (Instant::now(), 0);
            }
            quiet = if news || !self.busy.is_idle() { 0 } else { quiet + 1 };
            for errand in self.console.errands() {
                match errand {
                    Errand::Copy(text) => self.copied.push(text.expose().clone()),
                    Errand::Edit(text) => self.console.edited(Ok(format!("{text}as\n\n it was\n"))),
                    Errand::Suspend => {}
                    Errand::Repaint => self.terminal.clear().expect("a test terminal takes all"),
                }
            }
            if self.console.wants_frame() {
                let frame = self.terminal.draw(|frame| self.console.draw(frame));
                self.shown = frame.expect("a test terminal takes all").buffer.clone();
                self.console.drawn();
            }
        }
    }

    /// The screen's text, lines without trailing blanks.
    pub fn screen(&self) -> String {
        let buffer = &self.shown;
        let width = usize::from(buffer.area.width);
        let lines = buffer.content().chunks(width).map(|row| {
            let (mut line, mut covered) = (String::new(), 0);
            for cell in row {
                // What a wide character covers is not seen.
                if covered == 0 {
                    line.push_str(cell.symbol());
                    covered = cell.symbol().width().max(1);
                }
                covered -= 1;
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// All cells of the screen, with what no reader sees of them.
    pub fn buffer(&self) -> &Buffer {
        &self.shown
    }

    /// What the console draws on a terminal of this size, without waiting for anything.
    pub fn draw_at(&mut self, columns: u16, rows: u16) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a test terminal");
        terminal.draw(|frame| self.console.draw(frame)).expect("a test terminal takes all");
        terminal.backend().buffer().clone()
    }

    /// The bytes that draw the screen on a real terminal.
    pub fn bytes(&mut self) -> Vec<u8> {
        let size = self.buffer().area;
        let mut sent = Vec::new();
        let options = TerminalOptions { viewport: Viewport::Fixed(size) };
        let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut sent), options)
            .expect("a terminal in memory");
        terminal.draw(|frame| self.console.draw(frame)).expect("memory takes all");
        drop(terminal);
        sent
    }

    /// What a graphics protocol has to put on the screen.
    pub fn hangings(&self) -> Vec<Hanging> {
        self.console.hangings()
    }

    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(words), "{words:?} is not on the screen:\n{screen}");
        self
    }

    #[track_caller]
    pub fn lacks(&mut self, words: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(words), "{words:?} is on the screen:\n{screen}");
        self
    }

    /// The text of the row that the cursor of the pane with focus is on.
    pub fn at_cursor(&self) -> String {
        let buffer = &self.shown;
        let (area, mut text) = (buffer.area, String::new());
        for (column, row) in (0..area.height).flat_map(|row| (0..area.width).map(move |c| (c, row)))
        {
            let cell = &buffer[(column, row)];
            if cell.modifier.contains(Modifier::REVERSED) && row > 0 {
                text.push_str(cell.symbol());
            }
        }
        text
    }

    /// All lines of the journal, proved.
    pub async fn journal(&self) -> Vec<Value> {
        let file = self.folder.path().join("store/caseload.db");
        let store = Store::open(&file, Clock::system()).await.expect("the store of the story");
        let lines = store.journal_lines().await.expect("a journal");
        let pairs = lines.iter().map(|(line, hash)| (line.as_str(), hash.as_str()));
        caseload::journal::verify(pairs).expect("nobody meddled with it");
        lines.iter().map(|(line, _)| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    /// What the console has to say, and until when: the same words said again are told apart.
    pub fn said(&self) -> Option<(String, Timestamp)> {
        self.console.said().map(|(text, until)| (text.to_owned(), until))
    }

    pub fn is_over(&self) -> bool {
        self.console.is_over()
    }

    /// The id of the inquiry that waits longest.
    pub fn first_in_queue(&self) -> String {
        let waiting = self.simulator.inquiries("needs_review");
        let since = |id: &String| {
            self.simulator.object(id).expect("it was listed")["attributes"]["marked-for-review-at"]
                .to_string()
        };
        waiting.into_iter().min_by_key(since).expect("somebody waits")
    }

    /// Dies like a killed process: nothing is finished, nothing is said.
    pub fn kill(self) -> (Arc<Simulator>, Arc<TempDir>, Clock) {
        (self.simulator, self.folder, self.clock)
    }

    /// A console on what a killed one left.
    pub async fn again(left: (Arc<Simulator>, Arc<TempDir>, Clock)) -> Self {
        Self::again_with(left, Beginning::default()).await
    }

    /// The same for somebody else.
    pub async fn again_with(
        (simulator, folder, clock): (Arc<Simulator>, Arc<TempDir>, Clock),
        beginning: Beginning,
    ) -> Self {
        let mut story = Self::open(simulator, folder, clock, &beginning).await;
        story.settle().await;
        story
    }

    pub async fn shut_down(self) {
        self.booted.shut_down().await;
    }
}

/// What a house on this folder is built from.
pub fn options(simulator: &Simulator, folder: &TempDir, beginning: &Beginning) -> desk::Options {
    let key = KeySource::given(Secret::new(beginning.key.to_owned()));
    let base_url = beginning.base_url.clone().unwrap_or_else(|| simulator.base_url());
    desk::Options {
        store: match &beginning.server {
            Some(database) => database.place("sandbox", &folder.path().join("store/caseload.db")),
            None => folder.path().join("store/caseload.db").into(),
        },
        field_key: beginning.field_key.clone(),
        persona: persona::Settings {
            base_url: base_url.parse().expect("a URL"),
            connect_timeout: beginning.timeout,
            timeout: beginning.timeout,
            roots: Roots::Bundled,
        },
        key,
        thresholds: Thresholds::default(),
        reviewer: Text::new(beginning.reviewer),
        hold: Duration::from_secs(5),
        relation_keys: RelationKeys {
            mappings: beginning.mappings.clone(),
            all: ["beneficial_owners", "business", "counterparties"].map(Text::new).into(),
            ..RelationKeys::default()
        },
        case_statuses: CaseStatuses::default(),
        claims: ClaimTag::new("reviewing:"),
        sync: sync::Settings::default(),
        policy: beginning.policy.clone(),
        when_lost: beginning.when_lost,
        reporting: reporting(beginning),
    }
}

/// What a console needs: a house that runs, and how it is looked at.
pub async fn house(
    simulator: &Simulator,
    folder: &TempDir,
    clock: &Clock,
    busy: &Busy,
    beginning: &Beginning,
) -> (Booted, Settings) {
    let options = options(simulator, folder, beginning);
    let booted =
        desk::boot(options, clock.clone(), busy.clone()).await.expect("the house comes up");
    let settings = Settings {
        environment: Text::new("SANDBOX"),
        key_source: Text::new("of the story"),
        reviewer: Text::new(beginning.reviewer),
        zone: TimeZone::UTC,
        mask: beginning.mask,
        reveal: Duration::from_secs(60),
        hold: Duration::from_secs(5),
        link_expires: Duration::from_secs(86_400),
        policy: beginning.policy.clone(),
        layouts: beginning.layouts.clone(),
        searched: match beginning.field_key {
            None => Searched::Anywhere,
            Some(_) => Searched::ByBeginnings,
        },
        order: beginning.order,
        views: beginning.views.clone(),
        sla: Duration::from_secs(5),
        error_rate: 0.05,
        claims: ClaimTag::new("reviewing:"),
        photos: beginning.photos,
        photo_limit: 256 * 1024,
        keys: beginning.keys.clone(),
        drafts: std::env::temp_dir(),
        results: folder.path().join("results"),
        is_shared: beginning.server.is_some(),
        when_lost: beginning.when_lost,
        lesson: beginning.lesson,
    };
    (booted, settings)
}

/// A press as the table spells it.
fn spelt(spelled: &str) -> KeyEvent {
    let code = match spelled {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Space" => KeyCode::Char(' '),
        "Tab" => KeyCode::Tab,
        "Shift-Tab" => KeyCode::BackTab,
        "Backspace" => KeyCode::Backspace,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        other => {
            let (control, letter) = match other.strip_prefix("Ctrl-") {
                Some(letter) => (KeyModifiers::CONTROL, letter),
                None => (KeyModifiers::NONE, other),
            };
            let letter = letter.chars().next().unwrap_or_else(|| panic!("no key is {spelled}"));
            return KeyEvent::new(KeyCode::Char(letter), control);
        }
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn parse(keys: &str) -> Vec<KeyEvent> {
    let (mut out, mut rest) = (Vec::new(), keys);
    while let Some(c) = rest.chars().next() {
        let named = (c == '<').then(|| rest.find('>')).flatten();
        let key = match named {
            Some(end) => {
                let key = named_key(&rest[1..end]);
                rest = &rest[end + 1..];
                key
            }
            None => {
                rest = &rest[c.len_utf8()..];
                KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
            }
        };
        out.push(key);
    }
    out
}

fn named_key(name: &str) -> KeyEvent {
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "down" => KeyCode::Down,
        "backspace" => KeyCode::Backspace,
        _ => {
            let control = name.strip_prefix("c-").and_then(|name| name.chars().next());
            let c = control.unwrap_or_else(|| panic!("no key is called {name}"));
            return KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        }
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn reporting(beginning: &Beginning) -> desk::Reporting {
    let metrics = beginning.metrics.as_ref().map(|socket| socket.try_clone().expect("a socket"));
    let otlp = beginning.otlp.as_ref().map(|url| desk::Push {
        collector: persona::CollectorSettings {
            url: url.parse().expect("a URL"),
            roots: Roots::Bundled,
            timeout: Duration::from_secs(10),
        },
        every: Duration::from_secs(60),
    });
    desk::Reporting { metrics, otlp, breach: None }
}
