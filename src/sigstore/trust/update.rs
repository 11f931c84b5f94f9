//! Refreshing on purpose, and what that changed.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::TrustError;
use super::cache::CacheOutcome;
use super::choice::{TrustChoice, TrustOptions, TufSource};
use super::document::TrustDocument;
use super::session::{self, RoleState, Session};
use super::text::day;
use crate::subject::Digest;

/// What a refresh found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustUpdate {
    /// Name of the trust root.
    pub name: String,
    /// What the cache held; absent when it held nothing that verifies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<TrustVersion>,
    /// What the repository serves.
    pub after: TrustVersion,
    /// Whether it was kept for `--offline`.
    pub cache: CacheOutcome,
}

/// One state of a TUF repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustVersion {
    /// When it was fetched.
    #[schemars(with = "String")]
    pub fetched_at: Timestamp,
    /// SHA-256 of its `trusted_root.json`.
    pub digest: Digest,
    /// Versions and expiry of its metadata.
    pub roles: Vec<RoleState>,
}

/// Refreshes a trust root now.
///
/// # Errors
///
/// As [`load`](super::load()); `trust-root-invalid` as well for a file, which has nothing to be refreshed from, and
/// `trust-root-unavailable` when `options.offline` forbids it.
pub fn update(
    choice: &TrustChoice,
    options: &TrustOptions,
    now: Timestamp,
) -> Result<TrustUpdate, TrustError> {
    let Some(source) = TufSource::of(choice)? else {
        return Err(
            TrustError::invalid(format!("{choice} is a file: there is nothing to refresh it from"))
                .help("replace the file, or name a TUF repository"),
        );
    };
    if options.offline {
        return Err(
            TrustError::unavailable("--offline forbids refreshing").help("run this without --offline")
        );
    }
    let before = session::from_cache(&source, options).and_then(|session| version(&session, choice).ok());
    let session = session::refresh(&source, options, now);
    let after = version(&session, choice)?;
    Ok(TrustUpdate {
        name: choice.to_string(),
        before,
        after,
        cache: session.keep(&source),
    })
}

/// The state that a session verified, with a trusted root that is fit for use.
fn version(session: &Session, choice: &TrustChoice) -> Result<TrustVersion, TrustError> {
    let documents = session.documents.as_ref().map_err(Clone::clone)?;
    let name = format!("trusted_root.json of {choice}");
    let document = TrustDocument::parse(&name, &documents.trusted_root)?;
    document.check(&name)?;
    Ok(TrustVersion {
        fetched_at: documents.fetched_at,
        digest: document.digest,
        roles: session.progress.roles.clone(),
    })
}

impl TrustUpdate {
    /// Whether the trusted root itself is another one than before.
    pub fn root_changed(&self) -> bool {
        self.before
            .as_ref()
            .is_none_or(|before| before.digest != self.after.digest)
    }

    /// The update as lines for people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match &self.before {
            None => lines.push(format!("{}: nothing was cached before", self.name)),
            Some(before) if self.root_changed() => {
                lines.push(format!("{}: the trusted root changed", self.name));
                lines.push(format!(
                    "  before   {} (fetched {})",
                    before.digest,
                    day(before.fetched_at)
                ));
            }
            Some(before) => lines.push(format!(
                "{}: the trusted root is the same as on {}",
                self.name,
                day(before.fetched_at)
            )),
        }
        lines.push(format!("  now      {}", self.after.digest));
        for role in &self.after.roles {
            let old = self
                .before
                .as_ref()
                .and_then(|before| before.roles.iter().find(|it| it.role == role.role))
                .filter(|old| old.version != role.version)
                .map(|old| format!(" (was {})", old.version));
            lines.push(format!(
                "  {:<9} version {}{}, expires {}",
                role.role,
                role.version,
                old.unwrap_or_default(),
                day(role.expires)
            ));
        }
        lines.push(match &self.cache {
            CacheOutcome::Written => "kept for --offline".to_owned(),
            CacheOutcome::LeftToOther => {
                "another run refreshed at the same time; its result is kept".to_owned()
            }
            CacheOutcome::Off => "not kept: there is no cache directory".to_owned(),
            CacheOutcome::Failed(why) => format!("not kept for --offline: {why}"),
        });
        lines
    }
}
