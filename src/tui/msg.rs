//! Everything that can happen to the console. Each comes with what it is about, so that an answer
//! to a question nobody asks any more is told apart and dropped.

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseButton, MouseEventKind};

use super::{
    album::{Order, Way},
    palette::Entry,
    photo::{Content, Drawing},
    target::Target,
    update::Deed,
};
use crate::{
    desk::{
        AccountFile, AccountRelations, Away, CaseFile, CaseRow, CaseView, Changes, Claim,
        Committed, Figures, Forgotten, Found, Glance, Ids, InquiryFile, InquiryRow, InquiryView,
        KnownMismatches, KnownStatus, Look, Marked, News, Next, Outbox, Placed, PutOff, Recorded,
        RelationRow, Results, Snoozes, Standing, SyncState, TakenBack, Wanted, api_key::KeyState,
    },
    metrics::Stats,
    model::{
        AccountId, ActionId, CaseId, FileRef, InquiryId, KeptCommit, Subject, Text, Tie,
        bulk::Parts, day::Judgement, filter::SavedView, timeline::Happened,
    },
    secret::Secret,
};

/// What may be done once the journal has it.
#[derive(Debug)]
pub enum Then {
    /// Show all personal data of an item.
    RevealItem(Subject),
    /// Show the value at this place of an item.
    RevealValue(Subject, String),
    /// Hand a personal value to the terminal's clipboard.
    Copy(Secret<String>),
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    Click,
    WheelUp,
    WheelDown,
}

impl Pointer {
    /// Nothing else that a mouse does means anything here.
    pub fn of(kind: MouseEventKind) -> Option<Self> {
        match kind {
            MouseEventKind::Down(MouseButton::Left) => Some(Self::Click),
            MouseEventKind::ScrollUp => Some(Self::WheelUp),
            MouseEventKind::ScrollDown => Some(Self::WheelDown),
            _ => None,
        }
    }
}

/// A question's answer, or why there is none, as a sentence.
pub type Answer<T> = Result<T, String>;

