//! A bundle's folder, read as if its maker were an enemy: plain files directly in it, and no more
//! of them than a bundle can have.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use anyhow::Context;

use crate::{
    journal::bundle::{Files, Unproven, is_plain},
    model::Text,
};

const MOST_FILES: usize = 16;
const LARGEST: u64 = 64 * 1024 * 1024;

/// The files of a bundle, or what keeps the folder from being one.
///
/// # Errors
/// If the folder cannot be read.
pub fn read(folder: &Path) -> anyhow::Result<Result<Files, Unproven>> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let mut files = Files::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        let shown = Text::new(&entry.file_name().to_string_lossy()).to_string();
        let refused = |why: &str| Ok(Err(Unproven { part: shown.clone(), why: why.to_owned() }));
        if files.len() >= MOST_FILES {
            return refused("the folder has more files than a bundle");
        }
        // Not followed: a link may lead anywhere, and a pipe never ends.
        if !entry.file_type().with_context(unreadable)?.is_file() {
            return refused("it is not a plain file");
        }
        let Some(name) =
            entry.file_name().to_str().filter(|name| is_plain(name)).map(str::to_owned)
        else {
            return refused("no part of a bundle has such a name");
        };
        match whole(&entry.path()).with_context(unreadable)? {
            Some(bytes) => _ = files.insert(name, bytes),
            None => return refused("it is larger than a part of a bundle can be"),
        }
    }
    Ok(Ok(files))
}

fn whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= LARGEST).then_some(bytes))
}
