//! What can be configured: one struct per section, each default beside its field.
//!
//! `persona`, `relations`, `cases`, `queue`, `keys` and `watched` are sections with words of their own, `policy` a file of its own, `load` reads and
//! merges, `sources` says where secrets come from, `check` knows what types cannot say, `explain` turns the parser's errors into a place and
//! a fix, `paths` says where things lie. `config.example.toml` documents
//! every setting; a test holds it against these structs.

mod cases;
mod check;
mod explain;
mod keys;
mod load;
mod paths;
mod persona;
pub mod policy;
mod queue;
mod relations;
mod sources;
mod watched;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

pub use self::{
    cases::{CaseLayout, Section},
    explain::Error,
    keys::{Bound, Chord, Keys, chord},
    load::{BASE_URL_VARIABLE, Loaded, Required, load, parse},
    paths::{Paths, PathsError, private_folder},
    persona::{Environment, Persona},
    policy::Policy,
    queue::{Queue, View},
    relations::{Fields, Meaning, Relations, Unit},
    watched::{Breach, Health, Metrics},
};
use crate::model::StatusKind;

/// The whole file. Unknown names are errors, so that a typing mistake cannot pass for a default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub persona: Persona,
    pub reviewer: Reviewer,
    pub review: Review,
    pub queue: Queue,
    pub reasons: Reasons,
    pub cases: Cases,
    pub relations: Relations,
    pub sync: Sync,
    pub listen: Listen,
    pub health: Health,
    pub metrics: Metrics,
    pub breach: Breach,
    pub store: Store,
    pub log: Log,
    pub ui: Ui,
    pub keys: Keys,
}

impl Config {
    /// What is set otherwise than by default, as lines of TOML. No value of it is a secret.
    pub fn changed(&self) -> Vec<String> {
        let table = |config: &Self| {
            toml::Table::try_from(config).expect("every setting has a place in TOML")
        };
        let (mine, defaults) = (table(self), table(&Self::default()));
        let mut changed = Vec::new();
        for (section, settings) in &mine {
            for (name, value) in settings.as_table().into_iter().flatten() {
                if defaults.get(section).and_then(|section| section.get(name)) != Some(value) {
                    changed.push(format!("{section}.{name} = {value}"));
                }
            }
        }
        changed
    }
}

/// Who decides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reviewer {
    /// Signs comments and journal lines, and is who `assign` assigns to. Without it the login
    /// name signs.
    pub email: Option<String>,
}

/// How reviewing behaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// How long a committed decision can be taken back, 0 to 60.
    pub hold_seconds: u64,
    pub mask: Mask,
    /// How long revealed data stays revealed, 5 to 600.
    pub reveal_seconds: u64,
    /// How long a one-time link works, 1 to 720.
    pub link_expires_hours: u64,
    /// What the tag begins with by which a reviewer claims an inquiry; empty: none is claimed.
    pub claim_tag: String,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            hold_seconds: 5,
            mask: Mask::Everything,
            reveal_seconds: 60,
            link_expires_hours: 24,
            claim_tag: "reviewing:".to_owned(),
        }
    }
}

/// What becomes of decisions while a team's database is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenLost {
    /// They stay in the commit bar.
    Refuse,
    /// They are kept on this machine, and go on when it is back.
    Spool,
}

/// Which personal data is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    /// Lists and the open item; one key reveals the item.
    Everything,
    /// Lists; the open item is shown.
    Lists,
    Nothing,
}

/// Reasons that a digit picks in the commit bar; their text becomes Persona's comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reasons {
    pub approve: Vec<Reason>,
    pub decline: Vec<Reason>,
    /// Why a match of a report does not matter: Persona asks for one.
    pub dismiss: Vec<Reason>,
}

/// `code` goes to the journal, `text` to Persona.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub code: String,
    pub text: String,
}

impl Default for Reasons {
    fn default() -> Self {
        let reasons = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(code, text)| Reason { code: (*code).to_owned(), text: (*text).to_owned() })
                .collect()
        };
        Self {
            approve: reasons(&[("evidence_ok", "evidence ok"), ("manual_match", "manual match")]),
            decline: reasons(&[
                ("document_expired", "document expired"),
                ("selfie_mismatch", "selfie mismatch"),
                ("suspected_fraud", "suspected fraud"),
                ("incomplete", "incomplete"),
            ]),
            dismiss: reasons(&[
                ("other_person", "another person"),
                ("other_birthdate", "another birthdate"),
                ("not_relevant", "not relevant"),
            ]),
        }
    }
}

/// What Persona does not tell about cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cases {
    /// Statuses by template id (`ctmpl_…`) or by the prefix of the case's name (`KYC`).
    pub statuses: BTreeMap<String, Vec<CaseStatus>>,
    /// Where a template is not named above and fewer than two of its statuses have been seen.
    pub default_statuses: Vec<CaseStatus>,
    /// How a case is shown, by the same names; `*` any other.
    pub layout: BTreeMap<String, CaseLayout>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseStatus {
    pub name: String,
    pub kind: StatusKind,
}

