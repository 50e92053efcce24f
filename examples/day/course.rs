//! The course of the day: what goes wrong, when, and what is claimed of the alerts for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use futures::future::join_all;

use super::{
    claim::{Claim, How},
    clock::{Day, MINUTES, at, real},
    console::Console,
    place::{HOLD, LIMIT, Place},
    reviewer::{self, APPROVE, Ledger},
    scrape::Scraped,
    traffic,
};

/// Something that went wrong, from one minute to another, as it really was.
pub struct Incident {
    pub what: &'static str,
    pub begins: usize,
    pub ends: usize,
    pub claims: Vec<Claim>,
}

/// What it is done with.
pub struct Hands {
    pub place: Arc<Place>,
    pub day: Day,
    pub ledger: Arc<Ledger>,
    pub fresh: Arc<std::sync::Mutex<std::collections::VecDeque<String>>>,
    pub rests: Arc<AtomicBool>,
    pub paused: Arc<AtomicBool>,
    pub disturbed: Arc<AtomicBool>,
}

/// A poll of Persona's events, and what others than the one who polls take to see what came of it.
const POLL: f64 = 1.2;
const SEEN: f64 = 3.0;

/// Pauses after failures: 5, 10, 20, 40 s, each with up to a quarter more. The third is the longest that
/// comes to be in these times, but for where some requests go well and others do not.
const LONGEST_PAUSE: f64 = 25.0;
const FOURTH_PAUSE: f64 = 50.0;

/// The longest pause between two tries of a database that is away.
const RECONNECTS: f64 = 4.0;

/// Between the end of a decision's hold and the first try that fails, at most.
const DECIDES: f64 = 3.0;

pub async fn run(hands: &Hands) -> anyhow::Result<Vec<Incident>> {
    let mut all = Vec::new();
    hands.day.until(at(1, 30)).await;
    all.push(receiver_stopped(hands).await?);
    hands.day.until(at(3, 30)).await;
    all.push(key_refused(hands).await?);
    hands.day.until(at(6, 0)).await;
    all.push(secret_rotated(hands).await?);
    hands.day.until(at(7, 30)).await;
    all.push(answers_fail(hands).await?);
    hands.day.until(at(10, 0)).await;
    all.push(answers_slow(hands).await?);
    hands.day.until(at(11, 50)).await;
    all.push(consoles_closed(hands).await?);
    hands.day.until(at(14, 0)).await;
    all.push(database_away(hands).await?);
    hands.day.until(at(15, 0)).await;
    all.push(budget_low(hands).await?);
    hands.day.until(at(17, 0)).await;
    all.push(persona_away(hands).await?);
    hands.day.until(MINUTES).await;
    Ok(all)
}

async fn receiver_stopped(hands: &Hands) -> anyhow::Result<Incident> {
    let begins = hands.day.minute();
    hands.place.stop_receiving("").await?;
    let stopped = hands.day.minute() + 1;
    hands.day.until(at(2, 15)).await;
    let until = hands.day.minute();
    hands.place.receive(" from 02:15").await?;
    let ends = hands.day.minute() + 1;
    let claims = vec![fires("CaseloadDown", begins, stopped + 2, until, ends + 1)];
    Ok(Incident { what: "the receiver is stopped", begins, ends, claims })
}

async fn key_refused(hands: &Hands) -> anyhow::Result<Incident> {
    hands.disturbed.store(true, Ordering::Relaxed);
    let begins = hands.day.minute();
    hands.place.persona.misbehave("[[rule]]\nfault = \"unauthorized\"\n").await?;
    hands.day.until(at(4, 30)).await;
    hands.place.persona.misbehave("").await?;
    let ends = hands.day.minute();
    hands.disturbed.store(false, Ordering::Relaxed);
    let answered = ends + real(LONGEST_PAUSE / 2.0 + SEEN);
    let claims = vec![
        fires("CaseloadKeyRefused", begins, begins + real(POLL + SEEN) + 1, ends, answered),
        fires("CaseloadSyncBehind", begins, begins + real(POLL + SEEN + 5.0) + 5, ends, answered),
        may("CaseloadRetries", begins, answered + 20, "the key is read again for each request"),
    ];
    Ok(Incident { what: "Persona refuses the keys", begins, ends, claims })
}

