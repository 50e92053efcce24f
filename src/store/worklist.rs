//! Windows of the lists: the rows on the screen and a margin, in the order they are worked.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::{Error, Pending, Store, action_row};
use crate::model::{Case, CaseId, Inquiry, InquiryId, InquiryStatus, Pii, TemplateId, Text};

/// `rows` rows from the absolute index `first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub first: u64,
    pub rows: u32,
}

impl Window {
    /// A window of the same size with `index` in its middle.
    pub fn around(self, index: u64) -> Self {
        Self { first: index.saturating_sub(u64::from(self.rows / 2)), ..self }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Rows of the whole list.
    pub total: u64,
    /// Absolute index of the first of `rows`.
    pub first: u64,
    pub rows: Vec<T>,
}

/// Which inquiries. Those that wait for review come longest waiting first, others newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InquiryView {
    /// None: of any status.
    pub status: Option<InquiryStatus>,
    /// Words that all have to occur in id, reference, name, account or tags.
    pub search: Option<Text>,
}

/// Which cases. Late ones come first, then by what is left of the SLA, then the oldest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseView {
    pub scope: Scope,
    pub search: Option<Text>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Open,
    All,
}

#[derive(Debug, Clone, PartialEq)]
pub struct InquiryRow {
    pub id: InquiryId,
    pub status: InquiryStatus,
    pub name: Option<Pii>,
    pub waiting_since: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    /// Kinds of its verifications, `government-id` and so on.
    pub kinds: Vec<Text>,
    /// Checks that failed and were required.
    pub failed: u32,
    /// Checks that failed and were not.
    pub signals: u32,
    pub unproven: u32,
    pub passed: u32,
    /// Its checks have been fetched.
    pub hydrated: bool,
    pub tags: Vec<Text>,
    pub action: Option<Pending>,
    /// An open case with it has missed its SLA.
    pub has_late_case: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    pub id: CaseId,
    pub name: Option<Text>,
    pub status: Text,
    pub resolved: bool,
    pub assignee: Option<Text>,
    pub sla_expires_at: Option<Timestamp>,
    pub created_at: Option<Timestamp>,
    pub template: Option<TemplateId>,
    pub action: Option<Pending>,
}

/// The queue in four figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    pub to_review: u64,
    /// Since when the longest waiting inquiry waits.
    pub oldest: Option<Timestamp>,
    pub open_cases: u64,
    /// Open cases that have missed their SLA.
    pub late: u64,
}

/// A list's conditions and what is bound to them; conditions are fixed texts, values are bound.
pub struct Selection {
    pub conditions: Vec<String>,
    pub values: Vec<String>,
    pub order: &'static str,
    /// True where a row comes before the one whose columns are bound in its place.
    pub before: &'static str,
}

impl Selection {
    pub fn condition(&mut self, sql: impl Fn(usize) -> String, value: String) {
        self.values.push(value);
        self.conditions.push(sql(self.values.len()));
    }

    fn search(&mut self, search: Option<&Text>) {
        for word in search.map_or("", |text| text.as_str()).split_whitespace() {
            let escaped =
                word.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            self.condition(
                |n| format!("list.search LIKE ${n} ESCAPE '\\'"),
                format!("%{escaped}%"),
            );
        }
    }

    fn filter(&self) -> String {
        match self.conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", self.conditions.join(" AND ")),
        }
    }
}

pub fn inquiry_selection(view: &InquiryView) -> Selection {
    let waiting = view.status == Some(InquiryStatus::NeedsReview);
    let (order, before) = match waiting {
        true => (
            "list.waiting_since, list.id",
            "(coalesce(list.waiting_since, 0), list.id) < (coalesce(this.waiting_since, 0), this.id)",
        ),
        false => (
            "list.created_at DESC, list.id",
            "(coalesce(list.created_at, 0) > coalesce(this.created_at, 0)
                 OR (list.created_at IS this.created_at AND list.id < this.id))",
        ),
    };
    let mut selection = Selection { conditions: Vec::new(), values: Vec::new(), order, before };
    if let Some(status) = &view.status {
        selection.condition(|n| format!("list.status = ${n}"), status.as_str().to_owned());
    }
    selection.search(view.search.as_ref());
    selection
}

