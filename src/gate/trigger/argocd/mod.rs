//! Argo CD: syncs an application to the revision whose manifests name exactly what was verified.
//!
//! `/api/webhook` only makes Argo CD look at its sources again, so it is no deployment signal (S0.12). The sync API takes a
//! revision and no image: what is deployed is what the manifests of that revision say. So they are rendered and read
//! first, and then that very revision is synced (S0.13).
//!
//! An operation carries the key of the order in its `info`, and keeps it after it ended. Every attempt reads that back before
//! it asks for a sync. That makes an order at most one sync, unless somebody else's operation ran between a lost answer
//! and the next attempt; then the same revision is synced once more.
//!
//! Written from the published contract (swagger) of Argo CD 3. It has run against a strict fake of it only.

mod api;
mod application;
mod images;
mod step;

use std::thread::sleep;
use std::time::{Duration, Instant};

use reqwest::Url;

use self::api::{Api, Place};
use self::step::{Known, Step, Stop};
use super::secret::missing;
use super::{Fired, Order, SecretFile, Trigger};
use crate::http::Web;
use crate::report::{Code, Finding};

/// First pause between two looks at a running operation; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What to do with an application that deploys whatever it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoSync {
    /// The order is refused: such an application does not wait for a decision, so the gate is no gate.
    #[default]
    Refuse,
    /// It was said in the configuration that this is known.
    Accept,
}

/// An application of Argo CD.
pub struct ArgoCd {
    place: Place,
    token: SecretFile,
    web: Web,
    options: Options,
}

/// How an application is synced.
#[derive(Debug, Clone)]
pub struct Options {
    /// What to do if it syncs itself.
    pub auto_sync: AutoSync,
    /// Whether resources that are gone from the manifests are deleted.
    pub prune: bool,
    /// Images that need no decision, as the manifests write them, with their digest.
    pub other_images: Vec<String>,
    /// How long one attempt stays with a running operation before it makes room for others.
    pub follow: Duration,
}

impl ArgoCd {
    /// An application of the Argo CD whose API answers at `server`, with the file of a token that may get and sync it.
    ///
    /// # Errors
    ///
    /// When the token cannot be used.
    pub fn new(
        server: Url,
        application: String,
        token: SecretFile,
        web: Web,
        options: Options,
    ) -> Result<Self, Finding> {
        token.token()?;
        let place = Place {
            server,
            application,
            project: None,
            namespace: None,
        };
        Ok(Self {
            place,
            token,
            web,
            options,
        })
    }

    /// The project that it has to be in; Argo CD then tells a missing application from a forbidden one.
    #[must_use]
    pub fn in_project(mut self, project: Option<String>) -> Self {
        self.place.project = project;
        self
    }

    /// The namespace of the application, where Argo CD serves several.
    #[must_use]
    pub fn in_namespace(mut self, namespace: Option<String>) -> Self {
        self.place.namespace = namespace;
        self
    }
}

impl Trigger for ArgoCd {
    fn fire(&self, order: &Order) -> Fired {
        self.attempt(order).unwrap_or_else(|fired| fired)
    }
}

impl ArgoCd {
    /// One attempt. An early end is an outcome like any other.
    fn attempt(&self, order: &Order) -> Result<Fired, Fired> {
        let api = Api {
            web: &self.web,
            place: &self.place,
            token: self.token.token().map_err(missing)?,
        };
        let known = Known {
            id: order.id(),
            may_have_happened: order.attempt().may_have_happened,
            auto_sync: self.options.auto_sync,
        };
        match step::next(&api.application(true)?, known) {
            Step::Begin(target) => {
                let manifests = api.manifests(&target)?;
                images::check(&manifests, order, &self.options.other_images).map_err(Fired::Refused)?;
                api.sync(&target, order, self.options.prune)?;
                self.follow(&api, known)
            }
            Step::Follow => self.follow(&api, known),
            Step::Stop(Stop::Done { revisions }) => Ok(Fired::AlreadyDone(self.synced(&revisions))),
            Step::Stop(stop) => Ok(self.outcome(stop)),
        }
    }

    /// Looks at the operation until it ended, for as long as one attempt may take.
    fn follow(&self, api: &Api<'_>, known: Known<'_>) -> Result<Fired, Fired> {
        let known = Known {
            may_have_happened: true,
            auto_sync: AutoSync::Accept,
            ..known
        };
        let replaced = "another operation took this one's place before its end was seen";
        let running = "the operation of this order is still running";
        let unknown = |why: &str| Ok(Fired::Unknown(Finding::new(Code::TriggerBusy, why)));
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match step::next(&api.application(false)?, known) {
                Step::Follow => {}
                Step::Begin(_) | Step::Stop(Stop::Busy(_)) => return unknown(replaced),
                Step::Stop(stop) => return Ok(self.outcome(stop)),
            }
            if begun.elapsed() + pause > self.options.follow {
                return unknown(running);
            }
            sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn outcome(&self, stop: Stop) -> Fired {
        let application = &self.place.application;
        match stop {
            Stop::Done { revisions } => Fired::Done(self.synced(&revisions)),
            Stop::Failed(why) => Fired::Refused(
                Finding::new(
                    Code::TriggerFailed,
                    format!("the sync of {application} failed: {why}"),
                )
                .help("mend the application and replay the decision"),
            ),
            Stop::SyncsItself => Fired::Refused(
                Finding::new(
                    Code::TriggerAutoSync,
                    format!("{application} syncs itself, so it deploys what was never verified"),
                )
                .help("switch automated sync off for the application (spec.syncPolicy.automated)"),
            ),
            Stop::Busy(why) => Fired::Retry {
                finding: Finding::new(Code::TriggerBusy, format!("{application}: {why}")),
                after: None,
            },
        }
    }

    fn synced(&self, revisions: &str) -> String {
        format!("{} was synced to {revisions}", self.place.application)
    }
}
