//! The tables and the configuration made into the keys in force, or why they cannot be: a name that
//! is none, two meanings of a key, a chord that is never reached.

use super::{
    super::command::{Command, TABLE},
    Keys,
    contexts::{Context, Row},
};
use crate::config::{self, Bound, Chord};

/// What is wrong with a name of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// As it is written under `[keys]`.
    pub name: String,
    pub what: String,
}

impl Problem {
    /// With the name, unless that is like none of ours: then it may be anything.
    pub fn told(&self) -> String {
        if names().any(|name| name == self.name) || self.what.contains("did you mean") {
            return format!("{}: {}", self.name, self.what);
        }
        self.what.clone()
    }
}

/// A key by which a command or a row is asked for, and its name in the configuration.
struct Taken<'a> {
    chord: &'a Chord,
    name: String,
}

pub fn bind(configured: &config::Keys) -> Result<Keys, Problem> {
    for name in configured.keys() {
        known(name)?;
    }
    let mut commands = Vec::with_capacity(TABLE.len());
    for spec in TABLE {
        let mut keys = chords(configured, &spec.name(), spec.keys)?;
        // On every screen there is a way on and a way back.
        for (command, stays) in STAY {
            if spec.command == command && !keys.iter().any(|key| key.alone() == Some(stays)) {
                keys.push(config::chord(stays).expect("it is the name of a key"));
            }
        }
        commands.push((spec.command, keys));
    }
    let mut keys = Keys { commands, own: Vec::new(), named: false };
    for context in Context::ALL {
        let mut own = Vec::new();
        for row in context.rows() {
            let mut presses = chords(configured, &row.name(context), row.keys)?;
            if let Some(long) = presses.iter().find(|chord| chord.alone().is_none()) {
                let what = format!("{long}: {} a key is one press", context.place());
                return Err(Problem { name: row.name(context), what });
            }
            for command in row.follows {
                for chord in keys.of_command(*command) {
                    if chord.alone().is_some() && !presses.contains(chord) {
                        presses.push(chord.clone());
                    }
                }
            }
            own.push(presses);
        }
        keys.own.push((context, own));
    }
    trapped(&keys)?;
    collisions(&keys, configured)?;
    in_contexts(&keys, configured)?;
    Ok(keys)
}

/// Keys that these have whatever is configured; sentences of the screen rely on them.
const STAY: [(Command, &str); 2] = [(Command::Open, "Enter"), (Command::Back, "Esc")];

/// Configured, or as the table says.
fn chords(configured: &config::Keys, name: &str, usual: &[&str]) -> Result<Vec<Chord>, Problem> {
    let read = |spelling: &str| {
        config::chord(spelling).map_err(|what| Problem { name: name.to_owned(), what })
    };
    match configured.get(name) {
        Some(Bound(mine)) => mine.iter().map(|spelling| read(spelling)).collect(),
        None => usual.iter().map(|spelling| read(spelling)).collect(),
    }
}

/// Everything that can be configured, by name.
fn names() -> impl Iterator<Item = String> {
    let rows = Context::ALL.into_iter().flat_map(|context| {
        let free = context.rows().into_iter().filter(|row| row.is_free);
        free.map(move |row| row.name(context))
    });
    let commands = TABLE.iter().filter(|spec| !spec.command.is_fixed());
    commands.map(|spec| spec.name()).chain(rows)
}

fn known(name: &str) -> Result<(), Problem> {
    if names().any(|known| known == name) {
        return Ok(());
    }
    let fixed = |row: &&'static Row, context: Context| row.name(context) == name;
    let is_fixed =
        Context::ALL.iter().any(|context| context.rows().iter().any(|row| fixed(row, *context)));
    let always = TABLE.iter().any(|spec| spec.command.is_fixed() && spec.name() == name);
    let what = if is_fixed || always {
        "this key stays as it is, so that there is always a way on and a way back".to_owned()
    } else {
        let close = names().map(|known| (strsim::damerau_levenshtein(name, &known), known));
        let near = close.filter(|(distance, known)| *distance <= known.len().max(3) / 2).min();
        match near {
            Some((_, near)) => format!("no command is called so; did you mean {near}?"),
            None => "no command is called so: caseload config keys lists them".to_owned(),
        }
    };
    Err(Problem { name: name.to_owned(), what })
}

/// In the palette every command can be asked for.
fn trapped(keys: &Keys) -> Result<(), Problem> {
    if keys.of_command(Command::Prompt).is_empty() {
        let what = "needs a key: what has none is asked for by its name there".to_owned();
        return Err(Problem { name: Command::Prompt.spec().name(), what });
    }
    Ok(())
}

/// Of two that collide, the one that was configured is at fault.
fn blame<'a>(one: &'a str, other: &'a str, configured: &config::Keys) -> (&'a str, &'a str) {
    if configured.contains_key(one) { (one, other) } else { (other, one) }
}

fn collisions(keys: &Keys, configured: &config::Keys) -> Result<(), Problem> {
    let all: Vec<Taken<'_>> = keys
        .commands
        .iter()
        .flat_map(|(command, chords)| {
            chords.iter().map(|chord| Taken { chord, name: command.spec().name() })
        })
        .collect();
    for (nth, one) in all.iter().enumerate() {
        for other in &all[nth + 1..] {
            let (first, second) = (one.chord.presses(), other.chord.presses());
            let (name, of) = blame(&one.name, &other.name, configured);
            let problem = |what| Err(Problem { name: name.to_owned(), what });
            if first == second && one.name == other.name {
                return problem(format!("{} stands there twice", one.chord));
            }
            if first == second {
                return problem(format!("{} is {of}'s key: give {of} another one too", one.chord));
            }
            let (short, long) = match first.len() < second.len() {
                true => (one, other),
                false => (other, one),
            };
            if long.chord.presses().starts_with(short.chord.presses()) {
                let what = format!(
                    "{} can never be reached: {} is {} already",
                    long.chord, short.chord, short.name
                );
                return problem(what);
            }
        }
    }
    Ok(())
}

