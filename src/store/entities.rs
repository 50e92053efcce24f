//! Whole objects with what belongs to them, for the detail.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    CaseRow, Error, InquiryRow, Signal, Store, action_row,
    db::query,
    exhibits,
    history::Person,
    worklist::{case_row, inquiry_row, instant},
};
use crate::model::{
    Account, AccountId, Action, Case, CaseId, Exhibits, Inquiry, InquiryId, StatusKind, Subject,
    TemplateId, Text, Verdict, Verification,
};

/// An inquiry and its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct InquiryFile {
    pub inquiry: Inquiry,
    pub account: Option<Account>,
    /// In Persona's order.
    pub verifications: Vec<Verification>,
    /// When the verifications were last fetched; none if they never were.
    pub hydrated_at: Option<Timestamp>,
    pub fetched_at: Timestamp,
    /// On its way, or refused and not read yet.
    pub action: Option<Action>,
    pub cases: Vec<CaseRow>,
    /// Sessions, reports, documents, and what its template and its reviewer are called.
    pub exhibits: Exhibits,
    /// Other inquiries of the account, newest first.
    pub earlier: Vec<Inquiry>,
    /// Who shares something with the account; what weighs most first.
    pub signals: Vec<Signal>,
    /// Every verdict on this person so far, newest first.
    pub history: Vec<Verdict>,
}

/// A case and what is known of the objects in it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFile {
    pub case: Case,
    /// What its status means, as far as is known.
    pub kind: StatusKind,
    pub inquiries: Vec<InquiryRow>,
    pub accounts: Vec<Account>,
    pub exhibits: Exhibits,
    pub action: Option<Action>,
}

/// A status that a case can be set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownStatus {
    pub name: Text,
    pub kind: StatusKind,
}

/// More of one account are not compared.
const MOST_OTHERS: u32 = 50;

impl Store {
    pub async fn inquiry(&self, id: &InquiryId) -> Result<Option<InquiryFile>, Error> {
        let (reader, seal) = (&self.0.backend.reader, &self.0.seal);
        let row = query("SELECT id, body, fetched_at, hydrated_at FROM inquiry WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let inquiry: Inquiry = seal.object(&row)?;
        let verifications =
            query("SELECT id, body FROM verification WHERE inquiry_id = $1 ORDER BY position")
                .bind(id.as_str())
                .fetch_all(reader)
                .await?;
        let cases = query(AssertSqlSafe(format!(
            "SELECT list.id, list.body, {} FROM review_case AS list
             JOIN case_inquiry ON case_inquiry.case_id = list.id {}
             WHERE case_inquiry.inquiry_id = $1 ORDER BY list.resolved, list.created_at DESC NULLS LAST",
            action_row::PENDING_COLUMNS,
            action_row::PENDING_JOIN
        )))
        .bind(id.as_str())
        .fetch_all(reader)
        .await?;
        let account = match &inquiry.account {
            Some(account) => self.account(account).await?,
            None => None,
        };
        let earlier = match &inquiry.account {
            Some(account) => self.others_of(account, id).await?,
            None => Vec::new(),
        };
        let signals = match &inquiry.account {
            Some(account) => self.signals(account).await?,
            None => Vec::new(),
        };
        let of = Person { account: inquiry.account.as_ref(), inquiry: Some(&inquiry) };
        Ok(Some(InquiryFile {
            history: self.history(&of, &signals).await?,
            signals,
            exhibits: exhibits::of(reader, seal, id.as_str()).await?,
            earlier,
            account,
            verifications: verifications
                .iter()
                .map(|row| seal.object(row))
                .collect::<Result<_, _>>()?,
            hydrated_at: instant(row.try_get("hydrated_at")?),
            fetched_at: instant(Some(row.try_get("fetched_at")?)).unwrap_or(Timestamp::UNIX_EPOCH),
            action: self.shown_action(&Subject::Inquiry(id.clone())).await?,
            cases: cases.iter().map(|row| case_row(seal, row)).collect::<Result<_, _>>()?,
            inquiry,
        }))
    }

    pub async fn case(&self, id: &CaseId) -> Result<Option<CaseFile>, Error> {
        let (reader, seal) = (&self.0.backend.reader, &self.0.seal);
        let row = query("SELECT id, body FROM review_case WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let case: Case = seal.object(&row)?;
        let inquiries = query(AssertSqlSafe(format!(
            "SELECT list.id, list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
                 list.hydrated_at, 0 AS late, {} FROM inquiry AS list
             JOIN case_inquiry ON case_inquiry.inquiry_id = list.id {}
             WHERE case_inquiry.case_id = $1 ORDER BY list.created_at DESC NULLS LAST",
            action_row::PENDING_COLUMNS,
            action_row::PENDING_JOIN
        )))
        .bind(id.as_str())
        .fetch_all(reader)
        .await?;
        let mut accounts = Vec::new();
        for account in &case.accounts {
            accounts.extend(self.account(account).await?);
        }
        let exhibits = exhibits::of(reader, seal, id.as_str()).await?;
        let ends = exhibits.template.as_ref().is_some_and(|known| known.ends_with(&case.status));
        Ok(Some(CaseFile {
            kind: if ends || case.is_resolved() { StatusKind::End } else { StatusKind::Unknown },
            inquiries: inquiries
                .iter()
                .map(|row| inquiry_row(seal, row))
                .collect::<Result<_, _>>()?,
            accounts,
            exhibits,
            action: self.shown_action(&Subject::Case(id.clone())).await?,
            case,
        }))
    }

    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, Error> {
        let row = query("SELECT id, body FROM account WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        row.as_ref().map(|row| self.0.seal.object(row)).transpose()
    }

    /// An account's inquiries but one, newest first.
    async fn others_of(&self, id: &AccountId, but: &InquiryId) -> Result<Vec<Inquiry>, Error> {
        let rows = query(
            "SELECT id, body FROM inquiry WHERE account_id = $1 AND id <> $2
             ORDER BY created_at DESC NULLS LAST, id LIMIT $3",
        )
        .bind(id.as_str())
        .bind(but.as_str())
        .bind(MOST_OTHERS)
        .fetch_all(&self.0.backend.reader)
        .await?;
        rows.iter().map(|row| self.0.seal.object(row)).collect()
    }

    /// Statuses seen on cases of a template, the most frequent first. One that came with a
    /// resolution ends the investigation.
    pub async fn case_statuses(
        &self,
        template: Option<&TemplateId>,
    ) -> Result<Vec<KnownStatus>, Error> {
        let rows = query(
            "SELECT min(status), count(resolution) FROM review_case
             WHERE template IS NOT DISTINCT FROM $1
             GROUP BY lower(status) ORDER BY count(*) DESC, 1",
        )
        .bind(template.map(|id| id.as_str()))
        .fetch_all(&self.0.backend.reader)
        .await?;
        rows.iter()
            .map(|row| {
                let ends = row.try_get::<i64, _>(1)? != 0;
                Ok(KnownStatus {
                    name: Text::from(row.try_get::<String, _>(0)?),
                    kind: if ends { StatusKind::End } else { StatusKind::Unknown },
                })
            })
            .collect()
    }
}
