//! Deciding about one image: its route, its digest, the route's policy, and for how long the answer holds.
//!
//! The same engine answers as on the command line. Whatever keeps it from an answer is *undecided*, a panic included.

mod judged;
mod key;
mod trust;

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

pub use self::judged::Judged;
pub(in crate::gate) use self::trust::Trust;
pub use self::trust::TrustKeeper;
use super::config::{Config, Route};
use super::record::{Note, Proof, Ruling};
use super::store::Store;
use crate::ops::sbom_check::{self, Asked};
use crate::ops::verify::{Outcome, RegistryAccess, Request, assemble, verify};
use crate::policy::Acceptances;
use crate::registry::PlatformChoice;
use crate::registry::client::{Client, RemoteStore};
use crate::report::{Code, Finding};
use crate::subject::{Digest, Reference, Subject};

/// What decides: a configuration, the trust root that it names, and the verdicts that are kept.
pub struct Judge {
    config: Arc<Config>,
    trust: Arc<TrustKeeper>,
    store: Arc<Store>,
}

impl Judge {
    /// A judge by a configuration.
    pub fn new(config: Arc<Config>, trust: Arc<TrustKeeper>, store: Arc<Store>) -> Self {
        Self { config, trust, store }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The answer, where it takes no waiting: no route is for the image, or an *allowed* of its digest is kept.
    pub fn at_once(&self, reference: &Reference, now: Timestamp) -> Option<Judged> {
        let Some(route) = self.config.route(reference) else {
            return Some(no_route(reference));
        };
        let digest: Digest = reference.digest()?.parse().ok()?;
        let trust = self.trust.held(now)?;
        self.kept(route, reference, &digest, &trust, now)
    }

    /// The answer. Waits for the registry, and at most as long as the configuration gives an attempt.
    pub fn judge(&self, reference: &Reference, now: Timestamp) -> Judged {
        // What was begun is dropped with the panic, and every lock here is one that a panic leaves whole.
        let judged = catch_unwind(AssertUnwindSafe(|| self.find_out(reference, now)));
        judged.unwrap_or_else(|_| {
            let finding = Finding::new(Code::InternalError, "a check ended without an answer");
            Judged::new(reference).refused(Ruling::Undecided, &[finding])
        })
    }

    fn find_out(&self, reference: &Reference, now: Timestamp) -> Judged {
        let Some(route) = self.config.route(reference) else {
            return no_route(reference);
        };
        let mut judged = Judged::new(reference);
        judged.route = Some(route.name.clone());
        judged.policy = Some(route.policy.clone());
        let found = self.trust.current(now).map_err(Box::new).and_then(|trust| {
            judged.trust = Some(trust.digest().clone());
            let image = Image::resolve(&self.config, reference)?;
            Ok((trust, image))
        });
        let (trust, image) = match found {
            Ok(found) => found,
            Err(finding) => {
                return judged.refused(judged::ruling(finding.code.verdict(), &[&finding]), &[*finding]);
            }
        };
        judged.digest = Some(image.digest.clone());
        if let Some(kept) = self.kept(route, reference, &image.digest, &trust, now) {
            return kept;
        }
        let judged = examine(judged, route, &image, &trust, now);
        self.keep(route, &judged, &trust, now);
        judged
    }

    fn kept(
        &self,
        route: &Route,
        reference: &Reference,
        digest: &Digest,
        trust: &Trust,
        now: Timestamp,
    ) -> Option<Judged> {
        self.config.decide.cache?;
        let mut judged = Judged::new(reference);
        judged.route = Some(route.name.clone());
        judged.policy = Some(route.policy.clone());
        judged.trust = Some(trust.digest().clone());
        let key = key::of(route, &judged.repository, digest, trust);
        let proof = self.store.verdict(&key, now)?;
        judged.digest = Some(digest.clone());
        judged.ruling = Ruling::Allowed(proof);
        judged.cached = true;
        Some(judged)
    }

    fn keep(&self, route: &Route, judged: &Judged, trust: &Trust, now: Timestamp) {
        let (Some(longest), Ruling::Allowed(proof), Some(digest)) =
            (self.config.decide.cache, &judged.ruling, &judged.digest)
        else {
            return;
        };
        let expires = key::expiry(route, &judged.reference, proof, trust, longest, now);
        if expires > now {
            let key = key::of(route, &judged.repository, digest, trust);
            self.store.keep_verdict(key, proof.clone(), expires, now);
        }
    }
}

/// An image whose digest is known.
struct Image {
    store: RemoteStore,
    reference: Reference,
    digest: Digest,
}

impl Image {
    /// Resolves a reference, once. Everything after is about the digest.
    fn resolve(config: &Config, reference: &Reference) -> Result<Self, Box<Finding>> {
        let deadline = Instant::now()
            .checked_add(config.decide.timeout)
            .unwrap_or_else(Instant::now);
        let client = Client::new(config.registry.client(deadline))
            .map_err(|error| Box::new(Finding::new(Code::InternalError, format!("no threads: {error}"))))?;
        let store = client.open(reference)?;
        let images = store.resolve(&PlatformChoice::AsIs)?;
        let Some(image) = images.into_iter().next() else {
            return Err(Box::new(Finding::new(
                Code::InternalError,
                "the reference was resolved to nothing",
            )));
        };
        Ok(Self {
            reference: reference.clone_with_digest(image.digest.to_string()),
            store,
            digest: image.digest,
        })
    }
}

fn no_route(reference: &Reference) -> Judged {
    let finding = Finding::new(Code::NoRoute, "no route of the gate is for the image").help(
        "if its builds are to be deployed by this gate, add its repository to the route that is meant for it",
    );
    Judged::new(reference).refused(Ruling::Denied, &[finding])
}

/// Verifies an image and what it is made of by the policy of its route.
fn examine(judged: Judged, route: &Route, image: &Image, trust: &Trust, now: Timestamp) -> Judged {
    let open = |_: &Reference| Ok(image.store.clone());
    let subject = (image.reference.whole(), Subject::Image(image.reference.clone()));
    let request = Request {
        subjects: &[subject],
        bundles: &[],
        platform: &PlatformChoice::AsIs,
        registry: Some(RegistryAccess {
            open: &open,
            in_flight: NonZeroUsize::MIN,
        }),
        rules: &route.rules,
        jobs: NonZeroUsize::MIN,
        now,
        on_bytes: &|_| {},
        on_subject: &|_| {},
        public_log_url: &|_, _| None,
    };
    let mut outcomes = verify(&request, trust.engine());
    // Where the policy has an [sbom] table, an image without an accepted SBOM is not deployed, whatever else demands one.
    if let Some((rules, policy)) = route.policy().and_then(|policy| Some((policy.sbom()?, policy))) {
        let limits = sbom_check::limits(&policy.limits());
        let asked = Asked::new(rules, &limits, now);
        for outcome in &mut outcomes {
            sbom_check::check(outcome, &asked, &Acceptances::default());
        }
    }
    let sboms = sbom_digests(&outcomes);
    let report = assemble(
        now,
        &route.rules,
        Ok(trust.material()),
        outcomes,
        route.deny_warnings,
    );
    judged.by_report(&report, &image.digest, sboms)
}

fn sbom_digests(outcomes: &[Outcome]) -> Vec<Digest> {
    let sboms = outcomes.iter().flat_map(|outcome| &outcome.sboms);
    sboms.map(|sbom| Digest::sha256(sbom.text.as_bytes())).collect()
}

#[cfg(test)]
mod tests;