/// In each context a press means one thing, and what still runs there is not hidden.
fn in_contexts(keys: &Keys, configured: &config::Keys) -> Result<(), Problem> {
    for (context, own) in &keys.own {
        let mut taken: Vec<Taken<'_>> = Vec::new();
        for (row, chords) in context.rows().iter().zip(own) {
            for (nth, chord) in chords.iter().enumerate() {
                let name = source(row, *context, keys, chord);
                let before = taken.iter().find(|taken| taken.chord == chord);
                if let Some(before) = before.filter(|_| !chords[..nth].contains(chord)) {
                    let (name, of) = blame(&name, &before.name, configured);
                    let what = format!("{chord} is {of} {}: take another key", context.place());
                    return Err(Problem { name: name.to_owned(), what });
                }
                taken.push(Taken { chord, name });
            }
        }
        let still_runs = |command: Command| match context {
            Context::Commit => command.runs_while_staged(),
            context => context.hears_lock() && command == Command::Lock,
        };
        for (command, chords) in keys.commands.iter().filter(|(command, _)| still_runs(*command)) {
            for chord in chords {
                let first = &chord.presses()[..1];
                let hides = |taken: &&Taken<'_>| taken.chord.presses() == first;
                let Some(hides) = taken.iter().find(hides) else { continue };
                let of_command = command.spec().name();
                let is_followed = context.rows().iter().any(|row| row.follows.contains(command));
                if is_followed {
                    continue;
                }
                let (name, _) = blame(&of_command, &hides.name, configured);
                let what = format!(
                    "{} is {} {}: {of_command} would not be heard there",
                    hides.chord,
                    hides.name,
                    context.place()
                );
                return Err(Problem { name: name.to_owned(), what });
            }
        }
    }
    Ok(())
}

/// What a row has a key from: itself, or the command that it follows.
fn source(row: &Row, context: Context, keys: &Keys, chord: &Chord) -> String {
    let followed = row.follows.iter().find(|command| keys.of_command(**command).contains(chord));
    followed.map_or_else(|| row.name(context), |command| command.spec().name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Keys, String> {
        let config = config::parse(text, "c.toml").unwrap();
        bind(&config.keys).map_err(|problem| format!("{}: {}", problem.name, problem.what))
    }

    #[test]
    fn every_key_means_one_thing_by_default() {
        bind(&config::Keys::new()).unwrap();
    }

    #[test]
    fn keys_of_the_reviewers_own_hold_in_every_context() {
        let keys = told(
            "[keys]\nundo = \"U\"\ntab = [\"n\", \"Ctrl-x n\"]\nphoto-next = \"Space\"\nrefetch = []\n",
        )
        .unwrap();
        assert_eq!(keys.shown(Command::Undo), "U");
        assert_eq!(keys.shown(Command::Refetch), ":refetch");
        let presses = |spelled: &[&str]| {
            keys.resolve(&spelled.iter().map(|press| (*press).to_owned()).collect::<Vec<_>>())
        };
        use super::super::Resolved;
        assert_eq!(presses(&["Ctrl-x"]), Resolved::Prefix);
        assert_eq!(presses(&["Ctrl-x", "n"]), Resolved::Command(Command::NextTab));
        assert_eq!(presses(&["u"]), Resolved::Nothing);
        assert!(keys.told(Context::Commit, "let go").contains(&"U".to_owned()));
        assert!(!keys.told(Context::Commit, "let go").contains(&"u".to_owned()));
        assert!(!keys.told(Context::Viewer, "next").contains(&"n".to_owned()));
    }

    #[test]
    fn what_cannot_be_is_named_with_what_to_do() {
        let table = [
            ("approve = \"d\"", "approve: d is decline's key: give decline another one too"),
            ("aprove = \"a\"", "aprove: no command is called so; did you mean approve?"),
            ("verylittlelikeone = \"a\"", "verylittlelikeone: no command is called so: caseload"),
            ("filter = \"jj\"", "filter: jj can never be reached: j is down already"),
            ("filter = \"g\"", "filter: gg can never be reached: g is filter already"),
            ("filter = [\"t\", \"t\"]", "filter: t stands there twice"),
            ("command = []", "command: needs a key"),
            ("refetch = \"Enter\"", "refetch: Enter is open's key"),
            ("interrupt = \"t\"", "interrupt: this key stays as it is"),
            ("staged-commit = \"t\"", "staged-commit: this key stays as it is"),
            ("staged-comment = \"u\"", "staged-comment: u is undo while a decision is staged"),
            ("undo = \"c\"", "undo: c is staged-comment while a decision is staged"),
            ("help = \"c\"", "help: c is staged-comment while a decision is staged: help would"),
            ("undo = \"5\"", "undo: 5 is fifth-view's key"),
            ("lock = \"r\"\nrelations = \"t\"", "lock: r is photo-turn over photos: lock would"),
            ("down = \"n\"", "down: n is photo-next over photos"),
            ("photo-turn = \"tt\"", "photo-turn: tt: over photos a key is one press"),
        ];
        for (line, expected) in table {
            let said = told(&format!("[keys]\n{line}\n")).unwrap_err();
            assert!(said.starts_with(expected), "{line}: {said}");
        }
        told("[keys]\napprove = \"d\"\ndecline = \"x\"\nchecks = \"a\"\n").unwrap();
    }
}
