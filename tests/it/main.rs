//! All tests that need more than one room, in one binary.

mod architecture;
mod bodies;
mod budget;
mod cli;
mod client;
mod config;
mod connections;
mod contract;
mod delivery;
mod endpoints;
mod hostile;
mod letter;
mod lossless;
mod mismatches;
mod mutation;
mod relations;
mod review;
mod screens;
mod script;
mod simulator;
mod store;
mod story;
mod sync;
mod terminal;
mod unhappy;
mod wire;
