//! Private keys: what signs, and which kinds there are.
//!
//! A kind is here if `verify --key` accepts its signatures: what is signed with Portcullis can be verified with it.

mod private;
mod signer;

pub use private::PrivateKey;
pub use signer::{KeyError, KeyKind, Signer};
