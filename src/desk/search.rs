//! Asking Persona's index where the local copy has no answer. What comes back goes into the store;
//! which clauses ran where is told.

use super::{Desk, RefreshError};
use crate::{
    model::{
        AccountId, Batch, Case, CaseId, Entity, Inquiry, InquiryId, InquiryStatus, Lane, Subject,
        Text, Timestamp,
        filter::{Field, Filter, List, Test, Than, Value},
    },
    persona::{
        Page, PageFrom, Read, inquiries,
        search::{Clause, Operator, Search, Searchable},
    },
};

/// What Persona's index brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub brought: usize,
    /// There is more than was asked for.
    pub more: bool,
    /// Clauses that Persona ran, and those that only this copy can.
    pub there: Vec<String>,
    pub here: Vec<String>,
    /// An index answered, which is about a minute behind.
    pub lags: bool,
}

/// What a question to Persona is made of.
#[derive(Debug, Default, PartialEq)]
struct Question {
    clauses: Vec<Clause>,
    accounts: Vec<AccountId>,
    there: Vec<String>,
    here: Vec<String>,
}

/// So many pages of a hundred are asked for.
const MOST_PAGES: usize = 3;

impl Desk {
    /// Asks Persona for what a filter is about, and puts it into the store.
    ///
    /// # Errors
    /// Whatever keeps Persona from answering, or the store from writing; and a filter of which
    /// Persona knows nothing.
    pub async fn search(&self, list: List, filter: &Filter) -> Result<Found, SearchError> {
        if let Some(subject) = named(list, filter) {
            self.refresh(&subject).await?;
            return Ok(Found { brought: 1, there: vec!["its id".to_owned()], ..Found::default() });
        }
        let question = match list {
            List::Inquiries => of_inquiries(filter),
            List::Cases => of_cases(filter, self.clock.now()),
        };
        if question.there.is_empty() {
            return Err(SearchError::Nothing(list));
        }
        let (batch, more, lags) = match list {
            List::Inquiries if !question.accounts.is_empty() => {
                let (found, more) = self.listed(&question, filter).await?;
                (Batch::of(found.into_iter().map(Entity::Inquiry)), more, false)
            }
            List::Inquiries => {
                let (found, more) = self.searched::<Inquiry>(&question).await?;
                (Batch::of(found.into_iter().map(Entity::Inquiry)), more, true)
            }
            List::Cases => {
                let (found, more) = self.searched::<Case>(&question).await?;
                (Batch::of(found.into_iter().map(Entity::Case)), more, true)
            }
        };
        let brought = batch.entities.len();
        self.store.apply(batch).await.map_err(RefreshError::from)?;
        let Question { there, here, .. } = question;
        Ok(Found { brought, more, there, here, lags })
    }

    async fn searched<T: Searchable>(
        &self,
        question: &Question,
    ) -> Result<(Vec<T>, bool), RefreshError> {
        let query = Clause::All(question.clauses.clone());
        self.pages(|page| Search::<T>::new(Some(query.clone()), None, page)).await
    }

    /// The list knows accounts, and the search does not.
    async fn listed(
        &self,
        question: &Question,
        filter: &Filter,
    ) -> Result<(Vec<Inquiry>, bool), RefreshError> {
        let filter = inquiries::Filter {
            accounts: question.accounts.clone(),
            statuses: statuses(filter).unwrap_or_default(),
            ..inquiries::Filter::default()
        };
        self.pages(|page| inquiries::List { filter: filter.clone(), page }).await
    }

    /// The first pages, and whether there are more.
    async fn pages<T, E: Read<Output = Page<T>>>(
        &self,
        ask: impl Fn(PageFrom) -> E,
    ) -> Result<(Vec<T>, bool), RefreshError> {
        let (mut found, mut page) = (Vec::new(), PageFrom::first(100));
        for _ in 0..MOST_PAGES {
            let answer = self.client.read(&ask(page), Lane::Front).await?;
            found.extend(answer.items);
            match answer.next {
                Some(next) => page = PageFrom::Link(next),
                None => return Ok((found, false)),
            }
        }
        Ok((found, true))
    }
}

