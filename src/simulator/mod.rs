//! A Persona that fits in memory: it answers over real HTTP and holds Persona's rules.
//!
//! ```text
//!  serve ─▶ answer: key ─▶ rate window ─▶ faults ─▶ idempotency ─▶ routes ─▶ world
//!                                                                    │
//!  deliver ◀─ webhooks ◀─ events ◀───────────────────────────────────┘     render ─▶ out
//! ```
//!
//! The world is made from a seed and a start time, so the same ones make the same world. Tests ask
//! [`Simulator`] what this Persona now believes.

mod answer;
mod base;
mod call;
mod control;
mod deliver;
mod fault;
mod files;
mod flat;
mod happened;
mod idempotency;
mod index;
mod inflect;
mod keys;
mod limits;
mod line;
mod names;
mod object;
mod page;
mod people;
mod persona;
mod photo;
mod print;
mod query;
mod render;
mod reply;
mod request;
mod routes;
mod rows;
mod rules;
mod running;
mod scenario;
mod search;
mod serve;
mod shape;
mod version;
mod webhooks;
mod world;

use std::net::SocketAddr;

use jiff::SignedDuration;

pub use self::{
    base::Novelties,
    running::Simulator,
    scenario::{Scenario, UnknownScenario},
    serve::{Received, start},
    version::VERSIONS,
};
use crate::secret::Secret;

/// The demo's key: public, and of no use anywhere else.
pub const DEMO_KEY: &str = "persona_sandbox_demo";

#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    pub inquiries: usize,
    pub novelties: Novelties,
    pub scenario: Scenario,
    /// The key that is accepted. One that says `production` opens a production environment.
    pub key: Secret<String>,
    /// The version that the key asks for, one of [`VERSIONS`].
    pub version: String,
    /// Requests per window of 60 seconds, over all keys.
    pub rate_limit: u32,
    /// Requests per window of each single key, if keys are limited as well.
    pub key_rate_limit: Option<u32>,
    /// Creates per window, for each product.
    pub quota: u32,
    /// For so long the URLs of files are good, in seconds.
    pub file_life_seconds: u32,
    /// The host name in URLs of files.
    pub file_host: String,
    /// So long after a change the search knows of it.
    pub search_lag: SignedDuration,
    /// So many times faster than in life deliveries are tried again.
    pub webhook_haste: u32,
    /// So many deliveries of a webhook are under way at the same time.
    pub webhook_abreast: usize,
    /// So many of the newest events are listed.
    pub events_kept: usize,
    /// Where the simulator itself is controlled.
    pub control: Option<SocketAddr>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 42,
            inquiries: 300,
            novelties: Novelties::None,
            scenario: Scenario::default(),
            key: Secret::new(DEMO_KEY.to_owned()),
            version: VERSIONS[0].to_owned(),
            rate_limit: 300,
            key_rate_limit: None,
            quota: 150,
            file_life_seconds: 6 * 60 * 60,
            file_host: "localhost".to_owned(),
            search_lag: SignedDuration::from_secs(60),
            webhook_haste: 1,
            webhook_abreast: 1,
            events_kept: 20_000,
            control: None,
        }
    }
}
