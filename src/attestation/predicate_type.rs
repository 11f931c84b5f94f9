//! Predicate types and the short names that people type for them.

use std::fmt;

/// The predicate type of a cosign v3 image signature: a statement that says nothing but "signed".
pub const COSIGN_SIGN_TYPE: &str = "https://sigstore.dev/cosign/sign/v1";

/// The predicate type of whatever `cosign attest --type custom` is given: an object with the text and a time.
pub const COSIGN_CUSTOM_TYPE: &str = "https://cosign.sigstore.dev/attestation/v1";

/// Short names with the predicate types that each stands for; the first is the one that is written.
///
/// A name without version stands for every version, since producers move at different times.
pub const SHORT_NAMES: &[(&str, &[&str])] = &[
    (
        "slsa-provenance",
        &[
            "https://slsa.dev/provenance/v1",
            "https://slsa.dev/provenance/v0.2",
            "https://slsa.dev/provenance/v0.1",
        ],
    ),
    ("slsa-provenance-v1", &["https://slsa.dev/provenance/v1"]),
    ("slsa-provenance-v0.2", &["https://slsa.dev/provenance/v0.2"]),
    (
        "spdx",
        &[
            "https://spdx.dev/Document",
            "https://spdx.dev/Document/v2.3",
            "https://spdx.dev/Document/v2.2",
        ],
    ),
    ("cyclonedx", &["https://cyclonedx.org/bom"]),
    (
        "openvex",
        &[
            "https://openvex.dev/ns/v0.2.0",
            "https://openvex.dev/ns",
            "https://openvex.dev/ns/v0.0.1",
        ],
    ),
    (
        "vuln",
        &[
            "https://cosign.sigstore.dev/attestation/vuln/v1",
            "https://in-toto.io/attestation/vulns/v0.1",
        ],
    ),
    (
        "vsa",
        &[
            "https://slsa.dev/verification_summary/v1",
            "https://slsa.dev/verification_summary/v0.2",
        ],
    ),
    (
        "test-result",
        &["https://in-toto.io/attestation/test-result/v0.1"],
    ),
    (
        "scai",
        &["https://in-toto.io/attestation/scai/attribute-report/v0.2"],
    ),
    (
        "link",
        &[
            "https://in-toto.io/attestation/link/v0.3",
            "https://in-toto.io/Link/v1",
        ],
    ),
    ("custom", &[COSIGN_CUSTOM_TYPE]),
];

/// Names that only cosign has, with its meaning; accepted, and never suggested.
const COSIGN_NAMES: &[(&str, &[&str])] = &[
    ("slsaprovenance", &["https://slsa.dev/provenance/v0.2"]),
    ("slsaprovenance02", &["https://slsa.dev/provenance/v0.2"]),
    ("slsaprovenance1", &["https://slsa.dev/provenance/v1"]),
    (
        "spdxjson",
        &[
            "https://spdx.dev/Document",
            "https://spdx.dev/Document/v2.3",
            "https://spdx.dev/Document/v2.2",
        ],
    ),
];

/// A demanded predicate type: a short name or any URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredicateType {
    written: String,
    accepted: Accepted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Accepted {
    Any,
    Named(&'static [&'static str]),
    Exactly(String),
}

impl PredicateType {
    /// Reads a short name, `any`, or a URI. `None` when it is neither: a misspelt short name never becomes a type that
    /// nothing has.
    pub fn parse(text: &str) -> Option<Self> {
        let accepted = if text == "any" {
            Accepted::Any
        } else if let Some((_, types)) = SHORT_NAMES
            .iter()
            .chain(COSIGN_NAMES)
            .find(|(name, _)| *name == text)
        {
            Accepted::Named(types)
        } else if text.contains(':') {
            Accepted::Exactly(text.to_owned())
        } else {
            return None;
        };
        Some(Self {
            written: text.to_owned(),
            accepted,
        })
    }

    /// Whether a statement with this predicate type is what was demanded. Types are compared as whole strings.
    pub fn accepts(&self, predicate_type: &str) -> bool {
        match &self.accepted {
            Accepted::Any => true,
            Accepted::Named(types) => types.contains(&predicate_type),
            Accepted::Exactly(expected) => expected == predicate_type,
        }
    }

