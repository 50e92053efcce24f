//! All that the screen shows and all that a key can change: plain data, written by `update` alone.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

/// What the console does with one event from the keyboard.
pub use crossterm::event::KeyEvent as Press;
use jiff::Timestamp;

use super::{
    adding::Adding,
    album::{Album, Viewer},
    command::Command,
    copying::Choice,
    detail::evidence,
    fetching::Fetching,
    follow::Follow,
    jumps::Jumps,
    listing::List,
    lock::Lock,
    looking::Looking,
    marks::Marks,
    palette::Palette,
    photo::{Ink, Means, Protocol},
    relations::RelationsPane,
    repeating::Repeat,
    reveal::Values,
    snoozing::{self, Snoozes},
    staged::Staged,
    tagging::TagMenu,
    tutor::Tutor,
    unfinished::Kept,
    unsent::Unsent,
    views::Views,
};
pub use super::{
    detail::{Detail, File, Tab},
    filtering::Filter,
    settings::{Searched, Settings},
    toast::{Breach, Toast, Tone},
};
use crate::{
    config::{Mask, Photos},
    desk::{
        self, CaseRow, CaseView, Glance, InquiryRow, InquiryView, KnownMismatches, KnownStatus,
        Standing, SyncState, api_key::KeyState,
    },
    metrics::Stats,
    model::{
        Action, ActionId, Evidence, KeptCommit, KeptDecision, Subject, Text, Verb,
        bulk::Progress,
        day::Judgement,
        filter::{self, List as Listed, Order},
    },
    secret::Secret,
};

/// Whether anybody pressed a key: before that, nobody has chosen a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    NotYet,
    Once,
}

#[derive(Debug)]
pub struct State {
    pub settings: Settings,
    /// Set before every update; views take ages from it.
    pub now: Timestamp,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    pub focus: Pane,
    pub touched: Touched,
    pub inquiries: List<InquiryRow>,
    /// What is typed of them, and what that asks of the store.
    pub inquiry_filter: filter::Filter,
    pub inquiry_view: InquiryView,
    pub cases: List<CaseRow>,
    pub case_filter: filter::Filter,
    pub case_view: CaseView,
    pub views: Views,
    pub relations: RelationsPane,
    pub detail: Option<Detail>,
    /// The detail is still to follow the cursor.
    pub follow: Option<Follow>,
    /// When the cursor of a list was moved last.
    pub stepped: Option<Timestamp>,
    /// What was opened in this console, at which version, and which of its tabs were looked at.
    pub looked: HashMap<(Subject, Evidence), BTreeSet<Tab>>,
    /// What was asked for before somebody wanted it, at which version.
    pub ahead: HashSet<(Subject, Option<Timestamp>)>,
    pub staged: Option<Staged>,
    /// A comment was let go of while it was typed: what is still typed of it is dropped until nobody
    /// has typed for a moment.
    pub hushed: Option<Timestamp>,
    /// Working through a queue by claims.
    pub fetching: Fetching,
    /// What was committed last in this console, and not taken back.
    pub committed: Option<(Subject, Verb)>,
    /// What can be repeated on another item.
    pub repeat: Option<Repeat>,
    pub marks: Marks,
    pub snoozes: Snoozes,
    pub overlay: Option<Overlay>,
    pub album: Album,
    /// How photos get to this terminal; none: they are off.
    pub means: Option<Means>,
    /// The filter line of the pane that is being filtered.
    pub filter: Option<Filter>,
    /// What is typed after `:`, while it is.
    pub palette: Option<Palette>,
    /// Commands that were run from there, the newest first.
    pub recent: Vec<Command>,
    /// Where the reviewer has been.
    pub jumps: Jumps,
    pub toast: Option<Toast>,
    /// When it was said what is wrong with the connection.
    pub told: Option<Timestamp>,
    /// Presses of an unfinished chord.
    pub chord: Vec<String>,
    pub glance: Glance,
    pub outbox: Vec<Action>,
    /// How far those are that were decided in one go.
    pub bulks: Vec<Progress>,
    pub mismatches: KnownMismatches,
    /// The reviewer's own decisions of some days; none until they were asked for.
    pub judgements: Option<Vec<Judgement>>,
    pub tutor: Option<Tutor>,
    pub sync: SyncState,
    /// Since when the team's database does not answer.
    pub away: Option<Timestamp>,
    /// Who looks at what.
    pub looking: Looking,
    /// What is kept here until it is back.
    pub kept: Vec<KeptCommit>,
    pub api_key: KeyState,
    pub stats: Stats,
    /// Warnings in words that stay until a key is pressed after the figures recovered.
    pub breach: Option<Breach>,
    pub lock: Lock,
    pub leaving: Leaving,
    /// What would be lost with this console.
    pub unfinished: Kept,
    /// What the cursor is to be on as soon as its row is there.
    pub seek: Option<Subject>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    Inquiries,
    Cases,
    Relations,
    Detail,
}

