//! Windows of the lists: the rows on the screen and a margin, in the order they are worked.

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Error, Pending, Store, action_row, marks::Word, seal::Seal, search, tally::Tally,
    window::Selection,
};
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
    pub extent: Total,
    /// Absolute index of the first of `rows`.
    pub first: u64,
    pub rows: Vec<T>,
}

/// What `total` says of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Total {
    #[default]
    Exact,
    /// A search with many results, of which not all were counted.
    AtLeast,
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

pub fn inquiry_selection(seal: &Seal, view: &InquiryView) -> Selection {
    let (order, tally): (&[&str], _) = match &view.status {
        None => (&["newest", "id"], "inquiry".to_owned()),
        Some(status) => (&["place", "id"], format!("inquiry/{status}")),
    };
    let mut selection = Selection {
        table: "inquiry",
        source: "inquiry AS list",
        conditions: Vec::new(),
        values: Vec::new(),
        order,
        tally: None,
        words: Vec::new(),
    };
    selection.is("list.status", view.status.as_ref().map(InquiryStatus::as_str));
    selection.tally = Some(Tally(tally));
    selection.has(search::words(view.search.as_ref(), |word| seal.word(word)));
    selection
}

/// Nothing that cases are searched in is an applicant's: it is clear in a sealed store, too.
pub fn case_selection(view: &CaseView) -> Selection {
    let (conditions, tally) = match view.scope {
        Scope::Open => (vec!["list.resolved = 0".to_owned()], "case/open"),
        Scope::All => (Vec::new(), "case"),
    };
    let mut selection = Selection {
        table: "review_case",
        source: "review_case AS list",
        conditions,
        values: Vec::new(),
        order: &["place", "since", "id"],
        tally: Some(Tally(tally.to_owned())),
        words: Vec::new(),
    };
    selection.has(search::words(view.search.as_ref(), Word::clear));
    selection
}

impl Store {
    pub async fn inquiries(
        &self,
        view: &InquiryView,
        window: Window,
    ) -> Result<Rows<InquiryRow>, Error> {
        let selection = inquiry_selection(&self.0.seal, view);
        let now = self.0.clock.now().as_microsecond();
        let columns = format!(
            "list.id, list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, EXISTS (SELECT 1 FROM case_inquiry JOIN review_case
                 ON review_case.id = case_inquiry.case_id WHERE case_inquiry.inquiry_id = list.id
                 AND review_case.resolved = 0 AND review_case.sla_expires_at < {now}) AS late,
             {}",
            action_row::PENDING_COLUMNS
        );
        self.window(&columns, selection, window, |row| inquiry_row(&self.0.seal, row)).await
    }

    pub async fn cases(&self, view: &CaseView, window: Window) -> Result<Rows<CaseRow>, Error> {
        let columns = format!("list.id, list.body, {}", action_row::PENDING_COLUMNS);
        let read = |row: &SqliteRow| case_row(&self.0.seal, row);
        self.window(&columns, case_selection(view), window, read).await
    }

    /// Where an inquiry stands in the view's order; none if it is not in the view.
    pub async fn inquiry_position(
        &self,
        view: &InquiryView,
        id: &InquiryId,
    ) -> Result<Option<u64>, Error> {
        self.position(inquiry_selection(&self.0.seal, view), id.as_str()).await
    }

    pub async fn case_position(&self, view: &CaseView, id: &CaseId) -> Result<Option<u64>, Error> {
        self.position(case_selection(view), id.as_str()).await
    }

    /// Inquiries of an account, newest first.
    pub async fn inquiries_of(
        &self,
        account: &crate::model::AccountId,
    ) -> Result<Vec<InquiryRow>, Error> {
        let mut selection = inquiry_selection(&self.0.seal, &InquiryView::default());
        selection.is("list.account_id", Some(account));
        let columns = format!(
            "list.id, list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, 0 AS late, {}",
            action_row::PENDING_COLUMNS
        );
        let window = Window { first: 0, rows: 50 };
        let read = |row: &SqliteRow| inquiry_row(&self.0.seal, row);
        Ok(self.window(&columns, selection, window, read).await?.rows)
    }

    pub async fn glance(&self) -> Result<Glance, Error> {
        let now = self.0.clock.now().as_microsecond();
        let mut tx = self.0.backend.reader.begin().await?;
        let to_review = Tally("inquiry/needs_review".to_owned()).total(&mut tx).await?;
        let open_cases = Tally("case/open".to_owned()).total(&mut tx).await?;
        let row = sqlx::query(
            "SELECT (SELECT place FROM inquiry WHERE status = 'needs_review' AND place <> 0
                         ORDER BY place LIMIT 1),
                    (SELECT count(*) FROM review_case WHERE resolved = 0 AND sla_expires_at < $1)",
        )
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        Ok(Glance {
            to_review,
            oldest: instant(row.try_get(0)?),
            open_cases,
            late: row.try_get::<i64, _>(1)?.unsigned_abs(),
        })
    }
}

pub fn inquiry_row(seal: &Seal, row: &SqliteRow) -> Result<InquiryRow, Error> {
    let inquiry: Inquiry = seal.object(row)?;
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
        action: action_row::pending(seal, row)?,
    })
}

pub fn case_row(seal: &Seal, row: &SqliteRow) -> Result<CaseRow, Error> {
    let case: Case = seal.object(row)?;
    Ok(CaseRow {
        resolved: case.is_resolved(),
        id: case.id,
        name: case.name,
        status: case.status,
        assignee: case.assignee,
        sla_expires_at: case.sla_expires_at,
        created_at: case.created_at,
        template: case.template,
        action: action_row::pending(seal, row)?,
    })
}

pub fn instant(micros: Option<i64>) -> Option<Timestamp> {
    micros.and_then(|micros| Timestamp::from_microsecond(micros).ok())
}
