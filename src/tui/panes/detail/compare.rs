//! What was typed, read and found about a person, side by side.

use super::page::Page;
use crate::{
    desk::InquiryFile,
    tui::{state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, state: &State, width: usize, theme: &Theme) {
    page.values(
        ("typed", "typed by the applicant"),
        &file.inquiry.fields,
        state.values(),
        width,
        theme,
    );
    for verification in &file.verifications {
        let title = format!("read by {}", super::checks::kind(verification));
        let group = verification.id.as_str();
        page.values((group, &title), &verification.fields, state.values(), width, theme);
    }
}
