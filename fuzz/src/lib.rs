//! Bodies of the fuzz targets: one for every parser that reads bytes of strangers.
//!
//! Each takes any bytes and returns, or fails with the property that did not hold. `fuzz_targets/` calls them from
//! libFuzzer, and `tests/fuzz_corpus.rs` calls them with every file of `corpus/`, without cargo-fuzz.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a fuzz target reports a broken property by a panic"
)]

use std::collections::BTreeMap;
use std::path::Path;

use portcullis::attestation::vex;
use portcullis::attestation::{Provenance, SimpleSigning, Statement};
use portcullis::gate::admission::Review;
use portcullis::gate::event::{self, Received};
use portcullis::licences::{Entry, Expression, LicenceDecision, LicenceLists};
use portcullis::policy::{self, Files};
use portcullis::purl::{Pattern, PatternIndex, Purl};
use portcullis::registry::{Layout, PlatformChoice, discover};
use portcullis::report::Origin;
use portcullis::sbom;
use portcullis::sigstore::bundle::split_documents;
use portcullis::sigstore::certificate::CertificateFacts;
use portcullis::sigstore::pin::{PublicKey, WholePattern, kind_of};
use portcullis::sigstore::trust::TrustMaterial;
use portcullis::sigstore::{ParsedBundle, legacy};
use portcullis::strict_json;
use portcullis::subject::{Digest, LayoutSelector, PathKind, Subject};
use portcullis::versions::{Range, Scheme, Version};
use serde_json::Value;

/// A target's body.
pub type Body = fn(&[u8]);

/// Every target by the name of its corpus.
pub const TARGETS: [(&str, Body); 22] = [
    ("bundle", bundle),
    ("certificate", certificate),
    ("gate_event", gate_event),
    ("gate_review", gate_review),
    ("layout", layout),
    ("legacy", legacy_annotations),
    ("licence", licence),
    ("pattern", pattern),
    ("policy", policy_file),
    ("provenance", provenance),
    ("public_key", public_key),
    ("purl", package_url),
    ("sbom", sbom_document),
    ("sbom_json", sbom_json),
    ("sbom_stream", sbom_stream),
    ("simple_signing", simple_signing),
    ("statement", statement),
    ("strict_json", strict_json),
    ("subject", subject),
    ("trusted_root", trusted_root),
    ("version", version),
    ("vex", vex_document),
];

/// A file of bundles: no byte disappears between its parts, and each part is a bundle or a reason.
pub fn bundle(data: &[u8]) {
    let Ok(parts) = split_documents(data) else {
        return;
    };
    let kept: usize = parts.iter().map(|part| visible(part)).sum();
    assert_eq!(kept, visible(data), "bytes were lost between the documents");
    for part in parts {
        if let Ok(bundle) = ParsedBundle::parse(part) {
            assert!(
                serde_json::from_slice::<Value>(part).is_ok(),
                "a bundle that is not JSON"
            );
            read_all(&bundle);
        }
    }
}

fn visible(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).count()
}

fn read_all(bundle: &ParsedBundle) {
    let logs = bundle.log_entries(|_, _| None);
    assert!(logs.len() <= 32);
    let claims = bundle.claimed_predicate_type().is_some();
    assert!(!claims || bundle.is_attestation());
    if let Some(der) = bundle.certificate() {
        certificate(der);
    }
}

/// A DER certificate.
pub fn certificate(data: &[u8]) {
    if let Ok(facts) = CertificateFacts::from_der(data) {
        let _ = facts.report();
    }
}

/// An event of the gate: a body, or a type of CloudEvents in the first line and its data in the rest. A hint names a tag
/// or digest, and a refusal says a status of the client's fault.
pub fn gate_event(data: &[u8]) {
    let (kind, body) = first_line(data);
    let mut fields = vec![(Vec::new(), data)];
    if let Ok(kind) = std::str::from_utf8(kind) {
        let attributes = [
            ("ce-specversion", "1.0"),
            ("ce-source", "s"),
            ("ce-id", "1"),
            ("ce-type", kind),
        ];
        fields.push((attributes.to_vec(), body));
    }
    for (attributes, body) in fields {
        let mut received = Received {
            headers: &Default::default(),
            body,
            registry: Some("registry.example"),
        };
        let mut headers = received.headers.clone();
        for (name, value) in attributes {
            let Ok(value) = value.parse() else { return };
            headers.insert(name, value);
        }
        received.headers = &headers;
        match event::read(&received) {
            Ok(hints) => assert!(hints.len() <= event::MAX_ENTRIES),
            Err(error) => assert!((400..500).contains(&error.status()), "{error}"),
        }
    }
}

