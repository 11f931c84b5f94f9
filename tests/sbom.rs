//! What the readers make of the output of real generators: read, bound, streamed, trimmed and compared.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::cmp::Ordering;
use std::io::Read;
use std::path::{Path, PathBuf};

use portcullis::report::Code;
use portcullis::sbom::binding::{Binding, Source, Thing, Verified, bind};
use portcullis::sbom::drift::{Change, Class, drift, package_of};
use portcullis::sbom::trim::trim;
use portcullis::sbom::{Component, Document, Event, Format, Limits, Refusal, Visitor, cycle, read, stream};

const INDEX: &str = "sha256:002d464279326ec3bb4f49715581ba25b94e948b4cb16a9e9b7b68da6740fb17";
const MANIFEST: &str = "sha256:3c0a50e19acfe01c376f86c49a8bdc5083621b92c95e41652f39996eb7c0b454";
const CONFIG: &str = "sha256:26e4a31a65ec042066aa6b1d01970cd687763cfb1a723ea6dad2a1203395fd62";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sbom")
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every SBOM of the folder, by its path in it.
fn every() -> Vec<String> {
    let mut found = Vec::new();
    for generator in std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if !generator.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&generator)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if file.extension().is_some_and(|extension| extension != "md") {
                found.push(file.strip_prefix(folder()).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    assert!(found.len() >= 25, "{found:?}");
    found
}

/// Hands `look` the model of a text.
fn with<T>(bytes: &[u8], look: impl FnOnce(&Document<'_>) -> T) -> T {
    let limits = Limits::default();
    let document = read(bytes, &limits).unwrap_or_else(|refused| panic!("{refused}"));
    look(&document)
}

/// One line of what a document says, for the table below.
fn summary(document: &Document<'_>) -> String {
    let licensed = document
        .ingredients()
        .filter(|one| !one.licences.is_empty())
        .count();
    let hashed = document
        .ingredients()
        .filter(|one| !one.hashes.is_empty())
        .count();
    let with_purl = document.ingredients().filter(|one| one.purl.is_some()).count();
    let tools: Vec<_> = document.head.tools.iter().map(|tool| &*tool.name).collect();
    format!(
        "{} {}; {} of {} components with purl, {licensed} with licence, {hashed} with hash; {} roots, {} edges; {}",
        document.format,
        document.head.spec_version,
        with_purl,
        document.ingredients().count(),
        document.roots.len(),
        document.edges.len(),
        tools.join(", "),
    )
}

#[test]
fn every_generators_output_is_read_without_a_problem() {
    let mut table = String::new();
    for name in every() {
        with(&bytes(&name), |document| {
            assert_eq!(document.problems, [], "{name}");
            // auditwheel says no time.
            let is_timeless = name.starts_with("auditwheel/");
            assert_eq!(document.head.created.is_none(), is_timeless, "{name}");
            assert!(
                !document.head.tools.is_empty() || name.ends_with("spdx3.json"),
                "{name}"
            );
            assert_eq!(cycle::find(document), None, "{name}");
            assert!(document.ingredients().count() > 0, "{name}");
            table += &format!("{name}: {}\n", summary(document));
        });
    }
    insta::assert_snapshot!("generators", table);
}

fn verified(digests: &[(&str, Thing)]) -> Vec<Verified> {
    digests
        .iter()
        .map(|(digest, of)| Verified {
            digest: digest.parse().unwrap(),
            of: *of,
        })
        .collect()
}

/// The image was asked for by the digest of its manifest.
fn manifest() -> Vec<Verified> {
    verified(&[(MANIFEST, Thing::Subject), (CONFIG, Thing::Config)])
}

/// How a document is bound, in a few words.
fn bound(bytes: &[u8], verified: &[Verified]) -> String {
    with(bytes, |document| match bind(document, verified) {
        Binding::Bound { named, of } => format!("{of:?} by {:?}", named.source),
        Binding::Mismatch { named, .. } => format!("mismatch in {:?}", named.source),
        Binding::Unbound { others, has_root } => format!("unbound, root {has_root}, others {}", others.len()),
    })
}

/// The same, as the documentation says it.
fn bound_in_words(bytes: &[u8], verified: &[Verified]) -> String {
    with(bytes, |document| match bind(document, verified) {
        Binding::Bound { named, of } => format!("bound to {} ({})", of.words(), named.source.words()),
        Binding::Mismatch { named, .. } => format!("**mismatch** ({})", named.source.words()),
        Binding::Unbound { has_root: false, .. } => "no root".to_owned(),
        Binding::Unbound { others, .. } if others.is_empty() => "no digest".to_owned(),
        Binding::Unbound { .. } => "nothing to compare with".to_owned(),
    })
}

/// What each generator binds, as `docs/sbom.md` has it: one row for a generator, an input and a result.
fn binding_table() -> String {
    let verified_as = [
        manifest(),
        verified(&[(INDEX, Thing::Subject)]),
        verified(&[
            (MANIFEST, Thing::Subject),
            (CONFIG, Thing::Config),
            (INDEX, Thing::Index),
        ]),
        verified(&[
            (INDEX, Thing::Subject),
            (MANIFEST, Thing::Child),
            (CONFIG, Thing::Config),
        ]),
    ];
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for name in every() {
        let bytes = bytes(&name);
        let (generator, file) = name.split_once('/').unwrap();
        let input = file.split('.').next().unwrap();
        let form = with(&bytes, |document| {
            let version = document.head.spec_version.trim_start_matches("SPDX-");
            match document.format {
                Format::Spdx3Json => "SPDX 3 JSON-LD".to_owned(),
                format => format!("{format} {version}"),
            }
        });
        let cells = verified_as
            .iter()
            .map(|verified| bound_in_words(&bytes, verified));
        let cells = format!(
            "| {generator} | {input} | FORMS | {} |",
            cells.collect::<Vec<_>>().join(" | ")
        );
        match rows.iter_mut().find(|(known, _)| *known == cells) {
            Some((_, forms)) => forms.push(form),
            None => rows.push((cells, vec![form])),
        }
    }
    let lines = rows
        .iter()
        .map(|(cells, forms)| format!("{}\n", cells.replace("FORMS", &forms.join(", "))));
    format!(
        "| generator | input | form | image by its manifest | by the index | image picked from the index | index with its image |\n|---|---|---|---|---|---|---|\n{}",
        lines.collect::<String>()
    )
}

/// The table of the documentation is what the fixtures give, row by row. With `PORTCULLIS_WRITE_DOCS=1` it is written;
/// read the difference before it is committed.
#[test]
fn what_each_generator_binds() {
    const BEGIN: &str = "<!-- what each generator binds: written by tests/sbom.rs -->\n\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sbom.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once("\n<!-- end -->").unwrap();
    let table = binding_table();
    if std::env::var_os("PORTCULLIS_WRITE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}\n<!-- end -->{after}")).unwrap();
    } else {
        assert_eq!(
            written, table,
            "PORTCULLIS_WRITE_DOCS=1 cargo test --test sbom writes it"
        );
    }
}

