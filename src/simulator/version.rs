//! API versions: which are served, and what an older one does otherwise.
//!
//! Those before 2023-01-05 are answered as 2023-01-05, which is the oldest that we imitate.

use super::inflect::FieldKeys;

/// A dated version; later ones compare greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(&'static str);

/// Newest first.
pub const VERSIONS: [&str; 9] = [
    "2025-12-08",
    "2025-10-27",
    "2023-01-05",
    "2022-09-01",
    "2021-08-18",
    "2021-07-05",
    "2021-05-14",
    "2021-02-21",
    "2020-05-18",
];

impl Version {
    pub const NEWEST: Self = Self(VERSIONS[0]);

    pub fn named(name: &str) -> Option<Self> {
        VERSIONS.into_iter().find(|known| *known == name).map(Self)
    }

    pub fn name(self) -> &'static str {
        self.0
    }

    /// Until 2023-01-05 related objects come unasked, personal data stands flat among attributes,
    /// and writes take both.
    pub fn is_flat(self) -> bool {
        self < Self("2025-10-27")
    }

    /// Until 2025-10-27 a report carries its history.
    pub fn has_run_history(self) -> bool {
        self < Self("2025-12-08")
    }

    pub fn field_keys(self) -> FieldKeys {
        if self.is_flat() { FieldKeys::Turn } else { FieldKeys::Keep }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_date() {
        let old = Version::named("2023-01-05").unwrap();
        let middle = Version::named("2025-10-27").unwrap();
        assert!(old.is_flat() && old.has_run_history());
        assert!(!middle.is_flat() && middle.has_run_history());
        assert!(!Version::NEWEST.is_flat() && !Version::NEWEST.has_run_history());
        assert_eq!(Version::named("2024-01-01"), None);
    }
}
