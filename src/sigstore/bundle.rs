//! Sigstore bundles as documents: bounded, strictly read, and split where a file holds several.
//!
//! Nothing here checks a signature; a [`ParsedBundle`] is a claim until [`super::Engine`] has verified it.

use serde::Deserialize;
use serde_json::value::RawValue;
use sigstore_types::bundle::{TransparencyLogEntry, VerificationMaterialContent};
use sigstore_types::{Bundle, MediaType, SignatureContent};

use crate::report::{ClaimedLogEntry, Code, Finding, LogReference};
use crate::strict_json;

/// Most bytes of one bundle: an SBOM predicate travels in its envelope.
pub const MAX_BUNDLE_BYTES: usize = 64 << 20;
/// Most bytes of a file that holds bundles, one or several.
pub const MAX_BUNDLE_FILE_BYTES: u64 = 256 << 20;
/// Most bundles of one JSON Lines file (CVE-2024-29903).
pub const MAX_BUNDLES_PER_FILE: usize = 10_000;
/// Most levels of nesting outside the base64 payload.
const MAX_BUNDLE_DEPTH: usize = 24;
/// Most log entries of one bundle (CVE-2024-45395).
const MAX_LOG_ENTRIES: usize = 32;
/// Most timestamps of one bundle.
const MAX_TIMESTAMPS: usize = 32;
/// Most certificates of one chain.
const MAX_CERTIFICATES: usize = 10;
/// Most hashes of an inclusion proof: a tree of 2^64 leaves has 64 levels.
const MAX_PROOF_HASHES: usize = 64;

/// A bundle that reads as one, within every limit. Unverified.
#[derive(Debug, Clone)]
pub struct ParsedBundle {
    bundle: Bundle,
    format: &'static str,
    /// Read once, because a payload may be a large document and is asked about often.
    claimed_predicate_type: Option<String>,
}

impl ParsedBundle {
    /// Reads one bundle.
    pub fn parse(bytes: &[u8]) -> Result<Self, Finding> {
        let limits = strict_json::Limits {
            bytes: MAX_BUNDLE_BYTES,
            depth: MAX_BUNDLE_DEPTH,
        };
        strict_json::check(bytes, limits).map_err(|problem| refused_json(&problem))?;
        let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
        match Bundle::from_json(text) {
            Ok(bundle) => {
                refuse_two_contents(text)?;
                refuse_root_certificate(&bundle)?;
                Self::within_limits(bundle, None)
            }
            Err(_) if super::legacy::is_cosign_blob_bundle(text) => {
                Self::from_value(&super::legacy::convert_blob_bundle(text)?, "cosign legacy bundle")
            }
            Err(error) => Err(explain_unreadable(text, &error)),
        }
    }

    /// Takes a bundle that was put together from another format, by the same path as one that was read.
    pub(super) fn from_value(value: &serde_json::Value, format: &'static str) -> Result<Self, Finding> {
        let text = value.to_string();
        let bundle = Bundle::from_json(&text).map_err(|error| explain_unreadable(&text, &error))?;
        Self::within_limits(bundle, Some(format))
    }

    fn within_limits(bundle: Bundle, format: Option<&'static str>) -> Result<Self, Finding> {
        let material = &bundle.verification_material;
        capped("log entries", material.tlog_entries.len(), MAX_LOG_ENTRIES)?;
        capped(
            "timestamps",
            material.timestamp_verification_data.rfc3161_timestamps.len(),
            MAX_TIMESTAMPS,
        )?;
        if let VerificationMaterialContent::X509CertificateChain { certificates } = &material.content {
            capped("certificates", certificates.len(), MAX_CERTIFICATES)?;
        }
        for entry in &material.tlog_entries {
            let hashes = entry
                .inclusion_proof
                .as_ref()
                .map_or(0, |proof| proof.hashes.len());
            capped("hashes of an inclusion proof", hashes, MAX_PROOF_HASHES)?;
        }
        let format = format.unwrap_or(match bundle.media_type {
            MediaType::Bundle0_1 => "bundle v0.1",
            MediaType::Bundle0_2 => "bundle v0.2",
            MediaType::Bundle0_3 => "bundle v0.3",
            _ => "bundle",
        });
        Ok(Self {
            claimed_predicate_type: claimed_predicate_type(&bundle.content),
            bundle,
            format,
        })
    }

    /// The library's view of the bundle.
    pub(super) fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// Name of the format, for example `bundle v0.3`.
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// The predicate type that the bundle's statement claims, when it has a statement that can be read.
    pub fn claimed_predicate_type(&self) -> Option<&str> {
        self.claimed_predicate_type.as_deref()
    }