#[derive(Debug)]
pub enum Overlay {
    Help {
        scroll: u16,
    },
    Outbox {
        cursor: usize,
    },
    Mismatches {
        cursor: usize,
    },
    /// The reviewer's own decisions in figures.
    Stats,
    Views {
        cursor: usize,
    },
    /// Why the item under the cursor is where it is; none until the store has told.
    Order {
        list: Listed,
        standing: Option<Standing>,
    },
    /// The statuses that this case's template is known to have.
    Statuses {
        subject: Subject,
        evidence: Evidence,
        current: Text,
        known: Vec<KnownStatus>,
        cursor: usize,
    },
    /// What of this item can be copied.
    Copy {
        subject: Subject,
        choices: Vec<Choice>,
        cursor: usize,
    },
    /// Tags of an item, to be added or removed.
    Tags(TagMenu),
    Snooze(snoozing::Menu),
    /// A relation that is to be added: its key, then its target.
    AddRelation(Adding),
    /// A one-time link, on the screen and nowhere else.
    Link {
        subject: Subject,
        action: ActionId,
        link: Secret<String>,
    },
    /// Photos over the whole screen.
    Photos(Viewer),
    /// Leaving with decisions on their way.
    Leave(Unsent),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    No,
    /// Ctrl-c was pressed once.
    Asked,
    /// The loop ends.
    Yes,
    /// It ends, and nobody asked for it: the terminal is gone, or the process has to go.
    Cut,
}

impl State {
    pub fn new(settings: Settings, size: (u16, u16), now: Timestamp) -> Self {
        // Works everywhere, until more is known.
        let means = (settings.photos != Photos::Off).then_some(Means {
            protocol: Protocol::HalfBlocks,
            ink: Ink::True,
            cell: (10, 20),
            limit: settings.photo_limit,
        });
        Self {
            lock: Lock::new(settings.policy.lock_after(), now),
            inquiry_view: desk::inquiry_view(
                &filter::Filter::default(),
                settings.order,
                &settings.reviewer,
            ),
            case_view: desk::case_view(&filter::Filter::default(), Order::Sla, &settings.reviewer),
            views: Views::new(&settings.views),
            tutor: settings.lesson.map(Tutor::new),
            settings,
            now,
            size,
            focus: Pane::Inquiries,
            touched: Touched::NotYet,
            inquiries: List::default(),
            inquiry_filter: filter::Filter::default(),
            cases: List::default(),
            case_filter: filter::Filter::default(),
            relations: RelationsPane::default(),
            detail: None,
            follow: None,
            stepped: None,
            looked: HashMap::new(),
            ahead: HashSet::new(),
            staged: None,
            hushed: None,
            fetching: Fetching::default(),
            committed: None,
            repeat: None,
            marks: Marks::default(),
            snoozes: Snoozes::default(),
            overlay: None,
            album: Album::default(),
            means,
            filter: None,
            palette: None,
            recent: Vec::new(),
            jumps: Jumps::default(),
            toast: None,
            told: None,
            chord: Vec::new(),
            glance: Glance::default(),
            outbox: Vec::new(),
            bulks: Vec::new(),
            mismatches: KnownMismatches::default(),
            judgements: None,
            sync: SyncState::default(),
            away: None,
            looking: Looking::default(),
            kept: Vec::new(),
            api_key: KeyState::default(),
            stats: Stats::default(),
            breach: None,
            leaving: Leaving::No,
            unfinished: Kept::default(),
            seek: None,
        }
    }

    /// How a command is asked for, for hints and sentences: its first key, or `:name`.
    pub fn key(&self, command: Command) -> String {
        self.settings.keys.shown(command)
    }

    /// The list that Up and Down move in; from the detail, the list it was opened from.
    pub fn list_pane(&self) -> Pane {
        match (self.focus, &self.detail) {
            (Pane::Detail, Some(detail)) => detail.from,
            (Pane::Detail, None) => Pane::Inquiries,
            (pane, _) => pane,
        }
    }

    pub fn filter_of(&self, list: Listed) -> &filter::Filter {
        match list {
            Listed::Inquiries => &self.inquiry_filter,
            Listed::Cases => &self.case_filter,
        }
    }

    /// The object under the cursor of the list with focus.
    pub fn selected(&self) -> Option<Subject> {
        match self.list_pane() {
            Pane::Inquiries => {
                self.inquiries.selected().map(|row| Subject::Inquiry(row.id.clone()))
            }
            Pane::Cases => self.cases.selected().map(|row| Subject::Case(row.id.clone())),
            Pane::Relations | Pane::Detail => self.relations.subject(),
        }
    }

