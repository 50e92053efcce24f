//! All tests that need more than one room, in one binary.

mod architecture;
mod client;
mod config;
mod review;
mod screens;
mod story;
mod terminal;
mod unhappy;
