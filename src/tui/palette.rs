//! What is typed after `:`, and what it may become: a command, or an object by its id or its link.

use std::cmp::Reverse;

use tui_input::Input;

use super::{
    available::available,
    command::{Command, Spec, TABLE},
    keymap::Keys,
    state::State,
    target::{self, Target},
    views::{self, Views},
};
use crate::model::Subject;

/// The palette while it is open.
#[derive(Debug, Default)]
pub struct Palette {
    pub input: Input,
    /// Of the rows that are offered.
    pub cursor: usize,
    /// Why Enter did nothing, until the next key.
    pub refused: Option<String>,
    /// What the local copy has whose id begins as it is typed.
    pub ids: Vec<Subject>,
}

/// What a row runs or opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Command(Command),
    Object(Target),
    /// `view …`: a view by its name, or what is done with views.
    View(String),
}

/// A row as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub keys: String,
    pub help: String,
    /// Why it cannot run now.
    pub refused: Option<String>,
}

/// What is offered for what is typed, the likeliest first.
pub fn entries(palette: &Palette, recent: &[Command], keys: &Keys, views: &Views) -> Vec<Entry> {
    let typed = palette.input.value();
    // What is known begins so; what is typed may be only the beginning of an id.
    let mut objects: Vec<Target> = palette.ids.iter().cloned().map(Target::Item).collect();
    if let Ok(target) = target::found(typed)
        && !objects.contains(&target)
    {
        objects.push(target);
    }
    if !objects.is_empty() {
        return objects.into_iter().map(Entry::Object).collect();
    }
    let views = views.lines(typed).into_iter().map(Entry::View);
    match views::is_typed(typed) {
        true => views.collect(),
        false => {
            commands(typed, recent, keys).into_iter().map(Entry::Command).chain(views).collect()
        }
    }
}

/// How a row reads.
pub fn row(entry: &Entry, state: &State) -> Row {
    match entry {
        Entry::Command(command) => {
            let spec = command.spec();
            let refused = available(state, *command).err();
            let help = spec.help.to_owned();
            Row { name: spec.name(), keys: state.settings.keys.listed(*command), help, refused }
        }
        Entry::Object(target) => {
            let refused = available(state, Command::Open).err().filter(|_| state.staged.is_some());
            let help = format!("open this {}", target.kind());
            Row { name: target.id().to_owned(), keys: String::new(), help, refused }
        }
        Entry::View(line) => {
            let refused = available(state, Command::InquiriesPane).err();
            let (keys, help) = state.views.told(line);
            Row { name: line.clone(), keys, help, refused }
        }
    }
}

fn commands(typed: &str, recent: &[Command], keys: &Keys) -> Vec<Command> {
    let since = |command: Command| {
        let nth = recent.iter().position(|one| *one == command);
        nth.map_or(0, |nth| recent.len() - nth)
    };
    let mut found: Vec<(u8, Reverse<usize>, usize, Command)> = offered()
        .enumerate()
        .filter_map(|(nth, spec)| {
            let likeness = likeness(typed, spec, keys)?;
            Some((likeness, Reverse(since(spec.command)), nth, spec.command))
        })
        .collect();
    found.sort_unstable_by_key(|(likeness, since, nth, _)| (*likeness, *since, *nth));
    found.into_iter().map(|(.., command)| command).collect()
}

/// The palette does not offer itself.
fn offered() -> impl Iterator<Item = &'static Spec> {
    TABLE.iter().filter(|spec| spec.command != Command::Prompt)
}

/// How well it fits, the smaller the better; none: not at all.
fn likeness(typed: &str, spec: &Spec, keys: &Keys) -> Option<u8> {
    let (name, wanted) = (spec.name(), folded(typed));
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let told = format!("{} {}", spec.title, spec.help).to_lowercase();
    let listed = keys.listed(spec.command);
    Some(match () {
        () if name == wanted => 0,
        () if !typed.trim().is_empty() && listed.split(' ').any(|key| key == typed.trim()) => 1,
        () if name.starts_with(&wanted) => 2,
        () if name.split('-').any(|word| word.starts_with(&wanted)) => 3,
        () if name.contains(&wanted) => 4,
        () if words.iter().all(|word| told.contains(word.as_str())) => 5,
        () if scattered(&wanted, &name) => 6,
        () => return None,
    })
}

/// Whether the letters stand in the name in this order.
fn scattered(letters: &str, name: &str) -> bool {
    let mut rest = name.chars();
    letters.chars().all(|letter| rest.any(|c| c == letter))
}

/// Commands whose name begins with `typed`, in the table's order. One that is spelt out is alone.
fn beginning(typed: &str) -> Vec<&'static Spec> {
    let typed = folded(typed);
    let found: Vec<_> = offered().filter(|spec| spec.name().starts_with(&typed)).collect();
    match found.iter().find(|spec| spec.name() == typed) {
        Some(exact) => vec![*exact],
        None => found,
    }
}

