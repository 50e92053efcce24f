//! Windows of the lists: the rows on the screen and a margin, in the order they are worked.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Error, Pending, Store, action_row, conditions,
    db::{Row, query},
    marks::Word,
    seal::Seal,
    search, snoozed,
    tally::Tally,
    window::Selection,
};
use crate::model::{
    Case, CaseId, Inquiry, InquiryId, InquiryStatus, Pii, TemplateId, Text,
    filter::{Clause, Field, Order, Test, Value},
};

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

/// Which inquiries, and in which order: those that wait for review in the one asked for, others
/// newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InquiryView {
    /// None: of any status.
    pub status: Option<InquiryStatus>,
    /// Words that all have to occur in id, reference, name, account or tags.
    pub search: Option<Text>,
    /// What else must hold.
    pub clauses: Vec<Clause>,
    pub order: Order,
    /// Whose list it is, and whether what they have put off is left out of it.
    pub me: Text,
    pub hides: bool,
}

/// Which cases. By SLA, late ones come first, then by what is left of it, then the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    pub scope: Scope,
    pub search: Option<Text>,
    pub clauses: Vec<Clause>,
    /// By risk is as by SLA: a case has no checks of its own.
    pub order: Order,
    /// Who `me` is, and whether what they have put off is left out.
    pub me: Text,
    pub hides: bool,
}

impl Default for CaseView {
    fn default() -> Self {
        let scope = Scope::default();
        Self {
            scope,
            search: None,
            clauses: Vec::new(),
            order: Order::Sla,
            me: Text::default(),
            hides: false,
        }
    }
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

pub fn inquiry_selection(seal: &Seal, view: &InquiryView, now: Timestamp) -> Selection {
    let is_queue = view.status == Some(InquiryStatus::NeedsReview);
    let (tally, seeks) = match (&view.status, view.order) {
        (None, _) => ("inquiry".to_owned(), true),
        (Some(_), Order::Sla) if is_queue => ("urgent".to_owned(), true),
        (Some(status), order) => (format!("inquiry/{status}"), !is_queue || order == Order::Age),
    };
    // The orders of the queue have an index each; SQLite is told, since it would rather sort.
    let (source, order): (_, &[&str]) = match (&view.status, view.order) {
        (None, _) => ("inquiry AS list", &["newest", "id"]),
        (Some(_), order) if is_queue => match order {
            Order::Sla => {
                ("inquiry AS list INDEXED BY inquiry_urgent", &["urgency", "place", "danger", "id"])
            }
            Order::Risk => ("inquiry AS list INDEXED BY inquiry_danger", &["danger", "id"]),
            Order::Newest => ("inquiry AS list INDEXED BY inquiry_latest", &["newest", "id"]),
            Order::Age => ("inquiry AS list", &["place", "id"]),
        },
        _ => ("inquiry AS list", &["place", "id"]),
    };
    let mut selection = Selection::of("inquiry", source, order);
    match &view.status {
        // Spelt out: an index of some rows is not found by a value that is bound.
        Some(InquiryStatus::NeedsReview) => selection.holds("list.status = 'needs_review'".into()),
        status => selection.is("list.status", status.as_ref().map(InquiryStatus::as_str)),
    }
    (selection.tally, selection.seeks) = (Some(Tally::of(tally)), seeks);
    selection.has(search::words(view.search.as_ref(), |word| seal.word(word)));
    conditions::of_inquiries(&mut selection, view, now);
    if view.hides {
        selection.without = Some(asleep(&mut selection, "inquiry", &view.me, now));
    }
    let few = |clause: &Clause| {
        let account = matches!(clause.test, Test::Is(Field::Account, Value::Texts(_)));
        !clause.inverse && (account || is_put_off(clause))
    };
    if view.clauses.iter().any(few) {
        // An account has few, and few are put off: they are found by an index and sorted.
        selection.source = "inquiry AS list";
    }
    selection
}

fn is_put_off(clause: &Clause) -> bool {
    !clause.inverse && matches!(clause.test, Test::Is(Field::Snoozed, Value::Yes))
}

/// Nothing that cases are searched in is an applicant's: it is clear in a sealed store, too.
pub fn case_selection(view: &CaseView, now: Timestamp) -> Selection {
    let (source, order): (_, &[&str]) = match view.order {
        // By itself SQLite takes an index of the open ones and sorts them.
        Order::Sla | Order::Risk => {
            ("review_case AS list INDEXED BY case_place", &["place", "since", "id"])
        }
        Order::Age => ("review_case AS list INDEXED BY case_since", &["since", "id"]),
        Order::Newest => ("review_case AS list INDEXED BY case_latest", &["latest", "id"]),
    };
    let mut selection = Selection::of("review_case", source, order);
    let tally = match view.scope {
        Scope::Open => {
            selection.holds("list.resolved = 0".to_owned());
            "case/open"
        }
        Scope::All => "case",
    };
    selection.tally = Some(Tally::of(tally));
    selection.seeks = matches!(view.order, Order::Sla | Order::Risk);
    selection.has(search::words(view.search.as_ref(), Word::clear));
    conditions::of_cases(&mut selection, view, now);
    if view.clauses.iter().any(is_put_off) {
        selection.source = "review_case AS list";
    }
    if view.hides {
        selection.without = Some(asleep(&mut selection, "case", &view.me, now));
    }
    selection
}

/// The ids of what somebody has put off.
pub fn asleep(selection: &mut Selection, kind: &str, who: &Text, now: Timestamp) -> String {
    let reviewer = selection.bind(who.to_string());
    snoozed::asleep(kind, reviewer, now)
}

impl Store {
    pub async fn inquiries(
        &self,
        view: &InquiryView,
        window: Window,
    ) -> Result<Rows<InquiryRow>, Error> {
        let now = self.0.clock.now();
        let selection = inquiry_selection(&self.0.seal, view, now);
        let now = now.as_microsecond();
        let columns = format!(
            "list.id, list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, CASE WHEN list.due < {now} THEN 1 ELSE 0 END AS late,
             {}",
            action_row::PENDING_COLUMNS
        );
        self.window(&columns, selection, window, |row| inquiry_row(&self.0.seal, row)).await
    }

