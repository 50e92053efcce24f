//! Photos of documents and faces, and papers: plainly made up, drawn from what a person is.

mod canvas;
mod large;

use self::canvas::{Canvas, PALETTE};
use super::people::Person;

/// Where the face is on a photo of a person: top left and bottom right, in pixels.
const FACE: ([i32; 2], [i32; 2]) = ([80, 60], [240, 270]);

/// Of so many objects with photos one has those of a telephone.
const LARGE: u64 = 9;

const CARD: (u16, u16) = (480, 300);
const PORTRAIT: (u16, u16) = (320, 400);

/// Bytes of a file; a test holds them to what is drawn.
const CARD_BYTES: usize = 144_414;
const PORTRAIT_BYTES: usize = 128_509;
const PAPER_BYTES: usize = 764;

/// Inks, in the order of the palette.
const PAPER: u8 = 0;
const TINT: u8 = 1;
const DARK: u8 = 2;
const SKIN: u8 = 3;
const HAIR: u8 = 4;
const SHIRT: u8 = 5;
const RED: u8 = 6;
const PALE: u8 = 7;

/// What a card lies on.
const TABLE: [u8; 3] = [88, 72, 60];

const SKINS: [[u8; 3]; 5] =
    [[247, 214, 190], [225, 172, 140], [198, 134, 94], [141, 85, 54], [92, 58, 40]];
const HAIRS: [[u8; 3]; 4] = [[40, 30, 25], [110, 70, 35], [190, 150, 80], [150, 150, 155]];
const TINTS: [[u8; 3]; 4] = [[205, 225, 240], [222, 238, 214], [240, 224, 205], [228, 216, 240]];

/// Whether an object's photos are those of a telephone: large JPEGs.
fn is_large(owner: &str) -> bool {
    let sum = owner.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31) ^ u64::from(byte));
    (sum ^ sum >> 17).is_multiple_of(LARGE)
}

/// `png` or `jpg`, or `pdf` of papers.
pub fn ending(owner: &str, page: &str) -> &'static str {
    match page {
        "statement" => "pdf",
        _ if is_large(owner) => "jpg",
        _ => "png",
    }
}

/// How many bytes a file has, known without drawing it.
pub fn byte_size(owner: &str, page: &str) -> usize {
    match page {
        "statement" => PAPER_BYTES,
        _ if is_large(owner) => large::BYTES,
        "front" | "back" => CARD_BYTES,
        _ => PORTRAIT_BYTES,
    }
}

/// Where the face is on a selfie: top left and bottom right, in pixels.
pub fn face_on(owner: &str) -> ([i32; 2], [i32; 2]) {
    if !is_large(owner) {
        return FACE;
    }
    (large::place(PORTRAIT, FACE.0), large::place(PORTRAIT, FACE.1))
}

/// A file that can be drawn, which takes a while.
pub enum Sheet {
    Paper(Vec<u8>),
    Photo { page: String, person: Box<Person>, large: bool },
}

impl Sheet {
    /// None: there is no such page.
    pub fn photo(owner: &str, page: &str, person: Person) -> Option<Self> {
        let large = is_large(owner);
        let known = ["front", "back", "portrait", "center", "left", "right"].contains(&page);
        known.then(|| Self::Photo { page: page.to_owned(), person: Box::new(person), large })
    }

    pub fn bytes(self) -> Vec<u8> {
        match self {
            Self::Paper(bytes) => bytes,
            Self::Photo { page, person, large } => {
                let canvas = canvas(&page, &person);
                if large {
                    large::jpeg(&canvas, palette(&person), TABLE)
                } else {
                    canvas.png(palette(&person))
                }
            }
        }
    }
}

/// The lines of a paper about somebody.
pub fn statement(owner: &str) -> Vec<String> {
    let lines = ["SPECIMEN", "Statement of account", "Musterstadt, 2026-02-14", ""];
    let mut lines: Vec<String> = lines.map(str::to_owned).into();
    // Ids of a kind are equally long, and so are the files; shorter ones are filled up.
    lines.push(format!("Reference {owner:<29}"));
    lines.push("This paper is made up. It belongs to nobody.".to_owned());
    lines
}

fn canvas(page: &str, person: &Person) -> Canvas {
    match page {
        "front" => front(person),
        "back" => back(person),
        "left" => portrait(Turn::Left),
        "right" => portrait(Turn::Right),
        _ => portrait(Turn::None),
    }
}

/// Where somebody looks.
#[derive(Clone, Copy)]
enum Turn {
    None,
    Left,
    Right,
}

/// A number that is somebody's own.
fn own(person: &Person) -> usize {
    person.document.bytes().fold(0, |sum, byte| (sum * 31 + usize::from(byte)) % 9_973)
}

fn palette(person: &Person) -> [[u8; 3]; PALETTE] {
    let own = own(person);
    let mut colours = [[255; 3]; PALETTE];
    colours[usize::from(TINT)] = TINTS[own % TINTS.len()];
    colours[usize::from(DARK)] = [45, 48, 56];
    colours[usize::from(SKIN)] = SKINS[own / 5 % SKINS.len()];
    colours[usize::from(HAIR)] = HAIRS[own / 25 % HAIRS.len()];
    colours[usize::from(SHIRT)] = [70, 100, 140];
    colours[usize::from(RED)] = [200, 40, 50];
    colours[usize::from(PALE)] = [232, 232, 236];
    colours
}

