//! Which order the versions of a package have.

/// An order of versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Semantic Versioning: Cargo, npm, Hex, Pub.
    Semver,
    /// Go modules.
    Go,
    /// Python, PEP 440.
    Pep440,
    /// Debian and its derivatives.
    Deb,
    /// RPM.
    Rpm,
    /// Alpine.
    Apk,
    /// Maven.
    Maven,
    /// RubyGems.
    Gem,
    /// NuGet.
    Nuget,
    /// No known order: equal or not.
    Text,
}

/// What a range says about pre-releases that no bound names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PreReleases {
    /// They are versions like others, in their order.
    Ordinary,
    /// Versions like others, apart from those directly below an upper bound: `<2` does not mean to accept
    /// `2.0.0-rc.1`.
    NotBelowBound,
    /// In a range only where a bound names a pre-release of the same release.
    WhenNamed,
}

impl Scheme {
    /// The scheme of a package URL's type, in lower case.
    pub fn of_type(kind: &str) -> Self {
        match kind {
            "cargo" | "npm" | "hex" | "pub" => Self::Semver,
            "golang" => Self::Go,
            "pypi" => Self::Pep440,
            "deb" => Self::Deb,
            "rpm" => Self::Rpm,
            "apk" => Self::Apk,
            "maven" => Self::Maven,
            "gem" => Self::Gem,
            "nuget" => Self::Nuget,
            _ => Self::Text,
        }
    }

    pub(super) fn pre_releases(self) -> PreReleases {
        match self {
            Self::Semver | Self::Pep440 | Self::Gem | Self::Nuget => PreReleases::WhenNamed,
            // Pseudo-versions of Go are pre-releases by form, and ordinary by use.
            Self::Go | Self::Maven => PreReleases::NotBelowBound,
            Self::Deb | Self::Rpm | Self::Apk | Self::Text => PreReleases::Ordinary,
        }
    }

    /// Numbers that a full version has, where a bound with fewer of them could be read in two ways.
    pub(super) fn full_length(self) -> Option<usize> {
        match self {
            Self::Semver | Self::Go => Some(3),
            _ => None,
        }
    }
}
