//! From a device's encodings to those that signatures and keys have everywhere else.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::PublicKeyComponents;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::ID_EC_PUBLIC_KEY;
use der::asn1::{BitString, OctetStringRef, UintRef};
use der::{Any, Decode, Encode};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::sigstore::keys::KeyError;

/// What a SHA-256 digest is wrapped in before PKCS #1 v1.5 pads it (RFC 8017, section 9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// The SubjectPublicKeyInfo of an elliptic-curve key, from `CKA_EC_PARAMS` and `CKA_EC_POINT`.
pub(super) fn ec_public(parameters: &[u8], point: &[u8]) -> Result<Vec<u8>, KeyError> {
    let malformed = |_: der::Error| KeyError::Malformed;
    let curve = ObjectIdentifier::from_der(parameters).map_err(malformed)?;
    // The point is wrapped in an OCTET STRING (PKCS #11 2.40, section 2.3.3); some devices leave the wrapping out.
    let point = match OctetStringRef::from_der(point) {
        Ok(wrapped) => wrapped.as_bytes(),
        Err(_) => point,
    };
    let info = SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid: ID_EC_PUBLIC_KEY,
            parameters: Some(Any::encode_from(&curve).map_err(malformed)?),
        },
        subject_public_key: BitString::from_bytes(point).map_err(malformed)?,
    };
    info.to_der().map_err(malformed)
}

/// The SubjectPublicKeyInfo of an RSA key, from `CKA_MODULUS` and `CKA_PUBLIC_EXPONENT`.
pub(super) fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, KeyError> {
    // A number has no leading zeros there.
    let trim = |bytes: &[u8]| {
        bytes
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect::<Vec<u8>>()
    };
    let components = PublicKeyComponents {
        n: trim(modulus),
        e: trim(exponent),
    };
    let der = components.as_der().map_err(|_| KeyError::Malformed)?;
    Ok(der.as_ref().to_vec())
}

/// The DER form of an ECDSA signature that a device gives as two numbers of equal length (PKCS #11 2.40, section 2.3.1).
pub(super) fn ecdsa_signature(raw: &[u8]) -> Result<Vec<u8>, KeyError> {
    let malformed = || KeyError::Signing("the device gave no ECDSA signature".to_owned());
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return Err(malformed());
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    let number = |bytes| {
        UintRef::new(bytes)
            .and_then(|number| number.to_der())
            .map_err(|_| malformed())
    };
    let body = [number(r)?, number(s)?].concat();
    Any::new(der::Tag::Sequence, body)
        .and_then(|sequence| sequence.to_der())
        .map_err(|_| malformed())
}

/// What a device pads and signs for RSA with SHA-256.
pub(super) fn digest_info(digest: &[u8]) -> Vec<u8> {
    [&SHA256_DIGEST_INFO, digest].concat()
}
