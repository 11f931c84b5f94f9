//! Verification through the library: pins, demands, and what came of them.
#![allow(
    dead_code,
    reason = "every test binary takes what it needs and leaves the rest"
)]

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use oci_spec::distribution::Reference;
use portcullis::attestation::PredicateType;
use portcullis::ops::verify::{RegistryAccess, Request, Rules, verify};
use portcullis::policy::{Demand, DemandKind, Require};
use portcullis::registry::PlatformChoice;
use portcullis::registry::client::Client;
use portcullis::report::{Code, Finding, Origin, SubjectReport, Verdict};
use portcullis::sigstore::Engine;
use portcullis::sigstore::certificate::SanKind;
use portcullis::sigstore::pin::{
    Combine, IdentityRule, IssuerRule, LogRequirement, Pin, PinSet, PublicKey, TextRule, Who,
};
use portcullis::sigstore::trust::{Relaxations, TrustChoice, TrustOptions, load};
use portcullis::subject::{Digest, PathKind, Subject};
use serde_json::Value;
use sigstore_trust_root::TrustedRoot;

fn origin() -> Origin {
    Origin::flag("test")
}

/// Whoever holds exactly this name by the word of exactly this issuer.
pub(crate) fn identity(name: &str, issuer: &str) -> Pin {
    identity_rule(TextRule::exact(name), None, issuer)
}

/// The same with the kind of the name.
pub(crate) fn identity_of_kind(name: &str, kind: SanKind, issuer: &str) -> Pin {
    identity_rule(TextRule::exact(name), Some(kind), issuer)
}

/// Whoever holds a name that this pattern accepts.
pub(crate) fn identity_pattern(pattern: &str, kind: SanKind, issuer: &str) -> Pin {
    identity_rule(TextRule::pattern(pattern).unwrap(), Some(kind), issuer)
}

fn identity_rule(text: TextRule, kind: Option<SanKind>, issuer: &str) -> Pin {
    let identity = IdentityRule::new(text, kind, origin()).unwrap();
    let issuer = IssuerRule {
        text: TextRule::exact(issuer),
        origin: origin(),
    };
    Pin::new("pin", Who::Identity { identity, issuer }, Vec::new()).unwrap()
}

/// Whoever holds this key, given as PEM.
pub(crate) fn key(pem: &str, log: LogRequirement) -> Pin {
    let who = Who::Key {
        key: PublicKey::from_pem(pem.as_bytes()).unwrap(),
        log,
        origin: origin(),
    };
    Pin::new("key", who, Vec::new()).unwrap()
}

/// Anybody with a certificate: whatever is refused under this pin is refused under every other.
pub(crate) fn anybody() -> Pin {
    Pin::new("anybody", Who::AnyUnsafe { origin: origin() }, Vec::new()).unwrap()
}

/// A demand on evidence of a kind by one signer.
pub(crate) fn demand(kind: DemandKind, pin: Pin) -> Demand {
    Demand::new(kind, PinSet::new(vec![pin], Combine::Any, None).unwrap())
}

/// A demand on evidence of either kind.
pub(crate) fn anything_by(pin: Pin) -> Demand {
    demand(DemandKind::SignatureOrAttestation, pin)
}

/// A demand on a signature.
pub(crate) fn signature_by(pin: Pin) -> Demand {
    demand(DemandKind::Signature, pin)
}

/// A demand on an attestation.
pub(crate) fn attestation_by(pin: Pin, predicate_type: &str) -> Demand {
    let predicate_type = PredicateType::parse(predicate_type).unwrap();
    demand(DemandKind::Attestation(predicate_type), pin)
}

/// The same demand on another choice of candidates.
pub(crate) fn requiring(require: Require, demand: Demand) -> Demand {
    Demand { require, ..demand }
}

/// An engine for a trusted root, strict.
pub(crate) fn engine(trusted_root: &Value) -> Engine {
    let root = TrustedRoot::from_json(&trusted_root.to_string()).unwrap();
    Engine::new(&root, Relaxations::NONE).unwrap()
}

