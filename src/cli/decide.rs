//! Decisions: approve, decline, escalate, a case's status, whose it is, a one-time link. Each is
//! bound to the version that was read for it, and written down before it is sent.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{
    delivery::{self, Timing, Wait},
    exit::Exit,
    ids, output, record,
    session::{Session, duration},
};
use crate::{
    config::Reason,
    desk::{Draft, Note, SubmitError, TakenBack, policy},
    model::{Action, ActionId, CaseId, Evidence, InquiryId, Subject, Text, Verb},
};

#[derive(Debug, Args)]
pub struct Verdict {
    /// The inquiry's id, inq_…
    #[arg(value_name = "INQUIRY", value_parser = ids::inquiry)]
    inquiry: InquiryId,
    /// A code of the policy's or the configuration's reasons: it goes to the journal, its text to
    /// Persona.
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// Added to what Persona is told.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    #[command(flatten)]
    pub timing: Timing,
}

/// Persona takes no comment with it.
#[derive(Debug, Args)]
pub struct Escalate {
    /// The inquiry's id, inq_…
    #[arg(value_name = "INQUIRY", value_parser = ids::inquiry)]
    inquiry: InquiryId,
    /// A code of the policy's reasons: it goes to the journal.
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    #[command(flatten)]
    pub timing: Timing,
}

#[derive(Debug, Args)]
pub struct Link {
    /// The inquiry's id, inq_…
    #[arg(value_name = "INQUIRY", value_parser = ids::inquiry)]
    inquiry: InquiryId,
    /// How long the link works, such as 24h; as configured without it.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    expires: Option<Duration>,
    /// Give up after this long: nobody but this command can hand the link out, so it waits.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2m")]
    patience: Duration,
}

