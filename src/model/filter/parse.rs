//! Reads a line of a filter. What is not finished yet (`status:`, `!`) is left out: somebody types.

use std::fmt;

use super::{Clause, Filter, List, Order, Takes, Test, Than, Value, fields};
use crate::model::Text;

/// A word of a line that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub word: String,
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.word, self.why)
    }
}

/// A letter, and whether it stood in quotes: there it is nothing but itself.
type Letter = (char, bool);

/// # Errors
/// With the first word that cannot be used.
pub fn parse(line: &str, list: List) -> Result<Filter, Problem> {
    let words = words(line);
    let mut filter = Filter::default();
    // Which list it is for says what its fields are, wherever that stands.
    for word in &words {
        if let Some(("in", value)) = field(word).as_ref().map(|(name, v)| (name.as_str(), v)) {
            filter.list = list_of(&text(value)).map_err(|why| problem(word, why))?;
        }
    }
    let list = filter.list.unwrap_or(list);
    for word in &words {
        let (inverse, rest) = marked(word, '!');
        let (like, rest) = marked(rest, '~');
        let about = field(rest).filter(|_| !like);
        let Some((name, value)) = about else {
            let test = if like { Test::Like } else { Test::Word };
            filter.clauses.extend(said(rest).map(|text| Clause { inverse, test: test(text) }));
            continue;
        };
        if value.is_empty() && name != "in" && known(&name, list).is_ok() {
            continue;
        }
        match name.as_str() {
            "in" => {}
            "order" => filter.order = Some(order(&text(value)).map_err(|why| problem(word, why))?),
            _ => {
                let spec = known(&name, list).map_err(|why| problem(word, why))?;
                let value = read(value, spec.takes).map_err(|why| problem(word, why))?;
                let Some(value) = value else { continue };
                filter.clauses.push(Clause { inverse, test: Test::Is(spec.field, value) });
            }
        }
    }
    Ok(filter)
}

fn problem(word: &[Letter], why: String) -> Problem {
    Problem { word: text(word), why }
}

/// Words of a line: spaces divide it but in quotes, where `\"` is a quote and `\\` a backslash.
fn words(line: &str) -> Vec<Vec<Letter>> {
    let (mut words, mut word, mut quoted) = (Vec::new(), Vec::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => {
                let escaped = letters.next_if(|next| matches!(next, '"' | '\\'));
                word.push((escaped.unwrap_or('\\'), true));
            }
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            c => word.push((c, quoted)),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn text(letters: &[Letter]) -> String {
    letters.iter().map(|(letter, _)| letter).collect()
}

/// None where nothing can be seen of it.
fn said(letters: &[Letter]) -> Option<Text> {
    let text = Text::new(&text(letters));
    (!text.is_empty()).then_some(text)
}

/// Whether it begins with a mark, and what comes after it.
fn marked(word: &[Letter], mark: char) -> (bool, &[Letter]) {
    match word.split_first() {
        Some(((letter, false), rest)) if *letter == mark => (true, rest),
        _ => (false, word),
    }
}

/// The name before the first colon, in lower case, and what is behind it.
fn field(word: &[Letter]) -> Option<(String, &[Letter])> {
    let at = word.iter().position(|letter| *letter == (':', false))?;
    Some((text(&word[..at]).to_lowercase(), &word[at + 1..]))
}

fn known(name: &str, list: List) -> Result<&'static super::FieldSpec, String> {
    let found = fields(list).find(|spec| spec.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = fields(list).map(|spec| spec.name).chain(["order"]).collect();
        format!("no field {name}; fields are {}", names.join(", "))
    })
}

fn list_of(value: &str) -> Result<Option<List>, String> {
    match value.to_lowercase().as_str() {
        "" => Ok(None),
        "inquiries" => Ok(Some(List::Inquiries)),
        "cases" => Ok(Some(List::Cases)),
        _ => Err("in:inquiries or in:cases".to_owned()),
    }
}

fn order(value: &str) -> Result<Order, String> {
    let typed = value.to_lowercase();
    let names: Vec<&str> = Order::ALL.iter().map(|order| order.name()).collect();
    let mut found = Order::ALL.into_iter().filter(|order| order.name().starts_with(&typed));
    found.next().ok_or_else(|| format!("order is one of {}", names.join(", ")))
}

/// None while it is not finished.
fn read(value: &[Letter], takes: Takes) -> Result<Option<Value>, String> {
    let typed = text(value).to_lowercase();
    let bare = value.iter().all(|(_, quoted)| !quoted);
    match takes {
        Takes::Texts(special) if bare && is_special(&typed, special) => Ok(Some(named(&typed))),
        Takes::Texts(_) => {
            let parts = value.split(|letter| *letter == (',', false));
            let texts: Vec<Text> = parts.filter_map(said).collect();
            Ok((!texts.is_empty()).then_some(Value::Texts(texts)))
        }
        Takes::YesNo => match typed.as_str() {
            "y" | "ye" | "yes" => Ok(Some(Value::Yes)),
            "n" | "no" => Ok(Some(Value::No)),
            _ => Err("yes or no".to_owned()),
        },
        Takes::YesNoAny => match typed.as_str() {
            "any" | "all" => Ok(Some(Value::Any)),
            typed if "any".starts_with(typed) => Ok(None),
            _ => read(value, Takes::YesNo).map_err(|_| "yes, no or any".to_owned()),
        },
        Takes::Number => {
            let (than, rest) = than(&typed);
            if rest.is_empty() {
                return Ok(None);
            }
            let number = rest.parse().map_err(|_| "a number, as in >0 or 3".to_owned())?;
            Ok(Some(Value::Number(than.unwrap_or(Than::Equal), number)))
        }
        Takes::Age => match than(&typed) {
            (Some(than), rest) => Ok(length(rest)?.map(|seconds| Value::Span(than, seconds))),
            (None, _) => Err("a length of time, as in >2h or <30m".to_owned()),
        },
        Takes::Deadline if "late".starts_with(&typed) => {
            Ok((typed == "late").then_some(Value::Late))
        }
        Takes::Deadline if "none".starts_with(&typed) => {
            Ok((typed == "none").then_some(Value::Missing))
        }
        Takes::Deadline => match than(&typed) {
            (Some(than), rest) => Ok(length(rest)?.map(|seconds| Value::Span(than, seconds))),
            (None, _) => Err("late, none, or what is left, as in <1h".to_owned()),
        },
    }
}

