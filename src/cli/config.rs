//! `caseload config`: check, path, keys, example.

use std::{
    io::{self, Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;

use super::{exit::Exit, listen, output, profile};
use crate::{
    config::{
        Config, Loaded, Paths,
        policy::{InForce, Places, Source},
    },
    secret::FieldKeySource,
    tui,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the configuration, and those that listen.also names, and say what is in force. Exit
    /// code 0: the console can start; 7: there is no usable API key; 2: a configuration is bad.
    Check,
    /// Print where files lie.
    Path,
    /// Print the keys in force.
    Keys {
        /// As a page in Markdown.
        #[arg(long)]
        markdown: bool,
    },
    /// Print a configuration file that documents every setting.
    Example {
        /// Of the policy file instead.
        #[arg(long)]
        policy: bool,
    },
}

const EXAMPLE: &str = include_str!("../../config.example.toml");
const POLICY_EXAMPLE: &str = include_str!("../../policy.example.toml");

pub fn run(command: Command, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut out = stdout().lock();
    match command {
        Command::Example { policy: false } => out.write_all(EXAMPLE.as_bytes())?,
        Command::Example { policy: true } => out.write_all(POLICY_EXAMPLE.as_bytes())?,
        Command::Path => {
            let paths = Paths::of_user()?;
            row(&mut out, "configuration", file.unwrap_or(&paths.config).display())?;
            // A bad file is what one looks for with this command: it is no reason to stop.
            let config = profile::load(file, &paths).map(|loaded| loaded.config);
            if let Err(why) = &config {
                output::note(why);
            }
            let places = Places::beside(file.unwrap_or(&paths.config));
            row(&mut out, "policy", places.organisation.display())?;
            row(&mut out, "", places.yours.display())?;
            folders(&mut out, &config.unwrap_or_default(), &paths)?;
        }
        Command::Keys { markdown } => {
            let loaded = profile::load(file, &Paths::of_user()?)?;
            let keys = tui::Keys::of(&loaded.config.keys).expect("they were checked");
            let page = match markdown {
                true => tui::keys_in_markdown(&keys),
                false => tui::keys_in_text(&keys),
            };
            out.write_all(page.as_bytes())?;
        }
        Command::Check => {
            let paths = Paths::of_user()?;
            let loaded = profile::load(file, &paths)?;
            let policy = profile::policy(file, &paths, &loaded.config)?;
            let mut exit = check(&mut out, &loaded, &policy, &paths)?;
            let mut configured = vec![loaded];
            for (file, also) in listen::also(&configured[0], &paths) {
                let also = also?;
                let policy = profile::policy(Some(&file), &paths, &also.config)?;
                writeln!(out)?;
                let of_it = check(&mut out, &also, &policy, &paths)?;
                exit = if exit == Exit::Done { of_it } else { exit };
                configured.push(also);
            }
            listen::apart(&configured, &paths)?;
            return Ok(exit.into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(
    out: &mut impl Write,
    loaded: &Loaded,
    policy: &InForce,
    paths: &Paths,
) -> io::Result<Exit> {
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
    in_force(out, policy)?;
    let field_key = match (&loaded.field_key, loaded.field_key.read()) {
        (FieldKeySource(None), _) => "none: the local copy is not sealed".to_owned(),
        (source, Ok(_)) => format!("from {source}"),
        (_, Err(why)) => format!("none: {why}"),
    };
    row(out, "field key", field_key)?;
    match loaded.key.read() {
        Ok(_) => {
            let environment = profile::environment(&loaded.key).as_str();
            row(out, "API key", format!("from {}, environment {environment}", loaded.key))?;
            Ok(Exit::Done)
        }
        Err(why) => {
            row(out, "API key", format!("none: {why}"))?;
            Ok(Exit::Key)
        }
    }
}

/// The policy in force, and from which file each setting of it comes.
fn in_force(out: &mut impl Write, found: &InForce) -> io::Result<()> {
    let InForce { policy, files, without_effect } = found;
    if files.is_empty() {
        row(out, "policy", "none: nothing is asked of those who decide")?;
    }
    for (source, file) in files {
        let whose = match source {
            Source::Organisation => "your organisation's",
            _ => "yours",
        };
        row(out, "policy", format!("{} ({whose})", file.display()))?;
    }
    if !files.is_empty() {
        row(out, "", "enforced by this client, not by Persona")?;
        for (setting, source) in policy.told() {
            row(out, "in force", format!("{setting} (of {source})"))?;
        }
    }
    for vain in without_effect {
        row(out, "no effect", vain)?;
    }
    Ok(())
}

fn folders(out: &mut impl Write, config: &Config, paths: &Paths) -> io::Result<()> {
    let or = |mine: &Option<PathBuf>, usual: &Path| mine.as_deref().unwrap_or(usual).to_owned();
    row(out, "local copy", or(&config.store.dir, &paths.data).display())?;
    row(out, "log", or(&config.log.file, &paths.log).display())
}

fn row(out: &mut impl Write, name: &str, value: impl std::fmt::Display) -> io::Result<()> {
    writeln!(out, "{name:<13}  {}", output::inert_lines(&value.to_string()))
}
