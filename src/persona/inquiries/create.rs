//! A new inquiry, with an account and a one-time link in the same call where wanted.

use serde_json::{Map, Value, json};

use super::{is_legacy, link::link};
use crate::{
    model::{AccountId, AccountTypeId, Inquiry, TemplateId, Text},
    persona::{
        Document,
        endpoint::{Answer, Endpoint, Object, Request, Write},
        jsonapi::DecodeError,
    },
    secret::Secret,
};

/// At least a template. May be refused for a template that is not there (404), values that the
/// template does not take (422) and a used-up quota (429, or 403 in older words).
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    pub template: TemplateId,
    pub account: NewAccount,
    pub note: Option<Text>,
    pub tags: Vec<Text>,
    /// By the template's own keys, flat values.
    pub fields: Map<String, Value>,
    pub redirect_uri: Option<Text>,
    /// E-mail of the user that it is to be created by; the key's without it.
    pub creator: Option<Text>,
    pub link: WithLink,
    pub session: WithSession,
    pub expirations: Expirations,
}

impl Create {
    /// Of a template, for an account of its own.
    pub fn of(template: TemplateId) -> Self {
        Self {
            template,
            account: NewAccount::Own { type_id: None, reference_id: None },
            note: None,
            tags: Vec::new(),
            fields: Map::new(),
            redirect_uri: None,
            creator: None,
            link: WithLink::No,
            session: WithSession::No,
            expirations: Expirations::default(),
        }
    }
}

/// The account that the inquiry hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewAccount {
    Known(AccountId),
    /// Found by its reference id, or made.
    Own {
        type_id: Option<AccountTypeId>,
        reference_id: Option<Text>,
    },
    Without,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithLink {
    Yes,
    /// Which works so long.
    For {
        seconds: u32,
    },
    No,
}

/// A session token opens the applicant's data. It is asked for only where a flow is embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithSession {
    Yes,
    No,
}

/// In seconds; the template's setting without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expirations {
    pub after_create: Option<u32>,
    pub after_start: Option<u32>,
    pub after_resume: Option<u32>,
}

#[derive(Debug)]
pub struct Created {
    pub inquiry: Inquiry,
    pub link: Option<Secret<String>>,
    pub short: Option<Secret<String>>,
    pub session_token: Option<Secret<String>>,
}

impl Endpoint for Create {
    type Output = Created;

    fn request(&self) -> Request {
        Request::post("/inquiries", "create an inquiry").body(json!({
            "data": { "attributes": self.attributes() },
            "meta": self.meta(),
        }))
    }
}
impl Write for Create {}

impl Create {
    /// Three generations of templates share this call; the prefix tells them apart.
    fn template_parameter(&self) -> &'static str {
        match &self.template {
            id if is_legacy(id) => "template-id",
            id if id.as_str().starts_with("itmplv_") => "inquiry-template-version-id",
            _ => "inquiry-template-id",
        }
    }

    fn attributes(&self) -> Map<String, Value> {
        let mut attributes = Map::new();
        attributes.insert(self.template_parameter().into(), self.template.as_str().into());
        if let NewAccount::Known(account) = &self.account {
            attributes.insert("account-id".into(), account.as_str().into());
        }
        let texts = [
            ("note", &self.note),
            ("redirect-uri", &self.redirect_uri),
            ("creator-email-address", &self.creator),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                attributes.insert(name.into(), text.as_str().into());
            }
        }
        if !self.tags.is_empty() {
            let tags = self.tags.iter().map(|tag| Value::from(tag.as_str()));
            attributes.insert("tags".into(), tags.collect());
        }
        if !self.fields.is_empty() {
            attributes.insert("fields".into(), self.fields.clone().into());
        }
        attributes
    }

    fn meta(&self) -> Map<String, Value> {
        let mut meta = Map::new();
        match &self.account {
            NewAccount::Known(_) => {}
            NewAccount::Without => _ = meta.insert("auto-create-account".into(), false.into()),
            NewAccount::Own { type_id, reference_id } => {
                if let Some(type_id) = type_id {
                    meta.insert("auto-create-account-type-id".into(), type_id.as_str().into());
                }
                if let Some(reference) = reference_id {
                    let name = "auto-create-account-reference-id";
                    meta.insert(name.into(), reference.as_str().into());
                }
            }
        }
        let link = self.link != WithLink::No;
        meta.insert("auto-create-one-time-link".into(), link.into());
        if let WithLink::For { seconds } = self.link {
            meta.insert("one-time-link-expiration-seconds".into(), seconds.into());
        }
        if self.session == WithSession::Yes {
            meta.insert("auto-create-inquiry-session".into(), true.into());
        }
        for (step, seconds) in [
            ("create", self.expirations.after_create),
            ("start", self.expirations.after_start),
            ("resume", self.expirations.after_resume),
        ] {
            if let Some(seconds) = seconds {
                meta.insert(format!("expiration-after-{step}-interval-seconds"), seconds.into());
            }
        }
        meta
    }
}

impl Answer for Created {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        Ok(Self {
            inquiry: Inquiry::object(&answer.one()?)?,
            link: link(answer, "one-time-link"),
            short: link(answer, "one-time-link-short"),
            session_token: link(answer, "session-token"),
        })
    }
}
