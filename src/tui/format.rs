//! Figures and text for narrow places: ages, latencies, cutting and padding by display width.

use std::time::Duration;

use jiff::Timestamp;
use ratatui::{buffer::CellWidth, text::Line};
use unicode_segmentation::UnicodeSegmentation;

use crate::desk::{Rows, Total};

/// `1 item waits`, `3 items wait`
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How long a list is; `512+` where not all of a search's results were counted.
pub fn total<T>(rows: &Rows<T>) -> String {
    match rows.extent {
        Total::Exact => rows.total.to_string(),
        Total::AtLeast => format!("{}+", rows.total),
    }
}

/// `12s`, `42m`, `3h12m`, `5d03h`: at most six columns. The future counts as zero.
pub fn age(since: Timestamp, now: Timestamp) -> String {
    span(now.duration_since(since).as_secs().max(0))
}

/// Time left until then, in the same form; none once it is past.
pub fn left(until: Timestamp, now: Timestamp) -> Option<String> {
    let seconds = until.duration_since(now).as_secs();
    (seconds > 0).then(|| span(seconds))
}

fn span(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if minutes == 0 => "<1m".to_owned(),
        () if hours == 0 => format!("{minutes}m"),
        () if days == 0 => format!("{hours}h{:02}m", minutes % 60),
        () if days < 100 => format!("{days}d{:02}h", hours % 24),
        () => format!("{days}d"),
    }
}

/// Seconds in a form that does not change with every redraw: `now`, `20 s`, `3 min`, `2 h`.
pub fn coarse(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_secs().max(0) {
        0..10 => "now".to_owned(),
        s @ 10..60 => format!("{} s", s / 10 * 10),
        s @ 60..3_600 => format!("{} min", s / 60),
        s => format!("{} h", s / 3_600),
    }
}

/// `84 ms`, `5.2 s`
pub fn latency(latency: Duration) -> String {
    match latency.as_millis() {
        ms @ 0..1_000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
    }
}

/// How long a person took: `5.2 s`, `48 s`, `3m20s`, `2h05m`
pub fn took(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100),
        s @ 10..60 => format!("{s} s"),
        s @ 60..3_600 => format!("{}m{:02}s", s / 60, s % 60),
        s => format!("{}h{:02}m", s / 3_600, s / 60 % 60),
    }
}

/// 0.004 → `0.4 %`, 0.12 → `12 %`
pub fn percent(rate: f64) -> String {
    let percent = rate * 100.0;
    if percent > 0.0 && percent < 9.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// A share in percent, two digits after the point where it has them: `25 %`, `12.5 %`
pub fn share(percent: f64) -> String {
    let rounded = (percent * 100.0).round() / 100.0;
    format!("{rounded} %")
}

/// A verification's kind in a few columns: `government-id` → `gov id`.
pub fn kind(kind: &str) -> String {
    kind.replace("government-id", "gov id").replace(['-', '_'], " ")
}

/// `812 kB`, `3.4 MB`
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// UTC, to the minute.
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Whether every character is a letter for itself, one column wide: so are nearly all that is drawn,
/// and nothing has to be found out of them.
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{17f}' | '–' | '•' | '…'
            | '─'..='╿' | '▸' | '✓' | '✗')
    })
}

/// The columns of a text, as it is drawn: letter by letter. What a library tells of a whole string is
/// less where two letters could be joined into one, which terminals do not do.
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        return text.chars().count();
    }
    text.graphemes(true).map(|letter| usize::from(letter.cell_width())).sum()
}

/// The same of a line in several styles.
pub fn line_width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| width(&span.content)).sum()
}

/// Exactly so many columns: cut at a grapheme with `…`, or padded.
pub fn fit(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let pad = columns.saturating_sub(width(&cut));
    cut + &" ".repeat(pad)
}

