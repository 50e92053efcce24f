//! How Persona is reached, and with which key.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How Persona is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Persona {
    /// `/api/v1` included. `PERSONA_BASE_URL` overrides it.
    pub base_url: String,
    /// A private file whose first line is the API key. This, one of the two below, or `PERSONA_API_KEY`.
    pub api_key_file: Option<PathBuf>,
    /// The API key as a credential of systemd's, by its name.
    pub api_key_credential: Option<String>,
    /// A program and its arguments that print the API key.
    pub api_key_command: Option<Vec<String>>,
    /// Which environment the key must be of.
    pub environment: Option<Environment>,
    /// All that the key is meant to be permitted.
    pub permissions: Option<Vec<String>>,
    /// For a whole answer.
    pub timeout_seconds: u64,
    pub connect_timeout_seconds: u64,
    /// `system`, `bundled`, or a PEM file.
    pub tls_roots: String,
}

impl Default for Persona {
    fn default() -> Self {
        Self {
            base_url: "https://api.withpersona.com/api/v1".to_owned(),
            api_key_file: None,
            api_key_credential: None,
            api_key_command: None,
            environment: None,
            permissions: None,
            timeout_seconds: 15,
            connect_timeout_seconds: 5,
            tls_roots: "system".to_owned(),
        }
    }
}

/// One of Persona's environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Sandbox,
    Production,
}
