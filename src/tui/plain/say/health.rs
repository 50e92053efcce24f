//! How Persona answers, what is left of the budget, how old the data is: the screen's last line, on
//! request.

use crate::tui::{
    format::{self, counted},
    plain::words,
    state::State,
    unsent::Unsent,
    widgets::health,
};

/// A line each.
pub fn lines(state: &State) -> Vec<String> {
    let stats = &state.stats;
    let (_, connection) = health::connection(&state.sync, state.now);
    let mut lines = vec![format!("Connection: {connection}.")];
    lines.extend(
        state.away.map(|since| format!("The {}.", health::away(since, &state.settings.zone))),
    );
    lines.extend(health::trouble(&state.sync.phase).map(|why| words::text(&why)));
    lines
        .extend(health::key(&state.api_key, state.now).iter().map(|words| format!("The {words}.")));
    lines.extend(state.breach.iter().map(|breach| {
        let was = if breach.over { "Was " } else { "" };
        format!("{was}{}.", words::text(&breach.text))
    }));
    lines.push(match state.sync.last_ok {
        Some(at) => match format::coarse(at, state.now).as_str() {
            "now" => "Last heard of Persona: just now.".to_owned(),
            age => format!("Last heard of Persona: {age} ago."),
        },
        None => "Last heard of Persona: never.".to_owned(),
    });
    let figure = |latency: Option<_>| latency.map_or("unknown".to_owned(), format::latency);
    let (half, most) = (figure(stats.p50), figure(stats.p95));
    lines.push(format!("Half of the answers came within {half}, 95 of 100 within {most}."));
    let errors = stats.error_rate.map_or("unknown".to_owned(), format::percent);
    lines.push(format!("Requests that failed: {errors}."));
    if let Some(budget) = stats.budget {
        let low = budget.remaining * 100 < budget.limit * 15;
        let low = if low { ", which is low" } else { "" };
        lines.push(format!(
            "Requests left in this minute: {} of {}{low}.",
            budget.remaining, budget.limit
        ));
    }
    let unsent = Unsent::of(state);
    lines.push(match unsent.stored {
        0 => "Nothing is on its way.".to_owned(),
        n => format!("{} on the way.", counted(n as u64, "decision is", "decisions are")),
    });
    if unsent.kept > 0 {
        let said = counted(unsent.kept as u64, "decision is", "decisions are");
        lines.push(format!("{said} kept here until the shared database answers."));
    }
    let refused = state.outbox.iter().filter(|action| !action.state.is_open()).count();
    if refused > 0 {
        let said = counted(refused as u64, "decision", "decisions");
        lines.push(format!("{said} not done: outbox says why."));
    }
    lines
}

/// The first line: whose console this is.
pub fn hello(state: &State) -> String {
    let settings = &state.settings;
    format!(
        "caseload, {}, reviewer {}, key {}. help says what can be typed.",
        settings.environment, settings.reviewer, settings.key_source
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{plain::say::tests::is_plain, state::samples};

    #[test]
    fn every_figure_has_its_words() {
        let state = samples::reading("needs_review");
        let said = lines(&state);
        assert_eq!(said[0], "Connection: starting.");
        assert!(said.contains(&"Last heard of Persona: never.".to_owned()), "{said:?}");
        assert!(said.contains(&"Nothing is on its way.".to_owned()), "{said:?}");
        assert!(said.iter().all(|line| is_plain(line)));
        assert!(hello(&state).starts_with("caseload, SANDBOX, reviewer jane@acme.test"));
    }
}
