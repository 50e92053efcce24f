//! How a request travels: one function sends, small policies decide around it.

pub mod gate;
pub mod http;
pub mod judge;
pub mod measure;
pub mod quota;
pub mod rate_limit;
pub mod retry;
