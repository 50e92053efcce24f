//! Whether a command can run now, and if not, why: a sentence for the reviewer.

use super::{
    command::Command,
    pending,
    staged::Inquiries,
    state::{File, Pane, State},
};
use crate::{
    desk::{InquiryRow, policy},
    model::{
        Action, ActionState, Evidence, Inquiry, InquiryId, Match, ReportId, Subject, Text, Verb,
        proposal::is_same,
    },
};

/// What a verdict key asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    Decide(Verb),
    /// What somebody else proposed.
    Confirm(Box<Action>),
    /// The same, but it is not any more as it was proposed on: it will be stopped.
    Stop(Box<Action>),
}

/// What a verdict key stages, or a refusal.
pub fn verdict(state: &State, command: Command) -> Result<Wanted, String> {
    if let Some(proposed) = proposed(state) {
        return proposal(state, proposed, command);
    }
    decision(state, command).map(Wanted::Decide)
}

/// What is proposed for the item on the screen.
pub fn proposed(state: &State) -> Option<&Action> {
    let action = state.detail.as_ref()?.action()?;
    matches!(action.state, ActionState::Proposed { .. }).then_some(action)
}

/// What a verdict key means for an item for which something is proposed.
pub fn proposal(state: &State, action: &Action, command: Command) -> Result<Wanted, String> {
    let (verb, maker) = (action.verb.words(), &action.reviewer);
    let undo = state.key(Command::Undo);
    if is_same(maker, &state.settings.reviewer) {
        return Err(format!(
            "you proposed {verb}: a second person confirms it; {undo} takes it back"
        ));
    }
    let same = command_of(&action.verb);
    if command != same {
        let key = state.key(same);
        return Err(format!("{maker} proposed {verb}: {key} confirms, {undo} returns it"));
    }
    seen(state)?;
    let version = state.detail.as_ref().and_then(|detail| detail.version(&action.subject));
    if version.as_ref() != Some(&action.evidence) {
        return Ok(Wanted::Stop(Box::new(action.clone())));
    }
    opened(state, &action.verb, &action.subject, &action.evidence)?;
    Ok(Wanted::Confirm(Box::new(action.clone())))
}

/// The command that asks for a verb.
pub fn command_of(verb: &Verb) -> Command {
    match verb {
        Verb::Approve => Command::Approve,
        Verb::Decline => Command::Decline,
        Verb::MarkForReview => Command::Escalate,
        Verb::OneTimeLink { .. } | Verb::CreateInquiry(_) => Command::OneTimeLink,
        Verb::SetCaseStatus(_) => Command::CaseStatus,
        Verb::AssignCase(_) => Command::AssignToMe,
        Verb::AddTag(_) | Verb::RemoveTag(_) => Command::Tag,
        Verb::DismissMatches(_) => Command::Dismiss,
        Verb::AddRelation(_) => Command::AddRelation,
        Verb::RemoveRelation(_) => Command::RemoveRelation,
    }
}

/// Whether the item has been on the screen for long enough to be meant.
fn seen(state: &State) -> Result<(), String> {
    let detail = state.detail.as_ref().ok_or("nothing is selected")?;
    match &detail.file {
        File::Loading => Err("this item is still loading".into()),
        // Keys typed before the item was drawn were meant for the one before.
        _ if !detail.drawn => Err("this item was not on the screen yet: look, then decide".into()),
        _ if detail.look_until.is_some_and(|until| state.now < until) => {
            Err("the list moved and this is another item: look, then decide".into())
        }
        _ => Ok(()),
    }
}