    /// The tabs of the open inquiry with evidence that nobody looked at here, at this version.
    pub fn unseen(&self, detail: &Detail) -> Vec<Tab> {
        let (File::Inquiry(file), Some(version)) = (&detail.file, detail.evidence()) else {
            return Vec::new();
        };
        let looked = self.looked.get(&(detail.subject.clone(), version));
        let is_new = |tab: &Tab| looked.is_none_or(|looked| !looked.contains(tab));
        evidence(file).into_iter().map(|(tab, _)| tab).filter(is_new).collect()
    }

    /// A decision that has not reached Persona, and one that was refused and not read yet.
    pub fn decision_about(&self, subject: &Subject) -> Option<&Action> {
        self.outbox.iter().rev().find(|action| action.subject == *subject)
    }

    /// One that is kept here until the team's database is back.
    pub fn kept_about(&self, subject: &Subject) -> Option<&KeptDecision> {
        self.kept.iter().find_map(|kept| kept.about(subject))
    }

    /// Such decisions about the reports of an item.
    pub fn decisions_below(&self, detail: &Detail) -> impl Iterator<Item = &Action> {
        let reports = detail.exhibits().map_or(&[][..], |exhibits| &exhibits.reports);
        reports.iter().filter_map(|report| self.decision_about(&Subject::Report(report.id.clone())))
    }

    /// How personal values are written in the detail now.
    pub fn values(&self) -> Values<'_> {
        let reveals = self.detail.as_ref().map(|detail| &detail.reveals);
        Values::of(self.settings.mask, reveals, self.now)
    }

    /// Whether all personal data of the item in the detail is shown now.
    pub fn shows_item(&self) -> bool {
        self.values().shows_all()
    }

    /// Whether rows show names.
    pub fn shows_rows(&self) -> bool {
        self.settings.mask == Mask::Nothing
    }

    pub fn say(&mut self, text: impl Into<String>, tone: Tone) {
        let stay = match tone {
            Tone::Bad => 12,
            Tone::Plain | Tone::Good => 5,
            // Until it is over, which takes no longer than a request.
            Tone::Progress => 60,
        };
        let until = self.now + Duration::from_secs(stay);
        // It may quote what a server, a file or the environment says.
        let text = Text::from(text.into()).to_string();
        self.toast = Some(Toast { text, tone, until });
    }
}

/// A terminal below this is told so, and shows the sentence only.
pub const SMALLEST: (u16, u16) = (60, 15);

#[cfg(test)]
pub mod samples {
    //! States for table tests.

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        config::{Policy, WhenLost},
        desk::InquiryFile,
        model::{ClaimTag, Inquiry, InquiryId},
        tui::{casework::Layouts, keymap::Keys},
    };

    pub fn settings() -> Settings {
        Settings {
            environment: Text::new("SANDBOX"),
            key_source: Text::new("test"),
            reviewer: Text::new("jane@acme.test"),
            zone: TimeZone::UTC,
            mask: Mask::Everything,
            reveal: Duration::from_secs(60),
            hold: Duration::from_secs(5),
            link_expires: Duration::from_secs(86_400),
            policy: Policy::default(),
            layouts: Layouts::default(),
            searched: Searched::Anywhere,
            order: Order::Sla,
            views: Vec::new(),
            sla: Duration::from_secs(5),
            error_rate: 0.05,
            claims: ClaimTag::new("reviewing:"),
            photos: Photos::Auto,
            photo_limit: 256 * 1024,
            keys: Keys::default(),
            drafts: std::env::temp_dir(),
            results: std::env::temp_dir(),
            is_shared: false,
            when_lost: WhenLost::Refuse,
            lesson: None,
        }
    }

    /// A console in which a looked-at inquiry of this status is on the screen.
    pub fn reading(status: &str) -> State {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("a fixed instant");
        let mut state = State::new(settings(), (120, 40), now);
        let id = InquiryId::new("inq_sample").expect("an id");
        let mut detail = Detail::of(Subject::Inquiry(id.clone()), Pane::Inquiries);
        detail.drawn = true;
        detail.file = File::Inquiry(Box::new(InquiryFile {
            inquiry: inquiry(id, status),
            account: None,
            verifications: Vec::new(),
            hydrated_at: Some(now),
            fetched_at: now,
            action: None,
            cases: Vec::new(),
            exhibits: Default::default(),
            earlier: Vec::new(),
            signals: Vec::new(),
            history: Vec::new(),
        }));
        state.detail = Some(detail);
        state.focus = Pane::Detail;
        state
    }

    fn inquiry(id: InquiryId, status: &str) -> Inquiry {
        let json = serde_json::json!({
            "id": id.as_str(), "status": status, "verifications": [], "tags": [], "fields": [],
        });
        serde_json::from_value(json).expect("every attribute but id and status may be missing")
    }
}
