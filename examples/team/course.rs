//! The course of the run: traffic and work all the while, and what happens to the team meanwhile.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use sqlx::Row;
use tokio::{task::JoinSet, time::MissedTickBehavior};

use super::{
    console::Console,
    house::HOLD,
    marks::Marks,
    report::{Report, percentile, seconds, seconds_or_never},
    reviewer::{self, APPROVE, DECLINE, Ledger},
    server,
    team::Team,
    traffic::Traffic,
    watch::{Samples, Watch, until},
};

/// A lease is taken over within this.
const TAKEN_OVER: Duration = Duration::from_secs(15);

/// Decided by two at the same time.
const CONTESTED: usize = 12;

/// Each console decides so many at most.
const EACH: usize = 60;

/// What is judged afterwards.
pub struct Done {
    pub ledger: Arc<Ledger>,
    /// Which of its inquiries two decided.
    pub contested: Vec<String>,
    /// Which were on their way when their console was killed.
    pub orphaned: Vec<String>,
    pub samples: Samples,
}

/// What goes on until it is over.
struct Going {
    over: Arc<AtomicBool>,
    /// No mark is made while the server is away.
    paused: Arc<AtomicBool>,
    marks: Arc<Marks>,
    ledger: Arc<Ledger>,
    shifts: JoinSet<()>,
}

pub async fn run(
    team: &Arc<Team>,
    events: usize,
    length: Duration,
    report: &mut Report,
) -> anyhow::Result<Done> {
    let pool = pool(team).await?;
    let (board, pool) = pool.split_first().context("there are many")?;
    let (contested, rest) = pool.split_at(CONTESTED);
    let (orphaned, rest) = rest.split_at(3);
    let listed = team.persona.list("inquiries").await?;
    let decided = listed.into_iter().filter(|(_, is)| is == "approved" || is == "declined");
    let cases = team.persona.list("cases").await?.into_iter().map(|(id, _)| id);
    let over = Arc::new(AtomicBool::new(false));
    let happened = Arc::new(AtomicU64::new(0));
    let traffic = Traffic {
        persona: Arc::clone(&team.persona),
        decided: decided.collect(),
        cases: cases.collect(),
        a_second: events,
        events: Arc::clone(&happened),
        over: Arc::clone(&over),
    };
    ensure!(!traffic.decided.is_empty() && !traffic.cases.is_empty(), "the world is too small");
    let watch = Watch {
        server: Arc::clone(&team.server),
        processes: Arc::clone(&team.processes),
        metrics: team.house.metrics,
        secrets: team.secrets.iter().map(|(_, secret)| secret.clone()).collect(),
        over: Arc::clone(&over),
    };
    let watching = tokio::spawn(watch.run());
    let began = Instant::now();
    let traffic = tokio::spawn(traffic.run());
    let mut going = Going {
        over,
        paused: Arc::default(),
        marks: Arc::new(Marks::on(board.clone())),
        ledger: Arc::new(Ledger::of(rest.iter().cloned())),
        shifts: JoinSet::new(),
    };
    for (nth, console) in team.consoles().into_iter().enumerate() {
        going.work(console, nth);
    }
    let marking = tokio::spawn(mark(Arc::clone(team), going.over(), going.paused(), going.marks()));
    let at = async |part: f64| {
        let until = began + length.mul_f64(part);
        tokio::time::sleep_until(until.into()).await;
    };
    at(0.15).await;
    contest(team, &going.ledger, contested).await;
    at(0.3).await;
    kill_the_holder(team, &mut going, report).await?;
    at(0.5).await;
    kill_with_decisions(team, &mut going, orphaned, report).await?;
    at(0.7).await;
    restart(team, &going, report).await?;
    at(1.0).await;
    going.over.store(true, Ordering::Relaxed);
    let lasted = began.elapsed();
    traffic.await??;
    marking.await??;
    while going.shifts.join_next().await.is_some() {}
    let samples = watching.await?;
    let made = happened.load(Ordering::Relaxed);
    report.figure(
        "events at Persona",
        format!("{made}, {:.0} a second", made as f64 / lasted.as_secs_f64()),
    );
    let (came, never) = going.marks.sorted();
    let worst = came.last().copied().unwrap_or_default();
    let holds = never.is_empty() && worst < Duration::from_secs(1) && !came.is_empty();
    let figures = format!(
        "{} seen: median {}, p90 {}, p99 {}, worst {}; {} never",
        came.len(),
        seconds(percentile(&came, 50)),
        seconds(percentile(&came, 90)),
        seconds(percentile(&came, 99)),
        seconds(worst),
        never.len(),
    );
    report.requires("a change is on every screen within 1 s", holds, figures);
    let stored = going.marks.stored();
    let figures = [50, 90, 99, 100].map(|nth| seconds(percentile(&stored, nth)));
    let [median, p90, p99, worst] = figures;
    let figure =
        format!("{} stored: median {median}, p90 {p90}, p99 {p99}, worst {worst}", stored.len());
    report.figure("until it is in the store", figure);
    for (what, took) in going.marks.slowest() {
        println!("slow: {what} {}", seconds(took));
    }
    never.iter().for_each(|what| println!("never seen: {what}"));
    let contested = contested.to_vec();
    Ok(Done { ledger: going.ledger, contested, orphaned: orphaned.to_vec(), samples })
}

