//! Views and orders: switching, saving, counting them; asking Persona where nothing was found.

use std::time::Duration;

use super::{
    Effect, Pane, State, Tone,
    command::{focus, refuse},
    filter::{list_of, pane_of},
    load_cases, load_inquiries,
};
use crate::{
    desk::{self, CountedView, Figures, Found, Standing},
    model::{
        Subject, Text,
        filter::{Clause, Field, Filter, List, Order, SavedView, Test, Value},
    },
    secret::Secret,
    tui::{
        keymap::Dialog,
        msg::Answer,
        state::Overlay,
        views::{View, line},
    },
};

/// After something moved, the views are counted no sooner than this.
const BETWEEN: Duration = Duration::from_secs(5);

/// The first screen goes first.
const FIRST: Duration = Duration::from_secs(1);

/// What is late changes with time alone.
const AGAIN: Duration = Duration::from_secs(60);

/// Begins with the views that are saved; they are counted when the screen has settled.
pub fn start(state: &mut State) -> Effect {
    state.views.moved(state.now + FIRST);
    Effect::LoadViews
}

/// Counts what is due.
pub fn when_due(state: &mut State) -> Vec<Effect> {
    if state.views.count_at.is_none_or(|at| at > state.now) || state.lock.is_on() {
        return Vec::new();
    }
    state.views.count_at = Some(state.now + AGAIN);
    let asked = state.views.all.iter();
    let asked = asked.map(|view| (view.name.clone(), counted(state, view.list, &view.filter)));
    vec![Effect::CountViews(asked.collect())]
}

pub fn moved(state: &mut State) {
    state.views.moved(state.now + BETWEEN);
}

pub fn came(state: &mut State, figures: Vec<(Text, Figures)>) -> Vec<Effect> {
    state.views.figures = figures.into_iter().collect();
    Vec::new()
}

/// What a list shows from now on.
pub fn set(state: &mut State, list: List, filter: Filter) -> Vec<Effect> {
    if *state.filter_of(list) == filter {
        return Vec::new();
    }
    match list {
        List::Inquiries => {
            state.inquiry_view =
                desk::inquiry_view(&filter, state.settings.order, &state.settings.reviewer);
            state.inquiry_filter = filter;
            state.inquiries.cursor = 0;
            vec![load_inquiries(state)]
        }
        List::Cases => {
            state.case_view = desk::case_view(&filter, Order::Sla, &state.settings.reviewer);
            state.case_filter = filter;
            state.cases.cursor = 0;
            vec![load_cases(state)]
        }
    }
}

fn counted(state: &State, list: List, filter: &Filter) -> CountedView {
    match list {
        List::Inquiries => CountedView::Inquiries(desk::inquiry_view(
            filter,
            state.settings.order,
            &state.settings.reviewer,
        )),
        List::Cases => {
            CountedView::Cases(desk::case_view(filter, Order::Sla, &state.settings.reviewer))
        }
    }
}

/// The view on a digit.
pub fn on(state: &mut State, digit: usize) -> Vec<Effect> {
    match state.views.on(digit).cloned() {
        Some(view) => show(state, view.list, view.filter),
        None => refuse(
            state,
            format!("there is no view {digit}: :view save NAME makes one of the filter in force"),
        ),
    }
}

/// Shows a filter from its first row on, with the focus there.
fn show(state: &mut State, list: List, filter: Filter) -> Vec<Effect> {
    let here = list_of(state.list_pane()).unwrap_or(list);
    let before = (here, state.filter_of(here).clone());
    if before != (list, filter.clone()) {
        state.views.last = Some(before);
    }
    let is_new = *state.filter_of(list) != filter;
    if is_new {
        // The row under the cursor is not to be followed to where it stands in the other view.
        match list {
            List::Inquiries => state.inquiries.rows.rows.clear(),
            List::Cases => state.cases.rows.rows.clear(),
        }
    }
    let effects = set(state, list, filter);
    if is_new {
        state.focus = pane_of(list);
        super::measure(state);
        return effects;
    }
    focus(state, pane_of(list))
}

/// What was shown before.
pub fn back(state: &mut State) -> Vec<Effect> {
    match state.views.last.take() {
        Some((list, filter)) => show(state, list, filter),
        None => refuse(state, "no other view was shown before"),
    }
}

/// `view …`, typed as a command.
pub fn typed(state: &mut State, text: &str) -> Vec<Effect> {
    let rest = text.trim().split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim());
    let (verb, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let name = name.trim();
    match (verb.to_lowercase().as_str(), name) {
        ("", _) => list(state),
        ("save", "") => refuse(state, "a view needs a name: :view save NAME"),
        ("save", name) => save(state, name),
        ("delete", "") => refuse(state, "which one? :view delete NAME"),
        ("delete", name) => delete(state, name),
        ("share", "") => share(state),
        _ => match state.views.named(rest).cloned() {
            Ok(view) => {
                state.say(format!("/{}", view.line()), Tone::Plain);
                show(state, view.list, view.filter)
            }
            Err(why) => refuse(state, why),
        },
    }
}

