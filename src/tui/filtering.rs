//! The line in which a list is filtered, while it is open.

use tui_input::Input;

use super::state::Pane;
use crate::model::filter;

#[derive(Debug)]
pub struct Filter {
    pub pane: Pane,
    pub input: Input,
    /// What the lists showed before, for Esc.
    pub before: (filter::Filter, filter::Filter),
    /// Why the line cannot be used.
    pub problem: Option<String>,
}
