//! Tests of the readers on documents written for them. Those of real generators are in `tests/sbom.rs`.

use super::*;

fn limits() -> Limits {
    Limits::default()
}

/// Reads a document that has to be readable.
fn model(text: &str) -> Document<'static> {
    let limits: &'static Limits = Box::leak(Box::new(limits()));
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    read(text.as_bytes(), limits).unwrap_or_else(|refused| panic!("{refused}: {text}"))
}

fn refusal(bytes: &[u8]) -> Refusal {
    match read(bytes, &limits()) {
        Ok(document) => panic!("read as {document:?}"),
        Err(refused) => refused.reason,
    }
}

/// A CycloneDX document with these members.
fn cyclonedx(members: &str) -> String {
    format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\"{members}}}")
}

/// An SPDX document with these members.
fn spdx(members: &str) -> String {
    format!("{{\"spdxVersion\":\"SPDX-2.3\"{members}}}")
}

fn names<'d>(document: &'d Document<'_>) -> Vec<&'d str> {
    document.components.iter().map(|one| &*one.name).collect()
}

/// What is wrong: kind, field and line.
fn problems(document: &Document<'_>) -> Vec<(ProblemKind, &'static str, u32)> {
    document
        .problems
        .iter()
        .map(|one| (one.kind, one.field, one.place.line))
        .collect()
}

/// Edges by name.
fn edges(document: &Document<'_>) -> Vec<String> {
    let name = |index| &*document.component(index).unwrap().name;
    let arrow = |kind| if kind == EdgeKind::DependsOn { "->" } else { ">" };
    document
        .edges
        .iter()
        .map(|edge| format!("{} {} {}", name(edge.from), arrow(edge.kind), name(edge.to)))
        .collect()
}

#[test]
fn every_version_of_cyclonedx_is_read_and_no_other() {
    for version in ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] {
        let text =
            format!(r#"{{"specVersion":"{version}","components":[{{"name":"a"}}],"bomFormat":"CycloneDX"}}"#);
        assert_eq!(model(&text).head.spec_version, version);
    }
    for version in ["\"1.1\"", "\"1.8\"", "\"2.0\"", "\"\"", "1.6", "null"] {
        let text =
            format!(r#"{{"specVersion":{version},"components":[{{"name":"a"}}],"bomFormat":"CycloneDX"}}"#);
        assert!(
            matches!(refusal(text.as_bytes()), Refusal::UnsupportedVersion { .. }),
            "{version}"
        );
    }
}

#[test]
fn a_component_has_what_is_written() {
    let document = model(&cyclonedx(
        r#","serialNumber":"urn:uuid:1","metadata":{"timestamp":"2026-01-01T00:00:00Z",
        "tools":[{"vendor":"v","name":"t","version":"1"}],"authors":[{"name":"A"},{"email":"b@example.com"}],"supplier":{"name":"S"},
        "component":{"bom-ref":"r","name":"root","properties":[{"name":"aquasecurity:trivy:ImageID","value":"sha256:ab"}]}},
        "components":[{"type":"library","bom-ref":"a","group":"g","name":"\u0061","version":"1","purl":"pkg:npm/g/a@1","cpe":"cpe:2.3:a:g:a",
        "supplier":{"name":"","email":"s@example.com"},"author":"B","scope":"optional","hashes":[{"alg":"SHA-1","content":"DA39a3ee5e6b4b0d3255bfef95601890afd80709"}],
        "licenses":[{"license":{"id":"MIT","acknowledgement":"declared"}},{"license":{"name":"My own"}},{"expression":"MIT OR Apache-2.0","acknowledgement":"concluded"}]}]"#,
    ));
    assert_eq!(document.head.serial.as_deref(), Some("urn:uuid:1"));
    assert_eq!(document.head.authors, ["A", "b@example.com"]);
    assert_eq!(document.head.supplier.as_deref(), Some("S"));
    assert_eq!(
        (
            &*document.head.tools[0].name,
            document.head.tools[0].version.as_deref()
        ),
        ("t", Some("1"))
    );
    assert_eq!(document.roots, [0]);
    assert_eq!(document.components[0].image_id.as_deref(), Some("sha256:ab"));
    let one = &document.components[1];
    assert_eq!(
        (&*one.name, one.group.as_deref(), one.version.as_deref()),
        ("a", Some("g"), Some("1"))
    );
    assert_eq!(
        (one.supplier.as_deref(), one.publisher.as_deref()),
        (Some("s@example.com"), Some("B"))
    );
    assert_eq!(
        (one.scope.as_deref(), one.kind.as_deref()),
        (Some("optional"), Some("library"))
    );
    assert_eq!(one.hashes[0].algorithm, HashAlgorithm::Sha1);
    let licences: Vec<_> = one
        .licences
        .iter()
        .map(|one| (one.form, &*one.text, one.claim))
        .collect();
    assert_eq!(
        licences,
        [
            (LicenceForm::Id, "MIT", Claim::Declared),
            (LicenceForm::Name, "My own", Claim::Unstated),
            (LicenceForm::Expression, "MIT OR Apache-2.0", Claim::Concluded)
        ]
    );
    assert_eq!(one.place.line, 4);
    assert_eq!(document.problems, []);
}

