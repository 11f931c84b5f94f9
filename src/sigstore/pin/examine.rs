//! Whether a signer is the one that a pin names, and every reason why not.

use super::parts;
use super::rule::{ClaimRule, IdentityRule, IssuerRule, TextRule};
use super::who::{Pin, SignerFacts, Who};
use crate::report::{Code, Finding, Origin, Severity};
use crate::sigstore::certificate::{CertificateFacts, Claim, ClaimValue, San, SanFacts};

impl Pin {
    /// Whether this signer is accepted. Every reason against is given at once.
    ///
    /// Only meaningful for a signature that has been verified: facts of an unverified certificate prove nothing.
    pub fn examine(&self, signer: &SignerFacts) -> Result<(), Vec<Finding>> {
        let mut findings = Vec::new();
        match (self.who(), signer) {
            (Who::Identity { identity, issuer }, SignerFacts::Certificate(facts)) => {
                examine_identity(identity, facts, &mut findings);
                examine_issuer(issuer, facts, &mut findings);
                examine_claims(self.claims(), facts, &mut findings);
            }
            (Who::AnyUnsafe { .. }, SignerFacts::Certificate(facts)) => {
                examine_claims(self.claims(), facts, &mut findings);
            }
            (Who::Key { key, origin, .. }, SignerFacts::Key { fingerprint }) => {
                if key.fingerprint() != fingerprint {
                    findings.push(
                        Finding::new(Code::IdentityMismatch, "another key signed")
                            .found(fingerprint.to_string())
                            .expected(key.fingerprint().to_string())
                            .origin(origin)
                            .help(CONFIRM),
                    );
                }
            }
            (Who::Key { key, origin, .. }, SignerFacts::Certificate(facts)) => findings.push(
                kind_mismatch("signed with a certificate, and a key is expected", origin)
                    .found(
                        facts
                            .san
                            .one()
                            .map_or_else(|| "a certificate".to_owned(), |san| san.value.clone()),
                    )
                    .expected(format!("the key {}", key.fingerprint())),
            ),
            (Who::Identity { identity, .. }, SignerFacts::Key { fingerprint }) => findings.push(
                kind_mismatch(
                    "signed with a bare key, and a certificate is expected",
                    &identity.origin,
                )
                .found(format!("the key {fingerprint}"))
                .expected(identity.text.to_string()),
            ),
            (Who::AnyUnsafe { origin }, SignerFacts::Key { fingerprint }) => findings.push(
                kind_mismatch("signed with a bare key, which nobody vouches for", origin)
                    .found(format!("the key {fingerprint}"))
                    .expected("a certificate"),
            ),
        }
        if findings.is_empty() {
            Ok(())
        } else {
            Err(findings)
        }
    }
}

/// The safe next step of every mismatch: it never proposes a wider rule.
const CONFIRM: &str = "check that the artifact comes from the release process you expect; if that process moved, confirm \
                       it with its maintainers and pin the new exact identity";

fn kind_mismatch(message: &str, origin: &Origin) -> Finding {
    Finding::new(Code::SignerKindMismatch, message)
        .origin(origin)
        .help(CONFIRM)
}

fn examine_identity(rule: &IdentityRule, facts: &CertificateFacts, findings: &mut Vec<Finding>) {
    let finding = match &facts.san {
        SanFacts::One(san) => return examine_san(rule, san, findings),
        SanFacts::None => Finding::new(Code::NoIdentity, "the certificate names nobody"),
        SanFacts::Several(names) => Finding::new(
            Code::MultipleIdentities,
            "the certificate names more than one identity",
        )
        .found(names.join(", ")),
        SanFacts::Malformed(reason) => {
            let message = format!("the certificate's identity cannot be read: {reason}");
            Finding::new(Code::IdentityMalformed, message)
        }
    };
    findings.push(finding.expected(rule.text.to_string()).origin(&rule.origin));
}

