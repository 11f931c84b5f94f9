//! Making signatures: which services, in which order, and what may be believed of their answers.
//!
//! | part | answers for |
//! |---|---|
//! | [`SigningConfig`] | the services that a configuration lists |
//! | [`plan`], [`authority`] | which of them are used, and whether the key can be used with them |
//! | [`Credential`] | a fresh key with its certificate, or a key that somebody keeps; signs |
//! | [`Draft`] | the signature on its way: stamped, logged, kept in a file when a service fails |
//! | [`Complete`] | a bundle that verifies under the trust root; there is no other |
//! | `fulcio`, `rekor_v1`, `rekor_v2`, `timestamp` | one service each |
//!
//! Each service is asked over [`crate::http::Web`], and each answer is compared with what was sent: a certificate has to
//! be for our key, an entry has to record our signature, a timestamp has to repeat our number. Whether they verify is then
//! said by the engine, about the finished bundle, before anybody gets it.

mod combination;
mod config;
mod credential;
mod draft;
mod error;
mod fulcio;
mod legacy;
mod record;
mod rekor;
mod rekor_v1;
mod rekor_v2;
mod resume;
mod services;
mod timestamp;
mod web;

pub use combination::{Form, LogVersion, natural_form, works};
pub use config::{MAX_SIGNING_CONFIG_BYTES, Selector, Service, SigningConfig};
pub use credential::{Credential, Keyless};
pub use draft::{BUNDLE_MEDIA_TYPE, Complete, Draft, OnStep, Sizes, Stopped, Subject};
pub use error::{SignError, Step};
pub use fulcio::{Certificate, Identity};
pub use legacy::{LegacyLayer, simple_signing_payload};
pub use record::{Content, Record, Verifier};
pub use resume::MAX_RESUME_BYTES;
pub use services::{Log, Need, Plan, authority, plan};
pub use web::Address;
