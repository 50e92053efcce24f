//! How pictures get to this terminal: as configured, as its environment says, or as it answers when
//! it is asked. Asked it is before anything else reads its keys, and only where that is of use.

use std::{
    io::{self, Write, stdin, stdout},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::read,
};

use super::photo::{Ink, Means, Protocol};
use crate::config;

/// A cell's size in pixels where nobody says.
const CELL: (u16, u16) = (10, 20);

/// How long an answer is waited for: over a slow line there are half blocks.
const PATIENCE: Duration = Duration::from_millis(200);

/// A cell's size, and what the terminal is. The second every terminal answers, so it ends the wait;
/// late answers to either are no keys.
const QUESTION: &[u8] = b"\x1b[16t\x1b[c";

/// The most that is read as an answer.
const LONGEST_ANSWER: usize = 1_024;

/// What is asked of a terminal's environment.
pub struct Around<'a> {
    /// A variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    pub colours: u16,
    /// No colours are wanted.
    pub mono: bool,
}

/// What is known without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    Off,
    Protocol(Protocol),
    /// It may know sixels.
    Ask,
}

impl Around<'_> {
    fn has(&self, name: &str) -> bool {
        (self.variable)(name).is_some_and(|value| !value.is_empty())
    }

    fn is(&self, name: &str, values: &[&str]) -> bool {
        (self.variable)(name).is_some_and(|value| values.contains(&value.as_str()))
    }

    /// tmux or screen stands between, and takes graphics for text or for nothing.
    fn is_multiplexed(&self) -> bool {
        let term = (self.variable)("TERM").unwrap_or_default();
        self.has("TMUX")
            || self.has("STY")
            || term.starts_with("screen")
            || term.starts_with("tmux")
    }

    fn protocol(&self) -> Known {
        let is_plain = self.is("TERM", &["", "dumb", "linux"]) || !self.has("TERM");
        if self.is_multiplexed() || is_plain {
            return Known::Protocol(Protocol::HalfBlocks);
        }
        let kitty = self.has("KITTY_WINDOW_ID")
            || self.has("GHOSTTY_RESOURCES_DIR")
            || self.is("TERM", &["xterm-kitty", "xterm-ghostty"])
            || self.is("TERM_PROGRAM", &["ghostty"]);
        let iterm2 = self.is("TERM_PROGRAM", &["iTerm.app", "WezTerm"])
            || self.is("LC_TERMINAL", &["iTerm2"])
            || self.is("TERM", &["wezterm"]);
        match (kitty, iterm2) {
            (true, _) => Known::Protocol(Protocol::Kitty),
            (false, true) => Known::Protocol(Protocol::Iterm2),
            (false, false) => Known::Ask,
        }
    }

    fn ink(&self) -> Ink {
        let any_colour = self.is("COLORTERM", &["truecolor", "24bit"]);
        match self.colours {
            _ if self.mono || self.has("NO_COLOR") => Ink::Shades,
            _ if any_colour => Ink::True,
            256.. => Ink::Indexed,
            _ => Ink::Shades,
        }
    }
}

/// What the configuration and the environment say.
pub fn known(configured: config::Photos, around: &Around<'_>) -> Known {
    match configured {
        config::Photos::Off => Known::Off,
        config::Photos::Auto => around.protocol(),
        config::Photos::HalfBlocks => Known::Protocol(Protocol::HalfBlocks),
        config::Photos::Kitty => Known::Protocol(Protocol::Kitty),
        config::Photos::Iterm2 => Known::Protocol(Protocol::Iterm2),
        config::Photos::Sixel => Known::Protocol(Protocol::Sixel),
    }
}

/// How pictures get there; none: they are not shown. `limit`: the most bytes of one. The terminal is
/// in raw mode, and nobody reads its keys yet.
pub fn find(configured: config::Photos, limit: usize, around: &Around<'_>) -> Option<Means> {
    let known = known(configured, around);
    let answer = match known {
        Known::Off => return None,
        Known::Ask | Known::Protocol(Protocol::Sixel) => ask().unwrap_or_default(),
        Known::Protocol(_) => Answer::default(),
    };
    let protocol = match known {
        Known::Protocol(protocol) => protocol,
        _ if answer.sixel => Protocol::Sixel,
        _ => Protocol::HalfBlocks,
    };
    let cell = answer.cell.or_else(cell_of_window).unwrap_or(CELL);
    Some(Means { protocol, ink: around.ink(), cell, limit })
}

