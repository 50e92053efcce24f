//! Whether a command can run now, and if not, why: what refuses a key and what greys a row of the
//! palette out is the same.

use super::{
    album, bulk,
    command::Command,
    frames, guard, jumps,
    panes::detail::{self, On},
    relations::tree::{Fold, What},
    repeating, snoozing,
    state::{File, Pane, State, Tab},
    undoing, update,
};
use crate::{
    config::Mask,
    model::{
        AccountId, Action, ActionState, Match, MatchKind, ReportId, Subject,
        filter::{Filter, List},
    },
};

/// # Errors
/// Why it cannot, as a sentence.
pub fn available(state: &State, command: Command) -> Result<(), String> {
    if state.staged.is_some() && !command.runs_while_staged() {
        return Err(STAGED.to_owned());
    }
    if let Some(answer) = bulk::available(state, command) {
        return answer;
    }
    match command {
        Command::Open => openable(state),
        Command::Approve | Command::Decline if joins(state) => {
            guard::inquiries_of_case(state, command).map(drop)
        }
        Command::Approve | Command::Decline | Command::Escalate | Command::OneTimeLink => {
            guard::verdict(state, command).map(drop)
        }
        Command::AssignToMe => match state.detail.as_ref().map(|detail| &detail.file) {
            // A claim changes the inquiry that is being decided.
            Some(File::Inquiry(_)) if state.staged.is_some() => Err(STAGED.to_owned()),
            Some(File::Inquiry(_)) => guard::claimable(state),
            _ => guard::verdict(state, command).map(drop),
        },
        Command::Fetch => match state.list_pane() {
            Pane::Inquiries | Pane::Cases => Ok(()),
            Pane::Relations | Pane::Detail => {
                Err("the tree is no queue: fetch from the inquiries or the cases".into())
            }
        },
        Command::Release => guard::releasable(state).map(drop),
        Command::Tag => guard::taggable(state).map(drop),
        Command::CaseStatus => match guard::proposed(state) {
            Some(_) => guard::verdict(state, command).map(drop),
            None => guard::status_menu(state).map(drop),
        },
        Command::Dismiss => {
            let (report, matched) = match_under_cursor(state)?;
            guard::dismissal(state, &report, matched).map(drop)
        }
        Command::AddRelation | Command::RemoveRelation if state.staged.is_some() => {
            Err(STAGED.to_owned())
        }
        Command::AddRelation => {
            let source = source(state).ok_or("go to an account: a relation is added to it")?;
            is_free(state, &source)
        }
        Command::RemoveRelation => {
            let tie = match state.list_pane() {
                Pane::Relations => state.relations.tie(),
                _ => None,
            };
            let (source, _) =
                tie.ok_or("go to a related account or transaction: its relation is removed")?;
            is_free(state, &source)
        }
        Command::Relations => match account(state) {
            Some(_) => Ok(()),
            None => Err("no account is known for this item".into()),
        },
        Command::Fold => foldable(state),
        Command::Walk => match state.relations.root() {
            Some(_) => Ok(()),
            None => {
                let shows = state.key(Command::Relations);
                Err(format!("there is no tree to walk yet: {shows} shows one"))
            }
        },
        Command::NextTab | Command::PreviousTab => {
            inquiry(state, "only an inquiry's evidence has tabs")
        }
        Command::Checks => {
            inquiry(state, "only an inquiry has checks")?;
            match state.detail.as_ref().map(|detail| detail.tab) {
                Some(Tab::Checks) => Ok(()),
                _ => Err("checks are listed on the first tab".into()),
            }
        }
        Command::Photos => photos(state),
        Command::Reveal => reveals(state),
        Command::RevealItem if state.settings.mask != Mask::Everything => {
            Err("the open item is not masked".into())
        }
        Command::RevealItem | Command::Copy | Command::Refetch => selected(state),
        Command::Filter => match (state.list_pane(), finds(state)) {
            (Pane::Relations, false) => {
                Err("relations are few enough to see: only inquiries and cases are filtered".into())
            }
            _ => Ok(()),
        },
        Command::ClearFilter => match filtered(state) {
            true => Ok(()),
            false => Err("nothing is filtered: this is the whole list".into()),
        },
        Command::Undo => undoing::wanted(state).map(drop),
        Command::Repeat => repeating::again(state).map(drop),
        Command::Mark
        | Command::MarkRange
        | Command::MarkAll
        | Command::InvertMarks
        | Command::ClearMarks => update::markable(state, command),
        Command::Snooze => snoozing::subjects(state).map(drop),
        Command::JumpBack => match state.jumps.before(jumps::here(state).as_ref()) {
            Some(_) => Ok(()),
            None => Err("nothing was opened before this".into()),
        },
        Command::JumpForward => match state.jumps.after() {
            Some(_) => Ok(()),
            None => Err("nothing was opened after this".into()),
        },
        _ => Ok(()),
    }
}

