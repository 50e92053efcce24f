//! documents

use super::page::Page;
use crate::{
    desk::InquiryFile,
    tui::{state::State, theme::Theme},
};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, _state: &State, width: usize, theme: &Theme) {
    let said = format!("{} pieces", file.exhibits.documents.len());
    page.say(&said, theme.dim, width);
}
