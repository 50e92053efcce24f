//! What happened, oldest first, with the gaps between.

use jiff::Timestamp;
use ratatui::text::{Line, Span};

use super::page::{On, Page, Said};
use crate::{
    desk::InquiryFile,
    model::timeline::{self, Happened},
    tui::{
        command::Command,
        detail::Loaded,
        format,
        state::{Detail, State},
        theme::Theme,
    },
};

/// A pause that is worth a line, in seconds.
const GAP: i64 = 60 * 60;

pub fn fill(
    page: &mut Page<'_>,
    file: &InquiryFile,
    detail: &Detail,
    state: &State,
    width: usize,
    theme: &Theme,
) {
    let events: &[Happened] = match &detail.events {
        Loaded::Here(events) => events,
        Loaded::No | Loaded::Asking | Loaded::Failed(_) => &[],
    };
    let all = timeline::of(&file.inquiry, &file.verifications, &file.exhibits, events);
    let mut before: Option<Timestamp> = None;
    for one in &all {
        if let Some(gap) = before.filter(|at| one.at.duration_since(*at).as_secs() >= GAP) {
            let words = format!("            ⋮ {} nothing happened", format::age(gap, one.at));
            page.push(Line::styled(words, theme.dim));
        }
        let same_day = before.is_some_and(|before| day(before) == day(one.at));
        before = Some(one.at);
        page.about(On::Id(one.about.clone()), row(one, same_day, width, theme));
        page.reads(Said::Words(aloud(one, same_day)));
    }
    if let Some(last) = before.filter(|_| !file.inquiry.status.is_decided()) {
        let words = format!("            ⋮ {} until now", format::age(last, state.now));
        page.push(Line::styled(words, theme.dim));
    }
    let said = match &detail.events {
        Loaded::Here(events) => format!("with {} events that Persona told", events.len()),
        Loaded::No | Loaded::Asking => "asking Persona for its events…".to_owned(),
        Loaded::Failed(why) => {
            let again = state.key(Command::Refetch);
            format!("Persona's events are missing: {why}; {again} asks again")
        }
    };
    page.blank();
    page.say(&said, theme.dim, width);
}

/// `2026-03-02 10:00:12 · inquiry started`
fn aloud(one: &Happened, same_day: bool) -> String {
    let day = if same_day { String::new() } else { format!("{} ", day(one.at)) };
    let detail = match one.detail.as_str() {
        "" => String::new(),
        detail => format!(" · {}", format::kind(detail)),
    };
    format!("{day}{} · {}{detail}", one.at.strftime("%H:%M:%S"), words(one))
}

/// `inquiry started`
fn words(one: &Happened) -> String {
    let (family, verb) = one.name.as_str().rsplit_once('.').unwrap_or(("", one.name.as_str()));
    let family = family.split('/').next_back().unwrap_or(family).replace('-', " ");
    format!("{family} {}", verb.replace('-', " "))
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// ` 2026-03-02 10:00:12  inquiry started`, the day where it is another than above.
fn row<'a>(one: &Happened, same_day: bool, width: usize, theme: &Theme) -> Line<'a> {
    let verb = one.name.as_str().rsplit_once('.').map_or(one.name.as_str(), |(_, verb)| verb);
    let detail = format::kind(one.detail.as_str());
    let words = words(one);
    let style = match verb {
        "failed" | "declined" | "errored" => theme.bad,
        "matched" | "requires-retry" | "marked-for-review" => theme.warn,
        "approved" | "passed" => theme.good,
        _ => theme.text,
    };
    Line::from(vec![
        Span::styled(
            format!(
                " {:10} {}  ",
                if same_day { String::new() } else { day(one.at) },
                one.at.strftime("%H:%M:%S")
            ),
            theme.dim,
        ),
        Span::styled(format::cut(&words, width.saturating_sub(38)), style),
        Span::styled(format!("  {}", format::cut(&detail, 14)), theme.dim),
    ])
}