    pub async fn cases(&self, view: &CaseView, window: Window) -> Result<Rows<CaseRow>, Error> {
        let columns = format!("list.id, list.body, {}", action_row::PENDING_COLUMNS);
        let read = |row: &Row| case_row(&self.0.seal, row);
        self.window(&columns, case_selection(view, self.0.clock.now()), window, read).await
    }

    /// Where an inquiry stands in the view's order; none if it is not in the view.
    pub async fn inquiry_position(
        &self,
        view: &InquiryView,
        id: &InquiryId,
    ) -> Result<Option<u64>, Error> {
        let selection = inquiry_selection(&self.0.seal, view, self.0.clock.now());
        self.position(selection, id.as_str()).await
    }

    pub async fn case_position(&self, view: &CaseView, id: &CaseId) -> Result<Option<u64>, Error> {
        self.position(case_selection(view, self.0.clock.now()), id.as_str()).await
    }

    /// Inquiries of an account, newest first.
    pub async fn inquiries_of(
        &self,
        account: &crate::model::AccountId,
    ) -> Result<Vec<InquiryRow>, Error> {
        let mut selection =
            inquiry_selection(&self.0.seal, &InquiryView::default(), self.0.clock.now());
        selection.is("list.account_id", Some(account));
        let columns = format!(
            "list.id, list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, 0 AS late, {}",
            action_row::PENDING_COLUMNS
        );
        let window = Window { first: 0, rows: 50 };
        let read = |row: &Row| inquiry_row(&self.0.seal, row);
        Ok(self.window(&columns, selection, window, read).await?.rows)
    }

