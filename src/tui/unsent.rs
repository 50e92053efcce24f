//! What has not reached Persona yet, and what becomes of it when the console is left. Pure.

use super::{format::counted, state::State};

/// Decisions that have not reached Persona.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unsent {
    /// On their way, in the store.
    pub stored: usize,
    /// On this machine alone, until the team's database is back.
    pub kept: usize,
}

impl Unsent {
    /// What is proposed is left out: it waits for somebody else, here or not.
    pub fn of(state: &State) -> Self {
        let stored = state.outbox.iter().filter(|action| action.state.is_on_its_way()).count();
        let kept = state.kept.iter().map(|kept| kept.decisions.len()).sum();
        Self { stored, kept }
    }

    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// Where they are and who sends them, in sentences; a line has at most 58 characters.
    pub fn words(self, is_shared: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if self.stored > 0 {
            let said = counted(self.stored as u64, "decision has", "decisions have");
            lines.push(format!("{said} not reached Persona yet."));
            let (where_it_is, who_sends) = match is_shared {
                true => (
                    "Safe in the team's database, and sent by any console",
                    "of the team that runs.",
                ),
                false => (
                    "Safe on this machine, and sent the next time",
                    "a console of this profile runs.",
                ),
            };
            lines.extend([where_it_is.to_owned(), who_sends.to_owned()]);
        }
        if self.kept > 0 {
            let said = counted(self.kept as u64, "decision is", "decisions are");
            lines.push(format!("{said} kept on this machine alone until the"));
            lines.push("database is back and a console of this profile runs.".to_owned());
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_where_decisions_are_and_who_sends_them() {
        let table = [
            (0, 0, false, vec![]),
            (1, 0, false, vec!["1 decision has not", "Safe on this machine", "a console of this"]),
            (
                2,
                0,
                true,
                vec!["2 decisions have not", "Safe in the team's database", "of the team"],
            ),
            (0, 3, true, vec!["3 decisions are kept on this machine alone", "database is back"]),
            (
                1,
                1,
                true,
                vec![
                    "1 decision has",
                    "Safe in the team's",
                    "of the team",
                    "1 decision is kept",
                    "database is",
                ],
            ),
        ];
        for (stored, kept, is_shared, expected) in table {
            let said = Unsent { stored, kept }.words(is_shared);
            assert_eq!(said.len(), expected.len(), "{said:?}");
            for (line, begins) in said.iter().zip(expected) {
                assert!(line.starts_with(begins) && line.len() <= 58, "{line}");
            }
        }
    }
}
