//! Warnings about patterns that match more than their author thinks.

use super::pattern::{Part, Pattern};
use crate::report::{Code, Finding, Origin};

/// Namespaces that are hosts: anybody can register what follows them.
const PUBLIC_HOSTS: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

/// Types whose first part anybody can choose, because the registry is open to all.
const OPEN_REGISTRIES: [&str; 15] = [
    "bitbucket",
    "cargo",
    "cocoapods",
    "composer",
    "conda",
    "cpan",
    "docker",
    "gem",
    "github",
    "hex",
    "huggingface",
    "maven",
    "npm",
    "nuget",
    "pypi",
];

impl Pattern {
    /// What is wider about a pattern of an allow rule than it looks; at most one finding.
    pub fn lint(&self, origin: &Origin) -> Option<Finding> {
        let (what, help) = self.breadth()?;
        Some(
            Finding::new(Code::PackagePatternBroad, what)
                .expected(self.as_str())
                .origin(origin)
                .help(help),
        )
    }

    fn breadth(&self) -> Option<(&'static str, &'static str)> {
        let mut parts = self.parts.iter();
        let kind = match parts.next() {
            Some(Part::Literal(kind)) => kind.as_str(),
            Some(Part::Any) | None => {
                return Some((
                    "this pattern accepts packages of every type, so names of every registry",
                    "write the type out, for example pkg:npm/ or pkg:deb/",
                ));
            }
        };
        match (parts.next(), OPEN_REGISTRIES.contains(&kind)) {
            (None | Some(Part::Any), true) => Some((
                "this pattern accepts packages that anybody can publish",
                "write the namespace or the name out in front of the wildcard",
            )),
            (None | Some(Part::Any), false) => Some((
                "this pattern accepts every package of this type, whoever supplies it",
                "write the vendor or the host out in front of the wildcard, for example pkg:deb/debian/**",
            )),
            (Some(Part::Literal(first)), _) => {
                let owner_is_open = matches!(parts.next(), None | Some(Part::Any));
                let has_wildcard = self.goes_on || self.parts.contains(&Part::Any);
                let is_host = PUBLIC_HOSTS.contains(&first.as_str());
                (is_host && owner_is_open && has_wildcard).then_some((
                    "this pattern accepts packages of every owner on a public host",
                    "write the owner out in front of the wildcard, for example pkg:golang/github.com/OWNER/**",
                ))
            }
        }
    }
}
