//! A Persona that fits in memory: it answers over real HTTP and holds Persona's rules.
//!
//! ```text
//!  serve ─▶ answer: key ─▶ rate window ─▶ faults ─▶ idempotency ─▶ routes ─▶ world
//! ```
//!
//! The world is made from a seed and a start time, so the same ones make the same world. Tests ask
//! [`Simulator`] what this Persona now believes.

mod accounts;
mod answer;
mod checks;
mod idempotency;
mod limits;
mod people;
mod routes;
mod rules;
mod scenario;
mod seed;
mod serve;
mod world;

pub use self::{
    scenario::{Scenario, UnknownScenario},
    serve::{Received, Simulator, start},
};
use crate::secret::Secret;

/// The demo's key: public, and of no use anywhere else.
pub const DEMO_KEY: &str = "persona_sandbox_demo";

#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    pub inquiries: usize,
    pub scenario: Scenario,
    /// The one key that is accepted.
    pub key: Secret<String>,
    /// Requests per window of 60 seconds.
    pub rate_limit: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 42,
            inquiries: 300,
            scenario: Scenario::default(),
            key: Secret::new(DEMO_KEY.to_owned()),
            rate_limit: 300,
        }
    }
}