/// What Tab makes of it: as much as all names that begin so have in common; else the row's own.
pub fn completed(palette: &Palette, entries: &[Entry]) -> String {
    let typed = palette.input.value();
    let at_cursor = match entries.get(palette.cursor) {
        Some(Entry::Command(command)) => command.spec().name(),
        Some(Entry::Object(target)) => return target.id().to_owned(),
        Some(Entry::View(line)) => return line.clone(),
        None => return typed.to_owned(),
    };
    let names: Vec<String> = beginning(typed).iter().map(|spec| spec.name()).collect();
    let Some(first) = names.first() else { return at_cursor };
    if palette.cursor > 0 {
        return at_cursor;
    }
    // Names are ASCII: any byte is a boundary.
    let shared = (0..=first.len()).rev().find(|end| {
        let start = &first[..*end];
        names.iter().all(|name| name.starts_with(start))
    });
    let shared = &first[..shared.unwrap_or(0)];
    if shared.len() > folded(typed).len() { shared.to_owned() } else { at_cursor }
}

/// Why nothing is offered for what was typed.
pub fn nothing(typed: &str) -> String {
    let typed = folded(typed);
    match close(&typed).as_slice() {
        [] => format!("no command is called {typed}, and it is no id of Persona's"),
        close => format!("no command is called {typed}: did you mean {}?", close.join(" or ")),
    }
}

/// As it is meant: `Page Down` is `page-down`.
fn folded(typed: &str) -> String {
    typed.trim().to_lowercase().replace([' ', '_'], "-")
}

/// How near a name is to be offered: 0.0 has nothing in common, 1.0 is the same.
const NEAR: f64 = 0.75;

fn close(typed: &str) -> Vec<String> {
    let mut near: Vec<(f64, String)> = offered()
        .map(Spec::name)
        .map(|name| (strsim::jaro_winkler(typed, &name), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InquiryId;

    fn typed(text: &str) -> Palette {
        Palette { input: Input::new(text.to_owned()), ..Palette::default() }
    }

    fn names(text: &str, recent: &[Command]) -> Vec<String> {
        let keys = Keys::default();
        let of = |entry| match entry {
            Entry::Command(command) => Command::spec(command).name(),
            Entry::Object(target) => target.id().to_owned(),
            Entry::View(line) => line,
        };
        entries(&typed(text), recent, &keys, &Views::new(&[])).into_iter().map(of).collect()
    }

    #[test]
    fn what_is_typed_narrows_by_name_key_and_help() {
        let table = [
            ("approve", "approve"),
            (" Mism ", "mismatches"),
            ("q", "quit"),
            ("Ctrl-o", "jump-back"),
            ("gi", "forward"),
            ("relations", "relations"),
            ("page", "page-down"),
            ("pane", "pane"),
            ("one-time link", "link"),
            ("clipboard", "copy"),
            ("clflt", "clear-filter"),
            ("inq_7Q2m", "inq_7Q2m"),
            ("https://app.withpersona.com/dashboard/cases/case_17", "case_17"),
        ];
        for (text, first) in table {
            assert_eq!(names(text, &[]).first().map(String::as_str), Some(first), "{text}");
        }
        assert!(names("%%", &[]).is_empty());
        let all = names("", &[]).len() - Views::new(&[]).all.len();
        assert_eq!(all, TABLE.len() - 1, "all but the palette itself");
        assert_eq!(names("mine", &[]), ["view mine"]);
        assert_eq!(names("view save night", &[]), ["view save night"]);
        let recent = [Command::Outbox, Command::Walk];
        assert_eq!(names("", &recent)[..2], ["outbox", "walk"]);
    }

    #[test]
    fn a_name_is_completed_as_far_as_it_is_certain() {
        let table = [
            ("mis", "mismatches"),
            ("MIS", "mismatches"),
            ("pag", "page-"),
            ("page up", "page-up"),
            ("relations", "relations"),
            ("clipboard", "copy"),
            ("%%", "%%"),
        ];
        for (text, expected) in table {
            let palette = typed(text);
            let entries = entries(&palette, &[], &Keys::default(), &Views::default());
            assert_eq!(completed(&palette, &entries), expected, "{text}");
        }
        let id = InquiryId::new("inq_7Q2m").unwrap();
        let palette = Palette { ids: vec![Subject::Inquiry(id)], ..typed("inq_7") };
        let entries = entries(&palette, &[], &Keys::default(), &Views::default());
        assert_eq!(completed(&palette, &entries), "inq_7Q2m");
    }

    #[test]
    fn what_fits_nothing_is_answered_with_what_is_near() {
        assert!(nothing("mismachtes").contains("did you mean mismatches"));
        assert!(nothing("%%").starts_with("no command is called %%"));
    }
}
