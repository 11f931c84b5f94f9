//! X.509 certificates by hand (RFC 5280), so that tests can also make the ones that no builder would.

use const_oid::ObjectIdentifier;
use const_oid::db::{rfc4519, rfc5280};
use der::asn1::{BitString, OctetString, PrintableString, SetOfVec, UtcTime};
use der::{Any, Encode as _};
use jiff::Timestamp;
use sigstore_types::HashAlgorithm;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::keys::PrivateKey;
use super::seed::{Seed, sha256};
use super::{Error, Result};

/// A certificate before it is signed.
#[derive(Clone, Debug)]
pub struct Template {
    /// The serial number, as an unsigned big-endian integer.
    pub serial: [u8; 16],
    /// Who it is issued by.
    pub issuer: Name,
    /// Who it is issued to; empty for Fulcio's leaves.
    pub subject: Name,
    /// First second of validity.
    pub not_before: Timestamp,
    /// Last second of validity.
    pub not_after: Timestamp,
    /// The certified key.
    pub public_key: SubjectPublicKeyInfoOwned,
    /// The extensions in their final order; duplicates are possible on purpose.
    pub extensions: Vec<Extension>,
}

impl Template {
    /// The to-be-signed part, for signing or for a CT log.
    pub fn tbs(&self, key: &PrivateKey, hash: HashAlgorithm) -> Result<TbsCertificate> {
        Ok(TbsCertificate {
            version: Version::V3,
            serial_number: serial(&self.serial)?,
            signature: key.signature_algorithm(hash),
            issuer: self.issuer.clone(),
            validity: Validity {
                not_before: time(self.not_before)?,
                not_after: time(self.not_after)?,
            },
            subject: self.subject.clone(),
            subject_public_key_info: self.public_key.clone(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions.clone()),
        })
    }

    /// The certificate, signed by `issuer` with its default hash.
    pub fn sign(&self, issuer: &PrivateKey) -> Result<Certificate> {
        let hash = issuer.kind().default_hash();
        let tbs_certificate = self.tbs(issuer, hash)?;
        let signature = issuer.sign_with(&tbs_certificate.to_der()?, hash)?;
        Ok(Certificate {
            signature_algorithm: tbs_certificate.signature.clone(),
            tbs_certificate,
            signature: BitString::from_bytes(&signature)?,
        })
    }
}

/// A serial number under `seed`, positive and without a leading zero byte (RFC 5280 section 4.1.2.2).
pub fn derive_serial(seed: &Seed, label: &str) -> [u8; 16] {
    let mut bytes: [u8; 16] = seed.bytes(&format!("serial {label}"));
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    bytes
}

/// A serial number as X.509 and CMS write it.
pub fn serial(bytes: &[u8; 16]) -> Result<SerialNumber> {
    Ok(SerialNumber::new(bytes)?)
}

/// A time in a certificate. UTCTime ends in 2049 (RFC 5280 section 4.1.2.5.1), which is late enough for a sandbox.
fn time(at: Timestamp) -> Result<Time> {
    Ok(Time::UtcTime(UtcTime::from_unix_duration(since_epoch(at)?)?))
}

/// Whole seconds since the epoch, as the `der` crate counts time.
pub(crate) fn since_epoch(at: Timestamp) -> Result<std::time::Duration> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| Error::Time(at.to_string()))?;
    Ok(std::time::Duration::from_secs(seconds))
}

/// The distinguished name `O=…, CN=…`.
pub fn name(organization: &str, common_name: &str) -> Result<Name> {
    let part = |oid, value: &str| -> Result<RelativeDistinguishedName> {
        let value = Any::encode_from(&PrintableString::new(value)?)?;
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![
            AttributeTypeAndValue { oid, value },
        ])?))
    };
    Ok(RdnSequence(vec![
        part(rfc4519::ORGANIZATION_NAME, organization)?,
        part(rfc4519::COMMON_NAME, common_name)?,
    ]))
}

/// An extension around already encoded bytes.
pub fn raw_extension(oid: ObjectIdentifier, critical: bool, value: &[u8]) -> Result<Extension> {
    Ok(Extension {
        extn_id: oid,
        critical,
        extn_value: OctetString::new(value)?,
    })
}

fn extension(oid: ObjectIdentifier, critical: bool, value: &impl der::Encode) -> Result<Extension> {
    raw_extension(oid, critical, &value.to_der()?)
}

/// Key identifier: the leading 160 bits of SHA-256 over the public key (RFC 7093 section 2, method 1).
fn key_identifier(public_key: &SubjectPublicKeyInfoOwned) -> Result<OctetString> {
    let hash = sha256(public_key.subject_public_key.raw_bytes());
    Ok(OctetString::new(hash.get(..20).unwrap_or(&hash))?)
}

/// Subject and authority key identifiers (RFC 5280 sections 4.2.1.1 and 4.2.1.2).
pub fn key_identifiers(
    subject: &SubjectPublicKeyInfoOwned,
    issuer: &SubjectPublicKeyInfoOwned,
) -> Result<[Extension; 2]> {
    let authority = AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier(issuer)?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    Ok([
        extension(
            rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER,
            false,
            &SubjectKeyIdentifier(key_identifier(subject)?),
        )?,
        extension(rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER, false, &authority)?,
    ])
}

/// The extensions that make a certificate an authority: CA, path length, keyCertSign and cRLSign.
pub fn authority_extensions(path_length: Option<u8>) -> Result<Vec<Extension>> {
    Ok(vec![
        extension(
            rfc5280::ID_CE_KEY_USAGE,
            true,
            &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
        )?,
        extension(
            rfc5280::ID_CE_BASIC_CONSTRAINTS,
            true,
            &BasicConstraints {
                ca: true,
                path_len_constraint: path_length,
            },
        )?,
    ])
}

/// Key usage digitalSignature, for end entities.
pub fn digital_signature() -> Result<Extension> {
    extension(
        rfc5280::ID_CE_KEY_USAGE,
        true,
        &KeyUsage(KeyUsages::DigitalSignature.into()),
    )
}

/// Extended key usage.
pub fn extended_key_usage(usages: &[ObjectIdentifier], critical: bool) -> Result<Extension> {
    extension(
        rfc5280::ID_CE_EXT_KEY_USAGE,
        critical,
        &ExtendedKeyUsage(usages.to_vec()),
    )
}

/// Extended key usage of code signing certificates.
pub const CODE_SIGNING: ObjectIdentifier = rfc5280::ID_KP_CODE_SIGNING;
/// Extended key usage of timestamp authorities (RFC 3161 section 2.3).
pub const TIME_STAMPING: ObjectIdentifier = rfc5280::ID_KP_TIME_STAMPING;
/// The subject alternative name extension.
pub const SUBJECT_ALT_NAME: ObjectIdentifier = rfc5280::ID_CE_SUBJECT_ALT_NAME;
