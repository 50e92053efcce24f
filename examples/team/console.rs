//! A reviewer's console: the real program in a pseudo-terminal, its keys, and when what was seen on
//! its screen.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const ROWS: u16 = 60;
const COLUMNS: u16 = 160;

/// What has not been seen by then never comes.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Console {
    pub name: String,
    pub pid: u32,
    child: Mutex<Box<dyn Child + Send + Sync>>,
    keys: Mutex<Box<dyn Write + Send>>,
    _master: Mutex<Box<dyn MasterPty + Send>>,
    seen: Arc<Mutex<Seen>>,
    /// Whoever presses keys.
    pub hands: tokio::sync::Mutex<()>,
    /// Nobody presses keys and what all look at is open: what comes is to be seen.
    pub watching: AtomicBool,
    /// It was killed, or has ended.
    pub gone: AtomicBool,
}

struct Seen {
    screen: vt100::Parser,
    closed: bool,
    /// What is waited for, and since when.
    awaited: Vec<(String, Instant)>,
    found: HashMap<String, Duration>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Console {
    /// `variables` and a home; every byte of the screen goes into a file.
    pub fn start(
        binary: &Path,
        name: &str,
        home: &Path,
        variables: &[(&str, &str)],
        bytes: &Path,
    ) -> anyhow::Result<Arc<Self>> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(binary);
        command.env_clear();
        command.cwd(home);
        command.env("HOME", home);
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let output = pair.master.try_clone_reader()?;
        let keys = pair.master.take_writer()?;
        let size = |size| NonZeroU16::new(size).expect("a terminal has a size");
        let seen = Arc::new(Mutex::new(Seen {
            screen: vt100::Parser::new(size(ROWS), size(COLUMNS), 0),
            closed: false,
            awaited: Vec::new(),
            found: HashMap::new(),
        }));
        let file = File::options().create(true).append(true).open(bytes)?;
        std::thread::spawn({
            let seen = Arc::clone(&seen);
            move || read(output, file, &seen)
        });
        Ok(Arc::new(Self {
            name: name.to_owned(),
            pid: child.process_id().unwrap_or_default(),
            child: Mutex::new(child),
            keys: Mutex::new(keys),
            _master: Mutex::new(pair.master),
            seen,
            hands: tokio::sync::Mutex::new(()),
            watching: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        }))
    }

    pub fn press(&self, keys: &str) {
        let mut terminal = lock(&self.keys);
        // Of one that was killed nobody reads them.
        let _ = terminal.write_all(keys.as_bytes()).and_then(|()| terminal.flush());
    }

    pub fn paste(&self, text: &str) {
        self.press(&format!("\x1b[200~{text}\x1b[201~"));
    }

    pub fn contents(&self) -> String {
        lock(&self.seen).screen.screen().contents()
    }

    /// Whether it comes to show what is wanted within the time.
    pub async fn shows(&self, within: Duration, wanted: impl Fn(&str) -> bool) -> bool {
        let until = Instant::now() + within;
        loop {
            if wanted(&self.contents()) {
                return true;
            }
            if Instant::now() >= until || self.is_gone() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }

    /// From now on this is waited for.
    pub fn expect(&self, mark: &str) {
        lock(&self.seen).awaited.push((mark.to_owned(), Instant::now()));
    }

    /// Nothing more is to be seen here; what is waited for already has come then, or never will.
    pub async fn looks_away(&self) {
        self.watching.store(false, Ordering::Relaxed);
        let until = Instant::now() + PATIENCE;
        while !lock(&self.seen).awaited.is_empty() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How long it took until it was seen.
    pub fn found(&self, mark: &str) -> Option<Duration> {
        lock(&self.seen).found.get(mark).copied()
    }

    pub fn forget(&self, mark: &str) {
        lock(&self.seen).awaited.retain(|(awaited, _)| awaited != mark);
    }

    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    pub fn is_watching(&self) -> bool {
        self.watching.load(Ordering::Relaxed) && !self.is_gone()
    }

    /// By SIGKILL: what a pseudo-terminal's child is asked by first, SIGHUP, lets it leave well.
    pub fn kill(&self) {
        self.gone.store(true, Ordering::Relaxed);
        let pid = i32::try_from(self.pid).map(Pid::from_raw);
        let _ = pid.map(|pid| signal::kill(pid, Signal::SIGKILL));
        let _ = lock(&self.child).wait();
    }

    /// Quits by its key; true if it ended well, with the terminal as it was.
    pub async fn quit(&self) -> bool {
        for key in ["\x1b", "h", "q"] {
            self.press(key);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        let until = Instant::now() + Duration::from_secs(10);
        while !lock(&self.seen).closed && Instant::now() < until {
            // It asks first where decisions are on their way.
            if self.contents().contains("Enter quits") {
                self.press("\r");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let closed = lock(&self.seen).closed;
        let restored = !lock(&self.seen).screen.screen().alternate_screen();
        self.gone.store(true, Ordering::Relaxed);
        if !closed {
            let _ = lock(&self.child).kill();
        }
        let ended = lock(&self.child).wait();
        closed && restored && ended.is_ok_and(|ended| ended.success())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = lock(&self.child).kill();
    }
}

fn read(mut output: Box<dyn Read + Send>, mut file: File, seen: &Mutex<Seen>) {
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = output.read(&mut buffer).unwrap_or(0);
        let _ = file.write_all(&buffer[..read]);
        let mut seen = lock(seen);
        seen.screen.process(&buffer[..read]);
        seen.closed = read == 0;
        if read == 0 {
            return;
        }
        if !seen.awaited.is_empty() {
            let shown = seen.screen.screen().contents();
            let found: Vec<(String, Instant)> =
                seen.awaited.extract_if(.., |(mark, _)| shown.contains(mark.as_str())).collect();
            for (mark, since) in found {
                seen.found.insert(mark, since.elapsed());
            }
        }
    }
}