    /// The payload of the bundle's statement, when it has one. Nobody vouches for it before it was verified.
    pub fn claimed_payload(&self) -> Option<&[u8]> {
        match &self.bundle.content {
            SignatureContent::DsseEnvelope(envelope) => Some(envelope.payload.as_bytes()),
            _ => None,
        }
    }

    /// Whether it signs a statement rather than the artifact itself.
    pub fn is_attestation(&self) -> bool {
        matches!(self.bundle.content, SignatureContent::DsseEnvelope(_))
    }

    /// What it calls the key that signed. Anybody can write anything there.
    pub fn claimed_key_hint(&self) -> Option<&str> {
        match &self.bundle.verification_material.content {
            VerificationMaterialContent::PublicKey(key) => Some(&key.hint),
            _ => None,
        }
    }

    /// The signing certificate in DER, when there is one.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.bundle
            .signing_certificate()
            .map(|certificate| certificate.as_bytes())
    }

    /// The log entries that travel with the bundle. `public_log_url` makes the address of a page that shows an entry,
    /// and gives none for logs that have no public page (S2.21).
    pub fn log_entries(&self, public_log_url: impl Fn(&str, u64) -> Option<String>) -> Vec<LogReference> {
        self.bundle
            .verification_material
            .tlog_entries
            .iter()
            .map(|entry| reference(entry, &public_log_url))
            .collect()
    }

    /// The log entries that travel with the bundle, with the times that they claim.
    pub fn claimed_log_entries(&self) -> Vec<ClaimedLogEntry> {
        let entries = self.bundle.verification_material.tlog_entries.iter();
        entries
            .map(|entry| ClaimedLogEntry {
                entry: reference(entry, &|_, _| None),
                time: entry.integrated_time,
            })
            .collect()
    }

    /// How many timestamps travel with the bundle.
    pub fn timestamps(&self) -> usize {
        let material = &self.bundle.verification_material;
        material.timestamp_verification_data.rfc3161_timestamps.len()
    }
}

fn reference(
    entry: &TransparencyLogEntry,
    public_log_url: &impl Fn(&str, u64) -> Option<String>,
) -> LogReference {
    let log_id = hex::encode(entry.log_id.key_id.as_bytes());
    let index = entry.log_index.get();
    let kind = entry.kind_version;
    LogReference {
        url: public_log_url(&log_id, index),
        log_id,
        index,
        entry: format!("{} {}", kind.kind(), kind.version()),
    }
}

fn claimed_predicate_type(content: &SignatureContent) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Claim {
        predicate_type: String,
    }
    match content {
        SignatureContent::DsseEnvelope(envelope) => {
            let claim: Result<Claim, _> = serde_json::from_slice(envelope.payload.as_bytes());
            claim.ok().map(|claim| claim.predicate_type)
        }
        _ => None,
    }
}

/// Splits a file into its bundles: one JSON document of any layout, or several in a row (JSON Lines).
///
/// Only the borders are found here; each part is checked by [`ParsedBundle::parse`]. When the end of the file is not
/// JSON, the remainder is a part of its own, so that it becomes a rejected candidate instead of disappearing.
pub fn split_documents(bytes: &[u8]) -> Result<Vec<&[u8]>, Finding> {
    let mut parts = Vec::new();
    let mut rest = bytes.trim_ascii();
    while !rest.is_empty() {
        capped("bundles in one file", parts.len() + 1, MAX_BUNDLES_PER_FILE)?;
        let mut documents = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        let end = match documents.next() {
            Some(Ok(_)) => documents.byte_offset(),
            _ => rest.len(),
        };
        let (part, remainder) = rest.split_at(end.min(rest.len()));
        parts.push(part.trim_ascii());
        rest = remainder.trim_ascii();
    }
    Ok(parts)
}

/// Refuses a bundle that holds a message signature and an envelope: the library reads the one that comes first and
/// never looks at the other, so two readers could take it for two different things.
fn refuse_two_contents(text: &str) -> Result<(), Finding> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Contents {
        message_signature: Option<serde::de::IgnoredAny>,
        dsse_envelope: Option<serde::de::IgnoredAny>,
    }
    match serde_json::from_str(text) {
        Ok(Contents {
            message_signature: Some(_),
            dsse_envelope: Some(_),
        }) => Err(malformed(
            "the bundle holds a message signature as well as an envelope",
        )),
        _ => Ok(()),
    }
}

