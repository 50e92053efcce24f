//! The filter of a list, as its frame shows it: while it is typed, and when it is in force.

use ratatui::text::Span;

use crate::{
    model::filter::{Field, Filter},
    tui::{state, theme::Theme},
};

/// While it is typed. `total`: how many rows it leaves.
pub fn title<'a>(line: &state::Filter, total: String, theme: &Theme) -> Vec<Span<'a>> {
    let said = match &line.problem {
        None => Span::styled(format!(" {total} "), theme.dim),
        // The line of hints has the reason: a frame may be too narrow for it.
        Some(_) => Span::styled(" ✗ ", theme.bad),
    };
    let typed = Span::raw(format!("{}▏", line.input.value()));
    vec![Span::styled("/", theme.accent), typed, said]
}

/// What is in force beside a status that is said already: ` /jane failed:>0`.
pub fn beyond_status(filter: &Filter) -> String {
    written_after(&filter.without(Field::Status), " /")
}

/// `/status:any jane`
pub fn written(filter: &Filter) -> String {
    written_after(filter, "/")
}

fn written_after(filter: &Filter, mark: &str) -> String {
    match filter.is_empty() {
        true => String::new(),
        false => format!("{mark}{}", Filter { list: None, ..filter.clone() }),
    }
}
