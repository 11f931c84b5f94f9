//! Examining one candidate: it is verified once, and then held against each demand.

use jiff::Timestamp;

use super::candidate::{Candidate, Material};
use super::content;
use super::decide::{Accepted, Met, Standing};
use super::genuine::{Genuine, Says};
use crate::attestation::{Difference, FileList, SimpleSigning, Statement};
use crate::policy::{Demand, DemandKind};
use crate::report::{CandidateReport, Code, EvidenceKind, Finding, Verdict};
use crate::sigstore::certificate::CertificateFacts;
use crate::sigstore::pin::{LogRequirement, Pin, PublicKey};
use crate::sigstore::{Artifact, Content, Engine, ParsedBundle, Verified};
use crate::subject::Digest;

/// A key that some pin accepts.
pub(super) type AcceptedKey<'a> = (&'a PublicKey, LogRequirement);

/// A candidate after its signature, certificate or key, log entries and timestamps were checked.
pub(super) struct Checked<'a> {
    candidate: &'a Candidate,
    outcome: Outcome,
}

enum Outcome {
    Genuine(Box<Genuine>),
    /// Why; never empty.
    Refused(Vec<Finding>),
    Unsigned,
}

/// Verifies a candidate against its subject. `content` are the subject's bytes, where there are any.
pub(super) fn check<'a>(
    candidate: &'a Candidate,
    engine: &Engine,
    content: Content<'_>,
    keys: &[AcceptedKey<'_>],
) -> Checked<'a> {
    let outcome = match &candidate.material {
        Material::Unsigned(_) => Outcome::Unsigned,
        Material::Unreadable(finding) => Outcome::Refused(vec![(**finding).clone()]),
        Material::Bundle(bundle) => {
            let artifact = Artifact {
                digest: &candidate.about,
                content,
            };
            settle(verify(engine, bundle, artifact, keys), |verified| {
                statement(verified, &candidate.about)
            })
        }
        Material::OverPayload { bundle, payload } => {
            let digest = Digest::sha256(payload);
            let artifact = Artifact {
                digest: &digest,
                content: Content::Memory(payload),
            };
            settle(verify(engine, bundle, artifact, keys), |_| {
                image(payload, &candidate.about)
            })
        }
        Material::OverFiles { bundle, found } => match directory(engine, bundle, keys, found) {
            Ok(genuine) => Outcome::Genuine(Box::new(genuine)),
            Err(findings) => Outcome::Refused(findings),
        },
    };
    Checked { candidate, outcome }
}

fn settle(
    verified: Result<Verified, Finding>,
    read: impl FnOnce(&Verified) -> Result<Says, Finding>,
) -> Outcome {
    let genuine = verified.and_then(|verified| {
        let says = read(&verified)?;
        Ok(Genuine { verified, says })
    });
    match genuine {
        Ok(genuine) => Outcome::Genuine(Box::new(genuine)),
        Err(finding) => Outcome::Refused(vec![finding]),
    }
}

/// Most differences of a directory that are named one by one.
const MAX_NAMED_DIFFERENCES: usize = 5;

