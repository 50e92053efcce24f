//! Newer wins: whether what Persona says now replaces what is known.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Error;

/// The object to write, as JSON; none if what is known stands.
///
/// An older version never wins. A newer one, or one without a version, is taken as it is. The
/// same version may tell less than was known (a list, an event and a retrieval do not carry the
/// same), so what it lacks is kept.
pub fn winner(
    known: Option<(Option<i64>, &str)>,
    at: Option<Timestamp>,
    incoming: String,
) -> Result<Option<String>, Error> {
    let Some((known_at, known)) = known else { return Ok(Some(incoming)) };
    let at = at.map(|at| at.as_microsecond());
    let winner = match (known_at, at) {
        (Some(known_at), Some(at)) if at < known_at => return Ok(None),
        (Some(known_at), Some(at)) if at == known_at && known != incoming => {
            completed(&incoming, known)?
        }
        _ => incoming,
    };
    Ok((winner != known).then_some(winner))
}

/// `incoming` with what it lacks taken from `known`. A redacted object lacks on purpose.
fn completed(incoming: &str, known: &str) -> Result<String, Error> {
    let mut object: Map<String, Value> = serde_json::from_str(incoming)?;
    if object.get("redacted_at").is_none_or(Value::is_null) {
        let known: Map<String, Value> = serde_json::from_str(known)?;
        for (name, value) in known {
            if object.get(&name).is_none_or(lacks) {
                object.insert(name, value);
            }
        }
    }
    Ok(serde_json::to_string(&object)?)
}

fn lacks(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Option<Timestamp> {
        Some(Timestamp::from_microsecond(micros).unwrap())
    }

    #[test]
    fn versions_decide_and_equal_ones_complete_each_other() {
        let full = r#"{"status":"open","name":"a","tags":["x"]}"#;
        let bare = r#"{"status":"open","name":null,"tags":[]}"#;
        let moved = r#"{"status":"closed","name":null,"tags":[]}"#;
        let completed = r#"{"status":"closed","name":"a","tags":["x"]}"#;
        let redacted = r#"{"status":"open","name":null,"redacted_at":"now"}"#;
        let table = [
            ("unknown", None, at(1), bare, Some(bare)),
            ("older", Some((Some(2), full)), at(1), moved, None),
            ("newer", Some((Some(1), full)), at(2), moved, Some(moved)),
            ("newer but the same", Some((Some(1), full)), at(2), full, None),
            ("same version, more", Some((Some(1), bare)), at(1), full, Some(full)),
            ("same version, less", Some((Some(1), full)), at(1), bare, None),
            ("same version, other", Some((Some(1), full)), at(1), moved, Some(completed)),
            ("same version, redacted", Some((Some(1), full)), at(1), redacted, Some(redacted)),
            ("without a version", Some((Some(1), full)), None, moved, Some(moved)),
            ("first with a version", Some((None, full)), at(1), moved, Some(moved)),
        ];
        for (case, known, at, incoming, expected) in table {
            let winner = winner(known, at, incoming.to_owned()).unwrap();
            assert_eq!(winner.as_deref(), expected, "{case}");
        }
    }
}
