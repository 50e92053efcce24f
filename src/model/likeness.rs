//! Whether a text has something like a word in it: letters left out, swapped or mistyped.

/// Both in lower case. The word's letters in this order close together, or a typing mistake or two
/// away from a word of the text or from how one begins.
pub fn is_like(word: &str, text: &str) -> bool {
    let wanted: Vec<char> = word.chars().collect();
    if wanted.is_empty() {
        return true;
    }
    let whole = text.split_whitespace();
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    whole.chain(parts).any(|found| is_near(word, &wanted, found))
}

fn is_near(word: &str, wanted: &[char], found: &str) -> bool {
    if found.contains(word) {
        return true;
    }
    let letters: Vec<char> = found.chars().collect();
    if letters.len() > LONGEST || wanted.len() < SHORTEST {
        return false;
    }
    let close = letters.len() <= wanted.len() * 2 && letters[0] == wanted[0];
    if close && is_within(wanted, &letters) {
        return true;
    }
    let mistakes = if wanted.len() < 6 { 1 } else { 2 };
    let beginning: String = letters.iter().take(wanted.len()).collect();
    letters.len() + mistakes >= wanted.len()
        && [found, beginning.as_str()]
            .iter()
            .any(|found| strsim::osa_distance(word, found) <= mistakes)
}

/// Shorter words are found as they are.
const SHORTEST: usize = 3;

/// Longer ones are no words.
const LONGEST: usize = 64;

/// Whether all letters of one occur in the other, in their order.
fn is_within(wanted: &[char], letters: &[char]) -> bool {
    let mut rest = letters.iter();
    wanted.iter().all(|letter| rest.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_words_are_found_and_others_are_not() {
        let text = "inq_6ixn7q2mjhqk act_7wab cust-0035 maría müller-lüdenscheidt";
        for word in ["müller", "müler", "mülelr", "müllr", "maria", "cst0035", "lüdnschdt", "7wab"]
        {
            assert!(is_like(word, text), "{word}");
        }
        for word in ["meier", "xyz", "ldn", "oria", "0099"] {
            assert!(!is_like(word, text), "{word}");
        }
        assert!(is_like("", text) && is_like("mü", text));
    }
}
