//! What is about to be decided: the question, what speaks against it, what else can be said, and the
//! word that commits it.

use crate::{
    model::Verb,
    tui::{
        bulk,
        format::counted,
        plain::words,
        staged::{Purpose, Staged},
        state::State,
        theme::Theme,
        widgets::commit_bar,
    },
};

/// All of it, a line each; nothing where nothing is staged.
pub fn question(state: &State) -> Vec<String> {
    let Some(staged) = &state.staged else { return Vec::new() };
    let theme = Theme::mono();
    let mut lines = vec![format!("{}?", first_upper(&asked(staged)))];
    if let Some(looked) = commit_bar::looked(staged, state, &theme) {
        lines.push(format!("{}.", first_upper(&words::text(looked.content.trim()))));
    }
    lines.extend(staged.warnings.iter().map(|why| format!("Warning: {}.", words::text(why))));
    if staged.can_be_joined() {
        let offer = commit_bar::offer(staged, state, usize::MAX, &theme);
        lines.push(format!("{}.", first_upper(&words::line(&offer))));
    }
    lines.extend(reasons(staged, state));
    if staged.shows_comment() {
        lines.push(format!("Comment: {}", staged.comment.value()));
    } else if staged.takes_comment() {
        lines.push("comment and your words add a comment.".to_owned());
    }
    lines.push(ends(staged, state));
    lines
}

fn reasons(staged: &Staged, state: &State) -> Vec<String> {
    if let Purpose::Confirm(proposed) = &staged.purpose {
        return vec![format!("{}.", words::text(&commit_bar::grounds(proposed, state)))];
    }
    let mut lines: Vec<String> =
        staged.note.iter().map(|note| super::sentence(&words::text(note))).collect();
    match (staged.reason.and_then(|nth| staged.reasons.get(nth)), staged.is_complete()) {
        (Some(reason), _) => return vec![format!("Reason: {}.", reason.text)],
        (None, Err(why)) => lines.push(format!("{}.", first_upper(&words::text(&why)))),
        (None, Ok(())) if staged.reasons.is_empty() => return lines,
        (None, Ok(())) => lines.push("A reason can be given by its number:".to_owned()),
    }
    let listed = staged.reasons.iter().take(9).enumerate();
    lines.extend(listed.map(|(nth, reason)| super::numbered(nth + 1, &reason.text)));
    lines
}

/// `Type yes to approve inq_7Q2m ending 5aCd, or no. Held 5 s.`
fn ends(staged: &Staged, state: &State) -> String {
    if let Some(count) = counting(staged) {
        return format!("Type {count} to commit, or no.");
    }
    let what = asked(staged);
    let opens = staged.bulk.as_ref().is_some_and(|many| many.unopened(&state.looked).count() > 0);
    match opens {
        true => "Type yes to open the next of the sample, or no.".to_owned(),
        false => {
            let hold = commit_bar::hold(staged, state);
            let hold = hold.trim_start_matches([' ', '·']);
            format!("Type yes to {what}, or no. {}.", first_upper(&words::text(hold)))
        }
    }
}

/// The number that has to be typed, while it has to.
pub fn counting(staged: &Staged) -> Option<usize> {
    staged.bulk.as_ref().filter(|many| many.counting).map(|many| many.parts.len())
}

/// Before what is typed: `approve inq_7Q2m ending 5aCd, yes or no`
pub fn prompt(staged: &Staged) -> String {
    match counting(staged) {
        Some(count) => format!("type {count} or no"),
        None => format!("{}, yes or no", asked(staged)),
    }
}

/// `approve inq_7Q2m ending 5aCd`
fn asked(staged: &Staged) -> String {
    let subject = staged.subject.short();
    let verb = staged.verb.words();
    let what = match (&staged.bulk, &staged.verb) {
        (Some(many), verb) => bulk::words(verb, &many.what()),
        (None, Verb::SetCaseStatus(status)) => format!("set the status of {subject} to {status}"),
        (None, Verb::AssignCase(whom)) => format!("assign {subject} to {whom}"),
        (None, Verb::OneTimeLink { .. }) => format!("make a one-time link for {subject}"),
        (None, Verb::AddTag(_) | Verb::AddRelation(_)) => format!("{verb} to {subject}"),
        (None, Verb::RemoveTag(_) | Verb::RemoveRelation(_)) => format!("{verb} from {subject}"),
        (None, Verb::DismissMatches(_)) => format!("{verb} of {subject}"),
        (None, _) => format!("{verb} {subject}"),
    };
    words::text(&match &staged.purpose {
        Purpose::Decide => format!("{what}{}", staged.too()),
        Purpose::Propose(_) => format!("propose to {what}{}", staged.too()),
        Purpose::Confirm(proposed) => {
            format!("confirm, as {} proposed, to {what}{}", proposed.by, proposed.too)
        }
    })
}

/// How many are marked in each list, in words; nothing where none is.
pub fn marks(inquiries: usize, cases: usize) -> String {
    let said =
        |count: usize, one: &str, many: &str| (count > 0).then(|| counted(count as u64, one, many));
    let parts = [said(inquiries, "inquiry", "inquiries"), said(cases, "case", "cases")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => "Nothing is marked any more.".to_owned(),
        false => format!("Marked: {}.", parts.join(", ")),
    }
}

pub fn first_upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Reason,
        model::{Evidence, InquiryId, Subject, Text, Verb},
        tui::{plain::say::tests::is_plain, state::samples},
    };

    #[test]
    fn the_question_names_the_item_and_the_word_that_commits() {
        let mut state = samples::reading("needs_review");
        assert!(question(&state).is_empty());
        let subject = Subject::Inquiry(InquiryId::new("inq_sample").unwrap());
        let evidence = Evidence { status: Text::new("needs_review"), updated_at: None };
        let mut staged = Staged::of(subject, Verb::Decline, evidence, Purpose::Decide);
        let reason = |text: &str| Reason { code: text.to_owned(), text: text.to_owned() };
        staged.reasons = vec![reason("blurred"), reason("not the same person")];
        staged.reason_due = Some("decline needs a reason".to_owned());
        staged.warnings = vec!["joe@acme.test has claimed it".to_owned()];
        assert_eq!(prompt(&staged), "decline inq_sample, yes or no");
        state.staged = Some(staged);
        let said = question(&state);
        let expected = [
            "Decline inq_sample?",
            "All of its evidence was looked at.",
            "Warning: joe@acme.test has claimed it.",
            "Decline needs a reason: 1 to 2 choose one.",
            "1. blurred",
            "2. not the same person",
            "comment and your words add a comment.",
            "Type yes to decline inq_sample, or no. Held 5 s.",
        ];
        assert_eq!(said, expected);
        assert!(said.iter().all(|line| is_plain(line)));
        state.staged.as_mut().unwrap().reason = Some(1);
        assert!(question(&state).contains(&"Reason: not the same person.".to_owned()));
    }
}