async fn secret_rotated(hands: &Hands) -> anyhow::Result<Incident> {
    let begins = hands.day.minute();
    let secret = hands.place.persona.rotate_secret(&hands.place.webhook).await?;
    hands.day.until(at(6, 45)).await;
    hands.place.house.give("webhook.secret", &secret)?;
    let ends = hands.day.minute();
    // The file is read again a second after it was read last, at the soonest.
    let claims = vec![fires(
        "CaseloadWebhooksNotProven",
        begins,
        begins + real(1.0) + 5 + 3,
        ends,
        ends + real(1.5) + 10 + 2,
    )];
    Ok(Incident { what: "the webhook's secret is unknown", begins, ends, claims })
}

/// A limit that is looked at over five minutes or 512 requests: what is over stays in it for so long.
const LOOKS_BACK: &str =
    "recent figures look back five real minutes, 20 hours of the day, or 512 requests";

async fn answers_fail(hands: &Hands) -> anyhow::Result<Incident> {
    hands.disturbed.store(true, Ordering::Relaxed);
    let begins = hands.day.minute();
    let rule = "[[rule]]\nmethod = \"GET\"\nshare = 0.6\nfault = \"unavailable\"\n";
    hands.place.persona.misbehave(rule).await?;
    hands.day.until(at(8, 45)).await;
    hands.place.persona.misbehave("").await?;
    let ends = hands.day.minute();
    hands.disturbed.store(false, Ordering::Relaxed);
    let answered = ends + real(FOURTH_PAUSE + SEEN);
    let claims = vec![
        once("CaseloadPersonaFails", begins, begins + real(5.0), ends, NOT_YET),
        once("CaseloadRetries", begins, begins + 10, ends + real(1.0) + 10, ends + real(1.0) + 21),
        may("CaseloadSyncBehind", begins, answered, "a poll that failed pauses in real seconds"),
        may(
            "CaseloadDecisionsWait",
            begins,
            answered,
            "a decision that failed pauses in real seconds",
        ),
    ];
    Ok(Incident { what: "six of ten answers are errors", begins, ends, claims })
}

async fn answers_slow(hands: &Hands) -> anyhow::Result<Incident> {
    hands.disturbed.store(true, Ordering::Relaxed);
    let begins = hands.day.minute();
    hands.place.persona.misbehave("[[rule]]\nlatency_ms = 1100\n").await?;
    hands.day.until(at(11, 15)).await;
    hands.place.persona.misbehave("").await?;
    let ends = hands.day.minute();
    hands.disturbed.store(false, Ordering::Relaxed);
    let claims = vec![
        once("CaseloadPersonaSlow", begins, begins + 2, ends + 2, NOT_YET),
        fires(
            "CaseloadManySlaBreaches",
            begins,
            begins + real(3.0) + 15,
            ends,
            ends + real(2.0) + 15 + 1,
        ),
        may("CaseloadSyncBehind", begins, ends + real(SEEN), "each poll takes a second longer"),
        may(
            "CaseloadDecisionsWait",
            begins,
            ends + real(10.0),
            "a decision takes three answers of real time",
        ),
    ];
    Ok(Incident { what: "every answer takes 1.1 s", begins, ends, claims })
}

