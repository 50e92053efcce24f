//! A terminal review console for Persona.

pub mod busy;
pub mod clock;
pub mod config;
pub mod journal;
pub mod metrics;
pub mod model;
pub mod outbox;
pub mod persona;
pub mod secret;
pub mod store;
pub mod sync;
