//! Examining subjects on behalf of a command: the engine, the registries, the progress line.

use std::path::PathBuf;

use jiff::Timestamp;
use oci_spec::distribution::Reference;

use super::Global;
use super::output::Console;
use super::progress::Progress;
use super::registry;
use super::rules::{default_jobs, public_log_url};
use super::trust::TrustArgs;
use crate::ops::sbom_check;
use crate::ops::verify::{Outcome, RegistryAccess, Request, Rules, verify};
use crate::registry::PlatformChoice;
use crate::registry::client::Client;
use crate::report::Finding;
use crate::sigstore::Engine;
use crate::sigstore::trust::{TrustChoice, TrustMaterial};
use crate::subject::Subject;

/// What a command wants examined.
pub(super) struct Examination<'a> {
    /// The subjects with the texts that name them.
    pub(super) subjects: &'a [(String, Subject)],
    /// Bundle files that were named.
    pub(super) bundles: &'a [PathBuf],
    /// What to do with an image index.
    pub(super) platform: &'a PlatformChoice,
    /// What is demanded.
    pub(super) rules: &'a Rules,
    /// How registries are reached, where there are images in one.
    pub(super) client: Option<&'a Client>,
    /// Bytes of the files that will be hashed, for progress.
    pub(super) bytes: u64,
}

impl Examination<'_> {
    /// Loads the trust root, verifies every subject under it, and asks the rules about SBOMs that a policy has. Without a
    /// trust root there are no outcomes, and the finding says why.
    pub(super) fn run(
        &self,
        trust: &TrustArgs,
        from_policy: Option<&TrustChoice>,
        global: &Global,
        console: &Console,
        now: Timestamp,
    ) -> (Result<TrustMaterial, Finding>, Vec<Outcome>) {
        let examined = trust.load(from_policy, global, now).and_then(|material| {
            let engine = Engine::new(material.root(), material.relaxations())?;
            let mut outcomes = self.verify(&engine, &material, global, console, now);
            for outcome in &mut outcomes {
                sbom_check::check_as_demanded(outcome, self.rules, now);
            }
            Ok((material, outcomes))
        });
        match examined {
            Ok((material, outcomes)) => (Ok(material), outcomes),
            Err(finding) => (Err(finding), Vec::new()),
        }
    }

    /// Verifies every subject.
    pub(super) fn verify(
        &self,
        engine: &Engine,
        material: &TrustMaterial,
        global: &Global,
        console: &Console,
        now: Timestamp,
    ) -> Vec<Outcome> {
        let progress = Progress::new(console.shows_progress(), self.bytes, self.subjects);
        // An image's turn begins when its store is opened.
        let open = self.client.map(|client| {
            |reference: &Reference| {
                progress.image(reference);
                client.open(reference)
            }
        });
        let request = Request {
            subjects: self.subjects,
            bundles: self.bundles,
            platform: self.platform,
            registry: open.as_ref().map(|open| RegistryAccess {
                open,
                in_flight: registry::in_flight(global),
            }),
            rules: self.rules,
            jobs: global.jobs.unwrap_or_else(default_jobs),
            now,
            on_bytes: &|count| progress.bytes(count),
            on_subject: &|report| progress.subject_done(&report.input),
            public_log_url: &|log_id, index| public_log_url(material, log_id, index),
        };
        let outcomes = verify(&request, engine);
        progress.clear();
        if let Some(client) = self.client.filter(|_| global.verbose) {
            registry::tell_sources(client);
        }
        outcomes
    }
}
