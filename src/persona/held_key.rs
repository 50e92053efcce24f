//! The key that requests go with. It is read when the first one leaves, and again after a 401 or
//! when somebody says so; of all who ask at once one reads, and the others wait for that.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::{
    model::Text,
    secret::{KeyError, KeySource, Secret, ends},
};

pub struct HeldKey {
    source: KeySource,
    /// Held by who reads.
    reading: Arc<Mutex<()>>,
}

impl HeldKey {
    /// Nothing is read yet.
    pub fn new(source: KeySource) -> Self {
        Self { source, reading: Arc::default() }
    }

    /// The key in use, read if none was.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn get(&self) -> Result<Secret<String>, KeyError> {
        if let Some(key) = self.source.held() {
            return Ok(key);
        }
        let _reads = self.reading.lock().await;
        self.aside(KeySource::read).await
    }

    /// The key that is there after one was refused; the same, if there is no other.
    ///
    /// # Errors
    /// If it cannot be read. The refused one stays in use: it may not have been the key's fault.
    pub async fn after(&self, refused: &Secret<String>) -> Result<Secret<String>, KeyError> {
        let other = || self.source.held().filter(|key| key.expose() != refused.expose());
        if let Some(key) = other() {
            return Ok(key);
        }
        let _reads = self.reading.lock().await;
        match other() {
            Some(key) => Ok(key),
            None if !self.source.may_be_read_again() => Ok(refused.clone()),
            None => self.aside(KeySource::read_again).await,
        }
    }

    /// Has the key read again; whether there is another one now. One that cannot be read leaves the
    /// one that is in use.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn look(&self) -> Result<bool, KeyError> {
        let _reads = self.reading.lock().await;
        let before = self.source.held();
        if !self.source.may_be_read_again() {
            return Ok(false);
        }
        let now = self.aside(KeySource::read_again).await?;
        Ok(before.is_some_and(|before| before.expose() != now.expose()))
    }

    /// The last four characters of the key in use, or of the one that would be used, if it can be
    /// had at once.
    pub fn ends(&self) -> Option<Text> {
        let held = self.source.held();
        let read = || self.source.is_cheap().then(|| self.source.read().ok()).flatten();
        held.or_else(read).and_then(|key| ends(&key))
    }

    pub fn source(&self) -> &KeySource {
        &self.source
    }

    /// A command may take its time: it is waited for where nobody else waits.
    async fn aside(
        &self,
        read: fn(&KeySource) -> Result<Secret<String>, KeyError>,
    ) -> Result<Secret<String>, KeyError> {
        if self.source.is_cheap() {
            return read(&self.source);
        }
        let source = self.source.clone();
        match tokio::task::spawn_blocking(move || read(&source)).await {
            Ok(read) => read,
            // It did not end on its own: the runtime is going down.
            Err(_) => Err(KeyError::Malformed(self.source.to_string())),
        }
    }
}
