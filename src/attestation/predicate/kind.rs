//! The types that can be attested: the names that people type for them, and the checks of each.

use std::fmt;

use jiff::Timestamp;

use super::problem::{Collector, Problem};
use super::shape::Shape;
use super::{cyclonedx, format, openvex, provenance, shape, spdx, test_result, vsa, vuln};
use crate::attestation::COSIGN_CUSTOM_TYPE;
use crate::strict_json::{Kind, Node};

/// How a predicate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    ProvenanceV0_2,
    ProvenanceV1,
    Spdx,
    CycloneDx,
    OpenVex,
    Vsa,
    Vuln,
    TestResult,
    /// Any JSON, which is put into cosign's own predicate.
    CosignCustom,
    /// Any JSON.
    Unchecked,
}

/// The names of `attest --type` with the URI that each writes; the first of a URI is the one for messages.
///
/// Names without a hyphen that cosign has mean here what they mean there.
const NAMES: &[(&str, &str, Schema)] = &[
    (
        "slsa-provenance",
        "https://slsa.dev/provenance/v1",
        Schema::ProvenanceV1,
    ),
    (
        "slsa-provenance-v1",
        "https://slsa.dev/provenance/v1",
        Schema::ProvenanceV1,
    ),
    (
        "slsaprovenance1",
        "https://slsa.dev/provenance/v1",
        Schema::ProvenanceV1,
    ),
    (
        "slsa-provenance-v0.2",
        "https://slsa.dev/provenance/v0.2",
        Schema::ProvenanceV0_2,
    ),
    (
        "slsaprovenance",
        "https://slsa.dev/provenance/v0.2",
        Schema::ProvenanceV0_2,
    ),
    (
        "slsaprovenance02",
        "https://slsa.dev/provenance/v0.2",
        Schema::ProvenanceV0_2,
    ),
    ("spdx", "https://spdx.dev/Document", Schema::Spdx),
    ("spdxjson", "https://spdx.dev/Document", Schema::Spdx),
    ("cyclonedx", "https://cyclonedx.org/bom", Schema::CycloneDx),
    ("openvex", openvex::V0_2_0, Schema::OpenVex),
    ("vsa", "https://slsa.dev/verification_summary/v1", Schema::Vsa),
    (
        "vuln",
        "https://cosign.sigstore.dev/attestation/vuln/v1",
        Schema::Vuln,
    ),
    (
        "test-result",
        "https://in-toto.io/attestation/test-result/v0.1",
        Schema::TestResult,
    ),
    (
        "scai",
        "https://in-toto.io/attestation/scai/attribute-report/v0.2",
        Schema::Unchecked,
    ),
    (
        "link",
        "https://in-toto.io/attestation/link/v0.3",
        Schema::Unchecked,
    ),
    ("custom", COSIGN_CUSTOM_TYPE, Schema::CosignCustom),
];

/// Other URIs of types that are checked.
const OTHER_URIS: &[(&str, Schema)] = &[
    ("https://spdx.dev/Document/v2.2", Schema::Spdx),
    ("https://spdx.dev/Document/v2.3", Schema::Spdx),
    ("https://openvex.dev/ns", Schema::OpenVex),
    ("https://openvex.dev/ns/v0.0.1", Schema::OpenVex),
];

/// What `attest --type` names: the predicate type that is written, and how the predicate is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestType {
    written: String,
    uri: String,
    schema: Schema,
}

/// A text that is neither a name nor a URI.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is neither a short name nor a URI; did you mean {nearest}?")]
pub struct UnknownAttestType {
    /// What was written.
    pub text: String,
    /// The name that is most alike.
    pub nearest: &'static str,
}

impl AttestType {
    /// Reads a short name or a URI. A URI of a known type is checked as that type.
    ///
    /// # Errors
    ///
    /// The text is neither: a misspelt name never becomes a type that nobody asks for.
    pub fn parse(text: &str) -> Result<Self, UnknownAttestType> {
        let of = |uri: &str, schema| Self {
            written: text.to_owned(),
            uri: uri.to_owned(),
            schema,
        };
        if let Some((_, uri, schema)) = NAMES.iter().find(|(name, ..)| *name == text) {
            return Ok(of(uri, *schema));
        }
        if format::is_uri(text) {
            let known = NAMES.iter().map(|(_, uri, schema)| (*uri, *schema));
            let known = known
                .chain(OTHER_URIS.iter().copied())
                .find(|(uri, _)| *uri == text);
            return Ok(of(text, known.map_or(Schema::Unchecked, |(_, schema)| schema)));
        }
        let names = NAMES.iter().map(|(name, ..)| *name);
        let nearest =
            names.max_by(|a, b| strsim::jaro_winkler(a, text).total_cmp(&strsim::jaro_winkler(b, text)));
        Err(UnknownAttestType {
            text: text.to_owned(),
            nearest: nearest.unwrap_or("slsa-provenance"),
        })
    }

    /// Every short name, for help texts.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, ..)| *name)
    }

    /// The short name that was written; `None` for a URI.
    pub fn short_name(&self) -> Option<&str> {
        let name = self.written.as_str();
        (!name.contains(':')).then_some(name)
    }

    /// Whether it is SLSA provenance v1, which can be made from a CI's environment.
    pub fn is_provenance_v1(&self) -> bool {
        self.schema == Schema::ProvenanceV1
    }

    pub(super) fn schema(&self) -> Schema {
        self.schema
    }
}

