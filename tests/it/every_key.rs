//! Every key of the tables in every context: each does something or says why not, and nothing leaves
//! for Persona that Enter did not send. And keys at random, many of them.

use std::time::Duration;

use caseload::{
    config::{Chord, chord},
    simulator::Scenario,
    tui::Keys,
};
use ratatui::buffer::Cell;

use crate::story::{Beginning, Story};

/// Where a key is pressed: what leads there from the list of inquiries, and the keys that may do
/// nothing there without a word.
struct Context {
    name: &'static str,
    enter: &'static str,
    silent: &'static [&'static str],
}

/// At the first row there is none above it, and in a pane one is there already.
const TOP: &[&str] = &["k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "1"];

/// What is on the last row, too.
const ONLY: &[&str] =
    &["k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "j", "Down", "G", "End", "Ctrl-d", "PageDown"];

/// In a list over the panes nothing scrolls that fits.
const LIST: &[&str] = &["k", "Up", "Ctrl-u", "PageUp", "j", "Down", "Ctrl-d", "PageDown"];

/// In a line of text arrows move within the text.
const LINE: &[&str] = &[
    "Left",
    "Right",
    "Home",
    "End",
    "Up",
    "Down",
    "PageUp",
    "PageDown",
    "Shift-Tab",
    "Tab",
    "Backspace",
    "Space",
    "Ctrl-d",
    "Ctrl-l",
    "Ctrl-n",
    "Ctrl-o",
    "Ctrl-p",
    "Ctrl-u",
];

const CONTEXTS: &[Context] = &[
    Context { name: "the inquiries", enter: "", silent: TOP },
    Context {
        name: "the cases",
        enter: "2gg",
        silent: &["k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "2"],
    },
    Context { name: "no tree", enter: "3", silent: ONLY_3 },
    Context {
        name: "a tree",
        enter: "r",
        silent: &["k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "3"],
    },
    Context { name: "an inquiry", enter: "<enter>", silent: ONLY },
    Context { name: "its photos", enter: "<enter>gngn", silent: ONLY },
    Context { name: "it raw", enter: "<enter>gp", silent: ONLY },
    Context { name: "a case", enter: "2gg<enter>", silent: ONLY },
    Context { name: "a staged verdict", enter: "<enter>a", silent: ONLY },
    Context { name: "a staged status", enter: "2gg<enter>s2", silent: ONLY },
    Context { name: "the help", enter: "?", silent: LIST },
    Context { name: "the outbox", enter: "o", silent: LIST },
    Context { name: "the mismatches", enter: ":mismatches<enter>", silent: LIST },
    Context { name: "what can be copied", enter: "y", silent: LIST },
    Context { name: "the statuses", enter: "2ggs", silent: LIST },
    Context { name: "the viewer", enter: "<enter>i", silent: &[] },
    Context { name: "a hand-off", enter: "<enter>io", silent: &[] },
    Context { name: "the palette", enter: ":", silent: LINE },
    Context { name: "a filter", enter: "/", silent: LINE },
    // What was written for it before is there again: it is taken out first.
    Context { name: "a comment", enter: "<enter>dc<c-u>", silent: LINE },
    // What a key has put off here is taken back first.
    Context { name: "until when", enter: "uw", silent: LIST },
    Context { name: "a time of one's own", enter: "uwa", silent: LINE },
];

const ONLY_3: &[&str] = &[
    "k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "j", "Down", "G", "End", "Ctrl-d", "PageDown", "3",
];

/// What is drawn anew looks as it did.
const NOTHING_TO_SEE: &[&str] = &["Ctrl-l", "Ctrl-z", "Ctrl-g"];

/// The screen, colours and all, but for its last lines: what is said, and figures that come and go.
fn seen(story: &Story) -> Vec<Cell> {
    let buffer = story.buffer();
    let last = 2 * usize::from(buffer.area.width);
    buffer.content()[..buffer.content().len().saturating_sub(last)].to_vec()
}

/// From anywhere to the first of the inquiries, and on to a context.
async fn go(story: &mut Story, context: &Context) {
    if story.screen().contains("is locked") {
        story.tap("Enter");
    }
    for key in ["Esc", "Esc", "Esc", "Esc", "1", "Home"] {
        story.tap(key);
    }
    // Verbs in a list with marks are about these.
    for pane in ["2", "1"] {
        story.tap(pane);
        if story.screen().contains(" marked ") || story.screen().contains("range…") {
            story.tap("g").tap("m");
        }
    }
    story.settle().await;
    story.press(context.enter).await;
}

/// Other keys of commands that have another one; pressed by night only: `CASELOAD_KEYS=10000`.
const ALIASES: &[&str] = &[
    "Down", "Up", "Left", "Right", "Home", "End", "PageDown", "PageUp", "ga", "gc", "gl", "gn",
    "gp", "Ctrl-n", "Ctrl-p", "3", "4", "5", "6", "7", "8",
];

async fn in_every_context(story: &mut Story, contexts: &[&Context]) {
    let mut keys = Keys::default().everything();
    if std::env::var("CASELOAD_KEYS").is_err() {
        keys.retain(|chord| !ALIASES.contains(&chord.to_string().as_str()));
    }
    let mut dead = Vec::new();
    for context in contexts {
        go(story, context).await;
        let mut before = seen(story);
        for chord in &keys {
            let spelled = chord.to_string();
            let sends = spelled == "Enter" && context.name.starts_with("a staged");
            if sends || NOTHING_TO_SEE.contains(&spelled.as_str()) {
                continue;
            }
            // The same words said a moment later are news.
            story.clock.advance(Duration::from_millis(1));
            let said = story.said();
            for press in chord.presses() {
                story.tap(press);
            }
            let is_dead = |story: &Story| seen(story) == before && story.said() == said;
            if is_dead(story) {
                story.settle().await;
            }
            if is_dead(story) && !story.is_over() {
                if !context.silent.contains(&spelled.as_str()) {
                    dead.push(format!("{spelled} in {}", context.name));
                }
            } else if seen(story) != before || story.is_over() {
                go(story, context).await;
                before = seen(story);
            }
        }
    }
    assert!(dead.is_empty(), "nothing happened and nothing was said: {dead:#?}");
    let sent = story.simulator.requests();
    // A claim is made by its key alone: it decides nothing.
    let claims = ["/add-tag", "/remove-tag", "/assign"];
    let is_claim = |path: &str| claims.iter().any(|end| path.ends_with(end));
    let sent: Vec<_> =
        sent.iter().filter(|request| request.method != "GET" && !is_claim(&request.path)).collect();
    assert!(sent.is_empty(), "{sent:?}");
}

fn small() -> Beginning {
    Beginning { size: (80, 24), inquiries: 12, ..Beginning::default() }
}

#[tokio::test]
async fn no_key_is_dead_in_any_context() {
    let mut story = Story::begin_with(small()).await;
    in_every_context(&mut story, &CONTEXTS.iter().collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn no_key_is_dead_where_there_is_nothing() {
    let mut story = Story::begin_with(Beginning { inquiries: 0, ..small() }).await;
    let nothing = [
        Context { name: "no inquiries", enter: "", silent: ONLY_1 },
        Context { name: "no cases", enter: "2", silent: ONLY_2 },
        Context { name: "an empty outbox", enter: "o", silent: LIST },
    ];
    in_every_context(&mut story, &nothing.iter().collect::<Vec<_>>()).await;
}

/// What is refused offline is refused in words; what is decided waits, and nothing else is lost.
#[tokio::test]
async fn no_key_is_dead_offline() {
    let mut story = Story::begin_with(small()).await;
    story.simulator.set_scenario(Scenario::named("outage").unwrap());
    story.pass(30).await.sees("offline");
    let offline: Vec<&Context> =
        CONTEXTS.iter().filter(|context| OFFLINE.contains(&context.name)).collect();
    in_every_context(&mut story, &offline).await;
}

/// Where a key may have to ask Persona.
const OFFLINE: &[&str] = &["an inquiry", "a case"];

const ONLY_1: &[&str] = &[
    "k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "j", "Down", "G", "End", "Ctrl-d", "PageDown", "1",
];
const ONLY_2: &[&str] = &[
    "k", "Up", "gg", "Home", "Ctrl-u", "PageUp", "j", "Down", "G", "End", "Ctrl-d", "PageDown", "2",
];

#[tokio::test]
async fn while_locked_only_enter_does_anything() {
    let mut story = Story::begin_with(small()).await;
    story.press("`").await.sees("is locked");
    for chord in Keys::default().everything() {
        if chord.to_string() == "Enter" {
            continue;
        }
        for press in chord.presses() {
            story.tap(press).sees("is locked").lacks("inq_");
        }
    }
    story.press("<enter>").await.lacks("is locked").sees("inq_");
}

/// How many keys at random; more of them by night: `CASELOAD_KEYS=10000`.
const MANY: usize = 2_000;

#[tokio::test]
async fn keys_at_random_break_nothing_and_only_enter_decides() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("CASELOAD_SEED").unwrap_or(17);
    let many = number("CASELOAD_KEYS").and_then(|many| usize::try_from(many).ok()).unwrap_or(MANY);
    println!("CASELOAD_SEED={seed} CASELOAD_KEYS={many}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut story = Story::begin_with(small()).await;
    let keys = Keys::default().everything();
    let deciding: Vec<Chord> = ["a", "d", "s", "1", "2", "Enter", "Enter", "u"]
        .map(|key| chord(key).expect("a key"))
        .into();
    let mut commits = 0;
    for nth in 0..many {
        match random.u32(0..200) {
            0 => {
                story.fit(random.u16(1..160), random.u16(1..60));
            }
            1 => {
                story.fit(80, 24);
            }
            2 => {
                let text = ["inq_zzzz", "x", "https://app.withpersona.com/dashboard/cases/case_1"];
                story.paste(text[random.usize(0..text.len())]).await;
            }
            3 => {
                // What was said goes, and what is held leaves.
                story.clock.advance(Duration::from_secs(random.u64(1..30)));
            }
            _ => {
                // Some more of those that decide.
                let chord = match random.u32(0..6) {
                    0 => &deciding[random.usize(0..deciding.len())],
                    _ => &keys[random.usize(0..keys.len())],
                };
                let screen = story.screen();
                let asks = ["Enter commits", "Enter proposes", "Enter confirms", "comment:"];
                if chord.to_string() == "Enter" && asks.iter().any(|ask| screen.contains(ask)) {
                    commits += 1;
                }
                for press in chord.presses() {
                    story.tap(press);
                }
            }
        }
        if nth % 20 == 0 {
            story.settle().await;
        }
    }
    story.fit(80, 24).settle().await;
    let lines = story.journal().await;
    let decided = lines.iter().filter(|line| line["what"] == "decided").count();
    println!("{commits} times Enter could commit, {decided} decisions");
    assert!(decided <= commits * 13, "{decided} decisions of {commits}");
    // No run on a full screen of the console shows nothing.
    story.press("<enter><esc><esc><esc><esc>1").await.sees("1 Inquiries");
}
