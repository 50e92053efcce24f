//! How a command ended, as an exit code: few, documented and stable.

use crate::{
    config,
    desk::{BootError, RefreshError, SubmitError, SyncTrouble},
    persona::{self, ErrorKind},
    secret::{FieldKeyError, KeyError, WebhookSecretsError},
    sync::receive::TlsError,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    Refused = 4,
    Moved = 5,
    OnItsWay = 6,
    Key = 7,
    Unreachable = 8,
    Broken = 9,
}

/// For the help of every command.
pub const CODES: &str = "Exit codes:
  0  done
  1  failed on this machine: the disk, the local copy
  2  wrong usage, or a bad configuration
  3  there is no such object
  4  refused: by Persona, by the policy, or because the object is not in a state for it
  5  not sent: the evidence moved after it was read; look again
  6  on its way: written down, but not at Persona yet (a console or `outbox retry` sends it)
  7  no usable API key, or Persona refuses it
  8  Persona cannot be reached, or gives no usable answer; nothing was decided
  9  the journal, or a bundle of it, is not as it was written";

/// A sentence with the exit code that it asks for.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub struct Told {
    exit: Exit,
    words: String,
}

impl Exit {
    pub fn told(self, words: impl Into<String>) -> anyhow::Error {
        Told { exit: self, words: words.into() }.into()
    }

    /// What an error comes to.
    pub fn of(why: &anyhow::Error) -> Self {
        if let Some(told) = why.downcast_ref::<Told>() {
            return told.exit;
        }
        if let Some(misused) = why.downcast_ref::<clap::Error>() {
            return if misused.use_stderr() { Self::Usage } else { Self::Done };
        }
        let is_configured_badly = why.is::<config::Error>()
            || why.is::<config::PathsError>()
            || why.is::<FieldKeyError>()
            || why.is::<WebhookSecretsError>()
            || why.is::<TlsError>();
        if is_configured_badly {
            return Self::Usage;
        }
        if why.is::<KeyError>() {
            return Self::Key;
        }
        let persona = why
            .downcast_ref::<persona::Error>()
            .or_else(|| match why.downcast_ref()? {
                RefreshError::Persona(why) => Some(why),
                RefreshError::Store(_) | RefreshError::NoKeys => None,
            })
            .or_else(|| match why.downcast_ref()? {
                SyncTrouble::Persona(why) => Some(why),
                SyncTrouble::Store(_) => None,
            })
            .or_else(|| match why.downcast_ref()? {
                BootError::Persona(why) => Some(why),
                BootError::Store(_) => None,
            });
        match (persona, why.downcast_ref()) {
            (Some(persona), _) => Self::of_answer(persona.kind()),
            (None, Some(SubmitError::AlreadyOpen { .. } | SubmitError::Policy(_))) => Self::Refused,
            (None, _) => Self::Failed,
        }
    }

    /// What an answer of Persona's comes to.
    pub fn of_answer(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::Key(_) | ErrorKind::Unauthorized | ErrorKind::OtherEnvironment { .. } => {
                Self::Key
            }
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Forbidden
            | ErrorKind::Conflict { .. }
            | ErrorKind::Invalid
            | ErrorKind::KeyMisused
            | ErrorKind::Refused(_) => Self::Refused,
            ErrorKind::TimedOut
            | ErrorKind::RateLimited { .. }
            | ErrorKind::QuotaSpent { .. }
            | ErrorKind::KeyInUse
            | ErrorKind::Server { .. }
            | ErrorKind::NoAnswer(_)
            | ErrorKind::Unreadable { .. }
            | ErrorKind::Redirected => Self::Unreachable,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persona::NoAnswer;

    #[test]
    fn every_code_is_in_the_help_and_errors_have_theirs() {
        for code in Exit::Done as u8..=Exit::Broken as u8 {
            assert!(CODES.contains(&format!("\n  {code}  ")), "{code}");
        }
        let answered = |kind| {
            let why = persona::Error::new(kind, "approve");
            Exit::of(&RefreshError::Persona(why).into())
        };
        assert_eq!(answered(ErrorKind::Unauthorized), Exit::Key);
        assert_eq!(answered(ErrorKind::NotFound), Exit::NotFound);
        assert_eq!(answered(ErrorKind::Invalid), Exit::Refused);
        assert_eq!(answered(ErrorKind::NoAnswer(NoAnswer::Connect)), Exit::Unreachable);
        assert_eq!(Exit::of(&Exit::Moved.told("it moved")), Exit::Moved);
        assert_eq!(Exit::of(&KeyError::Unset("K").into()), Exit::Key);
        assert_eq!(Exit::of(&anyhow::anyhow!("the disk is full")), Exit::Failed);
    }
}
