//! Both sides of the wire against Persona's official contract, where that is at hand.

pub mod check;
pub mod document;
mod examples;
mod generated;
mod known;
mod proxy;
mod requests;
mod strategies;
mod through;

pub use self::document::Contract;
