//! One demand on a subject: which kind of evidence, by whom, and what it has to say.

use std::time::Duration;

use crate::attestation::PredicateType;
use crate::report::Origin;
use crate::sigstore::pin::PinSet;
use crate::subject::Digest;

/// Something that has to hold for a subject to be allowed. A subject's demands all have to hold.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The kind of evidence.
    pub kind: DemandKind,
    /// Who has to have made it.
    pub pins: PinSet,
    /// Which of several candidates count.
    pub require: Require,
    /// How old the evidence may be, by its earliest verified time.
    pub max_age: Option<Written<Duration>>,
    /// What provenance has to say.
    pub fields: FieldRules,
    /// What a verification summary has to say. Summaries that failed never meet a demand, with or without it.
    pub summary: Option<SummaryRules>,
    /// Whether a signed payload's repository counts.
    pub repository_binding: RepositoryBinding,
    /// Whether it only says what counts where it is there. Then the subject is not held against it.
    pub is_optional: bool,
}

impl Demand {
    /// A demand with nothing but a kind and its signers: any one candidate is enough, of any age.
    pub fn new(kind: DemandKind, pins: PinSet) -> Self {
        Self {
            kind,
            pins,
            require: Require::Any,
            max_age: None,
            fields: FieldRules::default(),
            summary: None,
            repository_binding: RepositoryBinding::Ignore,
            is_optional: false,
        }
    }

    /// Whether it asks for an SBOM.
    pub fn is_for_sbom(&self) -> bool {
        matches!(&self.kind, DemandKind::Attestation(kind) if kind.is_sbom())
    }
}

impl Demand {
    /// Whether it asks for provenance: who built the subject, and what else in the same run.
    pub fn is_for_provenance(&self) -> bool {
        matches!(&self.kind, DemandKind::Attestation(kind) if kind.accepts_provenance())
    }

    /// Whether it is about VEX documents.
    pub fn is_for_vex(&self) -> bool {
        matches!(&self.kind, DemandKind::Attestation(kind) if kind.is_vex())
    }
}

/// The kind of evidence that is demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemandKind {
    /// A signature over the artifact itself. A statement about it is not one.
    Signature,
    /// An attestation of this type.
    Attestation(PredicateType),
    /// Either. Only for the conformance protocol, which does not tell them apart.
    SignatureOrAttestation,
}

/// Which of several candidates count (`--require`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Require {
    /// One that meets the demand is enough
    #[default]
    Any,
    /// Every one has to meet it
    All,
    /// Only the newest by an accepted signer counts
    Latest,
}

/// An expectation together with where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// The expectation.
    pub value: T,
    /// The flag or the place in a policy file.
    pub origin: Origin,
}

/// What SLSA provenance has to say. A field that the provenance does not have never meets a rule on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldRules {
    /// Exact id of the builder.
    pub builder_id: Option<Written<String>>,
    /// Exact URL of the source repository.
    pub source_repository: Option<Written<String>>,
    /// Exact source ref.
    pub source_ref: Option<Written<String>>,
    /// Full commit id; the certificate's claim counts as well as the provenance.
    pub commit: Option<Written<String>>,
}

/// What an SLSA verification summary has to say besides PASSED.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryRules {
    /// Exact id of the verifier. Who signs for it is said by the pins: only the pair is to be believed (SLSA
    /// verification summary v1, `verifier`).
    pub verifier: Written<String>,
    /// Exact resource that the artifact was verified as.
    pub resource_uri: Option<Written<String>>,
    /// Digest of the policy that it was verified by.
    pub policy: Option<Written<Digest>>,
    /// Level that was reached; a higher one of the same SLSA track will do.
    pub level: Option<Written<String>>,
}

/// Whether the repository in a simple-signing payload has to be the image's own.
///
/// cosign ignores it and containers/image enforces it, so it has to be said (peers: containers/image#2950).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RepositoryBinding {
    /// It does not count, as with cosign.
    #[default]
    Ignore,
    /// It has to be exactly this repository.
    Exact(Written<String>),
    /// It has to be this repository or one below it.
    Prefix(Written<String>),
}
