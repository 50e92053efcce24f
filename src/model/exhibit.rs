//! What hangs on an inquiry or a case beside its verifications, as evidence: it comes along when
//! the object is asked for, and goes with it.

use serde::{Deserialize, Serialize};

use super::{Document, Report, Session, Text};

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Exhibit {
    Session(Session),
    Report(Report),
    Document(Document),
    /// What an id that the object names is called: a template, a queue.
    Name(Named),
}

/// An object of which only its name matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: Text,
    pub name: Text,
}

impl Exhibit {
    pub fn id(&self) -> &str {
        match self {
            Self::Session(session) => session.id.as_str(),
            Self::Report(report) => report.id.as_str(),
            Self::Document(document) => document.id.as_str(),
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
    pub names: Vec<Named>,
}

impl Exhibits {
    /// What an id is called, if that came along.
    pub fn name_of(&self, id: &str) -> Option<&Text> {
        self.names.iter().find(|named| named.id.as_str() == id).map(|named| &named.name)
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
                Exhibit::Name(named) => all.names.push(named),
            }
        }
        all
    }
}
