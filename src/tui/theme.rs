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
            warn: plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            banner: plain.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }

    /// Weight and inversion only.
    pub fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self { accent: bold, good: plain, bad: bold, warn: bold, ..Self::colours() }
    }
}
