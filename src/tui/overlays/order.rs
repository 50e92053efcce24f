//! Why the item under the cursor is where it is, and in which other order the list can be.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    desk::Standing,
    model::filter::{List, Order},
    tui::{format, standing::sentence, state::State, theme::Theme, widgets::popup},
};

const WIDTH: u16 = 76;

pub fn draw(
    frame: &mut Frame<'_>,
    list: List,
    standing: Option<&Standing>,
    state: &State,
    theme: &Theme,
) {
    let order = match list {
        List::Inquiries => state.inquiry_view.order,
        List::Cases => state.case_view.order,
    };
    let why = match standing {
        Some(standing) => sentence(standing, list, order, state.now),
        None => "no item is under the cursor".to_owned(),
    };
    let mut lines: Vec<Line<'_>> = format::wrap(&why, usize::from(WIDTH) - 4)
        .into_iter()
        .map(|line| Line::styled(line, theme.text))
        .collect();
    lines.push(Line::raw(""));
    for (nth, choice) in Order::ALL.into_iter().enumerate() {
        let mark = if choice == order { "▸" } else { " " };
        lines.push(Line::from(vec![
            Span::styled(format!("{mark} {} ", nth + 1), theme.accent),
            Span::styled(choice.words(), if choice == order { theme.text } else { theme.dim }),
        ]));
    }
    if list == List::Inquiries && state.inquiry_view.status.as_ref() != Some(&REVIEW) {
        lines.push(Line::raw(""));
        let said = "what does not wait for review is listed newest first, whatever is chosen";
        lines.push(Line::styled(said, theme.dim));
    }
    popup::draw(frame, "order", "a digit chooses · Esc closes", lines, WIDTH, 0, theme);
}

const REVIEW: crate::model::InquiryStatus = crate::model::InquiryStatus::NeedsReview;
