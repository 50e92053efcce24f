//! Keeping a picture within a number of bytes: coarser first, then smaller.

use super::{Picture, Window, scale};

/// Smaller than this nothing is to be seen.
const SMALLEST: u32 = 8;

/// The first of these that takes at most `limit` bytes: the picture with all its colours, with
/// fewer, and then with fewer pixels. `encode` is given how coarse it may be, from 0.
pub fn within(
    picture: &Picture,
    limit: usize,
    coarsest: u8,
    encode: impl Fn(&Picture, u8) -> Vec<u8>,
) -> (Vec<u8>, (u32, u32)) {
    let mut size = (picture.width, picture.height);
    let mut bytes = Vec::new();
    for coarse in 0..=coarsest {
        bytes = encode(picture, coarse);
        if bytes.len() <= limit {
            return (bytes, size);
        }
    }
    while bytes.len() > limit && size.0.max(size.1) > SMALLEST {
        let share = (limit.max(1) as f64 / bytes.len() as f64).sqrt() * 0.97;
        size = (part(size.0, share), part(size.1, share));
        bytes = encode(&smaller(picture, size), coarsest);
    }
    (bytes, size)
}

fn part(side: u32, share: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shorter than side"
    )]
    let shorter = (f64::from(side) * share.clamp(0.05, 0.97)) as u32;
    shorter.max(1)
}

fn smaller(picture: &Picture, size: (u32, u32)) -> Picture {
    let (width, height) = (f64::from(picture.width), f64::from(picture.height));
    scale::cut(picture, &Window { left: 0.0, top: 0.0, width, height }, 0, size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::photo::samples::noise;

    #[test]
    fn it_gets_coarser_and_then_smaller_until_it_fits() {
        let picture = noise(100, 50);
        // So many bytes a pixel as it has bits.
        let encode = |picture: &Picture, coarse: u8| {
            vec![0; (picture.width * picture.height) as usize * usize::from(8 - coarse)]
        };
        let table = [(40_000, 40_000), (35_000, 35_000), (30_000, 30_000)];
        for (limit, wanted) in table {
            assert_eq!(within(&picture, limit, 2, encode).0.len(), wanted);
        }
        let (bytes, (width, height)) = within(&picture, 3_000, 2, encode);
        assert!((1_000..=3_000).contains(&bytes.len()), "{}", bytes.len());
        assert!(width < 40 && width.abs_diff(height * 2) <= 2, "{width}x{height}");
        assert!(within(&picture, 0, 2, encode).1.0 <= SMALLEST, "it comes to an end");
    }
}
