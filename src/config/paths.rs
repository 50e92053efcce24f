//! Where files lie: the XDG directories of the user, and private folders in them.

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use directories::ProjectDirs;

/// All paths are absolute; none exists until it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    pub config: PathBuf,
    pub data: PathBuf,
    pub log: PathBuf,
    /// A folder for comments that an editor has open.
    pub drafts: PathBuf,
    /// A folder for what reviewers have written down of what they decided in one go.
    pub results: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no home directory: set HOME, or XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME")]
pub struct PathsError;

impl Paths {
    /// # Errors
    /// If there is no home directory to put anything in.
    pub fn of_user() -> Result<Self, PathsError> {
        let dirs = ProjectDirs::from("", "", "caseload").ok_or(PathsError)?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_dir());
        Ok(Self {
            config: dirs.config_dir().join("config.toml"),
            data: dirs.data_dir().to_owned(),
            log: state.join("caseload.log"),
            drafts: state.join("drafts"),
            results: state.join("results"),
        })
    }
}

/// Makes a folder, and those above it, for the user alone.
pub fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
