//! Which key means which command: the tables and the configuration, made into the keys in force.
//! The only room that spells keys.

mod bind;
mod contexts;
mod page;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use self::contexts::{COMMENT, COMMIT, FILTER, HAND_OFF, LINE, MENU, PALETTE, Row, VIEWER};
pub use self::{
    bind::Problem,
    contexts::{Commenting, Context, Dialog, Filtering, HandingOff, Prompting, Staging, Viewing},
    page::{markdown, text},
};
use super::command::Command;
use crate::config::{self, Chord};

/// What a press came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    Command(Command),
    /// The first press of a longer chord.
    Prefix,
    Nothing,
}

/// The keys in force.
#[derive(Debug, Clone)]
pub struct Keys {
    /// In the table's order, the one that hints show first.
    commands: Vec<(Command, Vec<Chord>)>,
    /// Of each context's rows, in its table's order; what they follow included.
    own: Vec<(Context, Vec<Vec<Chord>>)>,
    /// Sentences name commands, not keys: nobody presses any.
    named: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Self::of(&config::Keys::new()).expect("a test holds the tables against each other")
    }
}

impl Keys {
    /// # Errors
    /// With the first name under `[keys]` that cannot be as it is, and why.
    pub fn of(configured: &config::Keys) -> Result<Self, Problem> {
        bind::bind(configured)
    }

    /// Those of the tables, for where lines are typed: what has to be asked for is said by its name.
    pub fn in_words() -> Self {
        Self { named: true, ..Self::default() }
    }

    /// The keys of a command.
    fn of_command(&self, command: Command) -> &[Chord] {
        let row = self.commands.iter().find(|(known, _)| *known == command);
        row.map_or(&[], |(_, chords)| chords)
    }

    /// All keys of all tables, each once.
    pub fn everything(&self) -> Vec<Chord> {
        let commands = self.commands.iter().map(|(_, chords)| chords);
        let own = self.own.iter().flat_map(|(_, rows)| rows);
        let mut all: Vec<Chord> = commands.chain(own).flatten().cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How a command is asked for, as hints and refusals show it: its first key, or `:name`.
    pub fn shown(&self, command: Command) -> String {
        if self.named {
            return command.spec().name();
        }
        let first = self.of_command(command).first();
        first.map_or_else(|| format!(":{}", command.spec().name()), Chord::to_string)
    }

    /// All of its keys; without one, what is typed.
    pub fn listed(&self, command: Command) -> String {
        match self.of_command(command) {
            _ if self.named => command.spec().name(),
            [] => format!(":{}", command.spec().name()),
            keys => keys.iter().map(Chord::to_string).collect::<Vec<_>>().join(" "),
        }
    }

    /// The command of `pressed`, the presses of a chord so far with the newest last.
    pub fn resolve(&self, pressed: &[String]) -> Resolved {
        let mut prefix = false;
        for (command, chords) in &self.commands {
            for chord in chords {
                if chord.presses() == pressed {
                    return Resolved::Command(*command);
                }
                prefix |= !pressed.is_empty() && chord.presses().starts_with(pressed);
            }
        }
        if prefix { Resolved::Prefix } else { Resolved::Nothing }
    }

    /// What may follow on `pressed`: the presses that are left, and what they ask for.
    pub fn continued(&self, pressed: &[String]) -> Vec<(String, Command)> {
        let of = |(command, chords): &(Command, Vec<Chord>)| {
            let longer = chords.iter().filter(|chord| chord.presses().starts_with(pressed));
            let left = longer.map(|chord| chord.presses()[pressed.len()..].join(" "));
            left.map(|left| (left, *command)).collect::<Vec<_>>()
        };
        self.commands.iter().flat_map(of).collect()
    }

    /// The row of a context that a press belongs to, and which of its own keys it is.
    fn row(&self, context: Context, key: KeyEvent) -> Option<(usize, usize)> {
        let spelled = spelling(key)?;
        let (_, rows) = self.own.iter().find(|(known, _)| *known == context)?;
        let is_it = |chord: &Chord| chord.alone() == Some(&spelled);
        let place = |chords: &Vec<Chord>| chords.iter().position(is_it);
        rows.iter().enumerate().find_map(|(row, chords)| Some((row, place(chords)?)))
    }

    pub fn staging(&self, key: KeyEvent) -> Staging {
        match self.row(Context::Commit, key).map(|(row, nth)| (COMMIT[row].0, nth)) {
            Some((Staging::Reason(_), nth)) => Staging::Reason(nth),
            Some((staging, _)) => staging,
            None => Staging::Other,
        }
    }

    pub fn dialog(&self, key: KeyEvent) -> Dialog {
        match self.row(Context::Menu, key).map(|(row, nth)| (MENU[row].0, nth)) {
            Some((Dialog::Pick(_), nth)) => Dialog::Pick(nth),
            Some((dialog, _)) => dialog,
            None => match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
                (KeyCode::Char(letter @ 'a'..='z'), false) => Dialog::Letter(letter),
                _ => Dialog::Other,
            },
        }
    }