fn decision(state: &State, command: Command) -> Result<Verb, String> {
    let detail = state.detail.as_ref().ok_or("nothing is selected")?;
    if let Some(action) = detail.action().filter(|action| action.state.is_open()) {
        let verb = action.verb.words();
        return Err(match action.state {
            ActionState::Held { .. } => {
                format!(
                    "{verb} is held for this item already: {} takes it back",
                    state.key(Command::Undo)
                )
            }
            _ => format!("{verb} is on its way for this item already"),
        });
    }
    if let Some(kept) = state.kept_about(&detail.subject) {
        return Err(pending::kept(&kept.verb, &state.key(Command::Undo)));
    }
    seen(state)?;
    match (&detail.file, command) {
        (File::Missing | File::Loading, _) => Err("this item is not in the local copy yet".into()),
        (File::Inquiry(file), _) => {
            if file.hydrated_at.is_none() {
                return Err("its checks have not been looked at: open it first".into());
            }
            inquiry(state, &file.inquiry, command)
        }
        (File::Case(file), Command::AssignToMe) => match &file.case {
            case if case.assignee.as_ref() == Some(&state.settings.reviewer) => {
                Err("this case is yours already".into())
            }
            _ if !state.settings.reviewer.as_str().contains('@') => {
                Err("Persona assigns by e-mail: set reviewer.email in the configuration".into())
            }
            case => {
                let verb = Verb::AssignCase(state.settings.reviewer.clone());
                policy::case(case, &verb)?;
                Ok(verb)
            }
        },
        (File::Case(_), Command::OneTimeLink) => {
            Err("a link is made for an inquiry: open one of this case's".into())
        }
        (File::Case(_), _) => {
            let menu = state.key(Command::CaseStatus);
            Err(format!("a case has a status of its own: {menu} shows the menu"))
        }
        (File::Account(_), _) => Err("an account is not decided: open its inquiry".into()),
    }
}

fn inquiry(state: &State, inquiry: &Inquiry, command: Command) -> Result<Verb, String> {
    let verb = match command {
        Command::Approve => Verb::Approve,
        Command::Decline => Verb::Decline,
        Command::Escalate => Verb::MarkForReview,
        Command::OneTimeLink => Verb::OneTimeLink {
            expires_in_seconds: u32::try_from(state.settings.link_expires.as_secs()).ok(),
        },
        Command::CaseStatus | Command::AssignToMe => {
            let [approve, decline, escalate, cases] =
                [Command::Approve, Command::Decline, Command::Escalate, Command::CasesPane]
                    .map(|command| state.key(command));
            return Err(format!(
                "this is an inquiry: {approve}, {decline} or {escalate} decide it; cases are in pane {cases}"
            ));
        }
        _ => return Err("this key decides nothing".into()),
    };
    policy::inquiry(inquiry, &verb)?;
    opened(state, &verb, &Subject::Inquiry(inquiry.id.clone()), &version(inquiry))?;
    Ok(verb)
}

fn version(inquiry: &Inquiry) -> Evidence {
    Evidence { status: Text::new(inquiry.status.as_str()), updated_at: inquiry.updated_at }
}

/// Whether an item was opened in this console at this version, where the policy asks for that.
fn opened(state: &State, verb: &Verb, item: &Subject, version: &Evidence) -> Result<(), String> {
    if state.looked.contains_key(&(item.clone(), version.clone())) {
        return Ok(());
    }
    match policy::opened_due(&state.settings.policy, verb, &item.short()) {
        Some(why) => Err(format!("{why}: {} opens it", state.key(Command::Open))),
        None => Ok(()),
    }
}

/// The item whose tags can be changed now, its version and its tags.
pub fn taggable(state: &State) -> Result<(Subject, Evidence, Vec<Text>), String> {
    let detail = state.detail.as_ref().ok_or("nothing is selected")?;
    if let Some(action) = detail.action().filter(|action| action.state.is_open()) {
        return Err(format!("{} is on its way for this item already", action.verb.words()));
    }
    seen(state)?;
    let tags = match &detail.file {
        File::Inquiry(file) if file.inquiry.redacted_at.is_none() => file.inquiry.tags.clone(),
        File::Case(file) if file.case.redacted_at.is_none() => file.case.tags.clone(),
        File::Inquiry(_) | File::Case(_) => return Err("this item was redacted".into()),
        _ => return Err("tags are changed on inquiries and cases".into()),
    };
    let evidence = detail.evidence().ok_or("this item is not in the local copy yet")?;
    Ok((detail.subject.clone(), evidence, tags))
}

/// Whether the open inquiry can be claimed now.
pub fn claimable(state: &State) -> Result<(), String> {
    match state.settings.claims {
        Some(_) => Ok(()),
        None => Err("claims are off: set review.claim_tag in the configuration".into()),
    }
}

