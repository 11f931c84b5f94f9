//! What a signature says: in-toto statements, their predicate types, and cosign's simple-signing payloads.
//!
//! What is read here was verified before, and what is made here is signed later; nothing here checks or makes a
//! signature.

mod file_list;
pub mod predicate;
mod predicate_type;
pub mod provenance;
mod simple_signing;
pub mod size;
mod slsa;
mod statement;
mod statement_builder;
pub mod vex;
pub mod vsa;

pub use file_list::{Difference, FileList, FileListProblem, FileName, MAX_LISTED_FILES, MODEL_SIGNING_TYPE};
pub use predicate_type::{COSIGN_CUSTOM_TYPE, COSIGN_SIGN_TYPE, PredicateType, SHORT_NAMES};
pub use simple_signing::{SimpleSigning, SimpleSigningProblem};
pub use slsa::Provenance;
pub use statement::{IN_TOTO_PAYLOAD_TYPE, Statement, StatementProblem};
pub use statement_builder::{BuildProblem, StatementSubject, build as build_statement};
