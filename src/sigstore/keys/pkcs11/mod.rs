//! Keys that stay in a device, over PKCS #11 (cargo feature `pkcs11`): ECDSA P-256 and P-384, and RSA.

mod device;
mod encoding;
mod uri;

pub use device::{DeviceError, DeviceKey};
pub use uri::{KeyUri, UriError};
