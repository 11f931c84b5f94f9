//! Getting a trust root that verification may rely on.

use std::path::Path;

use jiff::Timestamp;
use sigstore_trust_root::{SigningConfig, SigstoreInstance, TrustedRoot};

use super::choice::{Relaxations, TrustChoice, TrustOptions, TufSource};
use super::document::{MAX_TRUST_DOCUMENT_BYTES, TrustDocument, parse_signing_config, read_bounded};
use super::session::{self, Documents, Session};
use super::text::day;
use super::{BUILT_IN_AS_OF, TrustError, built_in};
use crate::report::{Code, Finding, TrustReport};

/// A trust root that was checked, and what a report says about it.
///
/// Only [`load`] and [`TrustMaterial::from_document`] make one.
#[derive(Debug, Clone)]
pub struct TrustMaterial {
    root: TrustedRoot,
    signing_config: Option<SigningConfig>,
    report: TrustReport,
    findings: Vec<Finding>,
    relaxations: Relaxations,
}

impl TrustMaterial {
    /// Reads a trusted root, or a client trust configuration, that is already in memory. `name` stands for it in the
    /// report and in messages. Nothing is relaxed and no age is known, as for a file.
    ///
    /// # Errors
    ///
    /// `trust-root-invalid`, naming what is wrong with it.
    pub fn from_document(name: &str, bytes: &[u8]) -> Result<Self, TrustError> {
        let document = TrustDocument::parse(name, bytes)?;
        document.check(name)?;
        let found = Found {
            document,
            source: "file",
            as_of: None,
        };
        // Without `as_of` the time of the run does not matter.
        Ok(found.material(name, Relaxations::NONE, Timestamp::UNIX_EPOCH, Vec::new()))
    }

    /// The authorities and logs that are believed. `sigstore_verify::Verifier::new` accepts it.
    pub fn root(&self) -> &TrustedRoot {
        &self.root
    }

    /// The service addresses for signing, when they were asked for and are published.
    pub fn signing_config(&self) -> Option<&SigningConfig> {
        self.signing_config.as_ref()
    }

    /// Where it came from and how old it is.
    pub fn report(&self) -> &TrustReport {
        &self.report
    }

    /// What the run's report has to say about it, such as that it was not refreshed.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Which evidence may be absent under this trust root.
    pub fn relaxations(&self) -> Relaxations {
        self.relaxations
    }
}

/// Gets a trust root: reads the file, or refreshes from TUF, or (offline) takes the newer of cache and built-in copy.
///
/// Offline metadata is verified as of the time at which it was fetched; that it has expired since is part of the
/// warning. A cache that cannot be read or does not verify is passed over, and the warning says so.
///
/// Blocks for at most `options.timeout`; offline, and for a file, it opens no socket.
///
/// # Errors
///
/// `trust-root-unavailable` when the repository cannot be reached, answers with an error or takes too long, and offline
/// when there is neither cache nor built-in copy; `trust-root-invalid` when a document or metadata does not parse, does
/// not verify, has expired, has been rolled back or exceeds a limit.
pub fn load(
    choice: &TrustChoice,
    options: &TrustOptions,
    now: Timestamp,
) -> Result<TrustMaterial, TrustError> {
    if let TrustChoice::File(path) = choice {
        return from_file(path);
    }
    let Some(source) = TufSource::of(choice)? else {
        return Err(TrustError::invalid("no TUF repository is named"));
    };
    if options.offline {
        return offline(choice, &source, options, now);
    }
    let session = session::refresh(&source, options, now);
    let documents = session.documents.as_ref().map_err(Clone::clone)?;
    let found = Found::from_documents(documents, &format!("trusted_root.json of {}", source.url), "tuf")?;
    // Not being able to cache is no reason to deny.
    session.keep(&source);
    Ok(found.of(choice, now, Vec::new()))
}

fn from_file(path: &Path) -> Result<TrustMaterial, TrustError> {
    let bytes = read_bounded(path, MAX_TRUST_DOCUMENT_BYTES, "trusted root")?;
    TrustMaterial::from_document(&path.display().to_string(), &bytes)
}

