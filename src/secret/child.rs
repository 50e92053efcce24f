//! Programs that are started from here: none of them is told a secret. The one place that starts
//! any.

use std::{env, ffi::OsStr, process::Command};

use super::{FIELD_KEY_VARIABLE, KEY_VARIABLE, SECRETS_VARIABLE, source::CREDENTIALS_VARIABLE};

/// Variables that hold a secret, or name where some lie. The address of a database may hold a password.
const NAMES: [&str; 5] = [
    KEY_VARIABLE,
    SECRETS_VARIABLE,
    FIELD_KEY_VARIABLE,
    CREDENTIALS_VARIABLE,
    "CASELOAD_STORE_URL",
];

/// How Persona's keys and webhook secrets begin, under whatever name they are kept.
const BEGINNINGS: [&str; 3] = ["persona_sandbox_", "persona_production_", "wbhsec_"];

/// A program with this process's environment but for what is secret in it.
pub fn child(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, value) in env::vars_os() {
        if is_secret(&name, &value) {
            command.env_remove(name);
        }
    }
    command
}

fn is_secret(name: &OsStr, value: &OsStr) -> bool {
    let value = value.to_string_lossy();
    NAMES.iter().any(|known| name == *known)
        || BEGINNINGS.iter().any(|beginning| value.contains(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_their_name_or_their_beginning() {
        let is = |name: &str, value: &str| is_secret(OsStr::new(name), OsStr::new(value));
        for name in NAMES {
            assert!(is(name, "x"), "{name}");
        }
        assert!(is("TOKEN", "persona_production_x") && is("A", "Bearer persona_sandbox_x"));
        assert!(is("HOOK", "a wbhsec_x"));
        for (name, value) in [("PATH", "/bin"), ("VAULT_TOKEN", "hvs.x"), ("PERSONA_BASE_URL", "u")]
        {
            assert!(!is(name, value), "{name}");
        }
    }
}
