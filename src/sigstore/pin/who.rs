//! A pin: one answer to the question who may sign.

use super::key::PublicKey;
use super::lint::PatternUse;
use super::rule::{ClaimRule, IdentityRule, IssuerRule, TextRule};
use crate::report::{Code, Finding, Origin, PinReport, SignerReport};
use crate::sigstore::certificate::CertificateFacts;
use crate::subject::Digest;

/// Who is accepted. An identity cannot be written without the issuer that has to vouch for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever holds this name, by the word of this issuer.
    Identity {
        /// The name.
        identity: IdentityRule,
        /// The issuer.
        issuer: IssuerRule,
    },
    /// Whoever holds this key.
    Key {
        /// The key.
        key: PublicKey,
        /// Whether its signatures have to be logged.
        log: LogRequirement,
        /// Where it was written.
        origin: Origin,
    },
    /// Anybody with a certificate. Proves that somebody signed, and everybody can.
    AnyUnsafe {
        /// Where it was written.
        origin: Origin,
    },
}

/// Whether a key's signatures have to be in a transparency log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogRequirement {
    /// They have to.
    Required,
    /// An entry may be absent; one that is there still has to verify.
    MayBeAbsent,
}

/// A named rule for one signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    name: String,
    who: Who,
    claims: Vec<ClaimRule>,
}

/// Parts of a pin that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Claims are demanded of a key, and only certificates have claims.
    #[error("a key has no claims: {0} can only be demanded of an identity")]
    ClaimOfKey(String),
    /// The same claim is demanded twice.
    #[error("{0} is demanded twice")]
    DoubledClaim(String),
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerFacts {
    /// The holder of a certificate.
    Certificate(CertificateFacts),
    /// The holder of a bare key.
    Key {
        /// SHA-256 of the key's DER SubjectPublicKeyInfo.
        fingerprint: Digest,
    },
}

/// What makes two signers the same one: equal identity and issuer, or equal key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignerId(String);

impl SignerFacts {
    /// Tells this signer from others, whatever other claims the certificates carry.
    pub fn id(&self) -> SignerId {
        SignerId(match self {
            Self::Certificate(facts) => format!("{:?} by {:?}", facts.san, facts.issuer),
            Self::Key { fingerprint } => format!("key {fingerprint}"),
        })
    }

    /// Who signed, for a report.
    pub fn report(&self) -> SignerReport {
        match self {
            Self::Certificate(facts) => facts.report(),
            Self::Key { fingerprint } => SignerReport {
                kind: "key",
                identity: fingerprint.to_string(),
                issuer: None,
                claims: std::collections::BTreeMap::new(),
            },
        }
    }
}

impl Pin {
    /// A pin with its demands on claims.
    pub fn new(name: impl Into<String>, who: Who, claims: Vec<ClaimRule>) -> Result<Self, PinError> {
        if let (Who::Key { .. }, Some(rule)) = (&who, claims.first()) {
            return Err(PinError::ClaimOfKey(rule.claim.to_string()));
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(rule) = claims.iter().find(|rule| !seen.insert(rule.claim)) {
            return Err(PinError::DoubledClaim(rule.claim.to_string()));
        }
        Ok(Self {
            name: name.into(),
            who,
            claims,
        })
    }

    /// The name that reports use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who is accepted.
    pub fn who(&self) -> &Who {
        &self.who
    }

    /// What the certificate has to say beside that.
    pub fn claims(&self) -> &[ClaimRule] {
        &self.claims
    }

    /// The pinned key, when it is a key.
    pub fn key(&self) -> Option<&PublicKey> {
        match &self.who {
            Who::Key { key, .. } => Some(key),
            Who::Identity { .. } | Who::AnyUnsafe { .. } => None,
        }
    }

    /// Whether a missing log entry is tolerated.
    pub fn log_may_be_absent(&self) -> bool {
        matches!(
            self.who,
            Who::Key {
                log: LogRequirement::MayBeAbsent,
                ..
            }
        )
    }

    /// The rule in words, for a report.
    pub fn report(&self) -> PinReport {
        let mut rule = match &self.who {
            Who::Identity { identity, issuer } => {
                format!(
                    "{} identity {} issued by {}",
                    identity.kind, identity.text, issuer.text
                )
            }
            Who::Key {
                key,
                log: LogRequirement::Required,
                ..
            } => {
                format!("{} key {}", key.key_type(), key.fingerprint())
            }
            Who::Key {
                key,
                log: LogRequirement::MayBeAbsent,
                ..
            } => {
                format!(
                    "{} key {}, without requiring a log entry",
                    key.key_type(),
                    key.fingerprint()
                )
            }
            Who::AnyUnsafe { .. } => "any signer (unsafe)".to_owned(),
        };
        for claim in &self.claims {
            rule.push_str(&format!(", {} = {}", claim.claim, claim.text));
        }
        PinReport {
            name: self.name.clone(),
            rule,
        }
    }

    /// What is weak about the pin itself: patterns that accept more than their author thinks, exact texts that were
    /// meant as patterns, and no rule at all.
    pub fn warnings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match &self.who {
            Who::Identity { identity, issuer } => {
                findings.extend(text_warnings(
                    &identity.text,
                    identity.kind.into(),
                    &identity.origin,
                ));
                findings.extend(text_warnings(&issuer.text, PatternUse::Issuer, &issuer.origin));
            }
            Who::Key { .. } => {}
            Who::AnyUnsafe { origin } => findings.push(
                Finding::new(
                    Code::UnsafeAnyIdentity,
                    format!("pin {} accepts any signer", self.name),
                )
                .help("name the signer with an identity and its issuer, or with a key")
                .origin(origin),
            ),
        }
        for claim in &self.claims {
            if let TextRule::Exact(_) = claim.text {
                // What a pattern for a claim should look like depends on the claim, so only exact texts are looked at.
                findings.extend(text_warnings(&claim.text, PatternUse::OtherName, &claim.origin));
            }
        }
        findings
    }
}

fn text_warnings(rule: &TextRule, usage: PatternUse, origin: &Origin) -> Vec<Finding> {
    match rule {
        TextRule::Pattern(pattern) => pattern.lint(usage, origin),
        TextRule::Exact(text) if reads_like_pattern(text) => vec![
            Finding::new(
                Code::ExactLooksLikePattern,
                format!("{text} is compared byte for byte, and reads like a pattern"),
            )
            .found(text)
            .help("write the whole text as it stands in the certificate, or use the key or flag for patterns")
            .origin(origin),
        ],
        TextRule::Exact(_) => Vec::new(),
    }
}

/// Whether an exact text has signs in it that identities do not have and patterns do.
fn reads_like_pattern(text: &str) -> bool {
    text.starts_with('^')
        || text.ends_with('$')
        || [".*", ".+", r"\.", "[^", "/*", "(?"]
            .iter()
            .any(|sign| text.contains(sign))
}