fn offline(
    choice: &TrustChoice,
    source: &TufSource,
    options: &TrustOptions,
    now: Timestamp,
) -> Result<TrustMaterial, TrustError> {
    let built_in = choice.instance();
    let mut passed_over = None;
    if let Some(session) = session::from_cache(source, options) {
        match cached(&session, source) {
            Ok(found) if built_in.is_none() || found.as_of >= Some(BUILT_IN_AS_OF) => {
                let warning = cache_warning(choice, &session, &found, now);
                return Ok(found.of(choice, now, vec![warning]));
            }
            Ok(_) => passed_over = Some("the cached one is older".to_owned()),
            Err(error) => passed_over = Some(format!("the cached one is unusable: {error}")),
        }
    }
    let Some(instance) = built_in else {
        let why = passed_over.unwrap_or_else(|| "nothing is cached".to_owned());
        return Err(TrustError::unavailable(format!(
            "no trust root of {choice} is at hand for --offline: {why}"
        ))
        .help("run `portcullis trust update` while online, or name a file with --trusted-root"));
    };
    let found = Found::built_in(instance, options)?;
    let mut message = format!(
        "the {choice} trust root is the copy built into this program, published {}",
        day(BUILT_IN_AS_OF)
    );
    if let Some(why) = passed_over {
        message.push_str("; ");
        message.push_str(&why);
    }
    Ok(found.of(choice, now, vec![stale(message)]))
}

fn cached(session: &Session, source: &TufSource) -> Result<Found, TrustError> {
    let documents = session.documents.as_ref().map_err(Clone::clone)?;
    Found::from_documents(
        documents,
        &format!("the cached trusted_root.json of {}", source.url),
        "cache",
    )
}

fn cache_warning(choice: &TrustChoice, session: &Session, found: &Found, now: Timestamp) -> Finding {
    let as_of = found.as_of.map_or_else(|| "an unknown day".to_owned(), day);
    let mut message =
        format!("the {choice} trust root was taken from the cache of {as_of} without refreshing it");
    if let Some(role) = session.progress.expired(now) {
        message.push_str(&format!(
            "; its TUF {} metadata expired on {}",
            role.role,
            day(role.expires)
        ));
    }
    stale(message)
}

fn stale(message: String) -> Finding {
    Finding::new(Code::TrustStale, message).help("refresh it with `portcullis trust update` while online")
}

/// A document on its way to becoming [`TrustMaterial`]; it was checked.
struct Found {
    document: TrustDocument,
    source: &'static str,
    as_of: Option<Timestamp>,
}

impl Found {
    fn from_documents(documents: &Documents, name: &str, source: &'static str) -> Result<Self, TrustError> {
        let mut document = TrustDocument::parse(name, &documents.trusted_root)?;
        document.check(name)?;
        if let Some(bytes) = &documents.signing_config {
            document.signing_config = Some(parse_signing_config("the signing configuration", bytes)?);
        }
        Ok(Self {
            document,
            source,
            as_of: Some(documents.fetched_at),
        })
    }

    fn built_in(instance: SigstoreInstance, options: &TrustOptions) -> Result<Self, TrustError> {
        let name = "the built-in trusted root";
        let mut document = TrustDocument::parse(name, built_in::trusted_root(instance).as_bytes())?;
        document.check(name)?;
        if options.signing_config {
            document.signing_config = built_in::signing_config(instance)?;
        }
        Ok(Self {
            document,
            source: "built-in",
            as_of: Some(BUILT_IN_AS_OF),
        })
    }

    fn of(self, choice: &TrustChoice, now: Timestamp, findings: Vec<Finding>) -> TrustMaterial {
        self.material(&choice.to_string(), choice.relaxations(), now, findings)
    }

    fn material(
        self,
        name: &str,
        relaxations: Relaxations,
        now: Timestamp,
        mut findings: Vec<Finding>,
    ) -> TrustMaterial {
        if relaxations.log_entry {
            findings.push(Finding::new(
                Code::WeakerTrust,
                format!("the {name} instance keeps no public logs: its timestamps stand in"),
            ));
        }
        TrustMaterial {
            report: TrustReport {
                name: name.to_owned(),
                source: self.source.to_owned(),
                digest: self.document.digest,
                as_of: self.as_of,
                age_days: self.as_of.map(|then| age_days(then, now)),
            },
            root: self.document.root,
            signing_config: self.document.signing_config,
            findings,
            relaxations,
        }
    }
}

