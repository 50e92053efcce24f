//! Boxes over the panes: each asks or shows one thing, Esc closes it.

pub mod add_relation;
pub mod copy;
pub mod hand_off;
pub mod help;
pub mod leave;
pub mod link;
pub mod mismatches;
pub mod order;
pub mod outbox;
pub mod palette;
pub mod snooze;
pub mod stats;
pub mod statuses;
pub mod tags;
pub mod viewer;
pub mod views;
