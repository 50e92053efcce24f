//! Which key means which command. The only file that spells keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::command::{Command, TABLE};

/// What a press came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    Command(Command),
    /// The first press of a longer chord.
    Prefix,
    Nothing,
}

/// What a press means while a decision is staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staging {
    Commit,
    LetGo,
    /// The nth reason, from 0.
    Reason(usize),
    Comment,
    /// Not the commit bar's: whatever it means elsewhere.
    Other,
}

/// What a press means in a line of text or in a menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    Accept,
    Cancel,
    Down,
    Up,
    PageDown,
    PageUp,
    /// Copy again, where there is something to copy.
    Copy,
    /// The nth entry, from 0.
    Pick(usize),
    /// The entry that goes by this letter.
    Letter(char),
    Other,
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

/// The command of `pressed`, the presses of a chord so far with the newest last.
pub fn resolve(pressed: &[String]) -> Resolved {
    let chord = pressed.concat();
    let mut prefix = false;
    for spec in TABLE {
        for keys in spec.keys {
            if *keys == chord {
                return Resolved::Command(spec.command);
            }
            prefix |= is_chord(keys) && keys.starts_with(&chord) && !chord.is_empty();
        }
    }
    if prefix { Resolved::Prefix } else { Resolved::Nothing }
}

/// Names such as `Enter` are one press; two or more plain characters of one kind are a chord.
fn is_chord(keys: &str) -> bool {
    keys.len() == 2 && keys.bytes().all(|b| b.is_ascii_lowercase())
}

pub fn staging(key: KeyEvent) -> Staging {
    match spelling(key).as_deref() {
        Some("Enter") => Staging::Commit,
        Some("Esc" | "u" | "h" | "q") => Staging::LetGo,
        Some("c") => Staging::Comment,
        Some(digit) => match digit.parse::<usize>() {
            Ok(n @ 1..=9) => Staging::Reason(n - 1),
            _ => Staging::Other,
        },
        None => Staging::Other,
    }
}

pub fn dialog(key: KeyEvent) -> Dialog {
    match spelling(key).as_deref() {
        Some("Enter" | "l") => Dialog::Accept,
        Some("Esc" | "q" | "h" | "Ctrl-c") => Dialog::Cancel,
        Some("j" | "Down") => Dialog::Down,
        Some("k" | "Up") => Dialog::Up,
        Some("Ctrl-d" | "PageDown") => Dialog::PageDown,
        Some("Ctrl-u" | "PageUp") => Dialog::PageUp,
        Some("y") => Dialog::Copy,
        Some(key) => match (key.parse::<usize>(), key.chars().next()) {
            (Ok(n @ 1..=9), _) => Dialog::Pick(n - 1),
            (_, Some(letter @ 'a'..='z')) if key.len() == 1 => Dialog::Letter(letter),
            _ => Dialog::Other,
        },
        None => Dialog::Other,
    }
}

/// What a press means while photos are over the whole screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewing {
    Nearer,
    Farther,
    Fit,
    Turn,
    Left,
    Down,
    Up,
    Right,
    Next,
    Previous,
    OtherSide,
    OneOrTwo,
    HandOff,
    Reveal,
    Again,
    Close,
}

/// Keys, what they mean and how hints name them, in the hints' order; one without a name goes with
/// the one before.
const VIEWING: &[(&[&str], Viewing, &str)] = {
    use Viewing as V;
    &[
        (&["+", "="], V::Nearer, "nearer"),
        (&["-"], V::Farther, "farther"),
        (&["h", "Left"], V::Left, ""),
        (&["j", "Down"], V::Down, ""),
        (&["k", "Up"], V::Up, ""),
        (&["l", "Right"], V::Right, "move"),
        (&["0"], V::Fit, "fit"),
        (&["r"], V::Turn, "turn"),
        (&["n", "J", "Space"], V::Next, "next"),
        (&["N", "K"], V::Previous, ""),
        (&["Tab", "Shift-Tab"], V::OtherSide, "other side"),
        (&["s"], V::OneOrTwo, "one or two"),
        (&["o"], V::HandOff, "hand off"),
        (&["p", "P"], V::Reveal, "reveal"),
        (&["R"], V::Again, "fetch again"),
        (&["Esc", "q", "i", "Ctrl-c"], V::Close, "close"),
    ]
};

pub fn viewing(key: KeyEvent) -> Option<Viewing> {
    let spelled = spelling(key)?;
    let row = VIEWING.iter().find(|(keys, ..)| keys.contains(&spelled.as_str()));
    row.map(|(_, viewing, _)| *viewing)
}

