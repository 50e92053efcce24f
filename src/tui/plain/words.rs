//! What is drawn, as it is said: columns become a sentence's parts, marks become words, and what is
//! pressed becomes what is typed. Pure.
//!
//! ```text
//!  ✗ id expired detection      required   gov id      failed: id expired detection, required, gov id
//! A• L••• ─ waiting 3h12m                             masked A* L*, waiting 3 hours 12 minutes
//! ```

use ratatui::text::Line;

/// A mark before what it is about.
const MARKS: &[(&str, &str)] = &[
    ("✗", "failed:"),
    ("✓", "ok:"),
    ("!", "attention:"),
    ("?", "unknown:"),
    ("≠", "differs:"),
    ("≈", "another form:"),
    ("=", "same:"),
    ("▸", "folded:"),
    ("▾", "unfolded:"),
    ("↑", ""),
    ("☑", "ticked:"),
    ("☐", "not ticked:"),
    ("⋮", ""),
    ("·", ""),
    ("→", ""),
];

/// A mark with a figure: `✗2`.
const COUNTS: &[(char, &str, &str)] = &[
    ('✗', "failed", "failed"),
    ('!', "signal", "signals"),
    ('?', "not proven", "not proven"),
    ('✓', "passed", "passed"),
    ('⇡', "on its way", "on their way"),
];

/// What sentences of the screen say of keys, the clipboard and the screen itself, and what is true
/// where lines are typed.
const INSTEAD: &[(&str, &str)] = &[
    ("Enter commits, Esc lets go", "yes commits, no lets go"),
    ("and Enter commits", "and that commits"),
    ("Enter commits", "yes commits"),
    ("; Enter asks Persona", "; ask-persona asks Persona"),
    ("Enter asks Persona", "refetch asks Persona"),
    ("were not asked for yet: Enter does", "were not asked for yet: refetch does"),
    ("Enter opens its inquiry", "open and its number opens its inquiry"),
    ("Enter opens one", "open and a number opens one"),
    (", Enter opens ", ", yes opens "),
    ("p reveals", "reveal and a number shows one"),
    ("reveal reveals", "reveal and a number shows one"),
    ("r shows its relations", "relations shows its relations"),
    ("x lists what failed only, once more all", "checks lists what failed only, once more all"),
    ("did not fail; x lists all", "did not fail; checks lists all"),
    ("\\ shows", "clear-filter shows"),
    ("1 gives it", "type 1 to give it"),
    ("a digit gives it before Enter", "a number gives it before yes"),
    ("if that was wrong, + changes tags again", "if that was wrong, tag changes them again"),
    ("the link was sent to the terminal's clipboard; it opens", "the link follows; it opens"),
    (": sent to the terminal's clipboard", " follows"),
    ("sent to the terminal's clipboard once more", "once more"),
    ("sent to the terminal's clipboard, and told to the journal", "this is told to the journal"),
    ("sent to the terminal's clipboard: ", "the line of this view: "),
    (
        "this item was not on the screen yet: look, then decide",
        "this item was not read to you yet: read says it",
    ),
    ("the detail's cursor is on no personal value; ", "this line is no personal value; "),
    ("put the cursor on a report or a match: it is dismissed there", ON_A_MATCH),
    (" at the cursor", " of this line"),
    ("in pane cases", "in the view cases"),
    (", not: ", "; left out: "),
    (":view ", "view "),
    (":views ", "views "),
];

const ON_A_MATCH: &str =
    "go to the reports and name the number of a report or a match: dismiss 3 dismisses it";

/// A line as it is drawn.
pub fn line(line: &Line<'_>) -> String {
    let drawn: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
    drawn_text(&drawn)
}

/// Text that stands in columns, with marks before it.
pub fn drawn_text(drawn: &str) -> String {
    let columns = drawn.replace(" ─ ", "  ").replace(" · ", "  ");
    let parts = columns.split("  ").map(str::trim).filter(|part| !part.is_empty());
    let said = parts.map(|part| sentence(&marked(part))).filter(|part| !part.is_empty());
    said.collect::<Vec<_>>().join(", ")
}

