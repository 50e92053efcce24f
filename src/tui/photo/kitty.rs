//! Pictures as kitty's graphics protocol takes them: a PNG in pieces, placed on cells, and taken
//! away by its number.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Picture, budget};

/// The protocol's longest piece.
const PIECE: usize = 4_096;

/// Parts of a colour have fewer bits where there are too many bytes.
const BITS: [u8; 3] = [8, 6, 5];

/// A PNG in base64, of at most `limit` bytes with all that goes around it.
pub fn encode(picture: &Picture, limit: usize) -> (String, (u32, u32)) {
    let (png, size) = budget::within(picture, raw_limit(limit), 2, |picture, coarse| {
        match BITS[usize::from(coarse)] {
            8 => png(picture),
            bits => png(&picture.coarser(bits)),
        }
    });
    (STANDARD.encode(png), size)
}

/// How many bytes before base64 and the pieces' own make that many.
fn raw_limit(limit: usize) -> usize {
    limit.saturating_sub(200) / 4 * 3 / 101 * 100
}

fn png(picture: &Picture) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let written = encoder.write_header().and_then(|mut file| file.write_image_data(&picture.rgb));
    written.expect("a picture has as many pixels as it says, and memory takes them");
    file
}

/// Puts a picture where the cursor is, on so many cells, and leaves the cursor there. The terminal
/// says nothing about it.
pub fn put(number: u32, base64: &str, columns: u16, rows: u16) -> Vec<u8> {
    let mut out = Vec::with_capacity(base64.len() + base64.len() / PIECE * 16 + 80);
    let mut pieces = base64.as_bytes().chunks(PIECE).peekable();
    let mut head = format!("a=T,f=100,i={number},q=2,C=1,c={columns},r={rows},");
    while let Some(piece) = pieces.next() {
        let more = u8::from(pieces.peek().is_some());
        out.extend_from_slice(format!("\x1b_G{head}m={more};").as_bytes());
        out.extend_from_slice(piece);
        out.extend_from_slice(b"\x1b\\");
        head = "q=2,".to_owned();
    }
    out
}

/// From the screen and from the terminal's memory.
pub fn take_away(number: u32) -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,i={number},q=2\x1b\\").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::photo::samples::{grid, noise};

    #[test]
    fn a_picture_is_sent_within_its_bytes_and_read_again() {
        for (picture, limit) in
            [(grid(40, 20), 200_000), (noise(300, 200), 64 * 1024), (noise(300, 200), 16 * 1024)]
        {
            let (base64, size) = encode(&picture, limit);
            let sent = put(7, &base64, 40, 20);
            assert!(sent.len() <= limit, "{} of {limit}", sent.len());
            let text = String::from_utf8(sent).unwrap();
            assert!(text.starts_with("\x1b_Ga=T,f=100,i=7,q=2,C=1,c=40,r=20,m="));
            let pieces: Vec<&str> =
                text.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
            assert!(pieces.last().unwrap().contains("m=0;"));
            let more = pieces[..pieces.len() - 1].iter().all(|piece| piece.contains("m=1;"));
            assert!(more && pieces.iter().all(|piece| piece.len() < PIECE + 80));
            let whole: String =
                pieces.iter().map(|piece| piece.split_once(';').unwrap().1).collect();
            let png = STANDARD.decode(whole).unwrap();
            let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().height), size);
        }
        assert_eq!(take_away(7), b"\x1b_Ga=d,d=I,i=7,q=2\x1b\\");
    }
}
