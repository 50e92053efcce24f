//! What is open over the item or the list: its lines, and the choices with their numbers.

use super::{numbered, short};
use crate::{
    desk::Standing,
    model::{
        Subject,
        case::is_same_status,
        day,
        filter::{List, Order},
    },
    tui::{
        adding::{Adding, Step},
        album::HandOff,
        copying::Copied,
        format,
        overlays::{stats, statuses},
        pending,
        plain::words,
        snoozing, standing,
        state::{Overlay, State},
        tagging::{Entry, TagMenu},
        views::digit,
        widgets::strip,
    },
};

/// How a choice is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Down to it from the cursor, then Enter.
    Enter(usize),
    /// By its digit.
    Digit,
    /// Down to it, then what takes a decision back.
    Undo(usize),
    /// Text of one's own, too.
    Text(usize),
    /// An id.
    Id,
    /// Yes or no.
    Word,
    /// There is nothing to choose.
    Nothing,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Menu {
    pub lines: Vec<String>,
    pub choices: Vec<String>,
    pub takes: Takes,
    /// Before what is typed.
    pub prompt: &'static str,
}

impl Menu {
    fn of(title: String, choices: Vec<String>, takes: Takes, prompt: &'static str) -> Self {
        let mut lines = vec![title];
        lines.extend(choices.iter().enumerate().map(|(nth, said)| numbered(nth + 1, said)));
        Self { lines, choices, takes, prompt }
    }

    fn told(lines: Vec<String>, takes: Takes, prompt: &'static str) -> Self {
        Self { lines, choices: Vec::new(), takes, prompt }
    }
}

/// What is open, if anything is.
pub fn menu(state: &State) -> Option<Menu> {
    Some(match state.overlay.as_ref()? {
        // The lines of `help` are its own.
        Overlay::Help { .. } => Menu::told(Vec::new(), Takes::Nothing, "help"),
        Overlay::Outbox { cursor } => outbox(state, *cursor),
        Overlay::Mismatches { .. } => Menu::told(mismatches(state), Takes::Nothing, "mismatches"),
        Overlay::Views { cursor } => views(state, *cursor),
        Overlay::Order { standing, .. } => order(state, standing.as_ref()),
        Overlay::Statuses { current, known, cursor, .. } => {
            let mut title = "Case status. Type the number or the name of one, or no.".to_owned();
            if known.is_empty() {
                title =
                    "No status of this template is known yet: configure [cases] statuses.".into();
            }
            let choices = known.iter().map(|status| {
                let now =
                    if is_same_status(&status.name, current) { ", this is it now" } else { "" };
                format!("{}, {}{now}", status.name, statuses::kind(status.kind))
            });
            let mut menu = Menu::of(title, choices.collect(), Takes::Enter(*cursor), "status");
            let before = statuses::asked_before(state);
            menu.lines.extend(before.iter().map(|said| words::text(said)));
            menu
        }
        Overlay::Copy { choices, cursor, .. } => {
            let title = "What is to be written out? Type its number, or no.".to_owned();
            let said = choices.iter().map(|choice| {
                let value = match &choice.copied {
                    Copied::Free(text) => text.clone(),
                    Copied::Personal { place, value } => {
                        words::value(&state.values().write(place, value))
                    }
                };
                format!("{}: {value}", words::text(choice.title))
            });
            Menu::of(title, said.collect(), Takes::Enter(*cursor), "copy")
        }
        Overlay::Tags(menu) => tags(menu),
        Overlay::Snooze(menu) => snooze(menu, state),
        Overlay::Stats => Menu::told(stats(state), Takes::Nothing, "stats"),
        Overlay::AddRelation(adding) => relation(adding),
        Overlay::Link { subject, link, .. } => Menu::told(
            vec![
                format!("The one-time link for {}:", short(subject)),
                link.expose().clone(),
                "Whoever has it can go on as the applicant. It is kept nowhere else.".to_owned(),
            ],
            Takes::Nothing,
            "link",
        ),
        Overlay::Photos(viewer) => match &viewer.hand_off {
            Some(HandOff::Asked) => {
                Menu::told(vec![HAND_OFF.to_owned()], Takes::Word, "hand off, yes or no")
            }
            Some(HandOff::Waited(_)) => {
                Menu::told(vec!["Asking Persona for a new link.".to_owned()], Takes::Word, "link")
            }
            Some(HandOff::Code(_)) | None => Menu::told(Vec::new(), Takes::Nothing, "photos"),
        },
        Overlay::Leave(unsent) => Menu::told(
            vec![
                unsent.words(state.settings.is_shared).join(" "),
                "Type yes to quit, no to stay.".to_owned(),
            ],
            Takes::Word,
            "quit, yes or no",
        ),
    })
}

