//! Characters for terminals whose font lacks some: each for one of the same width.

use crate::config;

/// Which characters a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    All,
    /// Those of the Linux console's own font, and letters.
    Console,
    /// Of signs, those of a typewriter.
    Ascii,
}

/// A sign, what stands for it, and whether the Linux console's font has it.
const TABLE: &[(&str, &str, bool)] = &[
    ("✗", "x", false),
    ("✓", "+", false),
    ("☑", "x", false),
    ("☐", "-", false),
    ("▸", ">", false),
    ("▾", "v", false),
    ("▶", ">", false),
    ("▲", "^", true),
    ("▼", "v", true),
    ("›", ">", false),
    ("‹", "<", false),
    ("→", ">", true),
    ("←", "<", true),
    ("↑", "^", true),
    ("↓", "v", true),
    ("⇡", "^", false),
    ("…", "~", false),
    ("–", "-", false),
    ("—", "-", false),
    ("·", ".", true),
    ("•", "*", true),
    ("●", "*", false),
    ("○", "o", false),
    ("◐", "*", false),
    ("⋮", ":", false),
    ("≠", "#", false),
    ("≈", "~", true),
    ("×", "x", false),
    ("⏱", "!", false),
    ("─", "-", true),
    ("│", "|", true),
    ("┌", "+", true),
    ("┐", "+", true),
    ("└", "+", true),
    ("┘", "+", true),
    ("├", "+", true),
    ("┤", "+", true),
    ("┬", "+", true),
    ("┴", "+", true),
    ("┼", "+", true),
    ("▏", "|", false),
    ("█", "#", true),
    ("▄", "_", true),
    ("▓", "#", true),
    ("▒", ":", true),
    ("░", ".", true),
];

impl Glyphs {
    pub fn of(configured: config::Glyphs, term: &str) -> Self {
        match configured {
            config::Glyphs::Ascii => Self::Ascii,
            config::Glyphs::Unicode => Self::All,
            config::Glyphs::Auto if term == "linux" => Self::Console,
            config::Glyphs::Auto => Self::All,
        }
    }

    /// What is written for a character.
    pub fn shown(self, symbol: &str) -> &str {
        if self == Self::All || symbol.is_ascii() {
            return symbol;
        }
        let row = TABLE.iter().find(|(sign, ..)| *sign == symbol);
        match row {
            Some((_, _, true)) if self == Self::Console => symbol,
            Some((_, instead, _)) => instead,
            None => symbol,
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn what_stands_for_a_sign_is_as_wide_and_of_a_typewriter() {
        for (sign, instead, _) in TABLE {
            assert_eq!((sign.width(), instead.len()), (1, 1), "{sign}");
            assert!(instead.is_ascii(), "{sign}");
        }
    }

    #[test]
    fn only_what_is_lacking_is_replaced() {
        let shown = |glyphs: Glyphs| ["✗", "─", "é", "a"].map(|sign| glyphs.shown(sign)).concat();
        assert_eq!(shown(Glyphs::All), "✗─éa");
        assert_eq!(shown(Glyphs::Console), "x─éa");
        assert_eq!(shown(Glyphs::Ascii), "x-éa");
        assert_eq!(Glyphs::of(config::Glyphs::Auto, "linux"), Glyphs::Console);
        assert_eq!(Glyphs::of(config::Glyphs::Auto, "xterm"), Glyphs::All);
        assert_eq!(Glyphs::of(config::Glyphs::Unicode, "linux"), Glyphs::All);
    }

    /// Every sign that this room draws is in the table.
    #[test]
    fn no_sign_is_forgotten() {
        let text = include_str!("widgets/strip.rs").to_owned()
            + include_str!("widgets/header.rs")
            + include_str!("widgets/health.rs")
            + include_str!("widgets/commit_bar.rs")
            + include_str!("overlays/stats.rs")
            + include_str!("widgets/tutor.rs")
            + include_str!("panes/inquiries.rs")
            + include_str!("panes/cases.rs")
            + include_str!("panes/relations.rs")
            + include_str!("panes/detail/checks.rs")
            + include_str!("panes/detail/compare.rs");
        let sign = |c: &char| !c.is_ascii() && !c.is_alphanumeric() && *c != '\u{fffd}';
        for sign in text.chars().filter(sign) {
            let mut buffer = [0; 4];
            let sign: &str = sign.encode_utf8(&mut buffer);
            assert!(TABLE.iter().any(|(known, ..)| *known == sign), "{sign}");
        }
    }
}
