//! The photos of an inquiry.

use super::page::Page;
use crate::{desk::InquiryFile, tui::theme::Theme};

pub fn fill(page: &mut Page<'_>, file: &InquiryFile, width: usize, theme: &Theme) {
    for verification in &file.verifications {
        for photo in &verification.files {
            let said = format!("{} {}", super::checks::kind(verification), photo.part);
            page.say(&said, theme.text, width);
        }
    }
}
