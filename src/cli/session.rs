//! What a script's command works with: configuration, the house for one command, and a format.

use std::{path::Path, time::Duration};

use anyhow::Context;
use jiff::SignedDuration;

use super::{
    exit::Exit,
    output::{self, Format},
    profile,
    record::Sight,
};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{Config, Mask, Paths, Policy},
    desk::{self, CaughtUp, Depth, Desk, Note, Once, RefreshError, SyncTrouble},
    model::Text,
    telemetry,
};

/// Whether personal data is to be shown, whatever the configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Privacy {
    /// Show personal data that the configuration masks; the journal says so.
    #[arg(long)]
    reveal: bool,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    List(Text),
    Item(crate::model::Subject),
}

/// How often it is looked whether another process has filled the local copy.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// The longest that a link may work, in seconds.
const LONGEST_LINK: u32 = 30 * 24 * 3_600;

pub struct Session {
    pub config: Config,
    pub policy: Policy,
    pub format: Format,
    pub once: Once,
    _log: Option<telemetry::Guard>,
}

impl Session {
    /// Opens the store and makes a client; nothing is sent yet. `hold`: how long a decision of
    /// this command can be taken back.
    ///
    /// # Errors
    /// If there is no usable key or configuration, or the store cannot be opened.
    pub async fn open(file: Option<&Path>, format: Format, hold: Duration) -> anyhow::Result<Self> {
        let paths = Paths::of_user()?;
        let loaded = profile::load(file, &paths)?;
        let policy = profile::policy(file, &paths, &loaded.config)?.policy;
        loaded.key.read()?;
        let store = profile::local_copy(&loaded, &paths)?;
        let log = loaded.config.log.file.clone().unwrap_or(paths.log);
        let log = profile::start_log(&log, &loaded.config);
        let options = profile::desk(&loaded.config, &policy, loaded.key, store, hold);
        let once = desk::once(options, Clock::system(), Busy::default()).await?;
        Ok(Self { config: loaded.config, policy, format, once, _log: log })
    }

    pub fn desk(&self) -> &Desk {
        &self.once.desk
    }

    /// Whether what is shown is masked. What is revealed is in the journal before it is shown.
    ///
    /// # Errors
    /// If the journal cannot be written: then nothing may be shown.
    pub async fn sight(&self, privacy: Privacy, shown: &Shown) -> anyhow::Result<Sight> {
        let plain = match (self.policy.mask.value, shown) {
            (Mask::Nothing, _) | (Mask::Lists, Shown::Item(_)) => true,
            (Mask::Everything | Mask::Lists, _) => false,
        };
        if plain || !privacy.reveal {
            return Ok(if plain { Sight::Plain } else { Sight::Masked });
        }
        let note = match shown {
            Shown::List(what) => Note::RevealedList(what.clone()),
            Shown::Item(subject) => {
                Note::Revealed { subject: subject.clone(), what: Text::new("page"), seconds: None }
            }
        };
        self.desk().journal(note).await.context("nothing is revealed without the journal")?;
        Ok(Sight::Plain)
    }

    /// Catches up with Persona: always, or only if the local copy was never filled.
    ///
    /// # Errors
    /// Whatever keeps Persona from answering, or the store from writing.
    pub async fn catch_up(&self, when: When) -> Result<(), SyncTrouble> {
        if when == When::NeverFilled {
            if self.once.is_filled().await? {
                return Ok(());
            }
            output::note("the local copy was never filled: listing everything once");
        }
        while self.once.catch_up(Depth::Lists).await? == CaughtUp::Elsewhere {
            if when == When::Always {
                let elsewhere = "another process keeps the local copy up to date";
                output::note(format!("{elsewhere}: this is how far it is"));
                return Ok(());
            }
            // It fills it for us; should it end before that, the rest is ours.
            if self.once.is_filled().await? {
                return Ok(());
            }
            self.desk().clock().sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// For how many seconds a link is to work: as asked, or as configured.
    ///
    /// # Errors
    /// If that is longer than a link may work.
    pub fn link_seconds(&self, asked: Option<Duration>) -> anyhow::Result<u32> {
        let configured = Duration::from_secs(self.config.review.link_expires_hours * 3_600);
        let seconds = asked.unwrap_or(configured).as_secs();
        match u32::try_from(seconds) {
            Ok(seconds) if (1..=LONGEST_LINK).contains(&seconds) => Ok(seconds),
            _ => Err(Exit::Usage.told("a link works for 1s to 720h")),
        }
    }

    /// Whether the local copy may answer in place of Persona; said to whoever watches.
    ///
    /// # Errors
    /// The same error, where Persona did answer or the store itself failed.
    pub fn fall_back(&self, why: RefreshError) -> Result<String, RefreshError> {
        let is_silence = match &why {
            RefreshError::Persona(why) => Exit::of_answer(why.kind()) == Exit::Unreachable,
            RefreshError::Store(_) | RefreshError::NoKeys => false,
        };
        if is_silence { Ok(why.to_string()) } else { Err(why) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    NeverFilled,
}

/// `24h`, `90m`, `1h 30m`
pub fn duration(raw: &str) -> Result<Duration, String> {
    let parsed: Result<SignedDuration, _> = raw.trim().parse();
    let duration = parsed.ok().and_then(|parsed| Duration::try_from(parsed).ok());
    duration.ok_or_else(|| "a duration is written like 24h, 90m or 30s".to_owned())
}
