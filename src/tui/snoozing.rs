//! What is put off: until when, in words, and the menu that asks for it. Pure.

use std::collections::HashMap;

use jiff::{Timestamp, ZonedDateTime};
use tui_input::Input;

use super::{
    marks, mnemonic,
    state::{File, State},
    times,
};
use crate::{
    desk::Back,
    model::{ActionState, Awaits, Snooze, Subject, Text},
};

/// What is put off, as the store has it.
#[derive(Debug, Default)]
pub struct Snoozes {
    asleep: HashMap<Subject, Snooze>,
    /// How it was before what was done last: undo takes that back.
    pub last: Option<Vec<(Subject, Option<Snooze>)>>,
    /// Something came back while nobody could be told.
    pub unheard: bool,
}

impl Snoozes {
    pub fn is_empty(&self) -> bool {
        self.asleep.is_empty()
    }

    /// How many inquiries are.
    pub fn inquiries(&self) -> usize {
        self.asleep.keys().filter(|subject| matches!(subject, Subject::Inquiry(_))).count()
    }

    pub fn of(&self, subject: &Subject) -> Option<&Snooze> {
        self.asleep.get(subject)
    }

    pub fn set(&mut self, known: HashMap<Subject, Snooze>) {
        self.asleep = known;
    }

    /// When the next one comes back by itself.
    pub fn next(&self) -> Option<Timestamp> {
        self.asleep.values().filter_map(|snooze| snooze.until).min()
    }

    /// Lets go of those whose time has come. Whether there were any.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let before = self.asleep.len();
        self.asleep.retain(|_, snooze| snooze.until.is_none_or(|until| until > now));
        self.asleep.len() < before
    }
}

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Hour,
    Evening,
    Morning,
    ThreeDays,
    Monday,
    Change,
    Finish,
    /// Typed.
    Own(String),
    /// No more.
    Wake,
}

const CHOICES: [Choice; 8] = [
    Choice::Hour,
    Choice::Evening,
    Choice::Morning,
    Choice::ThreeDays,
    Choice::Monday,
    Choice::Change,
    Choice::Finish,
    Choice::Own(String::new()),
];

/// The menu while it is open.
#[derive(Debug)]
pub struct Menu {
    pub subjects: Vec<Subject>,
    /// Marked ones, instead of the one on the screen.
    pub many: bool,
    /// How the one is put off already.
    pub asleep: Option<Snooze>,
    /// One of them is put off already: it can be woken.
    pub wakes: bool,
    /// Of the one: the case's own, or the earliest of the inquiry's open cases.
    pub deadline: Option<Timestamp>,
    pub cursor: usize,
    /// A time of one's own, while it is typed.
    pub typed: Option<Input>,
    pub problem: Option<String>,
}

/// A row of the menu.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    /// When that is, or what it waits for.
    pub when: String,
    /// Its deadline comes first.
    pub late: bool,
}

impl Choice {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hour => "one hour",
            Self::Evening => "evening",
            Self::Morning => "morning",
            Self::ThreeDays => "three days",
            Self::Monday => "next Monday",
            Self::Change => "something happens",
            Self::Finish => "finished by the applicant",
            Self::Own(_) => "a time of your own",
            Self::Wake => "wake it now",
        }
    }

    /// What it comes to now; none: no more.
    ///
    /// # Errors
    /// Why what was typed is no time.
    pub fn snooze(&self, now: &ZonedDateTime) -> Result<Option<Snooze>, String> {
        let (mut awaits, mut note) = (Awaits::Change, None);
        let until = match self {
            Self::Wake => return Ok(None),
            Self::Hour => Some(times::typed("1h", now)?.0),
            Self::Evening => times::evening(now),
            Self::Morning => times::morning(now),
            Self::ThreeDays => times::in_days(now, 3),
            Self::Monday => times::next_monday(now),
            Self::Change => None,
            Self::Finish => {
                awaits = Awaits::Finish;
                None
            }
            Self::Own(line) => {
                let (until, rest) = own(line, now, &mut awaits)?;
                note = Some(Text::new(rest)).filter(|note| !note.is_empty());
                until
            }
        };
        Ok(Some(Snooze { since: now.timestamp(), until, awaits, note }))
    }
}

