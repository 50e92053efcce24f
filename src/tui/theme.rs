//! Colours and weights: sixteen colours on the reader's own background, and none where none are wanted.
//!
//! Colour never carries meaning alone: every mark also has a glyph or a word.

use ratatui::style::{Color, Modifier, Style};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Ordinary text.
    pub text: Style,
    /// Secondary text: labels, hints, frames without focus.
    pub dim: Style,
    /// Titles and the frame with focus.
    pub accent: Style,
    /// The row under the cursor in the pane with focus.
    pub cursor: Style,
    /// The row under the cursor elsewhere.
    pub shadow: Style,
    pub good: Style,
    pub bad: Style,
    pub warn: Style,
    /// The environment's name, and warnings that must not be missed.
    pub banner: Style,
}

impl Theme {
    pub fn colours() -> Self {
        let plain = Style::new();
        Self {
            text: plain,
            dim: plain.add_modifier(Modifier::DIM),
            accent: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
            cursor: plain.add_modifier(Modifier::REVERSED),
            shadow: plain.add_modifier(Modifier::BOLD),
            good: plain.fg(Color::Green),
            bad: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            // Yellow is gone on a light background, and this is read on both.
            warn: plain.fg(Color::Magenta).add_modifier(Modifier::BOLD),
            banner: plain.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }

    /// For a light background: of the sixteen, those that are dark on it.
    pub fn light() -> Self {
        let dark = Self::colours();
        Self {
            accent: dark.accent.fg(Color::Blue),
            // Every green is pale there; the glyph and the word say it.
            good: Style::new(),
            ..dark
        }
    }

    /// Weight and inversion only.
    pub fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self { accent: bold, good: plain, bad: bold, warn: bold, ..Self::colours() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(theme: &Theme) -> Vec<Color> {
        let Theme { text, dim, accent, cursor, shadow, good, bad, warn, banner } = *theme;
        [text, dim, accent, cursor, shadow, good, bad, warn, banner]
            .iter()
            .filter_map(|s| s.fg)
            .collect()
    }

    #[test]
    fn what_is_pale_on_a_light_background_is_not_in_its_theme_and_warnings_are_never_yellow() {
        let pale = [Color::Yellow, Color::Green, Color::Cyan, Color::White, Color::Gray];
        assert!(!colours(&Theme::light()).iter().any(|colour| pale.contains(colour)));
        assert!(!colours(&Theme::colours()).contains(&Color::Yellow));
        assert!(colours(&Theme::mono()).is_empty());
    }
}