    /// What `who` has put off counts for nothing.
    pub async fn glance(&self, who: &Text) -> Result<Glance, Error> {
        let now = self.0.clock.now();
        let status = Some(InquiryStatus::NeedsReview);
        let order = Order::Age;
        let queue =
            InquiryView { status, order, me: who.clone(), hides: true, ..Default::default() };
        let mut queue = inquiry_selection(&self.0.seal, &queue, now);
        let cases = CaseView { me: who.clone(), hides: true, ..CaseView::default() };
        let mut cases = case_selection(&cases, now);
        let mut tx = self.0.backend.reader.begin().await?;
        self.narrow(&mut tx, &mut queue).await?;
        self.narrow(&mut tx, &mut cases).await?;
        let (to_review, _) = queue.total(&mut tx, 0).await?;
        let (open_cases, _) = cases.total(&mut tx, 0).await?;
        let (inquiries, cases) =
            (snoozed::asleep("inquiry", 1, now), snoozed::asleep("case", 1, now));
        let sql = format!(
            "SELECT (SELECT place FROM inquiry WHERE status = 'needs_review' AND place <> 0
                         AND id NOT IN ({inquiries}) ORDER BY place LIMIT 1),
                    (SELECT count(*) FROM review_case WHERE resolved = 0
                         AND sla_expires_at < {} AND id NOT IN ({cases}))",
            now.as_microsecond()
        );
        let row = query(AssertSqlSafe(sql)).bind(who.as_str());
        let row = row.fetch_one(&mut tx).await?;
        Ok(Glance {
            to_review,
            oldest: instant(row.try_get(0)?),
            open_cases,
            late: row.try_get::<i64, _>(1)?.unsigned_abs(),
        })
    }
}

pub fn inquiry_row(seal: &Seal, row: &Row) -> Result<InquiryRow, Error> {
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

pub fn case_row(seal: &Seal, row: &Row) -> Result<CaseRow, Error> {
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

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::{
        clock::Clock,
        model::filter::{List, parse},
    };

    /// How SQLite reads the first rows of a selection.
    async fn plan(store: &Store, selection: Selection) -> String {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT list.id FROM {} {} ORDER BY {} LIMIT 60",
            selection.source,
            selection.filter(),
            selection.order("list")
        );
        let query = query(AssertSqlSafe(sql));
        let query = selection.values.iter().fold(query, |query, value| query.bind(value));
        let rows = query.fetch_all(&store.0.backend.reader).await.unwrap();
        let steps = rows.iter().map(|row| row.try_get::<String, _>("detail").unwrap());
        steps.collect::<Vec<_>>().join("; ")
    }

    #[tokio::test]
    async fn no_order_of_a_list_sorts_all_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let lines = ["", "failed:>0", "jane", "late:yes !tag:vip", "age:>2h kind:selfie"];
        for (order, index) in [
            (Order::Sla, "inquiry_urgent"),
            (Order::Age, "inquiry_place"),
            (Order::Risk, "inquiry_danger"),
            (Order::Newest, "inquiry_latest"),
        ] {
            for line in lines {
                let clauses = parse(line, List::Inquiries).unwrap().clauses;
                let status = Some(InquiryStatus::NeedsReview);
                for hides in [false, true] {
                    let clauses = clauses.clone();
                    let more = InquiryView::default();
                    let view =
                        InquiryView { status: status.clone(), clauses, order, hides, ..more };
                    let steps = plan(&store, inquiry_selection(&Seal::none(), &view, now)).await;
                    assert!(steps.contains(index), "{line} by {order:?}: {steps}");
                    assert!(!steps.contains("TEMP B-TREE"), "{line} by {order:?}: {steps}");
                }
            }
        }
        let clauses = parse("snoozed:yes", List::Inquiries).unwrap().clauses;
        let view = InquiryView { clauses, ..InquiryView::default() };
        let steps = plan(&store, inquiry_selection(&Seal::none(), &view, now)).await;
        assert!(steps.starts_with("SEARCH list USING INDEX"), "{steps}");
        for order in Order::ALL {
            for scope in [Scope::Open, Scope::All] {
                let clauses = parse("assignee:none", List::Cases).unwrap().clauses;
                let view = CaseView { scope, clauses, order, hides: true, ..CaseView::default() };
                let steps = plan(&store, case_selection(&view, now)).await;
                assert!(!steps.contains("TEMP B-TREE"), "{scope:?} by {order:?}: {steps}");
            }
        }
    }
}
