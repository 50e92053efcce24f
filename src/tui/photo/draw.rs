//! One look at a picture, made ready for the terminal: characters, or what a graphics protocol takes.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use super::{Area, Cells, Ink, Look, Picture, cells, iterm2, kitty, scale, sixel};

/// How pictures get to this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    pub protocol: Protocol,
    /// For what is drawn out of characters.
    pub ink: Ink,
    /// A cell's width and height in pixels.
    pub cell: (u16, u16),
    /// The most bytes that one picture may cost.
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Characters: works everywhere.
    HalfBlocks,
    Kitty,
    Iterm2,
    Sixel,
}

impl Protocol {
    pub fn words(self) -> &'static str {
        match self {
            Self::HalfBlocks => "half blocks",
            Self::Kitty => "kitty graphics",
            Self::Iterm2 => "iTerm2 graphics",
            Self::Sixel => "sixel graphics",
        }
    }
}

/// A picture as it will be on the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// How many cells it covers.
    pub columns: u16,
    pub rows: u16,
    pub paint: Paint,
    /// What it costs to send.
    pub bytes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paint {
    Cells(Cells),
    Graphic(Arc<Graphic>),
}

/// What a protocol sends. It shows a person: emptied when dropped, and never printed.
#[derive(PartialEq, Eq)]
pub struct Graphic {
    pub protocol: Protocol,
    pub columns: u16,
    pub rows: u16,
    data: Zeroizing<String>,
}

impl fmt::Debug for Graphic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graphic({:?} {}x{})", self.protocol, self.columns, self.rows)
    }
}

impl Graphic {
    /// Puts it where the cursor is, under a number by which it can be taken away.
    pub fn put(&self, number: u32) -> Vec<u8> {
        match self.protocol {
            Protocol::Kitty => kitty::put(number, &self.data, self.columns, self.rows),
            Protocol::Iterm2 => iterm2::put(&self.data, self.columns, self.rows),
            Protocol::Sixel | Protocol::HalfBlocks => self.data.as_bytes().to_vec(),
        }
    }

    /// What takes it away; none: writing over it does.
    pub fn take_away(&self, number: u32) -> Option<Vec<u8>> {
        (self.protocol == Protocol::Kitty).then(|| kitty::take_away(number))
    }
}

/// Cuts, turns, scales and encodes. `columns` and `rows`: how many cells there is room for.
pub fn draw(picture: &Picture, look: &Look, (columns, rows): (u16, u16), means: &Means) -> Drawing {
    let (columns, rows) = (columns.max(1), rows.max(1));
    match means.protocol {
        Protocol::HalfBlocks => characters(picture, look, (columns, rows), means),
        protocol => graphic(picture, look, (columns, rows), means, protocol),
    }
}

fn characters(picture: &Picture, look: &Look, room: (u16, u16), means: &Means) -> Drawing {
    // A cell is about twice as high as it is wide.
    let area = Area { columns: room.0, rows: room.1, cell: (1, 2) };
    let (window, (across, down)) = look.window((picture.width, picture.height), area);
    let down = down.div_ceil(2 / u32::from(means.ink.dots().1.max(1)));
    let seen = scale::cut(picture, &window, look.turns(), (across, down));
    let (cells, bytes) = cells::paint(&seen, means.ink, means.limit);
    Drawing { columns: cells.columns, rows: cells.rows, paint: Paint::Cells(cells), bytes }
}

fn graphic(
    picture: &Picture,
    look: &Look,
    room: (u16, u16),
    means: &Means,
    protocol: Protocol,
) -> Drawing {
    let area = Area { columns: room.0, rows: room.1, cell: means.cell };
    let (window, (across, down)) = look.window((picture.width, picture.height), area);
    let (mut columns, mut rows) = covered((across, down), area);
    let (data, (width, height)) = match protocol {
        // Sixels come in bands of six: a last one that is not whole may reach beyond the room.
        Protocol::Sixel => {
            let down = (down / 6 * 6).max(6.min(down));
            let seen = scale::cut(picture, &window, look.turns(), (across, down));
            sixel::encode(&seen, means.limit)
        }
        // The terminal stretches it: more pixels than there are say no more.
        _ => {
            let size = no_larger((across, down), (window.width, window.height));
            let seen = scale::cut(picture, &window, look.turns(), size);
            match protocol {
                Protocol::Iterm2 => iterm2::encode(&seen, means.limit),
                _ => kitty::encode(&seen, means.limit),
            }
        }
    };
    if protocol == Protocol::Sixel {
        (columns, rows) = covered((width, height), area);
    }
    let graphic = Graphic { protocol, columns, rows, data: data.into() };
    let bytes = graphic.put(u32::MAX).len();
    Drawing { columns, rows, paint: Paint::Graphic(Arc::new(graphic)), bytes }
}

