//! A private file that is moved aside when it is long: `caseload.log.1` is the youngest of those
//! that are kept. Several processes may write to it, each line whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::config::private_folder;

/// A file of this size is moved aside.
const LONG: u64 = 10 * 1024 * 1024;

/// So many are kept beside the present one.
const KEPT: u32 = 3;

pub struct Rotating {
    path: PathBuf,
    file: File,
}

impl Rotating {
    /// # Errors
    /// If the file cannot be made private and written.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            private_folder(folder)?;
        }
        Ok(Self { path: path.to_owned(), file: open(path)? })
    }

    /// Goes on in a new file, made by us or by whoever was faster.
    fn turn(&mut self) -> io::Result<()> {
        // Locked, so that of several processes one moves it, and moves it once.
        if self.is_present()? && self.file.try_lock().is_ok() && self.is_present()? {
            for nth in (1..KEPT).rev() {
                match fs::rename(self.aside(nth), self.aside(nth + 1)) {
                    Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                    _ => {}
                }
            }
            fs::rename(&self.path, self.aside(1))?;
        }
        self.file = open(&self.path)?;
        Ok(())
    }

    /// Whether what we write to is still what the path names.
    fn is_present(&self) -> io::Result<bool> {
        let ours = self.file.metadata()?;
        match fs::metadata(&self.path) {
            Ok(named) => Ok((named.dev(), named.ino()) == (ours.dev(), ours.ino())),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// `caseload.log` → `caseload.log.1`
    fn aside(&self, nth: u32) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{nth}"));
        name.into()
    }
}

impl Write for Rotating {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Its size and not our count: others write to it, too.
        if self.file.metadata()?.len() >= LONG {
            // A log that is too long is better than none.
            let _ = self.turn();
        }
        self.file.write(line)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    // One that was there before may have been open to others.
    if file.metadata()?.is_file() {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn said(path: &Path) -> String {
        // Without what only makes it long.
        fs::read_to_string(path).unwrap().replace('\0', "")
    }

    fn fill(path: &Path) {
        OpenOptions::new().write(true).open(path).unwrap().set_len(LONG).unwrap();
    }

    #[test]
    fn a_log_is_private_whatever_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/log.txt");
        drop(Rotating::open(&path).unwrap());
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(Rotating::open(&path).unwrap());
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_long_log_is_moved_aside_while_it_is_written_and_a_few_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let aside = |nth: u32| dir.path().join(format!("log.{nth}"));
        let mut log = Rotating::open(&path).unwrap();
        for line in ["0\n", "1\n", "2\n", "3\n", "4\n"] {
            log.write_all(line.as_bytes()).unwrap();
            fill(&path);
        }
        log.write_all(b"5\n").unwrap();
        assert_eq!(said(&path), "5\n");
        assert_eq!([1, 2, 3].map(|nth| said(&aside(nth))), ["4\n", "3\n", "2\n"]);
        assert!(!aside(4).exists());
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn two_processes_with_one_log_move_it_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let (mut one, mut two) = (Rotating::open(&path).unwrap(), Rotating::open(&path).unwrap());
        one.write_all(b"before\n").unwrap();
        fill(&path);
        two.write_all(b"two\n").unwrap();
        one.write_all(b"one\n").unwrap();
        assert_eq!(said(&path), "two\none\n");
        assert_eq!(said(&dir.path().join("log.1")), "before\n");
        assert!(!dir.path().join("log.2").exists());
    }

    #[test]
    fn a_log_that_cannot_be_moved_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = Rotating::open(&path).unwrap();
        // Somebody put folders where the old ones would go.
        for nth in 1..=KEPT {
            fs::create_dir_all(dir.path().join(format!("log.{nth}/x"))).unwrap();
        }
        fill(&path);
        log.write_all(b"on\n").unwrap();
        assert_eq!(said(&path), "on\n");
        // Somebody else took the file away.
        fs::remove_file(&path).unwrap();
        log.write_all(b"gone\n").unwrap();
        log.write_all(b"again\n").unwrap();
        assert_eq!(said(&path), "gone\nagain\n", "it is made again once it is long");
    }
}
