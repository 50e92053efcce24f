//! What is said of a decision that was made together with another, when only the other arrived.

use crate::model::{Action, ActionState, Text};

/// The state with words for both: this one was sent because the one before it is done.
pub fn told(action: &Action, state: ActionState) -> ActionState {
    let half = |reason: Text| Text::new(&format!("half done, the rest reached Persona: {reason}"));
    match (&action.after, state) {
        (Some(_), ActionState::Rejected { reason }) => {
            ActionState::Rejected { reason: half(reason) }
        }
        (Some(_), ActionState::Stopped { reason }) => ActionState::Stopped { reason: half(reason) },
        (_, state) => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ActionId, Verb},
        outbox::samples::case_action,
    };

    #[test]
    fn only_what_follows_another_can_be_half_done() {
        let alone = case_action(Verb::SetCaseStatus(Text::new("Approved")));
        let after = Action { after: Some(ActionId::new("a0").unwrap()), ..alone.clone() };
        let refused = || ActionState::Rejected { reason: Text::new("no such status") };
        assert_eq!(told(&alone, refused()), refused());
        assert_eq!(told(&after, ActionState::Done), ActionState::Done);
        let ActionState::Rejected { reason } = told(&after, refused()) else { panic!("refused") };
        assert_eq!(reason.as_str(), "half done, the rest reached Persona: no such status");
    }
}
