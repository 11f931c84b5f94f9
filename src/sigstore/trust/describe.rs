//! What is in a trust root, for people and for machines.

use der::Decode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sigstore_crypto::VerificationKey;
use sigstore_trust_root::{TimeRange, TrustedRoot};
use sigstore_types::{DerCertificate, DerPublicKey};
use x509_cert::Certificate;

use super::TrustMaterial;
use super::text::{day, plain};
use crate::report::TrustReport;
use crate::subject::Digest;

/// What is in a trust root, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustDescription {
    /// Name, source, digest and age.
    #[serde(flatten)]
    pub origin: TrustReport,
    /// Who may issue signing certificates.
    pub certificate_authorities: Vec<AuthorityDescription>,
    /// Where certificates are logged.
    pub certificate_logs: Vec<LogDescription>,
    /// Where signatures are logged.
    pub signature_logs: Vec<LogDescription>,
    /// Who may say what time it was.
    pub timestamp_authorities: Vec<AuthorityDescription>,
}

/// Whether an entry is believed for something made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntryState {
    /// In use.
    Active,
    /// Only believed for what was made in its time.
    Retired,
    /// Announced; not believed yet.
    Future,
}

/// A certificate authority or a timestamp authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthorityDescription {
    /// Its address, as the trust root gives it; a name, not something that verification contacts.
    pub uri: String,
    /// Whether it is in use.
    pub state: EntryState,
    /// From when it is believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Timestamp>,
    /// Until when; absent when no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
    /// The chain, leaf first.
    pub certificates: Vec<CertificateDescription>,
}

/// One certificate of an authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateDescription {
    /// Its subject; absent when it does not parse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Start of its own validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub not_before: Option<Timestamp>,
    /// End of its own validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub not_after: Option<Timestamp>,
    /// SHA-256 of the certificate.
    pub digest: Digest,
}

/// A log of certificates or of signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogDescription {
    /// Its address, as the trust root gives it; verification does not contact it.
    pub url: String,
    /// Hex of its log id.
    pub id: String,
    /// The kind of its key, as the trust root declares it.
    pub key: String,
    /// Whether the key parses as what it is declared to be.
    pub key_usable: bool,
    /// SHA-256 of the public key.
    pub key_digest: Digest,
    /// Whether it is in use.
    pub state: EntryState,
    /// From when its key is believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Timestamp>,
    /// Until when; absent when no end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
}

/// Describes a trust root as it stands at `now`.
pub fn describe(material: &TrustMaterial, now: Timestamp) -> TrustDescription {
    let root = material.root();
    TrustDescription {
        origin: material.report().clone(),
        certificate_authorities: certificate_authorities(root, now),
        certificate_logs: root
            .ctlogs
            .iter()
            .map(|log| log_entry(&log.base_url, log.log_id.key_id.as_bytes(), &log.public_key, now))
            .collect(),
        signature_logs: root
            .tlogs
            .iter()
            .map(|log| log_entry(&log.base_url, log.log_id.key_id.as_bytes(), &log.public_key, now))
            .collect(),
        timestamp_authorities: timestamp_authorities(root, now),
    }
}

pub(crate) fn certificate_authorities(root: &TrustedRoot, now: Timestamp) -> Vec<AuthorityDescription> {
    root.certificate_authorities
        .iter()
        .map(|entry| {
            let chain = entry.cert_chain.certificates.iter().map(|cert| &cert.raw_bytes);
            authority(&entry.uri, entry.valid_for, chain, now)
        })
        .collect()
}

pub(crate) fn timestamp_authorities(root: &TrustedRoot, now: Timestamp) -> Vec<AuthorityDescription> {
    root.timestamp_authorities
        .iter()
        .map(|entry| {
            let uri = entry.uri.as_deref().unwrap_or("no address");
            let chain = entry.cert_chain.certificates.iter().map(|cert| &cert.raw_bytes);
            authority(uri, entry.valid_for, chain, now)
        })
        .collect()
}

fn authority<'a>(
    uri: &str,
    window: Option<TimeRange>,
    chain: impl Iterator<Item = &'a DerCertificate>,
    now: Timestamp,
) -> AuthorityDescription {
    AuthorityDescription {
        uri: uri.to_owned(),
        state: state(window, now),
        from: window.map(|range| range.start),
        until: window.and_then(|range| range.end),
        certificates: chain.map(certificate).collect(),
    }
}

fn log_entry(
    url: &str,
    id: &[u8],
    key: &sigstore_trust_root::trusted_root::PublicKey,
    now: Timestamp,
) -> LogDescription {
    LogDescription {
        url: url.to_owned(),
        id: hex::encode(id),
        key: key.key_details.to_string(),
        key_usable: key_usable(&key.raw_bytes),
        key_digest: Digest::sha256(key.raw_bytes.as_bytes()),
        state: state(key.valid_for, now),
        from: key.valid_for.map(|range| range.start),
        until: key.valid_for.and_then(|range| range.end),
    }
}

fn key_usable(key: &DerPublicKey) -> bool {
    VerificationKey::from_spki(key).is_ok()
        || VerificationKey::from_der(key, sigstore_crypto::SigningScheme::RsaPkcs1Sha256).is_ok()
}

/// Whether an entry with this period is in use at `now`. Without a period it always is.
pub(crate) fn state(window: Option<TimeRange>, now: Timestamp) -> EntryState {
    match window {
        Some(range) if now < range.start => EntryState::Future,
        Some(range) if range.end.is_some_and(|end| end < now) => EntryState::Retired,
        _ => EntryState::Active,
    }
}

