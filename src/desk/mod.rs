//! The application door: everything a front end may ask.
//!
//! Questions are answered from the store alone, so they are fast and work offline. Deeds become
//! durable before they return. Persona is only asked by name: [`Desk::refresh`] and
//! [`Desk::fetch_relations`]; whatever it says arrives as [`News`] that the store moved.

pub mod api_key;
mod boot;
pub mod breach;
mod claim;
mod day;
mod decide;
pub mod doctor;
mod evidence;
mod exposed;
mod held;
mod journal;
mod kept;
mod listen;
mod listing;
mod looking;
mod lookup;
mod manager;
mod marks;
mod mismatches;
mod news;
mod obey;
mod once;
mod photos;
pub mod policy;
mod proposal;
mod purge;
mod refresh;
mod related;
mod relations;
mod reporting;
mod results;
mod search;
mod snoozing;
mod statuses;
mod unfinished;
mod views;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

pub use self::{
    boot::{Booted, Error as BootError, Options, boot, prepare},
    claim::{Claim, ClaimError, Next, Queue},
    decide::{Draft, Submitted, TakenBack},
    journal::Note,
    kept::Committed,
    listen::{Heard, ListenError, Listening, listen},
    manager::Manager,
    marks::{Recorded, Stretch, Wanted},
    news::News,
    once::{CaughtUp, Once, Until, once},
    photos::{MOST_FILE_BYTES, NoFile},
    proposal::{Confirmation, NotConfirmed},
    purge::Receipt,
    refresh::RefreshError,
    relations::{AccountRelations, Mappings, Origin, RelationGroup, RelationRow},
    reporting::{Push, Reporting},
    results::{NoResults, Results},
    search::Found,
    statuses::CaseStatuses,
    unfinished::Forgotten,
    views::{CountedView, case_view, inquiry_view},
};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{Policy, WhenLost},
    model::{
        Account, AccountId, Action, CaseId, ClaimTag, Evidence, InquiryId, JournalEntry, Subject,
        Text, Verdict, bulk::Progress,
    },
    persona::Client,
    store::{Person, Store},
};
pub use crate::{
    store::{
        AccountFilter, Away, Back, CaseFile, CaseFilter, CaseRow, CaseView, Changes,
        Error as StoreError, Figures, Glance, Ids, InquiryFile, InquiryFilter, InquiryRow,
        InquiryView, KnownMismatches, KnownStatus, LatestInquiry, ListedCase, ListedInquiry, Look,
        MOST_MARKED, MOST_MISMATCHES, Marked, Pending, PutOff, Rows, Scope, Signal, Snoozes,
        Standing, SubmitError, Total, Whose, Window,
    },
    sync::{Caught, Depth, Ears, Phase, Repair, Repaired, SyncState, Trouble as SyncTrouble},
};

pub struct Desk {
    store: Store,
    client: Arc<Client>,
    clock: Clock,
    busy: Busy,
    /// Who decides, as the journal names them.
    reviewer: Text,
    /// What was opened in this session.
    opened: Mutex<HashSet<(Subject, Evidence)>>,
    /// What was opened while the team's database was away.
    untold: Mutex<Vec<JournalEntry>>,
    when_lost: WhenLost,
    held: held::Held,
    /// To the files of the inquiry that is looked at.
    links: tokio::sync::Mutex<photos::Links>,
    policy: Policy,
    hold: std::time::Duration,
    relation_keys: RelationKeys,
    case_statuses: CaseStatuses,
    claims: Option<ClaimTag>,
    /// Unique per process: what it submitted is known by it.
    worker: String,
    /// The house's own, where what it is asked for is done.
    runtime: tokio::runtime::Handle,
}

/// The organisation's relation keys as configured: Persona has no call that lists them.
#[derive(Debug, Clone, Default)]
pub struct RelationKeys {
    /// Asked for on every account.
    pub all: Vec<Text>,
    /// Asked for on accounts of a type, by its name in lower case, instead of `all`.
    pub by_type: std::collections::BTreeMap<String, Vec<Text>>,
    /// What the fields of related accounts mean.
    pub mappings: Mappings,
}

