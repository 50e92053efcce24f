//! One round that goes on until everything is caught up, for a script: fills what was never
//! filled, takes in what happened since, and ends.

use super::{More, Phase, Sync, Trouble, answered, events, fill, hydrate};

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
    let polled = events::poll(sync).await?;
    fill.again(sync, polled.gap).await?;
    let mut caught = Caught { events: polled.new, listed: 0 };
    loop {
        let more = fill.some(sync).await?;
        if let Phase::Filling { done } = sync.state.borrow().phase {
            caught.listed = done;
        }
        if more == More::No {
            break;
        }
    }
    while depth == Depth::Evidence && hydrate::some(sync, &mut memory).await? == More::Yes {}
    answered(sync, Phase::Live).await?;
    Ok(caught)
}
