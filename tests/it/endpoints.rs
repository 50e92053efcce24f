//! Every endpoint of the client: one of each, for whoever holds them against the contract.

use std::{
    fs,
    path::{Path, PathBuf},
};

use caseload::{
    model::{
        Account, AccountId, AccountTypeId, ApiKeyId, ApiLogId, AuditLogId, Case, CaseId, DeviceId,
        DocumentId, EventId, Inquiry, InquiryId, InquiryStatus, Match, MatchKind, ReportId,
        SessionId, TemplateId, Text, TransactionId, VerificationId, WebhookId, WorkflowId,
        WorkflowRunId,
    },
    persona::{
        DecodeError, Document, Endpoint, PageFrom, Request, accounts, api_keys, cases, documents,
        events, inquiries, limits, logs, raw,
        redact::{Redact, Subject},
        reports,
        search::{Clause, Operator, Search, Sort},
        sessions, tags, templates, transactions, verifications, webhooks, workflows,
    },
};
use serde_json::{Map, Value, json};

/// An endpoint whose output does not matter.
pub trait Asks {
    fn request(&self) -> Request;
    fn read(&self, answer: &Document) -> Result<(), DecodeError>;
    /// `caseload::persona::cases::List`
    fn name(&self) -> &'static str;
}

impl<E: Endpoint> Asks for E {
    fn request(&self) -> Request {
        Endpoint::request(self)
    }

    fn read(&self, answer: &Document) -> Result<(), DecodeError> {
        self.decode(answer).map(drop)
    }

    fn name(&self) -> &'static str {
        std::any::type_name::<E>()
    }
}

/// Sources of a folder and of the folders in it.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn no_endpoint_is_missing_here() {
    let persona = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/persona");
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    sources(&persona, &mut files);
    let every = all();
    let known: Vec<&str> =
        every.iter().map(|one| one.name().split('<').next().expect("a name")).collect();
    let mut found = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let module = file.strip_prefix(&persona).expect("it is inside").with_extension("");
        let module = module.to_string_lossy().replace('/', "::").replace("::mod", "");
        for line in text.lines().filter(|line| line.starts_with("impl")) {
            let Some((_, of)) = line.split_once(" Read for ").or(line.split_once(" Write for "))
            else {
                continue;
            };
            let of = of.split(['<', ' ']).next().expect("a name");
            let name = format!("caseload::persona::{module}::{of}");
            found += 1;
            if !known.contains(&name.as_str()) {
                missing.push(name);
            }
        }
    }
    assert_eq!(missing, [""; 0], "add them to the table");
    assert!(found > 70, "only {found} were found");
}

fn text(raw: &str) -> Text {
    Text::new(raw)
}

fn fields() -> Map<String, Value> {
    let Value::Object(fields) = json!({ "name_first": "Ada", "score": 3, "vip": true }) else {
        unreachable!("it is an object")
    };
    fields
}

macro_rules! ids {
    ($($name:ident: $type:ident = $raw:literal;)*) => {$(
        fn $name() -> $type {
            $type::new($raw).expect("an id")
        }
    )*};
}

ids! {
    inquiry: InquiryId = "inq_1";
    case: CaseId = "case_1";
    account: AccountId = "act_1";
    verification: VerificationId = "ver_1";
    report: ReportId = "rep_1";
    session: SessionId = "iqse_1";
    device: DeviceId = "dev_1";
    document: DocumentId = "doc_1";
    transaction: TransactionId = "txn_1";
    event: EventId = "evt_1";
    webhook: WebhookId = "wbh_1";
    api_key: ApiKeyId = "api_1";
    api_log: ApiLogId = "req_1";
    audit_log: AuditLogId = "ual_1";
    workflow: WorkflowId = "wfl_1";
    workflow_run: WorkflowRunId = "wfr_1";
    account_type: AccountTypeId = "acttp_1";
    inquiry_template: TemplateId = "itmpl_1";
    case_template: TemplateId = "ctmpl_1";
}

macro_rules! all {
    ($($endpoint:expr),* $(,)?) => { vec![$(Box::new($endpoint) as Box<dyn Asks>),*] };
}

/// One of each, with every parameter that it has.
pub fn all() -> Vec<Box<dyn Asks>> {
    let mut every = of_inquiries();
    every.extend(of_cases_and_accounts());
    every.extend(of_evidence());
    every.extend(of_the_organisation());
    every
}