impl Default for Cases {
    fn default() -> Self {
        use StatusKind::{End, Initial, Intermediate};
        let defaults =
            [("Open", Initial), ("Pending", Intermediate), ("Approved", End), ("Declined", End)];
        let default_statuses =
            defaults.map(|(name, kind)| CaseStatus { name: name.to_owned(), kind }).into();
        Self { statuses: BTreeMap::new(), default_statuses, layout: BTreeMap::new() }
    }
}

/// How the local copy is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sync {
    /// Between two looks at Persona's events while things happen, 1 to 300.
    pub poll_seconds: u64,
    /// The same when nothing happens, 1 to 3600.
    pub quiet_poll_seconds: u64,
    /// The same while webhooks bring what happens, 1 to 3600.
    pub webhook_poll_seconds: u64,
}

impl Default for Sync {
    fn default() -> Self {
        Self { poll_seconds: 5, quiet_poll_seconds: 15, webhook_poll_seconds: 60 }
    }
}

/// How webhooks are received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    pub address: SocketAddr,
    /// `/persona`
    pub path: String,
    /// A private file with the webhook's secrets, one a line. This, one of the two below, or
    /// `PERSONA_WEBHOOK_SECRETS`.
    pub secrets_file: Option<PathBuf>,
    /// The same as a credential of systemd's, by its name.
    pub secrets_credential: Option<String>,
    /// A program and its arguments that print them.
    pub secrets_command: Option<Vec<String>>,
    /// How old a signature may be, 30 to 3600.
    pub max_age_seconds: u64,
    /// The longest delivery that is read, 16 to 16384.
    pub body_limit_kib: u64,
    /// PEM files of TLS of its own; both, or none where a proxy ends TLS.
    pub certificate: Option<PathBuf>,
    pub private_key: Option<PathBuf>,
    /// Where `/metrics`, `/healthz` and `/readyz` are answered; nowhere without it.
    pub metrics_address: Option<SocketAddr>,
    /// Whether it also sends decisions that no console sends, with its own key.
    pub sends: bool,
    /// Configurations of other environments that are received for at the same address.
    pub also: Vec<PathBuf>,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: ([127, 0, 0, 1], 4020).into(),
            path: "/persona".to_owned(),
            secrets_file: None,
            secrets_credential: None,
            secrets_command: None,
            max_age_seconds: 300,
            body_limit_kib: 1024,
            certificate: None,
            private_key: None,
            metrics_address: None,
            sends: false,
            also: Vec::new(),
        }
    }
}

/// Where the local copy lies, and what it keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// A private folder; the data directory of the user without it.
    pub dir: Option<PathBuf>,
    /// The shared database of a team, in place of the file; `CASELOAD_STORE_URL` overrides it.
    pub url: Option<String>,
    /// What becomes of decisions while that database is away.
    pub when_lost: WhenLost,
    /// Personal data of what nobody waits for is dropped so long after its last change, 1 to 3650.
    pub retention_days: u32,
    /// A private file whose first line is the field key. This, one of the two below, or
    /// `CASELOAD_FIELD_KEY`.
    pub field_key_file: Option<PathBuf>,
    /// The same as a credential of systemd's, by its name.
    pub field_key_credential: Option<String>,
    /// A program and its arguments that print it.
    pub field_key_command: Option<Vec<String>>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            dir: None,
            url: None,
            when_lost: WhenLost::Refuse,
            retention_days: 90,
            field_key_file: None,
            field_key_credential: None,
            field_key_command: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// The state directory of the user without it.
    pub file: Option<PathBuf>,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), file: None }
    }
}

/// How the screen looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ui {
    pub theme: ThemeName,
    pub glyphs: Glyphs,
    pub photos: Photos,
    /// The most that one picture may cost on the line to the terminal, 16 to 8192.
    pub photo_kib: u64,
    /// Whether the wheel and clicks are taken.
    pub mouse: bool,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            theme: ThemeName::default(),
            glyphs: Glyphs::default(),
            photos: Photos::default(),
            photo_kib: 256,
            mouse: false,
        }
    }
}

/// Which signs are drawn; letters stay as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Glyphs {
    /// All, but on the Linux console those that its font has.
    #[default]
    Auto,
    /// Those of a typewriter.
    Ascii,
    Unicode,
}

/// How photos are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Photos {
    /// By the terminal's own graphics where it is known to have some, else out of half blocks.
    #[default]
    Auto,
    HalfBlocks,
    Kitty,
    Iterm2,
    Sixel,
    Off,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    /// As the terminal says that its background is; dark if it says nothing.
    #[default]
    Auto,
    /// Sixteen colours on the terminal's own background, as it is on most: dark.
    Colour,
    /// Those of them that are read on a light background.
    Light,
    /// Bold and inverse only.
    Mono,
}
