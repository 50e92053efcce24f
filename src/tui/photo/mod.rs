//! A photo on its way from bytes to the terminal: decoded once, then cut, turned and scaled for
//! each look at it. All of it is pure and slow, so it is done away from the thread that draws.

mod budget;
mod cells;
mod decode;
mod draw;
mod exif;
mod iterm2;
mod kitty;
mod look;
mod scale;
mod sixel;

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

pub use self::{
    cells::{Cells, Colour, Ink, Painted},
    decode::{NoPicture, decode},
    draw::{Drawing, Graphic, Means, Paint, Protocol, draw},
    look::{Area, Look, Window, ZOOMS},
};

/// Pixels in memory, upright: three bytes each, red, green and blue, in rows from the top.
/// They show a person: emptied when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Zeroizing<Vec<u8>>,
}

impl Picture {
    /// None if there are not as many bytes as it takes, or no pixels at all.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let wanted = (width as usize).checked_mul(height as usize)?.checked_mul(3)?;
        (wanted > 0 && wanted == rgb.len()).then(|| Self { width, height, rgb: rgb.into() })
    }

    pub fn width(&self) -> u32 {
        self.width
    }

    pub fn height(&self) -> u32 {
        self.height
    }

    fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width as usize + x as usize) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Red, green and blue with so many bits each: fewer are smaller to send.
    fn coarser(&self, bits: u8) -> Self {
        let coarse = |byte: &u8| self::coarse(*byte, bits);
        let rgb: Vec<u8> = self.rgb.iter().map(coarse).collect();
        Self { width: self.width, height: self.height, rgb: rgb.into() }
    }
}

/// A byte of which the highest `bits` count, spread over the whole range.
fn coarse(byte: u8, bits: u8) -> u8 {
    let most = (1_u16 << bits.clamp(1, 8)) - 1;
    let step = (u16::from(byte) * most + 127) / 255;
    u8::try_from(step * 255 / most).unwrap_or(u8::MAX)
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Picture(Arc<Picture>, Original),
    /// Something that is not drawn here: `a PDF`, and its size in bytes.
    Other {
        what: &'static str,
        bytes: usize,
    },
}

/// The file as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original {
    /// `JPEG`, `PNG`
    pub format: &'static str,
    /// In pixels, upright.
    pub width: u32,
    pub height: u32,
    pub bytes: usize,
    /// It is broken, and what could be read of it is shown.
    pub damaged: bool,
}

#[cfg(test)]
mod samples {
    //! Pictures for table tests.

    use super::Picture;

    /// A picture whose pixels tell where they are: red is the column, green the row.
    pub fn grid(width: u32, height: u32) -> Picture {
        let byte = |at: u32, of: u32| u8::try_from(at * 255 / of.max(2).saturating_sub(1)).unwrap();
        let pixel = |x, y| [byte(x, width), byte(y, height), 128];
        let rgb = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        Picture::new(width, height, rgb).unwrap()
    }

    /// Something that compresses badly, as photos do.
    pub fn noise(width: u32, height: u32) -> Picture {
        let mut rng = fastrand::Rng::with_seed(7);
        let rgb = (0..width * height * 3).map(|_| rng.u8(..)).collect();
        Picture::new(width, height, rgb).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_bits_keep_black_and_white() {
        for bits in 1..=8 {
            assert_eq!((coarse(0, bits), coarse(255, bits)), (0, 255), "{bits}");
        }
        assert_eq!((coarse(100, 8), coarse(127, 1), coarse(130, 1)), (100, 0, 255));
    }

    #[test]
    fn a_picture_has_as_many_bytes_as_it_says_and_prints_none() {
        assert!(Picture::new(2, 2, vec![0; 11]).is_none());
        assert!(Picture::new(0, 2, Vec::new()).is_none());
        assert!(Picture::new(u32::MAX, u32::MAX, Vec::new()).is_none());
        let picture = Picture::new(2, 1, vec![201; 6]).unwrap();
        assert_eq!(format!("{picture:?}"), "Picture(2x1)");
    }
}
