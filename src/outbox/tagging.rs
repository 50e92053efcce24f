//! Tags on their way: what is tagged answers with itself, so the store learns its tags at once.

use super::plan::Call;
use crate::{
    model::{Batch, IdempotencyKey, Lane, PersonaSaid, Subject},
    persona::{
        Client, Error,
        tags::{self, Tagged},
    },
};

/// Sends the call of a tag.
///
/// # Errors
/// Whatever keeps Persona from answering.
///
/// # Panics
/// For any other call.
pub async fn send(
    client: &Client,
    call: &Call,
    key: &IdempotencyKey,
    lane: Lane,
    nth: u32,
) -> Result<(Batch, PersonaSaid), Error> {
    let (tagged, said) = match call.clone() {
        Call::Tag { of, tag } => {
            let ask = tags::Add { to: tagged(of), tag };
            client.write_nth(&ask, key, lane, nth).await?
        }
        Call::Untag { of, tag } => {
            let ask = tags::Remove { from: tagged(of), tag };
            client.write_nth(&ask, key, lane, nth).await?
        }
        other => unreachable!("{other:?} changes no tag"),
    };
    Ok((Batch::of(tagged.object), said))
}

fn tagged(subject: Subject) -> Tagged {
    match subject {
        Subject::Inquiry(id) => Tagged::Inquiry(id),
        Subject::Case(id) => Tagged::Case(id),
        Subject::Account(id) => Tagged::Account(id),
        Subject::Report(id) => Tagged::Report(id),
        Subject::NewInquiry(_) => unreachable!("what is not there yet has no tags"),
    }
}
