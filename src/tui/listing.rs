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

    /// Keeps the cursor on the screen and the screen within the list.
    pub fn scroll(&mut self) {
        let height = u64::from(self.height.max(1));
        self.top = self.top.min(self.rows.total.saturating_sub(height));
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
    }
}
