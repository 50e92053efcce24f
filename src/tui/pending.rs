//! Words for a decision on its way: a few for a row, a sentence for the detail.

use jiff::Timestamp;
use ratatui::style::Style;

use super::{command::Command, format, keymap::Keys, theme::Theme};
use crate::model::{ActionState, Text, Verb};

/// For a row: `approve held`.
pub fn brief(verb: &Verb, state: &ActionState) -> String {
    if let ActionState::Proposed { by } = state {
        return proposed(verb, by);
    }
    let word = word(state);
    match verb {
        Verb::SetCaseStatus(status) => format!("{word}: {status}"),
        Verb::AssignCase(_) => format!("assign {word}"),
        Verb::DismissMatches(_) => format!("dismissal {word}"),
        verb => format!("{} {word}", verb.words()),
    }
}

/// How far it is, in a word.
pub fn word(state: &ActionState) -> &'static str {
    match state {
        ActionState::Proposed { .. } => "proposed",
        ActionState::Held { .. } => "held",
        ActionState::Sending => "on its way",
        ActionState::Waiting { .. } => "waits",
        ActionState::Done => "done",
        ActionState::Rejected { .. } => "refused",
        ActionState::Stopped { .. } => "stopped",
        ActionState::Cancelled => "taken back",
    }
}

fn proposed(verb: &Verb, by: &Text) -> String {
    match verb {
        Verb::SetCaseStatus(status) => format!("{status} proposed by {by}"),
        Verb::DismissMatches(_) => format!("dismissal proposed by {by}"),
        verb => format!("{} proposed by {by}", verb.words()),
    }
}

/// What happened, and what can be done; `undo`: the key that takes it back.
pub fn sentence(verb: &Verb, state: &ActionState, undo: &str, now: Timestamp) -> String {
    // What no item shows is dismissed from the command line.
    let dismissed = match verb {
        Verb::CreateInquiry(_) => "caseload outbox cancel dismisses".to_owned(),
        _ => format!("{undo} dismisses"),
    };
    let verb = verb.words();
    match state {
        ActionState::Proposed { by } => format!(
            "{verb} is proposed by {by}: another reviewer, with another key, confirms it; {undo} takes it \
             back or returns it (enforced by this client, not by Persona)"
        ),
        ActionState::Held { .. } => format!("{verb} will be sent; {undo} takes it back"),
        ActionState::Sending => format!("{verb} is on its way to Persona"),
        ActionState::Waiting { until, reason } => {
            let when =
                format::left(*until, now).map_or("now".to_owned(), |left| format!("in {left}"));
            format!("{verb} is safe and will be tried again {when}: {reason}")
        }
        ActionState::Done => format!("{verb} has reached Persona"),
        ActionState::Rejected { reason } => format!("{verb} was refused: {reason} ({dismissed})"),
        ActionState::Stopped { reason } => {
            format!("{verb} was not sent: {reason} ({dismissed})")
        }
        ActionState::Cancelled => format!("{verb} was taken back"),
    }
}

/// While it is kept here.
pub fn kept(verb: &Verb, undo: &str) -> String {
    let verb = verb.words();
    format!("{verb} is kept here until the shared database answers; {undo} takes it back")
}

/// What can still be done about a decision that cannot be taken back any more.
pub fn remedy(verb: &Verb, keys: &Keys) -> String {
    use Command as C;
    let key = |command| keys.shown(command);
    let said = match verb {
        Verb::Approve => return format!("if that was wrong, {} declines it", key(C::Decline)),
        Verb::Decline => return format!("if that was wrong, {} approves it", key(C::Approve)),
        Verb::MarkForReview => {
            let (approve, decline) = (key(C::Approve), key(C::Decline));
            return format!("it waits for review now: {approve} or {decline} decides it");
        }
        Verb::OneTimeLink { .. } => "a link cannot be called back: it works until it expires",
        Verb::SetCaseStatus(_) => {
            return format!("if that was wrong, {} sets another status", key(C::CaseStatus));
        }
        Verb::AssignCase(_) => "it can be assigned to somebody else",
        Verb::AddTag(_) | Verb::RemoveTag(_) => "if that was wrong, + changes tags again",
        Verb::CreateInquiry(_) => "an inquiry that was made stays: it can be declined",
        Verb::DismissMatches(_) => "what is dismissed stays so until the report is run again",
        Verb::AddRelation(_) => {
            return format!("if that was wrong, {} removes it", key(C::RemoveRelation));
        }
        Verb::RemoveRelation(_) => {
            return format!("if that was wrong, {} adds it again", key(C::AddRelation));
        }
    };
    said.to_owned()
}

pub fn style(state: &ActionState, theme: &Theme) -> Style {
    match state {
        ActionState::Held { .. } | ActionState::Sending => theme.accent,
        ActionState::Waiting { .. } | ActionState::Proposed { .. } => theme.warn,
        ActionState::Rejected { .. } | ActionState::Stopped { .. } => theme.bad,
        ActionState::Done => theme.good,
        ActionState::Cancelled => theme.dim,
    }
}
