//! Reading a part of a list: how long it is, the rows from an index on, where a row stands.
//!
//! A whole list is counted by its tally, so a window in its middle costs as much as the first.
//! What is chosen by more than that is walked along in its order.

use sqlx::AssertSqlSafe;

use super::{
    Error, Store, action_row,
    db::{Query, Row, query},
    judged::{self, Judged},
    marks::Word,
    search,
    tally::{Start, Tally},
    together::Tx,
    worklist::{Rows, Total, Window},
};

/// Of a search with many results, so many rows beyond the window are counted.
const AHEAD: u64 = 240;

/// A list's conditions and what is bound to them; conditions are fixed texts, values are bound.
/// `list` is the name of its table.
#[derive(Debug, Clone)]
pub struct Selection {
    pub table: &'static str,
    /// What rows are read from.
    pub source: &'static str,
    pub conditions: Vec<String>,
    pub values: Vec<String>,
    /// The columns that it is ordered by, all ascending; the first is its place in the tally.
    pub order: &'static [&'static str],
    /// What counts it as it is; none once it is narrowed.
    pub tally: Option<Tally>,
    /// The slots of that tally follow the order, so that rows are found by them.
    pub seeks: bool,
    /// Each of these occurs in the row's text, or its mark does.
    pub words: Vec<Word>,
    /// What SQL cannot tell; see `judged`.
    pub judged: Vec<Judged>,
    /// Counted only as far as anybody looks.
    pub capped: bool,
    /// A query of the ids that are left out: few, and taken out of what the tally counts.
    pub without: Option<String>,
}

impl Selection {
    /// All rows of a table, in its order.
    pub fn of(table: &'static str, source: &'static str, order: &'static [&'static str]) -> Self {
        Self {
            table,
            source,
            conditions: Vec::new(),
            values: Vec::new(),
            order,
            tally: None,
            seeks: true,
            words: Vec::new(),
            judged: Vec::new(),
            capped: false,
            without: None,
        }
    }

    /// The number that a value is bound to.
    pub fn bind(&mut self, value: String) -> usize {
        self.values.push(value);
        self.values.len()
    }

    /// A condition whose values are bound already.
    pub fn holds(&mut self, condition: String) {
        self.conditions.push(condition);
        self.tally = None;
    }

    pub fn condition(&mut self, sql: impl Fn(usize) -> String, value: String) {
        self.values.push(value);
        self.conditions.push(sql(self.values.len()));
        self.tally = None;
    }

    /// `column` is a fixed text.
    pub fn is(&mut self, column: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.condition(|n| format!("{column} = ${n}"), value.to_string());
        }
    }

    pub fn has(&mut self, words: Vec<Word>) {
        for word in &words {
            let occurs = |n: usize| format!("instr(list.search, ${n}) > 0");
            match &word.mark {
                None => self.condition(occurs, word.text.clone()),
                Some(mark) => {
                    self.values.push(mark.clone());
                    let nth = self.values.len();
                    let either = |n| format!("({} OR {})", occurs(n), occurs(nth));
                    self.condition(either, word.text.clone());
                }
            }
        }
        self.words = words;
    }

    pub fn filter(&self) -> String {
        self.all_of(self.without.as_ref().map(|ids| format!("list.id NOT IN ({ids})")))
    }

    /// The filter with one condition more.
    pub fn filter_and(&self, condition: &str) -> String {
        match self.filter() {
            none if none.is_empty() => format!("WHERE {condition}"),
            filter => format!("{filter} AND {condition}"),
        }
    }

    fn all_of(&self, more: Option<String>) -> String {
        let all: Vec<&str> = self.conditions.iter().chain(&more).map(String::as_str).collect();
        match all.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", all.join(" AND ")),
        }
    }

    /// Takes what is left out out of the tally, too.
    async fn discount(&mut self, db: &mut Tx) -> Result<(), Error> {
        let (Some(_), Some(ids)) = (&self.tally, &self.without) else { return Ok(()) };
        // Few are left out of a list that may be long: they are looked up, it is not walked along.
        let sql = format!(
            "SELECT list.{} FROM {table} AS list INDEXED BY sqlite_autoindex_{table}_1 {}",
            self.order[0],
            self.all_of(Some(format!("list.id IN ({ids})"))),
            table = self.table,
        );
        let rows = self.ask(sql).fetch_all(db).await?;
        let places = rows.iter().map(|row| row.try_get(0));
        let mut places = places.collect::<Result<Vec<_>, sqlx::Error>>()?;
        places.sort_unstable();
        if let Some(tally) = &mut self.tally {
            tally.less = places;
        }
        Ok(())
    }

    /// `list.place, list.id`
    pub fn order(&self, name: &str) -> String {
        let columns = self.order.iter().map(|column| format!("{name}.{column}"));
        columns.collect::<Vec<_>>().join(", ")
    }

    pub fn ask(&self, sql: String) -> Query {
        let asked = query(AssertSqlSafe(sql));
        self.values.iter().fold(asked, |asked, value| asked.bind(value))
    }

    async fn number(&self, db: &mut Tx, sql: String) -> Result<u64, Error> {
        Ok(self.ask(sql).fetch_one(db).await?.try_get::<i64, _>(0)?.unsigned_abs())
    }

    /// How many rows there are; of a search, as far as `enough` says.
    pub async fn total(&self, db: &mut Tx, enough: u64) -> Result<(u64, Total), Error> {
        let (source, filter) = (self.source, self.filter());
        if let Some(tally) = &self.tally {
            return Ok((tally.total(db).await?, Total::Exact));
        }
        if self.words.is_empty() && !self.capped {
            let sql = format!("SELECT count(*) FROM {source} {filter}");
            return Ok((self.number(db, sql).await?, Total::Exact));
        }
        let order = self.order("list");
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {source} {filter} ORDER BY {order} LIMIT {enough})
                 AS counted"
        );
        let total = self.number(db, sql).await?;
        Ok((total, if total < enough { Total::Exact } else { Total::AtLeast }))
    }

    /// From where the row of this index is read.
    async fn start(&self, db: &mut Tx, index: u64) -> Result<Option<Start>, Error> {
        match &self.tally {
            Some(tally) if index > 0 && self.seeks => tally.start(db, index).await,
            _ => Ok(None),
        }
    }
}

