//! Encrypted PKCS #8 (PBES2, RFC 8018), with bounds on what a file may make us compute.

use pkcs8::EncryptedPrivateKeyInfo;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;
use zeroize::Zeroizing;

use super::cost::{self, MAX_PBKDF2_ITERATIONS};
use super::file::KeyFileError;
use super::password::Password;

/// Decrypts an EncryptedPrivateKeyInfo; the result is a DER PrivateKeyInfo.
pub(super) fn decrypt(der: &[u8], password: &Password) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let refused = |why: String| KeyFileError::Encryption(why);
    let info = EncryptedPrivateKeyInfo::try_from(der).map_err(|_| {
        refused(
            "PBES2 with PBKDF2 or scrypt and AES in CBC mode is read (openssl pkcs8 -topk8 -v2 aes256)"
                .to_owned(),
        )
    })?;
    let EncryptionScheme::Pbes2(scheme) = &info.encryption_algorithm else {
        return Err(refused(
            "PBES1 protects badly: convert it with openssl pkcs8 -topk8 -v2 aes256".to_owned(),
        ));
    };
    match &scheme.kdf {
        Kdf::Pbkdf2(kdf) if kdf.iteration_count > MAX_PBKDF2_ITERATIONS => {
            return Err(refused(format!(
                "{} iterations of PBKDF2, and at most {MAX_PBKDF2_ITERATIONS} are computed",
                kdf.iteration_count
            )));
        }
        Kdf::Pbkdf2(_) => {}
        Kdf::Scrypt(kdf) => cost::check_scrypt(
            kdf.cost_parameter,
            u64::from(kdf.block_size),
            u64::from(kdf.parallelization),
        )
        .map_err(refused)?,
        _ => return Err(refused("its key derivation is unknown".to_owned())),
    }
    use pkcs8::pkcs5::Error;
    match scheme.decrypt(password.expose(), info.encrypted_data) {
        Ok(plain) => checked(Zeroizing::new(plain)),
        Err(Error::UnsupportedAlgorithm { oid }) => Err(refused(format!("algorithm {oid} is not supported"))),
        Err(Error::AlgorithmParametersInvalid { oid }) => {
            Err(refused(format!("the parameters of {oid} are invalid")))
        }
        Err(_) => Err(KeyFileError::WrongPassword),
    }
}

/// One wrong password of 256 gives bytes that look padded: what is no PKCS #8 at all was decrypted with the wrong one.
fn checked(plain: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    match pkcs8::PrivateKeyInfo::try_from(plain.as_slice()) {
        Ok(_) => Ok(plain),
        Err(_) => Err(KeyFileError::WrongPassword),
    }
}
