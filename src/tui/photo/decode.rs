//! From the bytes of a file to a picture, or to a word for what else it is. The first bytes decide,
//! not the name: both come from outside.

use std::{io::Cursor, sync::Arc};

use zune_core::{colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use super::{
    Content, Original, Picture,
    exif::{self, Upright},
    scale,
};

/// More pixels than any camera of a telephone usually takes: beyond, a file is meant to fill memory.
const MOST_PIXELS: u64 = 40_000_000;

/// A picture's longest side in memory: an identity card that fills it has thirty pixels to the
/// millimetre.
const LONGEST: u32 = 2_560;

/// How often a JPEG may go over its pixels: cameras take about ten.
const MOST_SCANS: usize = 40;

/// Why a file that says it is a picture is none that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    #[error("the file is empty")]
    Empty,
    #[error("this {0} is broken and cannot be read")]
    Broken(&'static str),
    #[error("this {format} says it is {width}×{height} pixels large, more than is opened here")]
    TooLarge { format: &'static str, width: usize, height: usize },
}

/// Reads a file. Takes a tenth of a second for the photo of a telephone.
///
/// # Errors
/// If it is a JPEG or a PNG that cannot be read or is too large.
pub fn decode(bytes: &[u8]) -> Result<Content, NoPicture> {
    let (picture, original) = match kind(bytes) {
        Kind::Empty => return Err(NoPicture::Empty),
        Kind::Other(what) => return Ok(Content::Other { what, bytes: bytes.len() }),
        Kind::Jpeg => jpeg(bytes)?,
        Kind::Png => png(bytes)?,
    };
    Ok(Content::Picture(Arc::new(picture), original))
}

enum Kind {
    Empty,
    Jpeg,
    Png,
    Other(&'static str),
}

fn kind(bytes: &[u8]) -> Kind {
    let brand = bytes.get(8..12).filter(|_| bytes.get(4..8) == Some(b"ftyp"));
    match (bytes, brand) {
        ([], _) => Kind::Empty,
        ([0xff, 0xd8, 0xff, ..], _) => Kind::Jpeg,
        ([0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..], _) => Kind::Png,
        (_, Some(b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1")) => {
            Kind::Other("a HEIC photo")
        }
        (_, Some(b"avif" | b"avis")) => Kind::Other("an AVIF picture"),
        (_, Some(_)) | ([0x1a, 0x45, 0xdf, 0xa3, ..], _) => Kind::Other("a video"),
        ([b'%', b'P', b'D', b'F', b'-', ..], _) => Kind::Other("a PDF"),
        ([b'G', b'I', b'F', b'8', ..], _) => Kind::Other("a GIF"),
        ([b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..], _) => Kind::Other("a TIFF"),
        ([b'B', b'M', ..], _) => Kind::Other("a BMP"),
        ([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..], _) => {
            Kind::Other("a WebP picture")
        }
        ([b'<', ..], _) => Kind::Other("an SVG or another text"),
        _ => Kind::Other("a file of another kind"),
    }
}

fn jpeg(bytes: &[u8]) -> Result<(Picture, Original), NoPicture> {
    const FORMAT: &str = "JPEG";
    // A file that is cut off is still evidence: it is shown, and said to be damaged.
    let read = read_jpeg(bytes, true).map(|read| (read, false));
    let ((picture, held, size), damaged) = match read {
        Err(NoPicture::Broken(_)) => (read_jpeg(bytes, false)?, true),
        read => read?,
    };
    let picture = scale::upright(scale::within(picture, LONGEST), held);
    let (width, height) = if held.turns % 2 == 1 { (size.1, size.0) } else { size };
    Ok((picture, Original { format: FORMAT, width, height, bytes: bytes.len(), damaged }))
}

type Read = (Picture, Upright, (u32, u32));

fn read_jpeg(bytes: &[u8], strict: bool) -> Result<Read, NoPicture> {
    const FORMAT: &str = "JPEG";
    let broken = || NoPicture::Broken(FORMAT);
    let options = DecoderOptions::default()
        .set_strict_mode(strict)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MOST_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| broken())?;
    let info = decoder.info().ok_or_else(broken)?;
    let (width, height) = checked(FORMAT, usize::from(info.width), usize::from(info.height))?;
    let pixels = decoder.decode().map_err(|_| broken())?;
    let held = decoder.exif().map_or_else(Upright::default, |exif| exif::upright(exif));
    let picture = Picture::new(width, height, pixels).ok_or_else(broken)?;
    Ok((picture, held, (width, height)))
}

fn checked(format: &'static str, width: usize, height: usize) -> Result<(u32, u32), NoPicture> {
    let sides = u32::try_from(width).ok().zip(u32::try_from(height).ok());
    match sides {
        Some((0, _) | (_, 0)) => Err(NoPicture::Broken(format)),
        Some((w, h)) if u64::from(w) * u64::from(h) <= MOST_PIXELS => Ok((w, h)),
        _ => Err(NoPicture::TooLarge { format, width, height }),
    }
}

fn png(bytes: &[u8]) -> Result<(Picture, Original), NoPicture> {
    const FORMAT: &str = "PNG";
    let broken = |_| NoPicture::Broken(FORMAT);
    // Beside the pixels it takes a row or two, and what the file says about itself.
    let limits = png::Limits { bytes: 8 * 1024 * 1024 };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(broken)?;
    let (width, height) = (header.width, header.height);
    let (width, height) = checked(FORMAT, width as usize, height as usize)?;
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader.output_buffer_size().ok_or(NoPicture::Broken(FORMAT))?;
    let mut pixels = zeroize::Zeroizing::new(vec![0; size]);
    // What was read until a cut is there all the same.
    let damaged = match reader.next_frame(&mut pixels) {
        Ok(_) => false,
        Err(png::DecodingError::IoError(_)) => true,
        Err(_) => return Err(NoPicture::Broken(FORMAT)),
    };
    let rgb = opaque(&pixels, reader.output_color_type().0).ok_or(NoPicture::Broken(FORMAT))?;
    let picture = Picture::new(width, height, rgb).ok_or(NoPicture::Broken(FORMAT))?;
    let picture = scale::within(picture, LONGEST);
    Ok((picture, Original { format: FORMAT, width, height, bytes: bytes.len(), damaged }))
}

/// Red, green and blue, on white where it is transparent.
fn opaque(pixels: &[u8], colour: png::ColorType) -> Option<Vec<u8>> {
    let on_white = |byte: u8, alpha: u8| {
        let (byte, alpha) = (u32::from(byte), u32::from(alpha));
        u8::try_from((byte * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    Some(match colour {
        png::ColorType::Rgb => pixels.to_vec(),
        png::ColorType::Grayscale => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        png::ColorType::GrayscaleAlpha => {
            pixels.chunks_exact(2).flat_map(|pair| [on_white(pair[0], pair[1]); 3]).collect()
        }
        png::ColorType::Rgba => {
            let pixel = |four: &[u8]| [0, 1, 2].map(|nth| on_white(four[nth], four[3]));
            pixels.chunks_exact(4).flat_map(pixel).collect()
        }
        png::ColorType::Indexed => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::photo::{exif::samples::exif, samples};

    fn as_jpeg(picture: &Picture, orientation: Option<u16>) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 95);
        if let Some(orientation) = orientation {
            encoder.add_exif_metadata(&exif(orientation, true)).unwrap();
        }
        let side = |n: u32| u16::try_from(n).unwrap();
        let (width, height) = (side(picture.width), side(picture.height));
        encoder.encode(&picture.rgb, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
        file
    }

    fn as_png(width: u32, height: u32, colour: png::ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colour);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        file
    }

    fn picture(bytes: &[u8]) -> (Arc<Picture>, Original) {
        match decode(bytes).unwrap() {
            Content::Picture(picture, original) => (picture, original),
            other => panic!("{other:?}"),
        }
    }

    /// Whether a colour is about this one: JPEG loses some.
    fn about(found: [u8; 3], wanted: [u8; 3]) -> bool {
        found.iter().zip(wanted).all(|(found, wanted)| found.abs_diff(wanted) < 24)
    }

    #[test]
    fn a_photo_is_turned_as_its_camera_was_held() {
        let stored = samples::grid(64, 32);
        // Where the stored top left corner is, seen upright: column and row are first or last.
        let corners = [
            (1, false, false, false),
            (2, false, true, false),
            (3, false, true, true),
            (4, false, false, true),
            (5, true, false, false),
            (6, true, true, false),
            (7, true, true, true),
            (8, true, false, true),
        ];
        for (orientation, swapped, right, bottom) in corners {
            let (seen, original) = picture(&as_jpeg(&stored, Some(orientation)));
            let size = if swapped { (32, 64) } else { (64, 32) };
            assert_eq!((seen.width, seen.height), size, "{orientation}");
            assert_eq!((original.width, original.height), size, "{orientation}");
            let x = if right { size.0 - 1 } else { 0 };
            let y = if bottom { size.1 - 1 } else { 0 };
            assert!(about(seen.pixel(x, y), [0, 0, 128]), "{orientation}: {:?}", seen.pixel(x, y));
        }
    }

    #[test]
    fn pngs_of_all_colours_come_as_red_green_and_blue() {
        use png::ColorType::{Grayscale, GrayscaleAlpha, Rgb, Rgba};
        let table: [(_, &[u8], [u8; 3]); 5] = [
            (Rgb, &[10, 20, 30], [10, 20, 30]),
            (Grayscale, &[77], [77; 3]),
            (GrayscaleAlpha, &[77, 0], [255; 3]),
            (Rgba, &[10, 20, 30, 255], [10, 20, 30]),
            (Rgba, &[0, 0, 0, 128], [127; 3]),
        ];
        for (colour, pixel, wanted) in table {
            let (seen, original) = picture(&as_png(3, 2, colour, &pixel.repeat(6)));
            assert_eq!(seen.pixel(2, 1), wanted, "{colour:?}");
            assert_eq!((original.format, original.damaged), ("PNG", false));
        }
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let table: [(&[u8], &str); 8] = [
            (b"%PDF-1.7", "a PDF"),
            (b"\0\0\0\x18ftypheic", "a HEIC photo"),
            (b"\0\0\0\x18ftypisom", "a video"),
            (b"\x1a\x45\xdf\xa3", "a video"),
            (b"GIF89a", "a GIF"),
            (b"II*\0", "a TIFF"),
            (b"<svg", "an SVG or another text"),
            (b"hello", "a file of another kind"),
        ];
        for (bytes, wanted) in table {
            let other = Content::Other { what: wanted, bytes: bytes.len() };
            assert_eq!(decode(bytes), Ok(other), "{wanted}");
        }
        assert_eq!(decode(b""), Err(NoPicture::Empty));
    }

    #[test]
    fn a_file_that_is_cut_off_is_shown_as_far_as_it_goes() {
        let whole = as_jpeg(&samples::grid(256, 256), None);
        let (_, original) = picture(&whole[..whole.len() / 2]);
        assert!(original.damaged);
        let whole = as_png(64, 64, png::ColorType::Rgb, &samples::noise(64, 64).rgb);
        let (_, original) = picture(&whole[..whole.len() / 2]);
        assert!(original.damaged);
        assert_eq!(decode(&whole[..20]), Err(NoPicture::Broken("PNG")));
        assert_eq!(decode(&[0xff, 0xd8, 0xff, 0xd9]), Err(NoPicture::Broken("JPEG")));
    }

    #[test]
    fn what_would_fill_memory_is_not_begun() {
        let mut png = as_png(1, 1, png::ColorType::Grayscale, &[0]);
        png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        // The header's checksum is wrong now; what it says decides all the same, or it is broken.
        assert!(decode(&png).is_err());
        let mut jpeg = as_jpeg(&samples::grid(8, 8), None);
        let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        let too_large = NoPicture::TooLarge { format: "JPEG", width: 65_535, height: 65_535 };
        assert_eq!(decode(&jpeg), Err(too_large));
    }

    #[test]
    fn a_large_photo_is_kept_smaller_and_told_as_it_was() {
        let (seen, original) = picture(&as_jpeg(&samples::grid(4_000, 30), None));
        assert_eq!((seen.width, seen.height), (2_560, 19));
        assert_eq!((original.width, original.height), (4_000, 30));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            of in 0_usize..3,
            at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            cut: prop::sample::Index,
        ) {
            let _ = decode(&bytes);
            let mut file = match of {
                0 => as_jpeg(&samples::grid(40, 24), Some(6)),
                1 => as_png(20, 20, png::ColorType::Rgba, &[9; 1_600]),
                _ => as_png(20, 20, png::ColorType::Rgb, &samples::noise(20, 20).rgb),
            };
            for (at, byte) in at {
                let at = at.index(file.len());
                file[at] = byte;
            }
            let _ = decode(&file);
            let _ = decode(&file[..cut.index(file.len())]);
        }
    }
}