/// The attack that the promise is about: a genuine SBOM of one artifact beside another artifact.
#[test]
fn an_sbom_of_another_artifact_is_a_mismatch() {
    let other = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let other = verified(&[(other, Thing::Subject)]);
    for name in [
        "syft/registry.spdx.json",
        "syft/layout.cdx.json",
        "trivy/registry.cdx.json",
    ] {
        let finding = with(&bytes(name), |document| bind(document, &other).finding()).unwrap();
        assert_eq!(finding.code, Code::SbomDigestMismatch, "{name}");
        assert!(
            finding
                .expected
                .is_some_and(|expected| expected.contains("9f86d081"))
        );
    }
    let finding = with(&bytes("npm/project.cdx.json"), |document| {
        bind(document, &other).finding()
    })
    .unwrap();
    assert_eq!(finding.code, Code::SbomRootUnbound);
}

const SHA256: &str = "3c0a50e19acfe01c376f86c49a8bdc5083621b92c95e41652f39996eb7c0b454";

/// Roots as generators write them that cannot be run here, and as attackers would.
#[test]
fn every_way_to_name_a_digest_is_seen() {
    let sha512 = "ab".repeat(64);
    let upper = SHA256.to_uppercase();
    for (root, expected) in [
        (
            format!(r#""hashes":[{{"alg":"SHA-256","content":"{SHA256}"}}]"#),
            "Subject by Hash",
        ),
        (
            format!(r#""hashes":[{{"alg":"SHA-256","content":"{upper}"}}]"#),
            "Subject by Hash",
        ),
        (
            format!(r#""hashes":[{{"alg":"SHA-512","content":"{sha512}"}}]"#),
            "unbound, root true, others 1",
        ),
        (
            format!(
                r#""hashes":[{{"alg":"SHA-512","content":"{sha512}"}},{{"alg":"SHA-256","content":"{SHA256}"}}]"#
            ),
            "Subject by Hash",
        ),
        // BLAKE2b-256, SHA3-256 and SHA-256 are equally long and never compared with each other.
        (
            format!(r#""hashes":[{{"alg":"SHA3-256","content":"{SHA256}"}}]"#),
            "unbound, root true, others 0",
        ),
        (
            format!(r#""hashes":[{{"alg":"SHA-256","content":"{}"}}]"#, &SHA256[..32]),
            "unbound, root true, others 0",
        ),
        // One that agrees does not excuse one that differs, whichever comes first.
        (
            format!(
                r#""hashes":[{{"alg":"SHA-256","content":"{SHA256}"}},{{"alg":"SHA-256","content":"{}"}}]"#,
                "0".repeat(64)
            ),
            "mismatch in Hash",
        ),
        (
            format!(
                r#""hashes":[{{"alg":"SHA-256","content":"{}"}}],"version":"sha256:{SHA256}""#,
                "0".repeat(64)
            ),
            "mismatch in Hash",
        ),
        (format!(r#""version":"sha256:{SHA256}""#), "Subject by Version"),
        (format!(r#""version":"sha256:{upper}""#), "Subject by Version"),
        (format!(r#""version":"SHA256:{SHA256}""#), "Subject by Version"),
        (
            format!(r#""version":"sha256:{}""#, &SHA256[..12]),
            "unbound, root true, others 0",
        ),
        (format!(r#""version":"{SHA256}""#), "unbound, root true, others 0"),
        (
            format!(r#""purl":"pkg:oci/app@sha256:{SHA256}?arch=amd64""#),
            "Subject by Purl",
        ),
        (
            format!(r#""purl":"pkg:oci/app@sha256%3A{SHA256}""#),
            "Subject by Purl",
        ),
        (
            format!(r#""purl":"pkg:docker/team/app@sha256%3a{SHA256}""#),
            "Subject by Purl",
        ),
        (
            format!(
                r#""purl":"pkg:generic/app@1?checksum=sha1:ad9503c3e994a4f611a4892f2e67ac82df727086,sha256:{SHA256}""#
            ),
            "Subject by PurlChecksum",
        ),
        (
            format!(r#""purl":"pkg:generic/app@1?checksum=sha256:{}""#, "0".repeat(64)),
            "mismatch in PurlChecksum",
        ),
        (
            format!(r#""name":"registry.example/app@sha256:{SHA256}""#),
            "Subject by Name",
        ),
        (
            format!(r#""bom-ref":"pkg:oci/app@sha256%3A{SHA256}?arch=amd64""#),
            "Subject by Reference",
        ),
        (
            format!(r#""bom-ref":"pkg:oci/app@sha256%3A{}""#, "0".repeat(64)),
            "mismatch in Reference",
        ),
        (
            r#""bom-ref":"d836a9c19ca296e0""#.to_owned(),
            "unbound, root true, others 0",
        ),
        (
            format!(r#""properties":[{{"name":"aquasecurity:trivy:ImageID","value":"{CONFIG}"}}]"#),
            "Config by ImageId",
        ),
        // The image id is the configuration's digest: the manifest's in its place is wrong.
        (
            format!(r#""properties":[{{"name":"aquasecurity:trivy:ImageID","value":"{MANIFEST}"}}]"#),
            "mismatch in ImageId",
        ),
        (
            format!(r#""hashes":[{{"alg":"SHA-256","content":"{}"}}]"#, &CONFIG[7..]),
            "Config by Hash",
        ),
        // Layers and other images are no digest of the root.
        (
            format!(
                r#""properties":[{{"name":"aquasecurity:trivy:DiffID","value":"sha256:{}"}}]"#,
                "0".repeat(64)
            ),
            "unbound, root true, others 0",
        ),
    ] {
        let name = if root.contains("\"name\":\"reg") {
            ""
        } else {
            "\"name\":\"app\","
        };
        let text = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{{name}{root}}}}},"components":[{{"name":"a"}}]}}"#
        );
        assert_eq!(bound(text.as_bytes(), &manifest()), expected, "{root}");
    }
}

/// Shapes of SPDX roots: ko and apko (purl and checksum), BuildKit (a folder, no digest), GitHub and sbom-tool (a
/// repository or a build, no digest), and relationships in the other direction.
#[test]
fn spdx_roots_are_found_however_they_are_named() {
    let describes = r#""relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-r"}]"#;
    let described_by = r#""relationships":[{"spdxElementId":"SPDXRef-r","relationshipType":"DESCRIBED_BY","relatedSpdxElement":"SPDXRef-DOCUMENT"}]"#;
    let list = r#""documentDescribes":["SPDXRef-r"]"#;
    let checksum = format!(r#""checksums":[{{"algorithm":"SHA256","checksumValue":"{SHA256}"}}]"#);
    let purl = format!(
        r#""externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:oci/app@sha256:{SHA256}?mediaType=x"}}]"#
    );
    for (head, root, expected) in [
        (describes, checksum.as_str(), "Subject by Hash"),
        (described_by, &checksum, "Subject by Hash"),
        (list, &checksum, "Subject by Hash"),
        (list, &purl, "Subject by Purl"),
        (describes, r#""name":"sbom""#, "unbound, root true, others 0"),
        (
            r#""documentDescribes":["SPDXRef-other"]"#,
            &checksum,
            "unbound, root false, others 0",
        ),
        (
            r#""comment":"nothing is described""#,
            &checksum,
            "unbound, root false, others 0",
        ),
    ] {
        let text = format!(
            r#"{{"spdxVersion":"SPDX-2.3",{head},"packages":[{{"SPDXID":"SPDXRef-r",{root}}},{{"SPDXID":"SPDXRef-a","name":"a"}}]}}"#
        );
        assert_eq!(bound(text.as_bytes(), &manifest()), expected, "{head} {root}");
    }
}

#[test]
fn without_verified_digests_nothing_is_bound() {
    assert_eq!(
        bound(&bytes("syft/layout.spdx.json"), &[]),
        "unbound, root true, others 3"
    );
}

#[test]
fn the_finding_says_which_field_and_line() {
    let other = verified(&[(INDEX, Thing::Subject)]);
    with(&bytes("trivy/layout.cdx.json"), |document| {
        assert!(
            matches!(bind(document, &manifest()), Binding::Bound { of: Thing::Config, named } if named.source == Source::ImageId)
        );
    });
    with(&bytes("syft/layout.cdx.json"), |document| {
        let finding = bind(document, &other).finding().unwrap();
        assert!(
            finding
                .message
                .contains("the version of its root \"image\" (line "),
            "{}",
            finding.message
        );
        assert_eq!(finding.found.as_deref(), Some(MANIFEST));
        assert_eq!(finding.expected, Some(format!("{INDEX} (the subject)")));
    });
}

/// Gives a few bytes at a time, so that every boundary falls somewhere.
struct Trickle<'b>(&'b [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(into.len()).min(self.0.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

/// Writes down everything that is told.
#[derive(Default)]
struct Log(Vec<String>);

impl<'a> Visitor<'a> for Log {
    fn visit(&mut self, event: Event<'a>) {
        self.0.push(format!("{event:?}"));
    }
}

#[test]
fn a_streamed_document_tells_the_same_as_one_in_memory() {
    let limits = Limits::default();
    for name in every()
        .iter()
        .filter(|name| name.ends_with("json") && !name.contains("spdx3"))
    {
        let bytes = bytes(name);
        let mut whole = Log::default();
        portcullis::sbom::visit(&bytes, &limits, &mut whole).unwrap();
        for step in [1, 7, 4096] {
            let mut streamed = Log::default();
            stream(Trickle(&bytes, step), &limits, &mut streamed)
                .unwrap_or_else(|refused| panic!("{name}: {refused}"));
            assert!(whole.0 == streamed.0, "{name} by {step}");
        }
        let wrapped = [b"{\"sbom\":", bytes.as_slice(), b" }"].concat();
        let mut streamed = Log::default();
        stream(wrapped.as_slice(), &limits, &mut streamed).unwrap();
        assert_eq!(whole.0.len(), streamed.0.len(), "{name}");
    }
}

/// Whether a refusal is the expected one.
type Is = fn(&Refusal) -> bool;

#[test]
fn streaming_refuses_what_reading_refuses() {
    let limits = Limits {
        element_bytes: 100_000,
        streamed_bytes: 300_000,
        ..Limits::default()
    };
    let refuse = |text: &[u8]| {
        stream(text, &limits, &mut Log::default())
            .expect_err("it is refused")
            .reason
    };
    let cases: [(&str, Is); 14] = [
        ("", |reason| matches!(reason, Refusal::Empty)),
        ("  ", |reason| matches!(reason, Refusal::Empty)),
        ("[]", |reason| matches!(reason, Refusal::UnknownFormat { .. })),
        ("{}", |reason| matches!(reason, Refusal::UnknownFormat { .. })),
        ("{\"a\":1,\"\\u0061\":2}", |reason| {
            matches!(reason, Refusal::DuplicateKey { .. })
        }),
        ("{\"components\":[{\"a\":1,\"a\":2}]}", |reason| {
            matches!(reason, Refusal::DuplicateKey { .. })
        }),
        ("{\"components\":[1,]}", |reason| {
            matches!(reason, Refusal::Syntax { .. })
        }),
        ("{\"components\":[{}{}]}", |reason| {
            matches!(reason, Refusal::Syntax { .. })
        }),
        ("{\"components\":[{]}", |reason| {
            matches!(reason, Refusal::Syntax { .. })
        }),
        ("{\"a\" 1}", |reason| matches!(reason, Refusal::Syntax { .. })),
        ("{\"a\":1", |reason| matches!(reason, Refusal::Syntax { .. })),
        (
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\"} x",
            |reason| matches!(reason, Refusal::Syntax { .. }),
        ),
        (
            "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"packages\":[]}",
            |reason| matches!(reason, Refusal::Ambiguous),
        ),
        ("{\"@graph\":[]}", |reason| {
            matches!(reason, Refusal::UnknownFormat { .. })
        }),
    ];
    for (text, is_expected) in cases {
        let reason = refuse(text.as_bytes());
        assert!(is_expected(&reason), "{text}: {reason}");
    }
    assert!(matches!(refuse(b"\xff\xfe{\0"), Refusal::NotUtf8 { .. }));
    let element = format!("{{\"components\":[\"{}\"]}}", "x".repeat(200_000));
    assert!(matches!(refuse(element.as_bytes()), Refusal::TooLarge { .. }));
    let document = format!("{{\"components\":[{}1]}}", "1,".repeat(200_000));
    assert!(matches!(refuse(document.as_bytes()), Refusal::TooLarge { .. }));
    let deep = format!("{{\"x\":{}}}", "[".repeat(5_000));
    assert!(matches!(refuse(deep.as_bytes()), Refusal::TooDeep { .. }));
    let mut log = Log::default();
    let refused = stream(
        Trickle(b"{\n \"components\": [\n  {\"a\": 1,\n   \"a\": 2}]}", 3),
        &limits,
        &mut log,
    )
    .unwrap_err();
    assert_eq!(
        (refused.place.line, refused.column, refused.place.offset),
        (4, 4, 33)
    );
}

#[test]
fn reading_that_fails_says_nothing_about_the_document() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let refused = stream(Broken, &Limits::default(), &mut Log::default()).unwrap_err();
    assert!(matches!(refused.reason, Refusal::Read { .. }));
    assert_eq!(refused.finding(), None);
}

/// Everything of a component but where it stands.
fn said(component: &Component<'_>) -> Component<'static> {
    let own = |text: &Option<portcullis::sbom::Text<'_>>| {
        text.as_ref().map(|text| text.clone().into_owned().into())
    };
    Component {
        index: component.index,
        id: own(&component.id),
        kind: own(&component.kind),
        scope: own(&component.scope),
        group: own(&component.group),
        name: component.name.clone().into_owned().into(),
        version: own(&component.version),
        purl: own(&component.purl),
        cpe: own(&component.cpe),
        supplier: own(&component.supplier),
        publisher: own(&component.publisher),
        hashes: component
            .hashes
            .iter()
            .map(|hash| portcullis::sbom::Hash {
                algorithm: hash.algorithm,
                hex: hash.hex.clone().into_owned().into(),
            })
            .collect(),
        licences: component
            .licences
            .iter()
            .map(|one| portcullis::sbom::Licence {
                form: one.form,
                text: one.text.clone().into_owned().into(),
                claim: one.claim,
            })
            .collect(),
        image_id: own(&component.image_id),
        is_root: component.is_root,
        place: portcullis::sbom::Place::default(),
    }
}

#[test]
fn a_trimmed_document_says_the_same_and_trims_to_itself() {
    let limits = Limits::default();
    for name in every() {
        let bytes = bytes(&name);
        let Some(trimmed) = trim(&bytes, &limits).unwrap() else {
            assert!(name.ends_with("xml") || name.ends_with(".spdx"), "{name}");
            continue;
        };
        assert!(trimmed.len() < bytes.len(), "{name}");
        assert_eq!(
            trim(trimmed.as_bytes(), &limits).unwrap().as_ref(),
            Some(&trimmed),
            "{name}"
        );
        with(&bytes, |before| {
            with(trimmed.as_bytes(), |after| {
                assert_eq!(before.head, after.head, "{name}");
                let components =
                    |document: &Document<'_>| document.components.iter().map(said).collect::<Vec<_>>();
                assert_eq!(components(before), components(after), "{name}");
                assert_eq!(
                    (&before.roots, &before.edges),
                    (&after.roots, &after.edges),
                    "{name}"
                );
                assert_eq!(before.dangling, after.dangling, "{name}");
                assert_eq!(before.named_licences, after.named_licences, "{name}");
                assert_eq!(before.format, after.format, "{name}");
                for digests in [manifest(), verified(&[(INDEX, Thing::Subject)])] {
                    let names = |document| match bind(document, &digests) {
                        Binding::Bound { named, of } => (Some(of), Some(named.digest)),
                        Binding::Mismatch { named, .. } => (None, Some(named.digest)),
                        Binding::Unbound { .. } => (None, None),
                    };
                    assert_eq!(names(before), names(after), "{name}");
                }
            });
        });
    }
}

#[test]
fn trimming_keeps_what_is_wrong() {
    let limits = Limits::default();
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","x":{"y":1},"components":[{"name":7,"purl":{"a":[1]},"licenses":"MIT","hashes":[{"alg":"MD5","content":"x","y":1}],"description":"gone"}]}"#;
    let trimmed = trim(text.as_bytes(), &limits).unwrap().unwrap();
    assert_eq!(
        trimmed,
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":7,\"purl\":{\"a\":[1]},\"licenses\":\"MIT\",\"hashes\":[{\"alg\":\"MD5\",\"content\":\"x\"}]}]}\n"
    );
    let kinds = |text: &str| {
        with(text.as_bytes(), |document| {
            document
                .problems
                .iter()
                .map(|one| (one.kind, one.field))
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(kinds(text), kinds(&trimmed));
    assert!(trim(b"{", &limits).is_err());
}

/// Orders versions that are numbers with dots; others cannot be ordered.
fn dotted(_: &str, one: &str, other: &str) -> Option<Ordering> {
    let numbers = |text: &str| {
        text.split('.')
            .map(|part| part.parse::<u32>().ok())
            .collect::<Option<Vec<_>>>()
    };
    Some(numbers(one)?.cmp(&numbers(other)?))
}

/// Components, one a line: `purl | licence | supplier | sha1's first letter`.
fn listed(lines: &[&str]) -> String {
    let components: Vec<String> = lines
        .iter()
        .map(|line| {
            let mut parts = line.split('|').map(str::trim);
            let mut next = || parts.next().unwrap_or_default();
            let purl = next();
            let (licence, supplier, hash) = (next(), next(), next());
            let mut members = Vec::new();
            if purl.starts_with("pkg:") {
                members.push(format!(r#""name":"n","purl":"{purl}""#));
            } else {
                let (name, version) = purl.split_once('@').unwrap();
                members.push(format!(r#""name":"{name}","version":"{version}""#));
            }
            if !licence.is_empty() {
                members.push(format!(r#""licenses":[{{"expression":"{licence}"}}]"#));
            }
            if !supplier.is_empty() {
                members.push(format!(r#""supplier":{{"name":"{supplier}"}}"#));
            }
            if !hash.is_empty() {
                members.push(format!(
                    r#""hashes":[{{"alg":"SHA-1","content":"{}"}}]"#,
                    hash.repeat(40)
                ));
            }
            format!("{{{}}}", members.join(","))
        })
        .collect();
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"name":"root"}}}},"components":[{}]}}"#,
        components.join(",")
    )
}

fn changes(old: &str, new: &str) -> Vec<Change> {
    with(old.as_bytes(), |old| {
        with(new.as_bytes(), |new| drift(old, new, &dotted))
    })
}

fn brief(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|one| {
            let short = |text: &str| text.chars().take(12).collect::<String>();
            format!(
                "{} {} {:?} {:?}",
                one.package,
                one.class.name(),
                short(&one.from),
                short(&one.to)
            )
        })
        .collect()
}

#[test]
fn drift_is_told_apart_by_class() {
    let table: [(&[&str], &[&str], &[&str]); 17] = [
        (&["pkg:npm/a@1"], &["pkg:npm/a@1"], &[]),
        (
            &["pkg:npm/a@1"],
            &["pkg:npm/a@1", "pkg:npm/b@2"],
            &["pkg:npm/b added \"\" \"2\""],
        ),
        (
            &["pkg:npm/a@1", "pkg:npm/b@2"],
            &["pkg:npm/a@1"],
            &["pkg:npm/b removed \"2\" \"\""],
        ),
        (
            &["pkg:npm/a@1.9"],
            &["pkg:npm/a@1.10"],
            &["pkg:npm/a version-up \"1.9\" \"1.10\""],
        ),
        (
            &["pkg:npm/a@1.10"],
            &["pkg:npm/a@1.9"],
            &["pkg:npm/a version-down \"1.10\" \"1.9\""],
        ),
        (
            &["pkg:npm/a@x"],
            &["pkg:npm/a@y"],
            &["pkg:npm/a version-changed \"x\" \"y\""],
        ),
        (&["pkg:npm/a@1?arch=x"], &["pkg:npm/a@1?arch=y"], &[]),
        (
            &["pkg:npm/a@1 | MIT"],
            &["pkg:npm/a@1 | GPL-3.0-only"],
            &["pkg:npm/a licence-changed \"MIT\" \"GPL-3.0-only\""],
        ),
        (
            &["pkg:npm/a@1 | MIT"],
            &["pkg:npm/a@2 | GPL-3.0-only"],
            &[
                "pkg:npm/a version-up \"1\" \"2\"",
                "pkg:npm/a licence-changed \"MIT\" \"GPL-3.0-only\"",
            ],
        ),
        (
            &["pkg:npm/a@1 | MIT"],
            &["pkg:npm/a@1 | NOASSERTION"],
            &["pkg:npm/a licence-changed \"MIT\" \"NOASSERTION\""],
        ),
        (
            &["pkg:npm/a@1 | | S"],
            &["pkg:npm/a@1 | | T"],
            &["pkg:npm/a supplier-changed \"S\" \"T\""],
        ),
        (
            &["pkg:npm/a@1 | | | a"],
            &["pkg:npm/a@1 | | | b"],
            &["pkg:npm/a hash-changed \"aaaaaaaaaaaa\" \"bbbbbbbbbbbb\""],
        ),
        (
            &["pkg:npm/a@1 | | | a"],
            &["pkg:npm/a@1"],
            &["pkg:npm/a hash-changed \"aaaaaaaaaaaa\" \"\""],
        ),
        (&["pkg:npm/a@1"], &["pkg:npm/a@1 | | | a"], &[]),
        // Another hash of another version is what a version is.
        (
            &["pkg:npm/a@1 | | | a"],
            &["pkg:npm/a@2 | | | b"],
            &["pkg:npm/a version-up \"1\" \"2\""],
        ),
        (
            &["lib@1 | | S"],
            &["lib@2 | | S", "lib@1 | | T"],
            &["lib (S) version-up \"1\" \"2\"", "lib (T) added \"\" \"1\""],
        ),
        // The same file under another name.
        (
            &["pkg:npm/a@1"],
            &["pkg:npm/@evil/a@1"],
            &[
                "pkg:npm/%40evil/a added \"\" \"1\"",
                "pkg:npm/a removed \"1\" \"\"",
            ],
        ),
    ];
    for (old, new, expected) in table {
        assert_eq!(
            brief(&changes(&listed(old), &listed(new))),
            expected,
            "{old:?} to {new:?}"
        );
    }
}

#[test]
fn several_versions_at_once_are_paired_from_the_latest_down() {
    let found = changes(
        &listed(&[
            "pkg:npm/a@1.0",
            "pkg:npm/a@2.0",
            "pkg:npm/a@2.0",
            "pkg:npm/b@1.0",
            "pkg:npm/b@3.0",
        ]),
        &listed(&[
            "pkg:npm/a@1.0",
            "pkg:npm/a@2.10",
            "pkg:npm/a@2.9",
            "pkg:npm/b@3.0",
        ]),
    );
    assert_eq!(
        brief(&found),
        [
            "pkg:npm/a added \"\" \"2.9\"",
            "pkg:npm/a version-up \"2.0\" \"2.10\"",
            "pkg:npm/b removed \"1.0\" \"\""
        ]
    );
    assert_eq!(found[1].class, Class::VersionUp);
    assert_eq!((found[1].old, found[1].new), (Some(2), Some(2)));
}

#[test]
fn generators_agree_on_what_a_package_is() {
    let packages = |name: &str| {
        with(&bytes(name), |document| {
            document
                .ingredients()
                .filter(|one| one.purl.is_some())
                .map(package_of)
                .collect::<std::collections::BTreeSet<_>>()
        })
    };
    let npm = packages("npm/project.cdx.json");
    assert_eq!(
        npm.iter().map(String::as_str).collect::<Vec<_>>(),
        ["pkg:npm/debug", "pkg:npm/ms", "pkg:npm/once", "pkg:npm/wrappy"]
    );
    for other in [
        "npm/project.spdx.json",
        "cyclonedx-npm/project.cdx.json",
        "cyclonedx-npm/project.cdx-1.5.xml",
        "cdxgen/project.cdx.json",
        "cdxgen/project.spdx3.json",
    ] {
        assert_eq!(packages(other), npm, "{other}");
    }
    assert_eq!(packages("syft/layout.cdx.json"), packages("syft/layout.spdx"));
    assert_eq!(
        packages("trivy/layout.cdx.json"),
        packages("trivy/layout.spdx.json")
    );
}

proptest::proptest! {
    /// The order of components in a document changes neither the differences to another one nor the binding.
    #[test]
    fn order_changes_nothing(
        mut lines in proptest::collection::vec("pkg:npm/[ab]@[1-3] \\| (MIT|ISC)? \\| [ST]? \\| [ab]?", 1..8),
        other in proptest::collection::vec("pkg:npm/[abc]@[1-3] \\| (MIT|ISC)? \\| [ST]? \\| [ab]?", 1..8),
        turn in 0_usize..8,
    ) {
        let text = |lines: &[String]| listed(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let without_places = |changes: Vec<Change>| -> Vec<Change> {
            changes.into_iter().map(|one| Change { old: None, new: None, ..one }).collect()
        };
        let before = text(&lines);
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        lines.reverse();
        let after = text(&lines);
        proptest::prop_assert_eq!(changes(&before, &after), []);
        proptest::prop_assert_eq!(
            without_places(changes(&before, &text(&other))),
            without_places(changes(&after, &text(&other)))
        );
        let limits = Limits::default();
        let trimmed = trim(before.as_bytes(), &limits).unwrap().unwrap();
        proptest::prop_assert_eq!(changes(&before, &trimmed), []);
        proptest::prop_assert_eq!(trim(trimmed.as_bytes(), &limits).unwrap().unwrap(), trimmed);
    }
}

#[test]
fn formats_are_told_by_content() {
    for (name, format) in [
        ("syft/layout.cdx.json", Format::CycloneDxJson),
        ("syft/layout.cdx.xml", Format::CycloneDxXml),
        ("syft/layout.spdx.json", Format::SpdxJson),
        ("syft/layout.spdx", Format::SpdxTagValue),
        ("cdxgen/project.spdx3.json", Format::Spdx3Json),
    ] {
        assert_eq!(with(&bytes(name), |document| document.format), format, "{name}");
    }
}
