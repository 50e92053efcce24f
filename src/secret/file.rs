//! Private files: read if nobody else can read or change them.

use std::{
    fs::{self, Metadata},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::{fs::OFlags, process::geteuid};

use super::Secret;

/// Why a file's secret was not taken.
pub enum NotRead {
    Io(io::Error),
    /// Others can read it; its mode.
    ByOthers(u32),
    /// It, or the link to it, is another user's.
    OfOthers,
    NoFile,
    TooLong,
}

/// No secret is longer, in bytes; a text that had to grow would leave copies behind.
pub const LONGEST: usize = 16 * 1024;

/// What is in a file that only its owner can read, who is this user or root. The file that is looked
/// at is the one that is read, whatever its name is given to meanwhile. A link is followed, if it is
/// theirs as well.
pub fn private_text(path: &Path) -> Result<Secret<String>, NotRead> {
    read(path, 0o077)
}

/// The same for a credential of systemd's, which lets the service in by an access list: that shows
/// as the rights of a group.
pub fn credential(path: &Path) -> Result<Secret<String>, NotRead> {
    read(path, 0o007)
}

fn read(path: &Path, others: u32) -> Result<Secret<String>, NotRead> {
    let named = fs::symlink_metadata(path).map_err(NotRead::Io)?;
    if named.is_symlink() && !is_trusted(&named) {
        return Err(NotRead::OfOthers);
    }
    // A pipe that nobody writes to would be waited for.
    let at_once = OFlags::NONBLOCK.bits() as i32;
    let file = fs::OpenOptions::new().read(true).custom_flags(at_once).open(path);
    let file = file.map_err(NotRead::Io)?;
    let found = file.metadata().map_err(NotRead::Io)?;
    if !found.is_file() {
        return Err(NotRead::NoFile);
    }
    let mode = found.mode() & 0o777;
    if mode & others != 0 {
        return Err(NotRead::ByOthers(mode));
    }
    if !is_trusted(&found) {
        return Err(NotRead::OfOthers);
    }
    let mut text = Secret::new(String::with_capacity(LONGEST + 1));
    file.take(LONGEST as u64 + 1).read_to_string(&mut text.0).map_err(NotRead::Io)?;
    if text.expose().len() > LONGEST { Err(NotRead::TooLong) } else { Ok(text) }
}

fn is_trusted(found: &Metadata) -> bool {
    found.uid() == geteuid().as_raw() || found.uid() == 0
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn why(path: &Path) -> &'static str {
        match private_text(path) {
            Ok(_) => "read",
            Err(NotRead::Io(_)) => "cannot",
            Err(NotRead::ByOthers(_)) => "by others",
            Err(NotRead::OfOthers) => "of others",
            Err(NotRead::NoFile) => "no file",
            Err(NotRead::TooLong) => "too long",
        }
    }

    #[test]
    fn only_a_private_file_is_read_and_nothing_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let write = |name: &str, text: &str, mode| {
            fs::write(path(name), text).unwrap();
            fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        write("private", "k", 0o600);
        write("read only", "k", 0o400);
        write("group", "k", 0o640);
        write("long", &"k".repeat(LONGEST + 1), 0o600);
        symlink(path("private"), path("link")).unwrap();
        symlink(path("group"), path("link to group")).unwrap();
        symlink(path("nothing"), path("dangling")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, path("pipe"), rustix::fs::Mode::RUSR).unwrap();
        let table = [
            ("private", "read"),
            ("read only", "read"),
            ("link", "read"),
            ("group", "by others"),
            ("link to group", "by others"),
            ("long", "too long"),
            ("dangling", "cannot"),
            ("nothing", "cannot"),
            ("pipe", "no file"),
            (".", "no file"),
        ];
        for (name, expected) in table {
            assert_eq!(why(&path(name)), expected, "{name}");
        }
        assert!(credential(&path("group")).is_ok(), "systemd's access lists look like this");
        write("open", "k", 0o604);
        assert!(matches!(credential(&path("open")), Err(NotRead::ByOthers(0o604))));
    }

    #[test]
    fn what_belongs_to_somebody_else_is_not_taken() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        fs::write(&file, "k").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        // Only root can give a file away.
        if std::os::unix::fs::chown(&file, Some(12_345), None).is_ok() {
            assert_eq!(why(&file), "of others");
            let link = dir.path().join("link");
            let own = dir.path().join("own");
            fs::write(&own, "k").unwrap();
            fs::set_permissions(&own, fs::Permissions::from_mode(0o600)).unwrap();
            symlink(&own, &link).unwrap();
            std::os::unix::fs::lchown(&link, Some(12_345), None).unwrap();
            assert_eq!(why(&link), "of others");
        }
    }
}
