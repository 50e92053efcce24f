//! Looks after the key in use while the house is up: takes a new one before the old one ends, and
//! tells what is wrong with it.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Own, beyond, ends_soon, own};
use crate::{
    desk::Desk,
    model::{Lane, Text},
};

/// What there is to say about the key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyState {
    /// When it ends, if Persona tells.
    pub expires_at: Option<Timestamp>,
    /// What it may beyond what the configuration declares.
    pub beyond: Vec<Text>,
}

/// Nobody is kept waiting by it at the start.
const FIRST: Duration = Duration::from_secs(60);
/// How often the place of the key is looked at, which costs no request.
const LOOK: Duration = Duration::from_secs(5 * 60);
/// How often Persona is asked about the key.
const ASK: Duration = Duration::from_secs(60 * 60);
/// So long before its end a new key is looked for wherever it comes from, and how often.
const LEAD: Duration = Duration::from_secs(15 * 60);
const LEAD_LOOK: Duration = Duration::from_secs(60);

/// Watches until cancelled.
pub async fn watch(desk: Arc<Desk>, told: watch::Sender<KeyState>, cancel: CancellationToken) {
    let mut asked: Option<Timestamp> = None;
    let mut pause = FIRST;
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = desk.clock.sleep(pause) => {}
        }
        let _looking = desk.busy.token();
        let now = desk.clock.now();
        let key = desk.client.key();
        let mut ends = is_within(told.borrow().expires_at, now, LEAD);
        if (key.source().is_cheap() || ends) && look(&desk).await {
            (asked, ends) = (None, false);
        }
        let due = asked.is_none_or(|at| at + ASK <= now);
        if due {
            asked = Some(now);
            ask(&desk, &told, now).await;
            ends = is_within(told.borrow().expires_at, now, LEAD);
        }
        pause = if ends { LEAD_LOOK } else { LOOK };
    }
}

fn is_within(at: Option<Timestamp>, now: Timestamp, lead: Duration) -> bool {
    at.is_some_and(|at| at - lead <= now)
}

/// Whether there is a new key, which is used from now on.
async fn look(desk: &Desk) -> bool {
    match desk.client.key().look().await {
        Ok(true) => {
            tracing::info!("another API key is there: it is used from now on");
            true
        }
        Ok(false) => false,
        Err(why) => {
            tracing::warn!(%why, "the API key cannot be read again: the one in use stays");
            false
        }
    }
}

async fn ask(desk: &Desk, told: &watch::Sender<KeyState>, now: Timestamp) {
    let source = desk.client.key().source();
    let found = match own(&desk.client, source.id(), now, Lane::Back).await {
        Ok(Own::Key(found)) => found,
        Ok(Own::OneOf(_) | Own::Hidden) => {
            told.send_if_modified(|state| std::mem::take(state) != KeyState::default());
            return;
        }
        Err(why) => return tracing::debug!(why = why.for_log(), "nothing is told of the API key"),
    };
    let declared = source.declared().permissions.as_deref();
    let beyond = declared.map_or(Vec::new(), |declared| beyond(&found, declared));
    let state = KeyState { expires_at: found.expires_at, beyond };
    let moved = told.send_if_modified(|known| std::mem::replace(known, state.clone()) != state);
    if !moved {
        return;
    }
    if ends_soon(state.expires_at, now) {
        tracing::warn!(id = %found.id, expires_at = ?state.expires_at, "the API key ends soon");
    }
    if !state.beyond.is_empty() {
        let beyond = state.beyond.iter().map(Text::as_str).collect::<Vec<_>>().join(", ");
        tracing::warn!(id = %found.id, beyond, "the API key may more than persona.permissions says");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_key_comes_near() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!is_within(None, at(0), LEAD));
        assert!(!is_within(Some(at(901)), at(0), LEAD) && is_within(Some(at(900)), at(0), LEAD));
        assert!(ends_soon(Some(at(604_800)), at(0)) && !ends_soon(Some(at(604_801)), at(0)));
        assert!(ends_soon(Some(at(0)), at(5)) && !ends_soon(None, at(0)));
    }
}
