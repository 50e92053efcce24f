//! How a photo is looked at: turned, how near, and where. From that and the room on the screen
//! follow the window on its pixels and the cells that it fills.

/// Per cent of what fits.
pub const ZOOMS: [u16; 9] = [100, 150, 200, 300, 400, 600, 800, 1_200, 1_600];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Quarters, clockwise.
    turns: u8,
    /// A place in [`ZOOMS`].
    zoom: usize,
    /// What is in the middle: a share of the turned picture's width and height.
    centre: (f64, f64),
}

impl Default for Look {
    fn default() -> Self {
        Self { turns: 0, zoom: 0, centre: (0.5, 0.5) }
    }
}

/// Room for a picture: columns and rows, and a cell's width and height in dots. What counts of a
/// dot is that it is square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub columns: u16,
    pub rows: u16,
    pub cell: (u16, u16),
}

impl Area {
    /// In dots.
    fn size(&self) -> (f64, f64) {
        let dots = |cells: u16, dots: u16| f64::from(cells.max(1)) * f64::from(dots.max(1));
        (dots(self.columns, self.cell.0), dots(self.rows, self.cell.1))
    }
}

/// A part of a turned picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Look {
    pub fn turns(&self) -> u8 {
        self.turns
    }

    /// Per cent.
    pub fn zoom(&self) -> u16 {
        ZOOMS[self.zoom]
    }

    #[must_use]
    pub fn nearer(self) -> Self {
        Self { zoom: (self.zoom + 1).min(ZOOMS.len() - 1), ..self }
    }

    #[must_use]
    pub fn farther(self) -> Self {
        Self { zoom: self.zoom.saturating_sub(1), ..self }
    }

    /// All of it, in the middle; it stays turned.
    #[must_use]
    pub fn fitted(self) -> Self {
        Self { turns: self.turns, ..Self::default() }
    }

    /// A quarter further; what was in the middle stays there.
    #[must_use]
    pub fn turned(self) -> Self {
        let (x, y) = self.centre;
        Self { turns: (self.turns + 1) % 4, centre: (1.0 - y, x), ..self }
    }

    /// Moved by so many quarters of what is seen, as far as there is more.
    #[must_use]
    pub fn moved(self, picture: (u32, u32), area: Area, (right, down): (i8, i8)) -> Self {
        let (width, height) = self.turned_size(picture);
        let (window, _) = self.window(picture, area);
        let step = |at: f64, long: f64, steps: i8, all: f64| {
            let middle = at + long / 2.0 + long / 4.0 * f64::from(steps);
            middle.clamp(long / 2.0, all - long / 2.0) / all
        };
        let x = step(window.left, window.width, right, width);
        let y = step(window.top, window.height, down, height);
        Self { centre: (x, y), ..self }
    }

    /// What is seen of a picture of this size, and how many dots it takes; at least one, at most
    /// what there is room for.
    pub fn window(&self, picture: (u32, u32), area: Area) -> (Window, (u32, u32)) {
        let (width, height) = self.turned_size(picture);
        let (across, down) = area.size();
        let dots = (across / width).min(down / height) * f64::from(self.zoom()) / 100.0;
        let (seen_width, seen_height) = ((across / dots).min(width), (down / dots).min(height));
        let start = |middle: f64, long: f64, all: f64| {
            (middle * all - long / 2.0).clamp(0.0, (all - long).max(0.0))
        };
        let window = Window {
            left: start(self.centre.0, seen_width, width),
            top: start(self.centre.1, seen_height, height),
            width: seen_width,
            height: seen_height,
        };
        let whole = |dots: f64, most: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let dots = dots.round().clamp(1.0, most) as u32;
            dots
        };
        (window, (whole(seen_width * dots, across), whole(seen_height * dots, down)))
    }

    fn turned_size(&self, (width, height): (u32, u32)) -> (f64, f64) {
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        if self.turns % 2 == 1 { (height, width) } else { (width, height) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AREA: Area = Area { columns: 80, rows: 20, cell: (1, 2) };

    fn seen(look: Look, picture: (u32, u32)) -> ([i64; 4], (u32, u32)) {
        let (window, size) = look.window(picture, AREA);
        #[expect(clippy::cast_possible_truncation, reason = "small")]
        let whole = |n: f64| n.round() as i64;
        let Window { left, top, width, height } = window;
        ([left, top, width, height].map(whole), size)
    }

    #[test]
    fn a_picture_fits_and_is_looked_at_nearer() {
        let look = Look::default();
        // Twice as wide as high, as the room is: all of it, in all of the room.
        assert_eq!(seen(look, (4_000, 2_000)), ([0, 0, 4_000, 2_000], (80, 40)));
        // A square leaves room at the sides, and takes some of it when it comes nearer.
        assert_eq!(seen(look, (1_000, 1_000)), ([0, 0, 1_000, 1_000], (40, 40)));
        assert_eq!(seen(look.nearer(), (1_000, 1_000)), ([0, 167, 1_000, 667], (60, 40)));
        assert_eq!(seen(look.nearer().nearer(), (1_000, 1_000)), ([0, 250, 1_000, 500], (80, 40)));
        let near = look.nearer().nearer().nearer().nearer();
        assert_eq!(near.zoom(), 400);
        assert_eq!(seen(near, (1_000, 1_000)), ([250, 375, 500, 250], (80, 40)));
        assert_eq!(near.fitted(), look);
        assert_eq!(look.farther(), look);
    }

    #[test]
    fn moving_ends_at_the_edge_and_comes_back_at_once() {
        let picture = (1_000, 1_000);
        let near = Look::default().nearer().nearer().nearer().nearer();
        let step = |look: Look, by| look.moved(picture, AREA, by);
        assert_eq!(seen(step(near, (1, 0)), picture).0, [375, 375, 500, 250]);
        let mut far = near;
        for _ in 0..50 {
            far = step(far, (1, 1));
        }
        assert_eq!(seen(far, picture).0, [500, 750, 500, 250]);
        assert_eq!(seen(step(far, (-1, -1)), picture).0, [375, 688, 500, 250]);
        let all = Look::default();
        assert_eq!(step(all, (1, 1)), all, "there is nothing beyond");
    }

    #[test]
    fn what_was_in_the_middle_stays_there_when_it_turns() {
        let near = Look { zoom: 4, centre: (0.25, 0.4), turns: 0 };
        let turned = near.turned();
        assert_eq!((turned.centre, turned.turns()), ((0.6, 0.25), 1));
        let around = turned.turned().turned().turned();
        assert!((around.centre.0 - 0.25).abs() < 1e-9 && around.turns() == 0);
        assert_eq!(seen(Look::default().turned(), (1_000, 2_000)).1, (80, 40));
    }

    proptest! {
        #[test]
        fn a_window_is_always_within(
            turns in 0_u8..4, zoom in 0_usize..ZOOMS.len(), x in 0.0..1.0, y in 0.0..1.0,
            width in 0_u32..70_000, height in 0_u32..70_000,
            columns: u16, rows: u16, cell: (u16, u16), by: (i8, i8),
        ) {
            let area = Area { columns, rows, cell };
            let look = Look { turns, zoom, centre: (x, y) };
            let look = look.moved((width, height), area, by);
            let (window, size) = look.window((width, height), area);
            let (all_x, all_y) = look.turned_size((width, height));
            prop_assert!(window.left >= 0.0 && window.left + window.width <= all_x * 1.000_001);
            prop_assert!(window.top >= 0.0 && window.top + window.height <= all_y * 1.000_001);
            prop_assert!(f64::from(size.0) <= area.size().0 && f64::from(size.1) <= area.size().1);
            prop_assert!(size.0 >= 1 && size.1 >= 1);
        }
    }
}
