//! What is in the commit bar: a decision in words, and nowhere else yet.

use tui_input::Input;

use crate::{
    config::Reason,
    desk::Draft,
    model::{Evidence, InquiryId, Subject, Text, Verb},
};

/// A decision in the commit bar: named, not yet sent anywhere.
#[derive(Debug)]
pub struct Staged {
    pub subject: Subject,
    pub verb: Verb,
    pub evidence: Evidence,
    /// What is decided of a case's inquiries in the same commit.
    pub inquiries: Option<Inquiries>,
    pub reasons: Vec<Reason>,
    /// Index into `reasons`.
    pub reason: Option<usize>,
    pub comment: Input,
    /// Keys go into the comment.
    pub writing: bool,
    /// Handed to the desk; the answer comes within milliseconds.
    pub submitted: bool,
}

/// A verdict about the inquiries of a case that are not decided yet, each as it is on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Inquiries {
    pub verb: Verb,
    pub seen: Vec<(InquiryId, Evidence)>,
}

impl Staged {
    /// The verdict that a reason and a comment go with.
    pub fn verdict(&self) -> &Verb {
        self.inquiries.as_ref().map_or(&self.verb, |inquiries| &inquiries.verb)
    }

    /// ` and approve of its inquiry`, or nothing.
    pub fn too(&self) -> String {
        match &self.inquiries {
            None => String::new(),
            Some(Inquiries { verb, seen }) => match seen.len() {
                1 => format!(" and {} of its inquiry", verb.words()),
                many => format!(" and {} of its {many} inquiries", verb.words()),
            },
        }
    }

    /// In the order in which they are sent: the case follows its inquiries.
    pub fn drafts(&self) -> Vec<Draft> {
        let comment = Text::new(self.comment.value().trim());
        let draft = |subject, verb: &Verb, evidence: &Evidence| Draft {
            subject,
            evidence: evidence.clone(),
            reason: self.reason.and_then(|nth| self.reasons.get(nth)).cloned(),
            comment: (verb.takes_comment() && !comment.is_empty()).then(|| comment.clone()),
            verb: verb.clone(),
        };
        let inquiries = self.inquiries.iter().flat_map(|inquiries| {
            inquiries
                .seen
                .iter()
                .map(|(id, seen)| draft(Subject::Inquiry(id.clone()), &inquiries.verb, seen))
        });
        inquiries.chain([draft(self.subject.clone(), &self.verb, &self.evidence)]).collect()
    }
}
