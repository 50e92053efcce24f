//! Letters for the entries of a menu: the first letter of a name where it is nobody else's.

/// For each name a letter of its own, of its own letters where there is one, the first for choice;
/// names in other scripts go by their digit. `taken`: letters that mean something in every menu.
pub fn letters<'a>(names: impl IntoIterator<Item = &'a str>, taken: &[char]) -> Vec<Option<char>> {
    let names: Vec<Vec<char>> = names
        .into_iter()
        .map(|name| name.to_lowercase().chars().filter(char::is_ascii_lowercase).collect())
        .collect();
    let mut chosen: Vec<Option<char>> = vec![None; names.len()];
    // First letters before others: nobody's first letter goes to another name.
    let longest = names.iter().map(Vec::len).max().unwrap_or(0);
    for place in 0..longest {
        for (nth, name) in names.iter().enumerate() {
            let letter = name
                .get(place)
                .copied()
                .filter(|letter| !taken.contains(letter) && !chosen.contains(&Some(*letter)));
            if chosen[nth].is_none() {
                chosen[nth] = letter;
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_letters_of_their_own() {
        let told = |names: &[&str]| -> String {
            letters(names.iter().copied(), &['h', 'j', 'k', 'l', 'q', 'y'])
                .into_iter()
                .map(|letter| letter.unwrap_or('-'))
                .collect()
        };
        assert_eq!(told(&["Open", "Pending", "Approved", "Declined"]), "opad");
        assert_eq!(told(&["Done", "Declined", "Denied"]), "den");
        assert_eq!(told(&["On hold", "Kept", "審査中", "", "o"]), "oe---");
        assert_eq!(told(&["ab", "a", "b"]), "a-b", "b is the first letter of another");
    }
}