/// A line: a time, `change` or `finish`, and a note. A time may be joined with `finish`.
fn own<'a>(
    line: &'a str,
    now: &ZonedDateTime,
    awaits: &mut Awaits,
) -> Result<(Option<Timestamp>, &'a str), String> {
    let event = |word: &str| match word.to_lowercase().as_str() {
        "change" => Some(Awaits::Change),
        "finish" => Some(Awaits::Finish),
        _ => None,
    };
    let (until, rest) = match event(times::word(line).0) {
        Some(_) => (None, line),
        None => {
            let (at, rest) = times::typed(line, now)
                .map_err(|why| format!("{why}; or change, or finish; a note may follow"))?;
            (Some(at), rest)
        }
    };
    let (word, after) = times::word(rest);
    Ok(match event(word) {
        Some(awaited) => {
            *awaits = awaited;
            (until, after)
        }
        None => (until, rest),
    })
}

impl Menu {
    pub fn choices(&self) -> impl Iterator<Item = Choice> {
        CHOICES.into_iter().chain(self.wakes.then_some(Choice::Wake))
    }

    pub fn rows(&self, now: &ZonedDateTime) -> Vec<Row> {
        let row = |choice: Choice| {
            let snooze = choice.snooze(now).ok().flatten();
            let until = snooze.as_ref().and_then(|snooze| snooze.until);
            let when = match (&choice, until) {
                (Choice::Own(_), _) => "2h, 14:30, 2026-12-01, and a note".to_owned(),
                (Choice::Wake, _) => "back in the list at once".to_owned(),
                (Choice::Change, _) => "any change but tags".to_owned(),
                (Choice::Finish, _) => "or it expires".to_owned(),
                (_, Some(until)) => times::said(until, now),
                (_, None) => String::new(),
            };
            let ahead =
                |at: Timestamp| at > now.timestamp() && until.is_none_or(|until| at < until);
            let late = snooze.is_some()
                && !matches!(choice, Choice::Own(_))
                && self.deadline.is_some_and(ahead);
            Row { name: choice.name(), when, late }
        };
        self.choices().map(row).collect()
    }

    /// A letter for each choice.
    pub fn letters(&self, taken: &[char]) -> Vec<Option<char>> {
        let names: Vec<&str> = self.choices().map(|choice| choice.name()).collect();
        mnemonic::letters(names, taken)
    }

    /// What it is about, for its frame.
    pub fn title(&self, now: &ZonedDateTime) -> String {
        match (self.subjects.as_slice(), &self.asleep) {
            ([one], Some(snooze)) => format!("{} is {}", one.short(), brief(snooze, now)),
            ([one], None) if !self.many => format!("snooze {} until", one.short()),
            (all, _) => format!("snooze all {} marked until", all.len()),
        }
    }
}

/// The menu for what `w` is about.
///
/// # Errors
/// Why nothing can be put off here.
pub fn menu(state: &State) -> Result<Menu, String> {
    let subjects = subjects(state)?;
    let many = marks::in_force(state).is_some();
    let asleep = match subjects.as_slice() {
        [one] => state.snoozes.of(one).cloned(),
        _ => None,
    };
    let wakes = subjects.iter().any(|subject| state.snoozes.of(subject).is_some());
    let deadline = if many { None } else { deadline(state) };
    let mut menu =
        Menu { subjects, many, asleep, wakes, deadline, cursor: 0, typed: None, problem: None };
    // What is put off already is most often wanted back.
    if menu.asleep.is_some() {
        menu.cursor = menu.choices().count() - 1;
    }
    Ok(menu)
}

