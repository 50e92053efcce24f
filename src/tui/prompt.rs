//! What is typed after `:`, which commands it may become, and which it is.

use tui_input::Input;

use super::command::{Command, Spec, TABLE};

/// The command line while it is open.
#[derive(Debug, Default)]
pub struct Prompt {
    pub input: Input,
    /// Why Enter did nothing, until the next key.
    pub refused: Option<String>,
}

/// Commands whose name begins with `typed`, in the table's order. One that is spelt out is alone.
pub fn candidates(typed: &str) -> Vec<&'static Spec> {
    let typed = folded(typed);
    let offered = TABLE.iter().filter(|spec| spec.command != Command::Prompt);
    let found: Vec<_> = offered.filter(|spec| spec.name().starts_with(&typed)).collect();
    match found.iter().find(|spec| spec.name() == typed) {
        Some(exact) => vec![*exact],
        None => found,
    }
}

/// What Tab makes of it: as much as all candidates have in common.
pub fn completed(typed: &str) -> String {
    let names: Vec<String> = candidates(typed).iter().map(|spec| spec.name()).collect();
    let Some(first) = names.first() else { return typed.to_owned() };
    // Names are ASCII: any byte is a boundary.
    let shared = (0..=first.len()).rev().find(|end| {
        let start = &first[..*end];
        names.iter().all(|name| name.starts_with(start))
    });
    first[..shared.unwrap_or(0)].to_owned()
}

/// # Errors
/// With a sentence, if it is no command's name nor the beginning of exactly one.
pub fn resolve(typed: &str) -> Result<Command, String> {
    let typed = folded(typed);
    match candidates(&typed).as_slice() {
        [only] => Ok(only.command),
        [] => Err(match close(&typed).as_slice() {
            [] => format!("no command is called {typed}: ? lists them"),
            close => format!("no command is called {typed}: did you mean {}?", close.join(" or ")),
        }),
        several => {
            let names: Vec<String> = several.iter().map(|spec| spec.name()).collect();
            Err(format!("{typed} could be {}", names.join(", ")))
        }
    }
}

/// As it is meant: `Page Down` is `page-down`.
fn folded(typed: &str) -> String {
    typed.trim().to_lowercase().replace([' ', '_'], "-")
}

/// How near a name is to be offered: 0.0 has nothing in common, 1.0 is the same.
const NEAR: f64 = 0.75;

fn close(typed: &str) -> Vec<String> {
    let offered = TABLE.iter().filter(|spec| spec.command != Command::Prompt).map(Spec::name);
    let mut near: Vec<(f64, String)> = offered
        .map(|name| (strsim::jaro_winkler(typed, &name), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_completed_as_far_as_it_is_certain() {
        let table = [
            ("mis", "mismatches"),
            ("MIS", "mismatches"),
            ("page", "page-"),
            ("page up", "page-up"),
            ("re", "re"),
            ("relations", "relations"),
            ("nothing-like-it", "nothing-like-it"),
        ];
        for (typed, expected) in table {
            assert_eq!(completed(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_name_or_the_beginning_of_one_is_a_command_and_nothing_else_is() {
        assert_eq!(resolve("mismatches"), Ok(Command::Mismatches));
        assert_eq!(resolve(" Mism "), Ok(Command::Mismatches));
        assert_eq!(resolve("q"), Ok(Command::Quit));
        assert_eq!(resolve("relations"), Ok(Command::Relations), "spelt out, though not alone");
        assert!(resolve("page").unwrap_err().contains("could be page-down, page-up"));
        assert!(resolve("mismachtes").unwrap_err().contains("did you mean mismatches"));
        assert_eq!(resolve("%%").unwrap_err(), "no command is called %%: ? lists them");
        assert!(resolve("prompt").is_err() && resolve("command").is_err(), "it is open already");
    }
}
