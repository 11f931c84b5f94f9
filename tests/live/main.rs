//! Portcullis against programs that others make and run, started here on loopback.
//!
//! A program that is not installed makes its tests say so and pass; where `CI` is `true` it makes them fail. Those that
//! take long to build, which `setup.sh` does, have to be there only where `PORTCULLIS_LIVE` is `1`. Every program is started by [`process::Process`], which ends it by its own process id, also when the test is killed. A further
//! program gets a file of its own here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and says why it was skipped"
)]

#[path = "../support/mod.rs"]
mod support;

mod cosign;
mod cosign_files;
mod cosign_images;
mod cosign_layouts;
mod docker_registry;
mod http;
mod layout;
mod process;
mod services;
