//! What a terminal says of itself when it is asked: its background, its graphics, the size of a cell.
//! All in one exchange with a short limit, while nobody else reads its keys. What is typed meanwhile
//! is handed on.

use std::{
    io::{self, Write, stdin, stdout},
    time::{Duration, Instant},
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::read,
};

use super::theme::Ground;

/// How long an answer is waited for: over a slow line the usual has to do.
const PATIENCE: Duration = Duration::from_millis(100);

/// The background.
const GROUND: &[u8] = b"\x1b]11;?\x07";

/// A cell's size in pixels.
const CELL: &[u8] = b"\x1b[16t";

/// What the terminal is. Every one answers that, and in turn, so it ends the wait.
const KIND: &[u8] = b"\x1b[c";

/// The most that is read as an answer.
const LONGEST_ANSWER: usize = 1_024;

/// What is pasted meanwhile is read to its end, so that nothing of it is taken for keys: for so long at most,
/// and so many bytes.
const PASTED: Duration = Duration::from_secs(1);
const LONGEST_PASTE: usize = 256 * 1024;
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// What there is to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub ground: bool,
    /// Sixels, and a cell's size.
    pub pictures: bool,
}

impl Wanted {
    pub fn any(self) -> bool {
        self.ground || self.pictures
    }

    fn questions(self) -> Vec<u8> {
        let ground = if self.ground { GROUND } else { b"" };
        let pictures = if self.pictures { CELL } else { b"" };
        [ground, pictures, KIND].concat()
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub ground: Option<Ground>,
    pub sixel: bool,
    pub cell: Option<(u16, u16)>,
}

/// What came in the time that there was.
#[derive(Debug, Default, PartialEq)]
pub struct Said {
    pub answer: Answer,
    /// What somebody typed meanwhile.
    pub typed: Vec<Event>,
    /// The last answer is there: none can come late.
    pub is_whole: bool,
    /// The end of what is pasted is still to come.
    is_pasting: bool,
}

impl Said {
    /// Whether there is more to wait for, after so many bytes: until when.
    fn waits(&self, read: usize, until: Instant) -> Option<Instant> {
        match self.is_pasting {
            true => (read < LONGEST_PASTE).then_some(until + PASTED),
            false => (!self.is_whole && read < LONGEST_ANSWER).then_some(until),
        }
    }
}

/// Whether a terminal is likely to answer, and to print nothing where it does not understand.
pub fn answers(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let has = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let term = variable("TERM").unwrap_or_default();
    let mute = ["dumb", "linux", "ansi", "cygwin", "sun"].contains(&term.as_str())
        || ["vt", "eterm"].iter().any(|old| term.starts_with(old));
    // screen takes the question for itself; tmux, which may go by its name, answers.
    let is_screen = has("STY") || (term.starts_with("screen") && !has("TMUX"));
    !term.is_empty() && !mute && !is_screen
}

/// Asks, and waits for no longer than the limit. The terminal is in raw mode.
///
/// # Errors
/// If it cannot be written to or read from.
pub fn ask(wanted: Wanted) -> io::Result<Said> {
    let mut out = stdout();
    out.write_all(&wanted.questions())?;
    out.flush()?;
    let (keys, until) = (stdin(), Instant::now() + PATIENCE);
    let mut said = Vec::new();
    while let Some(until) = understood(&said).waits(said.len(), until) {
        let left = until.saturating_duration_since(Instant::now());
        let seconds = left.as_secs().try_into().unwrap_or(0);
        let wait = Timespec { tv_sec: seconds, tv_nsec: left.subsec_nanos().into() };
        let mut ready = [PollFd::new(&keys, PollFlags::IN)];
        if left.is_zero() || poll(&mut ready, Some(&wait))? == 0 {
            break;
        }
        let mut buffer = [0; 4096];
        match read(&keys, &mut buffer)? {
            0 => break,
            count => said.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(understood(&said))
}

/// Whether the terminal is gone. Who reads its keys then finds their end again and again.
pub fn has_hung_up() -> bool {
    let (keys, at_once) = (stdin(), Timespec { tv_sec: 0, tv_nsec: 0 });
    let mut state = [PollFd::new(&keys, PollFlags::empty())];
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    poll(&mut state, Some(&at_once)).is_ok() && state[0].revents().intersects(gone)
}

fn understood(said: &[u8]) -> Said {
    let mut all = Said::default();
    let mut rest = said;
    while let Some(first) = rest.first() {
        let taken = match rest {
            [0x1b, b'[', ..] => control(rest, &mut all),
            [0x1b, b']', ..] => command(rest, &mut all.answer),
            [0x1b, b'O', last, ..] => {
                all.typed.extend(arrow(*last));
                3
            }
            _ if *first < 0x80 => {
                all.typed.extend(plain(*first));
                1
            }
            _ => letter(rest, &mut all.typed),
        };
        rest = &rest[taken..];
    }
    all
}

/// A control sequence, in so many bytes.
fn control(rest: &[u8], all: &mut Said) -> usize {
    let body = &rest[2..];
    let Some(end) = body.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        return rest.len();
    };
    let (parameters, last) = (std::str::from_utf8(&body[..end]).unwrap_or_default(), body[end]);
    match (last, parameters.strip_prefix('?')) {
        (b'c', Some(features)) => {
            all.answer.sixel = features.split(';').skip(1).any(|feature| feature == "4");
            all.is_whole = true;
        }
        (b't', None) => {
            let numbers: Vec<u16> = parameters.split(';').flat_map(str::parse).collect();
            if let [6, height, width] = numbers[..]
                && height > 0
                && width > 0
            {
                all.answer.cell = Some((width, height));
            }
        }
        (b'~', None) if parameters == "200" => return end + 3 + pasted(&body[end + 1..], all),
        (last, None) if parameters.is_empty() => all.typed.extend(arrow(last)),
        _ => {}
    }
    end + 3
}

/// A paste without what begins it, as one event and never as keys; in so many bytes.
fn pasted(rest: &[u8], all: &mut Said) -> usize {
    let ends = rest.windows(PASTE_ENDS.len()).position(|bytes| bytes == PASTE_ENDS);
    all.is_pasting = ends.is_none();
    let text = String::from_utf8_lossy(&rest[..ends.unwrap_or(rest.len())]);
    all.typed.push(Event::Paste(text.into_owned()));
    ends.map_or(rest.len(), |ends| ends + PASTE_ENDS.len())
}

/// A command of the operating system's: up to a bell or to what ends strings.
fn command(rest: &[u8], answer: &mut Answer) -> usize {
    let body = &rest[2..];
    let Some(end) = body.iter().position(|byte| matches!(byte, 0x07 | 0x1b)) else {
        return rest.len();
    };
    if let Some(colour) = body[..end].strip_prefix(b"11;") {
        answer.ground = ground(std::str::from_utf8(colour).unwrap_or_default());
    }
    let string_ends = body[end] == 0x1b && body.get(end + 1) == Some(&b'\\');
    2 + end + if string_ends { 2 } else { 1 }
}

/// `rgb:ffff/ffff/ffff`, with one to four digits each.
fn ground(colour: &str) -> Option<Ground> {
    let (_, parts) = colour.split_once(':')?;
    let part = |digits: &str| {
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok()?)?.checked_sub(1)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        (digits.len() <= 4 && most > 0).then(|| f64::from(value) / f64::from(most))
    };
    let mut parts = parts.split('/').map(part);
    let (red, green, blue) = (parts.next()??, parts.next()??, parts.next()??);
    // As bright as it looks, roughly. Between the two themes the middle is the fairest place.
    let bright = 0.299 * red + 0.587 * green + 0.114 * blue;
    Some(if bright > 0.5 { Ground::Light } else { Ground::Dark })
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn plain(byte: u8) -> Option<Event> {
    let none = KeyModifiers::NONE;
    Some(match byte {
        b'\r' => key(KeyCode::Enter, none),
        b'\t' => key(KeyCode::Tab, none),
        0x7f | 0x08 => key(KeyCode::Backspace, none),
        0x1b => key(KeyCode::Esc, none),
        1..=26 => key(KeyCode::Char(char::from(byte - 1 + b'a')), KeyModifiers::CONTROL),
        b' '..=b'~' => key(KeyCode::Char(char::from(byte)), none),
        _ => return None,
    })
}

fn arrow(last: u8) -> Option<Event> {
    let code = match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'Z' => KeyCode::BackTab,
        _ => return None,
    };
    Some(key(code, KeyModifiers::NONE))
}

/// A letter of more than one byte.
fn letter(rest: &[u8], typed: &mut Vec<Event>) -> usize {
    let whole = (2..=4).find_map(|bytes| {
        let letter = std::str::from_utf8(rest.get(..bytes)?).ok()?;
        Some((letter.chars().next()?, bytes))
    });
    let Some((letter, bytes)) = whole else { return 1 };
    typed.push(key(KeyCode::Char(letter), KeyModifiers::NONE));
    bytes
}

/// Keeps an answer that comes when nobody waits for it any more from being taken for keys: whoever
/// reads those knows no answers of this kind.
#[derive(Debug, Default)]
pub struct Late {
    /// How many presses of it may still come; none: there is no answer on its way.
    left: Option<usize>,
    is_in: bool,
    was_escape: bool,
}

/// Longer than any answer.
const LONGEST_LATE: usize = 40;

impl Late {
    pub fn awaited() -> Self {
        Self { left: Some(LONGEST_LATE), ..Self::default() }
    }

