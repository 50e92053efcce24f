//! Where each secret comes from: one place at most is configured.

use std::path::PathBuf;

use super::{Config, Environment};
use crate::secret::{
    Declared, FIELD_KEY_VARIABLE, FieldKeySource, KEY_VARIABLE, KeyEnvironment, KeySource,
    SECRETS_VARIABLE, Source, WebhookSecrets,
};

/// Two places are named for one secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Ambiguous {
    /// A setting among them: `persona.api_key_file`.
    pub setting: &'static str,
    pub what: String,
}

/// The places of all secrets.
#[derive(Debug)]
pub struct Sources {
    pub key: KeySource,
    pub field_key: FieldKeySource,
    pub webhook_secrets: WebhookSecrets,
}

/// What is configured for one secret.
struct Named<'a> {
    settings: [&'static str; 3],
    variable: &'static str,
    file: &'a Option<PathBuf>,
    credential: &'a Option<String>,
    command: &'a Option<Vec<String>>,
}

/// # Errors
/// If a secret has more than one place. An empty variable is one that was taken away.
pub fn of(
    config: &Config,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Sources, Ambiguous> {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.trim().is_empty());
    let (persona, store, listen) = (&config.persona, &config.store, &config.listen);
    let key = one(
        Named {
            settings: [
                "persona.api_key_file",
                "persona.api_key_credential",
                "persona.api_key_command",
            ],
            variable: KEY_VARIABLE,
            file: &persona.api_key_file,
            credential: &persona.api_key_credential,
            command: &persona.api_key_command,
        },
        is_set,
    )?;
    let field_key = one(
        Named {
            settings: [
                "store.field_key_file",
                "store.field_key_credential",
                "store.field_key_command",
            ],
            variable: FIELD_KEY_VARIABLE,
            file: &store.field_key_file,
            credential: &store.field_key_credential,
            command: &store.field_key_command,
        },
        is_set,
    )?;
    let secrets = one(
        Named {
            settings: [
                "listen.secrets_file",
                "listen.secrets_credential",
                "listen.secrets_command",
            ],
            variable: SECRETS_VARIABLE,
            file: &listen.secrets_file,
            credential: &listen.secrets_credential,
            command: &listen.secrets_command,
        },
        is_set,
    )?;
    let declared = Declared {
        environment: persona.environment.map(|environment| match environment {
            Environment::Sandbox => KeyEnvironment::Sandbox,
            Environment::Production => KeyEnvironment::Production,
        }),
        permissions: persona.permissions.clone(),
    };
    Ok(Sources {
        key: KeySource::new(key.unwrap_or(Source::Env(KEY_VARIABLE))).declaring(declared),
        field_key: FieldKeySource(field_key),
        webhook_secrets: WebhookSecrets::From(secrets.unwrap_or(Source::Env(SECRETS_VARIABLE))),
    })
}

fn one(named: Named<'_>, is_set: impl Fn(&str) -> bool) -> Result<Option<Source>, Ambiguous> {
    let [file, credential, command] = named.settings;
    let candidates = [
        (file, named.file.clone().map(Source::File)),
        (credential, named.credential.clone().map(Source::Credential)),
        (command, named.command.clone().map(Source::Command)),
        (named.variable, is_set(named.variable).then_some(Source::Env(named.variable))),
    ];
    let mut given = candidates.into_iter().filter_map(|(name, source)| Some((name, source?)));
    let Some((setting, source)) = given.next() else { return Ok(None) };
    let Some((other, _)) = given.next() else { return Ok(Some(source)) };
    let what =
        format!("{setting} and {other} are both set: one place only can be right, drop the other");
    Err(Ambiguous { setting, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn place(text: &str, set: &[&str]) -> Result<String, String> {
        let config = parse(text, "c.toml").unwrap();
        let variable = |name: &str| set.contains(&name).then(|| "x".to_owned());
        let sources = of(&config, variable).map_err(|why| why.what)?;
        let webhooks = match sources.webhook_secrets {
            WebhookSecrets::From(source) => source.to_string(),
            WebhookSecrets::Given(_) => "given".to_owned(),
        };
        Ok(format!("{} · {} · {webhooks}", sources.key, sources.field_key))
    }

    #[test]
    fn each_secret_has_one_place() {
        let table = [
            ("", &[][..], "PERSONA_API_KEY · nowhere · PERSONA_WEBHOOK_SECRETS"),
            (
                "[persona]\napi_key_file = \"/k\"\n[store]\nfield_key_credential = \"f\"",
                &["PERSONA_WEBHOOK_SECRETS"],
                "/k · systemd's credential f · PERSONA_WEBHOOK_SECRETS",
            ),
            (
                "[persona]\napi_key_command = [\"op\", \"read\", \"verysecret\"]\n[listen]\nsecrets_file = \"/w\"",
                &["CASELOAD_FIELD_KEY"],
                "the command op · CASELOAD_FIELD_KEY · /w",
            ),
        ];
        for (text, set, expected) in table {
            assert_eq!(place(text, set).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn two_places_are_named() {
        let both = "are both set: one place only can be right, drop the other";
        let table = [
            (
                "[persona]\napi_key_file = \"/k\"\napi_key_command = [\"op\"]",
                &[][..],
                "persona.api_key_file and persona.api_key_command",
            ),
            (
                "[persona]\napi_key_credential = \"k\"",
                &["PERSONA_API_KEY"],
                "persona.api_key_credential and PERSONA_API_KEY",
            ),
            (
                "[store]\nfield_key_file = \"/k\"",
                &["CASELOAD_FIELD_KEY"],
                "store.field_key_file and CASELOAD_FIELD_KEY",
            ),
            (
                "[listen]\nsecrets_file = \"/k\"\nsecrets_credential = \"k\"",
                &[],
                "listen.secrets_file and listen.secrets_credential",
            ),
        ];
        for (text, set, names) in table {
            assert_eq!(place(text, set), Err(format!("{names} {both}")));
        }
    }
}
