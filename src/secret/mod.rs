//! Values that must not be seen, and where they come from.
//!
//! A [`Secret`] prints as `[redacted]` and is zeroed when dropped. A [`Source`] is one of four places
//! that a secret is read from. A [`KeySource`] is read again after a 401, so a rotated key is picked
//! up without a restart; [`WebhookSecrets`] are read again when none of them fits; a [`FieldKey`] is
//! read once. Programs are started by [`child()`] alone, without any of them.

mod child;
mod command;
mod field_key;
mod file;
mod key;
mod note;
mod process;
mod source;
mod store_url;
mod webhook;

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

pub use self::{
    child::child,
    field_key::{FIELD_KEY_VARIABLE, FieldKey, FieldKeyError, FieldKeySource},
    key::{Declared, KEY_VARIABLE, KeyEnvironment, KeyError, KeySource, ends},
    note::{KeyFile, Note, folder_lock, next},
    process::keep_to_itself,
    source::{Source, Unread},
    store_url::{STORE_URL_VARIABLE, StoreUrl},
    webhook::{SECRETS_VARIABLE, WebhookSecrets, WebhookSecretsError},
};

pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself; every use of it can be found by this name.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
