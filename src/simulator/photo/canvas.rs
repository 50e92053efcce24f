//! A small canvas: rectangles, ellipses and letters in a handful of colours, written as PNG.

use font8x8::{BASIC_FONTS, GREEK_FONTS, HIRAGANA_FONTS, LATIN_FONTS, UnicodeFonts};

/// A place in the palette.
pub type Ink = u8;
pub const PALETTE: usize = 8;

/// Pixels of one byte each, a place in the palette.
pub struct Canvas {
    width: u16,
    height: u16,
    pixels: Vec<Ink>,
}

impl Canvas {
    pub fn new(width: u16, height: u16, ground: Ink) -> Self {
        let pixels = vec![ground; usize::from(width) * usize::from(height)];
        Self { width, height, pixels }
    }

    /// In pixels.
    pub fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// What a pixel is drawn with, if it is on the canvas.
    pub fn ink(&self, x: u16, y: u16) -> Option<Ink> {
        let at = usize::from(y) * usize::from(self.width) + usize::from(x);
        (x < self.width).then(|| self.pixels.get(at).copied()).flatten()
    }

    fn set(&mut self, x: i32, y: i32, ink: Ink) {
        let inside =
            (0..i32::from(self.width)).contains(&x) && (0..i32::from(self.height)).contains(&y);
        if inside && let Ok(at) = usize::try_from(y * i32::from(self.width) + x) {
            self.pixels[at] = ink;
        }
    }

    pub fn rectangle(&mut self, [left, top]: [i32; 2], [right, bottom]: [i32; 2], ink: Ink) {
        for y in top..bottom {
            (left..right).for_each(|x| self.set(x, y, ink));
        }
    }

    /// The ellipse that fills a rectangle.
    pub fn ellipse(&mut self, [left, top]: [i32; 2], [right, bottom]: [i32; 2], ink: Ink) {
        // In doubled coordinates the middle is a whole number.
        let (middle_x, middle_y) = (left + right, top + bottom);
        let (wide, high) = (i64::from(right - left), i64::from(bottom - top));
        for y in top..bottom {
            for x in left..right {
                let (dx, dy) = (i64::from(2 * x + 1 - middle_x), i64::from(2 * y + 1 - middle_y));
                if dx * dx * high * high + dy * dy * wide * wide <= wide * wide * high * high {
                    self.set(x, y, ink);
                }
            }
        }
    }

    /// A line of letters, each 8 by 8 times the size; what the font does not know is a block.
    pub fn text(&mut self, [left, top]: [i32; 2], size: i32, text: &str, ink: Ink) {
        for (nth, letter) in (0_i32..).zip(text.chars()) {
            let rows = glyph(letter);
            for (y, row) in (0_i32..).zip(rows) {
                for x in (0_i32..8).filter(|x| row >> x & 1 == 1) {
                    let corner = [left + (nth * 8 + x) * size, top + y * size];
                    self.rectangle(corner, [corner[0] + size, corner[1] + size], ink);
                }
            }
        }
    }

    /// Not compressed, so that every picture of a size is a file of a size.
    pub fn png(&self, palette: [[u8; 3]; PALETTE]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width.into(), self.height.into());
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette.concat());
        encoder.set_compression(png::Compression::NoCompression);
        encoder.set_filter(png::Filter::NoFilter);
        let written =
            encoder.write_header().and_then(|mut file| file.write_image_data(&self.pixels));
        written.expect("a picture has as many pixels as it says, and memory takes them");
        file
    }
}

fn glyph(letter: char) -> [u8; 8] {
    const BLOCK: [u8; 8] = [0, 0x7e, 0x7e, 0x7e, 0x7e, 0x7e, 0x7e, 0];
    let known = BASIC_FONTS.get(letter).or_else(|| LATIN_FONTS.get(letter));
    let known = known.or_else(|| GREEK_FONTS.get(letter)).or_else(|| HIRAGANA_FONTS.get(letter));
    known.unwrap_or(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_stay_on_the_canvas() {
        let mut canvas = Canvas::new(10, 10, 0);
        canvas.rectangle([-5, -5], [3, 30], 1);
        canvas.ellipse([2, 2], [40, 9], 2);
        canvas.text([-4, 6], 1, "Ω見A\u{1b}", 3);
        assert_eq!(canvas.pixels.len(), 100);
        assert!((1..=3).all(|ink| canvas.pixels.contains(&ink)));
    }

    #[test]
    fn a_picture_is_read_as_it_was_drawn() {
        let mut canvas = Canvas::new(16, 8, 4);
        canvas.rectangle([0, 0], [2, 1], 1);
        let file = canvas.png([[9; 3]; PALETTE]);
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[..4], [1, 1, 4, 4]);
    }
}