pub(crate) fn certificate(der: &DerCertificate) -> CertificateDescription {
    let parsed = Certificate::from_der(der.as_bytes()).ok();
    let inner = parsed.as_ref().map(|cert| &cert.tbs_certificate);
    CertificateDescription {
        subject: inner.map(|tbs| tbs.subject.to_string()),
        not_before: inner.and_then(|tbs| timestamp(tbs.validity.not_before)),
        not_after: inner.and_then(|tbs| timestamp(tbs.validity.not_after)),
        digest: Digest::sha256(der.as_bytes()),
    }
}

fn timestamp(time: x509_cert::time::Time) -> Option<Timestamp> {
    let seconds = time.to_unix_duration().as_secs();
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

impl TrustDescription {
    /// The description as lines for people.
    pub fn lines(&self) -> Vec<String> {
        let origin = &self.origin;
        let mut lines = vec![
            format!("trust root   {}", origin.name),
            format!("source       {}", origin.source),
            format!("digest       {}", origin.digest),
        ];
        if let (Some(as_of), Some(days)) = (origin.as_of, origin.age_days) {
            lines.push(format!("as of        {} ({days} days ago)", day(as_of)));
        }
        for (title, authorities) in [
            ("certificate authorities", &self.certificate_authorities),
            ("timestamp authorities", &self.timestamp_authorities),
        ] {
            lines.push(String::new());
            lines.push(format!("{title}: {}", authorities.len()));
            lines.extend(authorities.iter().flat_map(AuthorityDescription::lines));
        }
        for (title, logs) in [
            ("signature logs", &self.signature_logs),
            ("certificate logs", &self.certificate_logs),
        ] {
            lines.push(String::new());
            lines.push(format!("{title}: {}", logs.len()));
            lines.extend(logs.iter().flat_map(LogDescription::lines));
        }
        lines.iter().map(|line| plain(line)).collect()
    }
}

impl AuthorityDescription {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "  {}  {}  {}",
            self.state.word(),
            period(self.from, self.until),
            self.uri
        )];
        for cert in &self.certificates {
            let subject = cert.subject.as_deref().unwrap_or("does not parse");
            lines.push(format!(
                "      {subject}  {}  {}",
                period(cert.not_before, cert.not_after),
                cert.digest
            ));
        }
        lines
    }
}

impl LogDescription {
    fn lines(&self) -> Vec<String> {
        let unusable = if self.key_usable {
            ""
        } else {
            "  key does not parse"
        };
        vec![
            format!(
                "  {}  {}  {}",
                self.state.word(),
                period(self.from, self.until),
                self.url
            ),
            format!("      {}  id {}{unusable}", self.key, self.id),
        ]
    }
}

impl EntryState {
    /// The state in one padded word.
    fn word(self) -> &'static str {
        match self {
            Self::Active => "active ",
            Self::Retired => "retired",
            Self::Future => "future ",
        }
    }
}

/// `2024-01-01 to 2025-01-01`; a missing end is left open.
fn period(from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    let show = |time: Option<Timestamp>| time.map_or_else(|| "          ".to_owned(), day);
    format!("{} to {}", show(from), show(until))
}

#[cfg(test)]
mod tests {
    use sigstore_trust_root::{SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_TRUSTED_ROOT};

    use super::*;
    use crate::sigstore::trust::BUILT_IN_AS_OF;

    fn shown(text: &str, now: Timestamp) -> TrustDescription {
        describe(
            &TrustMaterial::from_document("root.json", text.as_bytes()).unwrap(),
            now,
        )
    }

    #[test]
    fn people_see_every_entry_with_its_period() {
        let text = shown(SIGSTORE_PRODUCTION_TRUSTED_ROOT, BUILT_IN_AS_OF)
            .lines()
            .join("\n");
        for expected in [
            "trust root   root.json",
            "certificate authorities: 2",
            "  retired  2021-03-07 to 2022-12-31  https://fulcio.sigstore.dev",
            "  active   2022-04-13 to             https://fulcio.sigstore.dev",
            "CN=sigstore-intermediate",
            "  active   2025-09-23 to             https://log2025-1.rekor.sigstore.dev",
            "PKIX_ED25519  id cf1199155b",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn machines_see_the_same() {
        let json = serde_json::to_value(shown(SIGSTORE_STAGING_TRUSTED_ROOT, BUILT_IN_AS_OF)).unwrap();
        assert_eq!(json["source"], "file");
        assert_eq!(json["signatureLogs"].as_array().map(Vec::len), Some(5));
        assert_eq!(json["signatureLogs"][1]["state"], "retired");
        assert_eq!(
            json["certificateLogs"][0]["keyUsable"], true,
            "a PKCS#1 RSA key is one"
        );
        let past = "2020-01-01T00:00:00Z".parse().unwrap();
        let json = serde_json::to_value(shown(SIGSTORE_STAGING_TRUSTED_ROOT, past)).unwrap();
        assert_eq!(json["timestampAuthorities"][0]["state"], "future");
    }

    #[test]
    fn a_name_in_a_trust_root_cannot_steer_the_terminal() {
        let text =
            SIGSTORE_PRODUCTION_TRUSTED_ROOT.replace("https://rekor.sigstore.dev", "a\\u001b[2J\\nok  b");
        let lines = shown(&text, BUILT_IN_AS_OF).lines();
        assert!(
            lines.iter().all(|line| !line.contains(char::is_control)),
            "{lines:#?}"
        );
    }
}
