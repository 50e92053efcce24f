//! The secrets that are live: read again when none of them fits, so that one that was rotated is
//! known without a restart.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    clock::{Clock, Moment},
    secret::{Secret, WebhookSecrets, WebhookSecretsError},
};

/// Whoever sends rubbish must not make us read files all day.
const BETWEEN_READS: Duration = Duration::from_secs(1);

pub struct Live {
    source: WebhookSecrets,
    clock: Clock,
    known: Mutex<Known>,
}

struct Known {
    secrets: Arc<[Secret<String>]>,
    read_at: Moment,
}

impl Live {
    /// # Errors
    /// If there is no secret, or it is where others can read it.
    pub fn read(source: WebhookSecrets, clock: Clock) -> Result<Self, WebhookSecretsError> {
        let known = Known { secrets: source.read()?.into(), read_at: clock.moment() };
        Ok(Self { source, clock, known: Mutex::new(known) })
    }

    pub fn secrets(&self) -> Arc<[Secret<String>]> {
        Arc::clone(&self.known().secrets)
    }

    /// Those that are there now, unless they were read a moment ago. Secrets that cannot be read
    /// leave those that are known.
    pub fn read_again(&self) -> Option<Arc<[Secret<String>]>> {
        let now = self.clock.moment();
        let mut known = self.known();
        if now.since(known.read_at) < BETWEEN_READS {
            return None;
        }
        known.read_at = now;
        match self.source.read() {
            Ok(secrets) => known.secrets = secrets.into(),
            Err(why) => {
                tracing::warn!(%why, "webhook secrets cannot be read again");
                return None;
            }
        }
        Some(Arc::clone(&known.secrets))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
