//! `caseload stats`: the reviewer's own decisions by day, from the local copy alone.

use clap::Args;
use serde_json::{Value, json};

use super::{
    exit::Exit,
    output::{self, Shape},
    profile,
    session::Session,
};
use crate::model::day::{self, Day};

#[derive(Debug, Args)]
pub struct Stats {}

const DAYS: Shape = Shape {
    table: &[
        ("day", "date"),
        ("decided", "decided"),
        ("approved", "approved"),
        ("declined", "declined"),
        ("median seconds", "median_seconds"),
        ("taken back", "undone"),
        ("overturned", "overturned"),
        ("refused", "refused"),
    ],
    csv: &[
        "date",
        "decided",
        "approved",
        "declined",
        "escalated",
        "case_status",
        "confirmed",
        "other",
        "median_seconds",
        "timed",
        "undone",
        "overturned",
        "refused",
        "stopped",
        "hours",
        "unopened",
    ],
};

pub async fn run(session: &Session) -> anyhow::Result<Exit> {
    let (now, zone) = (session.desk().clock().now(), profile::zone());
    let judgements = session.desk().judgements(day::since(now, &zone)).await?;
    let days: Vec<Value> = day::days(&judgements, now, &zone).iter().map(told).collect();
    output::print(&output::rows(session.format, &DAYS, &days))?;
    Ok(Exit::Done)
}

fn told(day: &Day) -> Value {
    let [approved, declined, escalated, case_status, confirmed, other] = day.kinds;
    json!({
        "kind": "day", "date": day.date.to_string(), "decided": day.decided(),
        "approved": approved, "declined": declined, "escalated": escalated,
        "case_status": case_status, "confirmed": confirmed, "other": other,
        "median_seconds": day.median.map(|median| median.as_millis() as f64 / 1_000.0),
        "timed": day.timed, "undone": day.undone, "overturned": day.overturned,
        "refused": day.refused, "stopped": day.stopped, "hours": day.hours,
        "unopened": day.unopened,
    })
}
