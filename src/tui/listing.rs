//! A list on the screen: the cursor, what is visible, and the window of rows that is at hand.

use crate::desk::{Rows, Total, Window};

/// A window onto a list that lives in the store.
#[derive(Debug)]
pub struct List<T> {
    pub rows: Rows<T>,
    /// Absolute index of the cursor.
    pub cursor: u64,
    /// The first visible index.
    pub top: u64,
    /// Rows on the screen, as of the last layout.
    pub height: u16,
    /// False until the first window arrived.
    pub loaded: bool,
    pub problem: Option<String>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            rows: Rows { total: 0, extent: Total::Exact, first: 0, rows: Vec::new() },
            cursor: 0,
            top: 0,
            height: 10,
            loaded: false,
            problem: None,
        }
    }
}

impl<T> List<T> {
    pub fn at(&self, index: u64) -> Option<&T> {
        let offset = usize::try_from(index.checked_sub(self.rows.first)?).ok()?;
        self.rows.rows.get(offset)
    }

    pub fn selected(&self) -> Option<&T> {
        self.at(self.cursor)
    }

    /// The window that should be at hand: three screens around the cursor.
    pub fn wanted(&self) -> Window {
        let height = u64::from(self.height.max(10));
        let first = self.cursor.saturating_sub(height + height / 2);
        Window { first, rows: u32::try_from(height * 3).unwrap_or(u32::MAX) }
    }

    /// Whether the rows on the screen, or a margin of half a screen, are missing.
    pub fn lacks_rows(&self) -> bool {
        let margin = u64::from(self.height / 2);
        let first = self.top.saturating_sub(margin);
        let end = (self.top + u64::from(self.height) + margin).min(self.rows.total);
        let have_end = self.rows.first + self.rows.rows.len() as u64;
        first < self.rows.first || end > have_end
    }

    /// Moves the cursor within the list and the screen along with it.
    pub fn move_to(&mut self, index: u64) {
        self.cursor = index.min(self.rows.total.saturating_sub(1));
        self.scroll();
    }

    pub fn move_by(&mut self, rows: i64) {
        self.move_to(self.cursor.saturating_add_signed(rows));
    }

    /// Whether rows that are on the screen are not at hand.
    pub fn has_gaps(&self) -> bool {
        let end = (self.top + u64::from(self.height)).min(self.rows.total);
        !self.loaded
            || self.top < self.rows.first
            || end > self.rows.first + self.rows.rows.len() as u64
    }

    /// Keeps the cursor on the screen and the screen within the list. A cursor that leaves it takes
    /// it along by half its height: what comes next is in sight, and most steps move one row only.
    pub fn scroll(&mut self) {
        let height = u64::from(self.height.max(1));
        let lowest = self.rows.total.saturating_sub(height);
        self.top = self.top.min(lowest);
        if self.cursor < self.top || self.cursor >= self.top + height {
            self.top = self.cursor.saturating_sub(height / 2).min(lowest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_leaves_the_screen_takes_it_along_by_half() {
        let mut list: List<()> = List { height: 10, ..List::default() };
        list.rows.total = 100;
        let steps = [
            (9, 0),
            (10, 5),
            (14, 5),
            (15, 10),
            (99, 90),
            (90, 90),
            (89, 84),
            (84, 84),
            (3, 0),
            (0, 0),
        ];
        for (cursor, top) in steps {
            list.move_to(cursor);
            assert_eq!((list.cursor, list.top), (cursor, top));
        }
    }

    #[test]
    fn rows_that_are_not_at_hand_are_missed_only_where_they_are_seen() {
        let rows = Rows { total: 100, extent: Total::Exact, first: 20, rows: vec![(); 40] };
        let mut list = List { rows, height: 10, top: 20, loaded: true, ..List::default() };
        let table = [(20, false), (50, false), (51, true), (19, true), (90, true)];
        for (top, missed) in table {
            list.top = top;
            assert_eq!(list.has_gaps(), missed, "{top}");
        }
    }
}
