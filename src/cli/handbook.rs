//! `caseload completions` and `caseload man`: what a package installs beside the program, made from
//! the same table of commands as its help.

use std::{
    fs,
    io::{Write, stdout},
    path::PathBuf,
};

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;

use super::exit::Exit;

#[derive(Debug, Args)]
pub struct Completions {
    shell: Shell,
}

#[derive(Debug, Args)]
pub struct Pages {
    /// The folder to write to, which is made if it is not there.
    folder: PathBuf,
}

/// Prints what a shell needs to complete this command line.
pub fn completions(asked: &Completions, mut command: Command) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(asked.shell, &mut command, "caseload", &mut script);
    stdout().write_all(&script)?;
    Ok(Exit::Done)
}

/// Writes a page in section 1 for the program and for each of its commands, by its whole name.
pub fn pages(asked: &Pages, command: Command) -> anyhow::Result<Exit> {
    let folder = &asked.folder;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    clap_mangen::generate_to(command, folder)
        .with_context(|| format!("no page can be written to {}", folder.display()))?;
    Ok(Exit::Done)
}
