//! What the day came to: the alerts, by promtool; memory, connections, and what is still on its way.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::Row;

use super::{
    clock::{Day, MINUTES, shown},
    course::{self, Incident},
    place::{CONSOLES, Place},
    report::{Report, seconds_or_never},
    reviewer::Ledger,
    rules::{self, SCALES, Test},
    scrape::Scraped,
    watch::{Samples, until},
};

/// Connections of each process, with the one that tries whether the server is back.
const CONNECTIONS: i64 = 6;

/// The last third of the time takes no more than this above the first, in MiB.
const GROWTH: f64 = 16.0;

/// What a process takes at first is not what it takes for long: so many seconds.
const WARM: usize = 10;

/// All that is judged.
pub struct Done {
    pub day: Day,
    pub scraped: Vec<Scraped>,
    pub incidents: Vec<Incident>,
    pub samples: Samples,
    pub ledger: Arc<Ledger>,
    pub happened: u64,
    /// What Persona did not take of what was to happen.
    pub failed: Vec<String>,
}

pub async fn run(
    place: Arc<Place>,
    mut done: Done,
    keep: bool,
    report: &mut Report,
) -> anyhow::Result<()> {
    course::close(&mut done.incidents, &done.scraped);
    alerts(&place, &done, report)?;
    left(&place, report).await?;
    taken(&done.samples, report);
    happened(&done, report);
    for said in done.ledger.refused() {
        println!("not decided: {said}");
    }
    let well = place.close_consoles(" from 13:15").await;
    let stopped = place.stop_receiving(" from 02:15").await?;
    let figure = format!("{well} of {CONSOLES} consoles, the receiver {stopped}");
    report.requires("all end well", well == CONSOLES && stopped, figure);
    if keep && let Ok(place) = Arc::try_unwrap(place) {
        println!("kept in {}", place.house.folder.keep().display());
    }
    Ok(())
}

/// Each incident with what follows it until the next one, and the night before the first.
fn alerts(place: &Place, done: &Done, report: &mut Report) -> anyhow::Result<()> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/prometheus/alerts.yml");
    let series = rules::series(&done.scraped, done.day);
    let claims: Vec<_> = done.incidents.iter().flat_map(|one| one.claims.clone()).collect();
    let first = done.incidents.first().map_or(MINUTES, |one| one.begins);
    let mut stretches = vec![("a quiet night".to_owned(), 0..first, "nothing fires".to_owned())];
    for (nth, one) in done.incidents.iter().enumerate() {
        let next = done.incidents.get(nth + 1).map_or(MINUTES, |next| next.begins);
        let what = format!("{}–{} {}", shown(one.begins), shown(one.ends), one.what);
        let claims: Vec<String> = one.claims.iter().map(|claim| claim.words()).collect();
        stretches.push((what, one.begins..next, claims.join("; ")));
    }
    for (nth, (what, minutes, claimed)) in stretches.into_iter().enumerate() {
        let file = place.house.folder.path().join(format!("outputs/day-{nth}.yml"));
        let test = Test { rules: &rules, series: &series, claims: &claims, minutes };
        let judged = test.run(&file)?;
        report.requires(&what, judged.is_ok(), claimed);
        if let Err(said) = judged {
            println!("{what}: promtool says\n{said}");
        }
    }
    report.figure("  as a minute is a quarter of a second", SCALES);
    report.figure("  series of the tests", series.len().to_string());
    Ok(())
}

async fn left(place: &Place, report: &mut Report) -> anyhow::Result<()> {
    let mut db = place.server.admin().await?;
    let empty = until(Duration::from_secs(30), async || {
        let sql = "SELECT count(*) FROM action WHERE state IN ('held', 'sending', 'waiting')";
        let row = sqlx::query(sql).fetch_one(&mut db).await?;
        Ok::<_, sqlx::Error>(row.try_get::<i64, _>(0)? == 0)
    });
    let empty = empty.await;
    report.requires("nothing stays on its way", empty.is_some(), seconds_or_never(empty));
    let states = "SELECT state, count(*) FROM action GROUP BY state ORDER BY state";
    let states: Vec<String> = sqlx::query(states)
        .fetch_all(&mut db)
        .await?
        .iter()
        .map(|row| Ok(format!("{} {}", row.try_get::<i64, _>(1)?, row.try_get::<String, _>(0)?)))
        .collect::<Result<_, sqlx::Error>>()?;
    report.figure("decisions in the store", states.join(", "));
    Ok(())
}

fn taken(samples: &Samples, report: &mut Report) {
    let most = |counts: &[i64]| counts.iter().max().copied().unwrap_or_default();
    let [first, middle, last] = thirds(&samples.connections).map(most);
    let most = most(&samples.connections);
    let bound = i64::try_from(CONSOLES + 1).unwrap_or_default() * CONNECTIONS;
    let figure =
        format!("at most {first} in the first third, then {middle} and {last}, bound {bound}");
    report.requires("connections are bounded", (1..=bound).contains(&most), figure);
    let (mut worst, mut all) = (f64::MIN, Vec::new());
    for (name, memory) in &samples.memory {
        let [first, middle, last] = thirds(memory.0.get(WARM..).unwrap_or_default()).map(mean);
        worst = worst.max(last - first);
        let most = memory.0.iter().copied().fold(0.0, f64::max);
        let cpu = samples.cpu.get(name).copied().unwrap_or_default();
        let figure = format!(
            "in thirds {first:.1}, {middle:.1}, {last:.1}, most {most:.1} MiB; {} s long, {cpu:.1} s of processor",
            memory.0.len()
        );
        all.push((name, figure));
    }
    let figure =
        format!("the last third above the first by {worst:.1} MiB at most, bound {GROWTH} MiB");
    report.requires("memory stays flat", worst <= GROWTH, figure);
    for (name, figure) in all {
        report.figure(&format!("  {name}"), figure);
    }
}

fn thirds<T>(samples: &[T]) -> [&[T]; 3] {
    let third = samples.len() / 3;
    [&samples[..third], &samples[third..samples.len() - third], &samples[samples.len() - third..]]
}

fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len().max(1) as f64
}

fn happened(done: &Done, report: &mut Report) {
    let figure = format!("{}, and {} that Persona did not take", done.happened, done.failed.len());
    report.figure("events at Persona", figure);
    for why in done.failed.iter().take(5) {
        println!("did not happen: {why}");
    }
    let verdict = |name: &str| {
        let verdict = name.strip_prefix("caseload_webhook_deliveries_total{verdict=\"")?;
        Some(verdict.trim_end_matches("\"}").to_owned())
    };
    let deliveries: Vec<String> = done
        .samples
        .figures
        .iter()
        .filter_map(|(name, count)| {
            let verdict = verdict(name)?;
            (*count > 0.0).then(|| format!("{count:.0} {verdict}"))
        })
        .collect();
    report.figure("deliveries to the receiver since 02:15", deliveries.join(", "));
    let unanswered: Vec<String> = done
        .scraped
        .iter()
        .map(|one| {
            let missing = one.minutes.iter().filter(|told| told.is_none()).count();
            format!("{} {missing}", one.target.instance)
        })
        .collect();
    report.figure(&format!("scrapes of {MINUTES} not answered"), unanswered.join(", "));
    let decided = done.ledger.committed().len();
    report.figure(
        "decided one by one",
        format!("{decided}, {} refused", done.ledger.refused().len()),
    );
}
