//! What a reviewer has marked, by id: it survives refreshes and restarts, and goes when it is decided,
//! purged or redacted (triggers see to that).

use super::{
    Changes, Error, Pending, Store, action_row,
    db::{Row, query},
    window::Selection,
    worklist::{CaseView, InquiryView, Window, case_selection, inquiry_selection},
};
use crate::model::{Case, CaseId, Inquiry, InquiryId, Subject, Text};

/// So many can be marked in one list, and so many ids are found in one go.
pub const MOST_MARKED: u32 = 1_000;

/// All marks of a reviewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    pub inquiries: Vec<InquiryId>,
    pub cases: Vec<CaseId>,
    /// How many of them the lists asked about do not show.
    pub hidden_inquiries: u64,
    pub hidden_cases: u64,
}

/// A marked inquiry with what a decision about it has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkedInquiry {
    pub inquiry: Inquiry,
    pub failed: u32,
    pub hydrated: bool,
    pub action: Option<Pending>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MarkedCase {
    pub case: Case,
    /// Of its inquiries.
    pub failed: u32,
    pub action: Option<Pending>,
}

/// Ids of a list, from an index on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// Of the whole list.
    pub total: u64,
    pub subjects: Vec<Subject>,
}

impl Store {
    /// Marks (true) and unmarks (false) in this order.
    pub async fn mark(&self, who: &Text, steps: &[(Subject, bool)]) -> Result<(), Error> {
        let mut tx = self.0.backend.begin().await?;
        for (subject, on) in steps {
            let sql = match on {
                true => {
                    "INSERT INTO marked (reviewer, kind, id) VALUES ($1, $2, $3)
                     ON CONFLICT DO NOTHING"
                }
                false => "DELETE FROM marked WHERE reviewer = $1 AND kind = $2 AND id = $3",
            };
            query(sql)
                .bind(who.as_str())
                .bind(subject.kind())
                .bind(subject.id())
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await?;
        self.tell(Changes { marks: true, ..Changes::default() });
        Ok(())
    }

    /// What is marked, and how many of each these lists do not show.
    pub async fn marked(
        &self,
        who: &Text,
        inquiries: &InquiryView,
        cases: &CaseView,
    ) -> Result<Marked, Error> {
        let sql = "SELECT kind, id FROM marked WHERE reviewer = $1 ORDER BY kind, id";
        let rows = query(sql).bind(who.as_str()).fetch_all(&self.0.backend.reader).await?;
        let mut marked = Marked::default();
        for row in rows {
            let (kind, id): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            match kind.as_str() {
                "inquiry" => marked.inquiries.push(InquiryId::new(&id)?),
                _ => marked.cases.push(CaseId::new(&id)?),
            }
        }
        let now = self.0.clock.now();
        if !marked.inquiries.is_empty() {
            let listed = inquiry_selection(&self.0.seal, inquiries, now);
            let seen = self.of_marked(listed, who).await?;
            marked.hidden_inquiries = (marked.inquiries.len() as u64).saturating_sub(seen);
        }
        if !marked.cases.is_empty() {
            let seen = self.of_marked(case_selection(cases, now), who).await?;
            marked.hidden_cases = (marked.cases.len() as u64).saturating_sub(seen);
        }
        Ok(marked)
    }

    /// How many rows of a list are marked.
    async fn of_marked(&self, listed: Selection, who: &Text) -> Result<u64, Error> {
        let mut selection = only_marked(listed, who);
        let mut tx = self.0.backend.reader.begin().await?;
        self.narrow(&mut tx, &mut selection).await?;
        let (total, _) = selection.total(&mut tx, u64::from(MOST_MARKED) + 1).await?;
        Ok(total)
    }

    /// The marked inquiries that the local copy has, in the order of their ids.
    pub async fn marked_inquiries(&self, who: &Text) -> Result<Vec<MarkedInquiry>, Error> {
        let all = InquiryView::default();
        let selection = only_marked(inquiry_selection(&self.0.seal, &all, self.0.clock.now()), who);
        let columns = format!(
            "list.id, list.body, list.failed, list.hydrated_at, {}",
            action_row::PENDING_COLUMNS
        );
        let read = |row: &Row| {
            Ok(MarkedInquiry {
                inquiry: self.0.seal.object(row)?,
                failed: u32::try_from(row.try_get::<i64, _>("failed")?).unwrap_or(u32::MAX),
                hydrated: row.try_get::<Option<i64>, _>("hydrated_at")?.is_some(),
                action: action_row::pending(&self.0.seal, row)?,
            })
        };
        Ok(self.window(&columns, selection, WHOLE, read).await?.rows)
    }

    pub async fn marked_cases(&self, who: &Text) -> Result<Vec<MarkedCase>, Error> {
        let all = CaseView { scope: super::Scope::All, ..CaseView::default() };
        let selection = only_marked(case_selection(&all, self.0.clock.now()), who);
        let columns = format!(
            "list.id, list.body, {},
             (SELECT CAST(coalesce(sum(inquiry.failed), 0) AS BIGINT) FROM case_inquiry
                 JOIN inquiry ON inquiry.id = case_inquiry.inquiry_id
                 WHERE case_inquiry.case_id = list.id) AS failed",
            action_row::PENDING_COLUMNS
        );
        let read = |row: &Row| {
            Ok(MarkedCase {
                case: self.0.seal.object(row)?,
                failed: u32::try_from(row.try_get::<i64, _>("failed")?).unwrap_or(u32::MAX),
                action: action_row::pending(&self.0.seal, row)?,
            })
        };
        Ok(self.window(&columns, selection, WHOLE, read).await?.rows)
    }

    /// Ids of a list in its order; of a long one only the first.
    pub async fn inquiry_ids(&self, view: &InquiryView, window: Window) -> Result<Ids, Error> {
        let selection = inquiry_selection(&self.0.seal, view, self.0.clock.now());
        self.ids(selection, window, |id| Ok(Subject::Inquiry(InquiryId::new(id)?))).await
    }

    pub async fn case_ids(&self, view: &CaseView, window: Window) -> Result<Ids, Error> {
        let selection = case_selection(view, self.0.clock.now());
        self.ids(selection, window, |id| Ok(Subject::Case(CaseId::new(id)?))).await
    }

    async fn ids(
        &self,
        selection: Selection,
        window: Window,
        subject: impl Fn(&str) -> Result<Subject, Error>,
    ) -> Result<Ids, Error> {
        let window = Window { rows: window.rows.min(MOST_MARKED), ..window };
        let read = |row: &Row| subject(row.try_get("id")?);
        let rows = self.window("list.id", selection, window, read).await?;
        Ok(Ids { total: rows.total, subjects: rows.rows })
    }
}

const WHOLE: Window = Window { first: 0, rows: MOST_MARKED };

/// Rows of a list that are marked. They are few: found by their ids, and sorted.
fn only_marked(mut selection: Selection, who: &Text) -> Selection {
    let (source, kind) = match selection.table {
        "inquiry" => ("inquiry AS list", "inquiry"),
        _ => ("review_case AS list", "case"),
    };
    selection.source = source;
    selection.condition(
        |n| format!("list.id IN (SELECT id FROM marked WHERE reviewer = ${n} AND kind = '{kind}')"),
        who.to_string(),
    );
    selection
}