impl RelationKeys {
    fn of(&self, account_type: Option<&Text>) -> &[Text] {
        let special = account_type.and_then(|name| self.by_type.get(&name.as_str().to_lowercase()));
        special.unwrap_or(&self.all)
    }
}

/// What is on its way, or was refused and not read yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outbox {
    /// Oldest first.
    pub actions: Vec<Action>,
    /// How far those are that were decided in one go.
    pub bulks: Vec<Progress>,
}

/// A window of rows, and where the row asked about stands in the list now.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    pub rows: Rows<T>,
    pub anchor: Option<u64>,
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountFile {
    pub account: Account,
    /// Newest first.
    pub inquiries: Vec<InquiryRow>,
    /// On its way, or refused and not read yet.
    pub action: Option<Action>,
    /// Who shares something with it; what weighs most first.
    pub signals: Vec<Signal>,
    /// Every verdict on this person so far, newest first.
    pub history: Vec<Verdict>,
}

impl Desk {
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn busy(&self) -> &Busy {
        &self.busy
    }

    /// Where what it is asked for is done: not where it is asked.
    pub fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    /// Rows of the queue, and where `anchor` is among them; the window follows it if it moved out.
    pub async fn inquiries(
        &self,
        view: &InquiryView,
        window: Window,
        anchor: Option<&InquiryId>,
    ) -> Result<Placed<InquiryRow>, StoreError> {
        let rows = self.store.inquiries(view, window).await?;
        let Some(id) = anchor else { return Ok(Placed { rows, anchor: None }) };
        if let Some(nth) = rows.rows.iter().position(|row| row.id == *id) {
            let anchor = Some(rows.first + nth as u64);
            return Ok(Placed { rows, anchor });
        }
        match self.store.inquiry_position(view, id).await? {
            None => Ok(Placed { rows, anchor: None }),
            Some(at) => {
                let rows = self.store.inquiries(view, window.around(at)).await?;
                Ok(Placed { rows, anchor: Some(at) })
            }
        }
    }

    /// Rows of the cases, likewise.
    pub async fn cases(
        &self,
        view: &CaseView,
        window: Window,
        anchor: Option<&CaseId>,
    ) -> Result<Placed<CaseRow>, StoreError> {
        let rows = self.store.cases(view, window).await?;
        let Some(id) = anchor else { return Ok(Placed { rows, anchor: None }) };
        if let Some(nth) = rows.rows.iter().position(|row| row.id == *id) {
            let anchor = Some(rows.first + nth as u64);
            return Ok(Placed { rows, anchor });
        }
        match self.store.case_position(view, id).await? {
            None => Ok(Placed { rows, anchor: None }),
            Some(at) => {
                let rows = self.store.cases(view, window.around(at)).await?;
                Ok(Placed { rows, anchor: Some(at) })
            }
        }
    }

    /// Whether the store is a team's.
    pub fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// The queue at a glance, and every decision that has not reached Persona.
    pub async fn glance(&self) -> Result<(Glance, Outbox), StoreError> {
        let (actions, bulks) = (self.store.open_actions().await?, self.store.bulks().await?);
        Ok((self.store.glance(&self.reviewer).await?, Outbox { actions, bulks }))
    }

    pub async fn inquiry(&self, id: &InquiryId) -> Result<Option<InquiryFile>, StoreError> {
        let answer = self.store.inquiry(id).await;
        match self.store.is_shared() {
            true => self.held.inquiries.or_held(id, answer),
            false => answer,
        }
    }

    pub async fn account(&self, id: &AccountId) -> Result<Option<AccountFile>, StoreError> {
        let answer = self.account_now(id).await;
        match self.store.is_shared() {
            true => self.held.accounts.or_held(id, answer),
            false => answer,
        }
    }

    async fn account_now(&self, id: &AccountId) -> Result<Option<AccountFile>, StoreError> {
        let Some(account) = self.store.account(id).await? else { return Ok(None) };
        let inquiries = self.store.inquiries_of(id).await?;
        let action = self.store.shown_action(&Subject::Account(id.clone())).await?;
        let signals = self.store.signals(id).await?;
        let of = Person { account: Some(id), inquiry: None };
        let history = self.store.history(&of, &signals).await?;
        Ok(Some(AccountFile { account, inquiries, action, signals, history }))
    }
}
