//! What it all came to: decisions as Persona has them, the store as Persona is, memory, connections,
//! and secrets.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use futures::future::join_all;
use sqlx::{PgConnection, Row};

use super::{
    course::Done,
    persona::REMEMBERED,
    report::{Report, seconds_or_never},
    search::Search,
    team::{RECEIVER, Team},
    watch::until,
};

/// A new inquiry was made and marked for review before anybody decided.
const EFFECTS_BEFORE: u64 = 2;

/// Connections of each process, with the one that tries whether the server is back.
const CONNECTIONS: i64 = 6;

/// After a third of the time memory grows by no more than this, in MiB.
const GROWTH: f64 = 16.0;

pub async fn run(
    team: Arc<Team>,
    done: Done,
    statements: bool,
    keep: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut db = team.server.admin().await?;
    decisions(&team, &done, &mut db, report).await?;
    same(&team, &mut db, report).await?;
    taken(&team, &done, report);
    if statements {
        costly(&mut db).await?;
    }
    ends(&team, report).await?;
    secrets(&team, &done, report)?;
    for said in done.ledger.refused() {
        println!("not decided: {said}");
    }
    if keep && let Ok(team) = Arc::try_unwrap(team) {
        println!("kept in {}", team.house.folder.keep().display());
    }
    Ok(())
}

/// What screens said is what Persona was asked, once each.
async fn decisions(
    team: &Team,
    done: &Done,
    db: &mut PgConnection,
    report: &mut Report,
) -> anyhow::Result<()> {
    let empty = until(Duration::from_secs(60), async || {
        let sql = "SELECT count(*) FROM action WHERE state IN ('held', 'sending', 'waiting')";
        let row = sqlx::query(sql).fetch_one(&mut *db).await?;
        Ok::<_, sqlx::Error>(row.try_get::<i64, _>(0)? == 0)
    });
    let empty = empty.await;
    report.requires("nothing stays on its way", empty.is_some(), seconds_or_never(empty));
    let (mut lost, mut doubled, mut other, mut contested) = (vec![], vec![], vec![], 0);
    let committed = done.ledger.committed();
    for (id, verdicts) in &committed {
        let believed = team.persona.believes(id).await?;
        contested += usize::from(verdicts.len() > 1);
        match believed.effects {
            effects if effects > EFFECTS_BEFORE + 1 => doubled.push(id.as_str()),
            effects if effects < EFFECTS_BEFORE + 1 => lost.push(id.as_str()),
            _ if !verdicts.iter().any(|verdict| verdict.status == believed.status) => {
                other.push(id.as_str());
            }
            _ => {}
        }
    }
    let keys = keys_per_inquiry(team, &committed).await?;
    let holds = lost.is_empty() && doubled.is_empty() && other.is_empty() && keys.is_ok();
    let figure = format!(
        "{} decided, {} of {} by two, {} when their console was killed; lost {lost:?}, doubled {doubled:?}, otherwise {other:?}; {}",
        committed.len(),
        contested,
        done.contested.len(),
        done.orphaned.iter().filter(|id| committed.contains_key(*id)).count(),
        keys.unwrap_or_else(|why| why),
    );
    report.requires("every decision exactly once", holds, figure);
    let states = "SELECT state, count(*) FROM action GROUP BY state ORDER BY state";
    let states: Vec<String> = sqlx::query(states)
        .fetch_all(db)
        .await?
        .iter()
        .map(|row| Ok(format!("{} {}", row.try_get::<i64, _>(1)?, row.try_get::<String, _>(0)?)))
        .collect::<Result<_, sqlx::Error>>()?;
    report.figure("decisions in the store", states.join(", "));
    Ok(())
}

