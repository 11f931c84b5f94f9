//! Images in registries: an in-process registry on loopback that does as it is told, well or badly.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "support/judge.rs"]
mod judge;
mod support;

#[path = "registry/auth.rs"]
mod auth;
#[path = "registry/content.rs"]
mod content;
#[path = "registry/fake.rs"]
mod fake;
#[path = "registry/faults.rs"]
mod faults;
#[path = "registry/finding.rs"]
mod finding;
#[path = "registry/inspecting.rs"]
mod inspecting;
#[path = "render/json_schema.rs"]
mod json_schema;
#[path = "registry/lies.rs"]
mod lies;
#[path = "registry/pinning.rs"]
mod pinning;
#[path = "registry/program.rs"]
mod program;
#[path = "registry/real.rs"]
mod real;
#[path = "registry/tls.rs"]
mod tls;
