//! What the ids of the first world name, and where their objects stand in lists.

use super::{Base, numbers, plan::MOMENTS};

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Inquiry(u64),
    /// Of an inquiry, and which.
    Verification(u64, u64),
    /// What a verification looked at.
    Document(u64, u64),
    /// Of a document, and which page.
    DocumentFile(u64, u64, u64),
    /// What a selfie verification looked at.
    Selfie(u64, u64),
    /// Of an inquiry, and which; its device and its network go with it.
    Session(u64, u64),
    Device(u64, u64),
    Network(u64, u64),
    /// Of an inquiry, and which.
    Report(u64, u64),
    Person(u64),
    Firm(u64),
    Partner(u64),
    Transaction(u64),
    /// By the place of its inquiry among those that wait.
    Case(u64),
    /// Of a case, and which.
    Comment(u64, u64),
    /// Of an inquiry.
    Run(u64),
    /// Its inquiry and its place among the moments.
    Event(u64, u64),
    Audit(u64),
}

/// Accounts of three makings share one prefix: the upper bits tell them apart.
const MAKING: u32 = 48;
/// An inquiry has fewer verifications, and a document fewer pages.
pub const SLOTS: u64 = 8;
/// An inquiry has at most so many sessions, a case so many comments.
const PAIR: u64 = 2;
/// Every third inquiry has so many reports.
pub const REPORTS: u64 = 3;
/// One inquiry of so many was looked at by somebody whom the audit log remembers.
pub const AUDITED: u64 = 7;
/// Of nine inquiries in a row the fifth was continued on a phone, in a second session.
const ROW: u64 = 9;
const CONTINUED: u64 = 4;

impl Named {
    /// The prefix and the number that make its id.
    fn number(self) -> (&'static str, u64) {
        match self {
            Self::Inquiry(inquiry) => ("inq", inquiry),
            Self::Verification(inquiry, nth) => ("ver", inquiry * SLOTS + nth),
            Self::Document(inquiry, nth) => ("doc", inquiry * SLOTS + nth),
            Self::DocumentFile(inquiry, nth, page) => {
                ("docf", (inquiry * SLOTS + nth) * SLOTS + page)
            }
            Self::Selfie(inquiry, nth) => ("self", inquiry * SLOTS + nth),
            Self::Session(inquiry, nth) => ("iqse", inquiry * PAIR + nth),
            Self::Device(inquiry, nth) => ("dev", inquiry * PAIR + nth),
            Self::Network(inquiry, nth) => ("net", inquiry * PAIR + nth),
            Self::Report(inquiry, nth) => ("rep", inquiry + nth),
            Self::Person(account) => ("act", account),
            Self::Firm(account) => ("act", (1 << MAKING) | account),
            Self::Partner(account) => ("act", (2 << MAKING) | account),
            Self::Transaction(transaction) => ("txn", transaction),
            Self::Case(waiting) => ("case", waiting),
            Self::Comment(waiting, nth) => ("cscm", waiting * PAIR + nth),
            Self::Run(inquiry) => ("wfr", inquiry),
            Self::Event(inquiry, moment) => ("evt", inquiry * MOMENTS.len() as u64 + moment),
            Self::Audit(nth) => ("ual", nth),
        }
    }

    /// Whether everything it belongs to is there; the object itself may still not be.
    fn is_within(self, base: &Base) -> bool {
        match self {
            Self::Inquiry(inquiry)
            | Self::Verification(inquiry, _)
            | Self::Document(inquiry, _)
            | Self::DocumentFile(inquiry, ..)
            | Self::Selfie(inquiry, _)
            | Self::Report(inquiry, _)
            | Self::Run(inquiry)
            | Self::Event(inquiry, _) => inquiry < base.plan.inquiries,
            Self::Session(inquiry, nth)
            | Self::Device(inquiry, nth)
            | Self::Network(inquiry, nth) => {
                inquiry < base.plan.inquiries && nth < sessions_of(inquiry)
            }
            Self::Person(account) => account < base.plan.accounts(),
            Self::Firm(firm) => firm < base.firms(),
            Self::Partner(partner) | Self::Transaction(partner) => partner < base.partners(),
            // Two of three that wait have a case.
            Self::Case(waiting) | Self::Comment(waiting, _) => {
                waiting < base.waiting.len() as u64 && waiting % 3 != 2
            }
            Self::Audit(nth) => nth < base.plan.inquiries.div_ceil(AUDITED),
        }
    }
}

pub fn sessions_of(inquiry: u64) -> u64 {
    if inquiry % ROW == CONTINUED { 2 } else { 1 }
}

/// How many sessions all inquiries before this one have.
fn sessions_before(inquiry: u64) -> u64 {
    inquiry + (inquiry + ROW - 1 - CONTINUED) / ROW
}

impl Base {
    pub(super) fn id(&self, named: Named) -> String {
        let (prefix, number) = named.number();
        numbers::id(self.plan.seed, prefix, number)
    }