    /// Letters that mean something in every menu.
    pub fn letters_of_menus(&self) -> Vec<char> {
        let lock = self.of_command(Command::Lock);
        let own = self.own.iter().filter(|(context, _)| *context == Context::Menu);
        let chords = own.flat_map(|(_, rows)| rows.iter().flatten()).chain(lock);
        let letters = chords.filter_map(Chord::alone).filter(|press| press.len() == 1);
        letters.filter_map(|press| press.chars().next()).collect()
    }

    pub fn viewing(&self, key: KeyEvent) -> Option<Viewing> {
        self.row(Context::Viewer, key).map(|(row, _)| VIEWER[row].0)
    }

    pub fn handing_off(&self, key: KeyEvent) -> HandingOff {
        self.row(Context::HandOff, key).map_or(HandingOff::Other, |(row, _)| HAND_OFF[row].0)
    }

    /// Whether a press locks, where keys are no text.
    pub fn locks(&self, key: KeyEvent) -> bool {
        spelling(key).is_some_and(|key| self.resolve(&[key]) == Resolved::Command(Command::Lock))
    }

    /// Whether a press goes back to the shell, wherever it is pressed.
    pub fn suspends(&self, key: KeyEvent) -> bool {
        spelling(key).is_some_and(|key| self.resolve(&[key]) == Resolved::Command(Command::Suspend))
    }

    /// Whether a press comes back from a locked screen; nothing else does anything there.
    pub fn unlocks(&self, key: KeyEvent) -> bool {
        self.row(Context::Locked, key).is_some()
    }

    pub fn filtering(&self, key: KeyEvent) -> Filtering {
        self.row(Context::Filter, key).map_or(Filtering::Text, |(row, _)| FILTER[row].0)
    }

    pub fn prompting(&self, key: KeyEvent) -> Prompting {
        self.row(Context::Palette, key).map_or(Prompting::Text, |(row, _)| PALETTE[row].0)
    }

    /// In a line of text only these are not text.
    pub fn line(&self, key: KeyEvent) -> Dialog {
        self.row(Context::Line, key).map_or(Dialog::Other, |(row, _)| LINE[row].0)
    }

    pub fn commenting(&self, key: KeyEvent) -> Commenting {
        self.row(Context::Comment, key).map_or(Commenting::Text, |(row, _)| COMMENT[row].0)
    }

    /// The rows of a context with their keys.
    fn rows(&self, context: Context) -> Vec<(&'static Row, &[Chord])> {
        let own = self.own.iter().find(|(known, _)| *known == context);
        let keys = own.map_or(&[][..], |(_, rows)| rows);
        context.rows().into_iter().zip(keys.iter().map(Vec::as_slice)).collect()
    }

    /// Keys and help of a context's rows.
    pub fn help(&self, context: Context) -> Vec<(String, &'static str)> {
        let rows = self.rows(context).into_iter();
        let spelled = |chords: &[Chord]| chords.iter().map(Chord::to_string).collect::<Vec<_>>();
        rows.map(|(row, chords)| (page::shortened(&spelled(chords)), row.help)).collect()
    }

    /// The keys of a context's row, by its title.
    pub fn told(&self, context: Context, title: &str) -> Vec<String> {
        let row = self.rows(context).into_iter().find(|(row, _)| row.title == title);
        row.map_or_else(Vec::new, |(_, keys)| keys.iter().map(Chord::to_string).collect())
    }

