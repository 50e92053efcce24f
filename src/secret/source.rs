//! The four places that a secret is read from: the environment, a private file, a credential that
//! systemd hands over, and a command.

use std::{env, fmt, io, path::PathBuf};

use super::{
    Secret, command,
    file::{self, NotRead},
};

/// Where systemd puts the credentials of a service.
pub const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// Where a secret is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An environment variable, by name.
    Env(&'static str),
    /// A file that only its owner may read.
    File(PathBuf),
    /// A credential of systemd's, by name.
    Credential(String),
    /// A program and its arguments, started without a shell: what it prints.
    Command(Vec<String>),
}

/// Why a secret was not read. Says what to do, and never what was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    #[error("{0} is not set")]
    Unset(&'static str),
    #[error("the {what} {place} cannot be read: {why}")]
    Unreadable { what: &'static str, place: String, why: String },
    #[error("the {what} {place} can be read by others (mode {mode:03o}): run chmod 600 {place}")]
    NotPrivate { what: &'static str, place: String, mode: u32 },
    #[error("the {what} {place} belongs to another user, who can change it: make it your own")]
    NotOurs { what: &'static str, place: String },
    #[error(
        "the {what} {place} is a pipe or a device, not a file: what is read once cannot be read again; a command can be configured instead"
    )]
    NotAFile { what: &'static str, place: String },
    #[error("the {what} {place} is longer than any secret: is it the right file?")]
    TooLong { what: &'static str, place: String },
    #[error(
        "systemd handed over no credentials ({CREDENTIALS_VARIABLE} is not set): the unit needs LoadCredential={0}:/path"
    )]
    NoCredentials(String),
    #[error("the command {program} {why}")]
    Command { program: String, why: String },
}

impl Source {
    /// What stands there, whole. `what` is how the file is called: `API key file`. It may wait for a
    /// command.
    ///
    /// # Errors
    /// If nothing can be read, or others can read it too.
    pub fn text(&self, what: &'static str) -> Result<Secret<String>, Unread> {
        match self {
            Self::Env(name) => match env::var(name).map(Secret::new) {
                Ok(text) if !text.expose().trim().is_empty() => Ok(text),
                _ => Err(Unread::Unset(name)),
            },
            Self::File(path) => {
                let place = path.display().to_string();
                file::private_text(path).map_err(|why| unread(what, place, why))
            }
            Self::Credential(name) => {
                let folder = env::var_os(CREDENTIALS_VARIABLE).filter(|folder| !folder.is_empty());
                let Some(folder) = folder else {
                    return Err(Unread::NoCredentials(name.clone()));
                };
                let path = PathBuf::from(folder).join(name);
                let place = path.display().to_string();
                file::credential(&path).map_err(|why| unread(what, place, why))
            }
            Self::Command(line) => command::printed(line).map_err(|why| Unread::Command {
                program: line.first().cloned().unwrap_or_default(),
                why,
            }),
        }
    }

    /// Whether reading it again costs next to nothing and asks nobody for anything.
    pub fn is_cheap(&self) -> bool {
        !matches!(self, Self::Command(_))
    }
}

fn unread(what: &'static str, place: String, why: NotRead) -> Unread {
    match why {
        NotRead::Io(why) if why.kind() == io::ErrorKind::InvalidData => {
            Unread::Unreadable { what, place, why: "it is no text".to_owned() }
        }
        NotRead::Io(why) => Unread::Unreadable { what, place, why: why.to_string() },
        NotRead::ByOthers(mode) => Unread::NotPrivate { what, place, mode },
        NotRead::OfOthers => Unread::NotOurs { what, place },
        NotRead::NoFile => Unread::NotAFile { what, place },
        NotRead::TooLong => Unread::TooLong { what, place },
    }
}

/// The place, whole: without the arguments of a command, in which anything may stand.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => f.write_str(name),
            Self::File(path) => path.display().fmt(f),
            Self::Credential(name) => write!(f, "systemd's credential {name}"),
            Self::Command(line) => {
                write!(f, "the command {}", line.first().map_or("", String::as_str))
            }
        }
    }
}
