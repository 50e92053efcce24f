//! A terminal review console for Persona.
//!
//! | room | what it does |
//! |---|---|
//! | [`cli`] | the command line, one file per subcommand |
//! | [`tui`] | the console: keys in, frames out |
//! | [`desk`] | the application door: everything a front end may ask |
//! | [`outbox`] | makes decisions reach Persona, once |
//! | [`sync`] | makes Persona's facts reach the store |
//! | [`persona`] | the typed REST client |
//! | [`store`] | the local copy, and the only database code |
//! | [`simulator`] | a Persona that fits in memory |
//! | [`model`] | plain data that all rooms speak in |
//!
//! Imports point one way, and `tests/it/architecture.rs` holds them to it:
//!
//! ```text
//! main → cli → tui → desk → { outbox, sync } → { persona, store } → model
//!          └→ simulator → model          leaves: busy clock config journal metrics secret telemetry
//! ```

pub mod busy;
pub mod cli;
pub mod clock;
pub mod config;
pub mod desk;
pub mod journal;
pub mod metrics;
pub mod model;
pub mod outbox;
pub mod persona;
pub mod secret;
pub mod simulator;
pub mod store;
pub mod sync;
pub mod telemetry;
pub mod tui;
