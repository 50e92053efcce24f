//! The last line: how Persona answers, what is left of the budget, how old the data is, what is
//! on its way. A figure above its limit turns into words.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    config::WhenLost,
    desk::{
        Ears, Phase, Repair, Repaired, SyncState,
        api_key::{KeyState, ends_soon},
    },
    tui::{command::Command, format, state::State, theme::Theme, times, unsent::Unsent},
};

/// The connection, as a light beside the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    On,
    Working,
    Off,
}

impl Light {
    pub fn glyph(self) -> &'static str {
        match self {
            Self::On => "●",
            Self::Working => "◐",
            Self::Off => "○",
        }
    }
}

/// How Persona's facts come, and how old they are where they are not current.
pub fn connection(sync: &SyncState, now: Timestamp) -> (Light, String) {
    let (light, words) = match &sync.phase {
        Phase::Starting => (Light::Working, "starting".to_owned()),
        Phase::Filling { done } => (Light::Working, format!("filling, {done} so far")),
        Phase::CatchingUp { done } => (Light::Working, format!("catching up, {done} so far")),
        Phase::Current if sync.ears == Ears::Open => (Light::On, "live".to_owned()),
        Phase::Current => (Light::On, "polling".to_owned()),
        Phase::Offline { .. } => (Light::Off, "offline".to_owned()),
        Phase::Refused { .. } => (Light::Off, "key refused".to_owned()),
    };
    match age(sync, now) {
        Some(age) => (light, format!("{words}, {age} old")),
        None => (light, words),
    }
}

/// How old the data is, once that is more than the pause between two polls.
fn age(sync: &SyncState, now: Timestamp) -> Option<String> {
    let at = sync.last_ok?;
    (now.duration_since(at) >= current_for(sync)).then(|| format::coarse(at, now))
}

/// Polls come every 15 seconds at least; beneath a receiver that hears, every minute.
fn current_for(sync: &SyncState) -> SignedDuration {
    match sync.ears {
        Ears::Open => SignedDuration::from_secs(150),
        Ears::None | Ears::Deaf => SignedDuration::from_secs(30),
    }
}

/// When the age on the screen changes next, where that is not with the minute.
pub fn next_age(sync: &SyncState, now: Timestamp) -> Option<Timestamp> {
    let at = sync.last_ok?;
    let (age, first) = (now.duration_since(at), current_for(sync));
    if age < first {
        return Some(at + first);
    }
    let next = SignedDuration::from_secs((age.as_secs() / 10 + 1) * 10);
    (age < SignedDuration::from_mins(1)).then(|| at + next)
}

/// The sentence for a connection that is not as it should be.
pub fn trouble(phase: &Phase) -> Option<String> {
    match phase {
        Phase::Offline { reason, .. } | Phase::Refused { reason } => Some(reason.to_string()),
        Phase::Starting | Phase::Filling { .. } | Phase::CatchingUp { .. } | Phase::Current => None,
    }
}

/// The sentences for a team's database that went away, and that is back.
pub fn lost(when_lost: WhenLost) -> String {
    let decisions = match when_lost {
        WhenLost::Refuse => "nothing is recorded",
        WhenLost::Spool => "decisions are kept here",
    };
    format!(
        "the shared database does not answer: what is shown stays, and {decisions} until it does"
    )
}

pub const FOUND: &str = "the shared database is back: what happened meanwhile is read";
pub const WENT_ON: &str = "what was decided while the shared database was away goes on; where it does not, its row says why";

/// The same for as long as it lasts.
pub fn away(since: Timestamp, zone: &TimeZone) -> String {
    format!("database away since {}", times::local(since, zone).strftime("%H:%M"))
}

/// The sentence for a gap that was closed.
pub fn repaired(repair: &Repair, now: Timestamp) -> String {
    let missed = match repair.missed_since {
        Some(since) => format!("what happened in the last {}", format::age(since, now)),
        None => "some of what happened".to_owned(),
    };
    match repair.by {
        Repaired::Listing(objects) => format!(
            "{missed} could not be followed: all that may have changed was listed again, {objects} objects"
        ),
        Repaired::Polling(1) => "a webhook was lost: polling brought what it tells".to_owned(),
        Repaired::Polling(events) => {
            format!("{events} webhooks were lost: polling brought what they tell")
        }
    }
}

/// What is to be said of the API key.
pub fn key(key: &KeyState, now: Timestamp) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(at) = key.expires_at.filter(|at| ends_soon(Some(*at), now)) {
        said.push(match format::left(at, now) {
            Some(left) => format!("key ends in {left}"),
            None => "key has ended".to_owned(),
        });
    }
    match key.beyond.len() {
        0 => {}
        beyond => said.push(format!("key may {beyond} more than declared")),
    }
    said
}

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    frame.render_widget(line(state, theme).right_aligned(), area);
}

