//! A rotation: clone the key, try the clone, put it in the place of the old one, and let the old one
//! end after a while. How far it is stands in a file, so that whoever is interrupted runs it again;
//! at every moment the key that is in place works.

use std::{fs, io, path::PathBuf, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{Own, own};
use crate::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{ApiKeyId, IdempotencyKey, Lane, PersonaSaid, Text},
    persona::{
        self, Client, Effect, Error, ErrorKind, Repeat, Settings,
        api_keys::{ApiKey, CloneKey, Expire, Retrieve},
    },
    secret::{self, KeyFile, KeySource, Note, Secret, Unread},
    store,
};

/// Where the new key is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Where the old one is: this file.
    KeyFile(PathBuf),
    /// Into this file, from which somebody takes it to where keys come from.
    HandOver(PathBuf),
}

#[derive(Debug)]
pub struct Plan {
    pub settings: Settings,
    pub source: KeySource,
    pub place: Place,
    /// Which key is in use, where that cannot be told otherwise.
    pub id: Option<ApiKeyId>,
    /// How long the old one goes on working.
    pub grace: Duration,
}

/// What was just done, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An earlier one is taken up.
    TakenUp,
    /// Persona's answer to a clone was lost for good: there may be a key that nobody has.
    Orphan {
        of: ApiKeyId,
        since: Timestamp,
    },
    Cloned {
        old: ApiKeyId,
        new: ApiKeyId,
    },
    Tried,
    Switched,
    Ends {
        old: ApiKeyId,
        at: Option<Timestamp>,
    },
}

/// What a rotation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotated {
    Done {
        old: ApiKeyId,
        new: ApiKeyId,
        ends: Option<Timestamp>,
    },
    /// The new key lies in the file; the old one goes on until the new one is where keys come from.
    HandedOver {
        old: ApiKeyId,
        new: ApiKeyId,
        file: PathBuf,
    },
}

/// Why a rotation did not go on. Says what to do; it can be run again.
#[derive(Debug, thiserror::Error)]
pub enum NotRotated {
    #[error(transparent)]
    Persona(#[from] Error),
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error("{path} cannot be written: {why}")]
    Unwritten { path: String, why: io::Error },
    #[error("another rotation is under way in the same folder")]
    Elsewhere,
    #[error("{0} is there and is not of a rotation: name another file, or remove it")]
    NotOurs(String),
    #[error(
        "the key may not {0}: it needs the permission {1}, which is off by default (dashboard, API > API Keys)"
    )]
    Permission(&'static str, &'static str),
    #[error(
        "{0} keys work in this environment and no answer says which of them this is: name it with --id, as caseload key show lists them"
    )]
    OneOf(usize),
    #[error(
        "the new key is not accepted: run this again in a minute; if it stays so, remove {0} to begin anew"
    )]
    NotAccepted(String),
    #[error("nothing is rotated without the journal: {0}")]
    Unrecorded(store::Error),
    #[error("it is done, and the journal does not tell of it: {0}")]
    Untold(store::Error),
}

impl NotRotated {
    /// What Persona answered, without its words.
    pub fn answered(&self) -> Option<PersonaSaid> {
        match self {
            Self::Persona(why) => Some(why.told()),
            _ => None,
        }
    }

    /// For the journal: without the names of files.
    pub fn in_short(&self) -> Text {
        match self {
            Self::Persona(_) => Text::default(),
            Self::Unread(_) => Text::new("a file of the rotation cannot be read"),
            Self::Unwritten { .. } => Text::new("the new key cannot be put in its place"),
            Self::NotOurs(_) => Text::new("another file is in the way"),
            Self::NotAccepted(_) => Text::new("Persona does not accept the new key"),
            why => Text::new(&why.to_string()),
        }
    }
}

/// Answers are kept under their idempotency key for an hour at least.
const KEPT: SignedDuration = SignedDuration::from_mins(50);

/// A new key may not be known everywhere at once.
const TRIES: u32 = 4;
const BETWEEN_TRIES: Duration = Duration::from_secs(2);

/// Rotates, or goes on with a rotation that was interrupted.
///
/// # Errors
/// If it cannot go on. Whatever was done stays, and the key in place works.
pub async fn rotate(
    plan: &Plan,
    clock: &Clock,
    say: &mut (dyn FnMut(Step) + Send),
) -> Result<Rotated, NotRotated> {
    let file = match &plan.place {
        // Where a link leads, so that the link stays one.
        Place::KeyFile(path) => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
        Place::HandOver(path) => path.clone(),
    };
    let unwritten = |why| NotRotated::Unwritten { path: file.display().to_string(), why };
    let Some(_alone) = secret::folder_lock(&file).map_err(unwritten)? else {
        return Err(NotRotated::Elsewhere);
    };
    let work = Work { plan, clock, client: work_client(plan, clock)?, file };
    work.run(say).await
}