impl fmt::Display for AttestType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Checks a predicate, and says which predicate type the statement gets.
pub(super) fn check(root: Node<'_>, attest_type: &AttestType, found: &mut Collector) -> String {
    let schema = attest_type.schema;
    let uri = attest_type.uri.clone();
    if let Some(problem) = mistaken(root, attest_type) {
        found.add(problem);
        return uri;
    }
    match schema {
        Schema::ProvenanceV0_2 => shape::check(root, &provenance::V0_2, provenance::V0_2_SECTION, found),
        Schema::ProvenanceV1 => shape::check(root, &provenance::V1, provenance::V1_SECTION, found),
        Schema::Spdx => spdx::check(root, found),
        Schema::CycloneDx => cyclonedx::check(root, found),
        Schema::OpenVex => {
            return openvex::check(root, attest_type.written.contains(':').then_some(uri), found);
        }
        Schema::Vsa => vsa::check(root, found),
        Schema::Vuln => vuln::check(root, found),
        Schema::TestResult => shape::check(root, &test_result::SHAPE, test_result::SECTION, found),
        // The statement layer wants an object; cosign's own predicate is one around anything.
        Schema::Unchecked => shape::check(
            root,
            &Shape::Object(&[]),
            "in-toto attestation v1, Statement",
            found,
        ),
        Schema::CosignCustom => {}
    }
    uri
}

/// The object that cosign puts around what it attests as `custom`, for that type.
pub(super) fn wrapped(root: Node<'_>, attest_type: &AttestType, now: Timestamp) -> Option<String> {
    let is_named = attest_type.schema == Schema::CosignCustom;
    let is_wrapped_already = root.member("Data").is_some_and(|data| data.kind() == Kind::Text);
    (is_named && !is_wrapped_already).then(|| {
        let data = serde_json::Value::from(root.text());
        let time = now.strftime("%Y-%m-%dT%H:%M:%SZ");
        format!("{{\"Data\":{data},\"Timestamp\":\"{time}\"}}")
    })
}

/// Documents that people give by mistake, by members that nothing else has: what each is, the schema that it has, and
/// what to do.
const MARKS: &[(&[&str], &str, Option<Schema>, &str)] = &[
    (
        &["_type", "predicateType"],
        "a whole in-toto statement",
        None,
        "give its predicate alone, for example the output of jq .predicate; the statement is made here",
    ),
    (
        &["payloadType", "payload"],
        "a signed DSSE envelope",
        None,
        "it is signed already; give the predicate that is inside",
    ),
    (
        &["verificationMaterial"],
        "a Sigstore bundle",
        None,
        "it is signed already; give the predicate that is inside",
    ),
    (
        &["bomFormat"],
        "a CycloneDX SBOM",
        Some(Schema::CycloneDx),
        "say --type cyclonedx",
    ),
    (
        &["spdxVersion"],
        "an SPDX SBOM",
        Some(Schema::Spdx),
        "say --type spdx",
    ),
    (
        &["buildDefinition"],
        "SLSA provenance v1",
        Some(Schema::ProvenanceV1),
        "say --type slsa-provenance",
    ),
    (
        &["verificationResult", "verifier"],
        "an SLSA verification summary",
        Some(Schema::Vsa),
        "say --type vsa",
    ),
];

/// Says that a document is of another kind, instead of listing all that it lacks.
fn mistaken(root: Node<'_>, attest_type: &AttestType) -> Option<Problem> {
    if matches!(attest_type.schema, Schema::Unchecked | Schema::CosignCustom) {
        return None;
    }
    let members = root.members()?;
    let has = |name: &&str| members.iter().any(|member| member.name == *name);
    let (_, what, schema, help) = MARKS.iter().find(|(marks, ..)| marks.iter().all(has))?;
    (*schema != Some(attest_type.schema)).then(|| {
        let message = format!("the file is {what}, and --type says {attest_type}");
        Problem::new(root.mark(), message).help(*help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cosign_mean_what_they_mean_there() {
        for (name, uri) in [
            ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
            ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"),
            ("slsaprovenance1", "https://slsa.dev/provenance/v1"),
            ("spdx", "https://spdx.dev/Document"),
            ("spdxjson", "https://spdx.dev/Document"),
            ("cyclonedx", "https://cyclonedx.org/bom"),
            ("vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"),
            ("custom", "https://cosign.sigstore.dev/attestation/v1"),
        ] {
            assert_eq!(AttestType::parse(name).unwrap().uri, uri, "{name}");
        }
    }

    #[test]
    fn what_is_attested_under_a_name_is_found_under_it() {
        for name in AttestType::names() {
            let uri = AttestType::parse(name).unwrap().uri;
            let demanded = crate::attestation::PredicateType::parse(name);
            assert!(demanded.is_some_and(|demanded| demanded.accepts(&uri)), "{name}");
        }
    }

    #[test]
    fn a_uri_of_a_known_type_is_checked_as_that_type() {
        for (text, schema) in [
            ("https://slsa.dev/provenance/v1", Schema::ProvenanceV1),
            ("https://spdx.dev/Document/v2.3", Schema::Spdx),
            ("https://example.com/p/v1", Schema::Unchecked),
        ] {
            assert_eq!(AttestType::parse(text).unwrap().schema, schema, "{text}");
        }
    }

    #[test]
    fn a_misspelt_name_is_no_type() {
        let error = AttestType::parse("slsaprovenanc").unwrap_err();
        assert_eq!(error.nearest, "slsaprovenance");
        assert!(AttestType::parse("").is_err() && AttestType::parse("my type: x").is_err());
    }
}
