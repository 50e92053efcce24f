//! The reviewer's own decisions: today by the hour, and the days before in a row each. Nobody
//! else's are shown.
//!
//! ```text
//! 12 decided today · median 48 s from seeing to Enter, of 10, 4 unopened
//! 7 approved · 3 declined · 1 escalated · 1 other · 1 taken back · 1 overturned since
//!
//!              █
//!        █  ▄  █
//!   █    █  █  █
//!  09 10 11 12 13
//!   2     4  3  6
//! ```

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    model::day::{self, Day, Kind},
    tui::{format, state::State, theme::Theme, widgets::popup},
};

const WIDTH: u16 = 78;

/// Rows of the bars.
const HEIGHT: u64 = 3;

/// So many hours are shown at least, if the day has them.
const HOURS: usize = 8;

pub fn draw(frame: &mut Frame<'_>, state: &State, theme: &Theme) {
    let zone = state.now.to_zoned_datetime(state.settings.zone.clone()).strftime("%Z").to_string();
    let title = format!("your own decisions, {}", state.settings.reviewer);
    let foot = format!("days and hours in {zone} · Esc closes");
    let lines = match &state.judgements {
        None => vec![Line::styled("…", theme.dim)],
        Some(judgements) => {
            let days = day::days(judgements, state.now, &state.settings.zone);
            let inner = usize::from(WIDTH.min(frame.area().width.saturating_sub(2)) - 4);
            page(&days, inner, theme)
        }
    };
    popup::draw(frame, &title, &foot, lines, WIDTH, 0, theme);
}

fn page<'a>(days: &[Day], width: usize, theme: &Theme) -> Vec<Line<'a>> {
    let Some((today, before)) = days.split_first() else { return Vec::new() };
    let mut lines = Vec::new();
    if today.is_empty() {
        lines.push(Line::styled("No decisions today yet.", theme.text));
    } else {
        let first = format::wrap(&first(today), width);
        lines.extend(first.into_iter().map(|line| Line::styled(line, theme.banner)));
        let parts = format::wrap(&parts(today).join(" · "), width);
        lines.extend(parts.into_iter().map(|line| Line::styled(line, theme.text)));
        lines.extend(bars(&today.hours).into_iter().enumerate().map(|(nth, row)| {
            let style = if nth < HEIGHT as usize { theme.accent } else { theme.dim };
            Line::styled(format::cut(&row, width), style)
        }));
    }
    lines.push(Line::raw(""));
    if before.iter().all(Day::is_empty) {
        let said = "Nor were there any in the seven days before.";
        let other = "There were none in the seven days before.";
        let said = if today.is_empty() { said } else { other };
        lines.push(Line::styled(said, theme.dim));
        return lines;
    }
    lines.push(Line::styled(HEAD, theme.dim));
    lines.extend(before.iter().map(|day| row(day, theme)));
    lines
}

/// `12 decided today · median 48 s from seeing to Enter, of 10, 4 unopened`
fn first(today: &Day) -> String {
    let median = match today.median {
        None if today.decided() == 0 => return "0 decided today".to_owned(),
        None => "no verdict was timed".to_owned(),
        Some(median) => format!("median {} {}", format::took(median), since(today)),
    };
    format!("{} decided today · {median}", today.decided())
}

/// `from opening to Enter, of 10`: what stood beside the list only was not opened.
fn since(today: &Day) -> String {
    match today.unopened {
        0 => format!("from opening to Enter, of {}", today.timed),
        all if all == today.timed => format!("from seeing to Enter, of {all}, none opened"),
        some => format!("from seeing to Enter, of {}, {some} unopened", today.timed),
    }
}

/// What there is of each: `7 approved`, `1 taken back`.
pub fn parts(day: &Day) -> Vec<String> {
    let kinds = Kind::ALL.into_iter().zip(day.kinds).map(|(kind, count)| (count, kind.words()));
    let fates = [
        (day.undone, "taken back"),
        (day.overturned, "overturned since"),
        (day.refused, "refused by Persona"),
        (day.stopped, "stopped"),
    ];
    let all = kinds.chain(fates).filter(|(count, _)| *count > 0);
    all.map(|(count, words)| format!("{count} {words}")).collect()
}