pub fn case_selection(view: &CaseView) -> Selection {
    let mut selection = Selection {
        conditions: Vec::new(),
        values: Vec::new(),
        // Without an SLA last: nothing presses.
        order: "list.resolved, list.sla_expires_at IS NULL, list.sla_expires_at, list.created_at, list.id",
        before: "(list.resolved, list.sla_expires_at IS NULL, coalesce(list.sla_expires_at, 0), coalesce(list.created_at, 0), list.id)
               < (this.resolved, this.sla_expires_at IS NULL, coalesce(this.sla_expires_at, 0), coalesce(this.created_at, 0), this.id)",
    };
    if view.scope == Scope::Open {
        selection.conditions.push("list.resolved = 0".to_owned());
    }
    selection.search(view.search.as_ref());
    selection
}

impl Store {
    pub async fn inquiries(
        &self,
        view: &InquiryView,
        window: Window,
    ) -> Result<Rows<InquiryRow>, Error> {
        let selection = inquiry_selection(view);
        let now = self.0.clock.now().as_microsecond();
        let columns = format!(
            "list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, EXISTS (SELECT 1 FROM case_inquiry JOIN review_case
                 ON review_case.id = case_inquiry.case_id WHERE case_inquiry.inquiry_id = list.id
                 AND review_case.resolved = 0 AND review_case.sla_expires_at < {now}) AS late,
             {}",
            action_row::PENDING_COLUMNS
        );
        self.window("inquiry", &columns, selection, window, inquiry_row).await
    }

    pub async fn cases(&self, view: &CaseView, window: Window) -> Result<Rows<CaseRow>, Error> {
        let columns = format!("list.body, {}", action_row::PENDING_COLUMNS);
        self.window("review_case", &columns, case_selection(view), window, case_row).await
    }

    /// Where an inquiry stands in the view's order; none if it is not in the view.
    pub async fn inquiry_position(
        &self,
        view: &InquiryView,
        id: &InquiryId,
    ) -> Result<Option<u64>, Error> {
        self.position("inquiry", inquiry_selection(view), id.as_str()).await
    }

    pub async fn case_position(&self, view: &CaseView, id: &CaseId) -> Result<Option<u64>, Error> {
        self.position("review_case", case_selection(view), id.as_str()).await
    }

    /// Inquiries of an account, newest first.
    pub async fn inquiries_of(
        &self,
        account: &crate::model::AccountId,
    ) -> Result<Vec<InquiryRow>, Error> {
        let mut selection = inquiry_selection(&InquiryView::default());
        selection.condition(|n| format!("list.account_id = ${n}"), account.as_str().to_owned());
        let columns = format!(
            "list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, 0 AS late, {}",
            action_row::PENDING_COLUMNS
        );
        let window = Window { first: 0, rows: 50 };
        Ok(self.window("inquiry", &columns, selection, window, inquiry_row).await?.rows)
    }

    pub async fn glance(&self) -> Result<Glance, Error> {
        let now = self.0.clock.now().as_microsecond();
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM inquiry WHERE status = 'needs_review'),
                    (SELECT min(waiting_since) FROM inquiry WHERE status = 'needs_review'),
                    (SELECT count(*) FROM review_case WHERE resolved = 0),
                    (SELECT count(*) FROM review_case WHERE resolved = 0 AND sla_expires_at < $1)",
        )
        .bind(now)
        .fetch_one(&self.0.backend.reader)
        .await?;
        Ok(Glance {
            to_review: row.try_get::<i64, _>(0)?.unsigned_abs(),
            oldest: instant(row.try_get(1)?),
            open_cases: row.try_get::<i64, _>(2)?.unsigned_abs(),
            late: row.try_get::<i64, _>(3)?.unsigned_abs(),
        })
    }

    pub(super) async fn window<T>(
        &self,
        table: &str,
        columns: &str,
        selection: Selection,
        window: Window,
        map: impl Fn(&SqliteRow) -> Result<T, Error>,
    ) -> Result<Rows<T>, Error> {
        let filter = selection.filter();
        let total = format!("SELECT count(*) FROM {table} AS list {filter}");
        let mut query = sqlx::query(AssertSqlSafe(total));
        for value in &selection.values {
            query = query.bind(value);
        }
        let total: i64 = query.fetch_one(&self.0.backend.reader).await?.try_get(0)?;
        let total = total.unsigned_abs();
        // A list that shrank still shows its end.
        let first = window.first.min(total.saturating_sub(u64::from(window.rows)));
        let rows = format!(
            "SELECT {columns} FROM {table} AS list {} {filter} ORDER BY {} LIMIT {} OFFSET {first}",
            action_row::PENDING_JOIN,
            selection.order,
            window.rows
        );
        let mut query = sqlx::query(AssertSqlSafe(rows));
        for value in &selection.values {
            query = query.bind(value);
        }
        let rows = query.fetch_all(&self.0.backend.reader).await?;
        let rows = rows.iter().map(map).collect::<Result<_, _>>()?;
        Ok(Rows { total, first, rows })
    }

    async fn position(
        &self,
        table: &str,
        mut selection: Selection,
        id: &str,
    ) -> Result<Option<u64>, Error> {
        let filter = selection.filter();
        selection.values.push(id.to_owned());
        let this = selection.values.len();
        let and = if filter.is_empty() { "WHERE" } else { "AND" };
        let sql = format!(
            "SELECT (SELECT count(*) FROM {table} AS list {filter} {and} {}),
                    (SELECT count(*) FROM {table} AS list {filter} {and} list.id = ${this})
             FROM {table} AS this WHERE this.id = ${this}",
            selection.before
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in &selection.values {
            query = query.bind(value);
        }
        let Some(row) = query.fetch_optional(&self.0.backend.reader).await? else {
            return Ok(None);
        };
        let inside = row.try_get::<i64, _>(1)? > 0;
        Ok(inside.then_some(row.try_get::<i64, _>(0)?.unsigned_abs()))
    }
}

