//! What is journaled besides decisions: what was opened, shown, handed out or exported, and when
//! somebody was at this desk.

use std::{sync::PoisonError, time::Duration};

use super::{Desk, StoreError};
use crate::{
    model::{ActionId, Evidence, FileRef, JournalEntry, Subject, Text},
    store,
};

/// Of what was opened while a team's database was away.
const MOST_UNTOLD: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    SessionBegan,
    SessionEnded,
    /// The screen was hidden: after so long without a key, or by somebody.
    Locked {
        idle: Option<Duration>,
    },
    Unlocked,
    /// Somebody went to the evidence of this version. Told once for each in a session.
    Opened {
        subject: Subject,
        version: Evidence,
    },
    /// Personal data of an item was shown: `what` is the place of one value, `typed/birthdate`, or
    /// `page` for all of it; `seconds` for how long at most, where it is hidden again.
    Revealed {
        subject: Subject,
        what: Text,
        seconds: Option<u64>,
    },
    /// A personal value was handed to the terminal's clipboard: its place, `typed/birthdate`.
    Copied {
        subject: Subject,
        what: Text,
    },
    /// Personal data of many was shown: `12 inquiries`.
    RevealedList(Text),
    /// A one-time link was handed to the terminal's clipboard.
    CopiedLink {
        subject: Subject,
        action: ActionId,
    },
    /// A one-time link was written to where a script wanted it.
    PrintedLink {
        subject: Subject,
        action: ActionId,
    },
    /// The link to a file of the evidence was handed out: whoever has it opens the file.
    HandedOff {
        subject: Subject,
        file: FileRef,
    },
    /// An object was printed to a file: its id, and what it is where that can be decided.
    Printed {
        subject: Option<Subject>,
        id: Text,
    },
}

impl Desk {
    /// Writes a line of its own.
    ///
    /// # Errors
    /// If the store cannot take it.
    pub async fn journal(&self, note: Note) -> Result<(), StoreError> {
        if let Note::Locked { .. } = note {
            self.held.forget();
        }
        let line = |what| JournalEntry::new(self.clock.now(), &self.reviewer, what);
        let about = |what, subject| JournalEntry { subject: Some(subject), ..line(what) };
        let entry = match note {
            Note::SessionBegan | Note::SessionEnded => {
                let began = note == Note::SessionBegan;
                let what = if began { "session began" } else { "session ended" };
                JournalEntry { program: Some(store::program()), ..line(what) }
            }
            Note::Locked { idle: None } => line("locked"),
            Note::Locked { idle: Some(idle) } => {
                let detail = Text::new(&format!("{} min without a key", idle.as_secs() / 60));
                JournalEntry { detail, ..line("locked") }
            }
            Note::Unlocked => line("unlocked"),
            Note::Opened { subject, version } => return self.opened(subject, version).await,
            Note::Revealed { subject, what, seconds } => {
                let detail = match seconds {
                    Some(seconds) => Text::new(&format!("{what} for {seconds} s")),
                    None => what,
                };
                JournalEntry { detail, ..about("revealed", subject) }
            }
            Note::Copied { subject, what } => {
                JournalEntry { detail: what, ..about("copied", subject) }
            }
            Note::RevealedList(what) => JournalEntry { detail: what, ..line("revealed") },
            Note::CopiedLink { subject, action } => {
                JournalEntry { action: Some(action), ..about("copied link", subject) }
            }
            Note::PrintedLink { subject, action } => {
                JournalEntry { action: Some(action), ..about("printed link", subject) }
            }
            Note::HandedOff { subject, file } => {
                let detail = Text::new(&format!("{} of {}", file.part, file.holder.id()));
                JournalEntry { detail, ..about("handed off file", subject) }
            }
            Note::Printed { subject, id } => {
                JournalEntry { subject, detail: id, ..line("printed") }
            }
        };
        self.store.journal(entry).await
    }

    async fn opened(&self, subject: Subject, version: Evidence) -> Result<(), StoreError> {
        let seen = (subject.clone(), version.clone());
        let known = || self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if !known().insert(seen.clone()) {
            return Ok(());
        }
        let line = JournalEntry::new(self.clock.now(), &self.reviewer, "opened");
        let line = JournalEntry { subject: Some(subject), version: Some(version), ..line };
        let written = self.store.journal(line.clone()).await;
        if let Err(StoreError::Away(_)) = written {
            // It was looked at all the same, and is written down when the database is back.
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            if untold.len() < MOST_UNTOLD {
                untold.push(line);
                return Ok(());
            }
        }
        if written.is_err() {
            // What was not written down is told again.
            known().remove(&seen);
        }
        written
    }

    /// Writes down what was opened while the team's database was away.
    pub(super) async fn tell_untold(&self) -> Result<(), StoreError> {
        let untold = || self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(line) = untold().first().cloned() else { return Ok(()) };
            self.store.journal(line).await?;
            untold().remove(0);
        }
    }
}
