//! The gate: its doors as those who call it see them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod admission;
mod certificates;
mod client;
mod configuration;
mod door;
mod full;
mod intake;
mod limits;
mod reading;
mod routes;
#[path = "../support/service.rs"]
#[allow(
    dead_code,
    reason = "every test binary takes what it needs and leaves the rest"
)]
mod service;
mod signatures;
mod submit;
mod tokens;
