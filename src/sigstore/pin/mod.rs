//! Who may sign: pins, how they are compared with a signer, and how several are combined.
//!
//! A pin is an identity together with the issuer that vouches for it, or a key. Everything here is pure: facts in,
//! findings out. The facts have to come from a signature that was verified.

mod examine;
mod explain;
mod key;
mod lint;
mod parts;
mod pattern;
mod rule;
mod set;
mod shape;
mod who;

pub use explain::{Explanation, MAX_SAMPLES, Probe, Sample, explain};
pub use key::{KeyError, MAX_KEY_BYTES, MAX_RSA_BITS, MIN_RSA_BITS, PublicKey};
pub use lint::PatternUse;
pub use pattern::{MAX_PATTERN_BYTES, MAX_PROGRAM_BYTES, PatternError, WholePattern};
pub use rule::{AmbiguousKind, ClaimRule, IdentityRule, IssuerRule, TextRule, kind_of};
pub use set::{Combine, Fulfilled, MAX_PINS, Met, PinSet, PinSetError};
pub use who::{LogRequirement, Pin, PinError, SignerFacts, SignerId, Who};

#[cfg(test)]
mod tests;
