//! The same photos as a telephone takes them: 4000 by 3000 pixels, as JPEG. One that was taken upright
//! is stored lying, and says so, as telephones do it.

use fast_image_resize::{
    ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};

use super::canvas::{Canvas, PALETTE};

const WIDTH: u16 = 4_000;
const HEIGHT: u16 = 3_000;

/// Every file is filled up to this many bytes, so that its size is known without drawing it.
pub const BYTES: usize = 2_400_000;

const QUALITY: u8 = 90;

/// Exif with the orientation 6: to be turned a quarter clockwise.
const UPRIGHT: [u8; 26] =
    [b'M', b'M', 0, b'*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];

/// Where a pixel of an upright canvas of this size is on the large photo, seen upright.
pub fn place((wide, high): (u16, u16), [x, y]: [i32; 2]) -> [i32; 2] {
    let scale = i32::from(WIDTH) / i32::from(high);
    [(x - i32::from(cut(wide, high))) * scale, y * scale]
}

/// How much is missing on the left of an upright canvas, which is not as narrow as a photo.
fn cut(wide: u16, high: u16) -> u16 {
    wide.saturating_sub(high / 4 * 3) / 2
}

/// A canvas that is higher than wide was taken upright; another lies on a dark table.
pub fn jpeg(canvas: &Canvas, palette: [[u8; 3]; PALETTE], table: [u8; 3]) -> Vec<u8> {
    let (wide, high) = canvas.size();
    let is_upright = high > wide;
    let (columns, rows) = if is_upright { (high, high / 4 * 3) } else { (wide, wide / 4 * 3) };
    let mut rgb = Vec::with_capacity(usize::from(columns) * usize::from(rows) * 3);
    for row in 0..rows {
        for column in 0..columns {
            let at = match is_upright {
                true => Some((cut(wide, high) + rows - 1 - row, column)),
                false => row.checked_sub((rows - high) / 2).map(|row| (column, row)),
            };
            let ink = at.and_then(|(x, y)| canvas.ink(x, y));
            rgb.extend(ink.map_or(table, |ink| palette[usize::from(ink)]));
        }
    }
    let small = TypedImageRef::<U8x3>::from_buffer(columns.into(), rows.into(), &rgb);
    let small = small.expect("as many pixels as columns and rows");
    let mut large = vec![0; usize::from(WIDTH) * usize::from(HEIGHT) * 3];
    let mut view = TypedImage::<U8x3>::from_buffer(WIDTH.into(), HEIGHT.into(), &mut large)
        .expect("as many pixels as columns and rows");
    let scaled = Resizer::new().resize_typed(&small, &mut view, &ResizeOptions::new());
    scaled.expect("both have an inside");
    let mut file = Vec::with_capacity(BYTES);
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, QUALITY);
    if is_upright {
        encoder.add_exif_metadata(&UPRIGHT).expect("a small segment");
    }
    let encoded = encoder.encode(&large, WIDTH, HEIGHT, jpeg_encoder::ColorType::Rgb);
    encoded.expect("a picture has as many pixels as it says, and memory takes them");
    // What stands behind the end of a picture is no part of it.
    file.resize(BYTES.max(file.len()), 0);
    file
}
