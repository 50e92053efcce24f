//! Lines of CSV that a spreadsheet takes for what they are. Pure.

/// All of them, each with its cells.
pub fn csv(lines: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).expect("a vector takes everything");
    }
    let bytes = writer.into_inner().expect("a vector takes everything");
    String::from_utf8(bytes).expect("it was made of text")
}

/// A spreadsheet takes a cell that begins like this for a formula; an apostrophe prevents that.
pub fn inert(cell: String) -> String {
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    // Some leave out what is blank before it.
    let begins = cell.starts_with(['\t', '\r', '\n']) || cell.trim_start().starts_with(formula);
    if begins { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["+1", "-1", "＝1", "\t1", "\r1", " =1"] {
            assert!(inert(cell.to_owned()).starts_with('\''), "{cell}");
        }
        assert_eq!(inert("a=b".to_owned()), "a=b");
        let line = ["a,b", "", "say \"hi\""].map(str::to_owned).to_vec();
        assert_eq!(csv([line].into_iter()), "\"a,b\",,\"say \"\"hi\"\"\"\n");
    }
}
