//! What is left of a personal value when it is masked: its shape, for those who compare shapes.
//!
//! A dot stands for a length class, not for a letter: one for up to three letters, two for up to
//! seven, three for more. The same value always has the same mask; two values may share one.
//!
//! | what | `value` | masked |
//! |---|---|---|
//! | a name: first letters | `Ada Lovelace-King`, `山田` | `A• L•••-K•`, `山•` |
//! | a number that identifies: the last digits, if it is long | `123-45-6789` | `•-•-6789` |
//! | a date: its century | `1990-02-03` | `19••-••-••` |
//! | an e-mail address | `jane@acme.com` | `j•@a•.com` |
//! | an IP address: its class | `10.0.0.7` | `private IPv4 •••` |
//! | text: how much of it | `He said that …` | `••• 5 to 20 words` |
//! | anything else: nothing of it | `female`, `94107` | `••`, `••` |

use std::net::IpAddr;

use unicode_segmentation::UnicodeSegmentation;

use super::field::normalised;

/// What a value is, as far as its mask goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    /// Issued to identify: its owner knows it by its last digits.
    Number,
    Date,
    Email,
    Ip,
    Text,
    Other,
}

/// A value that nothing is known of: its words show their first letters, as those of a name do.
pub fn value(value: &str) -> String {
    masked(kind_of(value).unwrap_or(Kind::Name), value)
}

/// The value of a field whose name says what it is: `name-first`, `identification_number`.
pub fn field(name: &str, value: &str) -> String {
    let kind = kind_of(value).unwrap_or_else(|| kind_by_name(&normalised(name)));
    masked(kind, value)
}

/// What a value says of itself.
fn kind_of(value: &str) -> Option<Kind> {
    let words = value.split_whitespace().count();
    match () {
        () if is_email(value) => Some(Kind::Email),
        () if century_at(value).is_some() => Some(Kind::Date),
        () if value.parse::<IpAddr>().is_ok() => Some(Kind::Ip),
        () if words >= TEXT => Some(Kind::Text),
        () if matches!(value, "true" | "false" | "yes" | "no") => Some(Kind::Other),
        // A telephone number, with its country or not.
        () if is_mostly_digits(value) && (value.starts_with('+') || words > 2) => {
            Some(Kind::Number)
        }
        () => None,
    }
}

/// A value of so many words is text, whatever its field is called.
const TEXT: usize = 7;

/// What a field's name says of its values, word by word. `name` is normalised.
fn kind_by_name(name: &str) -> Kind {
    const TEXTS: &[&str] = &["comment", "note", "notes", "message", "description"];
    const NUMBERS: &[&str] = &[
        "number",
        "no",
        "ssn",
        "phone",
        "mobile",
        "iban",
        "passport",
        "license",
        "identification",
        "ein",
        "tin",
        "vat",
    ];
    const DATES: &[&str] = &["birthdate", "birth", "date", "at", "expiration", "expires", "issued"];
    const NAMES: &[&str] = &["name", "first", "last", "middle", "surname"];
    let has = |words: &[&str]| name.split(['_', '.', ' ']).any(|word| words.contains(&word));
    match () {
        () if has(TEXTS) => Kind::Text,
        () if has(NUMBERS) || name.contains("social_security") || name.ends_with("tax_id") => {
            Kind::Number
        }
        () if has(DATES) => Kind::Date,
        () if has(NAMES) => Kind::Name,
        () => Kind::Other,
    }
}

fn masked(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Name => name(value),
        Kind::Number => number(value),
        Kind::Date => date(value),
        Kind::Email => email(value),
        Kind::Ip => ip(value),
        Kind::Text => text(value),
        Kind::Other => each_word(value, |word| dots(length(word)).to_owned()),
    }
}

/// The dots for so many hidden letters.
fn dots(hidden: usize) -> &'static str {
    match hidden {
        0 => "",
        1..=3 => "•",
        4..=7 => "••",
        _ => "•••",
    }
}

