//! The panes. Each is a pure function of the state; none knows another.

pub mod cases;
pub mod detail;
pub mod inquiries;
pub mod relations;
