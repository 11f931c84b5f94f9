//! What is right and wrong with a trust root, part by part, with the next step for each.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use sigstore_trust_root::{SIGNING_CONFIG_TARGET, SigningConfig, TRUSTED_ROOT_TARGET};

use super::audit::{self, Check, CheckState};
use super::cache::CacheOutcome;
use super::choice::{TrustChoice, TrustOptions, TufSource};
use super::document::{MAX_TRUST_DOCUMENT_BYTES, TrustDocument, parse_signing_config, read_bounded};
use super::load::age_days;
use super::session::{self, RoleState, Session};
use super::text::{day, plain};
use super::{BUILT_IN_AS_OF, TrustError, built_in};
use crate::report::Code;

/// The roles in the order in which the TUF client verifies them.
const ROLES: [&str; 4] = ["root", "timestamp", "snapshot", "targets"];

/// Everything that was checked, in the order in which it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Name of the trust root.
    pub name: String,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Diagnosis {
    /// The worst of the checks.
    pub fn worst(&self) -> CheckState {
        // Nothing checked is nothing known to be good.
        self.checks
            .iter()
            .map(|check| check.state)
            .max()
            .unwrap_or(CheckState::Fail)
    }

    /// The diagnosis as lines for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for check in &self.checks {
            let word = match check.state {
                CheckState::Ok => "ok  ",
                CheckState::Warn => "warn",
                CheckState::Fail => "FAIL",
            };
            lines.push(format!(
                "{word}  {}: {}",
                plain(&check.name),
                plain(&check.detail)
            ));
            lines.extend(check.help.as_ref().map(|help| format!("      {}", plain(help))));
        }
        lines
    }
}

/// Checks a trust root in every part. Nothing here is an error: what cannot be had is a check that failed.
///
/// Online it refreshes as [`load`](super::load()) does, and keeps the result.
pub fn diagnose(choice: &TrustChoice, options: &TrustOptions, now: Timestamp) -> Diagnosis {
    let mut checks = vec![clock(now)];
    match choice {
        TrustChoice::File(path) => {
            let name = path.display().to_string();
            match read_bounded(path, MAX_TRUST_DOCUMENT_BYTES, "trusted root") {
                Ok(bytes) => checks.extend(trusted_root(&name, &bytes, now)),
                Err(error) => checks.push(failed("trusted root", &error)),
            }
        }
        TrustChoice::PublicGood | TrustChoice::Staging | TrustChoice::GitHub | TrustChoice::Tuf { .. } => {
            match TufSource::of(choice) {
                Ok(Some(source)) => checks.extend(repository(choice, &source, options, now)),
                Ok(None) => checks.push(Check::fail("TUF repository", "none is named", "name one")),
                Err(error) => checks.push(failed("TUF repository", &error)),
            }
        }
    }
    Diagnosis {
        name: choice.to_string(),
        checks,
    }
}

/// A clock that runs behind makes expired metadata look valid; one that runs ahead makes valid metadata look expired.
fn clock(now: Timestamp) -> Check {
    let detail = format!("it is {}", now.strftime("%Y-%m-%d %H:%M UTC"));
    if now < BUILT_IN_AS_OF {
        let help = "set this machine's clock: it is before this program's trust roots were published";
        Check::fail("clock", detail, help)
    } else {
        Check::ok("clock", detail)
    }
}

fn failed(name: &str, error: &TrustError) -> Check {
    let help = error.finding().help.clone();
    Check {
        help,
        ..Check::fail(name, error.to_string(), "")
    }
}

fn repository(
    choice: &TrustChoice,
    source: &TufSource,
    options: &TrustOptions,
    now: Timestamp,
) -> Vec<Check> {
    let wanted = TrustOptions {
        signing_config: true,
        ..options.clone()
    };
    let mut checks = Vec::new();
    let session = if options.offline {
        session::from_cache(source, &wanted)
    } else {
        Some(session::refresh(source, &wanted, now))
    };
    let fetched_at = session.as_ref().and_then(fetched_at);
    match session {
        Some(session) => {
            checks.extend(roles(&session, options.offline, now));
            checks.extend(documents(&session, now));
            let usable = checks.iter().all(|check| check.state != CheckState::Fail);
            checks.extend(match options.offline {
                true => cached(&session, now),
                false if usable => Some(kept(&session.keep(source))),
                false => None,
            });
        }
        None => checks.push(Check::warn(
            "cache",
            "nothing is cached for this repository",
            "run `portcullis trust update` while online",
        )),
    }
    if options.offline {
        checks.extend(built_in(choice, &checks, fetched_at, now));
    }
    checks
}

fn fetched_at(session: &Session) -> Option<Timestamp> {
    session
        .documents
        .as_ref()
        .ok()
        .map(|documents| documents.fetched_at)
}

