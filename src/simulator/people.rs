//! Synthetic people: plainly made up, from many scripts and lengths.

use fastrand::Rng;

const FIRST: &[&str] = &[
    "Ada",
    "Boris",
    "Chinwe",
    "Dilnoza",
    "Élodie",
    "Farah",
    "Giorgos",
    "Haruka",
    "Inés",
    "Jürgen",
    "Kwame",
    "Łucja",
    "Mei",
    "Nils",
    "Oluwaseun",
    "Priya",
    "Quentin",
    "Rania",
    "Søren",
    "Thandiwe",
    "Uma",
    "Vijay",
    "Wanjiru",
    "Ximena",
    "Yusuf",
    "Zoë",
    "محمد",
    "עדי",
    "美咲",
    "서연",
    "Дмитрий",
    "Νίκος",
];

const LAST: &[&str] = &[
    "Sample",
    "Testov",
    "Muster",
    "Exempel",
    "Placeholder",
    "Ejemplo",
    "O'Specimen",
    "Prøve",
    "Próbka",
    "Van der Test",
    "Sample-Demo",
    "テスト",
    "النموذج",
    "견본",
    "Образец",
    "Υπόδειγμα",
];

const FIRMS: &[&str] = &[
    "Sample Trading",
    "Demo Logistics",
    "Placeholder Foods",
    "Specimen Metals",
    "Example Media",
    "Fictive Energy",
    "Muster Maschinen",
    "Ejemplo Textiles",
];

const COUNTRIES: &[&str] = &["US", "DE", "GB", "JP", "NG", "BR", "FR", "IN", "AE", "PL"];

#[derive(Debug, Clone)]
pub struct Person {
    pub first: &'static str,
    pub last: &'static str,
    /// `1984-03-17`
    pub birthdate: String,
    pub email: String,
    pub phone: String,
    pub street: String,
    pub city: &'static str,
    pub country: &'static str,
    pub document: String,
}

fn pick(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    from[rng.usize(..from.len())]
}

pub fn person(rng: &mut Rng) -> Person {
    let number = rng.u32(1_000..100_000);
    Person {
        first: pick(rng, FIRST),
        last: pick(rng, LAST),
        birthdate: format!("{}-{:02}-{:02}", rng.u16(1946..2006), rng.u8(1..=12), rng.u8(1..=28)),
        email: format!("applicant{number}@example.test"),
        phone: format!("+1555{number:07}"),
        street: format!("{} Example Street", rng.u16(1..400)),
        city: pick(rng, &["Sampleton", "Musterstadt", "Villa Ejemplo", "Testborough"]),
        country: pick(rng, COUNTRIES),
        document: format!("X{number:08}"),
    }
}

pub fn firm(rng: &mut Rng) -> String {
    format!("{} {}", pick(rng, FIRMS), pick(rng, &["Ltd", "GmbH", "Inc", "SA"]))
}
