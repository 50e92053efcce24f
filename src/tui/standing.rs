//! Why an item is where it is in its list, in words with its figures.

use jiff::Timestamp;

use super::format;
use crate::{
    desk::{Standing, Total},
    model::filter::{List, Order},
};

/// `1st of 42: its case KYC-12 is 2h late; waits since 3h12m (2nd oldest); 2 failed checks`
pub fn sentence(standing: &Standing, list: List, order: Order, now: Timestamp) -> String {
    let total = match standing.extent {
        Total::Exact => standing.total.to_string(),
        Total::AtLeast => format!("{} or more", standing.total),
    };
    let place = match standing.at {
        Some(at) => format!("{} of {total}", nth(at + 1)),
        None => "no longer in this list".to_owned(),
    };
    let mut parts = vec![due(standing, list, now), age(standing, list, now)];
    if list == List::Inquiries {
        parts.push(risk(standing));
    }
    // What counts first is said first.
    match order {
        Order::Sla => {}
        Order::Age | Order::Newest => parts.swap(0, 1),
        Order::Risk => parts.rotate_right(1),
    }
    format!("{place}: {}", parts.join("; "))
}

fn due(standing: &Standing, list: List, now: Timestamp) -> String {
    match (&standing.due, list) {
        (None, List::Inquiries) => "no open case of it has a deadline".to_owned(),
        (None, List::Cases) => "it has no deadline".to_owned(),
        (Some((name, at)), list) => {
            let it = match list {
                List::Inquiries => format!("its case {name}"),
                List::Cases => "it".to_owned(),
            };
            match format::left(*at, now) {
                Some(left) => format!("{it} has {left} left"),
                None => format!("{it} is {} late", format::age(*at, now)),
            }
        }
    }
}

fn age(standing: &Standing, list: List, now: Timestamp) -> String {
    let Some(since) = standing.since else { return "nobody knows since when".to_owned() };
    let verb = if list == List::Inquiries { "waits" } else { "open" };
    let rank = match standing.older {
        Some(0) => " (the oldest)".to_owned(),
        Some(older) => format!(" ({} oldest)", nth(older + 1)),
        None => String::new(),
    };
    format!("{verb} for {}{rank}", format::age(since, now))
}

fn risk(standing: &Standing) -> String {
    let many = |count: u32, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    let rank = match standing.riskier {
        Some(0) => " (the riskiest)".to_owned(),
        Some(riskier) => format!(" ({} riskiest)", nth(riskier + 1)),
        None => String::new(),
    };
    let signals = match standing.signals {
        0 => String::new(),
        count => format!(", {}", many(count, "signal")),
    };
    format!("{}{signals}{rank}", many(standing.failed, "failed check"))
}

/// `1st`, `2nd`, `11th`
fn nth(n: u64) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Text;

    #[test]
    fn ordinals_are_spelt_as_people_do() {
        let all: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(nth).into();
        assert_eq!(all.join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th");
    }

    #[test]
    fn what_counts_first_is_said_first() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let hours = |n: u64| now - Duration::from_secs(n * 3_600);
        let standing = Standing {
            at: Some(0),
            total: 42,
            extent: Total::Exact,
            due: Some((Text::new("KYC-12"), hours(2))),
            since: Some(hours(3)),
            older: Some(1),
            riskier: Some(0),
            failed: 2,
            signals: 1,
        };
        let said = |order| sentence(&standing, List::Inquiries, order, now);
        assert_eq!(
            said(Order::Sla),
            "1st of 42: its case KYC-12 is 2h00m late; waits for 3h00m (2nd oldest); \
             2 failed checks, 1 signal (the riskiest)"
        );
        assert!(said(Order::Age).starts_with("1st of 42: waits for 3h00m (2nd oldest); its case"));
        assert!(said(Order::Risk).starts_with("1st of 42: 2 failed checks, 1 signal"));
        let gone = Standing { at: None, due: None, older: None, ..standing };
        assert_eq!(
            sentence(&gone, List::Cases, Order::Sla, now),
            "no longer in this list: it has no deadline; open for 3h00m"
        );
    }
}