impl Going {
    fn work(&mut self, console: Arc<Console>, nth: usize) {
        let (ledger, over) = (Arc::clone(&self.ledger), Arc::clone(&self.over));
        self.shifts.spawn(reviewer::shift(console, ledger, self.marks(), over, nth));
    }

    fn over(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.over)
    }

    fn paused(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.paused)
    }

    fn marks(&self) -> Arc<Marks> {
        Arc::clone(&self.marks)
    }
}

/// Inquiries that wait for these reviewers alone.
async fn pool(team: &Team) -> anyhow::Result<Vec<String>> {
    let count = 1 + CONTESTED + 3 + EACH * team.consoles().len();
    let mut pool = Vec::new();
    for _ in 0..count {
        let id = team.persona.create().await?;
        team.persona.step(&id, "mark-for-review").await?;
        pool.push(id);
    }
    let mut db = team.server.admin().await?;
    let there = until(Duration::from_secs(60), async || {
        let sql = "SELECT count(*) FROM inquiry WHERE id = ANY($1) AND status = 'needs_review'
                   AND hydrated_at IS NOT NULL";
        let row = sqlx::query(sql).bind(&pool).fetch_one(&mut db).await?;
        Ok::<_, sqlx::Error>(row.try_get::<i64, _>(0)? == i64::try_from(count).unwrap_or(0))
    });
    let took = there.await.context("what was made does not come to the store")?;
    println!("{count} inquiries wait, known after {}", seconds(took));
    Ok(pool)
}

/// Two marked changes a second, each when the one before has been seen.
async fn mark(
    team: Arc<Team>,
    over: Arc<AtomicBool>,
    paused: Arc<AtomicBool>,
    marks: Arc<Marks>,
) -> anyhow::Result<()> {
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut nth = 0;
    while !over.load(Ordering::Relaxed) {
        ticks.tick().await;
        let watching = team.watching();
        if !paused.load(Ordering::Relaxed) && !watching.is_empty() {
            nth += 1;
            marks.make(nth, &team.persona, &team.server, &watching).await?;
        }
    }
    Ok(())
}

/// Two stage each of these, one approving and one declining, and commit at the same moment.
async fn contest(team: &Team, ledger: &Ledger, ids: &[String]) {
    let consoles = team.consoles();
    let (one, two) = (&consoles[0], &consoles[1]);
    let (_hands, _others) = (one.hands.lock().await, two.hands.lock().await);
    tokio::join!(one.looks_away(), two.looks_away());
    for id in ids {
        let staged =
            tokio::join!(reviewer::stage(one, id, APPROVE), reviewer::stage(two, id, DECLINE));
        if staged != (Ok(()), Ok(())) {
            ledger.refuse(one, id, "not staged by both");
            tokio::join!(reviewer::escape(one), reviewer::escape(two));
            continue;
        }
        let (first, second) =
            tokio::join!(reviewer::commit(one, id, APPROVE), reviewer::commit(two, id, DECLINE));
        for (done, verdict) in [(first, APPROVE), (second, DECLINE)] {
            if done.is_ok() {
                ledger.wrote(id, verdict);
            }
        }
    }
}

/// Who holds a duty, by the name of its lease, and what it says.
async fn holder(team: &Team, duty: &str) -> anyhow::Result<Option<(String, String)>> {
    let sql = "SELECT holder, says FROM duty WHERE name = $1
               AND until >= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    let row = sqlx::query(sql).bind(duty).fetch_optional(&mut team.server.admin().await?).await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?))).transpose()?)
}

