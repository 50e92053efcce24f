//! Every key and what it does, made from the tables: what matters here first, with the reason where it
//! cannot run now; then all of them. In two columns where there is room.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::tui::{
    available::available,
    command::{Section, TABLE},
    format,
    keymap::Context,
    state::State,
    theme::Theme,
    widgets::{hints, popup},
};

/// Of one column, and between two.
const WIDEST: u16 = 74;
const NARROWEST: u16 = 52;
const BETWEEN: u16 = 2;
const KEYS: usize = 15;

pub fn draw(frame: &mut Frame<'_>, scroll: u16, state: &State, theme: &Theme) {
    // The box has a frame and a blank on both sides.
    let room = frame.area().width.saturating_sub(6);
    let columns = if room >= 2 * NARROWEST + BETWEEN { 2 } else { 1 };
    let width = ((room - BETWEEN * (columns - 1)) / columns).min(WIDEST);
    let lines = lines(usize::from(width), state, theme);
    let lines = if columns == 2 { beside(lines, usize::from(width + BETWEEN)) } else { lines };
    let wide = width * columns + BETWEEN * (columns - 1) + 4;
    popup::draw(frame, "keys", &state.settings.keys.scroll_foot(), lines, wide, scroll, theme);
}

fn lines<'a>(width: usize, state: &State, theme: &Theme) -> Vec<Line<'a>> {
    let mut page = Page { lines: Vec::new(), width, theme };
    let keys = &state.settings.keys;
    page.heading("Here");
    if state.staged.is_some() {
        for (told, help) in keys.help(Context::Commit) {
            page.row(&told, help, None);
        }
    }
    for command in hints::commands(state) {
        let refused = available(state, *command).err();
        page.row(&keys.listed(*command), command.spec().help, refused);
    }
    for section in Section::ALL {
        page.heading(section.title());
        for spec in TABLE.iter().filter(|spec| spec.section == section) {
            page.row(&keys.listed(spec.command), spec.help, None);
        }
    }
    for context in Context::ALL {
        page.heading(context.title());
        for (told, help) in keys.help(context) {
            page.row(&told, help, None);
        }
    }
    page.lines
}

struct Page<'a, 't> {
    lines: Vec<Line<'a>>,
    width: usize,
    theme: &'t Theme,
}

impl Page<'_, '_> {
    fn heading(&mut self, title: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Line::raw(""));
        }
        self.lines.push(Line::styled(title.to_owned(), self.theme.accent));
    }

    fn row(&mut self, keys: &str, help: &str, refused: Option<String>) {
        let room = self.width.saturating_sub(KEYS + 1);
        let style = if refused.is_some() { self.theme.dim } else { self.theme.text };
        let refused = refused.map(|why| format::wrap(&format!("not now: {why}"), room));
        let mut keys = keys.to_owned();
        for help in format::wrap(help, room).into_iter().chain(refused.into_iter().flatten()) {
            self.lines.push(Line::from(vec![
                Span::styled(format!("{} ", format::fit(&keys, KEYS)), self.theme.warn),
                Span::styled(help, style),
            ]));
            keys.clear();
        }
    }
}

/// The second half beside the first.
fn beside(lines: Vec<Line<'_>>, column: usize) -> Vec<Line<'_>> {
    let half = lines.len().div_ceil(2);
    let mut left = lines;
    let mut right = left.split_off(half).into_iter();
    for line in &mut left {
        let blank = column.saturating_sub(line.width());
        line.push_span(Span::raw(" ".repeat(blank)));
        line.spans.extend(right.next().into_iter().flat_map(|line| line.spans));
    }
    left
}
