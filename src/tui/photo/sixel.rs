//! Pictures as sixels: dot for dot, so they are as large as they are sent.

use icy_sixel::{BackgroundMode, EncodeOptions, SixelImage};

use super::{Picture, budget};

/// Colours, where there are too many bytes.
const COLOURS: [u16; 3] = [256, 64, 24];

/// A whole sequence of at most `limit` bytes, and the picture's size in it.
pub fn encode(picture: &Picture, limit: usize) -> (String, (u32, u32)) {
    let (sixels, size) = budget::within(picture, limit, 2, |picture, coarse| {
        sixels(picture, COLOURS[usize::from(coarse)])
    });
    (String::from_utf8(sixels).expect("sixels are ASCII"), size)
}

fn sixels(picture: &Picture, max_colors: u16) -> Vec<u8> {
    let pixels = picture.rgb.chunks_exact(3);
    let rgba = pixels.flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
    let (width, height) = (picture.width as usize, picture.height as usize);
    let image = SixelImage::from_rgba(rgba, width, height)
        .with_background_mode(BackgroundMode::Transparent);
    let options = EncodeOptions { max_colors, ..EncodeOptions::default() };
    let encoded = image.encode_with(&options);
    encoded.expect("a picture has as many pixels as it says").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::photo::samples::{grid, noise};

    #[test]
    fn a_picture_is_sent_within_its_bytes_and_read_again() {
        for (picture, limit) in
            [(grid(120, 60), 200_000), (noise(200, 120), 64 * 1024), (noise(200, 120), 16 * 1024)]
        {
            let (sixels, (width, height)) = encode(&picture, limit);
            assert!(sixels.len() <= limit, "{} of {limit}", sixels.len());
            assert!(sixels.starts_with("\x1bP") && sixels.ends_with("\x1b\\"));
            let read = SixelImage::decode(sixels.as_bytes()).unwrap();
            let size = (read.width, read.height);
            assert!(size.0 == width as usize && size.1.abs_diff(height as usize) < 6, "{size:?}");
        }
    }
}
