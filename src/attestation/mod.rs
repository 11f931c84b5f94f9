//! What a signature says: in-toto statements, their predicate types, and cosign's simple-signing payloads.
//!
//! Everything here reads bytes whose signature was verified before; nothing here checks a signature.

mod predicate_type;
mod simple_signing;
mod slsa;
mod statement;

pub use predicate_type::{COSIGN_SIGN_TYPE, PredicateType, SHORT_NAMES};
pub use simple_signing::{SimpleSigning, SimpleSigningProblem};
pub use slsa::Provenance;
pub use statement::{IN_TOTO_PAYLOAD_TYPE, Statement, StatementProblem};