const HAND_OFF: &str = "A link to this photo opens for anybody who has it, without a key, for up to 6 \
                        hours, and cannot be taken back. The journal says that you made it. Type yes \
                        to have it written here, or no.";

fn outbox(state: &State, cursor: usize) -> Menu {
    if state.outbox.is_empty() {
        let said = "Nothing is on its way: all that was decided has reached Persona.".to_owned();
        return Menu::told(vec![said], Takes::Nothing, "outbox");
    }
    let undo = "undo";
    let choices = state.outbox.iter().map(|action| {
        let said = pending::sentence(&action.verb, &action.state, undo, state.now);
        let age = format::age(action.decided_at, state.now);
        words::text(&format!("{}, {age} ago: {said}", action.subject.short()))
    });
    let title =
        "Decisions on their way, and those that did not get through. Type a number to take \
                 one back, or no."
            .to_owned();
    let mut menu = Menu::of(title, choices.collect(), Takes::Undo(cursor), "outbox");
    let bulks = state.bulks.iter();
    menu.lines.extend(
        bulks.map(|known| {
            words::text(&format!("{} in one go: {}", known.verb.words(), known.words()))
        }),
    );
    menu
}

fn mismatches(state: &State) -> Vec<String> {
    let list = &state.mismatches.list;
    if list.is_empty() {
        return vec!["Every answer so far was what this console expects.".to_owned()];
    }
    let mut lines = vec!["Where Persona's answers were not what this console expects:".to_owned()];
    lines.extend(list.iter().map(|one| {
        let (shape, age) = (&one.shape, format::age(one.last_seen, state.now));
        words::text(&format!(
            "{}, {}: expected {}, found {}, {} times, last {age} ago",
            shape.kind, shape.path, shape.expected, shape.found, one.times
        ))
    }));
    lines
}

fn views(state: &State, cursor: usize) -> Menu {
    let choices = state.views.all.iter().enumerate().map(|(nth, view)| {
        let figures = state.views.figures.get(&view.name).map(|figures| {
            let oldest = figures.oldest.map(|since| format::age(since, state.now));
            let oldest = oldest.map_or(String::new(), |age| format!(", oldest {age}"));
            let late =
                if figures.late > 0 { format!(", {} late", figures.late) } else { String::new() };
            format!(": {}{oldest}{late}", strip::count(figures))
        });
        let key = digit(nth).map_or(String::new(), |digit| format!(", view {digit}"));
        words::text(&format!("{}{}{key}", view.name, figures.unwrap_or_default()))
    });
    let title = "Views. Type the number or the name of one, or no.".to_owned();
    Menu::of(title, choices.collect(), Takes::Enter(cursor), "view")
}

fn order(state: &State, standing: Option<&Standing>) -> Menu {
    let Some(Overlay::Order { list, .. }) = state.overlay.as_ref() else {
        return Menu::told(Vec::new(), Takes::Nothing, "order");
    };
    let order = match list {
        List::Inquiries => state.inquiry_view.order,
        List::Cases => state.case_view.order,
    };
    let why = standing.map(|known| standing::sentence(known, *list, order, state.now));
    let why = why.map_or_else(|| "No item is chosen".to_owned(), |why| words::text(&why));
    let choices = Order::ALL.into_iter().map(|choice| {
        let now = if choice == order { ", this is it now" } else { "" };
        format!("by {}{now}", choice.words())
    });
    let title = format!("{why}. Type a number for another order, or no.");
    Menu::of(title, choices.collect(), Takes::Digit, "order")
}

