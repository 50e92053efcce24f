//! How pictures get to this terminal: as configured, as its environment says, or as it answers when
//! it is asked (`asking`), which is only done where it is of use.

use super::{
    asking::Answer,
    photo::{Ink, Means, Protocol},
};
use crate::config;

/// A cell's size in pixels where nobody says.
const CELL: (u16, u16) = (10, 20);

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

/// Whether its answer is of use.
pub fn asks(configured: config::Photos, around: &Around<'_>) -> bool {
    matches!(known(configured, around), Known::Ask | Known::Protocol(Protocol::Sixel))
}

/// How pictures get there; none: they are not shown. `limit`: the most bytes of one.
pub fn find(
    configured: config::Photos,
    limit: usize,
    around: &Around<'_>,
    answer: Answer,
) -> Option<Means> {
    let protocol = match known(configured, around) {
        Known::Off => return None,
        Known::Protocol(protocol) => protocol,
        Known::Ask if answer.sixel => Protocol::Sixel,
        Known::Ask => Protocol::HalfBlocks,
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
}
