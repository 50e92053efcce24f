//! Views: from a filter to what the store is asked for, in figures, saved, and why a row stands
//! where it does.

use super::{CaseView, Desk, Figures, InquiryView, Scope, Standing, StoreError};
use crate::model::{
    InquiryStatus, Subject, Text,
    filter::{Clause, Field, Filter, Order, SavedView, Test, Value},
};

/// A view whose figures are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CountedView {
    Inquiries(InquiryView),
    Cases(CaseView),
}

/// Without a status, those that wait for review.
pub fn inquiry_view(filter: &Filter, order: Order, me: &Text) -> InquiryView {
    let statuses: Vec<(bool, &Value)> = filter.about(Field::Status).collect();
    let (status, rest) = match statuses.as_slice() {
        [] => (Some(InquiryStatus::NeedsReview), filter.clone()),
        [(false, Value::Any)] => (None, filter.without(Field::Status)),
        [(false, Value::Texts(texts))] if texts.len() == 1 => {
            (Some(InquiryStatus::parse(texts[0].as_str())), filter.without(Field::Status))
        }
        _ => (None, filter.clone()),
    };
    let (hides, rest) = hiding(rest);
    InquiryView {
        status,
        search: filter.words(),
        clauses: beyond_words(&rest),
        order: filter.order.unwrap_or(order),
        me: me.clone(),
        hides,
    }
}

/// Whether what was put off is left out, as it is where nothing is said of it; and what is left of the
/// filter to be asked for.
fn hiding(filter: Filter) -> (bool, Filter) {
    let asked: Vec<(bool, &Value)> = filter.about(Field::Snoozed).collect();
    match asked.as_slice() {
        [] => (true, filter),
        [(false, Value::No)] => (true, filter.without(Field::Snoozed)),
        [(false, Value::Any)] => (false, filter.without(Field::Snoozed)),
        _ => (false, filter),
    }
}

/// Without a status, open ones.
pub fn case_view(filter: &Filter, order: Order, me: &Text) -> CaseView {
    let statuses: Vec<(bool, &Value)> = filter.about(Field::Status).collect();
    let (scope, rest) = match statuses.as_slice() {
        [] => (Scope::Open, filter.clone()),
        [(false, Value::Any)] => (Scope::All, filter.without(Field::Status)),
        _ => (Scope::All, filter.clone()),
    };
    let (hides, rest) = hiding(rest);
    CaseView {
        scope,
        search: filter.words(),
        clauses: beyond_words(&rest),
        order: filter.order.unwrap_or(order),
        me: me.clone(),
        hides,
    }
}

fn beyond_words(filter: &Filter) -> Vec<Clause> {
    let is_word = |clause: &&Clause| !clause.inverse && matches!(clause.test, Test::Word(_));
    filter.clauses.iter().filter(|clause| !is_word(clause)).cloned().collect()
}

impl Desk {
    pub async fn figures(&self, view: &CountedView) -> Result<Figures, StoreError> {
        match view {
            CountedView::Inquiries(view) => self.store.inquiry_figures(view).await,
            CountedView::Cases(view) => self.store.case_figures(view).await,
        }
    }

    /// None if there is no such object, or it is in no list.
    pub async fn standing(
        &self,
        view: &CountedView,
        subject: &Subject,
    ) -> Result<Option<Standing>, StoreError> {
        match (view, subject) {
            (CountedView::Inquiries(view), Subject::Inquiry(id)) => {
                self.store.inquiry_standing(view, id).await
            }
            (CountedView::Cases(view), Subject::Case(id)) => {
                self.store.case_standing(view, id).await
            }
            _ => Ok(None),
        }
    }

    pub async fn saved_views(&self) -> Result<Vec<SavedView>, StoreError> {
        self.store.saved_views().await
    }

    /// In place of one of the same name. Tells all that are saved then.
    pub async fn save_view(&self, view: &SavedView) -> Result<Vec<SavedView>, StoreError> {
        self.store.save_view(view).await?;
        self.store.saved_views().await
    }

    /// Tells all that are saved then.
    pub async fn delete_view(&self, name: &Text) -> Result<Vec<SavedView>, StoreError> {
        self.store.delete_view(name).await?;
        self.store.saved_views().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::filter::{List, parse};

    #[test]
    fn a_filter_without_a_status_is_about_what_waits() {
        let table = [
            ("", Some("needs_review"), None, ""),
            ("jane doe", Some("needs_review"), Some("jane doe"), ""),
            ("status:any jane", None, Some("jane"), ""),
            ("status:approved failed:>0", Some("approved"), None, "failed:>0"),
            ("!status:approved !jane", None, None, "!status:approved !jane"),
            ("status:approved,declined", None, None, "status:approved,declined"),
            ("status:\"of its own\" ~jane", Some("of its own"), None, "~jane"),
        ];
        for (line, status, search, clauses) in table {
            let me = Text::new("jane@x.test");
            let view = inquiry_view(&parse(line, List::Inquiries).unwrap(), Order::Sla, &me);
            assert_eq!(view.status, status.map(InquiryStatus::parse), "{line}");
            assert_eq!(view.search, search.map(Text::new), "{line}");
            let written = view.clauses.iter().map(Clause::to_string).collect::<Vec<_>>();
            assert_eq!(written.join(" "), clauses, "{line}");
            assert_eq!(view.order, Order::Sla);
        }
    }

    #[test]
    fn what_was_put_off_is_left_out_unless_it_is_asked_for() {
        let table = [
            ("", true, ""),
            ("snoozed:no late:yes", true, "late:yes"),
            ("snoozed:any", false, ""),
            ("snoozed:yes", false, "snoozed:yes"),
            ("!snoozed:yes", false, "!snoozed:yes"),
            ("snoozed:yes snoozed:no", false, "snoozed:yes snoozed:no"),
        ];
        let me = Text::new("jane@x.test");
        for (line, hides, clauses) in table {
            let written = |clauses: &[Clause]| {
                clauses.iter().map(Clause::to_string).collect::<Vec<_>>().join(" ")
            };
            let view = inquiry_view(&parse(line, List::Inquiries).unwrap(), Order::Sla, &me);
            assert_eq!((view.hides, written(&view.clauses).as_str()), (hides, clauses), "{line}");
            let view = case_view(&parse(line, List::Cases).unwrap(), Order::Sla, &me);
            assert_eq!((view.hides, written(&view.clauses).as_str()), (hides, clauses), "{line}");
        }
    }

    #[test]
    fn a_filter_of_cases_without_a_status_is_about_open_ones() {
        let view = |line| {
            case_view(&parse(line, List::Cases).unwrap(), Order::Sla, &Text::new("jane@x.test"))
        };
        assert_eq!(view("kyc").scope, Scope::Open);
        assert_eq!((view("status:any").scope, view("status:any").clauses.len()), (Scope::All, 0));
        assert_eq!((view("status:done").scope, view("status:done").clauses.len()), (Scope::All, 1));
        assert_eq!(view("order:age assignee:me").order, Order::Age);
    }
}