/// Why Persona was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error(transparent)]
    Refresh(#[from] RefreshError),
    #[error("Persona knows nothing of this filter: it finds {} by {}", .0.name(), knows(*.0))]
    Nothing(List),
}

fn knows(list: List) -> &'static str {
    match list {
        List::Inquiries => "id, reference id, status, template and account",
        List::Cases => "id, status, template, queue and SLA",
    }
}

/// The object whose id is a word of the filter.
fn named(list: List, filter: &Filter) -> Option<Subject> {
    filter.clauses.iter().find_map(|clause| match (&clause.test, list) {
        _ if clause.inverse => None,
        (Test::Word(word), List::Inquiries) if word.as_str().starts_with("inq_") => {
            InquiryId::new(word.as_str()).ok().map(Subject::Inquiry)
        }
        (Test::Word(word), List::Cases) if word.as_str().starts_with("case_") => {
            CaseId::new(word.as_str()).ok().map(Subject::Case)
        }
        _ => None,
    })
}

/// None if it is not about certain statuses.
fn statuses(filter: &Filter) -> Option<Vec<InquiryStatus>> {
    match filter.about(Field::Status).collect::<Vec<_>>().as_slice() {
        [] => Some(vec![InquiryStatus::NeedsReview]),
        [(false, Value::Texts(texts))] => {
            Some(texts.iter().map(|text| InquiryStatus::parse(text.as_str())).collect())
        }
        _ => None,
    }
}

/// The first word is asked for as a reference id: names Persona does not search.
fn of_inquiries(filter: &Filter) -> Question {
    let mut question = Question::default();
    if let Some(statuses) = statuses(filter) {
        question.clauses.push(any("status", statuses.iter().map(InquiryStatus::as_str)));
    }
    let words = filter.words();
    let alone = words.as_ref().filter(|words| !words.as_str().contains(' '));
    for clause in filter.clauses.iter().filter(|clause| !is_any(&clause.test)) {
        let written = clause.to_string();
        let asked = match &clause.test {
            _ if clause.inverse => None,
            Test::Is(Field::Status, Value::Texts(_)) => Some(None),
            Test::Is(Field::Template, Value::Texts(ids)) => {
                Some(Some(any("inquiry_template_id", ids.iter().map(Text::as_str))))
            }
            Test::Is(Field::Account, Value::Texts(ids)) => {
                let ids = ids.iter().map(|id| AccountId::new(id.as_str()));
                match ids.collect::<Result<Vec<_>, _>>() {
                    Ok(ids) => {
                        question.accounts.extend(ids);
                        Some(None)
                    }
                    Err(_) => None,
                }
            }
            Test::Word(word) if Some(word) == alone => {
                Some(Some(Clause::equals("reference_id", word.as_str())))
            }
            _ => None,
        };
        note(&mut question, asked, written);
    }
    question
}

