//! Dismissing what a report found: how the report stands before and after.

use super::plan::Reading;
use crate::{
    model::{Batch, Evidence, Lane, Match, ReportId, Subject, Text},
    persona::{self, Client, reports},
};

/// The status that a report is read with when nothing is left to dismiss.
pub const DISMISSED: &str = "dismissed";

/// # Errors
/// Whatever keeps Persona from answering.
pub async fn look(client: &Client, id: &ReportId) -> Result<Batch, persona::Error> {
    let found = client.read(&reports::Retrieve { id: id.clone() }, Lane::Front).await?;
    Ok(Batch { reports: vec![found.object], ..Batch::default() })
}

/// How the report of a decision stands, as a batch has it.
pub fn read(subject: &Subject, matched: Option<&Match>, batch: &Batch) -> Option<Reading> {
    let report = batch.reports.iter().find(|report| report.id.as_str() == subject.id())?;
    let Evidence { status, updated_at } = report.evidence();
    let status = if report.has_dismissed(matched) { Text::new(DISMISSED) } else { status };
    Some(Reading { status, updated_at, assignee: None })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        model::{Action, ActionState, MatchKind, Report, Verb},
        outbox::{
            plan::{Call, KeyUse, Step, plan, stopped},
            samples::{action, at},
        },
    };

    fn report(has_match: bool, minute: i64, fields: &[(&str, &str)]) -> Batch {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let report: Report = serde_json::from_value(json!({ "id": "rep_1",
            "kind": "adverse-media", "status": "ready", "has_match": has_match, "tags": [],
            "completed_at": at(minute), "fields": fields }))
        .unwrap();
        Batch { reports: vec![report], ..Batch::default() }
    }

    #[test]
    fn matches_are_dismissed_of_the_run_that_was_seen_and_once() {
        let id = || ReportId::new("rep_1").unwrap();
        let one = Match { kind: MatchKind::Entity, id: Text::new("E1") };
        let dismiss = |matched: Option<&Match>| Action {
            subject: Subject::Report(id()),
            evidence: Evidence { status: Text::new("match"), updated_at: Some(at(0)) },
            ..action(Verb::DismissMatches(matched.cloned()))
        };
        let doubtful = |action| Action { must_read: true, key_sent_at: Some(at(99)), ..action };
        let send = |matched: Option<&Match>, key| {
            Step::Send(Call::Dismiss { id: id(), matched: matched.cloned() }, key)
        };
        let found = [("related-sources.1.entity-id", "E1")];
        let ignored = [("ignore-list-entity.1.match.entity-id", "E1")];
        let again = "it changed at 10:01:00 UTC, after what was on the screen: look again";
        let gone = "somebody else dismissed it meanwhile";
        let (all, stored, fresh) = (None, KeyUse::Stored, KeyUse::Fresh);
        let one = Some(&one);
        let table = [
            (dismiss(all), report(true, 0, &found), send(all, stored)),
            (dismiss(all), report(true, 1, &found), stopped(again)),
            (dismiss(all), report(false, 0, &[]), stopped(gone)),
            (dismiss(one), report(true, 0, &found), send(one, stored)),
            (dismiss(one), report(true, 0, &ignored), stopped(gone)),
            (doubtful(dismiss(one)), report(true, 0, &found), send(one, fresh)),
            (doubtful(dismiss(one)), report(true, 0, &ignored), Step::Finish(ActionState::Done)),
        ];
        for (nth, (action, batch, step)) in table.into_iter().enumerate() {
            let Verb::DismissMatches(matched) = &action.verb else { unreachable!() };
            let reading = read(&action.subject, matched.as_ref(), &batch);
            assert_eq!(plan(&action, reading.as_ref(), at(100)), step, "row {nth}");
        }
        assert_eq!(read(&Subject::Report(id()), all, &Batch::default()), None);
    }
}
