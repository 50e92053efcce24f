//! What a command prints: a table for people, JSON lines or CSV for programs. All three are made
//! from the same JSON objects, and none has colours.

use std::{
    fmt::Write as _,
    io::{self, ErrorKind, Write as _, stderr, stdout},
};

use clap::ValueEnum;
use jiff::Timestamp;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::{Text, records};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people; long values are cut.
    #[default]
    Table,
    /// One JSON object a line, with every value.
    Json,
    /// A header and one line an object; nested objects are left out.
    Csv,
}

/// Which values of an object are shown, by their path: `checks.failed`.
pub struct Shape {
    /// Title and path.
    pub table: &'static [(&'static str, &'static str)],
    pub csv: &'static [&'static str],
}

/// The widest cell of a table but for the last of a row.
const WIDEST: usize = 44;

/// Many objects of one shape.
pub fn rows(format: Format, shape: &Shape, rows: &[Value]) -> String {
    match format {
        Format::Json => lines(rows),
        Format::Csv => csv(shape.csv, rows),
        Format::Table if rows.is_empty() => String::new(),
        Format::Table => {
            // A column in which nothing stands only takes room.
            let says = |path| rows.iter().any(|row| !text(at(row, path)).is_empty());
            let columns: Vec<_> = shape.table.iter().filter(|(_, path)| says(path)).collect();
            let titles = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
            let cells = |row| columns.iter().map(|(_, path)| brief(at(row, path))).collect();
            table(std::iter::once(titles).chain(rows.iter().map(cells)).collect(), "")
        }
    }
}

/// More objects below those that [`rows`] printed; not for tables.
pub fn more(format: Format, shape: &Shape, rows: &[Value]) -> String {
    match format {
        Format::Csv => records::csv(rows.iter().map(|row| cells(shape.csv, row))),
        Format::Json | Format::Table => lines(rows),
    }
}

/// One object, with what is nested in it.
pub fn object(format: Format, object: &Value) -> String {
    match format {
        Format::Json => lines(std::slice::from_ref(object)),
        Format::Csv => {
            let flat: Vec<&str> = fields(object)
                .filter(|(_, value)| !is_nested(value))
                .map(|(name, _)| name.as_str())
                .collect();
            csv(&flat, std::slice::from_ref(object))
        }
        Format::Table => tree(object, ""),
    }
}

/// Writes to stdout. A reader that closed the pipe has read enough.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Says something to whoever watches, beside what is printed. Lines stay; what a terminal would act
/// on does not.
pub fn note(words: impl std::fmt::Display) {
    let _ = writeln!(stderr(), "caseload: {}", inert_lines(&words.to_string()));
}

/// Words that may quote a file, a variable or a path, as they may be written to a terminal.
pub fn inert_lines(words: &str) -> String {
    words.split('\n').map(|line| Text::new(line).to_string()).collect::<Vec<_>>().join("\n")
}

fn lines(objects: &[Value]) -> String {
    objects.iter().fold(String::new(), |mut all, object| {
        let _ = writeln!(all, "{object}");
        all
    })
}

fn csv(paths: &[&str], rows: &[Value]) -> String {
    let header = std::iter::once(paths.iter().map(|path| (*path).to_owned()).collect());
    records::csv(header.chain(rows.iter().map(|row| cells(paths, row))))
}

fn cells(paths: &[&str], row: &Value) -> Vec<String> {
    paths.iter().map(|path| records::inert(text(at(row, path)))).collect()
}

/// Scalars as name and value, then a table for each list of objects.
fn tree(object: &Value, indent: &str) -> String {
    let scalars = fields(object).filter(|(_, value)| !is_nested(value));
    let told = scalars.map(|(name, value)| vec![words(name), brief(Some(value))]);
    let mut all = table(told.filter(|row| !row[1].is_empty()).collect(), indent);
    for (name, value) in fields(object).filter(|(_, value)| is_nested(value)) {
        let deeper = format!("{indent}  ");
        let inner = match value {
            Value::Array(objects) if objects.iter().any(|o| fields(o).any(|f| is_nested(f.1))) => {
                let trees: Vec<String> = objects.iter().map(|o| tree(o, &deeper)).collect();
                trees.join("\n")
            }
            Value::Array(objects) => {
                let mut names: Vec<&String> = Vec::new();
                for (name, value) in objects.iter().flat_map(fields) {
                    if !text(Some(value)).is_empty() && !names.contains(&name) {
                        names.push(name);
                    }
                }
                let row = |o: &Value| names.iter().map(|name| brief(o.get(*name))).collect();
                table(objects.iter().map(row).collect(), &deeper)
            }
            nested => tree(nested, &deeper),
        };
        if !inner.is_empty() {
            let _ = write!(all, "\n{indent}{}\n{inner}", words(name));
        }
    }
    all
}