fn tags(menu: &TagMenu) -> Menu {
    let of = match menu.many {
        Some((_, count)) => format!("all {count} marked"),
        None => short(&menu.subject),
    };
    let choices = menu.entries().into_iter().map(|entry| match entry {
        Entry::On(tag) => format!("{tag}, it has this: choosing removes it"),
        Entry::Off(tag) | Entry::New(tag) => tag.to_string(),
    });
    let title = format!("Tags of {of}. Type a number, or a tag, or no.");
    Menu::of(title, choices.collect(), Takes::Text(menu.cursor), "tag")
}

fn snooze(menu: &snoozing::Menu, state: &State) -> Menu {
    let now = snoozing::here(state);
    let title = menu.title(&now);
    let mut said = match menu.typed {
        Some(_) => {
            let lines =
                format!("{title}: type 2h, 14:30 or 2026-12-01, and a note if you like, or no.");
            Menu::told(vec![words::text(&lines)], Takes::Id, "until")
        }
        None => {
            let choices = menu.rows(&now).into_iter().map(|row| {
                let late = if row.late { ", after its deadline" } else { "" };
                words::text(&format!("{}, {}{late}", row.name, row.when))
            });
            let title = words::text(&format!("{title}. Type a number, or no."));
            Menu::of(title, choices.collect(), Takes::Enter(menu.cursor), "snooze")
        }
    };
    said.lines.extend(menu.problem.iter().map(|why| words::text(why)));
    said
}

fn stats(state: &State) -> Vec<String> {
    let Some(judgements) = &state.judgements else { return vec!["Not counted yet.".to_owned()] };
    let days = day::days(judgements, state.now, &state.settings.zone);
    let said = days.iter().enumerate().map(|(nth, day)| {
        let date = match nth {
            0 => "Today".to_owned(),
            _ => day.date.strftime("%A %-d %B").to_string(),
        };
        if day.is_empty() {
            return format!("{date}: no decisions.");
        }
        let median = day.median.map_or_else(String::new, |median| {
            let since = match day.unopened {
                0 => "opening".to_owned(),
                some => format!("seeing, {some} of {} unopened,", day.timed),
            };
            format!(", median {} from {since} to deciding", format::took(median))
        });
        format!("{date}: {} decided{median}: {}.", day.decided(), stats::parts(day).join(", "))
    });
    said.collect()
}

fn relation(adding: &Adding) -> Menu {
    let source = short(&Subject::Account(adding.source.clone()));
    let mut menu = match &adding.step {
        Step::ChooseKey if adding.keys.is_empty() => {
            let said = "No relation key is known for accounts of this type: name your \
                        organisation's under [relations] keys.";
            Menu::told(vec![said.to_owned()], Takes::Nothing, "relation")
        }
        Step::ChooseKey => {
            let keys = adding.keys.iter().map(ToString::to_string).collect();
            let title = format!("Add a relation to {source}: which one? Type its number, or no.");
            Menu::of(title, keys, Takes::Enter(adding.cursor), "relation")
        }
        Step::NameTarget(_) => {
            let key = adding.key().map_or("", |key| key.as_str());
            let said = format!("Add to {source} under {key}: type the id of whom, or no.");
            Menu::told(vec![said], Takes::Id, "id")
        }
        Step::Checking(tie) => {
            let said = format!("Looking for {}.", words::text(&tie.target.short()));
            Menu::told(vec![said], Takes::Word, "relation")
        }
    };
    menu.lines.extend(adding.refused.iter().map(|why| words::text(why)));
    menu
}

