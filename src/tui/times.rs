//! Times as a reviewer types and reads them: lengths, times of day and days, where they sit. Pure.

use jiff::{
    Timestamp, ToSpan, ZonedDateTime,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// When a working day begins, and when it ends.
const MORNING: i8 = 9;
const EVENING: i8 = 18;

/// The evening is the next one, where this one is about to begin.
const AHEAD: i8 = 1;

/// Nobody waits for longer.
const YEARS: i64 = 5;

/// Now, as a clock on the wall shows it.
pub fn local(now: Timestamp, zone: &TimeZone) -> ZonedDateTime {
    now.to_zoned_datetime(zone.clone())
}

/// Tomorrow at nine; before six it is still the same morning.
pub fn morning(now: &ZonedDateTime) -> Option<Timestamp> {
    match now.hour() {
        0..6 => at(now, now.date(), MORNING),
        _ => at(now, now.date().tomorrow().ok()?, MORNING),
    }
}

/// At six, today if that is not about to be.
pub fn evening(now: &ZonedDateTime) -> Option<Timestamp> {
    match now.hour() < EVENING - AHEAD {
        true => at(now, now.date(), EVENING),
        false => at(now, now.date().tomorrow().ok()?, EVENING),
    }
}

/// So many days from now, in the morning.
pub fn in_days(now: &ZonedDateTime, days: i64) -> Option<Timestamp> {
    at(now, now.date().checked_add(days.days()).ok()?, MORNING)
}

/// Never today.
pub fn next_monday(now: &ZonedDateTime) -> Option<Timestamp> {
    at(now, now.date().nth_weekday(1, Weekday::Monday).ok()?, MORNING)
}

fn at(now: &ZonedDateTime, day: Date, hour: i8) -> Option<Timestamp> {
    let time = Time::new(hour, 0, 0, 0).ok()?;
    instant(now, day, time)
}

/// An hour that the clocks leave out is the one after it.
fn instant(now: &ZonedDateTime, day: Date, time: Time) -> Option<Timestamp> {
    Some(day.to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok()?.timestamp())
}

/// What is typed at the beginning of a line, and what comes after it: `2h`, `30m`, `3d`, `14:30`,
/// `2026-12-01`, `2026-12-01 14:30`.
///
/// # Errors
/// Why it is no time in the future.
pub fn typed<'a>(line: &'a str, now: &ZonedDateTime) -> Result<(Timestamp, &'a str), String> {
    const FORMS: &str = "type 2h, 30m, 3d, 14:30, 2026-12-01 or 2026-12-01 14:30";
    let (first, rest) = word(line);
    if let Some(seconds) = length(first) {
        return Ok((within(now, after(now, seconds))?, rest));
    }
    if let Some(time) = time_of_day(first) {
        let today = instant(now, now.date(), time).filter(|at| *at > now.timestamp());
        let tomorrow = || instant(now, now.date().tomorrow().ok()?, time);
        return Ok((within(now, today.or_else(tomorrow))?, rest));
    }
    let Some(day) = date(first) else { return Err(FORMS.to_owned()) };
    let (second, after) = word(rest);
    let (time, rest) = match time_of_day(second) {
        Some(time) => (Some(time), after),
        None => (Time::new(MORNING, 0, 0, 0).ok(), rest),
    };
    Ok((within(now, time.and_then(|time| instant(now, day, time)))?, rest))
}

/// The first word, and what comes after it.
pub fn word(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()))
}

fn after(now: &ZonedDateTime, seconds: i64) -> Option<Timestamp> {
    now.timestamp().checked_add(seconds.seconds()).ok()
}

/// In the future, and not out of sight.
fn within(now: &ZonedDateTime, at: Option<Timestamp>) -> Result<Timestamp, String> {
    let far = now.checked_add(YEARS.years()).map(|far| far.timestamp());
    match (at, far) {
        (Some(at), _) if at <= now.timestamp() => Err("that time is past already".to_owned()),
        (Some(at), Ok(far)) if at <= far => Ok(at),
        _ => Err(format!("that is more than {YEARS} years away")),
    }
}

/// `2h`, `30m`, `3d`, `1w`, `1h30m`
fn length(typed: &str) -> Option<i64> {
    let (mut rest, mut all) = (typed, 0_i64);
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: i64 = rest[..digits].parse().ok()?;
        let unit = match rest[digits..].chars().next()? {
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        all = all.saturating_add(number.saturating_mul(unit).min(i64::from(u32::MAX)));
        rest = &rest[digits + 1..];
    }
    (all > 0).then_some(all)
}