fn of_inquiries() -> Vec<Box<dyn Asks>> {
    let page = || PageFrom::first(100);
    let noon = crate::story::noon();
    let filter = inquiries::Filter {
        ids: vec![inquiry()],
        accounts: vec![account(), account()],
        statuses: vec![InquiryStatus::NeedsReview, InquiryStatus::Pending],
        templates: vec![inquiry_template(), TemplateId::new("tmpl_1").expect("an id")],
        reference_id: Some(text("cust-1")),
        note: Some(text("a note")),
        created_from: Some(noon),
        created_to: Some(noon),
    };
    let create = inquiries::Create {
        account: inquiries::NewAccount::Own {
            type_id: Some(account_type()),
            reference_id: Some(text("cust-1")),
        },
        note: Some(text("a note")),
        tags: vec![text("vip")],
        fields: fields(),
        redirect_uri: Some(text("https://example.test/done")),
        creator: Some(text("jane@example.test")),
        link: inquiries::WithLink::For { seconds: 3_600 },
        session: inquiries::WithSession::Yes,
        expirations: inquiries::Expirations {
            after_create: Some(1),
            after_start: Some(2),
            after_resume: Some(3),
        },
        ..inquiries::Create::of(inquiry_template())
    };
    let for_known =
        inquiries::Create { account: inquiries::NewAccount::Known(account()), ..create.clone() };
    let without = inquiries::Create {
        account: inquiries::NewAccount::Without,
        ..inquiries::Create::of(TemplateId::new("itmplv_1").expect("an id"))
    };
    let changes =
        inquiries::Changes { note: Some(None), fields: fields(), tags: Some(vec![text("vip")]) };
    let vtmpl = text("vtmpl_1");
    let actions = vec![
        inquiries::SimulateAction::Start,
        inquiries::SimulateAction::CreatePassedVerification(vtmpl.clone()),
        inquiries::SimulateAction::CreateFailedVerification(vtmpl),
        inquiries::SimulateAction::Complete,
        inquiries::SimulateAction::Fail,
        inquiries::SimulateAction::Expire,
        inquiries::SimulateAction::MarkForReview,
        inquiries::SimulateAction::Approve,
        inquiries::SimulateAction::Decline,
    ];
    let started = vec![inquiries::SimulateAction::Start];
    let comment = Some(text("fine"));
    let query = Clause::All(vec![
        Clause::equals("status", "needs_review"),
        Clause::Not(Box::new(Clause::Where(text("created_at"), Operator::Lt, json!("2026-01-01")))),
    ]);
    all![
        inquiries::List { filter, page: page() },
        inquiries::Retrieve { id: inquiry() },
        raw::Inquiry { id: inquiry() },
        create,
        for_known,
        without,
        inquiries::PerformSimulateActions { id: inquiry(), actions: started },
        inquiries::Update { id: inquiry(), changes },
        inquiries::Approve { id: inquiry(), comment: comment.clone() },
        inquiries::Decline { id: inquiry(), comment },
        inquiries::Approve { id: inquiry(), comment: None },
        inquiries::MarkForReview { id: inquiry() },
        inquiries::Expire { id: inquiry() },
        inquiries::Resume { id: inquiry() },
        inquiries::GenerateOneTimeLink { id: inquiry(), expires_in_seconds: Some(60) },
        inquiries::PerformSimulateActions { id: inquiry(), actions },
        Search::<Inquiry>::new(Some(query), Some(Sort::Ascending(text("created_at"))), page()),
        tags::Add { to: tags::Tagged::Inquiry(inquiry()), tag: text("vip") },
        tags::Remove { from: tags::Tagged::Inquiry(inquiry()), tag: text("vip") },
        tags::Set { of: tags::Tagged::Inquiry(inquiry()), tags: vec![text("vip")] },
        Redact::confirmed(Subject::Inquiry(inquiry()), "inq_1").expect("it is confirmed"),
    ]
}

fn of_cases_and_accounts() -> Vec<Box<dyn Asks>> {
    let page = || PageFrom::first(100);
    let filter = cases::Filter {
        status: Some(text("Open")),
        template: Some(case_template()),
        account: Some(account()),
        reference_id: Some(text("cust-1")),
        inquiry: Some(inquiry()),
        report: Some(report()),
    };
    let late = Clause::Any(vec![
        Clause::Where(text("sla_expires_at"), Operator::Lte, json!("2026-03-02T12:00:00Z")),
        Clause::Where(text("sla_expires_at"), Operator::Gt, json!(5)),
        Clause::Where(text("fields.vip"), Operator::Gte, json!(true)),
    ]);
    let relations = accounts::Relations {
        made_from: Some(crate::story::noon()),
        made_to: Some(crate::story::noon()),
        ..accounts::Relations::under(account(), text("ubo"), page())
    };
    let account_update = accounts::Update {
        id: account(),
        reference_id: Some(text("cust-2")),
        status: Some(text("Approved")),
        tags: Some(vec![text("vip")]),
        fields: fields(),
    };
    all![
        cases::List { filter, page: page() },
        cases::Retrieve { id: case() },
        cases::Create {
            template: case_template(),
            creator: Some(text("jane@example.test")),
            queue: Some(text("cqueue_1")),
            fields: fields(),
            objects: vec![text("inq_1")],
            sla_seconds: Some(3_600),
        },
        cases::Create {
            template: case_template(),
            creator: None,
            queue: None,
            fields: Map::new(),
            objects: vec![],
            sla_seconds: None,
        },
        cases::Update {
            id: case(),
            queue: cases::Change::Clear,
            fields: fields(),
            sla_seconds: cases::Change::Set(60),
        },
        cases::SetStatus { id: case(), status: text("Approved") },
        cases::Assign { id: case(), email: text("jane@example.test") },
        cases::AddObjects { id: case(), objects: vec![text("inq_1")] },
        cases::RemoveObjects { id: case(), objects: vec![text("inq_1")] },
        Search::<Case>::new(Some(late), Some(Sort::Descending(text("sla_expires_at"))), page()),
        tags::Add { to: tags::Tagged::Case(case()), tag: text("vip") },
        tags::Remove { from: tags::Tagged::Case(case()), tag: text("vip") },
        tags::Set { of: tags::Tagged::Case(case()), tags: vec![] },
        Redact::confirmed(Subject::Case(case()), "case_1").expect("it is confirmed"),
        accounts::List { reference_ids: vec![text("a"), text("b")], page: page() },
        accounts::Retrieve { id: account() },
        account_update,
        relations,
        accounts::AddRelation {
            id: account(),
            key: text("ubo"),
            target: caseload::model::RelatedId::new("act_2").unwrap()
        },
        accounts::RemoveRelation {
            id: account(),
            key: text("ubo"),
            target: caseload::model::RelatedId::new("act_2").unwrap()
        },
        Search::<Account>::new(None, None, page()),
        tags::Add { to: tags::Tagged::Account(account()), tag: text("vip") },
        tags::Remove { from: tags::Tagged::Account(account()), tag: text("vip") },
        tags::Set { of: tags::Tagged::Account(account()), tags: vec![text("vip")] },
        Redact::confirmed(Subject::Account(account()), "act_1").expect("it is confirmed"),
        templates::RetrieveAccountType { id: account_type() },
        templates::RetrieveCaseTemplate { id: case_template() },
    ]
}

