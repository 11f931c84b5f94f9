//! Verification of what the sandbox mints: evidence that nobody could get a public instance to sign.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../support/judge.rs"]
mod judge;
mod keys;
mod layouts;
mod require;
mod statements;
mod summaries;
mod who;

use std::cell::Cell;
use std::path::PathBuf;

use jiff::Timestamp;
use judge::{Answer, Question, engine};
use portcullis::policy::Demand;
use portcullis::report::{Code, Verdict};
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::sigstore::Engine;
use portcullis::subject::{Digest, Subject};
use serde_json::Value;
use tempfile::TempDir;

const EMAIL: &str = "dev@example.com";
const ISSUER: &str = "https://accounts.example.com";
const ARTIFACT: &[u8] = b"an artifact";

/// An instance, what verifies it, and a folder.
struct World {
    instance: Instance,
    engine: Engine,
    folder: TempDir,
    files: Cell<usize>,
}

impl World {
    fn new() -> Self {
        let instance = Instance::new(7, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
        Self {
            engine: engine(&instance.trusted_root_json().unwrap()),
            instance,
            folder: tempfile::tempdir().unwrap(),
            files: Cell::new(0),
        }
    }

    /// A new file with these bytes.
    fn file(&self, bytes: &[u8]) -> PathBuf {
        self.files.set(self.files.get() + 1);
        let path = self.folder.path().join(format!("file-{}", self.files.get()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A file with the artifact.
    fn artifact(&self) -> Subject {
        Subject::File(self.file(ARTIFACT))
    }

    /// Asks about the artifact's digest.
    fn ask(&self, bundle: &Value, demand: Demand) -> Answer {
        self.ask_about(Subject::Digest(Digest::sha256(ARTIFACT)), &[bundle], demand)
    }

    fn ask_about(&self, subject: Subject, bundles: &[&Value], demand: Demand) -> Answer {
        let bundles = bundles
            .iter()
            .map(|bundle| self.file(bundle.to_string().as_bytes()))
            .collect();
        Question {
            bundles,
            ..Question::new(&self.engine, subject, demand)
        }
        .ask()
    }

    fn sign(&mut self, options: &SignOptions) -> Value {
        self.instance.sign_blob(ARTIFACT, options).unwrap()
    }
}

fn keyless() -> SignOptions {
    SignOptions::keyless(EMAIL, ISSUER)
}

/// Asserts that the answer is *allowed*, or *denied* for this reason.
#[track_caller]
fn assert_answer(what: &str, answer: &Answer, expected: Result<(), Code>) {
    match expected {
        Ok(()) => assert!(answer.is_allowed(), "{what}: {}", answer.explain()),
        Err(code) => assert_eq!(
            (answer.verdict(), answer.reason()),
            (Verdict::Denied, Some(code)),
            "{what}: {}",
            answer.explain()
        ),
    }
}