/// All that is marked in the list with focus, else the item on the screen.
///
/// # Errors
/// Why none of it can be put off.
pub fn subjects(state: &State) -> Result<Vec<Subject>, String> {
    if let Some(list) = marks::in_force(state) {
        return Ok(state.marks.of(list).cloned().collect());
    }
    let detail = state.detail.as_ref().ok_or("nothing is selected")?;
    if let Some(action) = detail.action().filter(|action| action.state.is_open())
        && action.verb.is_verdict()
    {
        let how = match action.state {
            ActionState::Proposed { .. } => "proposed",
            _ => "on its way",
        };
        return Err(format!("{} is {how} for this item already", action.verb.words()));
    }
    let over = match &detail.file {
        File::Inquiry(file) if file.inquiry.redacted_at.is_some() => Some("redacted".to_owned()),
        File::Case(file) if file.case.redacted_at.is_some() => Some("redacted".to_owned()),
        File::Inquiry(file) if file.inquiry.status.is_decided() => {
            Some(file.inquiry.status.words())
        }
        File::Case(file) if file.case.is_resolved() => Some("resolved".to_owned()),
        File::Inquiry(_) | File::Case(_) => None,
        File::Loading => return Err("this item is still loading".into()),
        File::Missing => return Err("this item is not in the local copy yet".into()),
        File::Account(_) => return Err("inquiries and cases are snoozed, not accounts".into()),
    };
    match over {
        Some(how) => Err(format!("it is {how}: there is nothing to put off")),
        None => Ok(vec![detail.subject.clone()]),
    }
}

/// The item's own, or the earliest of its open cases.
fn deadline(state: &State) -> Option<Timestamp> {
    match &state.detail.as_ref()?.file {
        File::Case(file) => file.case.sla_expires_at,
        File::Inquiry(file) => {
            let open = file.cases.iter().filter(|case| !case.resolved);
            open.filter_map(|case| case.sla_expires_at).min()
        }
        _ => None,
    }
}

/// `snoozed until 14:30`, `snoozed until it changes`
pub fn brief(snooze: &Snooze, now: &ZonedDateTime) -> String {
    match snooze.until {
        Some(until) => format!("snoozed until {}", times::said(until, now)),
        None => format!("snoozed until {}", snooze.awaits.words()),
    }
}

/// `snoozed until 14:30, or until it changes`
pub fn in_full(snooze: &Snooze, now: &ZonedDateTime) -> String {
    let either = match snooze.until {
        Some(_) => format!(", or until {}", snooze.awaits.words()),
        None => String::new(),
    };
    let note = snooze.note.as_ref().map_or(String::new(), |note| format!(": {note}"));
    format!("{}{either}{note}", brief(snooze, now))
}

/// How a row says that its item is put off, in few columns: `snoozed until change`.
pub fn of_row(state: &State, subject: &Subject) -> Option<String> {
    let snooze = state.snoozes.of(subject)?;
    Some(match snooze.until {
        Some(_) => brief(snooze, &here(state)),
        None => format!("snoozed until {}", snooze.awaits.as_str()),
    })
}

/// Now, where the reviewer is.
pub fn here(state: &State) -> ZonedDateTime {
    times::local(state.now, &state.settings.zone)
}

/// What is said when it is durable: `put_off` of so many, until when, and whose deadline comes first.
pub fn told(
    what: &str,
    snooze: &Snooze,
    left_out: usize,
    late: &[(Subject, Timestamp)],
    now: &ZonedDateTime,
    undo: &str,
) -> String {
    let mut said = format!("{what} {}; {undo} takes it back", in_full(snooze, now));
    let ahead: Vec<Timestamp> =
        late.iter().map(|(_, at)| *at).filter(|at| *at > now.timestamp()).collect();
    let past = late.len() - ahead.len();
    let whose = match (past, ahead.as_slice()) {
        (0, []) => String::new(),
        (1, []) => "late already: ".to_owned(),
        (past, []) => format!("{past} are late already: "),
        (0, [at]) => format!("its deadline is at {}, before it wakes: ", times::said(*at, now)),
        (_, [first, ..]) => format!(
            "{} are late before they wake, the next at {}: ",
            late.len(),
            times::said(*first, now)
        ),
    };
    // What may be missed is said first: a line has an end.
    said.insert_str(0, &whose);
    if left_out > 0 {
        said = format!("{said}; {left_out} left out: decided, or not in the local copy");
    }
    said
}