#[derive(Debug)]
pub enum Msg {
    Key(KeyEvent),
    Paste(String),
    /// The mouse did something at a column and row.
    Mouse(Pointer, (u16, u16)),
    /// Somebody typed a whole line, whatever it asks for.
    Attended,
    /// What a line names, as if it had been found after `:`.
    Named(Entry),
    /// A line is about this row of what has the focus.
    Pointed(u64),
    Resized(u16, u16),
    /// The moment named by `wake::next_change` has come.
    Woke,
    /// Nobody waits for the cursor to rest.
    Rested,
    /// The state is on the screen.
    Drawn,
    /// The store moved.
    Changed(Changes),
    Inquiries(InquiryView, Answer<Placed<InquiryRow>>),
    Cases(CaseView, Answer<Placed<CaseRow>>),
    Glance(Answer<(Glance, Outbox)>),
    Mismatches(Answer<KnownMismatches>),
    LookedAtMismatches(Answer<()>),
    /// What the reviewer decided lately.
    Judgements(Answer<Vec<Judgement>>),
    /// What was decided last in one go is in a file, or why not.
    Results(Answer<Results>),
    /// The views that are saved, and what to say of it.
    Views(Option<String>, Answer<Vec<SavedView>>),
    KeptUnfinished(Answer<()>),
    /// Somebody was forgotten, and of what was asked about these; none if nobody was.
    Forgotten(Answer<Option<Forgotten>>),
    Counted(Answer<Vec<(Text, Figures)>>),
    Explained(Answer<Option<Box<Standing>>>),
    /// What Persona's index brought.
    Asked(Answer<Found>),
    InquiryFile(InquiryId, Answer<Option<Box<InquiryFile>>>),
    CaseFile(CaseId, Answer<Option<Box<CaseFile>>>),
    AccountFile(AccountId, Answer<Option<Box<AccountFile>>>),
    /// The store's copy of accounts' relations.
    Relations(Vec<(AccountId, Answer<AccountRelations>)>),
    /// The keys under which an account may have relations.
    RelationKeys(AccountId, Answer<Vec<Text>>),
    /// Whether what is to be related to an account is there, and what it is.
    Related(AccountId, Tie, Answer<Box<RelationRow>>),
    Statuses(CaseId, Answer<Vec<KnownStatus>>),
    /// What the local copy has whose id begins with what is typed.
    Ids(String, Answer<Vec<Subject>>),
    /// What shows a report or a verification.
    Owner(Target, Answer<Option<Subject>>),
    /// What Persona told of an inquiry, and the inquiry as it writes it.
    Events(InquiryId, Answer<Vec<Happened>>),
    Raw(InquiryId, Answer<serde_json::Value>),
    /// Persona answered, or not; what it said came through the store.
    Refreshed(Subject, Answer<()>),
    /// What nobody waited for came, or not: whoever opens it asks again.
    FetchedAhead,
    /// The same for an account's relations.
    RelationsFetched(AccountId, Answer<()>),
    Claimed(Subject, Answer<Claim>),
    /// The next item of a queue; none if nothing is free.
    Next(Answer<Option<Next>>),
    /// Whether there was a claim to let go of.
    Released(InquiryId, Answer<bool>),
    /// All that was staged is durable or kept, or nothing.
    Submitted(Answer<Committed>),
    /// What was proposed goes on its way now.
    Confirmed(Answer<()>),
    /// What is marked, as of so many changes here.
    Marks(u64, Answer<Marked>),
    Marked(Answer<()>),
    /// None: an end of the range is not in the list any more.
    ToMark(Answer<Option<Ids>>),
    /// What can be decided of all that is marked.
    Parts(Box<Wanted>, Answer<Parts>),
    SubmittedBulk(Answer<Recorded>),
    /// What is put off, and what has come back.
    Snoozes(Answer<Snoozes>),
    Snoozed(Deed, Answer<PutOff>),
    Welcomed(Answer<()>),
    Undone(Answer<TakenBack>),
    Acknowledged(Answer<()>),
    Journaled(Answer<()>),
    /// A file of the open inquiry, or why there is none.
    Photo(FileRef, Answer<Content>),
    /// A look at a photo, on this side.
    PhotoDrawn(usize, Box<Order>, Answer<Arc<Drawing>>),
    LinksForgotten,
    /// A new link to a file, which the journal knows of.
    HandedOff(FileRef, Way, Answer<Secret<String>>),
    /// The journal has it, or not: then nothing is shown and nothing handed out.
    Recorded(Then, Answer<()>),
    Link {
        subject: Subject,
        action: ActionId,
        link: Secret<String>,
    },
    Stats(Stats),
    Sync(SyncState),
    /// The team's database went away, or is back.
    Database(Option<Away>),
    /// What colleagues have open; that they were told what is open here.
    Looks(Answer<Vec<Look>>),
    Looked,
    /// What is kept here until it is back.
    Kept(Vec<KeptCommit>),
    ApiKey(KeyState),
    /// The reviewer's editor is closed: the comment as it is written there, or why it is as before.
    Edited(Answer<String>),
    /// Why the terminal cannot do what was asked of it, as a sentence.
    Refused(String),
    /// SIGTERM, SIGHUP, or the terminal is gone.
    Terminate,
}

impl Msg {
    /// Whether somebody was told that it may take a while (`Effect::words`).
    pub fn ends_a_wait(&self) -> bool {
        matches!(
            self,
            Self::Asked(_)
                | Self::Next(_)
                | Self::Claimed(..)
                | Self::Released(..)
                | Self::ToMark(_)
                | Self::Parts(..)
                | Self::SubmittedBulk(_)
                | Self::Owner(..)
                | Self::Results(_)
        )
    }
}

impl From<News> for Msg {
    fn from(news: News) -> Self {
        match news {
            News::Changed(changes) => Self::Changed(changes),
            News::Stats(stats) => Self::Stats(stats),
            News::Sync(sync) => Self::Sync(sync),
            News::Database(away) => Self::Database(away),
            News::Kept(kept) => Self::Kept(kept),
            News::ApiKey(key) => Self::ApiKey(key),
            News::Link { subject, action, link } => Self::Link { subject, action, link },
        }
    }
}