/// How many cells so many pixels cover.
fn covered((across, down): (u32, u32), area: Area) -> (u16, u16) {
    let cells = |pixels: u32, cell: u16, most: u16| {
        u16::try_from(pixels.div_ceil(u32::from(cell.max(1)))).unwrap_or(most).clamp(1, most)
    };
    (cells(across, area.cell.0, area.columns), cells(down, area.cell.1, area.rows))
}

fn no_larger((across, down): (u32, u32), (width, height): (f64, f64)) -> (u32, u32) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small, not negative"
    )]
    let most = |wanted: u32, there: f64| wanted.min((there.ceil() as u32).max(1));
    (most(across, width), most(down, height))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::photo::samples::{grid, noise};

    fn means(protocol: Protocol, limit: usize) -> Means {
        Means { protocol, ink: Ink::True, cell: (10, 20), limit }
    }

    #[test]
    fn every_way_stays_within_its_room_and_its_bytes() {
        let photo = noise(640, 480);
        use Protocol::{HalfBlocks, Iterm2, Kitty, Sixel};
        for protocol in [HalfBlocks, Kitty, Iterm2, Sixel] {
            for limit in [16 * 1024, 64 * 1024] {
                let look = Look::default().nearer().turned();
                let drawing = draw(&photo, &look, (30, 12), &means(protocol, limit));
                let said = format!("{protocol:?} {} of {limit}", drawing.bytes);
                assert!(drawing.bytes <= limit && drawing.bytes > 1_000, "{said}");
                assert!(drawing.columns <= 30 && drawing.rows <= 12, "{said}");
                match drawing.paint {
                    Paint::Graphic(graphic) => assert!(graphic.put(1).len() <= drawing.bytes),
                    Paint::Cells(cells) => assert_eq!(protocol, HalfBlocks, "{cells:?}"),
                }
            }
        }
    }

    #[test]
    fn a_photo_keeps_its_shape() {
        let wide = grid(400, 100);
        let size = |protocol, ink| {
            let means = Means { ink, ..means(protocol, usize::MAX) };
            let drawing = draw(&wide, &Look::default(), (40, 40), &means);
            (drawing.columns, drawing.rows)
        };
        assert_eq!(size(Protocol::HalfBlocks, Ink::True), (40, 5));
        assert_eq!(size(Protocol::HalfBlocks, Ink::Shades), (40, 5));
        assert_eq!(size(Protocol::Kitty, Ink::True), (40, 5));
        assert_eq!(size(Protocol::Sixel, Ink::True), (40, 5));
        let turned =
            draw(&wide, &Look::default().turned(), (40, 40), &means(Protocol::Kitty, 99_999));
        assert_eq!((turned.columns, turned.rows), (20, 40));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_room_and_no_cell_make_it_panic(
            room in (0_u16..9, 0_u16..9), cell in (0_u16..12, 0_u16..25), nth in 0_usize..4,
            zoom in 0_u8..9, turns in 0_u8..4, width in 1_u32..30, height in 1_u32..30,
        ) {
            use Protocol::{HalfBlocks, Iterm2, Kitty, Sixel};
            let protocol = [HalfBlocks, Kitty, Iterm2, Sixel][nth];
            let mut look = Look::default();
            (0..zoom).for_each(|_| look = look.nearer());
            (0..turns).for_each(|_| look = look.turned());
            for ink in [Ink::True, Ink::Shades] {
                let means = Means { protocol, ink, cell, limit: 4_096 };
                let drawing = draw(&grid(width, height), &look, room, &means);
                prop_assert!(drawing.columns <= room.0.max(1) && drawing.rows <= room.1.max(1));
            }
        }
    }
}