    /// Whether an event is part of the answer.
    pub fn swallows(&mut self, event: &Event) -> bool {
        let (Some(left), Event::Key(press)) = (self.left, event) else { return false };
        let alt = press.modifiers.contains(KeyModifiers::ALT);
        let control = press.modifiers.contains(KeyModifiers::CONTROL);
        if !self.is_in {
            let escaped = alt || std::mem::take(&mut self.was_escape);
            self.was_escape = press.code == KeyCode::Esc;
            self.is_in = escaped && press.code == KeyCode::Char(']');
            return self.is_in;
        }
        let escaped = alt || self.was_escape;
        self.was_escape = press.code == KeyCode::Esc;
        let ends = matches!(press.code, KeyCode::Char('g') if control)
            || (escaped && press.code == KeyCode::Char('\\'));
        self.left = left.checked_sub(1).filter(|_| !ends);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(said: &[u8]) -> String {
        let spell = |event: &Event| match event {
            Event::Key(key) => super::super::keymap::spelling(*key).unwrap(),
            other => panic!("{other:?} is no key"),
        };
        understood(said).typed.iter().map(spell).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn answers_are_understood_in_any_order_and_keys_among_them_are_kept() {
        let cell = |cell| Answer { cell: Some(cell), ..Answer::default() };
        let sixel = Answer { sixel: true, ..Answer::default() };
        let on = |ground| Answer { ground: Some(ground), ..Answer::default() };
        let table: [(&[u8], bool, Answer, &str); 13] = [
            (b"", false, Answer::default(), ""),
            (b"\x1b[?62;4;22c", true, sixel, ""),
            (b"\x1b[?64;1;2c", true, Answer::default(), ""),
            (b"jj\x1b[6;20;9t\x1b[A\x1b[?4;6c", true, cell((9, 20)), "j j Up"),
            (b"\x1b[?62;4c\x1b[6;18;8t", true, Answer { sixel: true, ..cell((8, 18)) }, ""),
            (b"\x1b[6;0;0t\x1b[?6", false, Answer::default(), ""),
            (b"\x1b[\xff\xfft\x1b[?\xffc", false, Answer::default(), ""),
            (b"\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?1;2c", true, on(Ground::Light), ""),
            (b"a\x1b]11;rgb:1e/1e/1e\x1b\\b\x1b[?1;2c", true, on(Ground::Dark), "a b"),
            (b"\x1b]11;rgba:fdfd/f6f6/e3e3/ffff\x07", false, on(Ground::Light), ""),
            (b"\x1b]11;rgb:/x\x07q", false, Answer::default(), "q"),
            (b"\x1b]11;rgb:0000/00", false, Answer::default(), ""),
            (
                b"\r\t\x7f\x04 \xc3\xbc\x1bOB\x1b[Z",
                false,
                Answer::default(),
                "Enter Tab Backspace Ctrl-d Space ü Down Shift-Tab",
            ),
        ];
        for (said, whole, answer, typed) in table {
            let is = understood(said);
            assert_eq!((is.is_whole, is.answer), (whole, answer), "{said:?}");
            assert_eq!(keys(said), typed, "{said:?}");
        }
    }

    #[test]
    fn what_is_pasted_meanwhile_is_one_event_and_is_waited_for() {
        let paste = |text: &str| Event::Paste(text.to_owned());
        let (j, enter) = (key(KeyCode::Char('j'), KeyModifiers::NONE), plain(b'\r').unwrap());
        let table: [(&[u8], Vec<Event>, bool); 4] = [
            (b"\x1b[200~a1\r\x1b[201~\x1b[?1;2c", vec![paste("a1\r")], true),
            (b"j\x1b[200~inq_1\x1b[201~\r", vec![j, paste("inq_1"), enter], false),
            // The answer may come in the middle of it, and its end later.
            (b"\x1b[?1;2c\x1b[200~a1\r", vec![paste("a1\r")], true),
            (b"\x1b[200~a1\r\x1b[20", vec![paste("a1\r\x1b[20")], false),
        ];
        for (said, typed, is_whole) in table {
            let is = understood(said);
            assert_eq!((is.typed, is.is_whole), (typed, is_whole), "{said:?}");
        }
        let now = Instant::now();
        let waits = |said: &[u8]| understood(said).waits(said.len(), now);
        assert_eq!(waits(b"\x1b[?1;2c"), None);
        assert_eq!(waits(b"jj"), Some(now));
        assert_eq!(waits(b"\x1b[?1;2c\x1b[200~a1"), Some(now + PASTED));
        assert_eq!(waits(b"\x1b[?1;2c\x1b[200~a1\x1b[201~"), None);
        assert_eq!(waits(&[b"\x1b[200~".to_vec(), vec![b'a'; LONGEST_PASTE]].concat()), None);
    }

    #[test]
    fn who_is_asked_is_known_by_its_environment() {
        let table: [(&[(&str, &str)], bool); 9] = [
            (&[("TERM", "xterm-256color")], true),
            (&[("TERM", "tmux-256color"), ("TMUX", "x")], true),
            (&[("TERM", "screen-256color"), ("TMUX", "x")], true),
            (&[("TERM", "screen-256color")], false),
            (&[("TERM", "xterm"), ("STY", "1.x")], false),
            (&[("TERM", "linux")], false),
            (&[("TERM", "vt220")], false),
            (&[("TERM", "dumb")], false),
            (&[], false),
        ];
        for (variables, wanted) in table {
            let find = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(answers(&find), wanted, "{variables:?}");
        }
    }

    #[test]
    fn a_late_answer_is_no_row_of_keys() {
        let alt = |c| key(KeyCode::Char(c), KeyModifiers::ALT);
        let press = |c| key(KeyCode::Char(c), KeyModifiers::NONE);
        let bell = key(KeyCode::Char('g'), KeyModifiers::CONTROL);
        let answer = || "11;rgb:dada/dada/dada".chars().map(press);
        let escape = key(KeyCode::Esc, KeyModifiers::NONE);
        let beginnings = [vec![alt(']')], vec![escape.clone(), press(']')]];
        let endings = [vec![bell], vec![alt('\\')], vec![escape, press('\\')]];
        for (beginning, ending) in
            beginnings.iter().flat_map(|b| endings.iter().map(move |e| (b, e)))
        {
            let mut late = Late::awaited();
            assert!(!late.swallows(&press('j')), "a key before it");
            let whole = beginning.iter().cloned().chain(answer()).chain(ending.iter().cloned());
            let passed: Vec<Event> = whole.filter(|event| !late.swallows(event)).collect();
            assert!(passed.len() < beginning.len(), "{passed:?}");
            assert!(!late.swallows(&press('d')) && !late.swallows(&alt(']')), "a key after it");
        }
        // One that never ends does not keep the keys for good.
        let mut late = Late::awaited();
        late.swallows(&alt(']'));
        let swallowed = (0..100).filter(|_| late.swallows(&press('j'))).count();
        assert!(swallowed <= LONGEST_LATE + 1, "{swallowed}");
        assert!(!Late::default().swallows(&alt(']')));
    }
}
