//! All keys in force on a page: as text for a terminal, and in Markdown for the documentation.

use super::{
    super::command::{Danger, Section, TABLE},
    Keys,
    contexts::Context,
};
use crate::config::Chord;

/// A heading and its rows: keys, name, help.
struct Part {
    title: &'static str,
    rows: Vec<Entry>,
}

struct Entry {
    keys: Vec<String>,
    /// What it is called under `[keys]`; none where its keys stay as they are.
    name: Option<String>,
    help: &'static str,
    is_decision: bool,
}

fn parts(keys: &Keys) -> Vec<Part> {
    let spelled = |chords: &[Chord]| chords.iter().map(Chord::to_string).collect::<Vec<_>>();
    let mut parts = Vec::new();
    for section in Section::ALL {
        let specs = TABLE.iter().filter(|spec| spec.section == section);
        let rows = specs.map(|spec| Entry {
            keys: spelled(keys.of_command(spec.command)),
            name: (!spec.command.is_fixed()).then(|| spec.name()),
            help: spec.help,
            is_decision: spec.danger == Danger::Decision,
        });
        parts.push(Part { title: section.title(), rows: rows.collect() });
    }
    for context in Context::ALL {
        let rows = keys.rows(context).into_iter().map(|(row, chords)| Entry {
            keys: spelled(chords),
            name: row.is_free.then(|| row.name(context)),
            help: row.help,
            is_decision: false,
        });
        parts.push(Part { title: context.title(), rows: rows.collect() });
    }
    parts
}

/// The keys in force, for a terminal.
pub fn text(keys: &Keys) -> String {
    let mut lines = Vec::new();
    for part in parts(keys) {
        lines.push(part.title.to_owned());
        for row in part.rows {
            let name = row.name.unwrap_or_else(|| "(stays)".to_owned());
            lines.push(format!("  {:<20} {name:<20} {}", shortened(&row.keys), row.help));
        }
        lines.push(String::new());
    }
    lines.join("\n")
}

/// `1 … 9` for the digits.
pub fn shortened(keys: &[String]) -> String {
    match keys {
        [one, .., nine] if one.contains('1') && nine.contains('9') => format!("{one} … {nine}"),
        keys => keys.join(" "),
    }
}

const HEAD: &str = "# Keys

Written by `caseload config keys --markdown` from the table that the console itself goes by; a test
holds this page against it. `?` shows the same in the console, and `:` finds every command by its name,
its keys and its help.

Every key can be changed under `[keys]` of the configuration, by the name in the middle column:

```toml
[keys]
approve = \"Ctrl-y\"
tab = [\"n\", \"Ctrl-x n\"]
repaint = []               # only by its name, :repaint
photo-next = \"Space\"
```

A key is a letter or a sign, `Enter`, `Esc`, `Space`, `Tab`, `Shift-Tab`, `Backspace`, an arrow (`Up`, …),
`Home`, `End`, `PageUp`, `PageDown`, or `Ctrl-` with a letter. Up to three presses are a chord: `gg`,
`Ctrl-x w`. Nothing needs Alt, a function key, Ctrl-Enter or the mouse, and where a key takes AltGr on
some keyboards there is another one. What cannot be (two commands on one key, a chord behind another
key, a key that terminals do not send, a name that is none) is told with its line by
`caseload config check`, and before the console opens.

Pasted text is never a row of commands: it goes where text is written, and an id of Persona's or a link
to its dashboard opens what it names.
";

/// The same for the documentation.
pub fn markdown(keys: &Keys) -> String {
    let mut page = HEAD.to_owned();
    for part in parts(keys) {
        page.push_str(&format!(
            "\n## {}\n\n| keys | name | what it does |\n|---|---|---|\n",
            part.title
        ));
        for row in part.rows {
            let name = row.name.map_or_else(|| "–".to_owned(), |name| format!("`{name}`"));
            let sends = if row.is_decision { "; staged, then Enter sends" } else { "" };
            let keys = match row.keys.as_slice() {
                [] => "–".to_owned(),
                keys => shortened(&keys.iter().map(|key| code(key)).collect::<Vec<_>>()),
            };
            page.push_str(&format!("| {keys} | {name} | {}{sends} |\n", row.help));
        }
    }
    page
}

/// A key as code, in a table's cell.
fn code(key: &str) -> String {
    match key {
        "`" => "`` ` ``".to_owned(),
        "|" => "`\\|`".to_owned(),
        key => format!("`{key}`"),
    }
}
