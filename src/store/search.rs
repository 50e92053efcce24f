//! How a search is answered: by an index of every three characters in a row, or by walking along
//! the list. All that is SQLite's own about searching is here; `0006_scale.sql` keeps the index.
//!
//! The words are looked for anywhere in a row's text. The index (a trigram index of FTS5) tells
//! which rows may have them and `instr` decides, so both ways find the same. Few candidates are
//! read and sorted. Of many, the first along the list are soon found by walking.

use sqlx::{Row, SqliteConnection};

use super::{Error, window::Selection};
use crate::model::Text;

/// So many candidates are read and sorted within a few milliseconds.
const FEW: i64 = 4_000;

/// A row of characters that the index knows.
const GRAM: usize = 3;

/// Of a longer word this many pieces are asked for; the row itself is asked for the rest.
const MOST_GRAMS: usize = 24;

/// The words of a search, as rows spell them.
pub fn words(search: Option<&Text>) -> Vec<String> {
    let text = search.map_or("", |text| text.as_str()).to_lowercase();
    text.split_whitespace().map(str::to_owned).collect()
}

/// Narrows a selection of inquiries to the index's candidates, if these are few.
pub async fn narrow(db: &mut SqliteConnection, selection: &mut Selection) -> Result<(), Error> {
    let Some(asked) = grams(&selection.words) else { return Ok(()) };
    let sql =
        "SELECT count(*) FROM (SELECT 1 FROM inquiry_grams WHERE inquiry_grams MATCH $1 LIMIT $2)";
    let found = sqlx::query(sql).bind(&asked).bind(FEW + 1).fetch_one(db).await?;
    if found.try_get::<i64, _>(0)? <= FEW {
        let among = |n| {
            format!(
                "list.rowid IN (SELECT rowid FROM inquiry_grams WHERE inquiry_grams MATCH ${n})"
            )
        };
        selection.condition(among, asked);
        // Only the candidates are read: no index of the list is to be walked along.
        selection.source = "inquiry AS list NOT INDEXED";
    }
    Ok(())
}

/// What a row must have to have all words, in the index's language; none if they are too short.
fn grams(words: &[String]) -> Option<String> {
    let mut asked: Vec<String> = Vec::new();
    for word in words {
        let chars: Vec<char> = word.chars().collect();
        for gram in chars.windows(GRAM).take(MOST_GRAMS) {
            let gram: String = gram.iter().collect();
            let quoted = format!("\"{}\"", gram.replace('"', "\"\""));
            if !asked.contains(&quoted) {
                asked.push(quoted);
            }
        }
    }
    (!asked.is_empty()).then(|| asked.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_pieces_that_cannot_be_taken_for_operators() {
        let asked = |text: &str| grams(&words(Some(&Text::new(text))));
        assert_eq!(asked("ad é"), None, "too short for the index");
        assert_eq!(asked("").as_deref(), None);
        assert_eq!(asked("NOTE ad").as_deref(), Some("\"not\" AND \"ote\""));
        assert_eq!(asked("a\"b*").as_deref(), Some("\"a\"\"b\" AND \"\"\"b*\""));
        assert_eq!(asked("山田太郎").as_deref(), Some("\"山田太\" AND \"田太郎\""));
    }
}