/// The overlay of all views.
pub fn list(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Views { cursor: 0 });
    state.views.moved(state.now);
    when_due(state)
}

fn save(state: &mut State, name: &str) -> Vec<Effect> {
    let Some(list) = list_of(state.list_pane()) else {
        return refuse(state, "go to the inquiries or the cases first: their filter is saved");
    };
    let fixed = state.views.all.iter().find(|view| !view.saved && view.name.as_str() == name);
    if fixed.is_some() {
        return refuse(state, format!("{name} is taken by a view that was not saved here"));
    }
    let filter = Filter { list: None, ..state.filter_of(list).clone() };
    let filter = Text::new(&filter.to_string());
    vec![Effect::SaveView(SavedView { name: Text::new(name), list, filter })]
}

fn delete(state: &mut State, name: &str) -> Vec<Effect> {
    match state.views.named(name) {
        Ok(view) if view.saved => vec![Effect::DeleteView(view.name.clone())],
        Ok(view) => {
            let said = format!("{} was not saved here: it is built in or configured", view.name);
            refuse(state, said)
        }
        Err(why) => refuse(state, why),
    }
}

/// Hands out the filter in force as one line.
fn share(state: &mut State) -> Vec<Effect> {
    let Some(list) = list_of(state.list_pane()) else {
        return refuse(state, "go to the inquiries or the cases first: their filter is shared");
    };
    hand_out(state, line(list, state.filter_of(list)))
}

fn hand_out(state: &mut State, line: String) -> Vec<Effect> {
    state.say(format!("sent to the terminal's clipboard: /{line}"), Tone::Good);
    vec![Effect::Copy(Secret::new(line))]
}

pub fn saved(
    state: &mut State,
    said: Option<String>,
    answer: Answer<Vec<SavedView>>,
) -> Vec<Effect> {
    match answer {
        Ok(views) => {
            state.views.saved(views);
            if let Some(said) = said {
                state.say(said, Tone::Good);
                state.views.moved(state.now);
            }
        }
        Err(why) => state.say(why, Tone::Bad),
    }
    Vec::new()
}

/// A press in the overlay of views.
pub fn press(state: &mut State, cursor: usize, key: Dialog) -> Vec<Effect> {
    let last = state.views.all.len().saturating_sub(1);
    let chosen: Option<View> = match key {
        Dialog::Accept => state.views.all.get(cursor).cloned(),
        Dialog::Pick(nth) => state.views.on(nth + 1).cloned(),
        _ => None,
    };
    if let Some(view) = chosen {
        return show(state, view.list, view.filter);
    }
    let cursor = match key {
        Dialog::Down => (cursor + 1).min(last),
        Dialog::Up => cursor.saturating_sub(1),
        Dialog::Cancel => return Vec::new(),
        _ => cursor,
    };
    state.overlay = Some(Overlay::Views { cursor });
    match (key, state.views.all.get(cursor).cloned()) {
        (Dialog::Copy, Some(view)) => hand_out(state, view.line()),
        _ => Vec::new(),
    }
}

/// Why the item is where it is.
pub fn explain(state: &mut State) -> Vec<Effect> {
    let pane = state.list_pane();
    let Some(list) = list_of(pane) else {
        return refuse(state, "only inquiries and cases have an order that can be chosen");
    };
    let subject = match pane {
        Pane::Cases => state.cases.selected().map(|row| Subject::Case(row.id.clone())),
        _ => state.inquiries.selected().map(|row| Subject::Inquiry(row.id.clone())),
    };
    state.overlay = Some(Overlay::Order { list, standing: None });
    let view = counted(state, list, state.filter_of(list));
    subject.map(|subject| Effect::Explain(view, subject)).into_iter().collect()
}

pub fn explained(state: &mut State, answer: Answer<Option<Standing>>) -> Vec<Effect> {
    if let Some(Overlay::Order { standing, .. }) = &mut state.overlay {
        match answer {
            Ok(found) => *standing = found,
            Err(why) => state.say(why, Tone::Bad),
        }
    }
    Vec::new()
}