/// At most so many columns, cut at a grapheme with `…`.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        let wide = width(grapheme);
        if used + wide + 1 > columns {
            break;
        }
        out.push_str(grapheme);
        used += wide;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// Broken at spaces into lines of at most so many columns; a longer word is broken inside.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split_whitespace() {
        let wide = width(word);
        if used > 0 && used + 1 + wide <= columns {
            line.push(' ');
            line.push_str(word);
            used += 1 + wide;
            continue;
        }
        if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        for grapheme in word.graphemes(true) {
            let wide = width(grapheme);
            if used > 0 && used + wide > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += wide;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The same in at most so many lines, the last cut.
pub fn wrap_most(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(cut(&rest, width));
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Text;

    #[test]
    fn ages_stay_within_six_columns() {
        let table = [
            (0, "<1m"),
            (59, "<1m"),
            (42 * 60, "42m"),
            (11_520, "3h12m"),
            (443_000, "5d03h"),
            (9_000_000, "104d"),
        ];
        for (seconds, shown) in table {
            assert_eq!(span(seconds), shown);
        }
    }

    #[test]
    fn text_is_cut_by_columns_not_by_bytes() {
        assert_eq!(fit("Ada", 5), "Ada  ");
        assert_eq!(fit("山田太郎", 5), "山田…");
        assert_eq!(cut("abcdef", 3), "ab…");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap_most("one two three four", 7, 2), ["one two", "three …"]);
        assert_eq!(wrap_most("one two", 7, 2), ["one two"]);
    }

    #[test]
    fn what_is_plain_is_a_letter_of_one_column_whatever_is_beside_it() {
        let plain: Vec<char> =
            ('\0'..='\u{ffff}').filter(|c| is_plain(c.encode_utf8(&mut [0; 4]))).collect();
        assert!(plain.len() > 400 && plain.contains(&'•'), "{plain:?}");
        for c in &plain {
            for text in [format!("{c}{c}"), format!("a{c}"), format!("{c}•"), format!("{c} ")] {
                let letters: Vec<&str> = text.graphemes(true).collect();
                assert_eq!(letters.len(), 2, "{text}");
                assert!(letters.iter().all(|letter| letter.cell_width() == 1), "{text}");
            }
        }
    }

    #[test]
    fn letters_are_measured_as_they_are_drawn() {
        // Lam and alef: one letter for some, two columns on the screen. A half-wide sound mark gets a
        // column more than it needs.
        for (text, columns) in [("سلام", 4), ("الأمثلة", 7), ("ﾊﾞ", 3), ("ab", 2), ("山é", 3), ("", 0)]
        {
            assert_eq!(width(text), columns, "{text}");
            assert_eq!(width(&fit(text, 9)), 9, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_keeps_to_its_columns(text in "\\PC{0,60}|(\\p{Arabic}|\\p{Hangul}|\\p{Thai}|\\p{Devanagari}|\\p{Emoji}| ){0,40}", columns in 0_usize..40) {
            let text = Text::new(&text);
            prop_assert_eq!(width(&fit(text.as_str(), columns)), columns);
            prop_assert!(width(&cut(text.as_str(), columns)) <= columns);
            let lines = wrap(text.as_str(), columns);
            let widest = text.as_str().graphemes(true).map(width).max().unwrap_or(0);
            for line in &lines {
                prop_assert!(width(line) <= columns.max(widest).max(1), "{line:?} in {columns}");
            }
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(squeezed(&lines.concat()), squeezed(text.as_str()), "nothing is lost");
        }
    }

    #[test]
    fn shares_have_no_more_digits_than_they_need() {
        let table =
            [(25.0, "25 %"), (12.5, "12.5 %"), (33.333_333, "33.33 %"), (0.1 * 3.0, "0.3 %")];
        for (percent, shown) in table {
            assert_eq!(share(percent), shown);
        }
    }

    #[test]
    fn figures_read_as_people_say_them() {
        assert_eq!(
            [0, 999, 120_400, 4_290_000].map(bytes),
            ["0 bytes", "999 bytes", "120 kB", "4.2 MB"]
        );
        assert_eq!(latency(Duration::from_millis(84)), "84 ms");
        assert_eq!(latency(Duration::from_millis(5_230)), "5.2 s");
        assert_eq!(
            (percent(0.0), percent(0.004), percent(0.12)),
            ("0 %".into(), "0.4 %".into(), "12 %".into())
        );
    }
}
