//! CycloneDX 1.2 to 1.7 (ECMA-424), as JSON and as XML.

pub(super) mod json;
pub(super) mod xml;

/// The versions that are read.
pub(super) const VERSIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];

/// [`VERSIONS`] in words.
pub(super) const VERSIONS_IN_WORDS: &str = "1.2 to 1.7";

/// Name of the property in which Trivy writes the digest of an image's configuration.
pub(super) const IMAGE_ID_PROPERTY: &str = "aquasecurity:trivy:ImageID";
