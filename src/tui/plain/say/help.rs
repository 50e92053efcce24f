//! Every command with a sentence, and in short what can be done here.

use super::super::read::{OWN, is_meant_for_keys};
use crate::tui::{
    available::available,
    command::{Command, Section, Spec, TABLE},
    plain::words,
    state::{Pane, State},
    widgets::hints,
};

/// All of it.
pub fn all(state: &State) -> Vec<String> {
    let mut lines = vec!["What can be typed, a line each.".to_owned()];
    lines.extend(OWN.iter().map(|(name, help)| format!("{name}: {help}.")));
    for section in Section::ALL {
        let title = section.title().split(':').next().unwrap_or_default();
        lines.push(format!("{title}:"));
        lines.extend(offered().filter(|spec| spec.section == section).map(line));
    }
    lines.push("Views: view and its name or number.".to_owned());
    let views = state.views.all.iter().map(|view| format!("view {}", view.name));
    lines.extend(views);
    lines
}

/// What matters where the reviewer is, and why some of it cannot be done now.
pub fn here(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    let in_list = matches!(state.focus, Pane::Inquiries | Pane::Cases);
    let commands = if in_list { LIST } else { hints::commands(state) };
    let commands = commands.iter().filter(|command| !is_meant_for_keys(**command));
    if in_list {
        lines.push("A number opens that row; more goes on.".to_owned());
    }
    for command in commands {
        let spec = command.spec();
        lines.push(match available(state, *command) {
            Ok(()) => line(spec),
            Err(why) => format!("{}: not now, {}.", spec.name(), words::text(&why)),
        });
    }
    lines.push("help says all that can be typed.".to_owned());
    lines
}

/// What matters most in a list: nothing is open, and verdicts are about what is.
const LIST: &[Command] = &[
    Command::Filter,
    Command::ClearFilter,
    Command::Views,
    Command::InquiriesPane,
    Command::CasesPane,
    Command::Fetch,
    Command::Order,
    Command::Mark,
    Command::Undo,
    Command::Outbox,
    Command::Quit,
];

/// One command, or none of that name.
pub fn about(command: Command, state: &State) -> Vec<String> {
    let mut lines = vec![line(command.spec())];
    if let Err(why) = available(state, command) {
        lines.push(format!("Not now: {}.", words::text(&why)));
    }
    lines
}

/// Commands that mean something where lines are typed.
pub fn offered() -> impl Iterator<Item = &'static Spec> {
    use Command as C;
    // Views are listed by their names, and tabs too.
    let is_listed = |command| {
        let views = [C::View4, C::View5, C::View6, C::View7, C::View8, C::View9, C::PreviousTab];
        views.contains(&command)
    };
    TABLE.iter().filter(move |spec| !is_meant_for_keys(spec.command) && !is_listed(spec.command))
}

fn line(spec: &Spec) -> String {
    let help = match spec.command {
        Command::Reveal => "with a number: show the personal value of that line; journaled",
        Command::RevealItem => "show all of this item's personal data for a while; journaled",
        Command::Copy => "write out an id, or a value that is shown, by itself",
        Command::Open => "with a number or an id: open it and fetch it anew from Persona",
        Command::Dismiss => "with a number: dismiss the report or the match of that line",
        Command::Mark => "with numbers, as in mark 3 or mark 3-7: mark rows, or take marks away",
        Command::Filter => "with words: narrow the list, as in filter status:any failed:>0",
        Command::Photos => "the photos in words; hand-off and a number makes a link to one",
        Command::NextItem => "the next page of a list; from an item, the next item",
        Command::PreviousItem => "the page before; from an item, the item before",
        Command::Quit => "leave; asks first where decisions are on their way",
        Command::Help => "this; help and a name: about one command",
        Command::CaseStatus => "set the case's status: with its name, or from a list",
        Command::Tag => "add a tag to the item, or remove one: with its name, or from a list",
        Command::Checks => "the checks; again, or with all or failed: other ones of them",
        Command::Back => "back to the list",
        Command::Undo => {
            "take back, return, or dismiss a decision; with a number, one of the outbox"
        }
        Command::Fold => "with a number: fold or unfold that row of the tree, or that line",
        Command::Walk => "go along the tree's accounts that need a review, one after the other",
        Command::AddRelation => {
            "add a relation to the item's account, or with a number to one in the tree"
        }
        Command::RemoveRelation => "with a number: remove the relation of that row of the tree",
        Command::InvertMarks => "mark what is not marked of the rows at hand, and unmark the rest",
        Command::Lock => "say nothing more until Enter; what was said stays in the terminal",
        Command::Approve | Command::Decline => {
            return format!(
                "{}: {}; with the number of a reason, if you like. yes commits it.",
                spec.name(),
                spec.help
            );
        }
        _ => spec.help,
    };
    format!("{}: {}.", spec.name(), words::text(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{plain::say::tests::is_plain, state::samples};

    #[test]
    fn every_command_that_can_be_typed_has_a_sentence() {
        let state = samples::reading("needs_review");
        let said = all(&state);
        for spec in offered() {
            let name = format!("{}: ", spec.name());
            let found = said.iter().filter(|line| line.starts_with(&name)).count();
            assert!(found >= 1, "{name}");
        }
        let here = here(&state);
        assert!(here.iter().any(|line| line.starts_with("approve: ")), "{here:?}");
        assert!(here.iter().any(|line| line.starts_with("escalate: not now, ")), "{here:?}");
        assert!(said.iter().chain(&here).all(|line| is_plain(line)), "{said:?}");
        assert_eq!(about(Command::Escalate, &state).len(), 2);
    }
}