/// What is said of all that has to wait.
const STAGED: &str = "a decision is staged: Enter commits, Esc lets go";

/// Whether a verdict key is about the inquiries of the case that is staged.
pub fn joins(state: &State) -> bool {
    state.staged.as_ref().is_some_and(|staged| staged.can_be_joined() && !staged.submitted)
}

fn selected(state: &State) -> Result<(), String> {
    state.detail.as_ref().map(drop).ok_or_else(|| "nothing is selected".to_owned())
}

fn inquiry(state: &State, otherwise: &str) -> Result<(), String> {
    selected(state)?;
    match state.detail.as_ref().map(|detail| &detail.subject) {
        Some(Subject::Inquiry(_)) => Ok(()),
        _ => Err(otherwise.to_owned()),
    }
}

fn openable(state: &State) -> Result<(), String> {
    let leads = match (state.focus, &state.detail) {
        (Pane::Detail, Some(detail)) => match detail::under_cursor(state) {
            Some(On::Subject(_) | On::Fold(_)) => true,
            Some(On::Photo) => return photos(state),
            Some(On::Report(report) | On::Match { report, .. }) => {
                let about = detail.exhibits().and_then(|exhibits| exhibits.report(&report));
                match about.and_then(|report| report.inquiry.clone()).map(Subject::Inquiry) {
                    None => {
                        return Err(
                            "this report is about no inquiry: all that is known of it is here"
                                .into(),
                        );
                    }
                    Some(inquiry) => inquiry != detail.subject,
                }
            }
            _ => detail.inquiry_behind().is_some(),
        },
        _ => state.selected().is_some() || found_nothing(state).is_some(),
    };
    match leads {
        true => Ok(()),
        false => Err("there is nothing to open here".into()),
    }
}

/// The report or the match of one that the detail's cursor is on.
///
/// # Errors
/// If it is on none.
pub fn match_under_cursor(state: &State) -> Result<(ReportId, Option<Match>), String> {
    match detail::under_cursor(state) {
        Some(On::Report(report)) => Ok((report, None)),
        Some(On::Match { report, entity }) => {
            Ok((report, entity.map(|id| Match { kind: MatchKind::Entity, id })))
        }
        _ => Err("put the cursor on a report or a match: it is dismissed there".into()),
    }
}

/// The account that a relation is added to.
pub fn source(state: &State) -> Option<AccountId> {
    match state.list_pane() {
        Pane::Relations => state.relations.owner(),
        _ => state.detail.as_ref().and_then(|detail| detail.account()).cloned(),
    }
}

/// The account whose relations are shown next.
pub fn account(state: &State) -> Option<AccountId> {
    match state.focus {
        Pane::Relations => state.relations.account(),
        _ => state.detail.as_ref().and_then(|detail| detail.account()).cloned(),
    }
}

/// Whether nothing else is decided about the account.
fn is_free(state: &State, account: &AccountId) -> Result<(), String> {
    let subject = Subject::Account(account.clone());
    let about = |action: &&Action| action.subject == subject;
    let open = state.outbox.iter().filter(about).find(|action| action.state.is_open());
    match open.map(|action| (action.verb.words(), &action.state)) {
        None => Ok(()),
        Some((verb, ActionState::Held { .. })) => {
            let undo = state.key(Command::Undo);
            Err(format!("{verb} is held for this account already: {undo} takes it back"))
        }
        Some((verb, _)) => Err(format!("{verb} is on its way for this account already")),
    }
}