/// A cluster's question: what may run is named by digest.
pub fn gate_review(data: &[u8]) {
    if let Some(Review {
        asked: portcullis::gate::admission::Asked::Run(images),
        ..
    }) = Review::read(data)
    {
        assert!(!images.is_empty() && images.iter().all(|image| image.digest().is_some()));
    }
}

/// An OCI layout: the first part is its index, each other part a blob under its own digest. A NUL byte parts them.
pub fn layout(data: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let blobs = dir.path().join("blobs/sha256");
    std::fs::create_dir_all(&blobs).unwrap();
    std::fs::write(dir.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let mut parts = data.split(|byte| *byte == 0);
    std::fs::write(dir.path().join("index.json"), parts.next().unwrap_or_default()).unwrap();
    for part in parts.take(16) {
        std::fs::write(blobs.join(Digest::sha256(part).to_hex()), part).unwrap();
    }
    let Ok(layout) = Layout::open(dir.path()) else {
        return;
    };
    let platform = PlatformChoice::One("linux/amd64".parse().unwrap());
    for choice in [PlatformChoice::AsIs, PlatformChoice::All, platform] {
        for image in layout.resolve(&LayoutSelector::Only, &choice).unwrap_or_default() {
            let found = discover(&layout, &image.digest);
            assert!(!found.places.is_empty(), "an answer without a place");
        }
    }
}

/// cosign's annotations: the first line is the map of them, the rest the envelope.
pub fn legacy_annotations(data: &[u8]) {
    let (first, rest) = first_line(data);
    let Ok(annotations) = serde_json::from_slice::<BTreeMap<String, String>>(first) else {
        return;
    };
    for bundle in [
        legacy::signature(&annotations),
        legacy::attestation(rest, &annotations),
    ]
    .into_iter()
    .flatten()
    {
        read_all(&bundle);
    }
}

/// A licence expression: it is read back as it is written, and one more demand never helps.
pub fn licence(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = Expression::from_name(text);
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    assert_eq!(
        Expression::parse(&expression.to_string()).as_ref(),
        Ok(&expression)
    );
    let entry = |text| Entry::parse(text).unwrap();
    let lists = LicenceLists {
        allow: Some(vec![entry("MIT"), entry("GPL-2.0-or-later")]),
        deny: vec![entry("GPL-3.0-only")],
    };
    let unknown = Expression::parse("NOASSERTION").unwrap();
    let demanded = Expression::all([expression.clone(), unknown]).unwrap();
    let stayed = matches!(lists.decide(&expression), LicenceDecision::Denied(_));
    assert_eq!(
        matches!(lists.decide(&demanded), LicenceDecision::Denied(_)),
        stayed
    );
    assert_ne!(lists.decide(&demanded), LicenceDecision::Allowed);
}

/// A package URL in the first line, a pattern in the rest: the canonical form means the same, and the index agrees
/// with the pattern.
pub fn package_url(data: &[u8]) {
    let (text, rest) = first_line(data);
    let (Ok(text), Ok(rest)) = (std::str::from_utf8(text), std::str::from_utf8(rest)) else {
        return;
    };
    let Ok(purl) = Purl::parse(text) else {
        return;
    };
    let canonical = purl.to_string();
    assert_eq!(Purl::parse(&canonical).as_ref(), Ok(&purl));
    if let Ok(pattern) = Pattern::parse(rest) {
        let _ = pattern.lint(&Origin::flag("--package"));
        let found = PatternIndex::new([&pattern]).matching(&purl);
        assert_eq!(!found.is_empty(), pattern.matches(&purl));
    }
}

/// A range in the first line, a version in the second, the type of a package in the third: what cannot be read, and
/// what is absent, is never permitted.
pub fn version(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.lines();
    let (range, version) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let scheme = Scheme::of_type(lines.next().unwrap_or_default());
    let Ok(range) = Range::parse(scheme, range) else {
        return;
    };
    let answer = range.contains(Some(version));
    assert!(
        answer.permits() <= answer.condemns(),
        "allowed, and not even denied"
    );
    assert!(range.is_any() || Version::parse(scheme, version).is_some() || !answer.permits());
    assert!(range.is_any() || !range.contains(None).permits());
}

fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

/// A pattern in the first line, a value in the rest: what matches as a whole also matches somewhere, from end to end.
pub fn pattern(data: &[u8]) {
    let (text, value) = first_line(data);
    let (Ok(text), Ok(value)) = (std::str::from_utf8(text), std::str::from_utf8(value)) else {
        return;
    };
    let Ok(whole) = WholePattern::new(text) else {
        return;
    };
    let _ = whole.lint(kind_of(value).into(), &Origin::flag("--identity-regex"));
    if whole.is_match(value) {
        let alone = regex::Regex::new(text).unwrap();
        assert!(alone.is_match(value), "the anchors let more in than the pattern");
        assert!(!whole.would_match_part(value));
    }
}

/// A policy file. The files that it names do not exist.
pub fn policy_file(data: &[u8]) {
    let files = Files {
        folder: Path::new("."),
        read: &|_| Err("not there".to_owned()),
    };
    match policy::parse("policy.toml", data, &files) {
        Ok(policy) => {
            let subject = Subject::Digest(Digest::sha256(b""));
            if let Ok(demands) = policy.demands_for(&subject) {
                assert!(!demands.is_empty(), "a policy that demands nothing");
            }
        }
        Err(findings) => assert!(!findings.is_empty(), "a refusal without a reason"),
    }
}

/// A SLSA predicate of either version.
pub fn provenance(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for version in ["v0.2", "v1"] {
        let _ = Provenance::parse(&format!("https://slsa.dev/provenance/{version}"), text);
    }
}

/// A public key in PEM.
pub fn public_key(data: &[u8]) {
    if let Ok(key) = PublicKey::from_pem(data) {
        assert_eq!(*key.fingerprint(), Digest::sha256(key.der().as_bytes()));
    }
}

/// A simple-signing payload.
pub fn simple_signing(data: &[u8]) {
    if SimpleSigning::parse(data).is_ok() {
        assert!(serde_json::from_slice::<Value>(data).is_ok());
    }
}

/// An in-toto statement: it is about every digest that it lists, and about no other.
pub fn statement(data: &[u8]) {
    let Ok(statement) = Statement::parse(data) else {
        return;
    };
    assert!(statement.digests().all(|digest| statement.is_about(&digest)));
    assert!(
        !statement.is_about(&Digest::sha256(data)),
        "a statement that holds its own digest"
    );
}

/// Strict JSON against the reader that everybody uses: it accepts less, never more, and what it accepts has one
/// reading.
pub fn strict_json(data: &[u8]) {
    let limits = strict_json::Limits {
        bytes: 1 << 20,
        depth: 32,
    };
    let value = serde_json::from_slice::<Value>(data);
    match (strict_json::check(data, limits), value) {
        (Ok(()), Ok(value)) => {
            let again = serde_json::to_vec(&value).unwrap();
            assert!(again.len() > limits.bytes || strict_json::check(&again, limits).is_ok());
        }
        (Ok(()), Err(error)) => panic!("accepted what is not JSON: {error}"),
        (Err(strict_json::Problem::Syntax { detail, .. }), Ok(_)) => {
            panic!("refused JSON as no JSON: {detail}")
        }
        (Err(_), _) => {}
    }
}

/// A subject as it is typed; a digest keeps its value when it is printed and read again.
pub fn subject(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for kind in [
        PathKind::Missing,
        PathKind::File,
        PathKind::Layout,
        PathKind::Directory,
    ] {
        if let Ok(Subject::Digest(digest)) = Subject::parse(text, |_| kind) {
            assert_eq!(digest.to_string().parse(), Ok(digest));
        }
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.as_bytes().len(), digest.algorithm().length());
    }
}

