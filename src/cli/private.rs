//! Files for the user alone: whole or not at all, and never in place of another.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::exit::Exit;

/// A file under another name until it is kept. Dropped, it is gone.
pub struct File {
    part: tempfile::NamedTempFile,
    path: PathBuf,
    /// What it lies in meanwhile, if that is its own.
    _folder: Option<tempfile::TempDir>,
}

/// Whether a name is free.
///
/// # Errors
/// If something is there.
pub fn free(path: &Path) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok() {
        let path = path.display();
        return Err(Exit::Usage.told(format!("{path} is there already: name another file")));
    }
    Ok(())
}

/// The folder of a file that is to be written.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

impl File {
    /// Private from its first byte on.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let part = tempfile::NamedTempFile::new_in(folder_of(path))?;
        Ok(Self { part, path: path.to_owned(), _folder: None })
    }

    /// In a private folder of its own until it is kept: what others put beside it goes with it.
    pub fn begin_apart(path: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix(".caseload-").permissions(fs::Permissions::from_mode(0o700));
        let folder = builder.tempdir_in(folder_of(path))?;
        let part = tempfile::NamedTempFile::new_in(folder.path())?;
        Ok(Self { part, path: path.to_owned(), _folder: Some(folder) })
    }

    pub fn with(mut self, bytes: &[u8]) -> io::Result<Self> {
        self.part.write_all(bytes)?;
        Ok(self)
    }

    /// Where it lies until it is kept.
    pub fn part(&self) -> &Path {
        self.part.path()
    }

    /// Gives it its name, durably.
    pub fn keep(self) -> io::Result<()> {
        self.part.as_file().sync_all()?;
        self.part.persist_noclobber(&self.path).map_err(|why| why.error)?;
        fs::File::open(folder_of(&self.path))?.sync_all()
    }

    /// The same, in place of what has the name now.
    pub fn replace(self) -> io::Result<()> {
        self.part.as_file().sync_all()?;
        self.part.persist(&self.path).map_err(|why| why.error)?;
        fs::File::open(folder_of(&self.path))?.sync_all()
    }
}

/// Makes a folder with files in it, the `last` of them last: without it the folder is not whole.
pub fn folder<'a>(
    path: &Path,
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
    last: (&'a str, &'a [u8]),
) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)?;
    for (name, bytes) in files.chain([last]) {
        File::begin(&path.join(name))?.with(bytes)?.keep()?;
    }
    fs::File::open(folder_of(path))?.sync_all()
}
