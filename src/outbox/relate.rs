//! Whether a relation is there: what a decision about one is held against.

use super::plan::Reading;
use crate::{
    model::{AccountId, Batch, Entity, Lane, Relations, Tie, Verb},
    persona::{Client, Error, accounts},
};

/// Reads an account's relations under the key that is decided on, or the account itself.
///
/// # Errors
/// Whatever keeps Persona from answering.
pub async fn look(client: &Client, id: &AccountId, verb: &Verb) -> Result<Batch, Error> {
    let Some(tie) = verb.tie() else {
        let found = client.read(&accounts::Retrieve { id: id.clone() }, Lane::Front).await?;
        return Ok(Batch::of([Entity::Account(found.object)]));
    };
    let relations = accounts::all_relations(client, id, &tie.key, Lane::Front).await?;
    Ok(Batch { relations: vec![relations], ..Batch::default() })
}

/// None where a list was not read to its end and what is to be removed may be in the rest of it.
pub fn read(verb: &Verb, relations: &Relations) -> Option<Reading> {
    let tie = verb.tie()?;
    let is_there = relations.targets.iter().any(|target| target.id() == tie.target.as_str());
    let is_certain = is_there || !relations.more || matches!(verb, Verb::AddRelation(_));
    let status = Tie::standing(is_there);
    is_certain.then_some(Reading { status, updated_at: None, assignee: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RelatedId, Relation, Text};

    #[test]
    fn what_is_not_in_a_part_of_a_list_is_not_gone() {
        let tie = |target: &str| Tie {
            key: Text::new("business"),
            target: RelatedId::new(target).unwrap(),
        };
        let list = |more| Relations {
            source: AccountId::new("act_1").unwrap(),
            key: Text::new("business"),
            targets: vec![Relation::Other {
                kind: Text::new("transaction"),
                id: Text::new("txn_1"),
                status: None,
            }],
            more,
        };
        let told = |verb, more| read(&verb, &list(more)).map(|reading| reading.status.to_string());
        let (here, gone) = (Some("related".to_owned()), Some("not related".to_owned()));
        assert_eq!(told(Verb::RemoveRelation(tie("txn_1")), true), here);
        assert_eq!(told(Verb::RemoveRelation(tie("txn_2")), false), gone);
        assert_eq!(told(Verb::RemoveRelation(tie("txn_2")), true), None);
        assert_eq!(told(Verb::AddRelation(tie("txn_2")), true), gone);
    }
}
