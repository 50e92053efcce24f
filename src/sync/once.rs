//! One round that goes on until everything is caught up, for a script: fills what was never
//! filled, takes in what happened since, and ends. Nobody waits in front of a screen, so a Persona
//! that is busy or out of order is given some time.

use super::{More, Phase, Sync, Trouble, answered, events, fill, hydrate, pace};
use crate::persona::ErrorKind;

/// How much is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What lists show.
    Lists,
    /// And the checks of inquiries that wait for review, one request each.
    Evidence,
}

/// What a catching up brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caught {
    /// Events that were not seen before.
    pub events: usize,
    /// Objects that were listed.
    pub listed: u64,
}

/// Catches up. It is for the process that syncs this store, and for one at a time.
///
/// # Errors
/// Whatever keeps Persona from answering, or the store from writing. What was written until then
/// stays, and the next call goes on there.
pub async fn once(sync: &Sync, depth: Depth) -> Result<Caught, Trouble> {
    let _token = sync.busy.token();
    let (mut memory, mut fill) = (hydrate::Memory::default(), fill::Fill::default());
    let mut failures = 0;
    let polled = loop {
        match events::poll(sync, None, false).await {
            Ok(polled) => break polled,
            Err(why) => bear(sync, why, &mut failures).await?,
        }
    };
    fill.again(sync, &polled).await?;
    events::settle(sync, &polled).await?;
    let mut caught = Caught { events: polled.new, listed: 0 };
    loop {
        let more = match fill.some(sync).await {
            Ok(more) => more,
            Err(why) => {
                bear(sync, why, &mut failures).await?;
                continue;
            }
        };
        failures = 0;
        if more == More::No {
            break;
        }
        if let Phase::Filling { done } | Phase::CatchingUp { done } = sync.state.borrow().phase {
            caught.listed = done;
        }
    }
    let mut missing = if depth == Depth::Evidence { More::Yes } else { More::No };
    while missing == More::Yes {
        match hydrate::some(sync, &mut memory).await {
            Ok(more) => (missing, failures) = (more, 0),
            Err(why) => bear(sync, why, &mut failures).await?,
        }
    }
    answered(sync, Phase::Current).await?;
    Ok(caught)
}

/// After so many failures in a row it is said that it does not work: 35 seconds.
const MOST_FAILURES: u32 = 3;

/// Waits as documented after a 429 or 5xx; anything else, or too much of it, is the end.
async fn bear(sync: &Sync, why: Trouble, failures: &mut u32) -> Result<(), Trouble> {
    let passes = matches!(
        &why,
        Trouble::Persona(why) if matches!(why.kind(), ErrorKind::RateLimited { .. } | ErrorKind::Server { .. })
    );
    if !passes || *failures == MOST_FAILURES {
        return Err(why);
    }
    *failures += 1;
    tracing::warn!(why = why.for_log(), "catching up goes on after a pause");
    let asked = super::retry_after(&why);
    sync.clock.sleep(pace::after_failure(*failures, asked, fastrand::f64())).await;
    Ok(())
}