/// `+ nearer`, `hjkl move`: what is shown below photos.
pub fn viewing_hints() -> Vec<(String, &'static str)> {
    let (mut hints, mut keys) = (Vec::new(), String::new());
    for (row, _, title) in VIEWING {
        let is_unnamed = title.is_empty();
        let joins = is_unnamed || !keys.is_empty();
        // The previous photo's key needs no hint of its own.
        if is_unnamed && row[0] == "N" {
            continue;
        }
        keys.push_str(row[0]);
        if !joins || !is_unnamed {
            hints.push((std::mem::take(&mut keys), *title));
        }
    }
    hints
}

/// The key that hands a photo off, for sentences.
pub fn hand_off() -> &'static str {
    let row = VIEWING.iter().find(|(_, viewing, _)| *viewing == Viewing::HandOff);
    row.map_or("", |(keys, ..)| keys[0])
}

/// What a press means when a photo is to be handed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandingOff {
    Copy,
    Code,
    Leave,
    Other,
}

pub fn handing_off(key: KeyEvent) -> HandingOff {
    match spelling(key).as_deref() {
        Some("Enter") => HandingOff::Copy,
        Some("r") => HandingOff::Code,
        Some("Esc" | "q" | "h" | "Ctrl-c") => HandingOff::Leave,
        _ => HandingOff::Other,
    }
}

/// Whether a press locks, where keys are no text.
pub fn locks(key: KeyEvent) -> bool {
    spelling(key).is_some_and(|key| resolve(&[key]) == Resolved::Command(Command::Lock))
}

/// Whether a press comes back from a locked screen; nothing else does anything there.
pub fn unlocks(key: KeyEvent) -> bool {
    spelling(key).as_deref() == Some("Enter")
}

/// What a press means in the command line that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompting {
    Run,
    Leave,
    Complete,
    Erase,
    Text,
}

pub fn prompting(key: KeyEvent) -> Prompting {
    match spelling(key).as_deref() {
        Some("Enter") => Prompting::Run,
        Some("Esc" | "Ctrl-c") => Prompting::Leave,
        Some("Tab") => Prompting::Complete,
        Some("Backspace") => Prompting::Erase,
        _ => Prompting::Text,
    }
}

/// What a press means in the filter line that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filtering {
    Keep,
    Restore,
    Complete,
    /// It would leave the line.
    Nothing,
    Text,
}

pub fn filtering(key: KeyEvent) -> Filtering {
    match spelling(key).as_deref() {
        Some("Enter") => Filtering::Keep,
        Some("Esc" | "Ctrl-c") => Filtering::Restore,
        Some("Tab") => Filtering::Complete,
        Some("Up" | "Down" | "Shift-Tab") => Filtering::Nothing,
        _ => Filtering::Text,
    }
}

/// In a line of text only these are not text.
pub fn line(key: KeyEvent) -> Dialog {
    match spelling(key).as_deref() {
        Some("Enter") => Dialog::Accept,
        Some("Esc" | "Ctrl-c") => Dialog::Cancel,
        Some("Down") => Dialog::Down,
        Some("Up") => Dialog::Up,
        _ => Dialog::Other,
    }
}

/// How a command is asked for, as hints and refusals show it: its first key, or `:name`.
pub fn shown(command: Command) -> String {
    let spec = command.spec();
    spec.keys.first().map_or_else(|| format!(":{}", spec.name()), |key| (*key).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_two_commands_share_a_key_and_no_key_hides_a_chord() {
        let mut owner: HashMap<&str, Command> = HashMap::new();
        for spec in TABLE {
            for key in spec.keys {
                assert_eq!(owner.insert(key, spec.command), None, "{key} is taken twice");
            }
        }
        for chord in owner.keys().filter(|keys| is_chord(keys)) {
            assert!(!owner.contains_key(&chord[..1]), "{chord} can never be reached");
        }
    }

    #[test]
    fn every_key_of_the_viewer_means_one_thing_and_hints_name_them() {
        let mut keys: Vec<&str> = VIEWING.iter().flat_map(|(keys, ..)| *keys).copied().collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
        let hints = viewing_hints();
        assert!(hints.contains(&("hjkl".to_owned(), "move")), "{hints:?}");
        assert!(hints.contains(&("n".to_owned(), "next")), "{hints:?}");
        assert!(hints.contains(&("Tab".to_owned(), "other side")), "{hints:?}");
    }

    #[test]
    fn presses_resolve_through_chords() {
        let press =
            |keys: &[&str]| resolve(&keys.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>());
        assert_eq!(press(&["j"]), Resolved::Command(Command::Down));
        assert_eq!(press(&["g"]), Resolved::Prefix);
        assert_eq!(press(&["g", "g"]), Resolved::Command(Command::First));
        assert_eq!(press(&["g", "x"]), Resolved::Nothing);
        assert_eq!(press(&["Z"]), Resolved::Nothing);
        assert_eq!(press(&["E"]), Resolved::Nothing, "a name is not a chord");
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
