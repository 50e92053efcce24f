//! Which way a JPEG's camera was held: one number of its Exif.

/// How stored pixels become an upright picture: mirrored first, then turned clockwise by quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Upright {
    pub mirrored: bool,
    pub turns: u8,
}

const ORIENTATION: u16 = 0x0112;
/// A whole number of two bytes.
const SHORT: u16 = 3;
/// Cameras write some dozens.
const MOST_ENTRIES: usize = 512;

/// Reads the orientation; as stored where there is none, or where it is not to be understood.
pub fn upright(exif: &[u8]) -> Upright {
    let held = |mirrored, turns| Upright { mirrored, turns };
    match orientation(exif) {
        Some(2) => held(true, 0),
        Some(3) => held(false, 2),
        Some(4) => held(true, 2),
        Some(5) => held(true, 3),
        Some(6) => held(false, 1),
        Some(7) => held(true, 1),
        Some(8) => held(false, 3),
        _ => Upright::default(),
    }
}

/// From the first directory of a TIFF, which Exif is.
fn orientation(exif: &[u8]) -> Option<u16> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let bytes = |at: usize, count: usize| tiff.get(at..at.checked_add(count)?);
    let short = |at: usize| {
        let pair: [u8; 2] = bytes(at, 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let long = |at: usize| {
        let four: [u8; 4] = bytes(at, 4)?.try_into().ok()?;
        Some(if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?).min(MOST_ENTRIES);
    (0..entries).find_map(|nth| {
        let entry = directory.checked_add(2 + nth * 12)?;
        let is_it = short(entry)? == ORIENTATION && short(entry + 2)? == SHORT;
        is_it.then(|| short(entry + 8)).flatten()
    })
}

#[cfg(test)]
pub mod samples {
    //! Exif for tests.

    /// A directory of one entry, the orientation.
    pub fn exif(orientation: u16, big: bool) -> Vec<u8> {
        let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut tiff = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        tiff.extend(long(8));
        tiff.extend(short(1));
        tiff.extend([short(0x0112), short(3)].concat());
        tiff.extend(long(1));
        tiff.extend([short(orientation), short(0)].concat());
        tiff.extend(long(0));
        tiff
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_eight_are_read_in_either_byte_order() {
        let table = [
            (0, false, 0),
            (1, false, 0),
            (2, true, 0),
            (3, false, 2),
            (4, true, 2),
            (5, true, 3),
            (6, false, 1),
            (7, true, 1),
            (8, false, 3),
            (9, false, 0),
        ];
        for (orientation, mirrored, turns) in table {
            for big in [true, false] {
                let exif = samples::exif(orientation, big);
                assert_eq!(upright(&exif), Upright { mirrored, turns }, "{orientation}");
                let headed = [b"Exif\0\0".to_vec(), exif].concat();
                assert_eq!(upright(&headed), Upright { mirrored, turns }, "{orientation}");
            }
        }
        assert_eq!(upright(b""), Upright::default());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..64), big: bool) {
            upright(&bytes);
            bytes.splice(0..0, if big { *b"MM\0*" } else { *b"II*\0" });
            upright(&bytes);
        }
    }
}