/// As the kernel, or an ssh server, was told.
fn cell_of_window() -> Option<(u16, u16)> {
    let window = crossterm::terminal::window_size().ok()?;
    let cell = |pixels: u16, cells: u16| pixels.checked_div(cells).filter(|n| *n > 0);
    cell(window.width, window.columns).zip(cell(window.height, window.rows))
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Answer {
    sixel: bool,
    cell: Option<(u16, u16)>,
}

fn ask() -> io::Result<Answer> {
    let mut out = stdout();
    out.write_all(QUESTION)?;
    out.flush()?;
    let (keys, until) = (stdin(), Instant::now() + PATIENCE);
    let mut said = Vec::new();
    while !is_whole(&said) && said.len() < LONGEST_ANSWER {
        let left = until.saturating_duration_since(Instant::now());
        let wait = Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() };
        let mut ready = [PollFd::new(&keys, PollFlags::IN)];
        if left.is_zero() || poll(&mut ready, Some(&wait))? == 0 {
            break;
        }
        let mut buffer = [0; 256];
        match read(&keys, &mut buffer)? {
            0 => break,
            count => said.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(understood(&said))
}

/// The parameters and the last byte of each control sequence.
fn sequences(said: &[u8]) -> impl Iterator<Item = (&[u8], u8)> {
    let starts = said.windows(2).enumerate().filter(|(_, pair)| *pair == b"\x1b[");
    starts.filter_map(|(at, _)| {
        let rest = &said[at + 2..];
        let end = rest.iter().position(|byte| (0x40..=0x7e).contains(byte))?;
        Some((&rest[..end], rest[end]))
    })
}

/// Whether the terminal has said what it is.
fn is_whole(said: &[u8]) -> bool {
    sequences(said).any(|(parameters, last)| last == b'c' && parameters.starts_with(b"?"))
}

fn understood(said: &[u8]) -> Answer {
    let mut answer = Answer::default();
    for (parameters, last) in sequences(said) {
        let Ok(parameters) = std::str::from_utf8(parameters) else { continue };
        match (last, parameters.strip_prefix('?')) {
            (b'c', Some(features)) => answer.sixel = features.split(';').skip(1).any(|n| n == "4"),
            (b't', None) => {
                let numbers: Vec<u16> = parameters.split(';').flat_map(str::parse).collect();
                if let [6, height, width] = numbers[..]
                    && height > 0
                    && width > 0
                {
                    answer.cell = Some((width, height));
                }
            }
            _ => {}
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(variables: &[(&str, &str)]) -> Known {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        known(config::Photos::Auto, &Around { variable: &find, colours: 256, mono: false })
    }

    #[test]
    fn terminals_are_known_by_their_environment() {
        use Protocol::{HalfBlocks, Iterm2, Kitty};
        let table: [(&[(&str, &str)], Known); 10] = [
            (&[("TERM", "xterm-kitty")], Known::Protocol(Kitty)),
            (&[("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], Known::Protocol(Kitty)),
            (&[("TERM", "xterm-ghostty")], Known::Protocol(Kitty)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Known::Protocol(Iterm2)),
            (&[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], Known::Protocol(Iterm2)),
            (&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/x")], Known::Protocol(HalfBlocks)),
            (&[("TERM", "screen-256color")], Known::Protocol(HalfBlocks)),
            (&[("TERM", "linux")], Known::Protocol(HalfBlocks)),
            (&[], Known::Protocol(HalfBlocks)),
            (&[("TERM", "xterm-256color")], Known::Ask),
        ];
        for (variables, wanted) in table {
            assert_eq!(auto(variables), wanted, "{variables:?}");
        }
        let around = Around { variable: &|_| None, colours: 8, mono: false };
        assert_eq!(known(config::Photos::Sixel, &around), Known::Protocol(Protocol::Sixel));
        assert_eq!(known(config::Photos::Off, &around), Known::Off);
    }

    #[test]
    fn colours_are_as_many_as_are_told() {
        let ink = |variables: &[(&str, &str)], colours, mono| {
            let find = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Around { variable: &find, colours, mono }.ink()
        };
        assert_eq!(ink(&[("COLORTERM", "truecolor")], 256, false), Ink::True);
        assert_eq!(ink(&[], 256, false), Ink::Indexed);
        assert_eq!(ink(&[], 8, false), Ink::Shades);
        assert_eq!(ink(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")], 256, false), Ink::Shades);
        assert_eq!(ink(&[("COLORTERM", "truecolor")], 256, true), Ink::Shades);
    }

    #[test]
    fn answers_are_understood_in_any_order_and_among_keys() {
        let table: [(&[u8], bool, Answer); 7] = [
            (b"", false, Answer::default()),
            (b"\x1b[?62;4;22c", true, Answer { sixel: true, cell: None }),
            (b"\x1b[?64;1;2c", true, Answer::default()),
            (b"jj\x1b[6;20;9t\x1b[A\x1b[?4;6c", true, Answer { sixel: false, cell: Some((9, 20)) }),
            (b"\x1b[?62;4c\x1b[6;18;8t", true, Answer { sixel: true, cell: Some((8, 18)) }),
            (b"\x1b[6;0;0t\x1b[?6", false, Answer::default()),
            (b"\x1b[\xff\xfft\x1b[?\xffc", true, Answer::default()),
        ];
        for (said, whole, wanted) in table {
            assert_eq!((is_whole(said), understood(said)), (whole, wanted), "{said:?}");
        }
    }
}
