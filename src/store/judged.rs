//! Clauses that SQL cannot tell: words that are only like another, and whole tags, which lie in
//! bodies. Rows are read in the list's order and judged here; no more than so many of them.

use std::fmt::Write;

use super::{Error, db::Row, seal::Seal, together::Tx, window::Selection};
use crate::model::{Case, Inquiry, Text, likeness::is_like};

/// A question about rows, and whether it is to be denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub inverse: bool,
    pub question: Question,
}

/// All texts in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A word like this occurs in what is clear.
    Like(String),
    /// One of these is a tag of it.
    Tags(Vec<String>),
}

/// So many rows are looked at for a likeness.
const MOST_LOOKED_AT: u32 = 20_000;

/// So many bodies are read for a tag.
const MOST_READ: u32 = 4_000;

/// Replaces what is to be judged by the rows that were found.
pub async fn settle(db: &mut Tx, seal: &Seal, selection: &mut Selection) -> Result<(), Error> {
    for Judged { inverse, question } in std::mem::take(&mut selection.judged) {
        let found = match &question {
            Question::Like(word) => alike(db, selection, word).await?,
            Question::Tags(tags) => tagged(db, seal, selection, tags).await?,
        };
        let nth = selection.bind(json(&found));
        let not = if inverse { "NOT" } else { "" };
        selection.holds(format!("list.rowid {not} IN (SELECT value + 0 FROM json_each(${nth}))"));
    }
    Ok(())
}

async fn alike(db: &mut Tx, selection: &Selection, word: &str) -> Result<Vec<i64>, Error> {
    let sql = format!(
        "SELECT list.rowid, list.search FROM {} {} ORDER BY {} LIMIT {MOST_LOOKED_AT}",
        selection.source,
        selection.filter(),
        selection.order("list"),
    );
    let rows = selection.ask(sql).fetch_all(db).await?;
    let mut found = Vec::new();
    for row in &rows {
        if is_like(word, row.try_get(1)?) {
            found.push(row.try_get(0)?);
        }
    }
    Ok(found)
}

async fn tagged(
    db: &mut Tx,
    seal: &Seal,
    selection: &Selection,
    tags: &[String],
) -> Result<Vec<i64>, Error> {
    let mut among = selection.clone();
    // Tags of inquiries are in what is searched, so few bodies have to be read.
    if among.table == "inquiry" {
        let mut either = Vec::new();
        for tag in tags {
            let text = among.bind(tag.clone());
            either.push(format!("instr(list.search, ${text}) > 0"));
            if let Some(mark) = seal.word(tag).mark {
                let mark = among.bind(mark);
                either.push(format!("instr(list.search, ${mark}) > 0"));
            }
            // In a sealed store a tag of several words is marked word by word.
            for word in tag.split_whitespace() {
                if let Some(mark) = seal.word(word).mark {
                    let mark = among.bind(mark);
                    either.push(format!("instr(list.search, ${mark}) > 0"));
                }
            }
        }
        among.holds(format!("({})", either.join(" OR ")));
    }
    let sql = format!(
        "SELECT list.rowid AS nth, list.id, list.body FROM {} {} ORDER BY {} LIMIT {MOST_READ}",
        among.source,
        among.filter(),
        among.order("list"),
    );
    let rows = among.ask(sql).fetch_all(db).await?;
    let mut found = Vec::new();
    for row in &rows {
        let own = own_tags(seal, among.table, row)?;
        if own.iter().any(|own| tags.contains(&own.as_str().to_lowercase())) {
            found.push(row.try_get("nth")?);
        }
    }
    Ok(found)
}

fn own_tags(seal: &Seal, table: &str, row: &Row) -> Result<Vec<Text>, Error> {
    Ok(match table {
        "inquiry" => seal.object::<Inquiry>(row)?.tags,
        _ => seal.object::<Case>(row)?.tags,
    })
}

fn json(rows: &[i64]) -> String {
    let mut text = String::from("[");
    for (nth, row) in rows.iter().enumerate() {
        let comma = if nth == 0 { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{row}");
    }
    text + "]"
}