fn of_cases(filter: &Filter, now: Timestamp) -> Question {
    let mut question = Question::default();
    if filter.about(Field::Status).next().is_none() {
        question.clauses.push(any("state", ["open", "pending"]));
    }
    for clause in filter.clauses.iter().filter(|clause| !is_any(&clause.test)) {
        let written = clause.to_string();
        let Test::Is(field, value) = &clause.test else {
            question.here.push(written);
            continue;
        };
        let asked = match (field, value) {
            _ if clause.inverse => None,
            (Field::Status, Value::Texts(texts)) => {
                Some(Some(any("status", texts.iter().map(Text::as_str))))
            }
            (Field::Template, Value::Texts(ids)) => {
                Some(Some(any("template", ids.iter().map(Text::as_str))))
            }
            (Field::Queue, Value::Texts(ids)) => {
                Some(Some(any("case_queue", ids.iter().map(Text::as_str))))
            }
            // Persona goes by the user's id, and cases by the address.
            (Field::Assignee, Value::Texts(ids))
                if ids.iter().all(|id| id.as_str().starts_with("user_")) =>
            {
                Some(Some(any("assignee", ids.iter().map(Text::as_str))))
            }
            (Field::Sla, Value::Late) => Some(Some(instant("sla_expires_at", Operator::Lt, now))),
            (Field::Sla, Value::Span(than, seconds)) => {
                let at = now + std::time::Duration::from_secs(*seconds);
                let operator = match than {
                    Than::Less => Operator::Lt,
                    Than::AtMost => Operator::Lte,
                    Than::Equal => Operator::Eq,
                    Than::AtLeast => Operator::Gte,
                    Than::More => Operator::Gt,
                };
                Some(Some(instant("sla_expires_at", operator, at)))
            }
            _ => None,
        };
        note(&mut question, asked, written);
    }
    question
}

/// It narrows nothing, so nobody has to run it.
fn is_any(test: &Test) -> bool {
    matches!(test, Test::Is(_, Value::Any))
}

/// The outer none: only this copy can tell. The inner: it is asked for already.
fn note(question: &mut Question, asked: Option<Option<Clause>>, written: String) {
    match asked {
        Some(clause) => {
            question.clauses.extend(clause);
            question.there.push(written);
        }
        None => question.here.push(written),
    }
}

fn any<'a>(attribute: &str, values: impl IntoIterator<Item = &'a str>) -> Clause {
    let each = values.into_iter().map(|value| Clause::equals(attribute, value));
    let mut each = each.collect::<Vec<_>>();
    match each.len() {
        1 => each.remove(0),
        _ => Clause::Any(each),
    }
}

fn instant(attribute: &str, operator: Operator, at: Timestamp) -> Clause {
    Clause::Where(Text::new(attribute), operator, at.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::filter::parse;

    #[test]
    fn each_clause_is_asked_of_whoever_knows() {
        let table = [
            (List::Inquiries, "", "", "", 1),
            (List::Inquiries, "cust-7", "cust-7", "", 2),
            (List::Inquiries, "jane doe", "", "jane|doe", 1),
            (List::Inquiries, "status:any cust-7", "cust-7", "", 1),
            (
                List::Inquiries,
                "status:approved,declined ~jane template:itmpl_1 failed:>0",
                "status:approved,declined|template:itmpl_1",
                "~jane|failed:>0",
                2,
            ),
            (List::Inquiries, "account:act_1", "account:act_1", "", 1),
            (List::Inquiries, "!template:itmpl_1", "", "!template:itmpl_1", 1),
            (List::Cases, "queue:cqueue_1 sla:late", "queue:cqueue_1|sla:late", "", 3),
            (List::Cases, "assignee:me kyc", "", "assignee:me|kyc", 1),
            (List::Cases, "assignee:user_1 status:Done", "assignee:user_1|status:Done", "", 2),
        ];
        for (list, line, there, here, clauses) in table {
            let filter = parse(line, list).unwrap();
            let question = match list {
                List::Inquiries => of_inquiries(&filter),
                List::Cases => of_cases(&filter, Timestamp::UNIX_EPOCH),
            };
            assert_eq!(question.there.join("|"), there, "{line}");
            assert_eq!(question.here.join("|"), here, "{line}");
            assert_eq!(question.clauses.len(), clauses, "{line}");
        }
    }

    #[test]
    fn an_id_is_fetched_and_not_searched() {
        let filter = parse("status:any inq_9 jane", List::Inquiries).unwrap();
        let id = InquiryId::new("inq_9").unwrap();
        assert_eq!(named(List::Inquiries, &filter), Some(Subject::Inquiry(id)));
        assert_eq!(named(List::Cases, &filter), None);
    }
}
