//! Copying an image with everything that is attached to it, from one place to another.
//!
//! [`collect`] lists what there is to copy and reads every manifest of it; nothing is written by then. [`ship`] copies:
//! layers and evidence first, several at a time, then the manifests that point to them, and the image's own entry or tag
//! last, so that what was begun and not finished does not look complete. Every byte is hashed on the way.
//!
//! Nothing is verified: what comes along is what was attached, by whomever.

mod collect;
mod ship;

pub use collect::{Attached, Freight, How, collect};
pub use ship::{OnBytes, Shipped, ship};
