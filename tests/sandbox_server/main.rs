//! The sandbox's servers over HTTP: what they issue verifies, and what they refuse.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod client;
mod faults;
mod fulcio;
mod logs;
mod oidc;
mod registry;
mod restart;
mod signing;