fn length(word: &str) -> usize {
    word.graphemes(true).count()
}

/// The most words of a name that are masked one by one.
const WORDS: usize = 6;

/// `mask` of each run between blanks and hyphens; what is beyond the first few is an ellipsis.
fn each_word(value: &str, mask: impl Fn(&str) -> String) -> String {
    let one = |word: &str| word.split('-').map(&mask).collect::<Vec<_>>().join("-");
    let mut words: Vec<String> = value.split_whitespace().take(WORDS).map(one).collect();
    if value.split_whitespace().count() > WORDS {
        words.push("…".to_owned());
    }
    words.join(" ")
}

fn name(value: &str) -> String {
    each_word(value, |word| match word.graphemes(true).next() {
        Some(first)
            if length(word) > 1 && first.chars().next().is_some_and(char::is_alphabetic) =>
        {
            format!("{first}{}", dots(length(word) - 1))
        }
        _ => dots(length(word)).to_owned(),
    })
}

/// The last digits or letters if there are enough before them; what separates them stays.
fn number(value: &str) -> String {
    let count = value.chars().filter(|c| c.is_alphanumeric()).count();
    let mut hidden = count
        - match count {
            0..=6 => 0,
            7..=8 => 2,
            _ => 4,
        };
    let (mut out, mut run) = (String::new(), 0);
    for c in value.chars() {
        if c.is_alphanumeric() && hidden > 0 {
            hidden -= 1;
            run += 1;
            continue;
        }
        out.push_str(dots(std::mem::take(&mut run)));
        if c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ' ' | '+' | '(' | ')') {
            out.push(c);
        }
    }
    out + dots(run)
}

/// Where the century stands in a date: `1990-02-03`, with a time or not, `03.02.1990`.
fn century_at(value: &str) -> Option<usize> {
    let has_form = |form: &str| {
        value.len() >= form.len()
            && value.bytes().zip(form.bytes()).all(|(b, form)| match form {
                b'0' => b.is_ascii_digit(),
                b'-' => matches!(b, b'-' | b'/' | b'.'),
                _ => false,
            })
    };
    match () {
        () if has_form("0000-00-00")
            && matches!(value.as_bytes().get(10), None | Some(b'T' | b' ')) =>
        {
            Some(0)
        }
        () if has_form("00-00-0000") && value.len() == 10 => Some(6),
        () => None,
    }
}

fn date(value: &str) -> String {
    let Some(at) = century_at(value) else {
        return each_word(value, |word| dots(length(word)).to_owned());
    };
    let day = value[..10].char_indices().map(|(nth, c)| match c {
        c if c.is_ascii_digit() && !(at..at + 2).contains(&nth) => '•',
        c => c,
    });
    day.collect()
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    !local.is_empty() && domain.contains('.') && !value.contains(' ')
}

fn email(value: &str) -> String {
    let (local, domain) = value.rsplit_once('@').unwrap_or((value, ""));
    let (host, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
    let one = |part: &str| match part.graphemes(true).next() {
        Some(first) if length(part) > 1 => format!("{first}{}", dots(length(part) - 1)),
        _ => dots(length(part)).to_owned(),
    };
    // What looks like a domain's end and is none stays hidden.
    let top = if (2..=6).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_alphabetic()) {
        top
    } else {
        dots(length(top))
    };
    format!("{}@{}.{top}", one(local), one(host))
}

fn ip(value: &str) -> String {
    let (version, is_private) = match value.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ("IPv4", ip.is_private() || ip.is_loopback() || ip.is_link_local()),
        Ok(IpAddr::V6(ip)) => {
            ("IPv6", ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local())
        }
        Err(_) => return dots(length(value)).to_owned(),
    };
    format!("{} {version} •••", if is_private { "private" } else { "public" })
}

fn text(value: &str) -> String {
    let much = match value.split_whitespace().count() {
        0 => return String::new(),
        1..=4 => "a few words",
        5..=20 => "5 to 20 words",
        21..=100 => "20 to 100 words",
        _ => "over 100 words",
    };
    format!("••• {much}")
}