async fn consoles_closed(hands: &Hands) -> anyhow::Result<Incident> {
    hands.rests.store(true, Ordering::Relaxed);
    let begins = hands.day.minute();
    // Held for five seconds: nobody is there any more when their time has come.
    let consoles = hands.place.consoles();
    let _hands = join_all(consoles.iter().map(|console| console.hands.lock())).await;
    let decide = async |console: &Arc<Console>| {
        if let Some(id) = hands.ledger.next() {
            reviewer::decide(console, &hands.ledger, &id, APPROVE).await;
        }
    };
    join_all(consoles.iter().map(decide)).await;
    hands.place.close_consoles("").await;
    let closed = hands.day.minute() + 1;
    hands.day.until(at(13, 15)).await;
    let until = hands.day.minute();
    hands.place.open_consoles(" from 13:15").await?;
    let ends = hands.day.minute();
    hands.rests.store(false, Ordering::Relaxed);
    let claims = vec![
        fires("CaseloadNobodySends", begins, closed + 5 + 2, until, ends + real(SEEN)),
        may("CaseloadSyncBehind", begins, ends + real(SEEN), "the receiver asks Persona instead"),
        may(
            "CaseloadDecisionsWait",
            begins,
            ends + real(5.0),
            "what has waited is on its way for real seconds",
        ),
    ];
    Ok(Incident { what: "consoles closed over decisions", begins, ends, claims })
}

async fn database_away(hands: &Hands) -> anyhow::Result<Incident> {
    // What is under way then is claimed for 45 real seconds, three hours of the day; so nothing is.
    hands.rests.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(HOLD + 2)).await;
    let begins = hands.day.minute();
    hands.place.server.down()?;
    let down = hands.day.minute() + 1;
    tokio::time::sleep(Duration::from_secs(6)).await;
    let until = hands.day.minute();
    hands.place.server.up()?;
    let ends = hands.day.minute() + 1;
    hands.rests.store(false, Ordering::Relaxed);
    let back = ends + real(LONGEST_PAUSE / 2.0 + SEEN);
    let claims = vec![
        fires(
            "CaseloadWebhooksNotKept",
            begins,
            down + real(0.5) + 5 + 2,
            until,
            ends + real(RECONNECTS + 1.0) + 5,
        ),
        may(
            "CaseloadSyncBehind",
            begins,
            back,
            "a store that is away pauses the sync for real seconds",
        ),
    ];
    Ok(Incident { what: "the database is away", begins, ends, claims })
}

async fn budget_low(hands: &Hands) -> anyhow::Result<Incident> {
    let persona = &hands.place.persona;
    // Not for longer than a quarter of Persona's window, which takes a real minute.
    let left = persona.window_left().await?;
    tokio::time::sleep(left.saturating_sub(Duration::from_secs(16))).await;
    let begins = hands.day.minute();
    let others = LIMIT * 95 / 100;
    persona.misbehave(&format!("[[rule]]\ntimes = 1\nothers = {others}\n")).await?;
    let left = persona.window_left().await?;
    tokio::time::sleep(left).await;
    persona.misbehave("").await?;
    let ends = hands.day.minute();
    let claims = vec![
        fires(
            "CaseloadBudgetLow",
            begins,
            begins + real(3.0) + 5,
            ends - real(1.5),
            ends + real(2.0) + 3,
        ),
        may(
            "CaseloadSyncBehind",
            begins,
            ends + real(3.0 + SEEN),
            "the sync waits for the window's end, four hours of the day",
        ),
    ];
    Ok(Incident { what: "others use the budget up", begins, ends, claims })
}