fn table(rows: Vec<Vec<String>>, indent: &str) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| {
            let last = row.len().saturating_sub(1);
            let cut = |(nth, cell): (usize, String)| if nth < last { cut(&cell) } else { cell };
            row.into_iter().enumerate().map(cut).collect()
        })
        .collect();
    let width = |nth: usize| rows.iter().filter_map(|row| row.get(nth)).map(|c| c.width()).max();
    let widths: Vec<usize> = (0..columns).map(|nth| width(nth).unwrap_or(0)).collect();
    let mut all = String::new();
    for row in &rows {
        let mut line = indent.to_owned();
        for (nth, cell) in row.iter().enumerate() {
            let padding = widths[nth].saturating_sub(cell.width()) + 2;
            let _ = write!(line, "{cell}{:padding$}", "");
        }
        let _ = writeln!(all, "{}", line.trim_end());
    }
    all
}

fn cut(cell: &str) -> String {
    if cell.width() <= WIDEST {
        return cell.to_owned();
    }
    let (mut kept, mut width) = (String::new(), 0);
    for grapheme in cell.graphemes(true) {
        width += grapheme.width();
        if width >= WIDEST {
            break;
        }
        kept.push_str(grapheme);
    }
    kept + "…"
}

fn fields(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

/// Objects, and lists of them.
fn is_nested(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(Value::is_object),
        _ => false,
    }
}

fn at<'a>(object: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(object, |object, name| object.get(name))
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// For people, instants are told to the second.
fn brief(value: Option<&Value>) -> String {
    let text = text(value);
    match text.parse::<Timestamp>() {
        Ok(at) => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => text,
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Object(_)) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            items.iter().map(|item| text(Some(item))).collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHAPE: Shape = Shape {
        table: &[("id", "id"), ("name", "name"), ("failed", "checks.failed")],
        csv: &["id", "name", "tags", "checks.failed"],
    };

    #[test]
    fn the_same_objects_in_every_format() {
        let long = "あ".repeat(40);
        let objects = [
            json!({"id": "inq_1", "name": "A••• L•••", "tags": ["x", "y"], "checks": {"failed": 2}}),
            json!({"id": "inq_22", "name": long, "tags": [], "checks": null}),
        ];
        let shown = rows(Format::Table, &SHAPE, &objects);
        let mut shown = shown.lines();
        assert_eq!(shown.next(), Some(format!("id      {:<43}  failed", "name").trim_end()));
        assert!(shown.next().is_some_and(|line| line.ends_with("  2")));
        assert!(shown.next().is_some_and(|line| line.contains("あ…")));
        let json = rows(Format::Json, &SHAPE, &objects);
        assert_eq!(json.lines().count(), 2);
        let csv = rows(Format::Csv, &SHAPE, &objects);
        assert!(csv.starts_with("id,name,tags,checks.failed\ninq_1,A••• L•••,x y,2\n"), "{csv}");
        assert_eq!(rows(Format::Csv, &SHAPE, &[]), "id,name,tags,checks.failed\n");
        assert_eq!(rows(Format::Table, &SHAPE, &[]), "");
    }

    #[test]
    fn a_spreadsheet_finds_no_formula() {
        let hostile = [json!({"id": "=1+1", "name": "@x, \"y\"", "checks": {"failed": 0}})];
        let csv = rows(Format::Csv, &SHAPE, &hostile);
        assert!(csv.ends_with("'=1+1,\"'@x, \"\"y\"\"\",,0\n"), "{csv}");
    }

    #[test]
    fn one_object_is_told_with_what_is_in_it() {
        let one = json!({"id": "inq_1", "note": null, "cases": [{"id": "case_1", "status": "Open"}],
            "verifications": [{"id": "ver_1", "checks": [{"name": "a", "reasons": ["b", "c"]}]}]});
        let shown = object(Format::Table, &one);
        assert_eq!(
            shown,
            "id  inq_1\n\ncases\n  case_1  Open\n\nverifications\n  id  ver_1\n\n  checks\n    a  b c\n"
        );
        assert_eq!(object(Format::Csv, &one), "id,note\ninq_1,\n");
    }
}
