//! A picture out of characters: two pixels to a cell in colour, or shades of blocks.

use super::{Picture, coarse};

/// What a terminal can do about colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Any colour.
    True,
    /// 256 colours.
    Indexed,
    /// Shades of blocks, without colours.
    Shades,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    Rgb(u8, u8, u8),
    Indexed(u8),
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Painted {
    pub glyph: char,
    pub front: Option<Colour>,
    pub back: Option<Colour>,
}

/// Rows of cells, each as wide as the picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Cells {
    pub columns: u16,
    pub rows: u16,
    pub cells: Vec<Painted>,
}

impl std::fmt::Debug for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cells({}x{})", self.columns, self.rows)
    }
}

impl Ink {
    /// A cell's pixels, across and down.
    pub fn dots(self) -> (u16, u16) {
        match self {
            Self::True | Self::Indexed => (1, 2),
            Self::Shades => (1, 1),
        }
    }

    /// How many bits of a colour's parts can make a difference, from the most.
    fn bits(self) -> &'static [u8] {
        match self {
            Self::True => &[8, 6, 5, 4, 3],
            Self::Indexed => &[8, 3, 2],
            Self::Shades => &[8],
        }
    }
}

/// Paints pixels, with as many colours as `limit` bytes allow.
pub fn paint(picture: &Picture, ink: Ink, limit: usize) -> (Cells, usize) {
    let (_, down) = ink.dots();
    let (columns, rows) = (short(picture.width), short(picture.height.div_ceil(down.into())));
    let mut painted = (Cells { columns, rows, cells: Vec::new() }, usize::MAX);
    for bits in ink.bits() {
        let pixel = |x: u32, y: u32| {
            let inside = y < picture.height;
            inside.then(|| picture.pixel(x, y).map(|byte| coarse(byte, *bits)))
        };
        let cell = |x: u16, y: u16| match ink {
            Ink::Shades => shade(picture.pixel(x.into(), y.into())),
            _ => half_block(ink, [0, 1].map(|half| pixel(x.into(), u32::from(y) * 2 + half))),
        };
        let cells = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y)));
        painted.0.cells = cells.map(|(x, y)| cell(x, y)).collect();
        painted.1 = bytes(&painted.0);
        if painted.1 <= limit {
            break;
        }
    }
    painted
}

fn short(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// The upper half is the character, the lower half its background.
fn half_block(ink: Ink, halves: [Option<[u8; 3]>; 2]) -> Painted {
    let [front, back] = halves.map(|pixel| pixel.map(|pixel| colour(ink, pixel)));
    Painted { glyph: '▀', front, back }
}

fn colour(ink: Ink, [red, green, blue]: [u8; 3]) -> Colour {
    match ink {
        Ink::Indexed => Colour::Indexed(indexed([red, green, blue])),
        Ink::True | Ink::Shades => Colour::Rgb(red, green, blue),
    }
}

fn shade([red, green, blue]: [u8; 3]) -> Painted {
    const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
    let light = u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114;
    let nth = (light * 5 / 255_001) as usize;
    Painted { glyph: SHADES[nth.min(4)], front: None, back: None }
}

/// The nearest of the terminal's 6×6×6 cube and its 24 greys.
fn indexed(pixel: [u8; 3]) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |byte: u8| (0_u8..6).min_by_key(|nth| LEVELS[usize::from(*nth)].abs_diff(byte));
    let steps = pixel.map(|byte| level(byte).unwrap_or(0));
    let cube = steps.map(|step| LEVELS[usize::from(step)]);
    let mean = pixel.iter().map(|byte| u32::from(*byte)).sum::<u32>() / 3;
    let nth = u8::try_from((mean.saturating_sub(3) / 10).min(23)).unwrap_or(23);
    let grey = [8 + nth * 10; 3];
    let far = |from: [u8; 3]| {
        let parts = from.iter().zip(pixel).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2));
        parts.sum::<u32>()
    };
    match far(grey) < far(cube) {
        true => 232 + nth,
        false => 16 + 36 * steps[0] + 6 * steps[1] + steps[2],
    }
}

/// How many bytes the terminal is sent for them: a colour where it changes, and the character.
fn bytes(cells: &Cells) -> usize {
    let digits = |n: u8| match n {
        0..10 => 1,
        10..100 => 2,
        100.. => 3,
    };
    let of = |colour: Option<Colour>| match colour {
        None => 3,
        Some(Colour::Indexed(n)) => 6 + digits(n),
        Some(Colour::Rgb(r, g, b)) => 8 + digits(r) + digits(g) + digits(b),
    };
    let mut sum = 0;
    for row in cells.cells.chunks(usize::from(cells.columns.max(1))) {
        // To the row's first cell.
        sum += 9;
        let mut before = None;
        for cell in row {
            sum += cell.glyph.len_utf8();
            if before != Some((cell.front, cell.back)) {
                sum += 3 + of(cell.front) + of(cell.back);
            }
            before = Some((cell.front, cell.back));
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::photo::samples::{grid, noise};

    #[test]
    fn two_pixels_make_a_cell() {
        let picture = Picture::new(1, 3, [[1, 2, 3], [4, 5, 6], [7, 8, 9]].concat()).unwrap();
        let (cells, _) = paint(&picture, Ink::True, usize::MAX);
        let rgb = |r, g, b| Some(Colour::Rgb(r, g, b));
        let cell = |front, back| Painted { glyph: '▀', front, back };
        assert_eq!((cells.columns, cells.rows), (1, 2));
        assert_eq!(cells.cells, [cell(rgb(1, 2, 3), rgb(4, 5, 6)), cell(rgb(7, 8, 9), None)]);
    }

    #[test]
    fn colours_are_the_nearest_of_256() {
        let table = [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([255, 0, 0], 196),
            ([95, 135, 175], 67),
            ([8, 8, 8], 232),
            ([128, 128, 128], 244),
            ([238, 238, 238], 255),
        ];
        for (pixel, wanted) in table {
            assert_eq!(indexed(pixel), wanted, "{pixel:?}");
        }
    }

    #[test]
    fn shades_go_from_dark_to_light() {
        let glyphs = [0, 60, 120, 170, 255].map(|grey| shade([grey; 3]).glyph);
        assert_eq!(glyphs, [' ', '░', '▒', '▓', '█']);
        let (cells, bytes) = paint(&grid(10, 5), Ink::Shades, 0);
        assert_eq!((cells.columns, cells.rows), (10, 5));
        assert!(bytes < 500);
    }

    #[test]
    fn colours_are_given_up_for_bytes() {
        let picture = noise(80, 80);
        let (_, all) = paint(&picture, Ink::True, usize::MAX);
        let (_, fewer) = paint(&picture, Ink::True, all - 1);
        assert!(fewer < all);
        let (few, least) = paint(&picture, Ink::True, 0);
        assert!(least < all && few.cells.len() == 80 * 40);
        let (_, indexed) = paint(&picture, Ink::Indexed, usize::MAX);
        assert!(indexed < all * 3 / 4, "{indexed} of {all}");
    }
}