/// A verdict about a case's inquiries, with its status.
#[derive(Debug, Args)]
pub struct Inquiries {
    /// Decide its inquiries that are not decided yet, too: they are sent first, and the case only
    /// if all of them are done.
    #[arg(long = "inquiries", value_name = "VERDICT")]
    verdict: Option<VerdictName>,
    /// A code of the policy's or the configuration's reasons, for the verdict; without one, of the
    /// policy's for the status.
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// Added to what Persona is told with the verdict.
    #[arg(long, value_name = "TEXT", requires = "verdict")]
    comment: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum VerdictName {
    Approve,
    Decline,
}

#[derive(Debug, Subcommand)]
pub enum Case {
    /// Set a case's status.
    SetStatus {
        /// The case's id, case_…
        #[arg(value_name = "CASE", value_parser = ids::case)]
        case: CaseId,
        /// As the case's template spells it.
        status: String,
        #[command(flatten)]
        inquiries: Inquiries,
        #[command(flatten)]
        timing: Timing,
    },
    /// Assign a case to a user of your organisation.
    Assign {
        /// The case's id, case_…
        #[arg(value_name = "CASE", value_parser = ids::case)]
        case: CaseId,
        /// The user's address at Persona.
        email: String,
        #[command(flatten)]
        timing: Timing,
    },
}

impl Case {
    /// How long the decision can be taken back.
    pub fn hold(&self) -> Duration {
        match self {
            Self::SetStatus { timing, .. } | Self::Assign { timing, .. } => timing.hold(),
        }
    }
}

pub async fn verdict(verb: Verb, asked: Verdict, session: &mut Session) -> anyhow::Result<Exit> {
    let reason = reason(&[&verb], asked.reason.as_deref(), session)?;
    let (subject, comment) = (Subject::Inquiry(asked.inquiry), comment(asked.comment.as_deref()));
    decide(session, &asked.timing, Wish { subject, verb, reason, comment }).await
}

pub async fn escalate(asked: Escalate, session: &mut Session) -> anyhow::Result<Exit> {
    let verb = Verb::MarkForReview;
    let reason = reason(&[&verb], asked.reason.as_deref(), session)?;
    let wish = Wish { reason, ..Wish::of(Subject::Inquiry(asked.inquiry), verb) };
    decide(session, &asked.timing, wish).await
}

pub async fn case(command: Case, session: &mut Session) -> anyhow::Result<Exit> {
    let (wish, timing) = match command {
        Case::SetStatus { case, status, inquiries, timing } => {
            let verb = Verb::SetCaseStatus(Text::new(&status));
            if inquiries.verdict.is_some() {
                let wish = Wish::of(Subject::Case(case), verb);
                return together(session, &timing, wish, inquiries).await;
            }
            let reason = reason(&[&verb], inquiries.reason.as_deref(), session)?;
            (Wish { reason, ..Wish::of(Subject::Case(case), verb) }, timing)
        }
        Case::Assign { case, email, timing } if email.contains('@') => {
            (Wish::of(Subject::Case(case), Verb::AssignCase(Text::new(&email))), timing)
        }
        Case::Assign { email, .. } => {
            return Err(Exit::Usage.told(format!("{email}: Persona assigns by e-mail address")));
        }
    };
    decide(session, &timing, wish).await
}

/// Prints the link alone, where no other format is asked for.
pub async fn link(asked: Link, session: &mut Session) -> anyhow::Result<Exit> {
    let seconds = session.link_seconds(asked.expires)?;
    let verb = Verb::OneTimeLink { expires_in_seconds: Some(seconds) };
    let wish = Wish::of(Subject::Inquiry(asked.inquiry), verb);
    let draft = read(session, wish).await?;
    let id = session.desk().submit(draft).await?.action;
    hand_out(session, &id, asked.patience).await
}

/// Waits for a link and prints it. Nobody else can, so what was not sent by then is taken back.
pub async fn hand_out(
    session: &mut Session,
    id: &ActionId,
    patience: Duration,
) -> anyhow::Result<Exit> {
    session.once.deliver();
    let action = delivery::follow(session, id, &Wait::For(patience)).await?;
    if action.state.is_open() {
        return Ok(match session.desk().undo(id).await? {
            TakenBack::Cancelled => {
                output::note("no link was made: the request was taken back; try again");
                Exit::Unreachable
            }
            _ => {
                output::note("a link may still be made, but nobody will see it; try again");
                Exit::OnItsWay
            }
        });
    }
    let exit = delivery::told(&action);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let Some(link) = session.once.link(id).await else {
        return Err(Exit::Failed.told("the link was made by another process: try again"));
    };
    let (subject, action) = (action.subject.clone(), id.clone());
    session.desk().journal(Note::PrintedLink { subject: subject.clone(), action }).await?;
    let told = json!({ "kind": "link", "inquiry": subject.id(), "link": link.expose() });
    output::print(&match session.format {
        output::Format::Table => format!("{}\n", link.expose()),
        format => output::object(format, &told),
    })?;
    Ok(Exit::Done)
}

/// A decision before anything was read for it.
struct Wish {
    subject: Subject,
    verb: Verb,
    reason: Option<Reason>,
    comment: Option<Text>,
}

impl Wish {
    fn of(subject: Subject, verb: Verb) -> Self {
        Self { subject, verb, reason: None, comment: None }
    }
}

fn comment(given: Option<&str>) -> Option<Text> {
    given.map(|text| Text::new(text.trim())).filter(|text| !text.is_empty())
}

/// The reason with this code, for a decision with these parts.
fn reason(
    verbs: &[&Verb],
    code: Option<&str>,
    session: &Session,
) -> anyhow::Result<Option<Reason>> {
    let Some(code) = code else { return Ok(None) };
    let known = policy::reasons(&session.policy, verbs.iter().copied());
    known.iter().find(|known| known.code == code).cloned().map(Some).ok_or_else(|| {
        let codes: Vec<&str> = known.iter().map(|reason| reason.code.as_str()).collect();
        let verb = verbs.first().map_or_else(String::new, |verb| verb.words());
        Exit::Usage.told(match codes.is_empty() {
            true => format!("no reasons are configured for {verb}: see the policy's file"),
            false => format!("{code:?} is no reason to {verb}; there are: {}", codes.join(", ")),
        })
    })
}

/// Reads the object: the version that Persona answers with is the evidence.
async fn read(session: &Session, wish: Wish) -> anyhow::Result<Draft> {
    session.desk().look(&wish.subject).await?;
    drafted(session, wish).await
}

/// Of an object that was just read.
async fn drafted(session: &Session, wish: Wish) -> anyhow::Result<Draft> {
    let Wish { subject, mut verb, reason, comment } = wish;
    let desk = session.desk();
    let gone =
        || Exit::Failed.told(format!("Persona answered with another object than {}", subject.id()));
    let (evidence, fits) = match &subject {
        Subject::Inquiry(id) => {
            let inquiry = desk.inquiry(id).await?.ok_or_else(gone)?.inquiry;
            let status = Text::new(inquiry.status.as_str());
            let evidence = Evidence { status, updated_at: inquiry.updated_at };
            (evidence, policy::inquiry(&inquiry, &verb))
        }
        Subject::Case(id) => {
            let case = desk.case(id).await?.ok_or_else(gone)?.case;
            if let Verb::SetCaseStatus(status) = &mut verb {
                // As the template spells it, if that is known.
                let known = desk.case_statuses(id).await?;
                let same = |name: &Text| name.as_str().eq_ignore_ascii_case(status.as_str());
                if let Some(known) = known.into_iter().find(|known| same(&known.name)) {
                    *status = known.name;
                }
            }
            let fits = policy::case(&case, &verb);
            (Evidence { status: case.status, updated_at: case.updated_at }, fits)
        }
        Subject::Account(_) | Subject::Report(_) | Subject::NewInquiry(_) => {
            unreachable!("no command decides these")
        }
    };
    fits.map_err(|why| Exit::Refused.told(format!("{}: {why}", subject.id())))?;
    // A script looks at nothing.
    Ok(Draft { subject, verb, evidence, reason, comment, looked_at: Vec::new(), shown_at: None })
}

/// Decides a case's inquiries and then the case, as one decision.
async fn together(
    session: &mut Session,
    timing: &Timing,
    wish: Wish,
    inquiries: Inquiries,
) -> anyhow::Result<Exit> {
    let verb = match inquiries.verdict {
        Some(VerdictName::Approve) => Verb::Approve,
        _ => Verb::Decline,
    };
    let reason = reason(&[&verb, &wish.verb], inquiries.reason.as_deref(), session)?;
    let comment = comment(inquiries.comment.as_deref());
    let last = read(session, Wish { reason: reason.clone(), ..wish }).await?;
    let Subject::Case(case) = &last.subject else { unreachable!("only cases have inquiries") };
    let file = session.desk().case(case).await?;
    let mut drafts = Vec::new();
    for id in file.map(|file| file.case.inquiries).unwrap_or_default() {
        let subject = Subject::Inquiry(id.clone());
        session.desk().look(&subject).await?;
        let status = session.desk().inquiry(&id).await?.map(|file| file.inquiry.status);
        if status.is_some_and(|status| status.is_decided()) {
            continue;
        }
        let (verb, reason, comment) = (verb.clone(), reason.clone(), comment.clone());
        drafts.push(drafted(session, Wish { subject, verb, reason, comment }).await?);
    }
    if drafts.is_empty() {
        let why = format!("{case}: none of its inquiries is left to decide");
        return Err(Exit::Refused.told(why));
    }
    drafts.push(last);
    let submitted = session.desk().submit_together(drafts).await?;
    session.once.deliver();
    let (mut told, mut exit) = (Vec::new(), Exit::Done);
    for one in submitted {
        // What follows one that is not done is not on its way yet.
        let wait = if exit == Exit::Done { timing.wait() } else { Wait::No };
        let action = delivery::follow(session, &one.action, &wait).await?;
        told.push(record::decision(&action));
        let ended = delivery::told(&action);
        exit = if exit == Exit::Done { ended } else { exit };
    }
    output::print(&output::rows(session.format, &record::DECISIONS, &told))?;
    Ok(exit)
}

async fn decide(session: &mut Session, timing: &Timing, wish: Wish) -> anyhow::Result<Exit> {
    let draft = read(session, wish).await?;
    let (subject, verb) = (draft.subject.clone(), draft.verb.clone());
    let id = match session.desk().submit(draft).await {
        Ok(submitted) => submitted.action,
        // A script that is run again finds its own decision on the way.
        Err(why @ SubmitError::AlreadyOpen { .. }) => {
            match session.desk().shown_action(&subject).await? {
                Some(Action { id, verb: same, .. }) if same == verb => id,
                _ => return Err(Exit::Refused.told(format!("{}: {why}", subject.id()))),
            }
        }
        Err(why) => return Err(why.into()),
    };
    session.once.deliver();
    let action = delivery::follow(session, &id, &timing.wait()).await?;
    output::print(&output::rows(
        session.format,
        &record::DECISIONS,
        std::slice::from_ref(&record::decision(&action)),
    ))?;
    Ok(delivery::told(&action))
}