fn foldable(state: &State) -> Result<(), String> {
    if state.focus != Pane::Relations {
        return Err("only the tree of relations folds".into());
    }
    let pane = &state.relations;
    match pane.row().map(|row| row.what) {
        Some(What::Group { .. }) => Ok(()),
        Some(What::Node { .. }) => match pane.fold() {
            Some(Fold::Open) => Ok(()),
            Some(Fold::Deep) if pane.folds.open.contains(pane.place()) => Ok(()),
            Some(Fold::Folded) if pane.account().is_some() => Ok(()),
            Some(Fold::Seen) => Err("its relations are shown further up".into()),
            Some(Fold::Deep) => {
                let root = state.key(Command::Relations);
                Err(format!("a tree gets no deeper: {root} makes this account its root"))
            }
            _ => Err("only accounts have relations".into()),
        },
        _ => Err("there is nothing to fold here".into()),
    }
}

fn photos(state: &State) -> Result<(), String> {
    let file = frames::inquiry(state).ok_or("only an inquiry has photos")?;
    match (album::photos(file).is_empty(), file.hydrated_at) {
        (false, _) => Ok(()),
        (true, Some(_)) => Err("this inquiry has no photos".into()),
        (true, None) => {
            let asks = state.key(Command::Refetch);
            Err(format!("its verifications are not read yet: {asks} asks Persona for them"))
        }
    }
}

fn reveals(state: &State) -> Result<(), String> {
    if state.settings.mask != Mask::Everything {
        return Err("the open item is not masked".into());
    }
    selected(state)?;
    match detail::under_cursor(state) {
        _ if state.shows_item() => Ok(()),
        Some(On::Value { .. } | On::Photo) => Ok(()),
        _ => {
            let all = state.key(Command::RevealItem);
            Err(format!("the detail's cursor is on no personal value; {all} shows all of it"))
        }
    }
}

/// The list in which nothing was found by a filter: then opening asks Persona.
pub fn found_nothing(state: &State) -> Option<List> {
    let (list, loaded, total) = match state.focus {
        Pane::Inquiries => (List::Inquiries, state.inquiries.loaded, state.inquiries.rows.total),
        Pane::Cases => (List::Cases, state.cases.loaded, state.cases.rows.total),
        Pane::Relations | Pane::Detail => return None,
    };
    (loaded && total == 0 && !state.filter_of(list).clauses.is_empty()).then_some(list)
}

/// Whether a filter would look for words in the open item.
pub fn finds(state: &State) -> bool {
    state.focus == Pane::Detail
        && state.detail.as_ref().is_some_and(|detail| detail.tab == Tab::Raw)
}

fn filtered(state: &State) -> bool {
    if state.detail.as_ref().is_some_and(|detail| !detail.raw.find.is_empty()) {
        return true;
    }
    match state.list_pane() {
        Pane::Cases => state.case_filter != Filter::default(),
        _ => state.inquiry_filter != Filter::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{command::TABLE, state::samples};

    #[test]
    fn what_cannot_run_says_why() {
        let table = [
            (Command::Approve, ""),
            (Command::Down, ""),
            (Command::Escalate, "in review already"),
            (Command::CaseStatus, "only cases have a status menu"),
            (Command::Dismiss, "put the cursor on a report"),
            (Command::Fold, "only the tree of relations folds"),
            (Command::Walk, "r shows one"),
            (Command::Photos, "no photos"),
            (Command::Snooze, ""),
            (Command::ClearFilter, "nothing is filtered"),
            (Command::JumpBack, "nothing was opened before"),
            (Command::JumpForward, "nothing was opened after"),
            (Command::RemoveRelation, "go to a related account"),
        ];
        let state = samples::reading("needs_review");
        for (command, why) in table {
            match available(&state, command) {
                Ok(()) => assert_eq!(why, "", "{command:?}"),
                Err(said) => assert!(!why.is_empty() && said.contains(why), "{command:?}: {said}"),
            }
        }
        let empty = State::new(samples::settings(), (80, 24), state.now);
        for command in [Command::Copy, Command::Refetch, Command::NextTab, Command::Approve] {
            assert_eq!(available(&empty, command).unwrap_err(), "nothing is selected");
        }
        let said = TABLE.iter().filter_map(|spec| available(&empty, spec.command).err());
        assert!(said.into_iter().all(|why| !why.is_empty()));
    }
}
