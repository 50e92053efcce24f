//! Synthetic people: plainly made up, of many scripts and lengths, now and then a hostile one.

use fastrand::Rng;

use super::names::{CITIES, FIRMS, HOSTILE, RARE, SCRIPTS, STREETS};

/// How long a long name is, in characters.
const LONG: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub first: String,
    /// Empty for people with one name.
    pub last: String,
    /// `1984-03-17`
    pub birthdate: String,
    /// `applicant4711@example.test`
    pub email: String,
    /// `+15550004711`
    pub phone: String,
    pub street: String,
    pub city: String,
    /// Two letters.
    pub country: String,
    /// `X00004711`
    pub document: String,
}

/// The same source makes the same person.
pub fn person(rng: &mut Rng) -> Person {
    let number = rng.u32(1_000..100_000);
    let script = if rng.bool() { &SCRIPTS[0] } else { &SCRIPTS[rng.usize(..SCRIPTS.len())] };
    let mut first = pick(rng, script.first).to_owned();
    let mut last = pick(rng, script.last).to_owned();
    match rng.u8(..120) {
        0..3 => first = pick(rng, HOSTILE).to_owned(),
        3 => last = long(&last),
        4..7 => last.clear(),
        7..10 => first = pick(rng, RARE).to_owned(),
        _ => {}
    }
    Person {
        first,
        last,
        birthdate: format!("{}-{:02}-{:02}", rng.u16(1946..2006), rng.u8(1..=12), rng.u8(1..=28)),
        email: format!("applicant{number}@example.test"),
        phone: format!("+1555{number:07}"),
        street: format!("{} {}", rng.u16(1..400), pick(rng, STREETS)),
        city: pick(rng, CITIES).to_owned(),
        country: pick(rng, script.countries).to_owned(),
        document: format!("X{number:08}"),
    }
}

pub fn firm(rng: &mut Rng) -> String {
    format!("{} {}", pick(rng, FIRMS), pick(rng, &["Ltd", "GmbH", "Inc", "SA"]))
}

/// One of a table that is not empty.
pub fn pick(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    from[rng.usize(..from.len())]
}

fn long(name: &str) -> String {
    name.chars().chain(['-']).cycle().take(LONG).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thousand() -> Vec<Person> {
        let mut rng = Rng::with_seed(7);
        (0..1000).map(|_| person(&mut rng)).collect()
    }

    #[test]
    fn the_same_source_makes_the_same_people() {
        assert_eq!(thousand(), thousand());
        assert_ne!(person(&mut Rng::with_seed(1)), person(&mut Rng::with_seed(2)));
    }

    #[test]
    fn about_one_in_forty_is_hostile() {
        let people = thousand();
        let hostile = people.iter().filter(|one| HOSTILE.contains(&one.first.as_str())).count();
        assert!((10..45).contains(&hostile), "{hostile} of 1000");
    }

    #[test]
    fn every_script_and_length_is_among_a_thousand() {
        let people = thousand();
        for (nth, script) in SCRIPTS.iter().enumerate() {
            let is_there = people.iter().any(|one| script.first.contains(&one.first.as_str()));
            assert!(is_there, "script {nth} is missing");
        }
        let rare = people.iter().filter(|one| RARE.contains(&one.first.as_str())).count();
        assert!((8..60).contains(&rare), "{rare} of 1000");
        assert!(people.iter().any(|one| one.last.is_empty()), "nobody has one name");
        assert!(people.iter().any(|one| one.last.chars().count() == LONG), "nobody's is long");
        assert!(people.iter().any(|one| one.first.chars().count() == 1), "nobody's is a letter");
    }

    #[test]
    fn every_name_survives_json() {
        let scripts = SCRIPTS.iter().flat_map(|script| script.first.iter().chain(script.last));
        for name in scripts.chain(HOSTILE) {
            let text = serde_json::to_string(name).unwrap();
            assert_eq!(serde_json::from_str::<String>(&text).unwrap(), *name);
        }
    }
}