/// The open inquiry, if it is claimed by this reviewer.
pub fn releasable(state: &State) -> Result<InquiryId, String> {
    match state.detail.as_ref().map(|detail| &detail.file) {
        Some(File::Inquiry(file)) => {
            let (claims, me) = (state.settings.claims.as_ref(), &state.settings.reviewer);
            match claims.is_some_and(|claims| claims.is_mine(&file.inquiry.tags, me)) {
                true => Ok(file.inquiry.id.clone()),
                false => Err("you have not claimed this inquiry".into()),
            }
        }
        Some(File::Case(_)) => {
            Err("Persona takes no assignee off a case: assign it to somebody else in the dashboard"
                .into())
        }
        _ => Err("only an inquiry that you claimed can be released".into()),
    }
}

/// Who else has claimed the open item, where that can be told.
pub fn taken_by(state: &State) -> Option<Text> {
    let me = &state.settings.reviewer;
    match &state.detail.as_ref()?.file {
        File::Inquiry(file) => state.settings.claims.as_ref()?.taken_by(&file.inquiry.tags, me),
        File::Case(file) => file.case.assignee.clone().filter(|who| !is_same(who, me)),
        _ => None,
    }
}

/// How many required checks of the item on the screen failed.
pub fn failed(state: &State) -> u64 {
    match state.detail.as_ref().map(|detail| &detail.file) {
        Some(File::Inquiry(file)) => policy::failed(&file.verifications),
        Some(File::Case(file)) => file.inquiries.iter().map(|row| u64::from(row.failed)).sum(),
        _ => 0,
    }
}

/// Whether matches of a report that hangs on the item on the screen can be dismissed: one, or all.
pub fn dismissal(
    state: &State,
    report: &ReportId,
    matched: Option<Match>,
) -> Result<Wanted, String> {
    let detail = state.detail.as_ref().ok_or("nothing is selected")?;
    let action = state.decision_about(&Subject::Report(report.clone()));
    if let Some(action) = action.filter(|action| action.state.is_open()) {
        return match action.state {
            ActionState::Proposed { .. } => proposal(state, action, Command::Dismiss),
            ActionState::Held { .. } => {
                let undo = state.key(Command::Undo);
                Err(format!("a dismissal is held for this report already: {undo} takes it back"))
            }
            _ => Err("a dismissal is on its way for this report already".into()),
        };
    }
    seen(state)?;
    let is_redacted = match &detail.file {
        File::Inquiry(file) => file.inquiry.redacted_at.is_some(),
        File::Case(file) => file.case.redacted_at.is_some(),
        _ => false,
    };
    let known = detail.exhibits().and_then(|exhibits| exhibits.report(report));
    let known = known.filter(|_| !is_redacted).ok_or("this report is not in the local copy")?;
    // Lists and offices have matches, but are dismissed as a whole.
    let matched = matched.filter(|_| known.is_media());
    policy::report(known, matched.as_ref())?;
    Ok(Wanted::Decide(Verb::DismissMatches(matched)))
}

/// What can be decided of the inquiries of the case on the screen, in the same commit; why not of
/// the others.
pub struct Offer {
    pub seen: Vec<(InquiryId, Evidence)>,
    /// How many of their required checks failed.
    pub failed: u64,
    /// Each in words: `inq_4KvC…DiBt is approved already`.
    pub left_out: Vec<String>,
}

/// What `verb` could decide with a case; none where no case is open.
pub fn offer(state: &State, verb: &Verb) -> Option<Offer> {
    let Some(File::Case(file)) = state.detail.as_ref().map(|detail| &detail.file) else {
        return None;
    };
    let mut offer = Offer { seen: Vec::new(), failed: 0, left_out: Vec::new() };
    for row in &file.inquiries {
        match can_join(state, row, verb) {
            Ok(version) => {
                offer.failed += u64::from(row.failed);
                offer.seen.push((row.id.clone(), version));
            }
            Err(why) => offer.left_out.push(why),
        }
    }
    match file.case.inquiries.len().saturating_sub(file.inquiries.len()) {
        0 => {}
        unknown => offer.left_out.push(format!("{unknown} not in the local copy yet")),
    }
    Some(offer)
}