/// An engine for a root that is built in or in a file.
pub(crate) fn engine_for(choice: &TrustChoice) -> Engine {
    let options = TrustOptions {
        offline: true,
        ..TrustOptions::default()
    };
    let material = load(choice, &options, Timestamp::now()).unwrap();
    Engine::new(material.root(), material.relaxations()).unwrap()
}

/// What is asked about one subject.
pub(crate) struct Question<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) subject: Subject,
    pub(crate) bundles: Vec<PathBuf>,
    pub(crate) platform: PlatformChoice,
    pub(crate) demands: Vec<Demand>,
    pub(crate) now: Timestamp,
    pub(crate) client: Option<&'a Client>,
}

impl<'a> Question<'a> {
    pub(crate) fn new(engine: &'a Engine, subject: Subject, demand: Demand) -> Self {
        Self {
            engine,
            subject,
            bundles: Vec::new(),
            platform: PlatformChoice::AsIs,
            demands: vec![demand],
            now: Timestamp::now(),
            client: None,
        }
    }

    /// A question about an image of a registry.
    pub(crate) fn image(engine: &'a Engine, client: &'a Client, reference: &str, demand: Demand) -> Self {
        let subject = Subject::parse(reference, |_| PathKind::Missing).unwrap();
        Self {
            client: Some(client),
            ..Self::new(engine, subject, demand)
        }
    }

    /// A question about a digest, with its bundles in files.
    pub(crate) fn digest(engine: &'a Engine, digest: &Digest, bundle: &Path, demand: Demand) -> Self {
        Self {
            bundles: vec![bundle.to_owned()],
            ..Self::new(engine, Subject::Digest(digest.clone()), demand)
        }
    }

    /// The answers, one for each subject that the question came to.
    pub(crate) fn ask_all(&self) -> Vec<Answer> {
        let rules = Rules::Demands(self.demands.clone());
        let open = |reference: &Reference| self.client.unwrap().open(reference);
        let registry = self.client.map(|_| RegistryAccess {
            open: &open,
            in_flight: NonZeroUsize::MIN,
        });
        let request = Request {
            subjects: &[(self.subject.to_string(), self.subject.clone())],
            bundles: &self.bundles,
            platform: &self.platform,
            registry,
            rules: &rules,
            jobs: NonZeroUsize::MIN,
            now: self.now,
            on_bytes: &|_| {},
            on_subject: &|_| {},
            public_log_url: &|_, _| None,
        };
        verify(&request, self.engine)
            .into_iter()
            .map(|outcome| Answer {
                report: outcome.report,
                predicates: outcome.predicates,
            })
            .collect()
    }

    /// The answer about a question with one subject.
    pub(crate) fn ask(&self) -> Answer {
        let mut answers = self.ask_all();
        assert_eq!(answers.len(), 1);
        answers.remove(0)
    }
}

/// What came of one subject.
pub(crate) struct Answer {
    pub(crate) report: SubjectReport,
    pub(crate) predicates: Vec<String>,
}

impl Answer {
    pub(crate) fn verdict(&self) -> Verdict {
        self.report.verdict
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.verdict() == Verdict::Allowed
    }

    /// The codes of all findings, of the subject and of its candidates.
    pub(crate) fn codes(&self) -> BTreeSet<Code> {
        self.findings().map(|finding| finding.code).collect()
    }

    /// The code of the first finding of the first candidate, or of the subject: why it was refused.
    pub(crate) fn reason(&self) -> Option<Code> {
        let candidate = self.report.candidates.first();
        candidate
            .and_then(|candidate| candidate.findings.first())
            .or_else(|| self.report.findings.first())
            .map(|finding| finding.code)
    }

    fn findings(&self) -> impl Iterator<Item = &Finding> {
        let candidates = self.report.candidates.iter();
        self.report
            .findings
            .iter()
            .chain(candidates.flat_map(|candidate| &candidate.findings))
    }

    /// The findings as lines, for a failed assertion.
    pub(crate) fn explain(&self) -> String {
        let lines: Vec<String> = self
            .findings()
            .map(|finding| format!("{}: {}", finding.code, finding.message))
            .collect();
        format!("{:?} [{}]", self.verdict(), lines.join("; "))
    }
}