fn of_evidence() -> Vec<Box<dyn Asks>> {
    let page = || PageFrom::first(100);
    let query = [("name-first".to_owned(), "Ada".into())].into_iter().collect();
    let entity = Some(Match { kind: MatchKind::Entity, id: text("e1") });
    let dismissed =
        reports::Dismiss { id: report(), reason: text("another person"), matched: entity };
    all![
        verifications::Retrieve { id: verification() },
        verifications::Files { id: verification() },
        Redact::confirmed(Subject::Verification(verification()), "ver_1").expect("it is confirmed"),
        reports::List { account: Some(account()), reference_id: Some(text("c")), page: page() },
        reports::Retrieve { id: report() },
        reports::Create {
            kind: text("watchlist"),
            account: Some(account()),
            template: Some(text("rptp_1")),
            query,
        },
        dismissed,
        reports::Run { id: report() },
        reports::Pause { id: report() },
        reports::Resume { id: report() },
        reports::History { id: report(), page: page() },
        tags::Add { to: tags::Tagged::Report(report()), tag: text("vip") },
        tags::Remove { from: tags::Tagged::Report(report()), tag: text("vip") },
        tags::Set { of: tags::Tagged::Report(report()), tags: vec![text("vip")] },
        Redact::confirmed(Subject::Report(report()), "rep_1").expect("it is confirmed"),
        sessions::List { inquiry: Some(inquiry()), page: page() },
        sessions::Retrieve { id: session() },
        sessions::Expire { id: session() },
        sessions::Devices { session: session(), page: page() },
        sessions::RetrieveDevice { id: device() },
        documents::Retrieve { id: document() },
        documents::Files { id: document() },
        transactions::Retrieve { id: transaction() },
    ]
}

fn of_the_organisation() -> Vec<Box<dyn Asks>> {
    let page = || PageFrom::first(100);
    let names = vec![text("inquiry.approved"), text("inquiry.declined")];
    let url = text("https://hooks.example.test/persona");
    all![
        events::List { names: names.clone(), objects: vec![text("inq_1")], page: page() },
        events::Retrieve { id: event() },
        webhooks::List { page: page() },
        webhooks::Retrieve { id: webhook() },
        webhooks::Create { name: text("hook"), url: url.clone(), enabled_events: names.clone() },
        webhooks::Update {
            id: webhook(),
            name: Some(text("hook")),
            url: Some(url),
            enabled_events: Some(names),
        },
        webhooks::Enable { id: webhook() },
        webhooks::Disable { id: webhook() },
        webhooks::Archive { id: webhook() },
        webhooks::RotateSecret { id: webhook(), expires_in_seconds: Some(60) },
        api_keys::List { name: Some(text("console")), page: page() },
        api_keys::Retrieve { id: api_key() },
        api_keys::CloneKey { id: api_key() },
        api_keys::Expire { id: api_key(), in_seconds: 60 },
        limits::RateLimits,
        logs::ApiLogs { page: page() },
        logs::RetrieveApiLog { id: api_log() },
        logs::AuditLogs { page: page() },
        logs::RetrieveAuditLog { id: audit_log() },
        templates::InquiryTemplates { page: page() },
        templates::RetrieveInquiryTemplate { id: inquiry_template() },
        templates::InquiryTemplateVersions { template: inquiry_template(), page: page() },
        workflows::Trigger { id: workflow(), fields: fields() },
        workflows::Runs { page: page() },
        workflows::RetrieveRun { id: workflow_run() },
        workflows::Versions { workflow: workflow(), page: page() },
    ]
}