/// Each inquiry's decision was asked under one idempotency key, as far as Persona remembers.
async fn keys_per_inquiry<T>(
    team: &Team,
    committed: &BTreeMap<String, T>,
) -> anyhow::Result<Result<String, String>> {
    let requests = team.persona.requests().await?;
    let forgotten = requests.len() >= REMEMBERED;
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for request in &requests {
        let path = request["path"].as_str().unwrap_or_default();
        let Some((id, verb)) = path.trim_start_matches("/api/v1/inquiries/").split_once('/') else {
            continue;
        };
        let key = request["idempotency_key"].as_str().unwrap_or_default();
        let went = request["status"].as_u64().is_some_and(|status| status < 300);
        if matches!(verb, "approve" | "decline") && committed.contains_key(id) && went {
            keys.entry(id).or_default().insert(key);
        }
    }
    let twice = keys.values().filter(|keys| keys.len() > 1).count();
    let told = format!("{} under one key each, {twice} under more", keys.len() - twice);
    let all = forgotten || keys.len() == committed.len();
    Ok(if twice == 0 && all { Ok(told) } else { Err(told) })
}

/// The store has every inquiry as Persona has it.
async fn same(team: &Team, db: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let mut differ = Vec::new();
    let mut at_first: Option<Vec<String>> = None;
    let took = until(Duration::from_secs(100), async || {
        let there: BTreeMap<String, String> =
            team.persona.list("inquiries").await?.into_iter().collect();
        let rows = sqlx::query("SELECT id, status FROM inquiry").fetch_all(&mut *db).await?;
        let here: BTreeMap<String, String> = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        differ = there
            .iter()
            .filter(|(id, status)| here.get(*id) != Some(*status))
            .map(|(id, status)| format!("{id} {status}, not {:?}", here.get(id)))
            .collect();
        at_first.get_or_insert_with(|| differ.clone());
        Ok::<_, anyhow::Error>(differ.is_empty())
    });
    let took = took.await;
    let at_first = at_first.unwrap_or_default();
    let figure = match took {
        Some(took) if at_first.is_empty() => format!("after {:.1} s", took.as_secs_f64()),
        Some(took) => format!(
            "after {:.1} s; {} differed at first: {:?}",
            took.as_secs_f64(),
            at_first.len(),
            at_first.first()
        ),
        None => format!("{} differ: {:?}", differ.len(), differ.first()),
    };
    report.requires("the store is as Persona is", took.is_some(), figure);
    Ok(())
}

fn taken(team: &Team, done: &Done, report: &mut Report) {
    let samples = &done.samples;
    let most = samples.connections.iter().max().copied().unwrap_or_default();
    let first = samples.connections.first().copied().unwrap_or_default();
    let last = samples.connections.last().copied().unwrap_or_default();
    let processes = i64::try_from(team.consoles().len() + 1).unwrap_or_default();
    let bound = processes * CONNECTIONS;
    let figure = format!("first {first}, last {last}, worst {most}, bound {bound}");
    report.requires("connections are bounded", (1..=bound).contains(&most), figure);
    let (mut worst_growth, mut all) = (0_f64, Vec::new());
    for (name, memory) in &samples.memory {
        let (first, last) = (memory.0.first(), memory.0.last());
        let warm = memory.0.get(memory.0.len() / 3).copied().unwrap_or_default();
        let worst = memory.0.iter().copied().fold(0.0, f64::max);
        // The simulated Persona remembers all that happens.
        if name != "simulator" {
            worst_growth = worst_growth.max(last.copied().unwrap_or_default() - warm);
        }
        all.push((
            name,
            first.copied().unwrap_or_default(),
            warm,
            last.copied().unwrap_or_default(),
            worst,
        ));
    }
    let figure =
        format!("the most after a third of the time {worst_growth:.1} MiB, bound {GROWTH} MiB");
    report.requires("memory stays flat", worst_growth <= GROWTH, figure);
    for (name, first, warm, last, worst) in all {
        let cpu = samples.cpu.get(name).copied().unwrap_or_default();
        let figure = format!(
            "first {first:.1}, after a third {warm:.1}, last {last:.1}, worst {worst:.1} MiB; {cpu:.1} s of processor"
        );
        report.figure(&format!("  {name}"), figure);
    }
    let deliveries: Vec<String> = samples
        .figures
        .iter()
        .filter_map(|(name, count)| {
            let verdict = name.strip_prefix("caseload_webhook_deliveries_total{verdict=\"")?;
            (*count > 0.0).then(|| format!("{count:.0} {}", verdict.trim_end_matches("\"}")))
        })
        .collect();
    report.figure("deliveries to the receiver", deliveries.join(", "));
    report.figure("events by webhook", format!("{:.0}", samples.sum("caseload_events_total")));
    report.figure("seconds in which the receiver was not ready", samples.not_ready.to_string());
}

