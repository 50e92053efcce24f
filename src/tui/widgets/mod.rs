//! Parts of the screen that are not panes.

pub mod commit_bar;
pub mod filter_line;
pub mod header;
pub mod health;
pub mod hints;
pub mod list;
pub mod picture;
pub mod popup;
pub mod prompt;
pub mod strip;
pub mod tutor;
