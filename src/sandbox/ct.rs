//! A certificate transparency log as Fulcio uses it (RFC 6962): it signs a promise over the precertificate.

use const_oid::db::rfc6962;
use der::Encode as _;
use der::asn1::OctetString;
use jiff::Timestamp;
use sigstore_types::HashAlgorithm;
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::Extension;

use super::keys::{KeyKind, PrivateKey};
use super::seed::{Seed, sha256};
use super::x509::raw_extension;
use super::{Error, Result};

/// A certificate transparency log.
#[derive(Clone, Debug)]
pub struct CtLog {
    key: PrivateKey,
}

impl CtLog {
    /// The log with the key that `seed` gives.
    pub fn new(seed: &Seed) -> Result<Self> {
        Ok(Self {
            key: PrivateKey::derive(seed, "ct log", KeyKind::P256)?,
        })
    }

    /// The log's key.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// A signed certificate timestamp for the precertificate `tbs` (RFC 6962 section 3.2), serialised.
    ///
    /// `tbs` is the certificate without the SCT list; `issuer_spki` is the key that will sign it.
    pub fn sct(&self, tbs: &TbsCertificate, issuer_spki: &[u8], at: Timestamp) -> Result<Vec<u8>> {
        let timestamp = u64::try_from(at.as_millisecond()).map_err(|_| Error::Time(at.to_string()))?;
        let tbs = tbs.to_der()?;

        // digitally-signed struct: version v1, signature type certificate_timestamp, time, entry type precert_entry.
        let mut signed = vec![0, 0];
        signed.extend_from_slice(&timestamp.to_be_bytes());
        signed.extend_from_slice(&1_u16.to_be_bytes());
        signed.extend_from_slice(&sha256(issuer_spki));
        signed.extend_from_slice(&length::<3>(tbs.len())?);
        signed.extend_from_slice(&tbs);
        signed.extend_from_slice(&[0, 0]); // no extensions
        let signature = self.key.sign_with(&signed, HashAlgorithm::Sha2256)?;

        let mut sct = vec![0];
        sct.extend_from_slice(&self.key.key_id());
        sct.extend_from_slice(&timestamp.to_be_bytes());
        sct.extend_from_slice(&[0, 0]); // no extensions
        sct.extend_from_slice(&[4, 3]); // sha256, ecdsa (RFC 5246 section 7.4.1.4.1)
        sct.extend_from_slice(&length::<2>(signature.len())?);
        sct.extend_from_slice(&signature);
        Ok(sct)
    }
}

/// The X.509v3 extension that carries SCTs inside a certificate (RFC 6962 section 3.3).
pub fn sct_list_extension(scts: &[Vec<u8>]) -> Result<Extension> {
    let mut list = Vec::new();
    for sct in scts {
        list.extend_from_slice(&length::<2>(sct.len())?);
        list.extend_from_slice(sct);
    }
    let mut bytes = length::<2>(list.len())?.to_vec();
    bytes.extend_from_slice(&list);
    raw_extension(
        rfc6962::CT_PRECERT_SCTS,
        false,
        &OctetString::new(bytes)?.to_der()?,
    )
}

/// A length prefix of `N` bytes, as TLS vectors have it.
fn length<const N: usize>(len: usize) -> Result<[u8; N]> {
    let bytes = len.to_be_bytes();
    let (head, tail) = bytes.split_at(bytes.len() - N);
    match (head.iter().all(|byte| *byte == 0), <[u8; N]>::try_from(tail)) {
        (true, Ok(prefix)) => Ok(prefix),
        _ => Err(Error::Missing("length prefix that is long enough")),
    }
}
