//! The inquiry as Persona answers it.

use super::page::Page;
use crate::tui::theme::Theme;

pub fn fill(page: &mut Page<'_>, width: usize, theme: &Theme) {
    page.say("not here yet", theme.dim, width);
}
