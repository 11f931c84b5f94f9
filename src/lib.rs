//! Portcullis decides whether a software artifact may pass.
//!
//! The binary `portcullis` is a thin layer over this crate. A program that wants the same answers calls [`ops::verify`]:
//!
//! ```
//! use portcullis::ops::verify::{Rules, verify_file};
//! use portcullis::report::Verdict;
//! use portcullis::sigstore::trust::{TrustChoice, TrustOptions, load};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = jiff::Timestamp::now();
//! // Offline: the copy of the public-good root that is built in. The report says that it was not refreshed.
//! let trust = load(&TrustChoice::PublicGood, &TrustOptions { offline: true, ..Default::default() }, now)?;
//! let rules = Rules::signed_by(
//!     "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.2",
//!     "https://token.actions.githubusercontent.com",
//! )?;
//! let folder = std::path::Path::new("fixtures/verify/github-workflow-wheel");
//! let report = verify_file(
//!     &folder.join("rfc8785-0.1.2-py3-none-any.whl"),
//!     &[folder.join("bundle.sigstore.json")],
//!     &rules,
//!     &trust,
//!     now,
//! );
//! assert_eq!(report.verdict, Verdict::Allowed);
//! # Ok(())
//! # }
//! ```
//!
//! Verification is computation and reading files, so the functions are synchronous; an async program calls them on a
//! blocking thread (`tokio::task::spawn_blocking`).
//!
//! # Map
//!
//! ```text
//! cli  →  ops  →  registry, sigstore, attestation, policy, manifests, sbom
//!      →  http, licences, versions, purl  →  subject, report, strict_json
//! gate, a door beside cli that cli starts  →  ops, and what stands to its right
//! ```
//!
//! Imports go one way, left to right. [`cli`] turns arguments into a request and a report into output. [`ops`] joins
//! the pieces: [`ops::verify`] reads as prepare, gather, examine, decide, report. [`registry`] reads OCI layouts and
//! registries, finds what is attached, and writes to both. [`sigstore`] holds trust roots, bundles, who may sign, the one
//! engine that verifies, and what signs.
//! [`attestation`] reads what was signed. [`policy`] says what is demanded. [`manifests`] finds the images of
//! deployment files and pins them. [`sbom`] reads SBOMs, binds them to an artifact and compares them. [`licences`] decides
//! SPDX licence expressions, [`versions`] orders versions and answers ranges for each ecosystem, [`purl`] reads package URLs
//! and matches patterns of them, and [`severity`] reads ratings of vulnerabilities. [`gate`] is the service that lets
//! deployments begin only for what was verified. [`http`] is how services are asked. [`subject`] and [`report`] are the
//! shared values.
//! `sandbox` (cargo feature, not in the release binary) is a Sigstore instance in memory and as servers on loopback, for
//! tests and for trying things.
//!
//! # Words
//!
//! *Subject*: what is asked about. *Evidence*: what was collected about it. *Candidate*: one signature or attestation among
//! the evidence, a claim until it was examined. *Place*: where evidence was looked for. *Pin*: who is accepted. *Demand*:
//! one thing that has to hold. *Finding*: one observation with a [code](report::Code). *Verdict*: allowed, denied, no
//! evidence, undecided, misconfigured. *Report*: verdict, findings, and what was looked at.
//!
//! How to add a command, a code, a rule or a fixture is in `CONTRIBUTING.md`.

pub mod attestation;
pub mod cli;
pub mod gate;
pub mod http;
pub mod licences;
pub mod manifests;
pub mod ops;
pub mod policy;
pub mod purl;
pub mod registry;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod sbom;
pub mod severity;
pub mod sigstore;
pub mod strict_json;
pub mod subject;
pub mod versions;
