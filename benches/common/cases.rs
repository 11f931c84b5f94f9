//! The two bundles, with what they are about and who signed them.

use std::fmt;
use std::path::PathBuf;

use portcullis::attestation::PredicateType;
use portcullis::subject::{Digest, Subject};
use sigstore_crypto::SigningScheme;
use sigstore_trust_root::{SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_TRUSTED_ROOT};

/// A real bundle, see `benches/data/README.md`.
pub struct Case {
    name: &'static str,
    file: &'static str,
    pub trusted_root: &'static str,
    /// Name of the instance on the command line.
    pub instance: &'static str,
    pub digest_hex: &'static str,
    pub identity: &'static str,
    pub issuer: &'static str,
    pub predicate_type: Option<&'static str>,
    /// What a message signature is over.
    pub artifact: &'static [u8],
    /// The signature checks it needs.
    pub checks: [(SigningScheme, usize); 3],
}

/// A v0.3 bundle on Rekor v1, public-good instance, an attestation.
pub const REKOR_V1: Case = Case {
    name: "rekor_v1",
    file: "rekor-v1.sigstore.json",
    trusted_root: SIGSTORE_PRODUCTION_TRUSTED_ROOT,
    instance: "public-good",
    digest_hex: "54303491a8418fbed24344b513546182c29b43bf282ceb433af65e2299f9271f",
    identity: "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main",
    issuer: "https://token.actions.githubusercontent.com",
    predicate_type: Some("https://schemas.conda.org/attestations-publish-1.schema.json"),
    artifact: b"",
    // Envelope, SCT, checkpoint and promise; leaf certificate.
    checks: [
        (SigningScheme::EcdsaP256Sha256, 4),
        (SigningScheme::EcdsaP384Sha384, 1),
        (SigningScheme::Ed25519, 0),
    ],
};

/// A v0.3 bundle on Rekor v2 with an RFC 3161 timestamp, staging instance, a message signature.
pub const REKOR_V2: Case = Case {
    name: "rekor_v2_timestamp",
    file: "rekor-v2-timestamp.sigstore.json",
    trusted_root: SIGSTORE_STAGING_TRUSTED_ROOT,
    instance: "staging",
    digest_hex: "15f67246115921bb7c1de0e7e9e9275c8016dc254a0c009888944b7ed3644aaa",
    identity: "jku@goto.fi",
    issuer: "https://github.com/login/oauth",
    predicate_type: None,
    artifact: b"DO NOT MODIFY ME!\n\n\
        this is \"staging-rekor-v2.txt\", a sample input for sigstore-python's unit tests.\n\n\
        DO NOT MODIFY ME!\n",
    // Artifact and SCT; leaf certificate, timestamp authority's certificate and timestamp; checkpoint.
    checks: [
        (SigningScheme::EcdsaP256Sha256, 2),
        (SigningScheme::EcdsaP384Sha384, 3),
        (SigningScheme::Ed25519, 1),
    ],
};

/// Both, in the order of reports.
pub const CASES: [&Case; 2] = [&REKOR_V1, &REKOR_V2];

impl Case {
    pub fn path(&self) -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "benches", "data", self.file]
            .iter()
            .collect()
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    /// The subject as it is typed and as it parses.
    pub fn subject(&self) -> (String, Subject) {
        let typed = format!("sha256:{}", self.digest_hex);
        let digest: Digest = typed.parse().unwrap();
        (typed, Subject::Digest(digest))
    }

    pub fn predicate_type(&self) -> Option<PredicateType> {
        self.predicate_type.map(|uri| PredicateType::parse(uri).unwrap())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