fn line<'a>(state: &State, theme: &Theme) -> Line<'a> {
    let stats = &state.stats;
    let mut parts: Vec<Span<'a>> = Vec::new();
    match &state.breach {
        Some(breach) if breach.over => {
            parts.push(Span::styled(format!("was {}", breach.text), theme.warn));
        }
        Some(breach) => parts.push(Span::styled(breach.text.clone(), theme.bad)),
        None => {}
    }
    if state.breach.is_none() || state.size.0 >= 120 {
        let figure = |latency: Option<_>| latency.map_or("–".to_owned(), format::latency);
        parts.push(Span::styled(format!("p50 {}", figure(stats.p50)), theme.dim));
        parts.push(Span::styled(format!("p95 {}", figure(stats.p95)), theme.dim));
        let errors = stats.error_rate.map_or("–".to_owned(), format::percent);
        parts.push(Span::styled(format!("err {errors}"), theme.dim));
    }
    if let Some(budget) = stats.budget {
        let low = budget.remaining * 100 < budget.limit * 15;
        let style = if low { theme.warn } else { theme.dim };
        let word = if low { " budget low" } else { "" };
        parts.push(Span::styled(format!("{}/{}{word}", budget.remaining, budget.limit), style));
    }
    let words = key(&state.api_key, state.now);
    parts.extend(words.into_iter().map(|words| Span::styled(words, theme.warn)));
    let unseen = state.mismatches.unseen;
    if unseen > 0 {
        let shown = state.key(Command::Mismatches);
        parts.push(Span::styled(format!("{unseen} new {shown}"), theme.warn));
    }
    let sync = state.sync.last_ok.map_or("never".to_owned(), |at| format::coarse(at, state.now));
    parts.push(Span::styled(format!("sync {sync}"), theme.dim));
    let Unsent { stored, kept } = Unsent::of(state);
    if kept > 0 {
        parts.push(Span::styled(format!("{kept} kept here"), theme.warn));
    }
    if stored > 0 {
        parts.push(Span::styled(format!("⇡{stored} on the way"), theme.accent));
    }
    let refused = state.outbox.iter().filter(|action| !action.state.is_open()).count();
    if refused > 0 {
        parts.push(Span::styled(
            format!("{refused} not done, {} shows", state.key(Command::Outbox)),
            theme.bad,
        ));
    }
    // Where all of it is too long, the figures in the front give way; words never do.
    let width = |parts: &[Span<'_>]| parts.iter().map(|part| part.width() + 3).sum::<usize>();
    while state.breach.is_none() && parts.len() > 1 && width(&parts) > usize::from(state.size.0) {
        parts.remove(0);
    }
    let mut spans = Vec::with_capacity(parts.len() * 2);
    for part in parts {
        if !spans.is_empty() {
            spans.push(Span::styled(" · ", theme.dim));
        }
        spans.push(part);
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sync(phase: Phase, ears: Ears) -> SyncState {
        SyncState { phase, ears, last_ok: Some(at(0)), repaired: None }
    }

    #[test]
    fn the_header_says_how_facts_come_and_how_old_they_are() {
        use Ears::{Deaf, None, Open};
        let offline = || Phase::Offline { since: at(9), reason: Default::default() };
        let table = [
            (Phase::Starting, None, 0, "starting"),
            (Phase::Filling { done: 200 }, None, 5, "filling, 200 so far"),
            (Phase::CatchingUp { done: 900 }, None, 31, "catching up, 900 so far, 30 s old"),
            (Phase::Current, None, 29, "polling"),
            (Phase::Current, None, 30, "polling, 30 s old"),
            (Phase::Current, Deaf, 30, "polling, 30 s old"),
            (Phase::Current, Open, 149, "live"),
            (Phase::Current, Open, 150, "live, 2 min old"),
            (offline(), None, 20, "offline"),
            (offline(), None, 7_300, "offline, 2 h old"),
        ];
        for (phase, ears, second, words) in table {
            assert_eq!(connection(&sync(phase, ears), at(second)).1, words);
        }
    }

    #[test]
    fn a_key_is_only_spoken_of_where_there_is_something_to_do() {
        let may = |list: &[&str]| list.iter().map(|may| crate::model::Text::new(may)).collect();
        let said = |expires_at: Option<i64>, beyond: &[&str]| {
            key(&KeyState { expires_at: expires_at.map(at), beyond: may(beyond) }, at(0)).join("; ")
        };
        assert_eq!(said(None, &[]), "");
        assert_eq!(said(Some(8 * 86_400), &[]), "");
        assert_eq!(said(Some(3 * 86_400 + 7_200), &[]), "key ends in 3d02h");
        assert_eq!(said(Some(0), &["a", "b"]), "key has ended; key may 2 more than declared");
    }

    #[test]
    fn it_wakes_when_the_age_changes() {
        let polling = sync(Phase::Current, Ears::None);
        let table = [(0, Some(30)), (29, Some(30)), (30, Some(40)), (59, Some(60)), (60, None)];
        for (now, next) in table {
            assert_eq!(next_age(&polling, at(now)), next.map(at), "{now}");
        }
    }
}