/// A geometric face that fills a rectangle.
fn face(canvas: &mut Canvas, [left, top]: [i32; 2], [right, bottom]: [i32; 2], turn: Turn) {
    let (wide, high) = (right - left, bottom - top);
    let at = |x: i32, y: i32| [left + wide * x / 100, top + high * y / 100];
    let shift = match turn {
        Turn::None => 0,
        Turn::Left => -14,
        Turn::Right => 14,
    };
    canvas.ellipse(at(-8, -12), at(108, 70), HAIR);
    canvas.ellipse(at(0, 0), at(100, 100), SKIN);
    canvas.ellipse(at(-2, -12), at(102, 24), HAIR);
    for eye in [30, 70] {
        canvas.ellipse(at(eye - 9 + shift, 38), at(eye + 9 + shift, 48), PAPER);
        canvas.ellipse(at(eye - 4 + shift * 5 / 4, 39), at(eye + 4 + shift * 5 / 4, 47), DARK);
        canvas.rectangle(at(eye - 10 + shift, 31), at(eye + 10 + shift, 34), HAIR);
    }
    canvas.rectangle(at(47 + shift * 3 / 2, 45), at(53 + shift * 3 / 2, 64), DARK);
    canvas.ellipse(at(32 + shift, 74), at(68 + shift, 82), RED);
}

fn portrait(turn: Turn) -> Canvas {
    let mut canvas = Canvas::new(PORTRAIT.0, PORTRAIT.1, TINT);
    canvas.ellipse([20, 300], [300, 520], SHIRT);
    canvas.rectangle([130, 240], [190, 320], SKIN);
    face(&mut canvas, FACE.0, FACE.1, turn);
    canvas.text([32, 376], 2, "SPECIMEN", RED);
    canvas
}

fn front(person: &Person) -> Canvas {
    let mut canvas = Canvas::new(CARD.0, CARD.1, PAPER);
    canvas.rectangle([8, 8], [472, 292], TINT);
    canvas.text([24, 20], 2, "SPECIMEN CARD", DARK);
    canvas.text([400, 20], 2, &person.country, DARK);
    canvas.rectangle([24, 56], [154, 216], PALE);
    canvas.ellipse([34, 180], [144, 260], SHIRT);
    canvas.rectangle([24, 216], [154, 260], TINT);
    face(&mut canvas, [52, 80], [126, 180], Turn::None);
    let lines = [
        ("NAME", person.last.as_str()),
        ("GIVEN NAMES", &person.first),
        ("BORN", &person.birthdate),
        ("NUMBER", &person.document),
        ("EXPIRES", "2029-05-01"),
    ];
    for (nth, (label, value)) in (0_i32..).zip(lines) {
        let top = 56 + nth * 32;
        canvas.text([172, top], 1, label, SHIRT);
        // What is longer than the card is cut, as on cards.
        let value: String = value.chars().take(18).collect();
        canvas.text([172, top + 10], 2, &value, DARK);
    }
    canvas.rectangle([8, 236], [472, 292], PAPER);
    let row = format!("SPECIMEN<<{}<<<<<<<<<<<<<<<<<<<<<<<<<<<<", person.document);
    for top in [244, 264] {
        canvas.text([24, top], 1, &row.chars().take(54).collect::<String>(), DARK);
    }
    canvas.text([172, 216], 2, "SPECIMEN", RED);
    canvas
}

fn back(person: &Person) -> Canvas {
    let mut canvas = Canvas::new(CARD.0, CARD.1, PAPER);
    canvas.rectangle([8, 8], [472, 292], TINT);
    canvas.rectangle([8, 24], [472, 72], DARK);
    canvas.text([24, 88], 2, "SPECIMEN", RED);
    canvas.text([24, 116], 1, &person.street.chars().take(40).collect::<String>(), DARK);
    canvas.text([24, 132], 1, &person.city.chars().take(40).collect::<String>(), DARK);
    // Bars that look like a barcode and are none.
    let own = own(person);
    for bar in 0..100_usize {
        if (own * (bar * bar + 7)) % 11 < 6 {
            let left = 24 + i32::try_from(bar).unwrap_or_default() * 4;
            canvas.rectangle([left, 170], [left + 1 + i32::from(bar % 3 == 0), 260], DARK);
        }
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{people, print};

    fn drawn(page: &str, person: &Person, large: bool) -> Vec<u8> {
        Sheet::Photo { page: page.to_owned(), person: Box::new(person.clone()), large }.bytes()
    }

    /// The first owner whose photos are, or are not, large.
    fn owner(large: bool) -> String {
        let owners = (0..).map(|nth: u32| format!("ver_{nth:024}"));
        owners.into_iter().find(|owner| is_large(owner) == large).unwrap()
    }

    #[test]
    fn files_are_as_large_as_they_say_whoever_they_show() {
        for seed in 0..40 {
            let person = people::person(&mut fastrand::Rng::with_seed(seed));
            for page in ["front", "back", "portrait", "center", "left", "right"] {
                let file = drawn(page, &person, false);
                assert_eq!(file.len(), byte_size(&owner(false), page), "{page}");
                assert_eq!(drawn(page, &person, false), file);
            }
        }
        let person = people::person(&mut fastrand::Rng::with_seed(1));
        for page in ["front", "center"] {
            assert_eq!(drawn(page, &person, true).len(), byte_size(&owner(true), page), "{page}");
        }
        assert!(Sheet::photo("ver_1", "sideways", person).is_none());
        for owner in ["ver_000000000000000000000000", "case_000000000000000000000000"] {
            assert_eq!(print::page(&statement(owner)).len(), byte_size(owner, "statement"));
        }
    }

    #[test]
    fn people_look_different() {
        let people = (0..60).map(|seed| people::person(&mut fastrand::Rng::with_seed(seed)));
        let faces: std::collections::HashSet<_> =
            people.map(|person| drawn("portrait", &person, false)).collect();
        assert!(faces.len() > 30, "{}", faces.len());
    }
}