impl Store {
    /// Finds out what the words and the judged clauses of a selection come to.
    pub(super) async fn narrow(&self, db: &mut Tx, selection: &mut Selection) -> Result<(), Error> {
        if selection.table == "inquiry" {
            search::narrow(db, selection).await?;
        }
        judged::settle(db, &self.0.seal, selection).await?;
        selection.discount(db).await
    }

    /// The rows of a window, with the decision about each where the list has such.
    pub(super) async fn window<T>(
        &self,
        columns: &str,
        mut selection: Selection,
        window: Window,
        map: impl Fn(&Row) -> Result<T, Error>,
    ) -> Result<Rows<T>, Error> {
        // One transaction: the tally and the rows are of one moment.
        let mut tx = self.0.backend.reader.begin().await?;
        self.narrow(&mut tx, &mut selection).await?;
        let wanted = window.first + u64::from(window.rows);
        let (total, extent) = selection.total(&mut tx, wanted + AHEAD).await?;
        // A list that shrank still shows its end.
        let first = window.first.min(total.saturating_sub(u64::from(window.rows)));
        let start = selection.start(&mut tx, first).await?;
        let (filter, skip) = match start {
            None => (selection.filter(), first),
            Some(Start { place, skip }) => {
                (selection.filter_and(&format!("list.{} >= {place}", selection.order[0])), skip)
            }
        };
        let Selection { table, source, .. } = selection;
        let rows = format!(
            "SELECT {columns} FROM (
                 SELECT list.id FROM {source} {filter} ORDER BY {} LIMIT {} OFFSET {skip}
             ) AS page JOIN {table} AS list ON list.id = page.id {} ORDER BY {}",
            selection.order("list"),
            window.rows,
            action_row::PENDING_JOIN,
            selection.order("list"),
        );
        let rows = selection.ask(rows).fetch_all(&mut tx).await?;
        let rows = rows.iter().map(map).collect::<Result<_, _>>()?;
        Ok(Rows { total, extent, first, rows })
    }

    /// The index of a row; none if it is not in the list.
    pub(super) async fn position(
        &self,
        mut selection: Selection,
        id: &str,
    ) -> Result<Option<u64>, Error> {
        let mut tx = self.0.backend.reader.begin().await?;
        self.narrow(&mut tx, &mut selection).await?;
        let nth = selection.values.len() + 1;
        let (table, order) = (selection.table, selection.order("list"));
        let inside = selection.filter_and(&format!("list.id = ${nth}"));
        let sql = format!("SELECT list.{} FROM {table} AS list {inside}", selection.order[0]);
        let Some(row) = selection.ask(sql).bind(id).fetch_optional(&mut tx).await? else {
            return Ok(None);
        };
        let place: i64 = row.try_get(0)?;
        let (before, from) = match &selection.tally {
            Some(tally) if selection.seeks => tally.before(&mut tx, place).await?,
            _ => (0, i64::MIN),
        };
        let this = selection.order("this");
        let earlier = selection.filter_and(&format!(
            "list.{place_column} >= {from} AND ({order}) <
                 (SELECT {this} FROM {table} AS this WHERE this.id = ${nth})",
            place_column = selection.order[0],
        ));
        let sql = format!("SELECT count(*) FROM {} {earlier}", selection.source);
        let row = selection.ask(sql).bind(id).fetch_one(&mut tx).await?;
        Ok(Some(before + row.try_get::<i64, _>(0)?.unsigned_abs()))
    }
}