/// Refuses chains that are empty or carry a self-issued root: trust anchors come from the trust root alone, and the
/// bundle specification keeps them out of bundles. cosign's older annotations do carry one, so those are not asked.
fn refuse_root_certificate(bundle: &Bundle) -> Result<(), Finding> {
    let VerificationMaterialContent::X509CertificateChain { certificates } =
        &bundle.verification_material.content
    else {
        return Ok(());
    };
    if certificates.is_empty() {
        return Err(malformed("the certificate chain is empty"));
    }
    for certificate in certificates {
        let parsed: x509_cert::Certificate = der::Decode::from_der(certificate.raw_bytes.as_bytes())
            .map_err(|error| {
                Finding::new(
                    Code::CertificateMalformed,
                    format!("a certificate of the chain: {error}"),
                )
            })?;
        if parsed.tbs_certificate.subject == parsed.tbs_certificate.issuer {
            return Err(malformed("the certificate chain holds a root certificate"));
        }
    }
    Ok(())
}

fn refused_json(problem: &strict_json::Problem) -> Finding {
    let code = match problem {
        strict_json::Problem::DuplicateKey { .. } => Code::DuplicateKey,
        strict_json::Problem::TooLarge { .. } | strict_json::Problem::TooDeep { .. } => Code::BundleTooLarge,
        strict_json::Problem::Syntax { .. } => Code::BundleMalformed,
    };
    Finding::new(code, problem.to_string())
}

fn malformed(detail: impl Into<String>) -> Finding {
    Finding::new(Code::BundleMalformed, detail)
}

fn capped(what: &str, found: usize, limit: usize) -> Result<(), Finding> {
    if found > limit {
        return Err(Finding::new(
            Code::BundleTooLarge,
            format!("{found} {what}, more than the limit of {limit}"),
        ));
    }
    Ok(())
}

/// Says why the library could not read a document, by name where the reason is a kind of log entry that it refuses.
fn explain_unreadable(text: &str, error: &sigstore_types::Error) -> Finding {
    match unsupported_entry(text) {
        Some(kind) => unsupported_log_entry(&kind),
        None => super::refusal::unreadable(error),
    }
}

/// The finding for a kind of log entry that binds no signature.
pub(super) fn unsupported_log_entry(kind: &str) -> Finding {
    Finding::new(
        Code::UnsupportedLogEntry,
        format!("the log entry is of kind {kind}, which does not prove that this signature was logged"),
    )
    .found(kind)
    .expected("hashedrekord 0.0.1 or 0.0.2, dsse 0.0.1, intoto 0.0.2")
    .help("sign again with a current Sigstore client")
}

fn unsupported_entry(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        verification_material: Material,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Material {
        tlog_entries: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        kind_version: Kind,
    }
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
        version: String,
    }
    let document: Document = serde_json::from_str(text).ok()?;
    document
        .verification_material
        .tlog_entries
        .into_iter()
        .map(|entry| entry.kind_version)
        .find(|kind| !super::legacy::is_supported_entry(&kind.kind, &kind.version))
        .map(|kind| format!("{} {}", kind.kind, kind.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        ParsedBundle::parse(text.as_bytes()).unwrap_err().code
    }

    #[test]
    fn documents_that_are_no_bundles_are_refused_by_name() {
        for (text, expected) in [
            ("", Code::BundleMalformed),
            ("{", Code::BundleMalformed),
            ("{}", Code::BundleMalformed),
            ("[]", Code::BundleMalformed),
            (r#"{"a":1,"a":2}"#, Code::DuplicateKey),
            (&"[".repeat(100), Code::BundleTooLarge),
            (
                r#"{"mediaType":"x","verificationMaterial":{"tlogEntries":[{"kindVersion":{"kind":"rekord","version":"0.0.1"}}]}}"#,
                Code::UnsupportedLogEntry,
            ),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }

    #[test]
    fn one_pretty_document_and_json_lines_both_split() {
        let split = |text: &'static str| -> Vec<&str> {
            split_documents(text.as_bytes())
                .unwrap()
                .into_iter()
                .map(|part| std::str::from_utf8(part).unwrap())
                .collect()
        };
        assert_eq!(split("{\n \"a\": 1\n}\n"), ["{\n \"a\": 1\n}"]);
        assert_eq!(split("{\"a\":1}\n\n{\"b\":2}\n"), [r#"{"a":1}"#, r#"{"b":2}"#]);
        assert_eq!(split("  \n"), Vec::<&str>::new());
    }

    #[test]
    fn a_broken_tail_stays_visible_as_a_part_of_its_own() {
        let parts = split_documents(b"{\"a\":1}\n{\"b\":").unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            ParsedBundle::parse(parts[1]).unwrap_err().code,
            Code::BundleMalformed
        );
    }

    #[test]
    fn too_many_documents_are_refused_before_they_are_read() {
        let many = "{}\n".repeat(MAX_BUNDLES_PER_FILE + 1);
        assert_eq!(
            split_documents(many.as_bytes()).unwrap_err().code,
            Code::BundleTooLarge
        );
    }
}