/// A value as it is: only what is hidden of it is said in words.
pub fn value(value: &str) -> String {
    let value = value.replace(" → ", " then ");
    if value.contains('•') {
        return masked(value.split_whitespace().map(ToOwned::to_owned).collect());
    }
    match value.strip_prefix('–') {
        Some(rest) => format!("empty{}", rest.replace(" required", ", required")),
        None => value,
    }
}

/// What the console says of its own accord.
pub fn text(said: &str) -> String {
    let mut said = said.to_owned();
    for (drawn, typed) in INSTEAD {
        if said.contains(drawn) {
            said = said.replace(drawn, typed);
        }
    }
    sentence(&said)
}

/// The mark that a part begins with, as a word; figures with their marks, wherever they are.
fn marked(part: &str) -> String {
    let (first, rest) = part.split_once(' ').unwrap_or((part, ""));
    let part = match MARKS.iter().find(|(mark, _)| *mark == first) {
        Some((_, "")) => rest.to_owned(),
        // `? ` alone is a figure that is missing, not a mark.
        Some(_) if rest.is_empty() => part.to_owned(),
        Some((_, word)) => format!("{word} {rest}"),
        None => part.to_owned(),
    };
    let words: Vec<String> = part.split(' ').map(counted).collect();
    let said = words.join(" ");
    INSTEAD.iter().fold(said, |said, (drawn, typed)| said.replace(drawn, typed))
}

/// `✗2` is `2 failed`.
fn counted(word: &str) -> String {
    let found = COUNTS.iter().find_map(|(mark, one, many)| {
        let figure: u64 = word.strip_prefix(*mark)?.parse().ok()?;
        Some(format!("{figure} {},", if figure == 1 { one } else { many }))
    });
    found.unwrap_or_else(|| word.to_owned())
}

/// Word by word: ages, ids, masks, and what is left of marks.
fn sentence(said: &str) -> String {
    // Quotes are heard as words of their own, or not at all.
    let said = said.replace(" · ", ", ").replace(" ─ ", ", ").replace(['“', '”'], "");
    let mut words = Vec::new();
    for word in said.split_whitespace() {
        let (core, end) = parted(word);
        match (core, span(core)) {
            ("–" | "─" | "▏" | "●" | "◐" | "○" | "·" | "▸", _) => continue,
            ("→", _) => words.push("then".to_owned()),
            (_, Some(age)) => words.push(age + end),
            _ => words.push(id(core) + end),
        }
    }
    let said = masked(words);
    said.trim_end_matches([',', ' ']).to_owned()
}

/// A word and the punctuation after it.
fn parted(word: &str) -> (&str, &str) {
    let core = word.trim_end_matches([',', ';', ':', '.', ')']);
    word.split_at(core.len())
}

