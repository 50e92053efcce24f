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
/// Nor ask a vault.
const BETWEEN_COMMANDS: Duration = Duration::from_secs(60);

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
    pub async fn read_again(&self) -> Option<Arc<[Secret<String>]>> {
        let pause = if self.source.is_cheap() { BETWEEN_READS } else { BETWEEN_COMMANDS };
        {
            let now = self.clock.moment();
            let mut known = self.known();
            if now.since(known.read_at) < pause {
                return None;
            }
            known.read_at = now;
        }
        let read = if self.source.is_cheap() {
            self.source.read()
        } else {
            let source = self.source.clone();
            tokio::task::spawn_blocking(move || source.read()).await.ok()?
        };
        match read {
            Ok(secrets) => {
                let secrets: Arc<[_]> = secrets.into();
                self.known().secrets = Arc::clone(&secrets);
                Some(secrets)
            }
            Err(why) => {
                tracing::warn!(%why, "webhook secrets cannot be read again");
                None
            }
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
