//! What accounts can have in common, and what it says about them: values that tell a person or a
//! machine, folded so that two spellings are one.

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::{
    Account, Detail, Exhibits, Field, Identity, Inquiry, Pii, Verification, field::normalised,
};

/// Strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// The number that a document bears.
    Document,
    /// Of a tax or social security office.
    Identification,
    Device,
    Email,
    Phone,
    Ip,
}

impl Shared {
    pub const ALL: [Self; 6] =
        [Self::Document, Self::Identification, Self::Device, Self::Email, Self::Phone, Self::Ip];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Identification => "identification",
            Self::Device => "device",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Ip => "ip",
        }
    }

    /// The word that is stored.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// In a sentence: `this device`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Document => "this document number",
            Self::Identification => "this identification number",
            Self::Device => "this device",
            Self::Email => "this e-mail address",
            Self::Phone => "this phone number",
            Self::Ip => "this IP address",
        }
    }

    /// Whoever shares it is likely to be the same person.
    pub fn is_same_person(self) -> bool {
        matches!(self, Self::Document | Self::Identification)
    }

    /// Told of many and of nobody in particular.
    pub fn is_weak(self) -> bool {
        self == Self::Ip
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value that others may have as well, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    pub kind: Shared,
    pub value: Pii,
}

impl Common {
    /// None of what says nothing: too short, or no such value.
    pub fn new(kind: Shared, value: &str) -> Option<Self> {
        let folded = match kind {
            Shared::Device => value.trim().to_owned(),
            Shared::Email => value.trim().to_lowercase(),
            Shared::Phone => value.chars().filter(char::is_ascii_digit).collect(),
            Shared::Document | Shared::Identification => {
                let told = value.chars().filter(|c| c.is_alphanumeric());
                told.flat_map(char::to_uppercase).collect()
            }
            Shared::Ip => {
                let address: IpAddr = value.trim().parse().ok()?;
                let is_own = address.is_loopback() || address.is_unspecified();
                (!is_own).then(|| address.to_string())?
            }
        };
        let least = match kind {
            Shared::Email if !folded.contains('@') => return None,
            Shared::Phone => 7,
            Shared::Document | Shared::Identification => 5,
            Shared::Device | Shared::Email | Shared::Ip => 3,
        };
        let is_one = folded.len() >= least && !is_filler(&folded);
        is_one.then(|| Self { kind, value: Pii::new(&folded) })
    }
}