const HEAD: &str = "day         decided  approved  declined   median  taken back  overturned";

fn row<'a>(day: &Day, theme: &Theme) -> Line<'a> {
    let date = day.date.strftime("%a %-d %b").to_string();
    if day.is_empty() {
        return Line::styled(format!("{date:<12}{:>7}", "–"), theme.dim);
    }
    let median = day.median.map_or_else(|| "–".to_owned(), format::took);
    let [approved, declined, ..] = day.kinds;
    Line::from(vec![
        Span::styled(format!("{date:<12}{:>7}", day.decided()), theme.text),
        Span::styled(
            format!(
                "{approved:>10}{declined:>10}{median:>9}{:>12}{:>12}",
                day.undone, day.overturned
            ),
            theme.text,
        ),
    ])
}

/// A bar for each hour from the first to the last with a decision, the hours, and how many: the
/// figures say all that the bars do.
fn bars(hours: &[u64; 24]) -> Vec<String> {
    let busy = |hour: &usize| hours[*hour] > 0;
    let (Some(first), Some(last)) = ((0..24).find(busy), (0..24).rev().find(busy)) else {
        return Vec::new();
    };
    let first = first.min(24 - HOURS);
    let shown = first..=last.max(first + HOURS - 1);
    let most = hours.iter().copied().max().unwrap_or(1).max(1);
    // In halves of a row; what is there at all is seen.
    let height = |count: u64| (count * HEIGHT * 2).div_ceil(most);
    let bar = |hour: usize, row: u64| match height(hours[hour]).saturating_sub(2 * row) {
        0 => "   ",
        1 => " ▄▄",
        _ => " ██",
    };
    let mut rows: Vec<String> = (0..HEIGHT)
        .rev()
        .map(|row| shown.clone().map(|hour| bar(hour, row)).collect::<String>())
        .collect();
    rows.push(shown.clone().map(|hour| format!(" {hour:02}")).collect());
    let count = |hour: usize| match hours[hour] {
        0 => "   ".to_owned(),
        many => format!("{many:>3}"),
    };
    rows.push(shown.map(count).collect());
    rows.into_iter().map(|row| row.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_over_their_hours() {
        let mut hours = [0; 24];
        assert!(bars(&hours).is_empty());
        (hours[9], hours[10], hours[12]) = (6, 1, 3);
        assert_eq!(
            bars(&hours),
            [" ██", " ██       ▄▄", " ██ ▄▄    ██", " 09 10 11 12 13 14 15 16", "  6  1     3",]
        );
        let mut late = [0; 24];
        (late[23], late[2]) = (120, 1);
        let drawn = bars(&late);
        assert!(drawn[3].starts_with(" 02 03") && drawn[3].ends_with(" 22 23"), "{drawn:?}");
        assert!(drawn[4].ends_with("120"), "{drawn:?}");
    }

    #[test]
    fn a_day_says_what_there_was_and_nothing_else() {
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        let mut day = day::days(&[], now, &jiff::tz::TimeZone::UTC).remove(0);
        assert!(parts(&day).is_empty());
        assert_eq!(first(&day), "0 decided today", "all was taken back");
        day.kinds = [7, 0, 1, 0, 0, 2];
        (day.undone, day.refused) = (1, 1);
        let said = parts(&day).join(" · ");
        assert_eq!(
            said,
            "7 approved · 1 escalated · 2 other · 1 taken back · 1 refused by Persona"
        );
        assert_eq!(first(&day), "10 decided today · no verdict was timed");
        day.median = Some(std::time::Duration::from_secs(48));
        day.timed = 3;
        assert_eq!(first(&day), "10 decided today · median 48 s from opening to Enter, of 3");
        day.unopened = 2;
        assert_eq!(
            first(&day),
            "10 decided today · median 48 s from seeing to Enter, of 3, 2 unopened"
        );
        day.unopened = 3;
        assert!(first(&day).ends_with("from seeing to Enter, of 3, none opened"));
    }
}