/// A list of files is verified by the digest that it is about, and then held against the files: that digest says nothing
/// of their names, and nothing of where the difference is.
fn directory(
    engine: &Engine,
    bundle: &ParsedBundle,
    keys: &[AcceptedKey<'_>],
    found: &FileList,
) -> Result<Genuine, Vec<Finding>> {
    let malformed =
        |error: &dyn std::fmt::Display| vec![Finding::new(Code::PayloadMalformed, error.to_string())];
    let claimed = bundle.claimed_payload().ok_or_else(|| {
        let message = "a signature over bytes says nothing about a directory";
        vec![Finding::new(Code::ArtifactMismatch, message).expected("a signed list of files")]
    })?;
    let claimed = Statement::parse(claimed).map_err(|problem| malformed(&problem))?;
    let claimed = FileList::read(&claimed).map_err(|problem| malformed(&problem))?;
    let artifact = Artifact {
        digest: &claimed.digest(),
        content: Content::DigestOnly,
    };
    let verified = verify(engine, bundle, artifact, keys).map_err(|finding| vec![finding])?;
    // From here on what was verified counts, and not what was claimed.
    let says = statement(&verified, artifact.digest).map_err(|finding| vec![finding])?;
    let signed = match &says {
        Says::Statement(statement) => FileList::read(statement).map_err(|problem| malformed(&problem))?,
        Says::Artifact | Says::Image(_) => {
            let message = "the bundle's statement was not verified";
            return Err(vec![Finding::new(Code::InternalError, message)]);
        }
    };
    match differences(&signed, found) {
        findings if findings.is_empty() => Ok(Genuine { verified, says }),
        findings => Err(findings),
    }
}

/// A finding for each of the first differences; the last one says how many more there are.
fn differences(signed: &FileList, found: &FileList) -> Vec<Finding> {
    let differences = signed.differences(found);
    let more = differences.len().saturating_sub(MAX_NAMED_DIFFERENCES);
    let mut findings: Vec<Finding> = differences
        .iter()
        .take(MAX_NAMED_DIFFERENCES)
        .map(|difference| told(signed, difference))
        .collect();
    if let Some(last) = findings.last_mut().filter(|_| more > 0) {
        last.message = format!("{} (and {more} more differences)", last.message);
    }
    findings
}

fn told(signed: &FileList, difference: &Difference) -> Finding {
    match difference {
        Difference::Missing(name) => Finding::new(
            Code::DirectoryFileMissing,
            format!("{name} was signed and is not there"),
        ),
        Difference::Changed { name, signed, found } => Finding::new(
            Code::DirectoryFileChanged,
            format!("{name} is not the file that was signed"),
        )
        .found(found.to_string())
        .expected(signed.to_string()),
        Difference::Added(name) => {
            let finding = Finding::new(
                Code::DirectoryFileAdded,
                format!("{name} is there and was not signed"),
            );
            match signed.says_ignored(name) {
                true => finding.help(format!(
                    "the signer left it out on purpose; if nothing uses it, leave it out too: --ignore {name}"
                )),
                false => finding,
            }
        }
    }
}

/// A certificate verifies itself under the trust root; a bare key has to be one that a pin accepts.
fn verify(
    engine: &Engine,
    bundle: &ParsedBundle,
    artifact: Artifact<'_>,
    keys: &[AcceptedKey<'_>],
) -> Result<Verified, Finding> {
    if bundle.certificate().is_some() || keys.is_empty() {
        return engine.verify_certificate(bundle, artifact);
    }
    let mut refused = None;
    for (key, log) in keys {
        match engine.verify_key(bundle, artifact, key, *log) {
            Ok(verified) => return Ok(verified),
            Err(finding) => refused = Some(refused.unwrap_or(finding)),
        }
    }
    Err(refused.unwrap_or_else(|| Finding::new(Code::InternalError, "no key was tried")))
}

fn statement(verified: &Verified, about: &Digest) -> Result<Says, Finding> {
    let Some(payload) = verified.payload() else {
        return Ok(Says::Artifact);
    };
    let statement = Statement::parse(&payload.bytes)
        .map_err(|problem| Finding::new(Code::PayloadMalformed, problem.to_string()))?;
    // The library compared the digests as well. This is the promise that everything else rests on, so it is kept
    // here too, over the statement as this program reads it.
    let comparable = statement
        .digests()
        .any(|digest| digest.algorithm() == about.algorithm());
    if comparable && !statement.is_about(about) {
        return Err(
            Finding::new(Code::ArtifactMismatch, "the statement is about another artifact")
                .found(
                    statement
                        .digests()
                        .take(3)
                        .map(|digest| digest.to_string())
                        .collect::<Vec<_>>()
                        .join(", "),
                )
                .expected(about.to_string()),
        );
    }
    Ok(Says::Statement(statement))
}

fn image(payload: &[u8], about: &Digest) -> Result<Says, Finding> {
    let payload = SimpleSigning::parse(payload)
        .map_err(|problem| Finding::new(Code::PayloadMalformed, problem.to_string()))?;
    if payload.manifest_digest != *about {
        return Err(Finding::new(
            Code::PayloadDigestMismatch,
            "the signed payload names another image",
        )
        .found(payload.manifest_digest.to_string())
        .expected(about.to_string()));
    }
    Ok(Says::Image(payload))
}

/// Whether a pin on a key has the log entry that it demands. The candidate may have been verified for another pin on the
/// same key, which demands none.
fn logged(pin: &Pin, genuine: &Genuine) -> Result<(), Vec<Finding>> {
    if pin.key().is_none() || pin.log_may_be_absent() || genuine.verified.logged() {
        return Ok(());
    }
    let message = "the signature is in no transparency log, and this pin demands that it is";
    Err(vec![Finding::new(Code::LogEntryMissing, message)])
}

/// Asks every pin. When none accepts the signer, the findings say for each pin why not.
fn accepted(demand: &Demand, genuine: &Genuine) -> Result<Accepted, Vec<Finding>> {
    let signer = genuine.verified.signer();
    let pins = demand.pins.pins();
    let mut accepting = Vec::new();
    let mut refusals = Vec::new();
    for (index, pin) in pins.iter().enumerate() {
        match pin.examine(signer).and_then(|()| logged(pin, genuine)) {
            Ok(()) => accepting.push(index),
            Err(findings) if pins.len() == 1 => refusals.extend(findings),
            Err(findings) => refusals.extend(findings.into_iter().map(|finding| Finding {
                message: format!("pin {}: {}", pin.name(), finding.message),
                ..finding
            })),
        }
    }
    Accepted::by(&genuine.verified, accepting).ok_or(refusals)
}

impl Checked<'_> {
    /// The verified content, when the candidate is genuine.
    pub(super) fn genuine(&self) -> Option<&Genuine> {
        match &self.outcome {
            Outcome::Genuine(genuine) => Some(genuine),
            Outcome::Refused(_) | Outcome::Unsigned => None,
        }
    }

    /// Whether it is of the kind that a demand asks for. Something that cannot be read may be of any kind.
    fn is_demanded(&self, kind: &DemandKind) -> bool {
        let shape = self.candidate.kind();
        if shape == EvidenceKind::Unreadable {
            return true;
        }
        match kind {
            DemandKind::SignatureOrAttestation => shape != EvidenceKind::Unsigned,
            DemandKind::Signature => shape == EvidenceKind::Signature,
            DemandKind::Attestation(demanded) => {
                let is_statement = self.candidate.bundle().is_some_and(ParsedBundle::is_attestation);
                // What was verified says its type itself; of what was refused there is only a claim.
                let predicate_type = self
                    .attested_type()
                    .or_else(|| self.candidate.claimed_predicate_type());
                // A statement whose type cannot be read may be of the demanded type.
                is_statement && predicate_type.is_none_or(|predicate_type| demanded.accepts(predicate_type))
            }
        }
    }

    /// Holds the candidate against a demand, and says why it does not meet it.
    pub(super) fn stand(&self, demand: &Demand, now: Timestamp) -> (Standing, Vec<Finding>) {
        if !self.is_demanded(&demand.kind) {
            return (Standing::Other, Vec::new());
        }
        let genuine = match &self.outcome {
            Outcome::Unsigned => return (Standing::Other, Vec::new()),
            Outcome::Refused(findings) => {
                let is_open = |finding: &Finding| finding.code.verdict() == Verdict::Undecided;
                let standing = match findings.iter().any(is_open) {
                    true => Standing::Unknown,
                    false => Standing::Rejected,
                };
                return (standing, findings.clone());
            }
            Outcome::Genuine(genuine) => genuine,
        };
        let accepted = match accepted(demand, genuine) {
            Ok(accepted) => accepted,
            Err(findings) => return (Standing::Rejected, findings),
        };
        let shortcomings = content::shortcomings(genuine, demand, now);
        match Met::sufficient(accepted, &shortcomings) {
            Ok(met) => (Standing::Meets(met), content::notes(genuine)),
            Err(accepted) => (Standing::Insufficient(accepted), shortcomings),
        }
    }

    /// The candidate's part of the report.
    pub(super) fn report(
        &self,
        accepted: bool,
        pins: Vec<String>,
        findings: Vec<Finding>,
        public_log_url: &dyn Fn(&str, u64) -> Option<String>,
    ) -> CandidateReport {
        let bundle = self.candidate.bundle();
        let genuine = self.genuine();
        // Without verification the certificate's words are a claim, and the report marks them as one.
        let claimed = || {
            let facts = CertificateFacts::from_der(bundle?.certificate()?).ok()?;
            Some(facts.report())
        };
        CandidateReport {
            location: self.candidate.location.clone(),
            format: self.candidate.format.clone(),
            about: self.candidate.about.clone(),
            evidence_digest: self.candidate.digest.clone(),
            kind: self.candidate.kind(),
            accepted,
            verified: genuine.is_some(),
            predicate_type: self.candidate.claimed_predicate_type().map(str::to_owned),
            pins,
            signer: genuine
                .map(|genuine| genuine.verified.signer().report())
                .or_else(claimed),
            times: genuine
                .map(|genuine| genuine.verified.times().to_vec())
                .unwrap_or_default(),
            logs: bundle
                .map(|bundle| bundle.log_entries(public_log_url))
                .unwrap_or_default(),
            signed: genuine.and_then(Genuine::signed_extras),
            findings,
        }
    }

    /// Whether the candidate is a genuine attestation, and of which type.
    pub(super) fn attested_type(&self) -> Option<&str> {
        match &self.genuine()?.says {
            Says::Statement(statement) => Some(statement.predicate_type()),
            Says::Artifact | Says::Image(_) => None,
        }
    }

    /// Where it was found.
    pub(super) fn location(&self) -> &str {
        &self.candidate.location
    }

    /// Whether nobody signed it.
    pub(super) fn is_unsigned(&self) -> bool {
        matches!(self.outcome, Outcome::Unsigned)
    }
}