/// `3h12m` in words.
fn span(word: &str) -> Option<String> {
    if word == "<1m" {
        return Some("less than a minute".to_owned());
    }
    let (mut parts, mut figure) = (Vec::new(), String::new());
    for c in word.chars() {
        let unit = match c {
            '0'..='9' => {
                figure.push(c);
                continue;
            }
            'd' => "day",
            'h' => "hour",
            'm' => "minute",
            _ => return None,
        };
        let count: u64 = std::mem::take(&mut figure).parse().ok()?;
        if count > 0 || parts.is_empty() {
            parts.push(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
        }
    }
    (figure.is_empty() && !parts.is_empty()).then(|| parts.join(" "))
}

/// `inq_4KvC…DiBt` by its beginning and its end; what was cut says so in letters.
fn id(word: &str) -> String {
    match word.split_once('…') {
        None => word.replace('×', " by "),
        Some((start, "")) => format!("{start}..."),
        Some(("", end)) => format!("...{end}"),
        Some((start, end)) => format!("{start} ending {end}"),
    }
}

/// What is hidden of a value is a star, and the word before it says that it is masked.
fn masked(words: Vec<String>) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut is_masked = false;
    for word in words {
        if !word.contains('•') {
            is_masked &= word == "*";
            out.push(word);
            continue;
        }
        let mut starred = String::new();
        for c in word.chars() {
            match c {
                '•' if starred.ends_with('*') => {}
                '•' => starred.push('*'),
                c => starred.push(c),
            }
        }
        if !is_masked {
            out.push("masked".to_owned());
            is_masked = true;
        }
        if starred.chars().any(char::is_alphanumeric) {
            out.push(starred);
        } else if let (_, end @ (":" | "," | ";")) = parted(&starred)
            && let Some(last) = out.last_mut()
        {
            last.push_str(end);
        }
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_marks_become_a_sentence() {
        let table = [
            (
                " ✗ id expired detection        required   gov id",
                "failed: id expired detection, required, gov id",
            ),
            ("   inq_4KvC…DiBt A• L•••     needs review   ✗2 !1", NAMED),
            (
                " ! 2 other accounts share this device; r",
                "attention: 2 other accounts share this device; r",
            ),
            (
                "  threat high   ! proxy  ✓ no Tor  ? VPN ",
                "threat high, attention: proxy, ok: no Tor, unknown: VPN",
            ),
            ("            ⋮ 3h00m nothing happened", "3 hours nothing happened"),
            ("   ☑ asked for documents", "ticked: asked for documents"),
            ("inq_7Q2m…5aCd ─ needs review ─ waiting <1m ", WAITS),
            ("reference 17 · tags vip, urgent", "reference 17, tags vip, urgent"),
            (
                "→ approve will be sent; undo takes it back",
                "approve will be sent; undo takes it back",
            ),
            (
                " checks not looked at yet: Enter asks Persona",
                "checks not looked at yet: refetch asks Persona",
            ),
            ("failed → passed", "failed then passed"),
            ("  asking Persona…", "asking Persona..."),
            ("   –", ""),
        ];
        for (drawn, said) in table {
            assert_eq!(drawn_text(drawn), said, "{drawn}");
        }
    }

    const NAMED: &str = "inq_4KvC ending DiBt masked A* L*, needs review, 2 failed, 1 signal";
    const WAITS: &str = "inq_7Q2m ending 5aCd, needs review, waiting less than a minute";

    #[test]
    fn what_is_masked_says_so_once() {
        let table = [
            ("name first: A•••", "name first: masked A*"),
            ("19••-••-••", "masked 19*-*-*"),
            ("•••", "masked"),
            ("•• ••", "masked"),
            ("j•@a•.com", "masked j*@a*.com"),
            ("private IPv4 •••", "private IPv4 masked"),
            ("••• 5 to 20 words", "masked 5 to 20 words"),
            ("by jane, “••• 5 to 20 words”", "by jane, masked 5 to 20 words"),
            ("A• •: birth date", "masked A*: birth date"),
            ("A• L• then B•", "masked A* L* then masked B*"),
        ];
        for (drawn, said) in table {
            assert_eq!(text(drawn), said, "{drawn}");
        }
    }

    #[test]
    fn sentences_name_what_is_typed() {
        let table = [
            (
                "a decision is staged: Enter commits, Esc lets go",
                "a decision is staged: yes commits, no lets go",
            ),
            ("approve of inq_7Q2m…5aCd leaves in 5 s; undo takes it back", LEAVES),
            ("it waits 5d03h, 42m or 60m.", "it waits 5 days 3 hours, 42 minutes or 60 minutes."),
            ("type 3, the number of items, and Enter commits", COUNTED),
            ("no view is called x: :views lists them", "no view is called x: views lists them"),
            ("640×480 is large", "640 by 480 is large"),
        ];
        for (drawn, said) in table {
            assert_eq!(text(drawn), said, "{drawn}");
        }
    }

    const COUNTED: &str = "type 3, the number of items, and that commits";
    const LEAVES: &str = "approve of inq_7Q2m ending 5aCd leaves in 5 s; undo takes it back";
}