fn can_join(state: &State, row: &InquiryRow, verb: &Verb) -> Result<Evidence, String> {
    let id = row.id.short();
    if row.status.is_decided() {
        return Err(format!("{id} is {} already", row.status.words()));
    }
    if let Some(action) = row.action.as_ref().filter(|action| action.state.is_open()) {
        let how = match action.state {
            ActionState::Proposed { .. } => "proposed",
            _ => "on its way",
        };
        return Err(format!("{} is {how} for {id} already", action.verb.words()));
    }
    if !row.hydrated {
        return Err(format!("the checks of {id} have not been looked at: open it first"));
    }
    let status = Text::new(row.status.as_str());
    let version = Evidence { status, updated_at: row.updated_at };
    opened(state, verb, &Subject::Inquiry(row.id.clone()), &version)?;
    Ok(version)
}

/// The verdict about a case's inquiries that a key adds to its status.
pub fn inquiries_of_case(state: &State, command: Command) -> Result<Inquiries, String> {
    let verb = match command {
        Command::Approve => Verb::Approve,
        Command::Decline => Verb::Decline,
        _ => return Err("a case's inquiries are approved or declined with it".into()),
    };
    let offer = offer(state, &verb).ok_or("only a case has inquiries that are decided with it")?;
    match (offer.seen.is_empty(), offer.left_out.is_empty()) {
        (true, true) => Err("this case has no inquiry".into()),
        (true, false) => Err(format!("nothing to add: {}", offer.left_out.join(", "))),
        _ => {
            let Offer { seen, failed, left_out } = offer;
            Ok(Inquiries { verb, seen, failed, left_out })
        }
    }
}

/// The case whose status menu can be opened now.
pub fn status_menu(state: &State) -> Result<&crate::model::Case, String> {
    match state.detail.as_ref().map(|detail| (&detail.file, detail.action())) {
        Some((File::Case(_), Some(action))) if action.state.is_open() => {
            Err(format!("{} is on its way for this case already", action.verb.words()))
        }
        Some((File::Case(file), _)) if file.case.redacted_at.is_some() => {
            Err("this case was redacted".into())
        }
        Some((File::Case(file), _)) => {
            let case = &file.case;
            let version = Evidence { status: case.status.clone(), updated_at: case.updated_at };
            let verb = Verb::SetCaseStatus(case.status.clone());
            opened(state, &verb, &Subject::Case(case.id.clone()), &version)?;
            Ok(case)
        }
        Some((File::Loading, _)) => Err("this item is still loading".into()),
        _ if state.list_pane() == Pane::Cases => Err("no case is selected".into()),
        _ => Err(format!(
            "only cases have a status menu: they are in pane {}",
            state.key(Command::CasesPane)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::samples;

    #[test]
    fn verdicts_follow_the_status() {
        use Command::{Approve, CaseStatus, Decline, Escalate, OneTimeLink};
        let table = [
            ("needs_review", Approve, true),
            ("needs_review", Escalate, false),
            ("completed", Escalate, true),
            ("approved", Approve, false),
            ("approved", Decline, true),
            ("approved", Escalate, false),
            ("declined", OneTimeLink, false),
            ("expired", OneTimeLink, true),
            ("on_hold", Approve, true),
            ("needs_review", CaseStatus, false),
        ];
        for (status, command, allowed) in table {
            let state = samples::reading(status);
            assert_eq!(verdict(&state, command).is_ok(), allowed, "{status} {command:?}");
        }
    }

    #[test]
    fn nothing_is_decided_that_was_not_seen() {
        let mut state = samples::reading("needs_review");
        state.detail.as_mut().unwrap().file = File::Loading;
        assert!(verdict(&state, Command::Approve).unwrap_err().contains("loading"));
        let mut unread = samples::reading("needs_review");
        let File::Inquiry(file) = &mut unread.detail.as_mut().unwrap().file else { unreachable!() };
        file.hydrated_at = None;
        assert!(verdict(&unread, Command::Approve).unwrap_err().contains("open it first"));
    }
}
