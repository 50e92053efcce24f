//! Adding a relation: which key, then whom. Nothing is staged before it is known to be there.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::tui::{
    adding::{Adding, Step},
    format,
    theme::Theme,
    widgets::popup,
};

const WIDTH: u16 = 72;

pub fn draw(frame: &mut Frame<'_>, adding: &Adding, theme: &Theme) {
    let inner = usize::from(WIDTH.min(frame.area().width.saturating_sub(2))).saturating_sub(4);
    let mut lines = Vec::new();
    let foot = match &adding.step {
        Step::ChooseKey => {
            lines.extend(keys(adding, inner, theme));
            "a digit or Enter chooses · Esc closes"
        }
        Step::NameTarget(typed) => {
            lines.push(under(adding, inner, theme));
            // The end of a long id is what is being typed.
            let room = inner.saturating_sub(8);
            let shown = typed.value().chars().rev().take(room).collect::<Vec<_>>();
            let shown: String = shown.into_iter().rev().collect();
            lines.push(Line::from(vec![
                Span::styled("whom: ", theme.accent),
                Span::raw(shown),
                Span::styled("▏", theme.accent),
            ]));
            "type or paste its id · Enter looks it up · Esc closes"
        }
        Step::Checking(tie) => {
            lines.push(under(adding, inner, theme));
            let said = format!("looking for {}…", tie.target.short());
            lines.push(Line::styled(format::cut(&said, inner), theme.dim));
            "Esc closes"
        }
    };
    if let Some(why) = &adding.refused {
        let wrapped = format::wrap(why, inner);
        lines.extend(wrapped.into_iter().map(|line| Line::styled(line, theme.bad)));
    }
    let title = format!("add a relation to {}", adding.source.short());
    popup::draw(frame, &title, foot, lines, WIDTH, 0, theme);
}

fn under<'a>(adding: &Adding, width: usize, theme: &Theme) -> Line<'a> {
    let key = adding.key().map_or("", |key| key.as_str());
    Line::styled(format::cut(&format!("under {key}"), width), theme.dim)
}

fn keys<'a>(adding: &Adding, width: usize, theme: &Theme) -> Vec<Line<'a>> {
    if adding.keys.is_empty() {
        let said = "No relation key is known for accounts of this type: name your organisation's \
                    under [relations] keys.";
        return format::wrap(said, width).into_iter().map(Line::from).collect();
    }
    let line = |(nth, key): (usize, &crate::model::Text)| {
        let line = Line::from(vec![
            Span::styled(format!(" {} ", nth + 1), theme.accent),
            Span::raw(format::fit(key.as_str(), width.saturating_sub(4))),
        ]);
        if nth == adding.cursor { theme.lit(line) } else { line }
    };
    adding.keys.iter().enumerate().map(line).collect()
}
