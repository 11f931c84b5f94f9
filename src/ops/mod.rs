//! Use cases: what a command does, without its command line. The same functions serve every door.

pub mod attest;
pub mod build_env;
mod directory;
pub mod hash;
pub mod inspect;
pub mod pin;
pub mod policy_file;
pub mod pool;
pub mod publish;
pub mod read;
pub mod sbom_check;
pub mod sign;
pub mod transfer;
pub mod verify;
