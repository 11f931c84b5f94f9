//! Writing to registries and layouts: publishing, saving, loading. The registries are in-process and do as they are told.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "push/archives.rs"]
mod archives;
#[path = "push/content.rs"]
mod content;
#[path = "push/copying.rs"]
mod copying;
#[path = "push/faults.rs"]
mod faults;
#[path = "push/many.rs"]
mod many;
#[path = "push/publishing.rs"]
mod publishing;
#[path = "push/warehouse.rs"]
mod warehouse;
