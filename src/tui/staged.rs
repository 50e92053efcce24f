//! What is in the commit bar: a decision in words, and nowhere else yet.

use jiff::Timestamp;
use tui_input::Input;

use super::bulk::Bulk;
use crate::{
    config::{Reason, policy::Source},
    desk::Draft,
    model::{ActionId, Evidence, InquiryId, Subject, Text, Verb},
};

/// A decision in the commit bar: named, not yet sent anywhere.
#[derive(Debug)]
pub struct Staged {
    pub subject: Subject,
    pub verb: Verb,
    pub evidence: Evidence,
    pub purpose: Purpose,
    /// What is decided of a case's inquiries in the same commit.
    pub inquiries: Option<Inquiries>,
    /// All that is marked, where it is decided in one go; `subject` is the first of it.
    pub bulk: Option<Bulk>,
    /// What can be given as the reason, for all of it.
    pub reasons: Vec<Reason>,
    /// Why one must be given, if it must.
    pub reason_due: Option<String>,
    /// Index into `reasons`.
    pub reason: Option<usize>,
    /// What helps to tell whether it is meant: who an account is that is to be related.
    pub note: Option<String>,
    /// What speaks against it, each in words: an earlier verdict that says the opposite, a colleague
    /// who has claimed the item.
    pub warnings: Vec<String>,
    pub comment: Input,
    /// Keys go into the comment.
    pub writing: bool,
    /// Handed to the desk; the answer comes within milliseconds.
    pub submitted: bool,
}

/// What Enter does.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    Decide,
    /// A second person must confirm it; whose policy asks for that.
    Propose(Source),
    Confirm(Proposed),
}

/// What somebody else proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    pub action: ActionId,
    pub by: Text,
    pub reason: Option<Text>,
    /// What Persona is to be told.
    pub comment: Option<Text>,
    /// What was proposed together with it: ` and approve inq_4KvC…DiBt`, or nothing.
    pub too: String,
}

/// A verdict about the inquiries of a case that are not decided yet, each as it is on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Inquiries {
    pub verb: Verb,
    pub seen: Vec<(InquiryId, Evidence)>,
    /// How many of their required checks failed.
    pub failed: u64,
    /// Which are not decided, and why, each in words.
    pub left_out: Vec<String>,
}

impl Staged {
    /// As it is when it is put into the commit bar.
    pub fn of(subject: Subject, verb: Verb, evidence: Evidence, purpose: Purpose) -> Self {
        Self {
            subject,
            verb,
            evidence,
            purpose,
            inquiries: None,
            bulk: None,
            reasons: Vec::new(),
            reason_due: None,
            reason: None,
            note: None,
            warnings: Vec::new(),
            comment: Input::default(),
            writing: false,
            submitted: false,
        }
    }

    /// Sets a case's status, and verdicts about its inquiries can be added.
    pub fn can_be_joined(&self) -> bool {
        self.verb.is_status() && self.bulk.is_none() && !matches!(self.purpose, Purpose::Confirm(_))
    }

    /// Lines of the commit bar: the question, what speaks against it, what else can be decided with it,
    /// the reasons, the comment.
    pub fn rows(&self) -> u16 {
        let warnings = u16::try_from(self.warnings.len()).unwrap_or(0);
        let more = [self.can_be_joined(), self.shows_comment()];
        more.into_iter().fold(2 + warnings, |rows, one| rows + u16::from(one))
    }

    /// One is being written, or was.
    pub fn shows_comment(&self) -> bool {
        self.writing || !self.comment.value().is_empty()
    }

    /// A comment can be written.
    pub fn takes_comment(&self) -> bool {
        self.verdict().takes_comment() && !matches!(self.purpose, Purpose::Confirm(_))
    }

    /// The verdict that a reason and a comment go with.
    pub fn verdict(&self) -> &Verb {
        self.inquiries.as_ref().map_or(&self.verb, |inquiries| &inquiries.verb)
    }

    /// Each kind of decision in it, that about the inquiries first.
    pub fn verbs(&self) -> impl Iterator<Item = &Verb> {
        self.inquiries.iter().map(|inquiries| &inquiries.verb).chain([&self.verb])
    }

    /// Why it cannot be committed yet.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn is_complete(&self) -> Result<(), String> {
        match (&self.reason_due, self.reason, self.reasons.len()) {
            (None, ..) | (_, Some(_), _) => Ok(()),
            (Some(why), None, 0) => Err(format!("{why}, and none is configured: see [reasons]")),
            (Some(why), None, 1) => Err(format!("{why}: 1 gives it")),
            (Some(why), None, many) => Err(format!("{why}: 1 to {many} choose one")),
        }
    }

    /// ` and approve of its inquiry`, or nothing.
    pub fn too(&self) -> String {
        match &self.inquiries {
            None => String::new(),
            Some(Inquiries { verb, seen, .. }) => match seen.len() {
                1 => format!(" and {} of its inquiry", verb.words()),
                many => format!(" and {} of its {many} inquiries", verb.words()),
            },
        }
    }

    /// In the order in which they are sent: the case follows its inquiries. `looked` tells which
    /// parts of the evidence were on the screen, `shown_at` since when the item itself was: of what is
    /// decided along with it that is not known.
    pub fn drafts(
        &self,
        looked: impl Fn(&Subject, &Evidence) -> Vec<Text>,
        shown_at: Option<Timestamp>,
    ) -> Vec<Draft> {
        let comment = Text::new(self.comment.value().trim());
        let draft = |subject, verb: &Verb, evidence: &Evidence| Draft {
            looked_at: looked(&subject, evidence),
            shown_at: None,
            subject,
            evidence: evidence.clone(),
            reason: self.reason.and_then(|nth| self.reasons.get(nth)).cloned(),
            comment: (verb.takes_comment() && !comment.is_empty()).then(|| comment.clone()),
            verb: verb.clone(),
        };
        if let Some(bulk) = &self.bulk {
            let parts = bulk.parts.iter();
            return parts
                .map(|part| draft(part.subject.clone(), &self.verb, &part.evidence))
                .collect();
        }
        let inquiries = self.inquiries.iter().flat_map(|inquiries| {
            inquiries
                .seen
                .iter()
                .map(|(id, seen)| draft(Subject::Inquiry(id.clone()), &inquiries.verb, seen))
        });
        let own = draft(self.subject.clone(), &self.verb, &self.evidence);
        inquiries.chain([Draft { shown_at, ..own }]).collect()
    }
}