#[test]
fn nested_components_are_all_there_in_document_order() {
    let document = model(&cyclonedx(
        r#","components":[{"name":"a","components":[{"name":"b","components":[{"name":"c"}]},{"name":"d"}]},{"name":"e"}]"#,
    ));
    assert_eq!(names(&document), ["a", "b", "c", "d", "e"]);
    assert_eq!(edges(&document), ["a > b", "a > d", "b > c"]);
}

#[test]
fn edges_are_found_before_and_after_their_components() {
    let document = model(&cyclonedx(
        r#","dependencies":[{"ref":"a","dependsOn":["b","b","gone"]},{"dependsOn":["a"],"ref":"b"}],
        "components":[{"name":"A","bom-ref":"a"},{"name":"B","bom-ref":"b"}]"#,
    ));
    assert_eq!(edges(&document), ["A -> B", "B -> A"]);
    assert_eq!(document.dangling, 1);
    assert_eq!(cycle::find(&document), Some(vec![0, 1]));
}

#[test]
fn cycles_are_found_and_only_cycles() {
    for (edges, cycle) in [
        ("", None),
        (
            r#"{"ref":"a","dependsOn":["b","c"]},{"ref":"b","dependsOn":["d"]},{"ref":"c","dependsOn":["d"]}"#,
            None,
        ),
        (r#"{"ref":"c","dependsOn":["c"]}"#, Some(vec![2])),
        (
            r#"{"ref":"a","dependsOn":["b"]},{"ref":"b","dependsOn":["c"]},{"ref":"c","dependsOn":["d"]},{"ref":"d","dependsOn":["b"]}"#,
            Some(vec![1, 2, 3]),
        ),
    ] {
        let components = ["a", "b", "c", "d"]
            .map(|id| format!(r#"{{"name":"{id}","bom-ref":"{id}"}}"#))
            .join(",");
        let text = cyclonedx(&format!(
            r#","components":[{components}],"dependencies":[{edges}]"#
        ));
        assert_eq!(cycle::find(&model(&text)), cycle, "{edges}");
    }
}

#[test]
fn what_cannot_be_read_is_a_problem_with_its_line() {
    use ProblemKind::{
        BadHash, BadPurl, Conflict, DuplicateId, Missing, TooLong, UnknownHashAlgorithm, WrongType,
    };
    let long = format!(r#""version":"{}""#, "9".repeat(MAX_TEXT_BYTES + 1));
    for (member, expected) in [
        (r#""licenses":"MIT""#, (WrongType, "licenses")),
        (r#""licenses":{"license":{"id":"MIT"}}"#, (WrongType, "licenses")),
        (r#""licenses":["MIT"]"#, (WrongType, "licenses")),
        (r#""licenses":[{"license":"MIT"}]"#, (WrongType, "licenses")),
        (r#""licenses":[{}]"#, (Missing, "licenses")),
        (r#""licenses":[{"license":{}}]"#, (Missing, "licenses")),
        (r#""licenses":[{"license":{"id":""}}]"#, (Missing, "licenses")),
        (
            r#""licenses":[{"license":{"id":"MIT","name":"GPL"}}]"#,
            (Conflict, "licenses"),
        ),
        (
            r#""licenses":[{"license":{"id":"MIT"},"expression":"GPL-3.0-only"}]"#,
            (Conflict, "licenses"),
        ),
        (r#""purl":"npm/ms""#, (BadPurl, "purl")),
        (r#""purl":["pkg:npm/ms"]"#, (WrongType, "purl")),
        (
            r#""hashes":[{"alg":"SHA-256","content":"ab"}]"#,
            (BadHash, "hashes"),
        ),
        (
            r#""hashes":[{"alg":"MD5","content":"zz1d8cd98f00b204e9800998ecf8427e"}]"#,
            (BadHash, "hashes"),
        ),
        (
            r#""hashes":[{"alg":"CRC32","content":"ab"}]"#,
            (UnknownHashAlgorithm, "hashes"),
        ),
        (r#""hashes":[{"alg":"SHA-1"}]"#, (Missing, "hashes")),
        (r#""version":7"#, (WrongType, "version")),
        (r#""bom-ref":"first""#, (DuplicateId, "id")),
        (&*long, (TooLong, "version")),
    ] {
        let text = cyclonedx(&format!(
            ",\"components\":[{{\"name\":\"x\",\"bom-ref\":\"first\"}},\n{{\"name\":\"a\",\n{member}}}]"
        ));
        let document = model(&text);
        let found = problems(&document);
        assert!(!found.is_empty(), "{member}");
        assert_eq!((found[0].0, found[0].1), expected, "{member}");
        assert_eq!(
            found[0].2,
            if expected.0 == DuplicateId { 2 } else { 3 },
            "{member}"
        );
        assert_eq!(document.problems[0].component, Some(1), "{member}");
    }
    let document = model(&cyclonedx(r#","components":[{"version":"1"},7]"#));
    assert_eq!(
        problems(&document),
        [(Missing, "name", 1), (WrongType, "components", 1)]
    );
    assert_eq!(document.components.len(), 1);
}

#[test]
fn an_unreadable_package_url_stays_as_it_is_written() {
    let document = model(&cyclonedx(r#","components":[{"name":"a","purl":"npm/ms"}]"#));
    assert_eq!(document.components[0].purl.as_deref(), Some("npm/ms"));
}

#[test]
fn problems_are_kept_up_to_a_limit_and_counted_beyond() {
    let components = vec!["{}"; MAX_PROBLEMS + 7].join(",");
    let document = model(&cyclonedx(&format!(",\"components\":[{components}]")));
    assert_eq!(
        (document.problems.len(), document.further_problems),
        (MAX_PROBLEMS, 7)
    );
}

#[test]
fn odd_fields_do_not_refuse_a_document() {
    let document = model(&cyclonedx(
        r#","version":"one","$schema":7,"metadata":[],"services":{},"x":{"y":[1e999,null]},"components":[{"name":"a","evidence":0,"licenses":null,"purl":null}],"dependencies":null,"vulnerabilities":"none""#,
    ));
    assert_eq!(names(&document), ["a"]);
    assert_eq!(problems(&document).len(), 2);
}

#[test]
fn vulnerabilities_are_read() {
    let document = model(&cyclonedx(
        r#","components":[{"name":"a","bom-ref":"a"}],"vulnerabilities":[{"id":"CVE-2021-44228","source":{"name":"NVD"},
        "ratings":[{"source":{"name":"NVD"},"score":10.0,"severity":"critical","method":"CVSSv31"}],
        "analysis":{"state":"not_affected","justification":"code_not_reachable"},"affects":[{"ref":"a","versions":[]}]}]"#,
    ));
    let one = &document.vulnerabilities[0];
    assert_eq!(
        (&*one.id, one.state.as_deref(), &*one.affects[0].target),
        ("CVE-2021-44228", Some("not_affected"), "a")
    );
    let rating = &one.ratings[0];
    assert_eq!(
        (
            rating.severity.as_deref(),
            rating.score.as_deref(),
            rating.source.as_deref()
        ),
        (Some("critical"), Some("10.0"), Some("NVD"))
    );
}

const SPDX: &str = r#","SPDXID":"SPDXRef-DOCUMENT","name":"doc","documentNamespace":"https://example.com/1",
    "creationInfo":{"created":"2026-01-01T00:00:00Z","creators":["Tool: syft-1.18.1","Organization: Example, Inc"]},
    "relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-root"},
      {"spdxElementId":"SPDXRef-a","relationshipType":"DEV_DEPENDENCY_OF","relatedSpdxElement":"SPDXRef-root"},
      {"spdxElementId":"SPDXRef-root","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-a"},
      {"spdxElementId":"SPDXRef-a","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-File-x"},
      {"spdxElementId":"SPDXRef-a","relationshipType":"OTHER","relatedSpdxElement":"SPDXRef-root"},
      {"spdxElementId":"SPDXRef-a","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-a"}],
    "packages":[{"SPDXID":"SPDXRef-root","name":"root","versionInfo":"NOASSERTION","annotations":[{"comment":"ImageID: sha256:ab"},{"comment":"DiffID: sha256:cd"}]},
      {"name":"a","SPDXID":"SPDXRef-a","versionInfo":"1.0","supplier":"Organization: Example (a@example.com)","originator":"NOASSERTION",
       "licenseDeclared":"MIT AND LicenseRef-x","licenseConcluded":"NOASSERTION","primaryPackagePurpose":"LIBRARY",
       "checksums":[{"algorithm":"SHA1","checksumValue":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}],
       "externalRefs":[{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a"},
         {"referenceCategory":"PACKAGE-MANAGER","referenceType":"http://spdx.org/rdf/references/purl","referenceLocator":"pkg:npm/a@1.0"}]}],
    "hasExtractedLicensingInfos":[{"licenseId":"LicenseRef-x","name":"Own","extractedText":"…"}]"#;

fn assert_spdx(document: &Document<'_>) {
    assert_eq!(document.head.serial.as_deref(), Some("https://example.com/1"));
    assert_eq!(document.head.authors, ["Example, Inc"]);
    assert_eq!(document.head.tools[0].name, "syft-1.18.1");
    assert_eq!(document.roots, [0]);
    assert_eq!(document.components[0].version, None);
    assert_eq!(document.components[0].image_id.as_deref(), Some("sha256:ab"));
    assert_eq!(edges(document), ["root -> a", "root > a"]);
    assert_eq!(document.dangling, 0);
    let one = &document.components[1];
    assert_eq!(
        (one.purl.as_deref(), one.cpe.as_deref()),
        (Some("pkg:npm/a@1.0"), Some("cpe:2.3:a"))
    );
    assert_eq!(
        (one.supplier.as_deref(), one.publisher.as_deref()),
        (Some("Example (a@example.com)"), None)
    );
    assert_eq!(one.hashes[0].algorithm, HashAlgorithm::Sha1);
    let licences: Vec<_> = one.licences.iter().map(|one| (&*one.text, one.claim)).collect();
    assert_eq!(
        licences,
        [
            ("MIT AND LicenseRef-x", Claim::Declared),
            ("NOASSERTION", Claim::Concluded)
        ]
    );
    assert_eq!(document.named_licences[0].name.as_deref(), Some("Own"));
    assert_eq!(document.problems, []);
}

#[test]
fn spdx_json_is_read_bare_and_as_github_wraps_it() {
    assert_spdx(&model(&spdx(SPDX)));
    assert_spdx(&model(&format!("{{\"sbom\":{}}}", spdx(SPDX))));
}

#[test]
fn spdx_tag_value_says_the_same() {
    let document = model(
        "# a comment\nSPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: doc\nDocumentNamespace: https://example.com/1\r
Creator: Tool: syft-1.18.1\nCreator: Organization: Example, Inc\nCreated: 2026-01-01T00:00:00Z\nDocumentComment: <text>Two\nPackageName: not one\n</text>\n
FileName: x\nSPDXID: SPDXRef-File-x\nLicenseConcluded: MIT\n
PackageName: root\nSPDXID: SPDXRef-root\nPackageVersion: NOASSERTION\nAnnotationComment: <text>ImageID: sha256:ab</text>\n
PackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1.0\nPackageSupplier: Organization: Example (a@example.com)\nPackageOriginator: NOASSERTION
PackageLicenseConcluded: NOASSERTION\nPackageLicenseDeclared: MIT AND LicenseRef-x\nPackageChecksum: SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709
ExternalRef: SECURITY cpe23Type cpe:2.3:a\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1.0\n
LicenseID: LicenseRef-x\nExtractedText: <text>…</text>\nLicenseName: Own\n
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root\nRelationship: SPDXRef-a DEV_DEPENDENCY_OF SPDXRef-root
Relationship: SPDXRef-root CONTAINS SPDXRef-a\nRelationship: SPDXRef-a CONTAINS SPDXRef-File-x\n",
    );
    assert_spdx(&document);
    assert_eq!(document.components[1].place.line, 22);
}

#[test]
fn tag_value_that_says_a_thing_twice_has_a_problem() {
    let start = "SPDXVersion: SPDX-2.2\nPackageName: a\n";
    for (line, field) in [
        ("PackageVersion: 1\nPackageVersion: 2", "PackageVersion"),
        (
            "PackageLicenseDeclared: MIT\nPackageLicenseDeclared: GPL-3.0-only",
            "PackageLicenseDeclared",
        ),
        ("SPDXID: SPDXRef-a\nSPDXID: SPDXRef-b", "SPDXID"),
    ] {
        let document = model(&format!("{start}{line}\n"));
        assert_eq!(problems(&document), [(ProblemKind::Conflict, field, 4)]);
    }
    for text in [
        "SPDXVersion: SPDX-2.2\nno tag here\n",
        "SPDXVersion: SPDX-2.2\nPackageName: a\nPackageComment: <text>open\n",
    ] {
        assert!(matches!(refusal(text.as_bytes()), Refusal::Syntax { .. }));
    }
    assert!(matches!(
        refusal(b"SPDXVersion: SPDX-2.2\nSPDXVersion: SPDX-2.3\nPackageName: a\n"),
        Refusal::DuplicateKey { .. }
    ));
}

#[test]
fn spdx_3_is_put_together_from_its_elements() {
    let document = model(
        r#"{"@graph":[
        {"type":"Relationship","relationshipType":"hasDeclaredLicense","from":"urn:a","to":["urn:l"]},
        {"type":"Relationship","relationshipType":"hasConcludedLicense","from":"urn:a","to":["https://spdx.org/licenses/Apache-2.0"]},
        {"type":"LifecycleScopedRelationship","relationshipType":"dependsOn","from":"urn:root","to":["urn:a"],"scope":"runtime"},
        {"type":"software_Package","spdxId":"urn:a","name":"a","software_packageVersion":"1.0","suppliedBy":"urn:o","originatedBy":[{"type":"Person","spdxId":"urn:p"}],
         "verifiedUsing":[{"type":"Hash","algorithm":"sha1","hashValue":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}],
         "externalIdentifier":[{"externalIdentifierType":"packageUrl","identifier":"pkg:npm/a@1.0"},{"externalIdentifierType":"cpe23","identifier":"cpe:2.3:a"}]},
        {"type":"software_Package","spdxId":"urn:root","name":"root","software_packageUrl":"pkg:npm/root@1"},
        {"type":"software_Package","spdxId":"urn:b","name":"b"},
        {"type":"Relationship","relationshipType":"hasDeclaredLicense","from":"urn:b","to":["urn:nowhere"]},
        {"type":"Relationship","relationshipType":"hasConcludedLicense","from":"urn:b","to":["https://spdx.org/rdf/3.0.1/terms/Licensing/NoAssertion"]},
        {"type":"simplelicensing_LicenseExpression","spdxId":"urn:l","simplelicensing_licenseExpression":"MIT OR GPL-2.0-only"},
        {"type":"Organization","spdxId":"urn:o","name":"Example"},
        {"type":"Tool","spdxId":"urn:t","name":"maker-1"},
        {"type":"CreationInfo","@id":"_:c","specVersion":"3.0.1","created":"2026-01-01T00:00:00Z","createdBy":["urn:o"],"createdUsing":["urn:t"]},
        {"type":"software_Sbom","spdxId":"urn:s","rootElement":["urn:root"]},
        {"type":"SpdxDocument","spdxId":"urn:d","name":"doc","rootElement":["urn:s"]}],
        "@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#,
    );
    assert_eq!(document.format, Format::Spdx3Json);
    assert_eq!(names(&document), ["a", "root", "b"]);
    assert_eq!(document.roots, [1]);
    assert_eq!(edges(&document), ["root -> a"]);
    assert_eq!(
        (&*document.head.tools[0].name, &*document.head.authors[0]),
        ("maker-1", "Example")
    );
    let one = &document.components[0];
    assert_eq!(
        (one.supplier.as_deref(), one.publisher.as_deref()),
        (Some("Example"), Some("urn:p"))
    );
    assert_eq!(
        (one.purl.as_deref(), one.cpe.as_deref()),
        (Some("pkg:npm/a@1.0"), Some("cpe:2.3:a"))
    );
    let licences: Vec<_> = one
        .licences
        .iter()
        .map(|one| (one.form, &*one.text, one.claim))
        .collect();
    assert_eq!(
        licences,
        [
            (LicenceForm::Expression, "MIT OR GPL-2.0-only", Claim::Declared),
            (LicenceForm::Id, "Apache-2.0", Claim::Concluded)
        ]
    );
    assert_eq!(document.components[2].licences[0].text, "NOASSERTION");
    assert_eq!(problems(&document), [(ProblemKind::Missing, "license", 10)]);
}

/// A CycloneDX XML document with this inside.
fn xml(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" serialNumber=\"urn:uuid:1\">{inside}</bom>"
    )
}

#[test]
fn cyclonedx_xml_is_read() {
    let document = model(&xml(
        r#"<metadata><timestamp>2026-01-01T00:00:00Z</timestamp><tools><tool><name>t</name><version>1</version></tool></tools>
        <authors><author><name>A</name></author></authors><component bom-ref="r" type="container"><name>root</name>
        <properties><property name="aquasecurity:trivy:ImageID">sha256:ab</property></properties></component></metadata>
        <components><component bom-ref="a" type="library"><supplier><name>S</name></supplier><author>B</author><group>g</group><name> a&amp;b </name><version>1</version>
        <hashes><hash alg="SHA-1">da39a3ee5e6b4b0d3255bfef95601890afd80709</hash></hashes>
        <licenses><license acknowledgement="declared"><id>MIT</id></license><license><name><![CDATA[My own]]></name></license></licenses><purl>pkg:npm/g/a@1</purl>
        <components><component bom-ref="n"><name>n</name><licenses><expression>MIT OR ISC</expression></licenses></component></components></component></components>
        <dependencies><dependency ref="r"><dependency ref="a"/><dependency ref="gone"/></dependency></dependencies>
        <vulnerabilities><vulnerability><id>CVE-1</id><ratings><rating><source><name>NVD</name></source><score>7.5</score><severity>high</severity></rating></ratings>
        <analysis><state>exploitable</state></analysis><affects><target><ref>a</ref></target></affects></vulnerability></vulnerabilities>"#,
    ));
    assert_eq!(names(&document), ["root", "a&b", "n"]);
    assert_eq!(document.roots, [0]);
    assert_eq!(document.components[0].image_id.as_deref(), Some("sha256:ab"));
    assert_eq!(
        (edges(&document), document.dangling),
        (vec!["root -> a&b".to_owned(), "a&b > n".to_owned()], 1)
    );
    let one = &document.components[1];
    assert_eq!(
        (one.supplier.as_deref(), one.publisher.as_deref(), one.place.line),
        (Some("S"), Some("B"), 5)
    );
    let licences: Vec<_> = one
        .licences
        .iter()
        .map(|one| (one.form, &*one.text, one.claim))
        .collect();
    assert_eq!(
        licences,
        [
            (LicenceForm::Id, "MIT", Claim::Declared),
            (LicenceForm::Name, "My own", Claim::Unstated)
        ]
    );
    assert_eq!(
        document.vulnerabilities[0].ratings[0].score.as_deref(),
        Some("7.5")
    );
    assert_eq!(document.problems, []);
}

#[test]
fn hostile_xml_is_refused() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE bom [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">&b;</bom>";
    assert_eq!(refusal(bomb.as_bytes()), Refusal::Doctype);
    let external = "<!DOCTYPE bom SYSTEM \"file:///etc/passwd\"><bom/>";
    assert_eq!(refusal(external.as_bytes()), Refusal::Doctype);
    for open in [
        "<a>",
        "<a b=\"/>\">",
        "<a b='>'>",
        "<!-- </a> --><a>",
        "<![CDATA[</a>]]><a>",
    ] {
        let text = xml(&open.repeat(200_000));
        assert!(
            matches!(refusal(text.as_bytes()), Refusal::TooDeep { .. }),
            "{open}"
        );
    }
    for text in [
        "<bom/>",
        "<html></html>",
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/\"/>",
    ] {
        let reason = refusal(text.as_bytes());
        assert!(
            matches!(
                reason,
                Refusal::UnknownFormat { .. } | Refusal::UnsupportedVersion { .. }
            ),
            "{text}: {reason}"
        );
    }
    for inside in ["<components>", "<a></b>", "&undefined;", "<a b=1/>"] {
        assert!(
            matches!(refusal(xml(inside).as_bytes()), Refusal::Syntax { .. }),
            "{inside}"
        );
    }
    let twice = xml(
        "<components><component><name>a</name><licenses/><licenses><expression>MIT</expression></licenses></component></components>",
    );
    assert!(matches!(refusal(twice.as_bytes()), Refusal::DuplicateKey { .. }));
}

#[test]
fn a_second_value_in_xml_is_never_passed_over() {
    let component = |inside: &str| {
        xml(&format!(
            "<components><component><name>a</name>{inside}</component></components>"
        ))
    };
    for licence in [
        "<id>MIT</id><id>GPL-3.0-only</id>",
        "<id>MIT</id><name>GPL</name>",
    ] {
        let document = model(&component(&format!(
            "<licenses><license>{licence}</license></licenses>"
        )));
        assert_eq!(
            problems(&document),
            [(ProblemKind::Conflict, "licenses", 2)],
            "{licence}"
        );
    }
    let many: String = (0..100).map(|number| format!("<x{number}/>")).collect();
    let text = component(&format!("{many}<version>1</version><version>2</version>"));
    assert!(matches!(refusal(text.as_bytes()), Refusal::TooMany { .. }));
}

#[test]
fn text_in_several_pieces_is_a_problem_and_not_its_first_piece() {
    let document = model(&xml(
        "<components><component><name>a</name><version>1<!-- x -->2</version></component></components>",
    ));
    assert_eq!(document.components[0].version, None);
    assert_eq!(problems(&document), [(ProblemKind::WrongType, "version", 2)]);
}

#[test]
fn documents_that_are_none_are_refused() {
    for (bytes, is_expected) in [
        (
            &b""[..],
            (|reason| matches!(reason, Refusal::Empty)) as fn(&Refusal) -> bool,
        ),
        (b" \n\t", |reason| matches!(reason, Refusal::Empty)),
        (b"{}", |reason| matches!(reason, Refusal::UnknownFormat { .. })),
        (b"[]", |reason| matches!(reason, Refusal::UnknownFormat { .. })),
        (b"null", |reason| matches!(reason, Refusal::UnknownFormat { .. })),
        (b"hello", |reason| matches!(reason, Refusal::Syntax { .. })),
        (br#"{"bomFormat":"Other","specVersion":"1.5"}"#, |reason| {
            matches!(reason, Refusal::UnknownFormat { .. })
        }),
        (br#"{"bomFormat":"CycloneDX","specVersion":"1.5"}"#, |reason| {
            matches!(reason, Refusal::Empty)
        }),
        (
            br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}"#,
            |reason| matches!(reason, Refusal::Empty),
        ),
        (br#"{"spdxVersion":"SPDX-2.3","packages":[]}"#, |reason| {
            matches!(reason, Refusal::Empty)
        }),
        (
            br#"{"spdxVersion":"SPDX-2.1","packages":[{"name":"a"}]}"#,
            |reason| matches!(reason, Refusal::UnsupportedVersion { .. }),
        ),
        (
            br#"{"@context":"https://spdx.org/rdf/3.0.1/x","@graph":[]}"#,
            |reason| matches!(reason, Refusal::UnsupportedVersion { .. }),
        ),
        (
            br#"{"bomFormat":"CycloneDX","specVersion":"1.5","spdxVersion":"SPDX-2.3"}"#,
            |reason| matches!(reason, Refusal::Ambiguous),
        ),
        (
            br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"name":"a"}],"packages":[]}"#,
            |reason| matches!(reason, Refusal::Ambiguous),
        ),
        (
            br#"{"bomFormat":"CycloneDX","sbom":{"spdxVersion":"SPDX-2.3","packages":[{"name":"a"}]}}"#,
            |reason| matches!(reason, Refusal::Ambiguous),
        ),
        (
            br#"{"sbom":{"spdxVersion":"SPDX-2.3","packages":[{"name":"a"}]},"packages":[{"name":"b"}]}"#,
            |reason| matches!(reason, Refusal::Ambiguous),
        ),
        (b"\xef\xbb\xbf{}", |reason| {
            matches!(reason, Refusal::NotUtf8 { .. })
        }),
        (b"\xff\xfe{\0}\0", |reason| {
            matches!(reason, Refusal::NotUtf8 { .. })
        }),
        (b"{\0}\0", |reason| matches!(reason, Refusal::NotUtf8 { .. })),
        (b"{\"a\":\"\xff\"}", |reason| {
            matches!(reason, Refusal::NotUtf8 { .. })
        }),
        (br#"{"a":NaN}"#, |reason| matches!(reason, Refusal::Syntax { .. })),
        (br#"{"a":1,"\u0061":2}"#, |reason| {
            matches!(reason, Refusal::DuplicateKey { .. })
        }),
        (br#"{"x":[{"a":1,"a":2}]}"#, |reason| {
            matches!(reason, Refusal::DuplicateKey { .. })
        }),
        (br#"{"bomFormat":"CycloneDX"} x"#, |reason| {
            matches!(reason, Refusal::Syntax { .. })
        }),
    ] {
        let reason = refusal(bytes);
        assert!(
            is_expected(&reason),
            "{}: {reason}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn every_cap_holds() {
    let small = Limits {
        bytes: 400,
        depth: 6,
        components: 2,
        edges: 2,
        vulnerabilities: 1,
        per_component: 1,
        string: 40,
        ..Limits::default()
    };
    let component = r#","components":[{"name":"a","bom-ref":"a"}]"#;
    for members in [
        format!("{}{component}", " ".repeat(400)),
        r#","x":[[[[[[1]]]]]]"#.to_owned(),
        format!(r#","components":[{}]"#, ["{\"name\":\"a\"}"; 3].join(",")),
        r#","components":[{"components":[{"components":[{}]}]}]"#.to_owned(),
        format!(r#"{component},"dependencies":[{{"ref":"a","dependsOn":["b","c","d"]}}]"#),
        format!(r#"{component},"dependencies":[{{"dependsOn":["b","c","d"],"ref":"a"}}]"#),
        format!(r#"{component},"vulnerabilities":[{{}},{{}}]"#),
        format!(r#"{component},"vulnerabilities":[{{"ratings":[{{}},{{}}]}}]"#),
        r#","components":[{"licenses":[{"expression":"MIT"},{"expression":"MIT"}]}]"#.to_owned(),
        r#","components":[{"hashes":[{"alg":"SHA-1","content":"da39a3ee5e6b4b0d3255bfef95601890afd80709"},{"alg":"a","content":"b"}]}]"#.to_owned(),
        format!(r#","x":"{}""#, "x".repeat(41)),
        format!(r#","x":"{}""#, "\\n".repeat(41)),
    ] {
        let text = cyclonedx(&members);
        let refused = read(text.as_bytes(), &small).expect_err(&text);
        assert_eq!(refused.code(), Some(crate::report::Code::SbomTooLarge), "{text}: {refused}");
        assert!(read(text.as_bytes(), &limits()).is_ok() || members.contains("\"x\""), "{text}");
    }
}

#[test]
fn a_document_that_ends_too_early_is_refused_wherever_it_ends() {
    for text in [
        cyclonedx(
            r#","metadata":{"component":{"name":"r"}},"components":[{"name":"a\n","hashes":[{"alg":"SHA-1"}]}]"#,
        ),
        spdx(SPDX),
    ] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(
                read(&text.as_bytes()[..end], &limits()).is_err(),
                "{}",
                &text[..end]
            );
        }
    }
}

#[test]
fn findings_name_the_place() {
    let refused = read(b"{\n\"a\":1,\n\"a\":2}", &limits()).unwrap_err();
    let finding = refused.finding().unwrap();
    assert_eq!(finding.code, crate::report::Code::DuplicateKey);
    assert!(
        finding.message.contains("line 3, column 1"),
        "{}",
        finding.message
    );
    let document = model(&cyclonedx(",\"components\":[\n{\"name\":\"a\",\"purl\":\"x\"}]"));
    let finding = document.problems[0].finding();
    assert_eq!(finding.code, crate::report::Code::SbomFieldUnreadable);
    assert_eq!(
        finding.message,
        "in the SBOM, line 2: purl is no package URL: \"x\""
    );
}