fn client(plan: &Plan, key: KeySource, clock: &Clock) -> Result<Client, Error> {
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    Client::new(plan.settings.clone(), key, clock.clone(), recorder)
}

fn work_client(plan: &Plan, clock: &Clock) -> Result<Client, Error> {
    client(plan, plan.source.clone(), clock)
}

struct Work<'a> {
    plan: &'a Plan,
    clock: &'a Clock,
    /// With the key that is in place.
    client: Client,
    file: PathBuf,
}

/// A key that exists, not in its place yet.
struct Made {
    key: Secret<String>,
    new: ApiKeyId,
    old: ApiKeyId,
}

impl Work<'_> {
    async fn run(&self, say: &mut (dyn FnMut(Step) + Send)) -> Result<Rotated, NotRotated> {
        if let Place::KeyFile(_) = self.plan.place
            && let Some(KeyFile { key: Some(key), note: Some(Note::Replaces { new, old }) }) =
                KeyFile::read(&self.file)?
        {
            say(Step::TakenUp);
            return self.finish(Made { key, new, old }, say).await;
        }
        let made = self.made(say).await?;
        let file = self.waiting();
        if let Place::HandOver(_) = self.plan.place {
            let in_place = self.plan.source.held();
            if in_place.is_some_and(|held| held.expose() == made.key.expose()) {
                say(Step::Switched);
                return self.finish(made, say).await;
            }
            self.try_out(&made, say).await?;
            return Ok(Rotated::HandedOver { old: made.old, new: made.new, file });
        }
        self.try_out(&made, say).await?;
        // The file takes the place whole: note and key in one step.
        fs::rename(&file, &self.file).map_err(|why| self.unwritten(why))?;
        say(Step::Switched);
        self.finish(made, say).await
    }

    /// Where the new key lies until it is in its place.
    fn waiting(&self) -> PathBuf {
        match self.plan.place {
            Place::KeyFile(_) => secret::next(&self.file),
            Place::HandOver(_) => self.file.clone(),
        }
    }

    fn unwritten(&self, why: io::Error) -> NotRotated {
        NotRotated::Unwritten { path: self.waiting().display().to_string(), why }
    }

    /// The new key: of an earlier rotation, or made now.
    async fn made(&self, say: &mut (dyn FnMut(Step) + Send)) -> Result<Made, NotRotated> {
        let file = self.waiting();
        let now = self.clock.now();
        let (old, under, since) = match KeyFile::read(&file)? {
            Some(KeyFile { key: Some(key), note: Some(Note::Replaces { new, old }) }) => {
                say(Step::TakenUp);
                return Ok(Made { key, new, old });
            }
            Some(KeyFile { key: None, note: Some(Note::Cloning { old, under, since }) }) => {
                if now.duration_since(since) < KEPT {
                    say(Step::TakenUp);
                    (old, under, since)
                } else {
                    say(Step::Orphan { of: old.clone(), since });
                    (self.own().await?, IdempotencyKey::random(), now)
                }
            }
            Some(_) => return Err(NotRotated::NotOurs(file.display().to_string())),
            None => (self.own().await?, IdempotencyKey::random(), now),
        };
        // Before Persona is asked: the same question is answered with the same key.
        let note = Note::Cloning { old: old.clone(), under: under.clone(), since };
        let cloning = KeyFile { key: None, note: Some(note) };
        cloning.write(&file).map_err(|why| self.unwritten(why))?;
        let clone = CloneKey { id: old.clone() };
        let cloned = match self.client.write(&clone, &under, Lane::Front).await {
            Ok(cloned) => cloned,
            Err(why) => {
                match persona::repeat(Effect::Keyed, why.kind()) {
                    // The same question is answered yet.
                    Repeat::Same | Repeat::SameWhenMended => {}
                    // It was answered, and the value with it is lost.
                    Repeat::AfterReading => {
                        let _ = fs::remove_file(&file);
                        say(Step::Orphan { of: old, since });
                    }
                    Repeat::Never => {
                        let _ = fs::remove_file(&file);
                    }
                }
                return Err(permission(why, "clone keys", "api_key.write"));
            }
        };
        let new = cloned.key.id;
        let note = Some(Note::Replaces { new: new.clone(), old: old.clone() });
        let made = KeyFile { key: Some(cloned.value.clone()), note };
        made.write(&file).map_err(|why| self.unwritten(why))?;
        say(Step::Cloned { old: old.clone(), new: new.clone() });
        Ok(Made { key: cloned.value, new, old })
    }

    /// Which key is in use.
    async fn own(&self) -> Result<ApiKeyId, NotRotated> {
        if let Some(id) = &self.plan.id {
            return Ok(id.clone());
        }
        // It says its id only once it was read.
        let read = self.client.key().get().await;
        read.map_err(|why| Error::new(ErrorKind::Key(why), "rotate the API key"))?;
        let id = self.client.key().source().id();
        match own(&self.client, id, self.clock.now(), Lane::Front).await? {
            Own::Key(key) => Ok(key.id),
            Own::OneOf(keys) => Err(NotRotated::OneOf(keys.len())),
            Own::Hidden => Err(NotRotated::Permission("look at keys", "api_key.read")),
        }
    }

    /// Asks something harmless with the new key, which must be of the same environment.
    async fn try_out(
        &self,
        made: &Made,
        say: &mut (dyn FnMut(Step) + Send),
    ) -> Result<(), NotRotated> {
        let client = self.with(&made.key)?;
        if let Some(environment) = self.environment().await {
            client.pin_environment(environment);
        }
        for nth in 1.. {
            let asked = client.read(&Retrieve { id: made.new.clone() }, Lane::Front).await;
            match asked {
                Ok(_) => break,
                Err(why) => match why.kind() {
                    // The key is known; it may not look at itself, as the old one.
                    ErrorKind::Forbidden => break,
                    ErrorKind::Unauthorized if nth < TRIES => {
                        self.clock.sleep(BETWEEN_TRIES).await;
                    }
                    ErrorKind::Unauthorized => {
                        return Err(NotRotated::NotAccepted(self.waiting().display().to_string()));
                    }
                    _ => return Err(why.into()),
                },
            }
        }
        say(Step::Tried);
        Ok(())
    }

    /// Whose environment the key in place is of. Where that key has ended already, nobody can say.
    async fn environment(&self) -> Option<Text> {
        if self.client.environment().is_none() {
            let limits = persona::limits::RateLimits;
            let _ = self.client.read(&limits, Lane::Front).await;
        }
        self.client.environment()
    }

    fn with(&self, key: &Secret<String>) -> Result<Client, Error> {
        let declared = self.plan.source.declared().clone();
        client(self.plan, KeySource::given(key.clone()).declaring(declared), self.clock)
    }

    /// Has the old key end, unless it does so soon enough, and forgets that there was one.
    async fn finish(
        &self,
        made: Made,
        say: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Rotated, NotRotated> {
        let Made { key, new, old } = made;
        let client = self.with(&key)?;
        let until = self.clock.now() + self.plan.grace;
        let ends = match client.read(&Retrieve { id: old.clone() }, Lane::Front).await {
            Ok(ApiKey { expires_at: Some(at), .. }) if at <= until => Some(at),
            Ok(_) => self.expire(&client, &old).await?,
            Err(why) => match why.kind() {
                ErrorKind::NotFound | ErrorKind::Invalid => None,
                ErrorKind::Forbidden => self.expire(&client, &old).await?,
                _ => return Err(why.into()),
            },
        };
        say(Step::Ends { old: old.clone(), at: ends });
        match self.plan.place {
            Place::KeyFile(_) => {
                let settled = KeyFile { key: Some(key), note: Some(Note::Is(new.clone())) };
                settled.write(&self.file)
            }
            Place::HandOver(_) => fs::remove_file(&self.file),
        }
        .map_err(|why| self.unwritten(why))?;
        Ok(Rotated::Done { old, new, ends })
    }

    async fn expire(
        &self,
        client: &Client,
        old: &ApiKeyId,
    ) -> Result<Option<Timestamp>, NotRotated> {
        let in_seconds = u32::try_from(self.plan.grace.as_secs()).unwrap_or(u32::MAX);
        let expire = Expire { id: old.clone(), in_seconds };
        let ended = client.write(&expire, &IdempotencyKey::random(), Lane::Front).await;
        match ended {
            Ok(old) => Ok(old.expires_at),
            Err(why) => Err(permission(why, "end keys", "api_key.write")),
        }
    }
}

fn permission(why: Error, deed: &'static str, permission: &'static str) -> NotRotated {
    match why.kind() {
        ErrorKind::Forbidden => NotRotated::Permission(deed, permission),
        _ => why.into(),
    }
}
