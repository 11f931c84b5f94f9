//! Whether an SBOM is about the artifact that it is to be attested for, by its own word (promise 6 of the design).
//!
//! An SBOM that travels with a signed statement about a digest is believed to describe that digest. One whose own root
//! names another digest was made for another build; it must not get a signature. What is asked is what `sbom-check` asks.

use crate::attestation::predicate::Checked;
use crate::report::{Finding, Severity};
use crate::sbom::binding::{Binding, Named, Verified, bind};
use crate::sbom::{self, Limits};

/// What there is to say about an SBOM and the artifacts that it is to be attested for; nothing of another predicate.
///
/// A digest of another artifact denies. Whatever else `sbom-check` would object to in the document is a warning: what is
/// signed is the caller's.
pub(super) fn findings(predicate: &Checked, accepted: &[Verified]) -> Vec<Finding> {
    let Some(text) = predicate.sbom() else {
        return Vec::new();
    };
    let limits = Limits {
        bytes: text.len(),
        ..Limits::default()
    };
    let document = match sbom::read(text.as_bytes(), &limits) {
        Ok(document) => document,
        Err(refused) => {
            let finding = refused.finding().into_iter();
            return finding
                .map(|finding| Finding {
                    severity: Severity::Warning,
                    message: format!("{}: {}", predicate.file(), finding.message),
                    ..finding
                })
                .collect();
        }
    };
    let binding = bind(&document, accepted);
    let Some(finding) = binding.finding() else {
        return Vec::new();
    };
    let finding = Finding {
        message: format!("{}: {}", predicate.file(), finding.message),
        ..finding
    };
    match &binding {
        Binding::Mismatch { named, .. } => {
            let finding = finding.origin(&predicate.origin(place(text, named)));
            vec![finding.help("make the SBOM of this artifact, in the job that built it")]
        }
        Binding::Bound { .. } | Binding::Unbound { .. } => vec![finding],
    }
}

/// The bytes that name a digest: the first in the root that read like it, or else where the root begins.
fn place(text: &str, named: &Named) -> std::ops::Range<usize> {
    let start = usize::try_from(named.offset).unwrap_or_default();
    let hex = named.digest.to_hex();
    let found = text.get(start..).and_then(|rest| rest.find(&hex));
    match found {
        Some(at) => start + at..start + at + hex.len(),
        None => start..start,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::attestation::predicate::{AttestType, MAX_PREDICATE_BYTES};
    use crate::report::Code;
    use crate::sbom::binding::Thing;
    use crate::subject::{Algorithm, Digest};

    fn checked(name: &str, text: &str) -> Checked {
        let kind = AttestType::parse(name).unwrap();
        Checked::check(
            "sbom.json",
            text.as_bytes(),
            &kind,
            MAX_PREDICATE_BYTES,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap()
    }

    fn verified(digest: &Digest, of: Thing) -> Verified {
        let digest = digest.clone();
        Verified { digest, of }
    }

    fn cyclonedx(component: &str) -> String {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"container","name":"a",{component}}}}}}}"#
        )
    }

    fn spdx2(package: &str) -> String {
        format!(
            r#"{{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"a","documentNamespace":"https://e.example/1",
            "creationInfo":{{"created":"2026-01-31T12:00:00Z","creators":["Tool: t"]}},
            "packages":[{{"SPDXID":"SPDXRef-other","name":"o","downloadLocation":"NOASSERTION","versionInfo":"{other}"}},
            {{"SPDXID":"SPDXRef-root","name":"a","downloadLocation":"NOASSERTION",{package}}}],
            "relationships":[{{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-root"}}]}}"#,
            other = Digest::sha256(b"other")
        )
    }

    fn spdx3(hash: &str) -> String {
        format!(
            r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
            {{"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-01-31T12:00:00Z"}},
            {{"type":"SpdxDocument","spdxId":"e:d","rootElement":["e:s"]}},
            {{"type":"software_Sbom","spdxId":"e:s","rootElement":["e:p"]}},
            {{"type":"software_Package","spdxId":"e:p","name":"a","verifiedUsing":[{{"type":"Hash","algorithm":"sha256","hashValue":"{hash}"}}]}}]}}"#
        )
    }

    /// What is found of an SBOM that is to be attested for this digest.
    fn codes(name: &str, text: &str, digest: &Digest) -> Vec<Code> {
        let found = findings(&checked(name, text), &[verified(digest, Thing::Subject)]);
        found.iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_root_is_compared_and_nothing_else() {
        let (it, other) = (Digest::sha256(b"x"), Digest::sha256(b"other"));
        let hex = it.to_hex();
        let cases = [
            ("cyclonedx", cyclonedx(&format!(r#""version":"{it}""#))),
            (
                "cyclonedx",
                cyclonedx(&format!(r#""hashes":[{{"alg":"SHA-256","content":"{hex}"}}]"#)),
            ),
            (
                "cyclonedx",
                cyclonedx(&format!(
                    r#""purl":"pkg:oci/a@sha256%3A{hex}?repository_url=e.example/a""#
                )),
            ),
            (
                "spdx",
                spdx2(&format!(
                    r#""checksums":[{{"algorithm":"SHA256","checksumValue":"{hex}"}}]"#
                )),
            ),
            ("spdx", spdx2(&format!(r#""versionInfo":"{it}""#))),
            ("spdx", spdx3(&hex)),
        ];
        for (name, text) in cases {
            assert_eq!(codes(name, &text, &it), [], "{text}");
            assert_eq!(codes(name, &text, &other), [Code::SbomDigestMismatch], "{text}");
            let found = findings(&checked(name, &text), &[verified(&other, Thing::Subject)]);
            assert!(found[0].origin.as_ref().unwrap().excerpt.is_some(), "{text}");
        }
        // The other package of the SPDX document is not the root, so its digest is nobody's claim about the artifact.
        assert_eq!(
            codes("spdx", &spdx2(r#""versionInfo":"1""#), &other),
            [Code::SbomRootUnbound]
        );
    }

    #[test]
    fn a_root_that_names_nothing_to_compare_is_a_warning() {
        let sha512 = Digest::of(Algorithm::Sha512, b"x");
        for component in [
            r#""version":"1.0""#.to_owned(),
            r#""purl":"pkg:cargo/a@1.0""#.to_owned(),
            format!(r#""version":"{sha512}""#),
        ] {
            let text = cyclonedx(&component);
            assert_eq!(
                codes("cyclonedx", &text, &Digest::sha256(b"x")),
                [Code::SbomRootUnbound],
                "{text}"
            );
        }
        let vex = r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://e.example/1","author":"a","timestamp":"2026-01-31T12:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-1"},"status":"fixed","products":[{"@id":"pkg:cargo/a"}]}]}"#;
        assert_eq!(codes("openvex", vex, &Digest::sha256(b"x")), []);
    }

    /// An image is named by its manifest or by its configuration; both are it.
    #[test]
    fn one_digest_that_fits_does_not_excuse_another() {
        let (it, configuration) = (Digest::sha256(b"x"), Digest::sha256(b"configuration"));
        let text = cyclonedx(&format!(r#""version":"{it}","purl":"pkg:oci/a@{configuration}""#));
        assert_eq!(codes("cyclonedx", &text, &it), [Code::SbomDigestMismatch]);
        let both = [
            verified(&it, Thing::Subject),
            verified(&configuration, Thing::Config),
        ];
        assert_eq!(findings(&checked("cyclonedx", &text), &both), []);
    }
}
