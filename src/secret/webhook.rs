//! The secrets that prove webhooks, and where they are read from. While they rotate there are two.

use std::{env, path::PathBuf};

use super::{NotRead, Secret, private_text};

/// The environment variable that holds secrets, with spaces between them.
pub const SECRETS_VARIABLE: &str = "PERSONA_WEBHOOK_SECRETS";

/// Where secrets are read from.
#[derive(Debug, Clone)]
pub enum WebhookSecrets {
    /// [`SECRETS_VARIABLE`].
    Env,
    /// A file that only its owner may read: one secret a line, `#` begins a note.
    File(PathBuf),
    /// Secrets that this process was handed.
    Given(Vec<Secret<String>>),
}

/// Why there are no secrets. Says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookSecretsError {
    #[error(
        "no webhook secret: set {SECRETS_VARIABLE}, or put the secrets into a private file and name it as listen.secrets_file"
    )]
    Unset,
    #[error("the file of webhook secrets {path} cannot be read: {why}")]
    Unreadable { path: String, why: String },
    #[error(
        "the file of webhook secrets {path} can be read by others (mode {mode:03o}): run chmod 600 {path}"
    )]
    NotPrivate { path: String, mode: u32 },
    #[error("the file of webhook secrets {0} has none: write one a line, wbhsec_…")]
    Empty(String),
}

impl WebhookSecrets {
    /// Reads what is live now; there is at least one.
    ///
    /// # Errors
    /// If there is none, or they are where others can read them.
    pub fn read(&self) -> Result<Vec<Secret<String>>, WebhookSecretsError> {
        match self {
            Self::Env => {
                let raw = env::var(SECRETS_VARIABLE).map_err(|_| WebhookSecretsError::Unset)?;
                let raw = Secret::new(raw);
                let secrets = words(raw.expose());
                if secrets.is_empty() { Err(WebhookSecretsError::Unset) } else { Ok(secrets) }
            }
            Self::File(path) => {
                let name = || path.display().to_string();
                let text = private_text(path).map_err(|why| match why {
                    NotRead::Io(why) => {
                        WebhookSecretsError::Unreadable { path: name(), why: why.to_string() }
                    }
                    NotRead::ByOthers(mode) => {
                        WebhookSecretsError::NotPrivate { path: name(), mode }
                    }
                })?;
                let lines = text.expose().lines();
                let without_notes = lines.map(|line| line.split('#').next().unwrap_or_default());
                let secrets: Vec<_> = without_notes.flat_map(words).collect();
                if secrets.is_empty() {
                    return Err(WebhookSecretsError::Empty(name()));
                }
                Ok(secrets)
            }
            Self::Given(secrets) => Ok(secrets.clone()),
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
            let secrets = WebhookSecrets::File(path.clone()).read()?;
            Ok(secrets.iter().map(|secret| secret.expose().clone()).collect::<Vec<_>>())
        };
        assert!(matches!(read(), Err(WebhookSecretsError::Unreadable { .. })));
        fs::write(&path, "# rotates in May\nwbhsec_new  # since Monday\n\nwbhsec_old\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(), Err(WebhookSecretsError::NotPrivate { mode: 0o644, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(), Ok(vec!["wbhsec_new".to_owned(), "wbhsec_old".to_owned()]));
        fs::write(&path, "# none left\n").unwrap();
        assert!(matches!(read(), Err(WebhookSecretsError::Empty(_))));
    }
}
