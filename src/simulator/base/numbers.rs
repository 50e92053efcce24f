//! Ids that look random and tell which object of the first world they name, without a table.
//!
//! ```text
//!  inq_ 4kQ…  24 letters and digits: 11 for the number, mixed; 13 that only belong to them
//! ```

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Enough for 64 bits in base 62.
const HEAD: usize = 11;
const TAIL: usize = 13;

/// The id of an object by its prefix and number.
pub fn id(seed: u64, prefix: &str, number: u64) -> String {
    let key = key(seed, prefix);
    let mixed = mix(number ^ key);
    let mut id = String::with_capacity(prefix.len() + 1 + HEAD + TAIL);
    id.push_str(prefix);
    id.push('_');
    push(&mut id, mixed, HEAD);
    let mut rng = fastrand::Rng::with_seed(mixed ^ key.rotate_left(32));
    (0..TAIL).for_each(|_| id.push(char::from(DIGITS[rng.usize(..DIGITS.len())])));
    id
}

/// The number in an id, if it is one of ours.
pub fn number(seed: u64, prefix: &str, id_: &str) -> Option<u64> {
    let digits = id_.strip_prefix(prefix)?.strip_prefix('_')?.get(..HEAD)?;
    let mut mixed = 0_u64;
    for byte in digits.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        mixed = mixed.checked_mul(62)?.checked_add(digit as u64)?;
    }
    let number = unmix(mixed) ^ key(seed, prefix);
    (id(seed, prefix, number) == id_).then_some(number)
}

fn push(id: &mut String, mut value: u64, digits: usize) {
    let mut all = [b'0'; HEAD];
    for place in (0..digits).rev() {
        all[place] = DIGITS[(value % 62) as usize];
        value /= 62;
    }
    id.extend(all.map(char::from));
}

fn key(seed: u64, prefix: &str) -> u64 {
    prefix.bytes().fold(mix(seed), |key, byte| mix(key ^ u64::from(byte)))
}

/// A random source of one object's own.
pub fn dice(seed: u64, kind: &str, number: u64) -> fastrand::Rng {
    fastrand::Rng::with_seed(mix(key(seed, kind) ^ mix(number)))
}

/// Every number to another one, and back: each step can be undone.
fn mix(mut value: u64) -> u64 {
    value ^= value >> 32;
    value = value.wrapping_mul(ODD);
    value ^= value >> 29;
    value = value.wrapping_mul(ODD);
    value ^ (value >> 32)
}

fn unmix(mut value: u64) -> u64 {
    value ^= value >> 32;
    value = value.wrapping_mul(INVERSE);
    value ^= (value >> 29) ^ (value >> 58);
    value = value.wrapping_mul(INVERSE);
    value ^ (value >> 32)
}

const ODD: u64 = 0xd6e8_feb8_6659_fd93;
/// `ODD * INVERSE` is 1, which a test holds.
const INVERSE: u64 = 0xcfee_444d_8b59_a89b;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_number_and_no_other_text_does() {
        assert_eq!(ODD.wrapping_mul(INVERSE), 1);
        let mut seen = std::collections::HashSet::new();
        for n in (0..2_000).chain([u64::MAX, 1 << 40, (1 << 40) + 1]) {
            assert_eq!(unmix(mix(n)), n);
            let id = id(42, "inq", n);
            assert_eq!(id.len(), "inq_".len() + 24);
            assert_eq!(number(42, "inq", &id), Some(n), "{id}");
            assert_eq!(number(43, "inq", &id), None);
            assert_eq!(number(42, "act", &id.replace("inq", "act")), None);
            assert!(seen.insert(id));
        }
        for other in
            ["", "inq_", "inq_1", "inq_zzzzzzzzzzzzzzzzzzzzzzzz", "inq_é00000000000000000000000"]
        {
            assert_eq!(number(42, "inq", other), None, "{other}");
        }
    }
}
