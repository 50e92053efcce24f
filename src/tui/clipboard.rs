//! Text for the terminal's clipboard (OSC 52), as what stands between lets it through. There is no
//! answer to it: it is sent, and whether it arrived nobody tells.

use base64::{Engine, engine::general_purpose::STANDARD};

/// What the sequence passes on its way, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A terminal, or tmux, which hands it on where it is told to: wrapped it would not know it.
    Bare,
    /// GNU screen hands on only what is wrapped, in short pieces.
    Screen,
    /// The Linux console has none, and would print it.
    None,
}

/// The longest that every common terminal takes, encoded.
const LONGEST: usize = 74_994;

/// What screen takes in one piece.
const PIECE: usize = 500;

impl Way {
    pub fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let has = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let term = variable("TERM").unwrap_or_default();
        match term.as_str() {
            "linux" | "dumb" | "" => Self::None,
            // tmux inside of screen is tmux's to solve.
            _ if has("TMUX") => Self::Bare,
            _ if has("STY") || term.starts_with("screen") => Self::Screen,
            _ => Self::Bare,
        }
    }

    /// # Errors
    /// Why it is not sent, as a sentence.
    pub fn sequence(self, text: &str) -> Result<Vec<u8>, String> {
        if self == Self::None {
            return Err("this terminal has no clipboard: nothing was copied".to_owned());
        }
        let encoded = STANDARD.encode(text);
        if encoded.len() > LONGEST {
            return Err("this is too long for a terminal's clipboard: nothing was copied".into());
        }
        Ok(match self {
            Self::Bare | Self::None => format!("\x1b]52;c;{encoded}\x07").into_bytes(),
            Self::Screen => {
                let whole = format!("\x1b]52;c;{encoded}\x07");
                let pieces = whole.as_bytes().chunks(PIECE);
                pieces.flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat()).collect()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(variables: &[(&str, &str)]) -> Way {
        Way::of(&|name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_stands_between_is_known_by_the_environment() {
        assert_eq!(way(&[("TERM", "xterm-256color")]), Way::Bare);
        assert_eq!(way(&[("TERM", "screen-256color"), ("TMUX", "x")]), Way::Bare);
        assert_eq!(way(&[("TERM", "screen.xterm"), ("STY", "1")]), Way::Screen);
        assert_eq!(way(&[("TERM", "linux")]), Way::None);
        assert_eq!(way(&[]), Way::None);
    }

    #[test]
    fn it_is_sent_whole_or_in_pieces_or_not() {
        assert_eq!(Way::Bare.sequence("inq_1").unwrap(), b"\x1b]52;c;aW5xXzE=\x07");
        assert_eq!(Way::Screen.sequence("a").unwrap(), b"\x1bP\x1b]52;c;YQ==\x07\x1b\\");
        let long = Way::Screen.sequence(&"x".repeat(2_000)).unwrap();
        let long = String::from_utf8(long).unwrap();
        let pieces: Vec<&str> = long.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.starts_with("\x1bP")));
        let joined: String = pieces.iter().map(|piece| &piece[2..]).collect();
        assert_eq!(joined.as_bytes(), Way::Bare.sequence(&"x".repeat(2_000)).unwrap());
        assert!(Way::Bare.sequence(&"x".repeat(60_000)).unwrap_err().contains("too long"));
        assert!(Way::None.sequence("a").unwrap_err().contains("no clipboard"));
    }
}
