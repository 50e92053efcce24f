//! Colours and weights: sixteen colours on the reader's own background, true ones where the terminal
//! offers them and says what that background is, and none where none are wanted.
//!
//! Colour never carries meaning alone: every mark also has a glyph or a word. What is read has a
//! contrast of 4.5 to 1 at least, on every palette that the tests name.

use ratatui::{
    style::{Color, Modifier, Style},
    text::Line,
};

use crate::config::ThemeName;

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

/// What the reader's own background is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Dark,
    Light,
    /// Nobody said. Most are dark.
    Unknown,
}

/// From so many colours on greys are as they are numbered, and not as somebody set them.
const WITH_GREYS: u16 = 256;

/// So many are all of them: they are what is written and not what somebody set.
const TRUE: u16 = u16::MAX;

impl Theme {
    /// For a terminal with so many colours.
    pub fn on(ground: Ground, colours: u16) -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        // A terminal's own faint is anything from half to a third of the text's, which is too
        // little. This middle grey alone is read on black as on white.
        let grey = match ground {
            Ground::Dark => 247,
            Ground::Light => 240,
            Ground::Unknown => 243,
        };
        let dim = if colours >= WITH_GREYS { plain.fg(Color::Indexed(grey)) } else { plain };
        let dark = Self {
            text: plain,
            dim,
            accent: bold.fg(Color::Cyan),
            cursor: plain.add_modifier(Modifier::REVERSED),
            shadow: bold,
            good: plain.fg(Color::Green),
            // The darker red and magenta are too dark on black. Yellow is gone where the
            // background is light after all.
            bad: bold.fg(Color::LightRed),
            warn: bold.fg(Color::LightMagenta),
            banner: bold.add_modifier(Modifier::REVERSED),
        };
        match ground {
            Ground::Dark if colours == TRUE => {
                dark.painted([0xa8a8a8, 0x5fd7ff, 0x87d787, 0xff8f8f, 0xe69fff])
            }
            Ground::Light if colours == TRUE => {
                dark.painted([0x5a5a5a, 0x005faf, 0x1b6b2f, 0xb00020, 0x8700af])
            }
            Ground::Dark | Ground::Unknown => dark,
            // Of the sixteen, those that are dark on it. Every green is pale there; the glyph and
            // the word say it.
            Ground::Light => Self {
                accent: bold.fg(Color::Blue),
                good: plain,
                bad: bold.fg(Color::Red),
                warn: bold.fg(Color::Magenta),
                ..dark
            },
        }
    }

    /// The same weights in true colours: of `dim`, `accent`, `good`, `bad` and `warn`.
    fn painted(self, [dim, accent, good, bad, warn]: [u32; 5]) -> Self {
        Self {
            dim: self.dim.fg(Color::from_u32(dim)),
            accent: self.accent.fg(Color::from_u32(accent)),
            good: self.good.fg(Color::from_u32(good)),
            bad: self.bad.fg(Color::from_u32(bad)),
            warn: self.warn.fg(Color::from_u32(warn)),
            ..self
        }
    }

    /// A line under the cursor: one band. Colours would cut it into pieces; their glyphs and words stay.
    pub fn lit<'a>(&self, line: Line<'a>) -> Line<'a> {
        let mut line = line.patch_style(self.cursor);
        for span in &mut line.spans {
            span.style.fg = None;
        }
        line
    }

    /// For a terminal of which nothing is known but that it has colours.
    pub fn colours() -> Self {
        Self::on(Ground::Unknown, WITH_GREYS)
    }

    /// Weight and inversion only.
    pub fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            dim: plain,
            accent: bold,
            good: plain,
            bad: bold,
            warn: bold,
            ..Self::on(Ground::Dark, 16)
        }
    }
}

/// What the configuration and the environment say, as far as they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Mono,
    /// As it is configured.
    On(Ground),
    /// As the terminal says when it is asked; until then, and if it says nothing, as here.
    Ask(Ground),
}

