//! One version of any scheme.

use std::cmp::Ordering;

use super::apk::ApkVersion;
use super::deb::DebVersion;
use super::gem::GemVersion;
use super::maven::MavenVersion;
use super::nuget::NugetVersion;
use super::rpm::RpmVersion;
use super::scheme::Scheme;

/// Longest version that is read, in bytes. Real ones end at some sixty.
pub const MAX_VERSION_BYTES: usize = 256;

/// A version that could be read.
#[derive(Debug, Clone)]
pub struct Version(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Semver(Box<semver::Version>),
    Go(Box<semver::Version>),
    Pep440(pep440_rs::Version),
    Deb(DebVersion),
    Rpm(RpmVersion),
    Apk(ApkVersion),
    Maven(MavenVersion),
    Gem(GemVersion),
    Nuget(NugetVersion),
    Text(String),
}

impl Version {
    /// Reads a version, or `None` where it is none of its scheme.
    pub fn parse(scheme: Scheme, text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > MAX_VERSION_BYTES {
            return None;
        }
        Some(Self(match scheme {
            Scheme::Semver => Kind::Semver(Box::new(semver::Version::parse(text).ok()?)),
            Scheme::Go => {
                let text = text.strip_prefix('v').unwrap_or(text);
                Kind::Go(Box::new(semver::Version::parse(text).ok()?))
            }
            Scheme::Pep440 => Kind::Pep440(text.parse().ok()?),
            Scheme::Deb => Kind::Deb(DebVersion::parse(text)?),
            Scheme::Rpm => Kind::Rpm(RpmVersion::parse(text)?),
            Scheme::Apk => Kind::Apk(ApkVersion::parse(text)?),
            Scheme::Maven => Kind::Maven(MavenVersion::parse(text)?),
            Scheme::Gem => Kind::Gem(GemVersion::parse(text)?),
            Scheme::Nuget => Kind::Nuget(NugetVersion::parse(text)?),
            Scheme::Text => Kind::Text(text.to_owned()),
        }))
    }

    /// The order of two versions: `None` for different schemes and for different texts without an order. Build
    /// metadata of Semantic Versioning does not count, as that specification says.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(match (&self.0, &other.0) {
            (Kind::Semver(a), Kind::Semver(b)) | (Kind::Go(a), Kind::Go(b)) => a.cmp_precedence(b),
            (Kind::Pep440(a), Kind::Pep440(b)) => a.cmp(b),
            (Kind::Deb(a), Kind::Deb(b)) => a.cmp(b),
            (Kind::Rpm(a), Kind::Rpm(b)) => a.cmp(b),
            (Kind::Apk(a), Kind::Apk(b)) => a.cmp(b),
            (Kind::Maven(a), Kind::Maven(b)) => a.cmp(b),
            (Kind::Gem(a), Kind::Gem(b)) => a.cmp(b),
            (Kind::Nuget(a), Kind::Nuget(b)) => a.cmp(b),
            (Kind::Text(a), Kind::Text(b)) if a == b => Ordering::Equal,
            _ => return None,
        })
    }

    /// The order of this version and a bound, which may leave open what the ecosystem lets bounds leave open: RPM's
    /// release and PEP 440's local label.
    pub(super) fn compare_to_bound(&self, bound: &Self) -> Option<Ordering> {
        match (&self.0, &bound.0) {
            (Kind::Rpm(version), Kind::Rpm(bound)) if bound.release.is_none() => {
                Some(version.without_release().cmp(bound))
            }
            (Kind::Pep440(version), Kind::Pep440(bound)) if !bound.is_local() => {
                Some(version.clone().without_local().cmp(bound))
            }
            _ => self.compare(bound),
        }
    }

    /// The release that this is a pre-release of, or `None` where it is none.
    pub(super) fn release_ahead(&self) -> Option<Self> {
        let core = |version: &semver::Version| {
            let release = semver::Version::new(version.major, version.minor, version.patch);
            (!version.pre.is_empty()).then(|| Box::new(release))
        };
        Some(Self(match &self.0 {
            Kind::Semver(version) => Kind::Semver(core(version)?),
            Kind::Go(version) => Kind::Go(core(version)?),
            Kind::Pep440(version) if version.any_prerelease() => {
                let release = pep440_rs::Version::new(version.release()).with_epoch(version.epoch());
                Kind::Pep440(release)
            }
            Kind::Maven(version) => Kind::Maven(version.release_ahead()?),
            Kind::Gem(version) => Kind::Gem(version.release_ahead()?),
            Kind::Nuget(version) => Kind::Nuget(version.release_ahead()?),
            _ => return None,
        }))
    }

    /// Whether this is a post-release of `bound`, which PEP 440 keeps out of `>bound`.
    pub(super) fn is_post_release_of(&self, bound: &Self) -> bool {
        match (&self.0, &bound.0) {
            (Kind::Pep440(version), Kind::Pep440(bound)) => {
                let release = pep440_rs::Version::new(version.release()).with_epoch(version.epoch());
                version.is_post() && !bound.is_post() && release == *bound
            }
            _ => false,
        }
    }

    /// The epoch, where the scheme has them; 0 where it is not written.
    pub(super) fn epoch(&self) -> u64 {
        match &self.0 {
            Kind::Deb(version) => version.epoch.unwrap_or(0).into(),
            Kind::Rpm(version) => version.epoch.unwrap_or(0).into(),
            Kind::Pep440(version) => version.epoch(),
            _ => 0,
        }
    }

    /// Whether an epoch is written.
    pub(super) fn names_epoch(&self) -> bool {
        match &self.0 {
            Kind::Deb(version) => version.epoch.is_some(),
            Kind::Rpm(version) => version.epoch.is_some(),
            Kind::Pep440(version) => version.epoch() != 0,
            _ => false,
        }
    }
}