/// Whose log last says that it syncs now.
fn who_syncs(team: &Team) -> Option<Arc<Console>> {
    let last = |console: &Arc<Console>| {
        let log = std::fs::read_to_string(team.house.log(&console.name)).unwrap_or_default();
        let line = log.lines().rev().find(|line| line.contains("keeps the local copy in step"))?;
        let (_, rest) = line.split_once(r#""timestamp":""#)?;
        Some(rest.split('"').next()?.to_owned())
    };
    let consoles = team.consoles().into_iter().filter(|console| !console.is_gone());
    consoles
        .filter_map(|console| Some((last(&console)?, console)))
        .max_by(|a, b| a.0.cmp(&b.0))
        .map(|(_, console)| console)
}

/// Who sends for everybody, as the lease says.
async fn who_sends(team: &Team) -> anyhow::Result<Option<Arc<Console>>> {
    let Some((_, says)) = holder(team, "outbox").await? else { return Ok(None) };
    let says: serde_json::Value = serde_json::from_str(&says)?;
    let name = says["reviewer"].as_str().unwrap_or_default().split('@').next();
    Ok(team.consoles().into_iter().find(|console| Some(console.name.as_str()) == name))
}

async fn kill_the_holder(
    team: &Team,
    going: &mut Going,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (before, _) = holder(team, "sync").await?.context("somebody syncs")?;
    let console = who_syncs(team).context("a log tells who syncs")?;
    {
        // What it has just committed is written down by then.
        let _hands = console.hands.lock().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        console.kill();
    }
    let since = Instant::now();
    let taken = until(TAKEN_OVER * 2, async || {
        Ok::<_, anyhow::Error>(holder(team, "sync").await?.is_some_and(|(now, _)| now != before))
    });
    let taken = taken.await.map(|_| since.elapsed());
    let holds = taken.is_some_and(|time| time < TAKEN_OVER);
    let figure = format!("{} after the kill of {}", seconds_or_never(taken), console.name);
    report.requires("the sync's lease is taken over within 15 s", holds, figure);
    going.work(team.open(&console.name)?, 1);
    Ok(())
}

/// Kills the one that sends for everybody when it has just committed several decisions, and times until
/// another has sent them.
async fn kill_with_decisions(
    team: &Team,
    going: &mut Going,
    ids: &[String],
    report: &mut Report,
) -> anyhow::Result<()> {
    let sends = async || Ok::<_, anyhow::Error>(who_sends(team).await?.is_some());
    until(TAKEN_OVER, sends).await.context("somebody sends")?;
    let console = who_sends(team).await?.context("it is one of the consoles")?;
    {
        let _hands = console.hands.lock().await;
        console.looks_away().await;
        for id in ids {
            reviewer::decide(&console, &going.ledger, id, APPROVE).await;
        }
        console.kill();
    }
    let since = Instant::now();
    // What was not written down yet was not said to be: the bar alone was gone.
    let sql = "SELECT DISTINCT subject_id FROM action WHERE subject_id = ANY($1)";
    let written = sqlx::query(sql).bind(ids).fetch_all(&mut team.server.admin().await?).await?;
    let written: Vec<String> =
        written.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let (ids, others): (Vec<&String>, Vec<&String>) =
        ids.iter().partition(|id| written.contains(id));
    others.into_iter().for_each(|id| going.ledger.strike(id));
    let mut still_held = 0;
    for id in &ids {
        still_held += usize::from(team.persona.believes(id).await?.status == "needs_review");
    }
    let sent = until(TAKEN_OVER * 2, async || {
        for id in &ids {
            if team.persona.believes(id).await?.status == "needs_review" {
                return Ok(false);
            }
        }
        Ok::<_, anyhow::Error>(true)
    });
    let sent = sent.await.map(|_| since.elapsed());
    let in_time = sent.is_some_and(|time| time < TAKEN_OVER + Duration::from_secs(HOLD));
    let holds = in_time && !ids.is_empty();
    let figure = format!(
        "{still_held} of {} were held; all sent {} after the kill of {}, which sent for everybody",
        ids.len(),
        seconds_or_never(sent),
        console.name
    );
    report.requires("what a killed console had under way is sent", holds, figure);
    going.work(team.open(&console.name)?, 1);
    Ok(())
}

async fn restart(team: &Team, going: &Going, report: &mut Report) -> anyhow::Result<()> {
    going.paused.store(true, Ordering::Relaxed);
    // What is marked has come by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    team.server.down()?;
    let stopped = Instant::now();
    tokio::time::sleep(server::AWAY / 2).await;
    let knows = |console: &Arc<Console>| console.contents().contains("database away");
    let told = team.consoles().iter().filter(|console| knows(console)).count();
    tokio::time::sleep(server::AWAY.saturating_sub(stopped.elapsed())).await;
    team.server.up()?;
    let since = Instant::now();
    let all = team.consoles();
    let back =
        until(Duration::from_secs(60), async || Ok::<_, anyhow::Error>(!all.iter().any(knows)));
    let back = back.await;
    let ready = team.receiver_is_ready(Duration::from_secs(30)).await.map(|_| since.elapsed());
    // Whoever decides just now looks in a moment.
    let looks = async || Ok::<_, anyhow::Error>(!team.watching().is_empty());
    until(Duration::from_secs(20), looks).await.context("nobody looks")?;
    let (seen, looking) =
        going.marks.make(900, &team.persona, &team.server, &team.watching()).await?;
    going.paused.store(false, Ordering::Relaxed);
    let all_told = told == all.len() && seen == looking;
    let holds = all_told && back.is_some() && ready.is_some();
    let figure = format!(
        "away {}: {told} of {} consoles say so; back {} and the receiver ready {} after the start; the next change on {seen} of {looking} screens that look",
        seconds(stopped.elapsed().saturating_sub(since.elapsed())),
        all.len(),
        seconds_or_never(back),
        seconds_or_never(ready),
    );
    report.requires("all go on by themselves after a restart", holds, figure);
    Ok(())
}
