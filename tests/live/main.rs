//! Portcullis against programs that others make and run, started here on loopback.
//!
//! `run.sh` runs all of it: it has `setup.sh` install the programs, sets `PORTCULLIS_LIVE=1`, and fails unless every pair in
//! `pairs.txt` met. Without that variable only what a distribution's package has is used; a program that is not there
//! makes its tests say so and pass, and fail where `CI` is `true`. Every program is started by [`process::Process`], which
//! ends it by its own process id, also when the test is killed. A further program gets a file of its own here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and says why it was skipped"
)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod carriers;
mod cosign;
mod cosign_files;
mod cosign_images;
mod cosign_layouts;
mod docker_registry;
mod http;
mod judges;
mod layout;
mod legacy;
mod lookalikes;
mod pairs;
mod process;
mod registries;
mod services;
mod tampering;