fn is_special(typed: &str, special: &[&str]) -> bool {
    special.contains(&typed) || typed == "all" && special.contains(&"any")
}

fn named(typed: &str) -> Value {
    match typed {
        "any" | "all" => Value::Any,
        "me" => Value::Me,
        _ => Value::Missing,
    }
}

fn than(typed: &str) -> (Option<Than>, &str) {
    let signs = [Than::AtMost, Than::AtLeast, Than::Less, Than::More, Than::Equal];
    let found = signs.into_iter().find_map(|than| Some((than, typed.strip_prefix(than.sign())?)));
    found.map_or((None, typed), |(than, rest)| (Some(than), rest))
}

/// `2h`, `30m`; a bare number is not finished yet.
fn length(typed: &str) -> Result<Option<u64>, String> {
    let digits = typed.len() - typed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = typed.split_at(digits);
    let bad = || "a length of time has a unit: m, h, d or w".to_owned();
    if typed.is_empty() || unit.is_empty() {
        return Ok(None);
    }
    let number: u64 = number.parse().map_err(|_| bad())?;
    let unit: u64 = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return Err(bad()),
    };
    // A hundred years are enough for anything that waits.
    Ok(Some(number.saturating_mul(unit).min(3_153_600_000)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_read_and_written_again() {
        // What is typed, and how it is written again.
        let table = [
            ("", ""),
            ("jane  doe", "jane doe"),
            ("\"jane doe\"", "\"jane doe\""),
            ("!jane", "!jane"),
            ("~mullr !~x", "~mullr !~x"),
            ("STATUS:Approved", "status:Approved"),
            ("status:\"needs review\"", "status:\"needs review\""),
            ("status:all", "status:any"),
            ("status:approved,declined", "status:approved,declined"),
            ("!tag:vip", "!tag:vip"),
            ("failed:>0 signals:3 failed:>=2", "failed:>0 signals:3 failed:>=2"),
            ("age:>120m age:<90m", "age:>2h age:<90m"),
            ("sla:late sla:none sla:<1h", "sla:late sla:none sla:<1h"),
            ("late:y case:no", "late:yes case:no"),
            ("snoozed:y snoozed:any snoozed:an", "snoozed:yes snoozed:any"),
            ("order:risk jane", "jane order:risk"),
            // Not finished.
            ("status: ! ~ age:>2 sla:la failed:> tag:,", ""),
            ("\"a:b\" \"!c\" \"d", "\"a:b\" \"!c\" d"),
            ("\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""),
            ("jane \u{e0100} !\u{e0100} tag:\u{e0100}", "jane"),
            // A backslash is itself, but in quotes before a quote or another.
            (r"a\b\\", r"a\b\\"),
            (r#""a: \b" "\\:\"""#, r#""a: \\b" "\\:\"""#),
        ];
        for (line, written) in table {
            let filter = parse(line, List::Inquiries).unwrap_or_else(|why| panic!("{line}: {why}"));
            assert_eq!(filter.to_string(), written, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_with_what_can() {
        let table = [
            ("jane colour:red", "colour:red: no field colour; fields are status, template, tag, "),
            ("colour:", "colour:: no field colour; fields are "),
            ("failed:many", "failed:many: a number, as in >0 or 3"),
            ("age:2h", "age:2h: a length of time, as in >2h or <30m"),
            ("age:>2x", "age:>2x: a length of time has a unit: m, h, d or w"),
            ("late:perhaps", "late:perhaps: yes or no"),
            ("snoozed:later", "snoozed:later: yes, no or any"),
            ("sla:soon", "sla:soon: late, none, or what is left, as in <1h"),
            ("order:colour", "order:colour: order is one of sla, age, risk, newest"),
            ("assignee:me", "assignee:me: no field assignee; "),
            ("in:accounts", "in:accounts: in:inquiries or in:cases"),
        ];
        for (line, expected) in table {
            let why = parse(line, List::Inquiries).expect_err(line).to_string();
            assert!(why.starts_with(expected), "{why}");
        }
    }

    #[test]
    fn a_line_can_say_which_list_it_is_for() {
        let filter = parse("assignee:me in:cases queue:none", List::Inquiries).unwrap();
        assert_eq!(filter.list, Some(List::Cases));
        assert_eq!(filter.to_string(), "in:cases assignee:me queue:none");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(line in "([a-z]{0,3}|[!~\":,<>=\\\\ ]|status:|tag:|failed:|age:|sla:|[0-9hm]){0,14}|\\PC{0,20}") {
            for list in [List::Inquiries, List::Cases] {
                let Ok(filter) = parse(&line, list) else { continue };
                let written = filter.to_string();
                prop_assert_eq!(parse(&written, list), Ok(filter), "{} as {}", line, written);
            }
        }
    }
}