/// Where the server's time went.
async fn costly(db: &mut PgConnection) -> anyhow::Result<()> {
    let sql = "SELECT calls, total_exec_time, mean_exec_time, max_exec_time, rows,
                   regexp_replace(left(query, 160), '\\s+', ' ', 'g')
               FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 25";
    println!(
        "{:>8} {:>10} {:>8} {:>8} {:>9}  statement",
        "calls", "total ms", "mean", "max", "rows"
    );
    for row in sqlx::query(sql).fetch_all(db).await? {
        let (calls, rows): (i64, i64) = (row.try_get(0)?, row.try_get(4)?);
        let (total, mean, max): (f64, f64, f64) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        let text: String = row.try_get(5)?;
        println!("{calls:>8} {total:>10.0} {mean:>8.2} {max:>8.1} {rows:>9}  {text}");
    }
    Ok(())
}

/// All end by their own means.
async fn ends(team: &Team, report: &mut Report) -> anyhow::Result<()> {
    let consoles = team.consoles();
    let ended = join_all(consoles.iter().map(|console| console.quit())).await;
    let well = ended.iter().filter(|well| **well).count();
    let mut receiver = team.receiver.lock().await.take().context("there is a receiver")?;
    let pid = receiver.id().context("the receiver runs still")?.to_string();
    std::process::Command::new("kill").args(["-s", "TERM", &pid]).status()?;
    let code = tokio::time::timeout(Duration::from_secs(15), receiver.wait()).await;
    let ended = code.is_ok_and(|ended| ended.is_ok_and(|ended| ended.success()));
    let holds = well == consoles.len() && ended;
    let figure = format!("{well} of {} consoles, {RECEIVER} {ended}", consoles.len());
    report.requires("all end well, terminals as they were", holds, figure);
    Ok(())
}

fn secrets(team: &Team, done: &Done, report: &mut Report) -> anyhow::Result<()> {
    let folder = team.house.folder.path();
    team.server.dump(&folder.join("outputs/dump.sql"))?;
    let mut given = Search::new(&team.secrets);
    given.folder(&folder.join("given"))?;
    let mut written = Search::new(&team.secrets);
    for part in ["homes", "screens", "outputs", "server"] {
        written.folder(&folder.join(part))?;
    }
    let arguments = &done.samples.secrets_in_arguments;
    let holds = written.found.is_empty() && arguments.is_empty() && !given.found.is_empty();
    let figure = format!(
        "{} secrets in {} files of {:.0} MiB: {:?}; in arguments of processes {arguments:?} (among what was handed over: {} files)",
        team.secrets.len(),
        written.files,
        written.bytes as f64 / 1024.0 / 1024.0,
        found(&written, folder),
        given.found.len(),
    );
    report.requires("no secret was written anywhere", holds, figure);
    let logs: u64 = team
        .consoles()
        .iter()
        .filter_map(|console| Some(fs::metadata(team.house.log(&console.name)).ok()?.len()))
        .sum();
    report.figure("logs of the consoles", format!("{:.1} MiB", logs as f64 / 1024.0 / 1024.0));
    Ok(())
}

fn found(search: &Search, folder: &Path) -> Vec<String> {
    let told = search.found.iter().map(|(path, what)| {
        format!("{}: {}", path.strip_prefix(folder).unwrap_or(path).display(), what.join(", "))
    });
    told.collect()
}
