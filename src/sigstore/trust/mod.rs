//! Trust roots: which certificate authorities, logs and timestamp authorities are believed, and how old that belief is.
//!
//! A trust root comes from one of three places:
//!
//! * a TUF repository (the three public instances, or one's own), refreshed in this run;
//! * with `--offline` only: the verified cache of such a repository, or the copy that is part of the program. Either
//!   gets the warning `trust-not-refreshed` and the report gives its age;
//! * a file that was named. It is what its owner says it is, so no age is known and none is judged.
//!
//! [`load`] answers with [`TrustMaterial`] or with a [`TrustError`], never with a root that was not checked. The
//! functions behind `portcullis trust` are [`describe`], [`update`], [`diagnose`] and [`endpoints`].

mod audit;
mod built_in;
mod cache;
mod choice;
mod describe;
mod doctor;
mod document;
mod endpoints;
mod error;
mod load;
mod network;
mod repository;
mod session;
mod text;
mod update;

pub use audit::{Check, CheckState};
pub use built_in::BUILT_IN_AS_OF;
pub use cache::{CacheOutcome, MAX_CACHE_BYTES, default_cache_dir};
pub use choice::{DEFAULT_TIMEOUT, MAX_BOOTSTRAP_BYTES, Relaxations, TrustChoice, TrustOptions};
pub use describe::{
    AuthorityDescription, CertificateDescription, EntryState, LogDescription, TrustDescription, describe,
};
pub use doctor::{Diagnosis, diagnose};
pub use document::{MAX_TRUST_DOCUMENT_BYTES, TRUSTED_ROOT_MEDIA_TYPES};
pub use endpoints::{Endpoint, Purpose, Service, endpoints};
pub use error::TrustError;
pub use load::{TrustMaterial, load};
pub use repository::MAX_ROOT_ROTATIONS;
pub use session::RoleState;
pub use update::{TrustUpdate, TrustVersion, update};
