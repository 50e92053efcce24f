//! Columns that stay where they are on terminals that turn right-to-left text.
//!
//! Such a terminal reorders a whole line: figures and the next column would swap sides with a name
//! in Arabic or Hebrew. A left-to-right mark at the beginning of the line and behind every such name
//! ends what is turned there. The mark has no width; terminals that turn nothing drop it.
//! Two right-to-left values with one blank between them still count as one: columns are two apart
//! wherever both may hold such text.

use ratatui::buffer::Buffer;

/// Says that what goes on after it is left to right.
const MARK: char = '\u{200e}';

/// Marks every line that has right-to-left text.
pub fn settle(buffer: &mut Buffer) {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    for row in 0..rows {
        let cells = &mut buffer.content[row * columns..(row + 1) * columns];
        if !cells.iter().any(|cell| is_right_to_left(cell.symbol())) {
            continue;
        }
        let ends: Vec<usize> = (0..columns).filter(|nth| ends_run(cells, *nth)).collect();
        for nth in ends.into_iter().chain([0]) {
            let marked = format!("{}{MARK}", cells[nth].symbol());
            cells[nth].set_symbol(&marked);
        }
    }
}

/// Whether right-to-left text ends here: a blank between two such words is part of it.
fn ends_run(cells: &[ratatui::buffer::Cell], nth: usize) -> bool {
    let is_there = |nth: usize| cells.get(nth).is_some_and(|cell| is_right_to_left(cell.symbol()));
    let is_blank = cells.get(nth + 1).is_some_and(|cell| cell.symbol() == " ");
    is_there(nth) && !is_there(nth + 1) && !(is_blank && is_there(nth + 2))
}

/// By its first letter: Hebrew, Arabic, Syriac, Thaana, N'Ko and their neighbours, and their digits.
fn is_right_to_left(symbol: &str) -> bool {
    symbol.chars().next().is_some_and(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    })
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Style};

    use super::*;

    fn settled(line: &str) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        buffer.set_string(0, 0, line, Style::new());
        settle(&mut buffer);
        let text: String = buffer.content().iter().map(|cell| cell.symbol()).collect();
        text.trim_end().replace(MARK, "›")
    }

    #[test]
    fn right_to_left_text_ends_where_its_value_ends() {
        let table = [
            ("  3h  Ada   gov id", "  3h  Ada   gov id"),
            ("  3h  محمد  17", " › 3h  محمد›  17"),
            ("  3h  محمد النموذج  17", " › 3h  محمد النموذج›  17"),
            ("│ עדי │ x", "│› עדי› │ x"),
            ("ليلى  محمد", "ل›يلى›  محمد›"),
            ("17 شارع 5", "1›7 شارع› 5"),
        ];
        for (line, marked) in table {
            assert_eq!(settled(line), marked, "{line}");
        }
    }
}
