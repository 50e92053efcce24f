//! What a photo costs between its bytes and the terminal: the photo of a telephone, 4000 by 3000
//! pixels. None of it runs on the thread that draws. Run with `cargo bench --bench photos`.

use std::sync::Arc;

use caseload::tui::photo::{Content, Ink, Look, Means, Picture, Protocol, decode, draw};
use divan::Bencher;

fn main() {
    divan::main();
}

/// Slopes, edges and the noise of a sensor.
fn pixels(width: u32, height: u32) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(11);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let (dx, dy) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
            let is_face = (dx - 0.5).powi(2) * 6.0 + (dy - 0.5).powi(2) * 3.0 < 0.4;
            let base = if is_face { [205.0, 160.0, 130.0] } else { [90.0, 120.0, 160.0] };
            let light = (dx * 9.0).sin() * 20.0 + dy * 40.0 + rng.f64() * 12.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            rgb.extend(base.map(|byte: f64| (byte + light).clamp(0.0, 255.0) as u8));
        }
    }
    rgb
}

fn jpeg(progressive: bool) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.set_progressive(progressive);
    let rgb = pixels(4_000, 3_000);
    encoder.encode(&rgb, 4_000, 3_000, jpeg_encoder::ColorType::Rgb).expect("a JPEG");
    file
}

fn decoded(file: &[u8]) -> Arc<Picture> {
    match decode(file).expect("a JPEG") {
        Content::Picture(picture, _) => picture,
        Content::Other { what, .. } => panic!("{what}"),
    }
}

fn means(protocol: Protocol) -> Means {
    Means { protocol, ink: Ink::True, cell: (10, 20), limit: 256 * 1024 }
}

#[divan::bench(args = [false, true], sample_count = 20)]
fn decode_a_jpeg(bencher: Bencher<'_, '_>, progressive: bool) {
    let file = jpeg(progressive);
    bencher.bench(|| decode(&file).expect("a JPEG"));
}

/// From bytes to what a terminal of 120 by 40 is sent for one of two photos side by side.
#[divan::bench(args = ["half blocks", "kitty", "iterm2", "sixel"], sample_count = 20)]
fn from_bytes_to_the_terminal(bencher: Bencher<'_, '_>, way: &str) {
    let (file, means) = (jpeg(false), means(protocol(way)));
    bencher.bench(|| draw(&decoded(&file), &Look::default(), (58, 34), &means));
}

/// What a key costs that looks nearer.
#[divan::bench(args = ["half blocks", "kitty", "iterm2", "sixel"], sample_count = 20)]
fn draw_again(bencher: Bencher<'_, '_>, way: &str) {
    let (picture, means) = (decoded(&jpeg(false)), means(protocol(way)));
    let look = Look::default().nearer();
    bencher.bench(|| draw(&picture, &look, (58, 34), &means));
}

fn protocol(way: &str) -> Protocol {
    match way {
        "kitty" => Protocol::Kitty,
        "iterm2" => Protocol::Iterm2,
        "sixel" => Protocol::Sixel,
        _ => Protocol::HalfBlocks,
    }
}
