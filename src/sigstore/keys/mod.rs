//! Private keys: what signs, which kinds there are, and the files that hold them.
//!
//! A kind is here if `verify --key` accepts its signatures: what is signed with Portcullis can be verified with it.
//! Nothing here reads a file or asks for a password: bytes and passwords come in, keys go out.

mod cost;
mod file;
mod password;
mod pbes2;
mod pem;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
mod private;
mod sealed;
mod signer;
mod write;

pub use file::{KeyFile, KeyFileError, MAX_KEY_FILE_BYTES};
pub use password::{MAX_PASSWORD_BYTES, Password, PasswordError};
pub use private::PrivateKey;
pub use signer::{KeyError, KeyKind, Signer};
pub use write::public_pem;
