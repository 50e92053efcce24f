//! A page of the detail: lines, what the cursor finds on each, and how each reads aloud where the drawn
//! line does not.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::{
    model::{Field, Pii, ReportId, Subject, Text},
    tui::{format, reveal::Values, theme::Theme},
};

#[derive(Debug, Default)]
pub struct Page<'a> {
    pub rows: Vec<Row<'a>>,
}

#[derive(Debug)]
pub struct Row<'a> {
    pub line: Line<'a>,
    pub on: Option<On>,
    pub said: Said,
}

/// How a line reads where lines are typed, and nothing is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Said {
    /// As it is drawn.
    #[default]
    Drawn,
    Words(String),
    /// A name and its value.
    Fact(String, String),
    /// With the line above it.
    Above,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq)]
pub enum On {
    /// A named value of a person. `place` tells it from all others of the item: `typed/name-first`.
    Value {
        place: String,
        value: Pii,
    },
    /// Enter leads there.
    Subject(Subject),
    /// A photo: the cursor's line is its place in the list.
    Photo,
    /// An id that can be copied.
    Id(Text),
    Report(ReportId),
    /// One match of a report; `entity` where it can be dismissed by itself.
    Match {
        report: ReportId,
        entity: Option<Text>,
    },
    /// Enter folds it, or unfolds it.
    Fold(String),
}

/// The columns of names before values.
const NAME: usize = 24;

impl<'a> Page<'a> {
    pub fn push(&mut self, line: impl Into<Line<'a>>) {
        self.rows.push(Row { line: line.into(), on: None, said: Said::Drawn });
    }

    pub fn about(&mut self, on: On, line: impl Into<Line<'a>>) {
        self.rows.push(Row { line: line.into(), on: Some(on), said: Said::Drawn });
    }

    /// How the last line reads.
    pub fn reads(&mut self, said: Said) {
        if let Some(row) = self.rows.last_mut() {
            row.said = said;
        }
    }

    pub fn blank(&mut self) {
        self.push("");
    }

    /// A heading, a line after what was before.
    pub fn heading(&mut self, text: &str, aside: &str, theme: &Theme) {
        if self.rows.last().is_some_and(|row| row.line.width() > 0) {
            self.blank();
        }
        self.push(Line::from(vec![
            Span::styled(format!(" {text}"), theme.accent),
            Span::styled(format!("  {aside}"), theme.dim),
        ]));
    }

    /// A sentence over as many lines as it needs.
    pub fn say(&mut self, text: &str, style: Style, width: usize) {
        for line in format::wrap(text, width.saturating_sub(2)) {
            self.push(Line::styled(format!(" {line}"), style));
        }
    }

    /// `   name first               Ada`; what is long goes on below.
    pub fn fact(&mut self, name: &str, value: &str, on: Option<On>, width: usize, theme: &Theme) {
        let room = width.saturating_sub(NAME + 5).max(8);
        let mut lines = format::wrap(value, room).into_iter();
        let first = lines.next().unwrap_or_default();
        let line = Line::from(vec![
            Span::styled(format!("   {} ", format::fit(name, NAME)), theme.dim),
            Span::raw(first),
        ]);
        let said = Said::Fact(name.trim().to_owned(), value.to_owned());
        self.rows.push(Row { line, on: on.clone(), said });
        for line in lines {
            let line = Line::raw(format!("{:indent$}{line}", "", indent = NAME + 4));
            self.rows.push(Row { line, on: on.clone(), said: Said::Above });
        }
    }

    /// Named values under a heading, nothing where there are none. `group` tells them from those
    /// of other groups: `typed`.
    pub fn values(
        &mut self,
        (group, title): (&str, &str),
        fields: &[Field],
        values: Values<'_>,
        width: usize,
        theme: &Theme,
    ) {
        let fields: Vec<&Field> = fields.iter().filter(|field| !field.value.is_empty()).collect();
        if fields.is_empty() {
            return;
        }
        let hint = if values.shows_all() { "" } else { "p reveals" };
        self.heading(title, hint, theme);
        for field in fields {
            let name = field.name.as_str().replace(['-', '_'], " ");
            let place = format!("{group}/{}", field.name);
            let shown = values.write(&place, &field.value);
            let on = On::Value { place, value: field.value.clone() };
            self.fact(&name, &shown, Some(on), width, theme);
        }
    }
}
