//! `caseload config`: check, path, example.

use std::{
    io::{Write, stdout},
    path::Path,
    process::ExitCode,
};

use clap::Subcommand;

use super::profile;
use crate::config::Paths;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the configuration and say what is in force. Exit code 2 if it is bad.
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
            writeln!(out, "configuration  {}", file.unwrap_or(&paths.config).display())?;
            writeln!(out, "local copy     {}", paths.data.display())?;
            writeln!(out, "log            {}", paths.log.display())?;
        }
        Command::Check => {
            let paths = Paths::of_user()?;
            let loaded = profile::load(file, &paths)?;
            match &loaded.file {
                Some(file) => writeln!(out, "ok             {}", file.display())?,
                None => writeln!(
                    out,
                    "ok             defaults; {} is not there",
                    paths.config.display()
                )?,
            }
            let from =
                if loaded.base_url_from_environment { " (from PERSONA_BASE_URL)" } else { "" };
            writeln!(out, "Persona        {}{from}", loaded.config.persona.base_url)?;
            writeln!(out, "reviewer       {}", profile::reviewer(&loaded.config))?;
            match loaded.key.read() {
                Ok(_) => {
                    let environment = profile::environment(&loaded.key).as_str();
                    writeln!(
                        out,
                        "API key        {}, environment {environment}",
                        profile::key_words(&loaded.key)
                    )?;
                }
                Err(why) => writeln!(out, "API key        none: {why}")?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
