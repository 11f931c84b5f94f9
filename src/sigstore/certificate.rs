//! What a signing certificate says, read strictly and whole.
//!
//! The verification library checks the certificate's chain, timestamps and signature; it reports only the first
//! e-mail or URI and takes a malformed extension for an absent one. Who signed is decided from the facts here, where
//! nothing that is there counts as absent. Facts of a certificate that was not verified are only claims.

mod claim;
mod key_type;
mod san;

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5280::ID_CE_SUBJECT_ALT_NAME;
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::time::Validity;

pub use claim::{Claim, ClaimValue, MAX_CLAIM_BYTES, UnknownClaim};
pub use key_type::KeyType;
pub use san::{MAX_IDENTITY_BYTES, San, SanFacts, SanKind, UnknownSanKind};

use crate::report::SignerReport;

/// Largest certificate that is read, in bytes; Fulcio's are below 2 KiB.
pub const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// Fulcio's first issuer extension, a bare string.
const ISSUER_RAW: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");

/// The list of signed certificate timestamps (RFC 6962, section 3.3).
const SCT_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.2");

/// Everything that deciding who signed needs from a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whom it names.
    pub san: SanFacts,
    /// The OIDC issuer that vouches for the name.
    pub issuer: Option<ClaimValue>,
    /// Every Fulcio claim that is there, under its own OID; [`Self::claim`] looks one up.
    pub claims: BTreeMap<Claim, ClaimValue>,
    /// Start of its validity.
    pub not_before: Timestamp,
    /// End of its validity.
    pub not_after: Timestamp,
    /// Whether it carries a list of signed certificate timestamps; that they verify is the library's business.
    pub has_sct: bool,
    /// The type of its key.
    pub key_type: KeyType,
}

/// Bytes that are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// More than [`MAX_CERTIFICATE_BYTES`].
    #[error("the certificate is {0} bytes long, and at most {MAX_CERTIFICATE_BYTES} are read")]
    TooLarge(usize),
    /// Not DER, or not an X.509 certificate.
    #[error("not an X.509 certificate: {0}")]
    Malformed(String),
}

impl CertificateFacts {
    /// Reads a DER certificate. Nothing may follow it.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLarge(bytes.len()));
        }
        let malformed = |error: der::Error| CertificateError::Malformed(error.to_string());
        let tbs = Certificate::from_der(bytes).map_err(malformed)?.tbs_certificate;
        let extensions = tbs.extensions.unwrap_or_default();
        let values = |oid: ObjectIdentifier| -> Vec<&[u8]> {
            extensions
                .iter()
                .filter(|ext| ext.extn_id == oid)
                .map(|ext| ext.extn_value.as_bytes())
                .collect()
        };
        let mut claims = BTreeMap::new();
        for extension in &extensions {
            if let Some(claim) = Claim::from_oid(&extension.extn_id) {
                let value = ClaimValue::read(claim, extension.extn_value.as_bytes());
                claims
                    .entry(claim)
                    .and_modify(|earlier| *earlier = ClaimValue::Duplicated)
                    .or_insert(value);
            }
        }
        let raw_issuer = match values(ISSUER_RAW).as_slice() {
            [] => None,
            [bytes] => Some(ClaimValue::read_raw(bytes)),
            _ => Some(ClaimValue::Duplicated),
        };
        let (not_before, not_after) = period(&tbs.validity)?;
        let spki = tbs.subject_public_key_info.to_der().map_err(malformed)?;
        Ok(Self {
            san: SanFacts::read(&values(ID_CE_SUBJECT_ALT_NAME)),
            issuer: join_issuers(claims.remove(&Claim::Issuer), raw_issuer),
            claims,
            not_before,
            not_after,
            has_sct: !values(SCT_LIST).is_empty(),
            key_type: KeyType::of_spki(&spki).map_err(malformed)?,
        })
    }

    /// What the certificate says for a claim.
    ///
    /// The two generations of GitHub extensions say the same thing: the deprecated one is consulted only where the
    /// new one is absent, and never where the new one is there but unreadable.
    pub fn claim(&self, claim: Claim) -> Option<ClaimValue> {
        if claim == Claim::Issuer {
            return self.issuer.clone();
        }
        let Some(twin) = claim.twin() else {
            return self.claims.get(&claim).cloned();
        };
        let (new, old) = if claim.is_deprecated() {
            (twin, claim)
        } else {
            (claim, twin)
        };
        let source = if self.claims.contains_key(&new) { new } else { old };
        let value = self.claims.get(&source)?.clone();
        Some(if source == claim {
            value
        } else {
            respell(claim, value)
        })
    }

    /// Who signed, for a report. Malformed claims are left out: they are findings.
    pub fn report(&self) -> SignerReport {
        let (kind, identity) = match &self.san {
            SanFacts::One(san) => (san.kind.name(), san.value.clone()),
            SanFacts::None => ("none", String::new()),
            SanFacts::Several(names) => ("several", names.join(", ")),
            SanFacts::Malformed(_) => ("malformed", String::new()),
        };
        let readable = |(claim, value): (&Claim, &ClaimValue)| {
            value
                .value()
                .map(|text| (claim.name().to_owned(), text.to_owned()))
        };
        SignerReport {
            kind,
            identity,
            issuer: self
                .issuer
                .as_ref()
                .and_then(ClaimValue::value)
                .map(str::to_owned),
            claims: self.claims.iter().filter_map(readable).collect(),
        }
    }
}

/// The prefix that turns a GitHub `owner/repository` into the repository's URI.
const GITHUB: &str = "https://github.com/";

/// Writes a value of one generation the way the other does: only the repository is spelt differently.
fn respell(asked: Claim, value: ClaimValue) -> ClaimValue {
    match (asked, value) {
        (Claim::SourceRepositoryUri, ClaimValue::Value(name)) => ClaimValue::Value(format!("{GITHUB}{name}")),
        (Claim::GithubWorkflowRepository, ClaimValue::Value(uri)) => {
            ClaimValue::Value(uri.strip_prefix(GITHUB).unwrap_or(&uri).to_owned())
        }
        (_, value) => value,
    }
}

/// `.8` counts and `.1` only where `.8` is absent; where both are there they have to agree.
fn join_issuers(current: Option<ClaimValue>, raw: Option<ClaimValue>) -> Option<ClaimValue> {
    match (current, raw) {
        (None, other) | (other, None) => other,
        (Some(current), Some(raw)) if current == raw => Some(current),
        (Some(ClaimValue::Value(_)), Some(ClaimValue::Value(_))) => Some(ClaimValue::Malformed(
            "the two issuer extensions disagree".to_owned(),
        )),
        (Some(ClaimValue::Value(_)), Some(bad)) | (Some(bad), Some(_)) => Some(bad),
    }
}

fn period(validity: &Validity) -> Result<(Timestamp, Timestamp), CertificateError> {
    let read = |time: x509_cert::time::Time| {
        Timestamp::try_from(time.to_system_time())
            .map_err(|error| CertificateError::Malformed(format!("its validity cannot be read: {error}")))
    };
    Ok((read(validity.not_before)?, read(validity.not_after)?))
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
