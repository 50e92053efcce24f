//! A comment in the reviewer's own editor: a private file in a private folder, which goes with what
//! the editor leaves beside it. What a crash left there goes at the next start.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    process::{Command, ExitStatus},
};

use tempfile::TempDir;

use crate::{config, secret};

/// The most that is read back, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Where no variable names one.
const USUAL: &str = "vi";

/// The editor that the environment names, as a line of the shell.
pub fn chosen(variable: impl Fn(&str) -> Option<String>) -> String {
    let named = ["VISUAL", "EDITOR"].iter().filter_map(|name| variable(name));
    named.map(|line| line.trim().to_owned()).find(|line| !line.is_empty()).unwrap_or(USUAL.into())
}

/// A comment in a file. Dropping it removes the file and its folder.
pub struct Draft {
    folder: TempDir,
    /// While it is held nobody takes the folder for something left behind.
    _held: File,
}

const LOCK: &str = "lock";
const FILE: &str = "comment.txt";

impl Draft {
    /// # Errors
    /// If the file cannot be made.
    pub fn new(drafts: &Path, text: &str) -> io::Result<Self> {
        config::private_folder(drafts)?;
        let held = open_lock(drafts)?;
        held.lock_shared()?;
        let folder = tempfile::Builder::new()
            .prefix("comment-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(drafts)?;
        let mut options = fs::OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(folder.path().join(FILE))?;
        if !text.is_empty() {
            writeln!(file, "{text}")?;
        }
        Ok(Self { folder, _held: held })
    }

    /// The editor on it. A line of the shell, since arguments may stand there.
    pub fn command(&self, editor: &str) -> Command {
        let mut command = secret::child("/bin/sh");
        command.arg("-c").arg(format!("{editor} \"$@\"")).arg("sh");
        command.arg(self.folder.path().join(FILE));
        command
    }

    /// What is written there, when the editor has ended.
    ///
    /// # Errors
    /// Why nothing is taken from it, as a sentence.
    pub fn read(&self, editor: &str, ended: io::Result<ExitStatus>) -> Result<String, String> {
        const KEPT: &str = "the comment is as it was";
        let ended = ended.map_err(|why| format!("{editor} cannot be started: {why}; {KEPT}"))?;
        match ended.code() {
            Some(0) => {}
            Some(127) => {
                return Err(format!("{editor} is not there: set VISUAL or EDITOR; {KEPT}"));
            }
            Some(code) => return Err(format!("{editor} ended with {code}: {KEPT}")),
            None => return Err(format!("{editor} was ended: {KEPT}")),
        }
        let mut written = Vec::new();
        File::open(self.folder.path().join(FILE))
            .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut written))
            .map_err(|why| format!("what {editor} wrote cannot be read: {why}; {KEPT}"))?;
        if written.len() as u64 > LONGEST {
            return Err(format!("that is longer than a comment can be: {KEPT}"));
        }
        let text = String::from_utf8(written);
        text.map_err(|_| format!("what {editor} wrote is no UTF-8: {KEPT}"))
    }
}

fn open_lock(drafts: &Path) -> io::Result<File> {
    fs::OpenOptions::new().create(true).append(true).open(drafts.join(LOCK))
}

/// Removes what a crash left behind, unless another console has a draft open.
///
/// # Errors
/// If it is there and cannot be removed.
pub fn sweep(drafts: &Path) -> io::Result<()> {
    if !drafts.exists() {
        return Ok(());
    }
    let lock = open_lock(drafts)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(why)) => return Err(why),
    }
    for left in fs::read_dir(drafts)? {
        let left = left?;
        if left.file_name().to_string_lossy().starts_with("comment-") {
            fs::remove_dir_all(left.path())?;
        }
    }
    Ok(())
}

/// Lines as one: a comment has no lines.
pub fn joined(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(drafts: &Path, text: &str, editor: &str) -> Result<String, String> {
        let draft = Draft::new(drafts, text).unwrap();
        draft.read(editor, draft.command(editor).status())
    }

    #[test]
    fn what_the_editor_writes_comes_back_and_its_files_go() {
        let home = tempfile::tempdir().unwrap();
        let drafts = home.path().join("drafts");
        let left = || fs::read_dir(&drafts).unwrap().count() - 1;
        assert_eq!(edit(&drafts, "as it was", "true"), Ok("as it was\n".to_owned()));
        let both = "sh -c 'printf \"two\\nlines\\n\" >> \"$1\"; touch \"$1~\"' x";
        assert_eq!(edit(&drafts, "", both), Ok("two\nlines\n".to_owned()));
        assert_eq!(left(), 0);
        let draft = Draft::new(&drafts, "x").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(draft.folder.path()), 0o700);
        assert_eq!(mode(&draft.folder.path().join(FILE)), 0o600);
        assert_eq!(mode(&drafts), 0o700);
    }

    #[test]
    fn an_editor_that_fails_changes_nothing_and_is_named() {
        let home = tempfile::tempdir().unwrap();
        let said = |editor| edit(home.path(), "x", editor).unwrap_err();
        assert!(said("exit 1;").contains("ended with 1: the comment is as it was"));
        assert!(
            said("no-such-editor -w").starts_with("no-such-editor -w is not there: set VISUAL")
        );
        assert!(said("kill -9 $$;").contains("was ended"));
        assert!(said("head -c 20000 /dev/zero >").contains("longer than"));
        assert!(said("printf '\\377' >").contains("no UTF-8"));
        assert!(said("rm -f").contains("cannot be read"));
    }

    #[test]
    fn what_a_crash_left_goes_and_what_is_open_stays() {
        let home = tempfile::tempdir().unwrap();
        sweep(&home.path().join("never made")).unwrap();
        let draft = Draft::new(home.path(), "x").unwrap();
        let folder = draft.folder.path().to_owned();
        sweep(home.path()).unwrap();
        assert!(folder.exists(), "it is still open");
        let Draft { folder: kept, _held } = draft;
        drop(_held);
        let kept = kept.keep();
        sweep(home.path()).unwrap();
        assert!(!kept.exists());
    }

    #[test]
    fn the_editor_is_the_one_that_is_named() {
        let of = |visual: Option<&str>, editor: Option<&str>| {
            chosen(|name| if name == "VISUAL" { visual } else { editor }.map(str::to_owned))
        };
        assert_eq!(of(Some("code --wait"), Some("ed")), "code --wait");
        assert_eq!(of(Some(" "), Some("ed")), "ed");
        assert_eq!(of(None, None), "vi");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(joined("one\r\n\n  two \n"), "one two");
        assert_eq!(joined("\n\n"), "");
    }
}
