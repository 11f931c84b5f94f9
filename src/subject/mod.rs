//! What is being asked about: digests, image references, and the argument forms a person may type.
//!
//! Everything here is a value. The file system is only consulted through the probe that [`Subject::parse`] is given.

mod argument;
mod digest;
mod platform;
mod reference;

pub use argument::{LayoutSelector, PathKind, Subject, SubjectError};
pub use digest::{Algorithm, Digest, DigestError};
pub use oci_spec::distribution::Reference;
pub use platform::{Platform, PlatformError};