/// Compares the one name of a certificate, with its kind.
pub(super) fn examine_san(rule: &IdentityRule, san: &San, findings: &mut Vec<Finding>) {
    let accepted = rule.text.accepts(&san.value);
    if accepted && san.kind == rule.kind {
        return;
    }
    let finding = if accepted {
        let message = format!(
            "the identity reads as expected but is {} instead of {}",
            san.kind.words(),
            rule.kind.words()
        );
        Finding::new(Code::IdentityKindMismatch, message)
    } else {
        let message = if san.kind == rule.kind {
            "signed by another identity".to_owned()
        } else {
            format!(
                "signed by another identity, {} instead of {}",
                san.kind.words(),
                rule.kind.words()
            )
        };
        Finding::new(Code::IdentityMismatch, message)
            .parts(parts::compare(rule, san))
            .help(CONFIRM)
    };
    findings.push(
        finding
            .found(san.value.clone())
            .expected(rule.text.to_string())
            .origin(&rule.origin),
    );
    part_only("identity", &rule.text, &san.value, &rule.origin, findings);
}

fn examine_issuer(rule: &IssuerRule, facts: &CertificateFacts, findings: &mut Vec<Finding>) {
    let expected = |finding: Finding| finding.expected(rule.text.to_string()).origin(&rule.origin);
    match &facts.issuer {
        None => {
            let message = "the certificate does not say which issuer vouches for its identity";
            findings.push(expected(Finding::new(Code::NoIdentity, message)));
        }
        Some(ClaimValue::Value(issuer)) if rule.text.accepts(issuer) => {}
        Some(ClaimValue::Value(issuer)) => {
            let message = "another issuer vouches for the identity";
            findings.push(expected(
                Finding::new(Code::IssuerMismatch, message)
                    .found(issuer.clone())
                    .help(CONFIRM),
            ));
            part_only("issuer", &rule.text, issuer, &rule.origin, findings);
        }
        Some(bad) => findings.push(expected(malformed(Claim::Issuer, bad))),
    }
}

fn examine_claims(rules: &[ClaimRule], facts: &CertificateFacts, findings: &mut Vec<Finding>) {
    for rule in rules {
        let name = rule.claim.name();
        let finding = match facts.claim(rule.claim) {
            None => Finding::new(Code::ClaimMissing, format!("the certificate has no claim {name}")),
            Some(ClaimValue::Value(value)) if rule.text.accepts(&value) => continue,
            Some(ClaimValue::Value(value)) => {
                part_only(name, &rule.text, &value, &rule.origin, findings);
                Finding::new(Code::ClaimMismatch, format!("claim {name} has another value"))
                    .found(value)
                    .help(CONFIRM)
            }
            Some(bad) => malformed(rule.claim, &bad),
        };
        findings.push(finding.expected(rule.text.to_string()).origin(&rule.origin));
    }
}

fn malformed(claim: Claim, value: &ClaimValue) -> Finding {
    let problem = value.problem().unwrap_or_default();
    Finding::new(
        Code::ClaimMalformed,
        format!("claim {claim} cannot be read: {problem}"),
    )
}

/// Says when a tool that searches instead of matching would have let this signer in.
fn part_only(what: &str, rule: &TextRule, value: &str, origin: &Origin, findings: &mut Vec<Finding>) {
    if rule
        .as_pattern()
        .is_some_and(|pattern| pattern.would_match_part(value))
    {
        findings.push(
            Finding::new(
                Code::PatternPartOnly,
                format!("the pattern matches a part of the {what}, and patterns have to match all of it"),
            )
            .found(value)
            .expected(rule.to_string())
            .origin(origin)
            .help("compare the end and the beginning of the value with the pattern before changing either"),
        );
    }
}

impl CertificateFacts {
    /// Extensions that are there and unreadable, whether or not a rule asks for them.
    ///
    /// Those that a rule does ask for deny in [`Pin::examine`]; this is for the report, so it only informs.
    pub fn remarks(&self) -> Vec<Finding> {
        let issuer = self.issuer.iter().map(|value| (Claim::Issuer, value));
        let others = self.claims.iter().map(|(claim, value)| (*claim, value));
        issuer
            .chain(others)
            .filter(|(_, value)| value.problem().is_some())
            .map(|(claim, value)| Finding {
                severity: Severity::Info,
                ..malformed(claim, value)
            })
            .collect()
    }
}