    /// The first of them, for sentences.
    pub fn first(&self, context: Context, title: &str) -> String {
        if self.named {
            return title.to_owned();
        }
        self.told(context, title).into_iter().next().unwrap_or_default()
    }

    /// Below what scrolls: `j k scroll · Esc closes`.
    pub fn scroll_foot(&self) -> String {
        let (down, up) = (self.shown(Command::Down), self.shown(Command::Up));
        format!("{down} {up} scroll · Esc closes")
    }

    /// `+ nearer`, `hjkl move`: what is shown below photos.
    pub fn viewing_hints(&self) -> Vec<(String, &'static str)> {
        let (mut hints, mut keys) = (Vec::new(), String::new());
        for (row, chords) in self.rows(Context::Viewer) {
            let Some(hint) = row.hint else { continue };
            keys.push_str(&chords.first().map_or(String::new(), Chord::to_string));
            if !hint.is_empty() && !keys.is_empty() {
                hints.push((std::mem::take(&mut keys), hint));
            }
        }
        hints
    }
}

/// The spelling of a press in the table: `a`, `G`, `Ctrl-d`, `Enter`. None for what has no name.
pub fn spelling(key: KeyEvent) -> Option<String> {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    if key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META) {
        return None;
    }
    let name = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if ctrl => return Some(format!("Ctrl-{}", c.to_ascii_lowercase())),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::BackTab => "Shift-Tab".to_owned(),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::PageUp => "PageUp".to_owned(),
        KeyCode::PageDown => "PageDown".to_owned(),
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_of_the_viewer_name_its_keys() {
        let hints = Keys::default().viewing_hints();
        assert!(hints.contains(&("hjkl".to_owned(), "move")), "{hints:?}");
        assert!(hints.contains(&("n".to_owned(), "next")), "{hints:?}");
        assert!(hints.contains(&("Tab".to_owned(), "other side")), "{hints:?}");
    }

    #[test]
    fn presses_resolve_through_chords() {
        let keys = Keys::default();
        let press = |pressed: &[&str]| {
            keys.resolve(&pressed.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(press(&["j"]), Resolved::Command(Command::Down));
        assert_eq!(press(&["g"]), Resolved::Prefix);
        assert_eq!(press(&["g", "g"]), Resolved::Command(Command::First));
        assert_eq!(press(&["g", "x"]), Resolved::Nothing);
        assert_eq!(press(&["~"]), Resolved::Nothing);
        assert_eq!(press(&[]), Resolved::Nothing);
        let next = keys.continued(&["g".to_owned()]);
        assert!(next.contains(&("n".to_owned(), Command::NextTab)), "{next:?}");
    }

    #[test]
    fn contexts_hear_their_own_keys() {
        let keys = Keys::default();
        let key = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        assert_eq!(keys.staging(key('3')), Staging::Reason(2));
        assert_eq!(keys.staging(key('u')), Staging::LetGo);
        assert_eq!(keys.staging(key('j')), Staging::Other);
        assert_eq!(keys.dialog(key('2')), Dialog::Pick(1));
        assert_eq!(keys.dialog(key('y')), Dialog::Copy);
        assert_eq!(keys.dialog(key('p')), Dialog::Letter('p'));
        assert_eq!(keys.line(key('j')), Dialog::Other);
        assert_eq!(keys.viewing(key('=')), Some(Viewing::Nearer));
        assert_eq!(keys.first(Context::Viewer, "hand off"), "o");
        let mut letters = keys.letters_of_menus();
        letters.retain(char::is_ascii_alphabetic);
        letters.sort_unstable();
        assert_eq!(letters.into_iter().collect::<String>(), "hjklqy");
    }

    #[test]
    fn presses_are_spelled_as_in_the_table() {
        let key = |code, modifiers| spelling(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::CONTROL).as_deref(), Some("Ctrl-d"));
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(), Some("G"));
        assert_eq!(key(KeyCode::Char('a'), KeyModifiers::ALT), None);
        assert_eq!(key(KeyCode::F(1), KeyModifiers::NONE), None);
    }
}
