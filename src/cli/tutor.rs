//! `caseload tutor`: the console on a practice world, with a lesson and a score. Nothing of the
//! user's is opened but the keys and the looks of the configuration, and nothing is kept.

use std::{
    io::{Write, stdout},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;

use super::{
    World,
    console::{How, Sandbox, runtime, sandbox},
    output, profile,
};
use crate::{
    config::{Config, Paths, Policy},
    tui::{Lesson, PRACTICE_WORLD},
};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Without the lesson: the items that are to be judged alone.
    #[arg(long)]
    practice: bool,
    /// Another practice world: the same seed makes the same one [default: one that has some of
    /// everything]
    #[arg(long)]
    seed: Option<u64>,
}

/// Reading what the tutor says takes longer than an everyday hold.
const HOLD_SECONDS: u64 = 10;

pub fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let own = own(file)?;
    let mut config = Config { keys: own.keys, ui: own.ui, ..Config::default() };
    config.review.hold_seconds = HOLD_SECONDS;
    let lesson = if arguments.practice { Lesson::Practice } else { Lesson::Whole };
    let (seed, inquiries) = PRACTICE_WORLD;
    let world = World {
        seed: Some(arguments.seed.unwrap_or(seed)),
        inquiries: Some(inquiries),
        scenario: None,
    };
    let shown =
        Sandbox { world: &world, environment: "PRACTICE", lesson: Some(lesson), how: How::Screen };
    let score = runtime()?.block_on(sandbox(config, &Policy::default(), shown))?;
    let mut out = stdout().lock();
    for line in score.map_or_else(Vec::new, |score| score.lines()) {
        writeln!(out, "{}", output::inert_lines(&line)).context("the score cannot be printed")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration, for its keys and looks. One that nobody named is not needed here.
fn own(file: Option<&Path>) -> anyhow::Result<Config> {
    let loaded = Paths::of_user().map(|paths| profile::load(file, &paths));
    match (loaded, file) {
        (Ok(Ok(loaded)), _) => Ok(loaded.config),
        (Ok(Err(why)), Some(_)) => Err(why.into()),
        (Err(why), Some(_)) => Err(why.into()),
        (Ok(Err(why)), None) => {
            output::note(format!("the tutor goes on with the usual keys: {why}"));
            Ok(Config::default())
        }
        (Err(_), None) => Ok(Config::default()),
    }
}