impl Wish {
    pub fn of(configured: ThemeName, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let is_unwanted = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        match configured {
            _ if is_dumb || is_unwanted => Self::Mono,
            ThemeName::Mono => Self::Mono,
            ThemeName::Colour => Self::On(Ground::Dark),
            ThemeName::Light => Self::On(Ground::Light),
            ThemeName::Auto => Self::Ask(hinted(variable("COLORFGBG").as_deref())),
        }
    }

    /// As it is once the terminal has said what its ground is, or nothing yet. Whoever configures a
    /// theme keeps the sixteen colours that they set for their terminal.
    pub fn theme(self, colours: u16, said: Option<Ground>) -> Theme {
        match self {
            Self::Mono => Theme::mono(),
            Self::On(ground) => Theme::on(ground, colours.min(WITH_GREYS)),
            Self::Ask(hinted) => Theme::on(said.unwrap_or(hinted), colours),
        }
    }
}

/// What some terminals say without being asked: numbers of the text's colour and of the background's.
fn hinted(colours: Option<&str>) -> Ground {
    let ground = colours.and_then(|said| said.rsplit(';').next()?.parse::<u8>().ok());
    match ground {
        Some(0..=6 | 8) => Ground::Dark,
        Some(7 | 9..=15) => Ground::Light,
        _ => Ground::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [u8; 3];

    /// Sixteen colours, in the order in which terminals number them.
    struct Palette {
        name: &'static str,
        colours: [u32; 16],
        /// Backgrounds that it comes with.
        dark: &'static [u32],
        light: &'static [u32],
    }

    /// Solarized is not among them: its own text is at 4.1 to 1.
    const PALETTES: [Palette; 3] = [
        Palette {
            name: "xterm",
            colours: [
                0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
                0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
            ],
            dark: &[0x000000],
            light: &[0xffffff],
        },
        Palette {
            name: "VGA, the Linux console",
            colours: [
                0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
                0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
            ],
            dark: &[0x000000],
            light: &[0xffffff],
        },
        Palette {
            name: "Tango, GNOME's",
            colours: [
                0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf,
                0x555753, 0xef2929, 0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec,
            ],
            dark: &[0x000000],
            light: &[0xffffff],
        },
    ];

    fn bytes(rgb: u32) -> Rgb {
        [16, 8, 0].map(|shift| u8::try_from(rgb >> shift & 0xff).unwrap())
    }

    fn luminance(rgb: Rgb) -> f64 {
        let [red, green, blue] = rgb.map(|byte| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// What a colour looks like; none: the reader's own text.
    fn shown(colour: Color, palette: &Palette) -> Option<Rgb> {
        let nth = match colour {
            Color::Reset => return None,
            Color::Red => 1,
            Color::Green => 2,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::LightRed => 9,
            Color::LightMagenta => 13,
            Color::Indexed(grey @ 232..) => return Some([8 + 10 * (grey - 232); 3]),
            other => panic!("{other} is in no table"),
        };
        Some(bytes(palette.colours[nth]))
    }

    fn styles(theme: &Theme) -> [(&'static str, Style); 9] {
        let Theme { text, dim, accent, cursor, shadow, good, bad, warn, banner } = *theme;
        [
            ("text", text),
            ("dim", dim),
            ("accent", accent),
            ("cursor", cursor),
            ("shadow", shadow),
            ("good", good),
            ("bad", bad),
            ("warn", warn),
            ("banner", banner),
        ]
    }

    #[test]
    fn what_is_read_stands_out_from_every_usual_background() {
        for palette in &PALETTES {
            for (ground, behind) in [
                (Ground::Dark, palette.dark),
                (Ground::Unknown, palette.dark),
                (Ground::Light, palette.light),
            ] {
                let themes = [8, 16, 256].map(|colours| Theme::on(ground, colours));
                for (name, style) in themes.iter().flat_map(styles).chain(styles(&Theme::mono())) {
                    assert!(!style.add_modifier.contains(Modifier::DIM), "{name}: faint is no sum");
                    assert_eq!(style.bg, None, "{name}: the background is the reader's own");
                    let Some(text) = style.fg.and_then(|colour| shown(colour, palette)) else {
                        continue;
                    };
                    for ground in behind {
                        // Inverted it is the same two colours.
                        let is = contrast(text, bytes(*ground));
                        assert!(is >= 4.5, "{}: {name} on {ground:06x}: {is:.2}", palette.name);
                    }
                }
            }
        }
    }

    #[test]
    fn true_colours_stand_out_from_the_grounds_that_people_set() {
        // Of xterm, VS Code, Gruvbox, Solarized, Nord, Ubuntu, Dracula, Tokyo Night; and light ones.
        let dark = [0x000000, 0x1e1e1e, 0x282828, 0x002b36, 0x2e3440, 0x300a24, 0x282a36, 0x1a1b26];
        let light = [0xffffff, 0xf5f5f5, 0xfbf1c7, 0xfdf6e3, 0xeff1f5, 0xeeeeec];
        for (ground, behind) in [(Ground::Dark, dark.as_slice()), (Ground::Light, &light)] {
            let theme = Wish::Ask(Ground::Unknown).theme(TRUE, Some(ground));
            for (name, style) in styles(&theme) {
                assert_eq!(style.bg, None, "{name}: the background is the reader's own");
                let Some(Color::Rgb(red, green, blue)) = style.fg else { continue };
                for ground in behind {
                    let is = contrast([red, green, blue], bytes(*ground));
                    assert!(is >= 4.5, "{name} on {ground:06x}: {is:.2}");
                }
            }
        }
        let configured = Wish::On(Ground::Dark).theme(TRUE, None);
        assert_eq!(configured, Theme::on(Ground::Dark, 256), "the reader's own sixteen");
    }

    #[test]
    fn the_middle_grey_is_read_on_black_and_on_white() {
        let grey = shown(Theme::on(Ground::Unknown, 256).dim.fg.unwrap(), &PALETTES[0]).unwrap();
        assert!(contrast(grey, [0; 3]) >= 4.5 && contrast(grey, [255; 3]) >= 4.5);
    }

    #[test]
    fn mono_has_no_colours_and_too_few_have_no_greys() {
        assert!(styles(&Theme::mono()).iter().all(|(_, style)| style.fg.is_none()));
        assert_eq!(Theme::on(Ground::Dark, 8).dim.fg, None);
    }

    #[test]
    fn a_theme_is_configured_or_found_out() {
        use Ground::{Dark, Light, Unknown};
        let wish = |name, variables: &[(&str, &str)]| {
            Wish::of(name, &|asked: &str| {
                let found = variables.iter().find(|(known, _)| *known == asked);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        type Row<'a> = (ThemeName, &'a [(&'a str, &'a str)], Wish);
        let table: [Row<'_>; 10] = [
            (ThemeName::Auto, &[], Wish::Ask(Unknown)),
            (ThemeName::Auto, &[("COLORFGBG", "15;0")], Wish::Ask(Dark)),
            (ThemeName::Auto, &[("COLORFGBG", "0;default;15")], Wish::Ask(Light)),
            (ThemeName::Auto, &[("COLORFGBG", "default;default")], Wish::Ask(Unknown)),
            (ThemeName::Colour, &[("COLORFGBG", "0;15")], Wish::On(Dark)),
            (ThemeName::Light, &[], Wish::On(Light)),
            (ThemeName::Mono, &[], Wish::Mono),
            (ThemeName::Light, &[("NO_COLOR", "1")], Wish::Mono),
            (ThemeName::Light, &[("NO_COLOR", "")], Wish::On(Light)),
            (ThemeName::Auto, &[("TERM", "dumb")], Wish::Mono),
        ];
        for (name, variables, wanted) in table {
            assert_eq!(wish(name, variables), wanted, "{name:?} {variables:?}");
        }
    }
}
