//! `caseload config`: check, path, example.

use std::{
    io::{self, Write, stderr, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;

use super::{exit::Exit, profile};
use crate::{
    config::{Config, Loaded, Paths},
    secret::{FieldKeySource, KeySource},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the configuration and say what is in force. Exit code 0: the console can start;
    /// 7: there is no usable API key; 2: the configuration is bad.
    Check,
    /// Print where files lie.
    Path,
    /// Print a configuration file that documents every setting.
    Example,
}

const EXAMPLE: &str = include_str!("../../config.example.toml");

pub fn run(command: Command, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut out = stdout().lock();
    match command {
        Command::Example => out.write_all(EXAMPLE.as_bytes())?,
        Command::Path => {
            let paths = Paths::of_user()?;
            row(&mut out, "configuration", file.unwrap_or(&paths.config).display())?;
            // A bad file is what one looks for with this command: it is no reason to stop.
            let config = profile::load(file, &paths).map(|loaded| loaded.config);
            if let Err(why) = &config {
                let _ = writeln!(stderr(), "caseload: {why}");
            }
            folders(&mut out, &config.unwrap_or_default(), &paths)?;
        }
        Command::Check => {
            let paths = Paths::of_user()?;
            let loaded = profile::load(file, &paths)?;
            return Ok(check(&mut out, &loaded, &paths)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(out: &mut impl Write, loaded: &Loaded, paths: &Paths) -> io::Result<ExitCode> {
    match &loaded.file {
        Some(file) => row(out, "ok", file.display())?,
        None => row(out, "ok", format!("defaults; {} is not there", paths.config.display()))?,
    }
    let url = &loaded.config.persona.base_url;
    let from = if loaded.base_url_from_environment { " (from PERSONA_BASE_URL)" } else { "" };
    row(out, "Persona", format!("{url}{from}"))?;
    if !url.trim_end_matches('/').ends_with("/api/v1") {
        row(out, "", "Persona's own base URL ends with /api/v1; this one does not")?;
    }
    row(out, "reviewer", profile::reviewer(&loaded.config))?;
    folders(out, &loaded.config, paths)?;
    for setting in loaded.config.changed() {
        row(out, "set", setting)?;
    }
    let field_key = match (&loaded.field_key, loaded.field_key.read()) {
        (FieldKeySource::None, _) => "none: the local copy is not sealed".to_owned(),
        (source, Ok(_)) => format!("from {source}"),
        (_, Err(why)) => format!("none: {why}"),
    };
    row(out, "field key", field_key)?;
    match loaded.key.read() {
        Ok(_) => {
            let environment = profile::environment(&loaded.key).as_str();
            let place = match &loaded.key {
                KeySource::File(path) => format!("from {}", path.display()),
                other => profile::key_words(other),
            };
            row(out, "API key", format!("{place}, environment {environment}"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            row(out, "API key", format!("none: {why}"))?;
            Ok(Exit::Key.into())
        }
    }
}

fn folders(out: &mut impl Write, config: &Config, paths: &Paths) -> io::Result<()> {
    let or = |mine: &Option<PathBuf>, usual: &Path| mine.as_deref().unwrap_or(usual).to_owned();
    row(out, "local copy", or(&config.store.dir, &paths.data).display())?;
    row(out, "log", or(&config.log.file, &paths.log).display())
}

fn row(out: &mut impl Write, name: &str, value: impl std::fmt::Display) -> io::Result<()> {
    writeln!(out, "{name:<13}  {value}")
}
