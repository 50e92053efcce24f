//! The typed REST client: JSON:API over HTTP, and nothing of ours.
//!
//! ```text
//!  endpoint value ─▶ Request ─▶ rate_limit ─▶ http (one attempt, measured) ─▶ decode ─▶ Output
//!                                  ▲                        │
//!                                  └──── retry ─────────────┘
//! ```
//!
//! Reads and removals are repeated here, by policy. Another write is one attempt with a key that
//! was durable before: repeating a decision is for whoever made it durable, by the same policy.

pub mod accounts;
mod address;
pub mod api_keys;
pub mod cases;
mod client;
mod collector;
mod decode;
pub mod delivery;
pub mod documents;
mod download;
mod endpoint;
mod error;
pub mod events;
mod exhibits;
mod fields;
pub mod files;
mod held_key;
pub mod inquiries;
mod jsonapi;
pub mod limits;
pub mod logs;
mod mismatches;
mod page;
pub mod print;
pub mod raw;
pub mod redact;
pub mod reports;
pub mod search;
pub mod sessions;
pub mod tags;
pub mod templates;
pub mod transactions;
mod transport;
pub mod verifications;
pub mod webhooks;
pub mod workflows;

pub use self::{
    client::{Client, DEFAULT_BASE_URL, Settings},
    collector::{Collector, CollectorSettings},
    download::Download,
    endpoint::{Answer, Documented, Endpoint, Found, Method, Object, Read, Request, Write},
    error::{Error, ErrorKind, NoAnswer},
    held_key::HeldKey,
    jsonapi::{DecodeError, Document},
    mismatches::Mismatches,
    page::{Link, Page, PageFrom},
    transport::{
        http::Roots,
        retry::{Effect, Repeat, documented, repeat},
    },
};

/// The version this client is written against; 2023-01-05 bodies are read as well.
pub const VERSION: &str = "2025-12-08";
