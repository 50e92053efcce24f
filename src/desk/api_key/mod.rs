//! The API key as Persona knows it: which one is ours, when it ends, what it may.

mod recorded;
mod rotate;
mod watch;

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    model::{ApiKeyId, Lane, Text},
    persona::{
        Client, Error, ErrorKind, PageFrom,
        api_keys::{ApiKey, List, Retrieve},
    },
};

pub use self::{
    recorded::{Record, rotate},
    rotate::{NotRotated, Place, Plan, Rotated, Step},
    watch::{KeyState, watch},
};

/// Sooner than this its end is worth a word.
pub const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What Persona tells of the key that asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Own {
    Key(Box<ApiKey>),
    /// There are several, and no answer says which of them asked. Those that work still.
    OneOf(Vec<ApiKey>),
    /// The key may not look at keys: that is off by default.
    Hidden,
}

/// Asks for the key that asks. `id`: if it is known which one that is.
///
/// # Errors
/// Whatever keeps Persona from answering.
pub async fn own(
    client: &Client,
    id: Option<ApiKeyId>,
    now: Timestamp,
    lane: Lane,
) -> Result<Own, Error> {
    let hidden = |why: Error| match why.kind() {
        ErrorKind::Forbidden => Ok(Own::Hidden),
        _ => Err(why),
    };
    if let Some(id) = id {
        return match client.read(&Retrieve { id }, lane).await {
            Ok(key) => Ok(Own::Key(Box::new(key))),
            Err(why) => hidden(why),
        };
    }
    let (mut live, mut page) = (Vec::new(), PageFrom::first(100));
    loop {
        let found = match client.read(&List { name: None, page }, lane).await {
            Ok(found) => found,
            Err(why) => return hidden(why),
        };
        live.extend(found.items.into_iter().filter(|key| is_live(key, now)));
        match found.next {
            Some(next) if live.len() < MOST => page = PageFrom::Link(next),
            _ => break,
        }
    }
    match live.len() {
        1 => Ok(Own::Key(Box::new(live.remove(0)))),
        _ => Ok(Own::OneOf(live)),
    }
}

/// Whoever has more keys has to name one.
const MOST: usize = 500;

fn is_live(key: &ApiKey, now: Timestamp) -> bool {
    key.expires_at.is_none_or(|at| at > now)
}

/// What a key may beyond what was declared.
pub fn beyond(key: &ApiKey, declared: &[String]) -> Vec<Text> {
    let is_declared = |may: &&Text| declared.iter().any(|known| known == may.as_str());
    key.permissions.iter().filter(|may| !is_declared(may)).cloned().collect()
}

/// What was declared and it may not.
pub fn lacking<'a>(key: &ApiKey, declared: &'a [String]) -> Vec<&'a str> {
    let may = |wanted: &&String| key.permissions.iter().any(|may| may.as_str() == *wanted);
    declared.iter().filter(|wanted| !may(wanted)).map(String::as_str).collect()
}

/// Whether a key ends so soon that somebody should know.
pub fn ends_soon(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_some_and(|at| at.duration_since(now) <= SOON.try_into().unwrap_or_default())
}