/// Whole days between then and now; 0 for a clock that runs behind.
pub(crate) fn age_days(then: Timestamp, now: Timestamp) -> i64 {
    (now.duration_since(then).as_secs() / (24 * 60 * 60)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigstore::trust::cache::{Cache, CacheOutcome, CachedSet};

    fn offline() -> TrustOptions {
        TrustOptions {
            offline: true,
            signing_config: true,
            ..TrustOptions::default()
        }
    }

    #[test]
    fn offline_without_cache_takes_the_built_in_root_with_a_warning_and_its_age() {
        let now = BUILT_IN_AS_OF + jiff::SignedDuration::from_hours(24 * 10 + 1);
        for choice in [TrustChoice::PublicGood, TrustChoice::Staging, TrustChoice::GitHub] {
            let material = load(&choice, &offline(), now).unwrap();
            assert_eq!(material.report().source, "built-in");
            assert_eq!(material.report().name, choice.to_string());
            assert_eq!(material.report().age_days, Some(10));
            let first = material.findings().first().unwrap();
            assert_eq!(first.code, Code::TrustStale);
            assert!(first.message.contains("2026-10-23"), "{}", first.message);
            assert_eq!(material.signing_config().is_some(), choice != TrustChoice::GitHub);
            assert_eq!(
                material
                    .findings()
                    .iter()
                    .any(|finding| finding.code == Code::WeakerTrust),
                choice == TrustChoice::GitHub
            );
        }
    }

    #[test]
    fn offline_with_an_unusable_cache_takes_the_built_in_root_and_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let choice = TrustChoice::PublicGood;
        let source = TufSource::of(&choice).unwrap().unwrap();
        let (cache, none) = Cache::open(Some(dir.path()), &source);
        assert_eq!(none, None);
        let files = [("timestamp.json".to_owned(), b"{}".to_vec())].into();
        let fetched_at = BUILT_IN_AS_OF;
        assert_eq!(
            cache.commit(&source, &CachedSet { fetched_at, files }),
            CacheOutcome::Written
        );

        let cache_dir = Some(dir.path().to_owned());
        let material = load(
            &choice,
            &TrustOptions {
                cache_dir,
                ..offline()
            },
            BUILT_IN_AS_OF,
        )
        .unwrap();
        assert_eq!(material.report().source, "built-in");
        let message = &material.findings().first().unwrap().message;
        assert!(
            message.contains("the cached one is unusable: the metadata of"),
            "{message}"
        );
    }

    #[test]
    fn offline_without_cache_and_without_a_built_in_root_is_undecided() {
        let dir = tempfile::tempdir().unwrap();
        let bootstrap_root = dir.path().join("root.json");
        std::fs::write(&bootstrap_root, SigstoreInstance::Staging.tuf_root()).unwrap();
        let choice = TrustChoice::Tuf {
            url: "https://tuf.example.com".to_owned(),
            bootstrap_root,
        };
        let error = load(&choice, &offline(), BUILT_IN_AS_OF).unwrap_err();
        assert_eq!(error.code(), Code::TrustUnavailable);
        assert!(error.to_string().contains("https://tuf.example.com"), "{error}");
    }

    #[test]
    fn a_file_is_taken_as_it_is_without_age_or_warning() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trusted_root.json");
        let text = built_in::trusted_root(SigstoreInstance::GitHub);
        std::fs::write(&path, text).unwrap();
        let choice = TrustChoice::File(path.clone());
        for options in [offline(), TrustOptions::default()] {
            let material = load(&choice, &options, BUILT_IN_AS_OF).unwrap();
            assert_eq!(material.report().source, "file");
            assert_eq!(material.report().name, path.display().to_string());
            assert_eq!(
                material.report().digest,
                crate::subject::Digest::sha256(text.as_bytes())
            );
            assert_eq!(
                (material.report().as_of, material.report().age_days),
                (None, None)
            );
            assert_eq!(material.findings(), []);
            assert_eq!(material.relaxations(), Relaxations::NONE);
        }
        let missing = load(
            &TrustChoice::File(dir.path().join("none")),
            &offline(),
            BUILT_IN_AS_OF,
        );
        assert_eq!(missing.unwrap_err().code(), Code::TrustInvalid);
    }

    #[test]
    fn a_clock_that_runs_behind_makes_nothing_younger_than_new() {
        assert_eq!(age_days(BUILT_IN_AS_OF, Timestamp::UNIX_EPOCH), 0);
    }
}
