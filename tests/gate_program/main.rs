//! The gate as a program: started, killed, reloaded and ended, with a sandbox for its registry and a receiver for its
//! triggers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first surprise"
)]

mod crash;
mod deploy;
mod flow;
#[allow(dead_code, reason = "the benchmark takes what the tests leave")]
mod program;
#[path = "../sign/pushed.rs"]
#[allow(
    dead_code,
    reason = "every test binary takes what it needs and leaves the rest"
)]
mod pushed;
#[path = "../support/service.rs"]
#[allow(
    dead_code,
    reason = "every test binary takes what it needs and leaves the rest"
)]
mod service;
mod summaries;
#[path = "../sign/world.rs"]
#[allow(
    dead_code,
    reason = "every test binary takes what it needs and leaves the rest"
)]
mod world;
