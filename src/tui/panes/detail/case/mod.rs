//! A case: its state stays in sight, and below it is what a decision is based on, in the order that
//! a configuration gives.

mod attached;
mod comments;
mod fields;
mod head;

use ratatui::text::Line;

pub use self::head::head;
use super::page::{Page, Values};
use crate::{
    config::{CaseLayout, Section},
    desk::CaseFile,
    model::Pii,
    tui::{casework, state::State, theme::Theme},
};

/// What every section is drawn with.
struct Look<'l> {
    state: &'l State,
    width: usize,
    theme: &'l Theme,
}

impl Look<'_> {
    fn write(&self, value: &Pii) -> String {
        Values::of(self.state.shows_item()).write(value)
    }
}

pub fn fill(page: &mut Page<'_>, file: &CaseFile, state: &State, width: usize, theme: &Theme) {
    let look = Look { state, width, theme };
    if file.case.redacted_at.is_some() {
        page.push(Line::styled(" redacted: the personal data is gone", theme.warn));
    }
    let asks = state.detail.as_ref().is_some_and(|detail| detail.asking);
    if file.exhibits == Default::default() && !asks {
        let said = "comments, reports and what else is attached were not asked for yet: Enter does";
        page.say(said, theme.warn, width);
    }
    let layout = casework::layout(&state.settings.layouts, &file.case);
    let usual = CaseLayout::default();
    let mut empty = Vec::new();
    for section in layout.unwrap_or(&usual).sections() {
        let before = page.rows.len();
        match section {
            Section::Fields => fields::written(page, file, layout, &look),
            Section::Checklist => fields::checklist(page, file, layout, &look),
            Section::Inquiries => attached::inquiries(page, file, &look),
            Section::Accounts => attached::accounts(page, file, &look),
            Section::Reports => attached::reports(page, file, &look),
            Section::Verifications => attached::verifications(page, file, &look),
            Section::Transactions => attached::transactions(page, file, &look),
            Section::Attachments => attached::files(page, file, &look),
            Section::Comments => comments::fill(page, file, &look),
        }
        if page.rows.len() == before {
            empty.push(title(section).to_lowercase());
        }
    }
    if !empty.is_empty() {
        page.blank();
        page.say(&format!("no {}", empty.join(", ")), theme.dim, width);
    }
}

fn title(section: Section) -> &'static str {
    match section {
        Section::Fields => "Fields",
        Section::Checklist => "Checklist",
        Section::Inquiries => "Inquiries",
        Section::Accounts => "Accounts",
        Section::Reports => "Reports",
        Section::Verifications => "Verifications",
        Section::Transactions => "Transactions",
        Section::Attachments => "Attachments",
        Section::Comments => "Comments",
    }
}

/// A heading with how many there are; says how many of them did not come along.
fn heading(page: &mut Page<'_>, section: Section, (here, all): (usize, usize), look: &Look<'_>) {
    let all = all.max(here);
    let aside = match all - here {
        0 => String::new(),
        missing => format!("{missing} not in the local copy yet"),
    };
    page.heading(&format!("{} {all}", title(section)), &aside, look.theme);
}
