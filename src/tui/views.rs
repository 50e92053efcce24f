//! The views: filters by their names, on the digits, with their figures.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    desk::Figures,
    model::{
        Text,
        filter::{Clause, Field, Filter, List, SavedView, Test, Value, parse},
    },
};

/// A filter by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub name: Text,
    pub list: List,
    pub filter: Filter,
    /// Kept in the local copy: it can be deleted.
    pub saved: bool,
}

/// All views in the order of their digits, and what is known of them.
#[derive(Debug, Default)]
pub struct Views {
    pub all: Vec<View>,
    /// How many of them are not from the local copy, but for the last, of what is put off.
    fixed: usize,
    pub figures: HashMap<Text, Figures>,
    /// When they are counted next; none if nothing has moved since.
    pub count_at: Option<Timestamp>,
    /// What was shown before, for the way back.
    pub last: Option<(List, Filter)>,
}

/// The digit of the relations pane, which is no view.
const RELATIONS: usize = 3;

impl View {
    pub fn new(name: &str, list: List, line: &str) -> Option<Self> {
        let filter = parse(line, list).ok()?;
        Some(Self { name: Text::new(name), list, filter, saved: false })
    }

    /// One line of text that is the whole view: typed or pasted after `/` it shows the same.
    pub fn line(&self) -> String {
        line(self.list, &self.filter)
    }
}

/// A filter as a line that says which list it is for.
pub fn line(list: List, filter: &Filter) -> String {
    Filter { list: Some(list), ..filter.clone() }.to_string()
}

/// Whether what is typed as a command is about a view.
pub fn is_typed(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("view"))
}

impl Views {
    /// The built-in ones, and those of the configuration: one of the same name takes the place.
    pub fn new(configured: &[View]) -> Self {
        let built_in = [
            ("needs review", List::Inquiries, ""),
            ("open cases", List::Cases, ""),
            ("late", List::Cases, "sla:late"),
            ("mine", List::Cases, "assignee:me"),
            ("failed checks", List::Inquiries, "failed:>0"),
        ];
        let built_in =
            built_in.into_iter().filter_map(|(name, list, line)| View::new(name, list, line));
        let mut views = Self { all: built_in.collect(), ..Self::default() };
        for view in configured {
            views.put(view.clone());
        }
        views.fixed = views.all.len();
        views.end();
        views
    }

    /// What is put off comes last, so that no other view changes its digit for it.
    fn end(&mut self) {
        let last = [("snoozed", List::Inquiries), ("snoozed cases", List::Cases)];
        for (name, list) in last {
            let is_free = !self.all.iter().any(|view| is_same(&view.name, name));
            let view = View::new(name, list, "status:any snoozed:yes");
            self.all.extend(view.filter(|_| is_free));
        }
    }

    /// Whether a view has a place in the line below the header: those of what is put off only while
    /// something is.
    pub fn is_told(&self, view: &View) -> bool {
        let asks = |clause: &Clause| clause.test == Test::Is(Field::Snoozed, Value::Yes);
        let counted = self.figures.get(&view.name).is_some_and(|figures| figures.count > 0);
        counted || view.saved || !view.filter.clauses.iter().any(asks)
    }

    /// Takes in what the local copy has.
    pub fn saved(&mut self, saved: Vec<SavedView>) {
        self.all.truncate(self.fixed);
        for SavedView { name, list, filter } in saved {
            if let Ok(filter) = parse(filter.as_str(), list) {
                self.all.push(View { name, list, filter, saved: true });
            }
        }
        self.end();
    }

