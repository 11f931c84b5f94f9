//! What both benchmark programs measure: the two bundles, and three ways to check each.

pub mod batch;
pub mod cases;
pub mod file;
pub mod process;
pub mod raw;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::Timestamp;
use portcullis::ops::verify::{Request, Rules, verify};
use portcullis::registry::PlatformChoice;
use portcullis::report::Verdict;
use portcullis::sigstore::Engine;
use portcullis::sigstore::trust::Relaxations;
use portcullis::subject::Subject;
use sigstore_trust_root::TrustedRoot;
use sigstore_types::{Bundle, Sha256Hash};
use sigstore_verify::{SubjectAltName, VerificationPolicy, Verifier};

use cases::Case;

/// Processors that this run may use.
pub fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap()
}

/// The library alone, told what it can be told: one exact identity and issuer.
pub struct Library {
    verifier: Verifier,
    policy: VerificationPolicy,
    digest: Sha256Hash,
    text: String,
    bundle: Bundle,
}

impl Library {
    pub fn new(case: &Case) -> Self {
        let root = TrustedRoot::from_json(case.trusted_root).unwrap();
        let identity = match case.identity {
            uri if uri.contains("://") => SubjectAltName::Uri(uri.to_owned()),
            email => SubjectAltName::Email(email.to_owned()),
        };
        let text = case.text();
        Self {
            verifier: Verifier::new(&root).unwrap(),
            policy: VerificationPolicy::new(identity, case.issuer),
            digest: Sha256Hash::from_hex(case.digest_hex).unwrap(),
            bundle: Bundle::from_json(&text).unwrap(),
            text,
        }
    }

    /// Verifies the bundle that was parsed beforehand.
    pub fn verify(&self) {
        let result = self.verifier.verify(self.digest, &self.bundle, &self.policy);
        assert!(result.unwrap().certificate_verified());
    }

    /// Parses the bundle from memory and verifies it.
    pub fn parse_and_verify(&self) {
        let bundle = Bundle::from_json(&self.text).unwrap();
        let result = self.verifier.verify(self.digest, &bundle, &self.policy);
        assert!(result.unwrap().certificate_verified());
    }
}

/// This program: reading the bundle's file, parsing it strictly, the engine, pins, decision and report.
pub struct Ours {
    engine: Engine,
    rules: Rules,
}

impl Ours {
    pub fn new(case: &Case) -> Self {
        let root = TrustedRoot::from_json(case.trusted_root).unwrap();
        let rules = Rules::signed_by(case.identity, case.issuer).unwrap();
        Self {
            engine: Engine::new(&root, Relaxations::NONE).unwrap(),
            rules: match case.predicate_type() {
                Some(predicate_type) => rules.attesting(&predicate_type),
                None => rules,
            },
        }
    }

    /// Verifies every subject against the bundles of one file, on `jobs` threads; all of them have to be allowed.
    pub fn verify(&self, subjects: &[(String, Subject)], bundles: PathBuf, jobs: NonZeroUsize) {
        let outcomes = verify(
            &Request {
                subjects,
                bundles: &[bundles],
                platform: &PlatformChoice::AsIs,
                registry: None,
                rules: &self.rules,
                jobs,
                now: Timestamp::now(),
                on_bytes: &|_| {},
                on_subject: &|_| {},
                public_log_url: &|_, _| None,
            },
            &self.engine,
        );
        assert_eq!(outcomes.len(), subjects.len());
        assert!(
            outcomes
                .iter()
                .all(|outcome| outcome.report.verdict == Verdict::Allowed)
        );
    }
}
