//! Lists as a script asks for them: whole objects, chosen by their own attributes.

use super::{
    CaseView, Error, InquiryRow, InquiryView, Pending, Rows, Scope, Store, Window, action_row,
    db::{Row, query},
    tally::Tally,
    window::Selection,
    worklist::{case_selection, inquiry_row, inquiry_selection},
};
use crate::model::{Account, AccountId, Case, Inquiry, InquiryStatus, TemplateId, Text};

/// Which inquiries; an empty one is every inquiry. The order is that of an `InquiryView`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InquiryFilter {
    pub status: Option<InquiryStatus>,
    pub template: Option<TemplateId>,
    pub account: Option<AccountId>,
}

/// Which cases; texts are compared without case. The order is that of a `CaseView`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    pub status: Option<Text>,
    /// A queue's id.
    pub queue: Option<Text>,
    /// An e-mail address.
    pub assignee: Option<Text>,
    pub template: Option<TemplateId>,
    pub account: Option<AccountId>,
}

/// Which accounts, newest first; texts are compared without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    pub status: Option<Text>,
    /// `Individual`, `Business`, …
    pub type_name: Option<Text>,
    pub id: Option<AccountId>,
}

impl AccountFilter {
    pub fn passes(&self, account: &Account) -> bool {
        let is = |wanted: &Option<Text>, found: &Option<Text>| match (wanted, found) {
            (None, _) => true,
            (Some(wanted), Some(found)) => folded(wanted) == folded(found),
            (Some(_), None) => false,
        };
        is(&self.status, &account.status)
            && is(&self.type_name, &account.type_name)
            && self.id.as_ref().is_none_or(|id| *id == account.id)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListedInquiry {
    pub inquiry: Inquiry,
    /// Its checks in figures, and the decision about it.
    pub row: InquiryRow,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListedCase {
    pub case: Case,
    pub action: Option<Pending>,
}

impl Store {
    pub async fn list_inquiries(
        &self,
        filter: &InquiryFilter,
        most: u32,
    ) -> Result<Rows<ListedInquiry>, Error> {
        let view = InquiryView { status: filter.status.clone(), ..InquiryView::default() };
        let mut selection = inquiry_selection(&self.0.seal, &view, self.0.clock.now());
        selection.is("list.template", filter.template.as_ref());
        selection.is("list.account_id", filter.account.as_ref());
        let columns = format!(
            "list.id, list.body, list.kinds, list.failed, list.signals, list.unproven, list.passed,
             list.hydrated_at, 0 AS late, {}",
            action_row::PENDING_COLUMNS
        );
        let seal = &self.0.seal;
        let read = |row: &Row| {
            Ok(ListedInquiry { inquiry: seal.object(row)?, row: inquiry_row(seal, row)? })
        };
        self.window(&columns, selection, first(most), read).await
    }

    pub async fn list_cases(
        &self,
        filter: &CaseFilter,
        most: u32,
    ) -> Result<Rows<ListedCase>, Error> {
        let view = CaseView { scope: Scope::All, ..CaseView::default() };
        let mut selection = case_selection(&view, self.0.clock.now());
        // Other indexes have the order as well, one for each of the filters.
        selection.source = "review_case AS list";
        selection.is("lower(list.status)", filter.status.as_ref().map(folded));
        selection.is("list.queue", filter.queue.as_ref());
        selection.is("list.assignee", filter.assignee.as_ref().map(folded));
        selection.is("list.template", filter.template.as_ref());
        if let Some(account) = &filter.account {
            let has = |n| {
                format!(
                    "EXISTS (SELECT 1 FROM case_account WHERE case_id = list.id AND account_id = ${n})"
                )
            };
            selection.condition(has, account.to_string());
        }
        let columns = format!("list.id, list.body, {}", action_row::PENDING_COLUMNS);
        let seal = &self.0.seal;
        let read = |row: &Row| {
            Ok(ListedCase { case: seal.object(row)?, action: action_row::pending(seal, row)? })
        };
        self.window(&columns, selection, first(most), read).await
    }

    /// Of the accounts that were seen.
    pub async fn list_accounts(
        &self,
        filter: &AccountFilter,
        most: u32,
    ) -> Result<Rows<Account>, Error> {
        let mut selection = Selection::of("account", "account AS list", &["newest", "id"]);
        selection.is("list.status", filter.status.as_ref().map(folded));
        selection.is("list.type_name", filter.type_name.as_ref().map(folded));
        selection.is("list.id", filter.id.as_ref());
        let read = |row: &Row| self.0.seal.object(row);
        self.window("list.id, list.body", selection, first(most), read).await
    }

    /// How many inquiries, cases and accounts there are.
    pub async fn counts(&self) -> Result<(u64, u64, u64), Error> {
        let mut tx = self.0.backend.reader.begin().await?;
        let inquiries = Tally::of("inquiry").total(&mut tx).await?;
        let cases = Tally::of("case").total(&mut tx).await?;
        let accounts = query("SELECT count(*) FROM account").fetch_one(&mut tx).await?;
        Ok((inquiries, cases, accounts.try_get::<i64, _>(0)?.unsigned_abs()))
    }
}

fn first(rows: u32) -> Window {
    Window { first: 0, rows }
}

pub fn folded(text: &Text) -> String {
    text.as_str().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        model::{Batch, Entity},
    };

    fn case(id: &str, queue: Option<&str>, assignee: Option<&str>, accounts: &[&str]) -> Entity {
        let bare = serde_json::json!({
            "id": id, "status": "Waiting for documents", "queue": queue, "assignee": assignee,
            "accounts": accounts, "tags": [], "inquiries": [], "fields": [],
        });
        Entity::Case(serde_json::from_value(bare).unwrap())
    }

    #[tokio::test]
    async fn cases_are_chosen_by_each_of_their_attributes_and_by_all() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
        let batch = Batch::of([
            case("case_1", Some("cqueue_1"), Some("Jane@example.test"), &["act_1", "act_2"]),
            case("case_2", Some("cqueue_1"), None, &["act_2"]),
            case("case_3", None, None, &[]),
        ]);
        store.apply(batch).await.unwrap();
        let of = |text: &str| Some(Text::new(text));
        let all = CaseFilter::default();
        let account = |id: &str| Some(AccountId::new(id).unwrap());
        let queue = CaseFilter { queue: of("cqueue_1"), ..all.clone() };
        let table = [
            (all.clone(), vec!["case_1", "case_2", "case_3"]),
            (queue.clone(), vec!["case_1", "case_2"]),
            (CaseFilter { queue: of("cqueue_2"), ..all.clone() }, vec![]),
            (CaseFilter { assignee: of("jane@EXAMPLE.test"), ..all.clone() }, vec!["case_1"]),
            (CaseFilter { account: account("act_2"), ..all.clone() }, vec!["case_1", "case_2"]),
            (CaseFilter { account: account("act_1"), ..queue }, vec!["case_1"]),
            (CaseFilter { status: of("waiting FOR documents' OR 1=1"), ..all.clone() }, vec![]),
            (
                CaseFilter { status: of("waiting FOR documents"), ..all },
                vec!["case_1", "case_2", "case_3"],
            ),
        ];
        for (filter, ids) in table {
            let found = store.list_cases(&filter, 10).await.unwrap();
            let found: Vec<&str> = found.rows.iter().map(|row| row.case.id.as_str()).collect();
            assert_eq!(found, ids, "{filter:?}");
        }
    }
}
