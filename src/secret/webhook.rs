//! The secrets that prove webhooks, and where they are read from. While they rotate there are two.

use super::{Secret, Source, Unread};

/// The environment variable that holds secrets, with spaces between them.
pub const SECRETS_VARIABLE: &str = "PERSONA_WEBHOOK_SECRETS";

const FILE: &str = "file of webhook secrets";

/// Where secrets are read from.
#[derive(Debug, Clone)]
pub enum WebhookSecrets {
    /// One secret a line, `#` begins a note; on one line with spaces between them.
    From(Source),
    /// Secrets that this process was handed.
    Given(Vec<Secret<String>>),
}

/// Why there are no secrets. Says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookSecretsError {
    #[error(
        "no webhook secret: set {0}, or name a private file as listen.secrets_file, a credential of systemd's as listen.secrets_credential, or a command as listen.secrets_command"
    )]
    Unset(&'static str),
    #[error("no webhook secret: {0}")]
    Unread(Unread),
    #[error("no webhook secret in {0}: write one a line, wbhsec_…")]
    Empty(String),
}

impl WebhookSecrets {
    /// Reads what is live now; there is at least one. It may wait for a command.
    ///
    /// # Errors
    /// If there is none, or they are where others can read them.
    pub fn read(&self) -> Result<Vec<Secret<String>>, WebhookSecretsError> {
        let source = match self {
            Self::From(source) => source,
            Self::Given(secrets) => return Ok(secrets.clone()),
        };
        let text = source.text(FILE).map_err(|why| match why {
            Unread::Unset(name) => WebhookSecretsError::Unset(name),
            why => WebhookSecretsError::Unread(why),
        })?;
        let lines = text.expose().lines();
        let without_notes = lines.map(|line| line.split('#').next().unwrap_or_default());
        let secrets: Vec<_> = without_notes.flat_map(words).collect();
        if secrets.is_empty() {
            return Err(WebhookSecretsError::Empty(source.to_string()));
        }
        Ok(secrets)
    }

    /// Whether reading them again costs next to nothing and asks nobody for anything.
    pub fn is_cheap(&self) -> bool {
        match self {
            Self::From(source) => source.is_cheap(),
            Self::Given(_) => true,
        }
    }
}

fn words(text: &str) -> Vec<Secret<String>> {
    text.split_whitespace().map(|word| Secret::new(word.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_file_of_secrets_is_private_and_has_one_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets");
        let read = || {
            let secrets = WebhookSecrets::From(Source::File(path.clone())).read()?;
            Ok(secrets.iter().map(|secret| secret.expose().clone()).collect::<Vec<_>>())
        };
        assert!(matches!(read(), Err(WebhookSecretsError::Unread(Unread::Unreadable { .. }))));
        fs::write(&path, "# rotates in May\nwbhsec_new  # since Monday\n\nwbhsec_old\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            read(),
            Err(WebhookSecretsError::Unread(Unread::NotPrivate { mode: 0o644, .. }))
        ));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(), Ok(vec!["wbhsec_new".to_owned(), "wbhsec_old".to_owned()]));
        fs::write(&path, "# none left\n").unwrap();
        assert!(matches!(read(), Err(WebhookSecretsError::Empty(_))));
    }
}