/// The built-in root, where `--offline` falls back to it: nothing is cached, or nothing that is usable and newer.
fn built_in(
    choice: &TrustChoice,
    cached: &[Check],
    fetched_at: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Check> {
    let usable = cached.iter().all(|check| check.state != CheckState::Fail);
    let (Some(instance), true) = (choice.instance(), !usable || fetched_at < Some(BUILT_IN_AS_OF)) else {
        return Vec::new();
    };
    let age = age_days(BUILT_IN_AS_OF, now);
    let mut checks = vec![Check::warn(
        "built-in trusted root",
        format!("published {}, {age} days ago", day(BUILT_IN_AS_OF)),
        "it is used with --offline as long as nothing newer is cached",
    )];
    let text = built_in::trusted_root(instance);
    checks.extend(trusted_root("the built-in trusted root", text.as_bytes(), now));
    checks
}

/// One check for each role, and for the first that did not verify the reason.
fn roles(session: &Session, offline: bool, now: Timestamp) -> Vec<Check> {
    let mut checks = Vec::new();
    for name in ROLES {
        match session.progress.roles.iter().find(|role| role.role == name) {
            Some(role) => checks.push(expiry(role, offline, now)),
            None => break,
        }
    }
    if let Err(error) = &session.documents {
        let name = match (error.code(), ROLES.get(checks.len())) {
            (Code::TrustUnavailable, _) => "TUF repository".to_owned(),
            (_, Some(role)) => format!("TUF {role}"),
            (_, None) => "TUF repository".to_owned(),
        };
        checks.push(failed(&name, error));
    }
    checks
}

fn expiry(role: &RoleState, offline: bool, now: Timestamp) -> Check {
    let name = format!("TUF {}", role.role);
    let detail = format!("version {}, expires {}", role.version, day(role.expires));
    if role.expires < now {
        let detail = format!("version {}, expired {}", role.version, day(role.expires));
        return if offline {
            Check::warn(name, detail, "run `portcullis trust update` while online")
        } else {
            Check::fail(
                name,
                detail,
                "the repository has to be signed anew by whoever runs it",
            )
        };
    }
    if role.expires.duration_since(now) < warn_ahead(role.role) {
        Check::warn(
            name,
            detail,
            "whoever runs the repository has to sign it anew before then",
        )
    } else {
        Check::ok(name, detail)
    }
}

/// How long before its end a role is warned about: the root is signed by people, the rest by machines every few days.
fn warn_ahead(role: &str) -> SignedDuration {
    SignedDuration::from_hours(if role == "root" { 30 * 24 } else { 24 })
}

fn documents(session: &Session, now: Timestamp) -> Vec<Check> {
    let mut checks = Vec::new();
    if session.progress.roles.len() == ROLES.len() {
        checks.push(listed(session, TRUSTED_ROOT_TARGET));
        checks.push(listed(session, SIGNING_CONFIG_TARGET));
    }
    let Ok(documents) = &session.documents else {
        return checks;
    };
    checks.extend(trusted_root(TRUSTED_ROOT_TARGET, &documents.trusted_root, now));
    if let Some(bytes) = &documents.signing_config {
        checks.push(match parse_signing_config(SIGNING_CONFIG_TARGET, bytes) {
            Ok(config) => services(&config, now),
            Err(error) => failed("signing configuration", &error),
        });
    }
    checks
}

/// A target can also be listed by a delegated role, which only shows by getting it.
fn listed(session: &Session, target: &str) -> Check {
    let name = format!("target {target}");
    let got = match &session.documents {
        Ok(documents) => target == TRUSTED_ROOT_TARGET || documents.signing_config.is_some(),
        Err(_) => false,
    };
    if got || session.progress.listed.iter().any(|it| it == target) {
        Check::ok(name, "listed")
    } else if target == TRUSTED_ROOT_TARGET {
        Check::fail(
            name,
            "not listed",
            "the repository has to publish one: verification cannot work without",
        )
    } else {
        Check::warn(
            name,
            "not listed",
            "signing will need its service addresses by other means",
        )
    }
}

fn services(config: &SigningConfig, now: Timestamp) -> Check {
    let name = "signing configuration";
    let lists = [
        ("certificate authority", &config.ca_urls),
        ("signature log", &config.rekor_tlog_urls),
        ("timestamp authority", &config.tsa_urls),
    ];
    let missing: Vec<&str> = lists
        .iter()
        .filter(|(_, list)| !list.iter().any(|entry| entry.valid_for.contains(now)))
        .map(|(what, _)| *what)
        .collect();
    if missing.is_empty() {
        Check::ok(name, "names every service that signing needs")
    } else {
        Check::warn(
            name,
            format!("names no {} in use", missing.join(", no ")),
            "signing with this configuration may fail",
        )
    }
}

/// The document as a whole, then each entry, then whether it is of use today.
fn trusted_root(name: &str, bytes: &[u8], now: Timestamp) -> Vec<Check> {
    let document = match TrustDocument::parse(name, bytes) {
        Ok(document) => document,
        Err(error) => return vec![failed("trusted root", &error)],
    };
    let mut checks = vec![match document.check(name) {
        Ok(()) => Check::ok(
            "trusted root",
            format!("{name} is fit for use, {}", document.digest),
        ),
        Err(error) => failed("trusted root", &error),
    }];
    checks.extend(audit::entries(&document.root));
    checks.extend(audit::currency(&document.root, now));
    checks
}

fn cached(session: &Session, now: Timestamp) -> Option<Check> {
    let then = fetched_at(session)?;
    if then > now {
        let detail = format!("fetched {}, which is in the future", day(then));
        return Some(Check::warn("cache", detail, "check this machine's clock"));
    }
    let detail = format!("fetched {}, {} days ago", day(then), age_days(then, now));
    Some(Check::ok("cache", detail))
}

fn kept(outcome: &CacheOutcome) -> Check {
    match outcome {
        CacheOutcome::Written | CacheOutcome::LeftToOther => Check::ok("cache", "kept for --offline"),
        CacheOutcome::Off => Check::warn(
            "cache",
            "there is no cache directory",
            "--offline will not have this",
        ),
        CacheOutcome::Failed(why) => Check::warn(
            "cache",
            format!("cannot be written: {why}"),
            "online checks work all the same; --offline will not have this",
        ),
    }
}