    /// What can be typed after `:` about views, for what is typed so far: those whose name has it,
    /// and after `view ` what is typed itself.
    pub fn lines(&self, typed: &str) -> Vec<String> {
        let typed = typed.trim();
        let (words, whole) = match is_typed(typed) {
            false => (typed, None),
            true => {
                let rest =
                    typed.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim());
                let verb = rest.split_whitespace().next().unwrap_or("");
                let is_deed = matches!(verb, "save" | "delete" | "share");
                (rest, is_deed.then(|| typed.to_owned()))
            }
        };
        // `failed-ch` is `failed checks` too, as names of commands are.
        let folded = |text: &str| text.to_lowercase().replace('-', " ");
        let words = folded(words);
        let named = self.all.iter().map(|view| view.name.as_str());
        let fits = named.filter(|name| whole.is_none() && folded(name).contains(&words));
        whole.iter().cloned().chain(fits.map(|name| format!("view {name}"))).collect()
    }

    /// The key and the words of such a line.
    pub fn told(&self, line: &str) -> (String, String) {
        let name = line.split_once(' ').map_or("", |(_, name)| name);
        match self.all.iter().position(|view| is_same(&view.name, name)) {
            Some(nth) => {
                let key = digit(nth).map_or(String::new(), |digit| digit.to_string());
                (key, format!("/{}", self.all[nth].line()))
            }
            None => {
                let deeds =
                    "view save NAME keeps the filter in force, view delete NAME, view share";
                (String::new(), deeds.to_owned())
            }
        }
    }

    fn put(&mut self, view: View) {
        match self.all.iter().position(|other| is_same(&other.name, view.name.as_str())) {
            Some(at) => self.all[at] = view,
            None => self.all.push(view),
        }
    }

    /// The view with a filter, if there is one: whatever list the filter was written for.
    pub fn of(&self, list: List, filter: &Filter) -> Option<&View> {
        let clauses_and_order = |filter: &Filter| (filter.clauses.clone(), filter.order);
        let wanted = clauses_and_order(filter);
        self.all.iter().find(|view| view.list == list && clauses_and_order(&view.filter) == wanted)
    }

    /// The view on a digit.
    pub fn on(&self, digit: usize) -> Option<&View> {
        self.all
            .iter()
            .enumerate()
            .find(|(nth, _)| self::digit(*nth) == Some(digit))
            .map(|(_, v)| v)
    }

    /// By its name or the beginning of only one.
    ///
    /// # Errors
    /// With a sentence, if there is none or are several.
    pub fn named(&self, typed: &str) -> Result<&View, String> {
        if let Some(view) = self.all.iter().rev().find(|view| is_same(&view.name, typed)) {
            return Ok(view);
        }
        let typed = folded(typed);
        let begins = |view: &&View| folded(view.name.as_str()).starts_with(&typed);
        let found: Vec<&View> = self.all.iter().filter(begins).collect();
        match found.as_slice() {
            [view] => Ok(view),
            [] => Err(format!("no view is called {typed}: :views lists them")),
            several => {
                let names: Vec<&str> = several.iter().map(|view| view.name.as_str()).collect();
                Err(format!("{typed} could be {}", names.join(", ")))
            }
        }
    }

    /// They are to be counted, but not before then.
    pub fn moved(&mut self, at: Timestamp) {
        self.count_at = Some(self.count_at.map_or(at, |due| due.min(at)));
    }
}

/// The digit of the nth view.
pub fn digit(nth: usize) -> Option<usize> {
    let digit = if nth + 1 < RELATIONS { nth + 1 } else { nth + 2 };
    (digit <= 9).then_some(digit)
}

fn is_same(name: &Text, typed: &str) -> bool {
    folded(name.as_str()) == folded(typed)
}

/// `failed-checks` is `failed checks`.
fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, line: &str) -> View {
        View::new(name, List::Inquiries, line).unwrap()
    }

    #[test]
    fn digits_leave_out_that_of_the_relations() {
        let digits: Vec<_> = (0..9).map(digit).collect();
        let expected = [1, 2, 4, 5, 6, 7, 8, 9].map(Some);
        assert_eq!(digits[..8], expected);
        assert_eq!(digits[8], None);
        let views = Views::new(&[]);
        let name = |digit| views.on(digit).map(|view| view.name.as_str().to_owned());
        assert_eq!(name(1).as_deref(), Some("needs review"));
        assert_eq!((name(3), name(4).as_deref(), name(9)), (None, Some("late"), None));
    }

    #[test]
    fn configured_views_take_the_place_of_their_name_and_saved_ones_come_last() {
        let mut views = Views::new(&[view("Late", "late:yes"), view("vips", "tag:vip")]);
        assert_eq!(views.on(4).unwrap().line(), "in:inquiries late:yes");
        let saved = SavedView {
            name: Text::new("old ones"),
            list: List::Inquiries,
            filter: Text::new("age:>2d"),
        };
        views.saved(vec![saved.clone()]);
        views.saved(vec![saved]);
        let names: Vec<&str> = views.all.iter().map(|view| view.name.as_str()).collect();
        let all = [
            "needs review",
            "open cases",
            "Late",
            "mine",
            "failed checks",
            "vips",
            "old ones",
            "snoozed",
            "snoozed cases",
        ];
        assert_eq!(names, all);
        let snoozed = views.named("snoozed").unwrap();
        assert!(!views.is_told(snoozed), "nothing is");
        assert!(views.all[6].saved && !views.all[5].saved);
    }

    #[test]
    fn views_are_found_by_name_and_by_what_they_are() {
        let views = Views::new(&[view("failed badly", "failed:>2")]);
        assert_eq!(views.named("MINE").unwrap().name.as_str(), "mine");
        assert_eq!(views.named("failed-checks").unwrap().name.as_str(), "failed checks");
        assert_eq!(views.named("open").unwrap().name.as_str(), "open cases");
        assert_eq!(views.named("fail").unwrap_err(), "fail could be failed checks, failed badly");
        assert_eq!(views.named("x").unwrap_err(), "no view is called x: :views lists them");
        let shared = parse("in:inquiries failed:>2", List::Cases).unwrap();
        assert_eq!(views.of(List::Inquiries, &shared).unwrap().name.as_str(), "failed badly");
        assert!(views.of(List::Cases, &shared).is_none());
    }
}
