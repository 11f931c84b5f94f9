//! Making signatures against an instance in this process: honest, broken and hostile.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod combinations;
mod hostile;
mod instance;
mod legacy;
mod resume;
mod services;

#[path = "../support/judge.rs"]
mod judge;
#[path = "../support/service.rs"]
mod service;