/// `D• A• is back: 3 h are over`
pub fn welcome(back: &[Back], state: &State) -> Option<String> {
    let now = here(state);
    let name = |back: &Back| match (&back.name, &back.case) {
        (Some(name), _) if state.shows_rows() => name.reveal().to_string(),
        (Some(name), _) => name.masked(),
        (None, Some(case)) => case.to_string(),
        (None, None) => back.subject.short(),
    };
    match back {
        [] => None,
        [one] => {
            let why = match (&one.woken, one.snooze.until) {
                (Some(woken), _) => woken.to_string(),
                (None, Some(until)) => match times::length_words(one.snooze.since, until) {
                    Some(length) => format!("{length} over"),
                    None => format!("it was snoozed until {}", times::said(until, &now)),
                },
                (None, None) => "it was snoozed".to_owned(),
            };
            let note = one.snooze.note.as_ref();
            let note = note.map_or(String::new(), |note| format!("; you noted: {note}"));
            Some(format!("{} is back: {why}{note}", name(one)))
        }
        many => {
            let names: Vec<String> = many.iter().take(2).map(name).collect();
            let more = match many.len() - names.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            Some(format!("{} are back: {}{more}", many.len(), names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{CaseId, Pii},
        tui::state::{Pane, samples},
    };

    fn at(time: &str) -> Timestamp {
        format!("2026-03-0{time}:00Z").parse().unwrap()
    }

    #[test]
    fn choices_have_letters_of_their_own_and_say_when() {
        let mut state = samples::reading("needs_review");
        let mut open = menu(&state).unwrap();
        let now = here(&state);
        let taken = state.settings.keys.letters_of_menus();
        let letters =
            |menu: &Menu| -> String { menu.letters(&taken).into_iter().flatten().collect() };
        assert_eq!(letters(&open), "oemtnsfa");
        assert!(open.title(&now).starts_with("snooze inq_") && open.title(&now).ends_with("until"));
        open.deadline = Some(at("2T17:00"));
        let rows = open.rows(&now);
        let told: Vec<(&str, bool)> =
            rows.iter().map(|row| (row.when.as_str(), row.late)).collect();
        let expected = [
            ("13:00", false),
            ("18:00", true),
            ("tomorrow 09:00", true),
            ("Thu 5 Mar 09:00", true),
            ("Mon 9 Mar 09:00", true),
            ("any change but tags", true),
            ("or it expires", true),
            ("2h, 14:30, 2026-12-01, and a note", false),
        ];
        assert_eq!(told, expected);
        // What is put off already can be woken, and that comes first to mind.
        let snooze = Choice::Hour.snooze(&now).unwrap().unwrap();
        state.snoozes.set(HashMap::from([(open.subjects[0].clone(), snooze)]));
        let open = menu(&state).unwrap();
        assert_eq!((letters(&open).as_str(), open.cursor), ("oemtnsfaw", 8));
        assert!(open.title(&now).ends_with("is snoozed until 13:00"));
        for (status, why) in [("approved", "it is approved"), ("declined", "it is declined")] {
            assert!(menu(&samples::reading(status)).unwrap_err().starts_with(why));
        }
        state.focus = Pane::Inquiries;
        state.detail = None;
        assert_eq!(menu(&state).unwrap_err(), "nothing is selected");
    }

    #[test]
    fn what_is_typed_is_a_time_or_an_event_or_both() {
        let now = here(&samples::reading("needs_review"));
        let table = [
            ("2h", Some("2T14:00"), Awaits::Change, None),
            ("2h ask Bob", Some("2T14:00"), Awaits::Change, Some("ask Bob")),
            ("2h finish", Some("2T14:00"), Awaits::Finish, None),
            ("14:30 Finish they said so", Some("2T14:30"), Awaits::Finish, Some("they said so")),
            ("finish", None, Awaits::Finish, None),
            ("change of heart", None, Awaits::Change, Some("of heart")),
        ];
        for (line, until, awaits, note) in table {
            let snooze = Choice::Own(line.to_owned()).snooze(&now).unwrap().unwrap();
            assert_eq!((snooze.until, snooze.awaits), (until.map(at), awaits), "{line}");
            assert_eq!(snooze.note.as_ref().map(Text::as_str), note, "{line}");
        }
        let why = Choice::Own("ask Bob".to_owned()).snooze(&now).unwrap_err();
        assert!(why.ends_with("or change, or finish; a note may follow"), "{why}");
    }

    #[test]
    fn it_is_told_until_when_and_whose_deadline_comes_first() {
        let state = samples::reading("needs_review");
        let now = here(&state);
        let case = |id: &str| Subject::Case(CaseId::new(id).unwrap());
        let snooze = Choice::Morning.snooze(&now).unwrap().unwrap();
        let said = |left_out, late: &[(Subject, Timestamp)]| {
            told("case_1 is", &snooze, left_out, late, &now, "u")
        };
        let plain = "case_1 is snoozed until tomorrow 09:00, or until it changes; u takes it back";
        assert_eq!(said(0, &[]), plain);
        let one = said(0, &[(case("case_1"), at("2T14:00"))]);
        assert_eq!(one, format!("its deadline is at 14:00, before it wakes: {plain}"));
        assert!(
            said(0, &[(case("case_1"), at("2T11:00"))]).starts_with("late already: case_1 is ")
        );
        let late = [(case("case_1"), at("2T11:00")), (case("case_2"), at("2T14:00"))];
        let many = said(3, &late);
        assert!(many.starts_with("2 are late before they wake, the next at 14:00: case_1 is "));
        assert!(many.ends_with("; 3 left out: decided, or not in the local copy"));
    }

    #[test]
    fn who_is_back_is_named_as_rows_name_them() {
        let mut state = samples::reading("needs_review");
        let back = |until: Option<Timestamp>, woken: Option<&str>| Back {
            subject: Subject::Case(CaseId::new("case_1").unwrap()),
            name: Some(Pii::new("Jane Doe")),
            case: None,
            snooze: Snooze { since: at("2T09:00"), until, awaits: Awaits::Change, note: None },
            woken: woken.map(Text::new),
        };
        let hours = back(Some(at("2T12:00")), None);
        let said = |back: &[Back], state: &State| welcome(back, state).unwrap();
        assert_eq!(said(std::slice::from_ref(&hours), &state), "J• D• is back: 3 h are over");
        state.settings.mask = crate::config::Mask::Nothing;
        let woken = back(None, Some("the applicant finished (completed)"));
        assert_eq!(
            said(std::slice::from_ref(&woken), &state),
            "Jane Doe is back: the applicant finished (completed)"
        );
        let noted = Snooze { note: Some(Text::new("ask Bob")), ..hours.snooze.clone() };
        let case =
            Back { name: None, case: Some(Text::new("KYC-7")), snooze: noted, ..woken.clone() };
        assert!(said(std::slice::from_ref(&case), &state).ends_with("; you noted: ask Bob"));
        assert_eq!(
            said(&[hours, woken, case], &state),
            "3 are back: Jane Doe, Jane Doe and 1 more"
        );
        assert_eq!(welcome(&[], &state), None);
    }
}
