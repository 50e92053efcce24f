//! `caseload journal export`: lines of a period, as JSON lines or CSV.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    super::{exit::Exit, private},
    Desk, bundle,
    record::{self, LINES},
};
use crate::{
    cli::{
        output::{self, Format},
        record::Sight,
    },
    model::{Exported, JournalEntry, Subject, Text},
    store::{self, Place, StoredLine},
};

#[derive(Debug, Args)]
pub struct Export {
    /// Lines from this day or instant on: 2026-03-01, 2026-03-01T08:00:00Z. Days are UTC.
    #[arg(long, value_name = "DATE", value_parser = from)]
    from: Option<Timestamp>,
    /// Lines up to the end of this day, or before this instant.
    #[arg(long, value_name = "DATE", value_parser = to)]
    to: Option<Timestamp>,
    /// Only what this reviewer did.
    #[arg(long, value_name = "WHO")]
    reviewer: Option<String>,
    /// The evidence file of one decision: its id, or the inquiry's or case's that it was about
    /// (then the latest). A folder, which `journal verify` proves.
    #[arg(long, value_name = "ID", requires = "output", conflicts_with_all = ["from", "to", "reviewer"])]
    bundle: Option<String>,
    /// Show personal data in a bundle; the journal says so.
    #[arg(long, requires = "bundle")]
    reveal: bool,
    /// Where to put it: a file, for a bundle a folder. It is private, and nothing is overwritten.
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,
}

fn from(raw: &str) -> Result<Timestamp, String> {
    instant(raw, Some)
}

fn to(raw: &str) -> Result<Timestamp, String> {
    instant(raw, |day| day.tomorrow().ok())
}

/// An instant, or the first one of the day that is picked.
fn instant(raw: &str, pick: impl Fn(Date) -> Option<Date>) -> Result<Timestamp, String> {
    if let Ok(instant) = raw.parse() {
        return Ok(instant);
    }
    let day = raw.parse::<Date>().ok().filter(|_| raw.len() == "2026-03-01".len()).and_then(pick);
    let start = day.and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    start.ok_or_else(|| "a date is written like 2026-03-01 or 2026-03-01T08:00:00Z".to_owned())
}

/// Lines are read so many at a time.
const PAGE: u32 = 1_000;

pub async fn run(
    asked: Export,
    file: Option<&Path>,
    format: Option<Format>,
) -> anyhow::Result<Exit> {
    let (loaded, place) = super::place(file)?;
    if let Some(output) = &asked.output {
        private::free(output)?;
    }
    let of_file = match &place {
        Place::File(path) => {
            Some(store::prove(path, None).await?.ok_or_else(|| super::nothing(path))?)
        }
        Place::Server(_) => None,
    };
    let desk = Desk::open(&loaded, &place).await?;
    let proved = match of_file {
        Some(proved) => proved,
        None => desk.store.prove(None).await?,
    };
    if let (Some(id), Some(output)) = (&asked.bundle, &asked.output) {
        if format.is_some() {
            return Err(Exit::Usage.told("a bundle has a form of its own: leave --format out"));
        }
        let proof = proved.map_err(|flaw| {
            Exit::Broken.told(format!("no bundle is made of a broken journal: {flaw}"))
        })?;
        let sight = if asked.reveal { Sight::Plain } else { Sight::Masked };
        return bundle::run(id, output, sight, &proof, &desk).await;
    }
    let format = match format {
        None | Some(Format::Json) => Format::Json,
        Some(Format::Csv) => Format::Csv,
        Some(Format::Table) => {
            return Err(Exit::Usage.told("an export is JSON lines or CSV: --format json or csv"));
        }
    };
    lines(&asked, format, &desk).await?;
    Ok(match proved {
        Ok(_) => Exit::Done,
        Err(flaw) => {
            output::note(format!("the journal is broken, and was exported as it is: {flaw}"));
            Exit::Broken
        }
    })
}

async fn lines(asked: &Export, format: Format, desk: &Desk) -> anyhow::Result<()> {
    let (mut last, mut count) = (0, 0);
    while let Some(page) = page(desk, last).await? {
        last = page.last().map_or(last, |line| line.number);
        count += page.iter().filter(|line| asked.wants(read(line).as_ref())).count() as u64;
    }
    let exported = Exported {
        format: Text::new(if format == Format::Csv { "csv" } else { "json" }),
        from: asked.from,
        to: asked.to,
        reviewer: asked.reviewer.as_deref().map(Text::new),
        lines: count,
        sha256: None,
    };
    // What cannot be written down is not exported.
    tell(desk, exported, None).await?;
    let mut file = asked.output.as_deref().map(private::File::begin).transpose()?;
    let (mut after, mut first) = (0, true);
    while let Some(page) = page(desk, after).await?.filter(|_| after < last) {
        after = page.last().map_or(last, |line| line.number);
        let wanted: Vec<_> = page
            .iter()
            .filter(|line| line.number <= last)
            .map(|line| (line, read(line)))
            .filter(|(_, entry)| asked.wants(entry.as_ref()))
            .map(|(line, entry)| record::line(line, entry.as_ref()))
            .collect();
        let print = if first { output::rows } else { output::more };
        first = false;
        let text = print(format, &LINES, &wanted);
        file = match file {
            Some(file) => Some(file.with(text.as_bytes())?),
            None => {
                let mut out = stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())?;
                None
            }
        };
    }
    if let (Some(file), Some(path)) = (file, &asked.output) {
        let path = path.display();
        file.keep().with_context(|| format!("{path} cannot be written"))?;
        output::note(format!("{path}: {count} lines"));
    }
    Ok(())
}

/// The next lines, if there are any.
async fn page(desk: &Desk, after: u64) -> Result<Option<Vec<StoredLine>>, store::Error> {
    let page = desk.store.journal_after(after, PAGE).await?;
    Ok(Some(page).filter(|page| !page.is_empty()))
}

fn read(line: &StoredLine) -> Option<JournalEntry> {
    serde_json::from_str(&line.text).ok()
}

/// Journals an export before anybody has it.
pub async fn tell(desk: &Desk, exported: Exported, subject: Option<Subject>) -> anyhow::Result<()> {
    let line = JournalEntry::new(desk.clock.now(), &desk.reviewer, "exported");
    let line = JournalEntry { export: Some(exported), subject, ..line };
    desk.store.journal(line).await.context("nothing is exported without the journal")
}

impl Export {
    /// What cannot be read is never left out.
    fn wants(&self, entry: Option<&JournalEntry>) -> bool {
        entry.is_none_or(|entry| {
            self.from.is_none_or(|from| from <= entry.at)
                && self.to.is_none_or(|to| entry.at < to)
                && self.reviewer.as_deref().is_none_or(|who| who == entry.who.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_instants_are_exact() {
        let at = |raw: &str| raw.parse::<Timestamp>().unwrap();
        assert_eq!(from("2026-03-01"), Ok(at("2026-03-01T00:00:00Z")));
        assert_eq!(to("2026-03-31"), Ok(at("2026-04-01T00:00:00Z")));
        assert_eq!(to("2026-03-01T08:00:00Z"), Ok(at("2026-03-01T08:00:00Z")));
        assert_eq!(from("2026-03-01T08:00:00+02:00"), Ok(at("2026-03-01T06:00:00Z")));
        for bad in ["", "march", "2026-13-01", "2026-03-01T08", "2026-03"] {
            assert!(from(bad).is_err(), "{bad}");
        }
    }
}