/// `14:30`, `9:05`
fn time_of_day(typed: &str) -> Option<Time> {
    let (hour, minute) = typed.split_once(':')?;
    let number = |text: &str| {
        let plain = !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    (minute.len() == 2).then(|| Time::new(number(hour)?, number(minute)?, 0, 0).ok()).flatten()
}

/// `2026-12-01`
fn date(typed: &str) -> Option<Date> {
    (typed.len() == 10).then(|| typed.parse().ok()).flatten()
}

/// `14:30`, `tomorrow 09:00`, `Mon 9 Mar 09:00`, `2027-01-04 09:00`: as much as is needed from here.
pub fn said(at: Timestamp, now: &ZonedDateTime) -> String {
    let at = at.to_zoned_datetime(now.time_zone().clone());
    let form = match () {
        () if at.date() == now.date() => "%H:%M",
        () if now.date().tomorrow().is_ok_and(|tomorrow| at.date() == tomorrow) => "tomorrow %H:%M",
        () if at.year() == now.year() => "%a %-d %b %H:%M",
        () => "%Y-%m-%d %H:%M",
    };
    at.strftime(form).to_string()
}

/// `30 min are`, `1 h is`, `3 days are`; none of what is no whole number of minutes.
pub fn length_words(from: Timestamp, to: Timestamp) -> Option<String> {
    let seconds = to.duration_since(from).as_secs();
    let units = [(86_400, "day", "days"), (3_600, "h", "h"), (60, "min", "min")];
    let exact = to.duration_since(from).subsec_nanos() == 0;
    let (unit, one, many) =
        units.into_iter().find(|(unit, ..)| seconds > 0 && seconds % unit == 0)?;
    Some(match seconds / unit {
        _ if !exact => return None,
        1 => format!("1 {one} is"),
        count => format!("{count} {many} are"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        // A rule of its own: no file of the machine is read.
        TimeZone::posix(name).unwrap()
    }

    /// Central Europe, whose clocks go forward on 29 March 2026 at two.
    fn wall(now: &str) -> ZonedDateTime {
        local(now.parse().unwrap(), &zone("CET-1CEST,M3.5.0,M10.5.0/3"))
    }

    #[test]
    fn what_is_typed_is_a_time_here() {
        // Monday, 13:00 on the wall.
        let now = wall("2026-03-02T12:00:00Z");
        let table = [
            ("30m", "2026-03-02T12:30:00Z", ""),
            ("2h", "2026-03-02T14:00:00Z", ""),
            (" 1h30m  ask Bob ", "2026-03-02T13:30:00Z", "ask Bob"),
            ("3d", "2026-03-05T12:00:00Z", ""),
            ("1w", "2026-03-09T12:00:00Z", ""),
            ("14:30", "2026-03-02T13:30:00Z", ""),
            ("9:05", "2026-03-03T08:05:00Z", ""),
            ("13:00", "2026-03-03T12:00:00Z", ""),
            ("2026-12-01", "2026-12-01T08:00:00Z", ""),
            ("2026-12-01 14:30", "2026-12-01T13:30:00Z", ""),
            (
                "2026-12-01 the passport is new by then",
                "2026-12-01T08:00:00Z",
                "the passport is new by then",
            ),
            // Summer time, and an hour that is left out.
            ("2026-07-01", "2026-07-01T07:00:00Z", ""),
            ("2026-03-29 02:30", "2026-03-29T01:30:00Z", ""),
        ];
        for (line, at, rest) in table {
            let expected: Timestamp = at.parse().unwrap();
            assert_eq!(typed(line, &now), Ok((expected, rest)), "{line}");
        }
        let refused = [
            ("", "type 2h, 30m"),
            ("soon", "type 2h, 30m"),
            ("2", "type 2h"),
            ("0h", "type 2h"),
            ("2x", "type 2h"),
            ("25:00", "type 2h"),
            ("14:3", "type 2h"),
            ("2026-13-01", "type 2h"),
            ("2026-03-02 12:59", "past already"),
            ("2026-03-02", "past already"),
            ("2025-12-01", "past already"),
            ("9999d", "more than 5 years"),
            ("99999999999999999999h", "type 2h"),
            ("2099-01-01", "more than 5 years"),
        ];
        for (line, why) in refused {
            let told = typed(line, &now).expect_err(line);
            assert!(told.contains(why), "{line}: {told}");
        }
    }

    #[test]
    fn mornings_and_evenings_are_those_that_people_mean() {
        let told = |now: &str| {
            let now = wall(now);
            [morning(&now), evening(&now), in_days(&now, 3), next_monday(&now)]
                .map(|at| said(at.unwrap(), &now))
        };
        // At one on a Monday, late on a Friday, in the night before a Monday.
        assert_eq!(
            told("2026-03-02T12:00:00Z"),
            ["tomorrow 09:00", "18:00", "Thu 5 Mar 09:00", "Mon 9 Mar 09:00"]
        );
        assert_eq!(
            told("2026-03-06T16:30:00Z"),
            ["tomorrow 09:00", "tomorrow 18:00", "Mon 9 Mar 09:00", "Mon 9 Mar 09:00"]
        );
        assert_eq!(
            told("2026-03-02T01:00:00Z"),
            ["09:00", "18:00", "Thu 5 Mar 09:00", "Mon 9 Mar 09:00"]
        );
        assert_eq!(told("2026-12-30T12:00:00Z")[2], "2027-01-02 09:00");
    }

    #[test]
    fn lengths_are_told_where_they_are_whole() {
        let from: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let table = [
            ("2026-03-02T12:30:00Z", Some("30 min are")),
            ("2026-03-02T13:00:00Z", Some("1 h is")),
            ("2026-03-02T15:00:00Z", Some("3 h are")),
            ("2026-03-03T12:00:00Z", Some("1 day is")),
            ("2026-03-05T12:00:00Z", Some("3 days are")),
            ("2026-03-02T12:00:30Z", None),
            ("2026-03-02T12:00:00Z", None),
        ];
        for (to, words) in table {
            assert_eq!(length_words(from, to.parse().unwrap()).as_deref(), words, "{to}");
        }
    }
}
