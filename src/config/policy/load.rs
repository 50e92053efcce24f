//! Reads the organisation's file and the user's. A file of the organisation that is there and
//! cannot be trusted, read or understood is an error: it never means that there is no policy.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{InForce, PolicyFile, Source, check, merge};
use crate::config::{
    Config, Error,
    check::Problem,
    explain::{self, explain, key_inside, place, where_set},
};

/// The user that an organisation's file belongs to.
pub const ROOT: u32 = 0;

/// Where files lie, and whose the first must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    pub organisation: PathBuf,
    /// A user id.
    pub owner: u32,
    pub yours: PathBuf,
}

impl Places {
    /// Of this machine: no variable and no argument moves the organisation's file. The user's lies
    /// beside their configuration.
    pub fn beside(configuration: &Path) -> Self {
        Self {
            organisation: PathBuf::from("/etc/caseload/policy.toml"),
            owner: ROOT,
            yours: configuration.with_file_name("policy.toml"),
        }
    }
}

/// Reads both files, as far as they are there, and lets the stricter win.
///
/// # Errors
/// If a file that is there cannot be read or holds no policy, or the organisation's could have been
/// written by somebody else.
pub fn load(places: &Places, config: &Config) -> Result<InForce, Error> {
    let organisation = organisation(&places.organisation, places.owner)?;
    let yours = yours(&places.yours)?;
    let read = |source, path: &Path, file: &Option<PolicyFile>| {
        file.is_some().then(|| (source, path.to_owned()))
    };
    let files = [
        read(Source::Organisation, &places.organisation, &organisation),
        read(Source::Yours, &places.yours, &yours),
    ];
    let (policy, without_effect) =
        merge(&organisation.unwrap_or_default(), &yours.unwrap_or_default(), config);
    Ok(InForce { policy, files: files.into_iter().flatten().collect(), without_effect })
}

fn yours(path: &Path) -> Result<Option<PolicyFile>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text, &path.display().to_string()).map(Some),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(bad(path, format!("cannot be read: {why}"))),
    }
}

fn organisation(path: &Path, owner: u32) -> Result<Option<PolicyFile>, Error> {
    let unreadable = |why: io::Error| {
        bad(path, format!("what your organisation asks for cannot be read ({why}): {REFUSED}"))
    };
    match fs::symlink_metadata(path) {
        Err(why) if is_absent(&why) => return Ok(None),
        Err(why) => return Err(unreadable(why)),
        Ok(_) => {}
    }
    let folders = [path.to_owned(), path.canonicalize().map_err(unreadable)?];
    for folder in folders.iter().filter_map(|path| path.parent()) {
        trusted(folder, &folder.metadata().map_err(unreadable)?, owner)?;
    }
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(bad(path, format!("this is no file: {REFUSED}")));
    }
    let mut file = File::open(path).map_err(unreadable)?;
    // Of what was opened, so that nobody can put another in its place meanwhile.
    trusted(path, &file.metadata().map_err(unreadable)?, owner)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    parse(&text, &path.display().to_string()).map(Some)
}

const REFUSED: &str = "nothing is opened until whoever looks after this machine has mended it";

/// Neither the file nor its folder is there.
fn is_absent(why: &io::Error) -> bool {
    why.kind() == io::ErrorKind::NotFound
}

/// Whether nobody but its owner can have written it.
fn trusted(path: &Path, found: &Metadata, owner: u32) -> Result<(), Error> {
    let whose = if owner == ROOT { "root".to_owned() } else { format!("user {owner}") };
    let (uid, mode) = (found.uid(), found.mode() & 0o777);
    let shown = path.display();
    if uid != owner {
        let what =
            format!("must belong to {whose} and belongs to user {uid} (chown {owner} {shown})");
        return Err(bad(path, format!("{what}: {REFUSED}")));
    }
    if mode & 0o022 != 0 {
        let what =
            format!("others than {whose} can write to it, mode {mode:03o} (chmod go-w {shown})");
        return Err(bad(path, format!("{what}: {REFUSED}")));
    }
    Ok(())
}

fn bad(path: &Path, what: String) -> Error {
    Error { file: path.display().to_string(), at: None, what }
}

/// Reads one file's text; `name` is how errors call it.
///
/// # Errors
/// With place and fix, and no value of the file.
pub fn parse(text: &str, name: &str) -> Result<PolicyFile, Error> {
    let bad = |at, what| Error { file: name.to_owned(), at, what };
    if let Some(at) = key_inside(text) {
        let what = format!("an API key stands here: {}", explain::keys_stay_out());
        return Err(bad(Some(at), what));
    }
    let file: PolicyFile = toml::from_str(text).map_err(|why| {
        bad(why.span().map(|span| place(text, span.start)), explain(why.message()))
    })?;
    check::check(&file).map_err(|Problem { setting, what, .. }| {
        let path: Vec<&str> = setting.split('.').collect();
        bad(where_set(text, &path), format!("{setting}: {what}"))
    })?;
    Ok(file)
}