/// A trusted root document.
pub fn trusted_root(data: &[u8]) {
    if let Ok(material) = TrustMaterial::from_document("root.json", data) {
        let root = material.root();
        assert!(
            !(root.tlogs.is_empty()
                && root.ctlogs.is_empty()
                && root.certificate_authorities.is_empty()
                && root.timestamp_authorities.is_empty()),
            "a trust root that trusts nothing"
        );
    }
}

/// An SBOM of any format: indexes lead to what they name, a trimmed document says the same, and nothing differs from
/// itself.
pub fn sbom_document(data: &[u8]) {
    let limits = sbom::Limits::default();
    let Ok(document) = sbom::read(data, &limits) else {
        return;
    };
    let count = u32::try_from(document.components.len()).unwrap();
    assert!(
        document
            .components
            .iter()
            .zip(0..)
            .all(|(component, index)| component.index == index)
    );
    assert!(document.roots.iter().all(|root| *root < count));
    assert!(
        document
            .edges
            .iter()
            .all(|edge| edge.from < count && edge.to < count)
    );
    let lines = data.split(|byte| *byte == b'\n').count();
    assert!(
        document
            .components
            .iter()
            .all(|one| (1..=lines).contains(&(one.place.line as usize)))
    );
    let sought: Vec<_> = document
        .components
        .iter()
        .map(|one| sbom::locate::Sought {
            offset: one.place.offset,
            members: &["licenses", "licenseDeclared", "PackageLicenseDeclared"],
            value: one.licences.first().map(|licence| licence.text.as_ref()),
        })
        .collect();
    let text = std::str::from_utf8(data).unwrap();
    let found = sbom::locate::locate(text, document.format, &sought, &limits);
    for (one, found) in document.components.iter().zip(found) {
        assert!(found.is_none_or(|found| found.line >= one.place.line && found.line as usize <= lines));
    }
    assert!(sbom::cycle::find(&document).is_none_or(|cycle| !cycle.is_empty()));
    let compare = |_: &str, one: &str, other: &str| Some(one.cmp(other));
    assert_eq!(sbom::drift::drift(&document, &document, &compare), []);
    let verified = [sbom::binding::Verified {
        digest: Digest::sha256(data),
        of: sbom::binding::Thing::Subject,
    }];
    let bound = sbom::binding::bind(&document, &verified);
    assert!(bound.finding().is_some(), "no document has its own digest in it");
    if let Some(trimmed) = sbom::trim::trim(data, &limits).unwrap() {
        let again = sbom::read(trimmed.as_bytes(), &limits).unwrap();
        assert_eq!(again.components.len(), document.components.len());
        let stated = |document: &sbom::Document<'_>| {
            let all = document.vulnerabilities.iter();
            all.map(|one| (one.assessment(), one.ids().count(), one.affects.len()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            stated(&again),
            stated(&document),
            "trimming changed a vulnerability"
        );
        assert_eq!((&again.roots, &again.edges), (&document.roots, &document.edges));
        assert_eq!(sbom::drift::drift(&document, &again, &compare), []);
        assert_eq!(
            sbom::trim::trim(trimmed.as_bytes(), &limits).unwrap().unwrap(),
            trimmed
        );
    }
}

/// JSON of an SBOM: refused where the strict reader of the other documents refuses it.
pub fn sbom_json(data: &[u8]) {
    let limits = sbom::Limits::default();
    let strict = strict_json::Limits {
        bytes: limits.bytes,
        depth: limits.depth,
    };
    // A document that is one member of an object that no format knows is skipped, which is to check it all the same.
    let wrapped = [br#"{"other":"#, data, b"}"].concat();
    let ours = sbom::read(&wrapped, &limits).map_err(|refused| refused.reason);
    match strict_json::check(&wrapped, strict) {
        Ok(()) => assert!(
            !matches!(
                ours,
                Err(sbom::Refusal::Syntax { .. }
                    | sbom::Refusal::DuplicateKey { .. }
                    | sbom::Refusal::NotUtf8 { .. }
                    | sbom::Refusal::TooDeep { .. })
            ),
            "{ours:?}"
        ),
        // Numbers beyond a double are JSON that serde_json cannot hold.
        Err(problem) if problem.to_string().contains("out of range") => {}
        Err(_) => assert!(
            // These are decided when everything was read.
            !matches!(
                ours,
                Ok(_)
                    | Err(sbom::Refusal::UnknownFormat { .. }
                        | sbom::Refusal::UnsupportedVersion { .. }
                        | sbom::Refusal::Empty)
            ),
            "{ours:?}"
        ),
    }
}

/// A stream gives the components that the whole gives.
pub fn sbom_stream(data: &[u8]) {
    struct Names(Vec<(u32, String)>);
    impl<'a> sbom::Visitor<'a> for Names {
        fn visit(&mut self, event: sbom::Event<'a>) {
            if let sbom::Event::Component(one) = event {
                self.0.push((one.index, one.name.into_owned()));
            }
        }
    }
    let limits = sbom::Limits::default();
    let mut streamed = Names(Vec::new());
    let mut whole = Names(Vec::new());
    if sbom::stream(data, &limits, &mut streamed).is_ok() {
        sbom::visit(data, &limits, &mut whole).unwrap();
        assert_eq!(streamed.0, whole.0);
    } else if data.starts_with(b"{") && !data.windows(6).any(|six| six == b"@graph") {
        sbom::visit(data, &limits, &mut whole).unwrap_err();
    }
}

/// An OpenVEX document: a statement always says what it is about, by whom it is named, and since when.
pub fn vex_document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(document) = vex::Document::parse(text) else {
        return;
    };
    assert!(document.statements.len() <= vex::MAX_STATEMENTS);
    for statement in &document.statements {
        assert!(!statement.products.is_empty() && !statement.names.is_empty());
        assert!(statement.names.iter().all(|name| !name.trim().is_empty()));
        assert!(
            statement
                .reason
                .as_ref()
                .is_none_or(|reason| !reason.trim().is_empty())
        );
    }
}
