//! Pictures as iTerm2, WezTerm and others take them: a JPEG within one sequence, stretched over cells.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Picture, budget};

/// Of the JPEG, where there are too many bytes.
const QUALITIES: [u8; 3] = [88, 75, 60];

/// A JPEG in base64, of at most `limit` bytes with what goes around it.
pub fn encode(picture: &Picture, limit: usize) -> (String, (u32, u32)) {
    let limit = limit.saturating_sub(120) / 4 * 3;
    let (jpeg, size) = budget::within(picture, limit, 2, |picture, coarse| {
        jpeg(picture, QUALITIES[usize::from(coarse)])
    });
    (STANDARD.encode(jpeg), size)
}

fn jpeg(picture: &Picture, quality: u8) -> Vec<u8> {
    let side = |n: u32| u16::try_from(n).expect("no screen has so many dots");
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, quality);
    let (width, height) = (side(picture.width), side(picture.height));
    let written = encoder.encode(&picture.rgb, width, height, jpeg_encoder::ColorType::Rgb);
    written.expect("a picture has as many pixels as it says, and memory takes them");
    file
}

/// Puts a picture where the cursor is, on so many cells.
pub fn put(base64: &str, columns: u16, rows: u16) -> Vec<u8> {
    let size = base64.len() / 4 * 3;
    let head = format!(
        "inline=1;size={size};width={columns};height={rows};preserveAspectRatio=0;doNotMoveCursor=1"
    );
    format!("\x1b]1337;File={head}:{base64}\x07").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::photo::{Content, decode, samples::noise};

    #[test]
    fn a_picture_is_sent_within_its_bytes_and_read_again() {
        for limit in [400 * 1024, 64 * 1024, 16 * 1024] {
            let (base64, size) = encode(&noise(400, 300), limit);
            let sent = put(&base64, 40, 20);
            assert!(sent.len() <= limit, "{} of {limit}", sent.len());
            let text = String::from_utf8(sent).unwrap();
            let (head, rest) = text.split_once(':').unwrap();
            assert!(head.starts_with("\x1b]1337;File=inline=1;size="));
            assert!(head.contains(";width=40;height=20;preserveAspectRatio=0;"));
            let jpeg = STANDARD.decode(rest.strip_suffix('\x07').unwrap()).unwrap();
            let Ok(Content::Picture(picture, original)) = decode(&jpeg) else { panic!() };
            assert_eq!((picture.width(), picture.height()), size);
            assert_eq!(original.format, "JPEG");
        }
    }
}