async fn persona_away(hands: &Hands) -> anyhow::Result<Incident> {
    let persona = &hands.place.persona;
    // Many come at once, of a partner's; one reviewer marks them all.
    hands.rests.store(true, Ordering::Relaxed);
    for _ in 0..BATCH {
        let id = traffic::take(&hands.fresh).context("there are more inquiries")?;
        persona.step(&id, "mark-for-review").await?;
    }
    let console = hands.place.console(0).context("it is open")?;
    let _hands = console.hands.lock().await;
    hands.day.until(at(17, 30)).await;
    let staged = stage_all(&console).await;
    hands.paused.store(true, Ordering::Relaxed);
    hands.disturbed.store(true, Ordering::Relaxed);
    let begins = hands.day.minute();
    persona.misbehave("[[rule]]\nfault = \"unavailable\"\n[webhooks]\nlost = 1.0\n").await?;
    console.press("\r");
    anyhow::ensure!(staged, "not staged:\n{}", console.contents());
    let committed = hands.day.minute() + 1;
    hands.day.until(begins + real(26.0)).await;
    persona.misbehave("").await?;
    let ends = hands.day.minute();
    // All of them are decided now.
    while hands.ledger.next().is_some() {}
    hands.paused.store(false, Ordering::Relaxed);
    hands.disturbed.store(false, Ordering::Relaxed);
    hands.rests.store(false, Ordering::Relaxed);
    let answered = ends + real(LONGEST_PAUSE + SEEN);
    let (held, sent) = (committed + real(HOLD as f64), answered + real(20.0));
    let claims = vec![
        fires("CaseloadSyncBehind", begins, begins + real(POLL + SEEN + 5.0) + 5, ends, answered),
        fires("CaseloadDecisionsWait", begins, held + real(DECIDES + 3.75) + 5, ends, sent),
        once("CaseloadManyDecisionsWait", begins, held + 15, ends, sent),
        may("CaseloadPersonaFails", begins, MINUTES, LOOKS_BACK),
        may("CaseloadRetries", begins, answered + 20, "a person who waits is not kept waiting"),
    ];
    Ok(Incident { what: "Persona is away", begins, ends, claims })
}

/// So many are decided in one go.
const BATCH: usize = 130;

/// All that waits for review, with a reason and its number, but for Enter.
async fn stage_all(console: &Console) -> bool {
    let second = Duration::from_secs(2);
    for key in ["\x1b", "h", "1"] {
        console.press(key);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    // One of them is looked at.
    for key in ["l", "h", "*"] {
        console.press(key);
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    if !console.shows(second, |shown| shown.contains(" are marked")).await {
        return false;
    }
    console.press("a");
    if !console.shows(second, |shown| shown.contains("reason")).await {
        return false;
    }
    console.press("1");
    let asked = |shown: &str| {
        let (_, rest) = shown.split_once(" type ")?;
        rest.split_once(" to commit")?.0.parse::<usize>().ok()
    };
    // What is still to be looked at is opened by it.
    for _ in 0..6 {
        console.press("\r");
        if console.shows(second / 2, |shown| asked(shown).is_some()).await {
            break;
        }
    }
    let Some(count) = asked(&console.contents()) else { return false };
    console.press(&count.to_string());
    tokio::time::sleep(Duration::from_millis(300)).await;
    true
}

/// An end that only what was scraped tells.
const NOT_YET: usize = usize::MAX;

/// Recent figures are without what was wrong when 512 requests have come since, five minutes have gone by,
/// or the process was started again: of the last process for which that holds, if it asked anything.
pub fn close(incidents: &mut [Incident], scraped: &[Scraped]) {
    for incident in incidents {
        let (begins, ends) = (incident.begins, incident.ends);
        let forgotten = |one: &Scraped| {
            let count = |minute| one.sum(minute, "caseload_requests_total");
            let then = count(ends);
            if then == count(begins) {
                return ends;
            }
            let is = |minute: &usize| match (count(*minute), then) {
                (Some(now), Some(then)) => now < then || now - then >= 512.0,
                _ => true,
            };
            let most = ends + real(300.0);
            (ends..most.min(MINUTES)).find(is).unwrap_or(most)
        };
        let last = scraped.iter().map(forgotten).max().unwrap_or(ends);
        for claim in incident.claims.iter_mut().filter(|claim| claim.gone == NOT_YET) {
            claim.gone = last + 2;
        }
    }
}

fn fires(alert: &'static str, begins: usize, from: usize, until: usize, gone: usize) -> Claim {
    Claim { alert, begins, how: How::All { from, until }, gone }
}

fn once(alert: &'static str, begins: usize, from: usize, until: usize, gone: usize) -> Claim {
    Claim { alert, begins, how: How::Once { from, until }, gone }
}

fn may(alert: &'static str, begins: usize, gone: usize, why: &'static str) -> Claim {
    Claim { alert, begins, how: How::May(why), gone }
}
