//! What the organisation made: templates of inquiries and cases, and types of accounts, with the
//! fields that they define. Templates of inquiries are told to production keys only.

use super::{
    endpoint::{Endpoint, Object, Read, Request, answers},
    jsonapi::{DecodeError, Json, Resource, member},
    page::{Page, PageFrom},
};
use crate::model::{AccountTypeId, CaseTemplate, FieldSchema, TemplateId, Text};
use jiff::Timestamp;

fn field_schemas(resource: &Resource<'_>) -> Vec<FieldSchema> {
    let schema = |value: &Json<'_>| {
        let text = |name: &str| member(value, name).and_then(Json::as_str).map(Text::new);
        let config = member(value, "config").and_then(|config| member(config, "required"));
        Some(FieldSchema {
            key: text("key")?,
            label: text("label").filter(|label| !label.is_empty()),
            kind: text("type")?,
            required: matches!(config, Some(Json::Bool(true))),
        })
    };
    let mut schemas = Vec::new();
    for value in resource.objects_in("field-schemas") {
        match schema(value) {
            Some(schema) => schemas.push(schema),
            None => resource.note("attributes.field-schemas[]", "key and type", "something else"),
        }
    }
    schemas
}

#[derive(Debug, Clone, PartialEq)]
pub struct InquiryTemplate {
    pub id: TemplateId,
    pub name: Option<Text>,
    /// `active`, `inactive`, or what Persona may add.
    pub status: Text,
    /// `itmplv_…`
    pub latest_published_version: Option<Text>,
    pub fields: Vec<FieldSchema>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct InquiryTemplateVersion {
    pub id: TemplateId,
    pub name: Option<Text>,
    /// `published`, `draft`, or what Persona may add.
    pub status: Text,
    pub live: Option<bool>,
    pub published_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AccountType {
    pub id: AccountTypeId,
    pub name: Option<Text>,
    pub fields: Vec<FieldSchema>,
}

answers!(InquiryTemplate, CaseTemplate, AccountType);

impl Object for InquiryTemplate {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("inquiry-template")?;
        Ok(Self {
            id: resource.id(TemplateId::new)?,
            name: resource.text("name"),
            status: resource.word("status", &["active", "inactive"]),
            latest_published_version: resource
                .related_id("latest-published-version")
                .map(Text::new),
            fields: field_schemas(resource),
        })
    }
}

impl Object for InquiryTemplateVersion {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("inquiry-template-version")?;
        Ok(Self {
            id: resource.id(TemplateId::new)?,
            name: resource.text("name-display"),
            status: resource.word("status", &["published", "draft"]),
            live: resource.flag("live"),
            published_at: resource.instant("published-at"),
        })
    }
}

impl Object for CaseTemplate {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("case-template")?;
        Ok(Self {
            id: resource.id(TemplateId::new)?,
            name: resource.text("name"),
            status: resource.word("status", &["active", "archived"]),
            resolutions: resource.texts("resolutions"),
            fields: field_schemas(resource),
        })
    }
}

impl Object for AccountType {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("account-type")?;
        Ok(Self {
            id: resource.id(AccountTypeId::new)?,
            name: resource.text("name"),
            fields: field_schemas(resource),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InquiryTemplates {
    pub page: PageFrom,
}

impl Endpoint for InquiryTemplates {
    type Output = Page<InquiryTemplate>;

    fn request(&self) -> Request {
        Request::get("/inquiry-templates", "list inquiry templates")
            .refusing(&[400, 401, 403, 429])
            .page(&self.page)
    }
}
impl Read for InquiryTemplates {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveInquiryTemplate {
    pub id: TemplateId,
}

impl Endpoint for RetrieveInquiryTemplate {
    type Output = InquiryTemplate;

    fn request(&self) -> Request {
        let path = "/inquiry-templates/{inquiry-template-id}";
        Request::get(path, "retrieve inquiry template").of(&self.id)
    }
}
impl Read for RetrieveInquiryTemplate {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InquiryTemplateVersions {
    pub template: TemplateId,
    pub page: PageFrom,
}

impl Endpoint for InquiryTemplateVersions {
    type Output = Page<InquiryTemplateVersion>;

    fn request(&self) -> Request {
        Request::get("/inquiry-template-versions", "list inquiry template versions")
            .page(&self.page)
            .with("filter[inquiry-template-id]", [&self.template])
    }
}
impl Read for InquiryTemplateVersions {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveCaseTemplate {
    pub id: TemplateId,
}

impl Endpoint for RetrieveCaseTemplate {
    type Output = CaseTemplate;

    fn request(&self) -> Request {
        Request::get("/case-templates/{case-template-id}", "retrieve case template").of(&self.id)
    }
}
impl Read for RetrieveCaseTemplate {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveAccountType {
    pub id: AccountTypeId,
}

impl Endpoint for RetrieveAccountType {
    type Output = AccountType;

    fn request(&self) -> Request {
        Request::get("/account-types/{account-type-id}", "retrieve account type").of(&self.id)
    }
}
impl Read for RetrieveAccountType {}