    pub(super) fn named(&self, id: &str) -> Option<Named> {
        let (prefix, _) = id.split_once('_')?;
        let number = numbers::number(self.plan.seed, prefix, id)?;
        let (of, nth) = (number / SLOTS, number % SLOTS);
        let (owner, one) = (number / PAIR, number % PAIR);
        let named = match prefix {
            "inq" => Named::Inquiry(number),
            "ver" => Named::Verification(of, nth),
            "doc" => Named::Document(of, nth),
            "docf" => Named::DocumentFile(of / SLOTS, of % SLOTS, nth),
            "self" => Named::Selfie(of, nth),
            "iqse" => Named::Session(owner, one),
            "dev" => Named::Device(owner, one),
            "net" => Named::Network(owner, one),
            "rep" => Named::Report(number - number % REPORTS, number % REPORTS),
            "act" => {
                let account = number & ((1 << MAKING) - 1);
                match number >> MAKING {
                    0 => Named::Person(account),
                    1 => Named::Firm(account),
                    2 => Named::Partner(account),
                    _ => return None,
                }
            }
            "txn" => Named::Transaction(number),
            "case" => Named::Case(number),
            "cscm" => Named::Comment(owner, one),
            "wfr" => Named::Run(number),
            "evt" => {
                let moments = MOMENTS.len() as u64;
                Named::Event(number / moments, number % moments)
            }
            "ual" => Named::Audit(number),
            _ => return None,
        };
        named.is_within(self).then_some(named)
    }

    /// How many objects a list begins with.
    pub fn count(&self, list: &str) -> usize {
        let inquiries = self.plan.inquiries;
        let count = match list {
            "inquiry" | "workflow-run" => inquiries,
            "inquiry-session" => sessions_before(inquiries),
            "report" => inquiries.div_ceil(REPORTS) * REPORTS,
            "account" => self.firms() + self.partners() + self.plan.accounts(),
            "transaction" => self.partners(),
            "case" => (self.waiting.len() * 2).div_ceil(3) as u64,
            "event" => self.events.len() as u64,
            "user-audit-log" => inquiries.div_ceil(AUDITED),
            _ => 0,
        };
        usize::try_from(count).expect("a few times as many as there are inquiries")
    }

    /// What stands at a place of a list, oldest first.
    ///
    /// # Panics
    /// If there is no such place.
    pub(super) fn standing(&self, list: &str, place: usize) -> Named {
        let number = place as u64;
        match list {
            "inquiry" => Named::Inquiry(number),
            "workflow-run" => Named::Run(number),
            "inquiry-session" => {
                // Ten sessions belong to nine inquiries.
                let (rows, nth) = (number / (ROW + 1), number % (ROW + 1));
                let second = nth > CONTINUED;
                let inquiry = rows * ROW + nth - u64::from(second);
                Named::Session(inquiry, u64::from(nth == CONTINUED + 1))
            }
            "report" => Named::Report(number - number % REPORTS, number % REPORTS),
            "account" => self.account_at(number),
            "transaction" => Named::Transaction(number),
            "case" => Named::Case(number / 2 * 3 + number % 2),
            "event" => self.event_at(place),
            "user-audit-log" => Named::Audit(number),
            _ => unreachable!("this list begins empty"),
        }
    }

    /// Firms are the oldest, then partners, then people.
    fn account_at(&self, place: u64) -> Named {
        let (firms, partners) = (self.firms(), self.partners());
        match place {
            place if place < firms => Named::Firm(place),
            place if place < firms + partners => Named::Partner(place - firms),
            place => Named::Person(place - firms - partners),
        }
    }

    /// The id at a place of a list, oldest first.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn at(&self, list: &str, place: usize) -> String {
        self.id(self.standing(list, place))
    }

    /// The list that an id is in, if it is in one, and where it stands there.
    pub fn place(&self, id: &str) -> Option<(&'static str, usize)> {
        let (list, place) = match self.named(id)? {
            Named::Inquiry(number) => ("inquiry", number),
            Named::Run(number) => ("workflow-run", number),
            Named::Session(inquiry, nth) => ("inquiry-session", sessions_before(inquiry) + nth),
            Named::Report(inquiry, nth) => ("report", inquiry + nth),
            Named::Firm(number) => ("account", number),
            Named::Partner(number) => ("account", self.firms() + number),
            Named::Person(number) => ("account", self.firms() + self.partners() + number),
            Named::Transaction(number) => ("transaction", number),
            Named::Case(number) => ("case", number / 3 * 2 + number % 3),
            Named::Event(inquiry, moment) => {
                return Some(("event", self.event_place(inquiry, moment)?));
            }
            Named::Audit(number) => ("user-audit-log", number),
            Named::Verification(..)
            | Named::Document(..)
            | Named::DocumentFile(..)
            | Named::Selfie(..)
            | Named::Device(..)
            | Named::Network(..)
            | Named::Comment(..) => return None,
        };
        Some((list, usize::try_from(place).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_stand_in_a_row() {
        let all: Vec<(u64, u64)> = (0..100)
            .flat_map(|inquiry| (0..sessions_of(inquiry)).map(move |nth| (inquiry, nth)))
            .collect();
        for (place, (inquiry, nth)) in all.iter().enumerate() {
            assert_eq!(sessions_before(*inquiry) + nth, place as u64, "{inquiry}");
        }
    }
}