    /// Whether it accepts SLSA verification summaries and nothing else, so that what they say has to count.
    pub fn is_summary(&self) -> bool {
        self.accepted != Accepted::Any
            && SHORT_NAMES
                .iter()
                .filter(|(name, _)| *name == "vsa")
                .flat_map(|(_, types)| *types)
                .any(|known| self.accepts(known))
    }

    /// Whether it accepts SBOMs and nothing else.
    pub fn is_sbom(&self) -> bool {
        self.accepted != Accepted::Any
            && SHORT_NAMES
                .iter()
                .filter(|(name, _)| matches!(*name, "spdx" | "cyclonedx"))
                .flat_map(|(_, types)| *types)
                .any(|known| self.accepts(known))
    }

    /// Whether it accepts OpenVEX documents and nothing else.
    pub fn is_vex(&self) -> bool {
        self.accepted != Accepted::Any
            && SHORT_NAMES
                .iter()
                .filter(|(name, _)| *name == "openvex")
                .flat_map(|(_, types)| *types)
                .any(|known| self.accepts(known))
    }

    /// Whether it accepts SLSA provenance whose fields can be read.
    pub fn accepts_provenance(&self) -> bool {
        SHORT_NAMES
            .iter()
            .flat_map(|(_, types)| *types)
            .any(|known| super::Provenance::is_provenance(known) && self.accepts(known))
    }

    /// The short name of a predicate type, for a hint that can be typed; the type itself when it has none.
    pub fn short_name(predicate_type: &str) -> &str {
        SHORT_NAMES
            .iter()
            .find(|(_, types)| types.contains(&predicate_type))
            .map_or(predicate_type, |(name, _)| name)
    }
}

impl fmt::Display for PredicateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_stand_for_their_versions_and_nothing_else() {
        let any_version = PredicateType::parse("slsa-provenance").unwrap();
        assert!(any_version.accepts("https://slsa.dev/provenance/v1"));
        assert!(any_version.accepts("https://slsa.dev/provenance/v0.2"));
        assert!(!any_version.accepts("https://slsa.dev/provenance/v1.1-evil"));
        for v1 in ["slsa-provenance-v1", "slsaprovenance1"] {
            let v1 = PredicateType::parse(v1).unwrap();
            assert!(v1.accepts("https://slsa.dev/provenance/v1"));
            assert!(!v1.accepts("https://slsa.dev/provenance/v0.2"));
        }
    }

    #[test]
    fn a_uri_is_compared_whole() {
        let uri = PredicateType::parse("https://example.com/p/v1").unwrap();
        assert!(uri.accepts("https://example.com/p/v1"));
        assert!(!uri.accepts("https://example.com/p/v1/"));
        assert!(!uri.accepts("https://example.com/p/v10"));
    }

    #[test]
    fn provenance_is_told_from_other_types() {
        for (text, expected) in [
            ("slsa-provenance", true),
            ("slsa-provenance-v0.2", true),
            ("any", true),
            ("spdx", false),
            ("a:b", false),
        ] {
            assert_eq!(
                PredicateType::parse(text).unwrap().accepts_provenance(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn summaries_are_told_from_other_types() {
        for (text, expected) in [
            ("vsa", true),
            ("https://slsa.dev/verification_summary/v1", true),
            ("https://slsa.dev/verification_summary/v0.2", true),
            ("any", false),
            ("slsa-provenance", false),
        ] {
            assert_eq!(
                PredicateType::parse(text).unwrap().is_summary(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_misspelt_short_name_is_no_type() {
        assert_eq!(PredicateType::parse("slsaprovenanc"), None);
        assert_eq!(PredicateType::parse(""), None);
    }

    #[test]
    fn hints_use_names_that_can_be_typed() {
        for (_, types) in SHORT_NAMES {
            for predicate_type in *types {
                let name = PredicateType::short_name(predicate_type);
                assert!(PredicateType::parse(name).unwrap().accepts(predicate_type));
            }
        }
    }
}