/// Which choice is meant by a number, its words, or how they begin.
///
/// # Errors
/// With a sentence where it is none, or could be several.
pub fn choice(typed: &str, choices: &[String]) -> Result<usize, String> {
    let typed = typed.trim().to_lowercase();
    if let Ok(number) = typed.parse::<usize>() {
        return match number.checked_sub(1).filter(|nth| *nth < choices.len()) {
            Some(nth) => Ok(nth),
            None if choices.is_empty() => Err("There is nothing to choose here.".to_owned()),
            None => Err(format!("There is no number {number}: 1 to {} are listed.", choices.len())),
        };
    }
    let name = |choice: &String| {
        let end = choice.find([',', ':']).unwrap_or(choice.len());
        choice[..end].to_lowercase()
    };
    let found = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let all = choices.iter().enumerate();
        all.filter(|(_, choice)| fits(&name(choice))).map(|(nth, _)| nth).collect()
    };
    for fits in [
        found(&|name| name == typed),
        found(&|name| name.starts_with(&typed)),
        found(&|name| name.contains(&typed)),
    ] {
        match fits.as_slice() {
            [] => {}
            [only] => return Ok(*only),
            several => {
                let names: Vec<&str> = several.iter().map(|nth| choices[*nth].as_str()).collect();
                return Err(format!("{typed} could be: {}.", names.join("; ")));
            }
        }
    }
    Err(format!("There is no choice called {typed}: type a number, or no."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::KnownStatus,
        model::{CaseId, Evidence, StatusKind, Text},
        tui::{plain::say::tests::is_plain, state::samples, unsent::Unsent},
    };

    #[test]
    fn choices_are_taken_by_number_and_by_name() {
        let choices = ["Open, start", "Pending, in between", "Approved, end", "Appealed, end"];
        let choices = choices.map(ToOwned::to_owned);
        let table = [
            ("2", Ok(1)),
            ("pending", Ok(1)),
            ("APPROVED", Ok(2)),
            ("appe", Ok(3)),
            ("pen", Err("pen could be")),
            ("app", Err("app could be")),
            ("9", Err("no number 9: 1 to 4")),
            ("0", Err("no number 0")),
            ("done", Err("no choice called done")),
        ];
        for (typed, expected) in table {
            match (choice(typed, &choices), expected) {
                (Ok(nth), Ok(wanted)) => assert_eq!(nth, wanted, "{typed}"),
                (Err(said), Err(why)) => assert!(said.contains(why), "{typed}: {said}"),
                // `open` has it too, but Pending begins so.
                (found, _) if typed == "pen" => assert_eq!(found, Ok(1)),
                (found, _) => panic!("{typed}: {found:?}"),
            }
        }
    }

    #[test]
    fn what_is_open_is_numbered() {
        let mut state = samples::reading("needs_review");
        assert_eq!(menu(&state), None);
        let known = |name, kind| KnownStatus { name: Text::new(name), kind };
        state.overlay = Some(Overlay::Statuses {
            subject: Subject::Case(CaseId::new("case_1").unwrap()),
            evidence: Evidence { status: Text::new("Open"), updated_at: None },
            current: Text::new("Open"),
            known: vec![known("Open", StatusKind::Initial), known("Closed", StatusKind::End)],
            cursor: 0,
        });
        let said = menu(&state).unwrap();
        assert_eq!(said.lines[1], "1. Open, start: new cases have it, this is it now");
        assert_eq!((said.takes, said.choices.len()), (Takes::Enter(0), 2));
        state.overlay = Some(Overlay::Leave(Unsent { stored: 1, kept: 0 }));
        let said = menu(&state).unwrap();
        assert!(said.lines[0].starts_with("1 decision has not reached Persona"));
        for overlay in [
            Overlay::Outbox { cursor: 0 },
            Overlay::Mismatches { cursor: 0 },
            Overlay::Views { cursor: 0 },
        ] {
            state.overlay = Some(overlay);
            let said = menu(&state).unwrap();
            assert!(said.lines.iter().all(|line| is_plain(line)), "{said:?}");
            assert!(!said.lines.is_empty());
        }
    }
}
