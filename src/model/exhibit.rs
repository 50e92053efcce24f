//! What hangs on an inquiry or a case beside its verifications, as evidence: it comes along when
//! the object is asked for, and goes with it.

use serde::{Deserialize, Serialize};

use super::{
    CaseTemplate, Comment, Document, InquiryId, Report, ReportId, Session, Text, Transaction,
    Verification, VerificationId, verification::Weight,
};

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Exhibit {
    Session(Session),
    Report(Report),
    Document(Document),
    Comment(Comment),
    Transaction(Transaction),
    Verification(Attached),
    /// What the case's template says of it.
    Template(CaseTemplate),
    /// What an id that the object names is called: a template, a queue.
    Name(Named),
}

/// An object of which only its name matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: Text,
    pub name: Text,
}

/// A verification that is attached to a case, in short: all of it hangs on its inquiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub id: VerificationId,
    /// The part after `verification/`.
    pub kind: Text,
    pub status: Text,
    pub inquiry: Option<InquiryId>,
    pub checks: u32,
    /// Required checks that failed.
    pub failed: u32,
}

impl From<&Verification> for Attached {
    fn from(verification: &Verification) -> Self {
        let count = |checks: usize| u32::try_from(checks).unwrap_or(u32::MAX);
        let decides = verification.checks.iter().filter(|check| check.weight() == Weight::Decides);
        Self {
            id: verification.id.clone(),
            kind: verification.kind.clone(),
            status: verification.status.clone(),
            inquiry: verification.inquiry.clone(),
            checks: count(verification.checks.len()),
            failed: count(decides.count()),
        }
    }
}

impl Exhibit {
    pub fn id(&self) -> &str {
        match self {
            Self::Session(session) => session.id.as_str(),
            Self::Report(report) => report.id.as_str(),
            Self::Document(document) => document.id.as_str(),
            Self::Comment(comment) => comment.id.as_str(),
            Self::Transaction(transaction) => transaction.id.as_str(),
            Self::Verification(attached) => attached.id.as_str(),
            Self::Template(template) => template.id.as_str(),
            Self::Name(named) => named.id.as_str(),
        }
    }
}

/// All pieces that hang on one object, each kind in Persona's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exhibits {
    pub sessions: Vec<Session>,
    pub reports: Vec<Report>,
    pub documents: Vec<Document>,
    pub comments: Vec<Comment>,
    pub transactions: Vec<Transaction>,
    pub verifications: Vec<Attached>,
    pub template: Option<CaseTemplate>,
    pub names: Vec<Named>,
}

impl Exhibits {
    /// What an id is called, if that came along.
    pub fn name_of(&self, id: &str) -> Option<&Text> {
        let template = self.template.as_ref().filter(|template| template.id.as_str() == id);
        let named = self.names.iter().find(|named| named.id.as_str() == id);
        named.map(|named| &named.name).or_else(|| template?.name.as_ref())
    }

    pub fn report(&self, id: &ReportId) -> Option<&Report> {
        self.reports.iter().find(|report| report.id == *id)
    }
}

impl FromIterator<Exhibit> for Exhibits {
    fn from_iter<T: IntoIterator<Item = Exhibit>>(pieces: T) -> Self {
        let mut all = Self::default();
        for piece in pieces {
            match piece {
                Exhibit::Session(session) => all.sessions.push(session),
                Exhibit::Report(report) => all.reports.push(report),
                Exhibit::Document(document) => all.documents.push(document),
                Exhibit::Comment(comment) => all.comments.push(comment),
                Exhibit::Transaction(transaction) => all.transactions.push(transaction),
                Exhibit::Verification(attached) => all.verifications.push(attached),
                Exhibit::Template(template) => all.template = Some(template),
                Exhibit::Name(named) => all.names.push(named),
            }
        }
        all
    }
}
