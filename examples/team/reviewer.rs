//! Reviewers: each decides for a while what is next, then rests, with open what all have open then,
//! so that what comes can be seen.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use caseload::model::InquiryId;

use super::{console::Console, marks::Marks};

const DECIDES: Duration = Duration::from_secs(4);
const WATCHES: Duration = Duration::from_secs(5);

/// A verdict's key, its word in the commit bar and its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub key: &'static str,
    pub word: &'static str,
    pub status: &'static str,
}

pub const APPROVE: Verdict = Verdict { key: "a", word: "approve", status: "approved" };
pub const DECLINE: Verdict = Verdict { key: "d", word: "decline", status: "declined" };

/// What was decided where, as the screens said.
#[derive(Default)]
pub struct Ledger {
    /// Still to be decided.
    left: Mutex<VecDeque<String>>,
    committed: Mutex<BTreeMap<String, Vec<Verdict>>>,
    /// What a console did not take, in its words.
    refused: Mutex<Vec<String>>,
}

impl Ledger {
    pub fn of(ids: impl IntoIterator<Item = String>) -> Self {
        Self { left: Mutex::new(ids.into_iter().collect()), ..Self::default() }
    }

    pub fn next(&self) -> Option<String> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Another one to be decided.
    pub fn add(&self, id: String) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push_back(id);
    }

    pub fn wrote(&self, id: &str, verdict: Verdict) {
        let mut committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        committed.entry(id.to_owned()).or_default().push(verdict);
    }

    /// It was not written down when its console was killed.
    pub fn strike(&self, id: &str) {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    pub fn committed(&self) -> BTreeMap<String, Vec<Verdict>> {
        self.committed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn refuse(&self, console: &Console, id: &str, why: &str) {
        let contents = console.contents();
        let screen: Vec<&str> = contents.lines().collect();
        let foot = screen[screen.len().saturating_sub(5)..].join(" / ");
        let said = format!("{} {id}: {why}: {foot}", console.name);
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    }

    pub fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Opens an inquiry and stages a verdict about it.
///
/// # Errors
/// With what did not come.
pub async fn stage(console: &Console, id: &str, verdict: Verdict) -> Result<(), &'static str> {
    let short = short(id)?;
    console.paste(id);
    let title = format!("{short} ─ needs review");
    if !console.shows(Duration::from_secs(6), |shown| shown.contains(&title)).await {
        return Err("it is not opened");
    }
    let bar = bar(&short, verdict);
    for _ in 0..5 {
        console.press(verdict.key);
        if console.shows(Duration::from_secs(1), |shown| shown.contains(&bar)).await {
            return Ok(());
        }
    }
    Err("it is not staged")
}

fn short(id: &str) -> Result<String, &'static str> {
    InquiryId::new(id).map(|id| id.short()).map_err(|_| "it is no id")
}

/// What the commit bar asks.
fn bar(short: &str, verdict: Verdict) -> String {
    format!("{} {short}?", verdict.word)
}

/// Commits what is staged, for as long as it is refused: a database that is away comes back.
///
/// # Errors
/// If it is still there then.
pub async fn commit(console: &Console, id: &str, verdict: Verdict) -> Result<(), &'static str> {
    let bar = bar(&short(id)?, verdict);
    for _ in 0..30 {
        console.press("\r");
        let gone = |shown: &str| !shown.contains(&bar);
        if console.shows(Duration::from_secs(1), gone).await && !console.is_gone() {
            return Ok(());
        }
    }
    Err("it is not committed")
}

pub async fn decide(console: &Console, ledger: &Ledger, id: &str, verdict: Verdict) {
    let mut done = stage(console, id, verdict).await;
    if done.is_ok() {
        done = commit(console, id, verdict).await;
    }
    match done {
        Ok(()) => ledger.wrote(id, verdict),
        Err(why) => {
            ledger.refuse(console, id, why);
            escape(console).await;
        }
    }
}

/// What comes right after it would be taken as one key with it.
pub async fn escape(console: &Console) {
    console.press("\x1b");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Opens what all look at when they rest; whether it came.
pub async fn rest(console: &Console, board: &str) -> bool {
    let Ok(id) = InquiryId::new(board) else { return false };
    let title = format!("{} ─ needs review", id.short());
    for _ in 0..5 {
        escape(console).await;
        console.paste(board);
        if console.shows(Duration::from_secs(2), |shown| shown.contains(&title)).await {
            return true;
        }
    }
    false
}

/// Works until there is no time left, or the console is gone.
pub async fn shift(
    console: Arc<Console>,
    ledger: Arc<Ledger>,
    marks: Arc<Marks>,
    over: Arc<AtomicBool>,
    nth: usize,
) {
    let mut works = nth.is_multiple_of(2);
    let mut count = nth;
    while !over.load(Ordering::Relaxed) && !console.is_gone() {
        if works {
            let _hands = console.hands.lock().await;
            let until = Instant::now() + DECIDES;
            while Instant::now() < until && !over.load(Ordering::Relaxed) && !console.is_gone() {
                let Some(id) = ledger.next() else { break };
                count += 1;
                let verdict = if count.is_multiple_of(3) { DECLINE } else { APPROVE };
                decide(&console, &ledger, &id, verdict).await;
            }
        } else {
            let rests = {
                let _hands = console.hands.lock().await;
                rest(&console, &marks.board).await
            };
            if rests {
                watch(&console).await;
            }
        }
        works = !works;
    }
}

/// Shows what comes until all that is waited for has come.
async fn watch(console: &Console) {
    console.watching.store(true, Ordering::Relaxed);
    tokio::time::sleep(WATCHES).await;
    console.looks_away().await;
}