/// A press in the overlay of orders.
pub fn reorder(
    state: &mut State,
    list: List,
    standing: Option<Standing>,
    key: Dialog,
) -> Vec<Effect> {
    let Dialog::Pick(nth) = key else {
        if !matches!(key, Dialog::Cancel | Dialog::Accept) {
            state.overlay = Some(Overlay::Order { list, standing });
        }
        return Vec::new();
    };
    let Some(order) = Order::ALL.get(nth).copied() else {
        state.overlay = Some(Overlay::Order { list, standing });
        return Vec::new();
    };
    if list == List::Cases && order == Order::Risk {
        state.overlay = Some(Overlay::Order { list, standing });
        return refuse(state, "a case has no checks of its own: only inquiries go by risk");
    }
    let usual = if list == List::Inquiries { state.settings.order } else { Order::Sla };
    let order_asked = (order != usual).then_some(order);
    let filter = Filter { order: order_asked, ..state.filter_of(list).clone() };
    state.say(format!("ordered by {}", order.words()), Tone::Plain);
    show(state, list, filter)
}

/// Nothing is found: in every status then, and beyond the local copy after that.
pub fn look_further(state: &mut State, list: List) -> Vec<Effect> {
    let filter = state.filter_of(list);
    if !filter.is_of_what_waits() {
        return ask_persona(state, list);
    }
    let any = Clause { inverse: false, test: Test::Is(Field::Status, Value::Any) };
    let clauses = filter.clauses.iter().cloned().chain([any]).collect();
    let filter = Filter { clauses, ..filter.clone() };
    state.say("looked for in every status now", Tone::Plain);
    show(state, list, filter)
}

/// Asks Persona's index for what the filter of a list is about.
pub fn ask_persona(state: &mut State, list: List) -> Vec<Effect> {
    state.toast = None;
    vec![Effect::AskPersona(list, state.filter_of(list).clone())]
}

pub fn found(state: &mut State, answer: Answer<Found>) -> Vec<Effect> {
    match answer {
        Ok(found) => state.say(found_words(&found), Tone::Plain),
        Err(why) => state.say(why, Tone::Bad),
    }
    Vec::new()
}

/// `Persona found 3 by status:approved · here: ~jane · its index is about a minute behind`
fn found_words(found: &Found) -> String {
    let count = match (found.brought, found.more) {
        (0, _) => "nothing".to_owned(),
        (count, true) => format!("{count} and more"),
        (count, false) => count.to_string(),
    };
    let mut said = format!("Persona found {count} by {}", found.there.join(" "));
    if !found.here.is_empty() {
        said += &format!(" · here: {}", found.here.join(" "));
    }
    if found.lags {
        said += " · its index is about a minute behind";
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::samples;

    #[test]
    fn what_persona_found_says_which_clause_ran_where() {
        let found = Found {
            brought: 3,
            more: false,
            there: vec!["status:approved".into()],
            here: vec!["~jane".into()],
            lags: true,
        };
        assert_eq!(
            found_words(&found),
            "Persona found 3 by status:approved · here: ~jane · its index is about a minute behind"
        );
        let found = Found { brought: 0, there: vec!["cust-1".into()], ..Found::default() };
        assert_eq!(found_words(&found), "Persona found nothing by cust-1");
    }

    #[test]
    fn views_are_counted_when_something_moved_and_not_more_often() {
        let mut state = samples::reading("needs_review");
        let now = state.now;
        assert!(when_due(&mut state).is_empty(), "nothing has moved");
        moved(&mut state);
        moved(&mut state);
        assert!(when_due(&mut state).is_empty());
        state.now = now + BETWEEN;
        assert_eq!(when_due(&mut state).len(), 1);
        assert!(when_due(&mut state).is_empty());
        state.now = now + BETWEEN + AGAIN;
        assert_eq!(when_due(&mut state).len(), 1, "what is late changes with time");
    }

    #[test]
    fn views_are_switched_saved_and_left_by_name() {
        let mut state = samples::reading("needs_review");
        state.focus = Pane::Inquiries;
        assert_eq!(typed(&mut state, "view mine").len(), 1);
        assert_eq!(
            (state.focus, state.case_filter.to_string().as_str()),
            (Pane::Cases, "assignee:me")
        );
        assert_eq!(state.case_view.me.as_str(), "jane@acme.test");
        back(&mut state);
        assert_eq!(state.focus, Pane::Inquiries);
        back(&mut state);
        assert_eq!(state.focus, Pane::Cases);
        let saved = typed(&mut state, "view save my own");
        assert!(matches!(&saved[..], [Effect::SaveView(view)] if view.name.as_str() == "my own"));
        for refused in ["view save", "view save mine", "view delete mine", "view nothing", "view s"]
        {
            state.toast = None;
            assert!(typed(&mut state, refused).is_empty());
            assert!(state.toast.is_some(), "{refused}");
        }
        let shared = typed(&mut state, "view share");
        assert!(
            matches!(&shared[..], [Effect::Copy(line)] if line.expose() == "in:cases assignee:me")
        );
        on(&mut state, 9);
        assert!(state.toast.as_ref().is_some_and(|said| said.text.contains("there is no view 9")));
    }
}
