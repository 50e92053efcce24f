//! Cutting, scaling and turning pixels.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};
use zeroize::Zeroizing;

use super::{Picture, Window, exif::Upright};

/// The picture itself, or one whose longest side is as long as asked.
pub fn within(picture: Picture, longest: u32) -> Picture {
    let side = picture.width.max(picture.height);
    if side <= longest {
        return picture;
    }
    let part = |n: u32| {
        let n = u64::from(n) * u64::from(longest) / u64::from(side);
        u32::try_from(n).unwrap_or(longest).max(1)
    };
    let size = (part(picture.width), part(picture.height));
    let whole = [0.0, 0.0, f64::from(picture.width), f64::from(picture.height)];
    resized(&picture, whole, size)
}

/// What is seen through a window, in as many pixels as asked.
pub fn cut(picture: &Picture, window: &Window, turns: u8, (columns, rows): (u32, u32)) -> Picture {
    let (w, h) = (f64::from(picture.width), f64::from(picture.height));
    let Window { left, top, width, height } = *window;
    // The window is on the turned picture; the pixels are those of the upright one.
    let source = match turns % 4 {
        0 => [left, top, width, height],
        1 => [top, h - left - width, height, width],
        2 => [w - left - width, h - top - height, width, height],
        _ => [w - top - height, left, height, width],
    };
    let size = if turns % 2 == 1 { (rows, columns) } else { (columns, rows) };
    turned(resized(picture, source, size), turns)
}

/// As it is when its camera is held upright.
pub fn upright(picture: Picture, held: Upright) -> Picture {
    let picture = if held.mirrored { mirrored(picture) } else { picture };
    turned(picture, held.turns)
}

/// `source`: left, top, width and height, in pixels of the picture.
fn resized(picture: &Picture, source: [f64; 4], (width, height): (u32, u32)) -> Picture {
    let (width, height) = (width.max(1), height.max(1));
    let (w, h) = (f64::from(picture.width), f64::from(picture.height));
    // Rounding must not lead outside.
    let left = source[0].clamp(0.0, (w - 1.0).max(0.0));
    let top = source[1].clamp(0.0, (h - 1.0).max(0.0));
    let across = source[2].clamp(0.01, w - left);
    let down = source[3].clamp(0.01, h - top);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
        .crop(left, top, across, down);
    let mut rgb = Zeroizing::new(vec![0; width as usize * height as usize * 3]);
    // The kind of pixels is known here, so that no other comes into the program.
    let from = TypedImageRef::<U8x3>::from_buffer(picture.width, picture.height, &picture.rgb);
    let to = TypedImage::<U8x3>::from_buffer(width, height, &mut rgb);
    from.ok()
        .zip(to.ok())
        .and_then(|(from, mut to)| Resizer::new().resize_typed(&from, &mut to, &options).ok())
        .expect("a part of a picture, and room for it");
    Picture { width, height, rgb }
}

/// Clockwise, by quarters.
fn turned(picture: Picture, turns: u8) -> Picture {
    let (w, h) = (picture.width, picture.height);
    match turns % 4 {
        0 => picture,
        1 => remapped(&picture, (h, w), |x, y| (y, h - 1 - x)),
        2 => remapped(&picture, (w, h), |x, y| (w - 1 - x, h - 1 - y)),
        _ => remapped(&picture, (h, w), |x, y| (w - 1 - y, x)),
    }
}

fn mirrored(picture: Picture) -> Picture {
    let w = picture.width;
    remapped(&picture, (w, picture.height), |x, y| (w - 1 - x, y))
}

/// `from` tells where a pixel of the new picture is in the old one.
fn remapped(
    picture: &Picture,
    (width, height): (u32, u32),
    from: impl Fn(u32, u32) -> (u32, u32),
) -> Picture {
    let mut rgb = Vec::with_capacity(picture.rgb.len());
    for y in 0..height {
        for x in 0..width {
            let (x, y) = from(x, y);
            rgb.extend(picture.pixel(x, y));
        }
    }
    Picture { width, height, rgb: rgb.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::photo::samples::grid;

    fn corners(picture: &Picture) -> [[u8; 2]; 4] {
        let (right, bottom) = (picture.width - 1, picture.height - 1);
        [(0, 0), (right, 0), (0, bottom), (right, bottom)].map(|(x, y)| {
            let [red, green, _] = picture.pixel(x, y);
            [red, green]
        })
    }

    #[test]
    fn quarters_turn_clockwise() {
        let (a, b, c, d) = ([0, 0], [255, 0], [0, 255], [255, 255]);
        let table = [(0, [a, b, c, d]), (1, [c, a, d, b]), (2, [d, c, b, a]), (3, [b, d, a, c])];
        for (turns, wanted) in table {
            let picture = turned(grid(5, 3), turns);
            assert_eq!(corners(&picture), wanted, "{turns}");
            assert_eq!(picture.width, if turns % 2 == 1 { 3 } else { 5 });
        }
        assert_eq!(corners(&mirrored(grid(5, 3))), [b, a, d, c]);
    }

    #[test]
    fn a_window_of_a_turned_picture_is_what_turning_first_would_show() {
        let picture = grid(80, 40);
        for turns in 0..4 {
            let whole = turned(picture.clone(), turns);
            let (left, top, width, height) = (4, 8, 24, 12);
            let [l, t, w, h] = [left, top, width, height].map(f64::from);
            let window = Window { left: l, top: t, width: w, height: h };
            let seen = cut(&picture, &window, turns, (width, height));
            assert_eq!((seen.width, seen.height), (width, height));
            for (x, y) in [(0, 0), (23, 0), (0, 11), (23, 11), (12, 6)] {
                assert_eq!(seen.pixel(x, y), whole.pixel(left + x, top + y), "{turns} {x} {y}");
            }
        }
    }

    #[test]
    fn sizes_are_what_was_asked_for_and_never_nothing() {
        assert_eq!(within(grid(100, 50), 10).width, 10);
        assert_eq!(within(grid(100, 1), 10).height, 1);
        assert_eq!(within(grid(10, 5), 10), grid(10, 5));
        let outside = Window { left: 99.5, top: -3.0, width: 900.0, height: 0.0 };
        let seen = cut(&grid(100, 50), &outside, 1, (0, 7));
        assert_eq!((seen.width, seen.height), (1, 7));
    }
}