/// `0000000`, `XXXXXXX`: what is typed where nothing is known.
fn is_filler(value: &str) -> bool {
    let mut characters = value.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

/// Of what an applicant typed.
pub fn of_inquiry(inquiry: &Inquiry) -> Vec<Common> {
    of_fields(&inquiry.fields)
}

pub fn of_account(account: &Account) -> Vec<Common> {
    of_fields(&account.fields)
}

/// Of what was read from documents and looked up.
pub fn of_verification(verification: &Verification) -> Vec<Common> {
    let pii = |kind, value: &Option<Pii>| Common::new(kind, value.as_ref()?.reveal().as_str());
    let of = |identity: &Identity, number: Shared| -> Vec<Option<Common>> {
        vec![
            pii(Shared::Document, &identity.document_number),
            pii(number, &identity.identification_number),
            pii(Shared::Email, &identity.email),
            pii(Shared::Phone, &identity.phone),
        ]
    };
    let found = match &verification.detail {
        // What identifies a document is the number on it.
        Detail::GovernmentId(id) => of(&id.identity, Shared::Document),
        Detail::Database(identity) => of(identity, Shared::Identification),
        Detail::EmailAddress(email) => vec![pii(Shared::Email, email)],
        Detail::PhoneNumber { number, .. } => vec![pii(Shared::Phone, number)],
        Detail::Selfie(_) | Detail::Document { .. } | Detail::Other => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// Of the sessions among what hangs on an inquiry.
pub fn of_sessions(exhibits: &Exhibits) -> Vec<Common> {
    let sessions = exhibits.sessions.iter();
    let found = sessions.flat_map(|session| {
        let device =
            session.device.as_ref().and_then(|id| Common::new(Shared::Device, id.as_str()));
        let ip = session.ip_address.as_ref();
        let ip = ip.and_then(|ip| Common::new(Shared::Ip, ip.reveal().as_str()));
        [device, ip]
    });
    found.flatten().collect()
}

fn of_fields(fields: &[Field]) -> Vec<Common> {
    let common = |field: &Field| Common::new(kind(fields, field)?, field.value.reveal().as_str());
    fields.iter().filter_map(common).collect()
}

/// What a field holds, by the last part of its name.
fn kind(fields: &[Field], field: &Field) -> Option<Shared> {
    let key = field.key();
    let (above, last) = key.rsplit_once('.').unwrap_or(("", &key));
    match last {
        "email" | "email_address" => Some(Shared::Email),
        "phone" | "phone_number" => Some(Shared::Phone),
        "document_number" => Some(Shared::Document),
        "social_security_number" | "tax_identification_number" => Some(Shared::Identification),
        // Beside it stands of what: a passport and the like, or an office.
        "identification_number" => {
            let class = format!("{above}.identification_class");
            let class = fields.iter().find(|beside| beside.key() == class);
            let class = class.map(|class| normalised(class.value.reveal().as_str()));
            Some(match class.as_deref() {
                Some("pp" | "dl" | "id" | "ppc" | "rp" | "visa" | "wp") => Shared::Document,
                _ => Shared::Identification,
            })
        }
        _ => None,
    }
}

/// How many others share something, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharers {
    pub kind: Shared,
    pub others: u64,
    /// There are more of them.
    pub more: bool,
    /// So many say nothing about one of them.
    pub common: bool,
    pub declined: u64,
}

impl Sharers {
    /// `3 other accounts share this device, 2 of them declined`
    pub fn words(&self) -> String {
        let Self { kind, others, declined, .. } = *self;
        let what = kind.words();
        let more = if self.more { "more than " } else { "" };
        let who = match others {
            1 => format!("1 other account shares {what}"),
            many => format!("{more}{many} other accounts share {what}"),
        };
        match (others, declined) {
            _ if self.common => format!("{who}: too many to mean much"),
            (_, 0) => who,
            (1, _) => format!("{who}, and was declined"),
            (all, declined) if all == declined => format!("{who}, all of them declined"),
            (_, declined) => format!("{who}, {declined} of them declined"),
        }
    }

    /// The greater, the more a reviewer should know: declined ones first, then how strong it is.
    pub fn weight(&self) -> impl Ord + use<> {
        let kind = std::cmp::Reverse(self.kind);
        (!self.common, self.declined > 0, !self.kind.is_weak(), kind, self.declined, self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kind: Shared, raw: &str) -> Option<String> {
        Common::new(kind, raw).map(|common| common.value.reveal().to_string())
    }

    #[test]
    fn spellings_of_one_value_are_one() {
        let table = [
            (Shared::Email, " Ada@Example.TEST ", Some("ada@example.test")),
            (Shared::Email, "nobody", None),
            (Shared::Phone, "+1 (555) 000-4711", Some("15550004711")),
            (Shared::Phone, "4711", None),
            (Shared::Document, "x-0000 4711", Some("X00004711")),
            (Shared::Document, "0000000", None),
            (Shared::Identification, "12", None),
            (Shared::Ip, "2001:DB8:0::1", Some("2001:db8::1")),
            (Shared::Ip, "127.0.0.1", None),
            (Shared::Ip, "no address", None),
            (Shared::Device, "dev_1", Some("dev_1")),
            (Shared::Device, "", None),
        ];
        for (kind, raw, folded) in table {
            assert_eq!(value(kind, raw).as_deref(), folded, "{kind} {raw:?}");
        }
    }

    #[test]
    fn fields_are_told_by_their_names_and_what_stands_beside_them() {
        let field = |name: &str, value: &str| Field { name: name.into(), value: Pii::new(value) };
        let fields = [
            field("emailAddress", "a@b.test"),
            field("phone-number", "+15550001111"),
            field("identification_numbers.1.identification_class", "pp"),
            field("identification_numbers.1.identification_number", "X0001111"),
            field("identification_numbers.2.identification_class", "ssn"),
            field("identification_numbers.2.identification_number", "078051120"),
            field("name_first", "Ada"),
        ];
        let kinds: Vec<Shared> = of_fields(&fields).iter().map(|common| common.kind).collect();
        let expected = [Shared::Email, Shared::Phone, Shared::Document, Shared::Identification];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn what_is_shared_is_told_in_words_worst_first() {
        let of = |kind, others, declined| Sharers {
            kind,
            others,
            more: false,
            common: others > 50,
            declined,
        };
        let mut all = [
            (
                of(Shared::Ip, 512, 0),
                "512 other accounts share this IP address: too many to mean much",
            ),
            (of(Shared::Phone, 1, 0), "1 other account shares this phone number"),
            (of(Shared::Device, 3, 2), "3 other accounts share this device, 2 of them declined"),
            (
                of(Shared::Email, 1, 1),
                "1 other account shares this e-mail address, and was declined",
            ),
            (
                of(Shared::Document, 2, 2),
                "2 other accounts share this document number, all of them declined",
            ),
        ];
        for (sharers, words) in &all {
            assert_eq!(sharers.words(), *words);
        }
        all.sort_by_key(|(sharers, _)| std::cmp::Reverse(sharers.weight()));
        let order = all.map(|(sharers, _)| sharers.kind);
        let worst_first =
            [Shared::Document, Shared::Device, Shared::Email, Shared::Phone, Shared::Ip];
        assert_eq!(order, worst_first);
        let many = Sharers { more: true, ..of(Shared::Ip, 1000, 0) };
        assert!(many.words().starts_with("more than 1000 other accounts"));
    }
}