fn is_mostly_digits(value: &str) -> bool {
    let digits = value.chars().filter(|c| c.is_numeric()).count();
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    digits >= 7 && letters * 4 <= digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_left_says_what_kind_of_thing_it_is_and_not_which() {
        let table = [
            ("", "", ""),
            ("", "Ada Lovelace", "A• L••"),
            ("", "A", "•"),
            ("", "山田", "山•"),
            ("", "山", "•"),
            ("", "محمد النموذج", "م• ا••"),
            ("", "สมชาย", "ส••"),
            ("", "Nguye\u{302}\u{303}n", "N••"),
            ("", "👩🚀", "•"),
            ("name-last", "O'Brien-Smythe-Featherstonehaugh", "O••-S••-F•••"),
            ("name-first", "\u{fffd}[31mRed", "•••"),
            ("business-name", "Acme 24 Ltd", "A• • L•"),
            ("name", "a b c d e f", "• • • • • •"),
            ("birthdate", "1990-02-03", "19••-••-••"),
            ("", "1990-02-03T10:00:00.000Z", "19••-••-••"),
            ("birthdate", "03/02/1990", "••/••/19••"),
            ("birthdate", "1990", "••"),
            ("", "jane@example.com", "j•@e••.com"),
            ("", "j@x.org", "•@•.org"),
            ("email-address", "someone.else@mail.example.secret-name", "s•••@m•••.•••"),
            ("phone-number", "+15550004711", "+••4711"),
            ("", "+1 555 000 4711", "+• • • 4711"),
            ("social-security-number", "123-45-6789", "•-•-6789"),
            ("identification-number", "X00004711", "••4711"),
            ("document_number", "AB12345", "••45"),
            ("document no.", "AB12345", "••45"),
            ("document_number", "12345", "••"),
            ("card-number", "4111 1111 1111 1111", "•• •• •• 1111"),
            ("ip-address", "10.0.0.7", "private IPv4 •••"),
            ("", "93.184.216.34", "public IPv4 •••"),
            ("", "fd00::1", "private IPv6 •••"),
            ("sex", "female", "••"),
            ("country-code", "US", "•"),
            ("address-postal-code", "SW1A 1AA", "•• •"),
            ("address-street-1", "12 Example Street", "• •• ••"),
            ("is-pep", "true", "••"),
            ("", "true", "••"),
            ("note", "knows him", "••• a few words"),
            ("", "he said that he had lost it", "••• 5 to 20 words"),
        ];
        let said = |name: &str, of: &str| match name {
            "" => value(of),
            name => field(name, of),
        };
        for (name, value, masked) in table {
            assert_eq!(said(name, value), masked, "{name} {value}");
        }
    }

    proptest! {
        #[test]
        fn no_word_is_left_whole(
            name in prop_oneof![Just("name-first"), Just("birthdate"), Just("sex"), Just("note")],
            value in "\\PC{0,40}|[\\p{L}\\p{M}]{1,6}( [\\p{L}\\p{N}]{1,4}){0,5}",
        ) {
            // The last digits of a telephone number are left.
            prop_assume!(value.chars().filter(|c| c.is_numeric()).count() < 7);
            let said = field(name, &value);
            prop_assert_eq!(&said, &field(name, &value));
            // How much text there is, and what kind of address it is, is said in our words.
            prop_assume!(!said.contains("•••"));
            for word in value.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)) {
                prop_assert!(!said.split_whitespace().any(|left| left == word), "{value:?} → {said:?}");
            }
        }

        #[test]
        fn of_a_number_less_than_half_is_left(value in "[A-Z]{0,2}[0-9]{1,20}") {
            let left = field("identification-number", &value);
            let shown = left.chars().filter(|c| c.is_alphanumeric()).count();
            prop_assert!(shown <= 4 && shown * 2 < value.len(), "{value} → {left}");
        }
    }
}
