//! How a search is answered: by an index of every three characters in a row, or by walking along
//! the list. All that is SQLite's own about searching is here; `0006_scale.sql` keeps the index.
//!
//! The words are looked for anywhere in a row's text. The index (a trigram index of FTS5) tells
//! which rows may have them and `instr` decides, so both ways find the same. Few candidates are
//! read and sorted. Of many, the first along the list are soon found by walking.

use super::{Error, db::query, marks::Word, together::Tx, window::Selection};
use crate::model::Text;

/// So many candidates are read and sorted within a few milliseconds.
const FEW: i64 = 4_000;

/// A row of characters that the index knows.
const GRAM: usize = 3;

/// Of a longer word this many pieces are asked for; the row itself is asked for the rest.
const MOST_GRAMS: usize = 24;

/// The words of a search, as rows spell them or as they are marked there.
pub fn words(search: Option<&Text>, word: impl Fn(&str) -> Word) -> Vec<Word> {
    let text = search.map_or("", |text| text.as_str()).to_lowercase();
    text.split_whitespace().map(word).collect()
}

/// Narrows a selection of inquiries to the index's candidates, if these are few.
pub async fn narrow(db: &mut Tx, selection: &mut Selection) -> Result<(), Error> {
    // A server has no such index: it walks along the list.
    let (Some(asked), Tx::File(_)) = (grams(&selection.words), &*db) else { return Ok(()) };
    let sql =
        "SELECT count(*) FROM (SELECT 1 FROM inquiry_grams WHERE inquiry_grams MATCH $1 LIMIT $2)";
    let found = query(sql).bind(&asked).bind(FEW + 1).fetch_one(db).await?;
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
fn grams(words: &[Word]) -> Option<String> {
    let mut asked: Vec<String> = Vec::new();
    let mut ask = |condition: String| {
        if !asked.contains(&condition) {
            asked.push(condition);
        }
    };
    for word in words {
        let chars: Vec<char> = word.text.chars().collect();
        let grams = chars.windows(GRAM).take(MOST_GRAMS);
        let grams: Vec<String> =
            grams.map(|gram| quoted(&gram.iter().collect::<String>())).collect();
        match &word.mark {
            None => grams.into_iter().for_each(&mut ask),
            // Of a short word the index knows the mark alone, which is not all that may be found.
            Some(_) if grams.is_empty() => {}
            Some(mark) => ask(format!("(({}) OR {})", grams.join(" AND "), quoted(mark))),
        }
    }
    (!asked.is_empty()).then(|| asked.join(" AND "))
}

fn quoted(gram: &str) -> String {
    format!("\"{}\"", gram.replace('"', "\"\""))
}

/// Empties the index and lets it be while every row is written anew: one by one that would take
/// hours.
pub async fn suspend(db: &mut Tx) -> Result<(), Error> {
    let steps = [
        "DROP TRIGGER IF EXISTS inquiry_is_read_again",
        "INSERT INTO inquiry_grams (inquiry_grams) VALUES ('delete-all')",
    ];
    for sql in steps {
        query(sql).execute(&mut *db).await?;
    }
    Ok(())
}

/// Makes the index anew, and has it follow again as `0006_scale.sql` has it.
pub async fn resume(db: &mut Tx) -> Result<(), Error> {
    let steps = [
        "INSERT INTO inquiry_grams (inquiry_grams) VALUES ('rebuild')",
        "CREATE TRIGGER IF NOT EXISTS inquiry_is_read_again AFTER UPDATE OF search ON inquiry
         WHEN old.search IS NOT new.search
         BEGIN
             INSERT INTO inquiry_grams (inquiry_grams, rowid, search)
                 VALUES ('delete', old.rowid, old.search);
             INSERT INTO inquiry_grams (rowid, search) VALUES (new.rowid, new.search);
         END",
    ];
    for sql in steps {
        query(sql).execute(&mut *db).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_pieces_that_cannot_be_taken_for_operators() {
        let asked = |text: &str| grams(&words(Some(&Text::new(text)), Word::clear));
        assert_eq!(asked("ad é"), None, "too short for the index");
        assert_eq!(asked("").as_deref(), None);
        assert_eq!(asked("NOTE ad").as_deref(), Some("\"not\" AND \"ote\""));
        assert_eq!(asked("a\"b*").as_deref(), Some("\"a\"\"b\" AND \"\"\"b*\""));
        assert_eq!(asked("山田太郎").as_deref(), Some("\"山田太\" AND \"田太郎\""));
    }

    #[test]
    fn a_hidden_word_is_asked_for_by_its_mark_as_well() {
        let marked = |text: &str| Word { text: text.to_owned(), mark: Some("#\"#".to_owned()) };
        let asked = |text: &str| grams(&words(Some(&Text::new(text)), marked));
        assert_eq!(asked("ad"), None);
        let both = "((\"jan\" AND \"ane\") OR \"#\"\"#\")";
        assert_eq!(asked("jane").as_deref(), Some(both));
        assert_eq!(asked("jane ad Jane").as_deref(), Some(both));
    }
}