pub fn inquiry_row(row: &SqliteRow) -> Result<InquiryRow, Error> {
    let inquiry: Inquiry = serde_json::from_str(row.try_get("body")?)?;
    let count = |name| row.try_get::<i64, _>(name).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    Ok(InquiryRow {
        name: inquiry.name(),
        waiting_since: inquiry.waiting_since(),
        id: inquiry.id,
        status: inquiry.status,
        updated_at: inquiry.updated_at,
        tags: inquiry.tags,
        kinds: serde_json::from_str(row.try_get("kinds")?)?,
        failed: count("failed")?,
        signals: count("signals")?,
        unproven: count("unproven")?,
        passed: count("passed")?,
        hydrated: row.try_get::<Option<i64>, _>("hydrated_at")?.is_some(),
        has_late_case: row.try_get::<i64, _>("late")? > 0,
        action: action_row::pending(row)?,
    })
}

pub fn case_row(row: &SqliteRow) -> Result<CaseRow, Error> {
    let case: Case = serde_json::from_str(row.try_get("body")?)?;
    Ok(CaseRow {
        resolved: case.is_resolved(),
        id: case.id,
        name: case.name,
        status: case.status,
        assignee: case.assignee,
        sla_expires_at: case.sla_expires_at,
        created_at: case.created_at,
        template: case.template,
        action: action_row::pending(row)?,
    })
}

pub fn instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.and_then(|micros| Timestamp::from_microsecond(micros).ok())
}
