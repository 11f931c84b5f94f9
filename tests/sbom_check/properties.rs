//! What may never change a verdict: the order of components, how the document is laid out, which format says it, and
//! leaving out what no check reads.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use portcullis::ops::sbom_check::{Asked, check};
use portcullis::ops::verify::{AttestedSbom, Beside, Outcome, VexEvidence};
use portcullis::policy::{Acceptances, Files, SbomRules, parse};
use portcullis::report::{Code, Severity, SubjectKind, SubjectReport, Verdict};
use portcullis::sbom::Limits;
use portcullis::sbom::binding::{Thing, Verified};
use portcullis::sbom::trim::trim;
use portcullis::subject::Digest;
use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::{Index, select};
use serde_json::{Value, json};

const HEAD: &str = r#"
version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
"#;

/// Policies that look at different things.
const POLICIES: [&str; 6] = [
    "[sbom]\nrequire-root-digest = true\n",
    "[sbom.licences]\nallow = [\"MIT\", \"Apache-2.0\"]\n",
    "[sbom.licences]\ndeny = [\"GPL-3.0-only\"]\nunknown = \"audit\"\n",
    "[[sbom.components.allow]]\npackage = \"pkg:npm/*\"\nversions = \">=2\"\n",
    "[sbom.components]\nunidentified = \"allow\"\n[[sbom.components.deny]]\npackage = \"pkg:npm/b\"\nversions = \"<3\"\n",
    "[sbom.licences]\nmode = \"audit\"\nallow = [\"ISC\"]\n[[sbom.components.allow]]\npackage = \"pkg:npm/**\"\nsuppliers = [\"ACME & Söhne\"]\n",
];

fn rules(policy: &str) -> SbomRules {
    let files = Files {
        folder: Path::new("."),
        read: &|_| Err("no files here".to_owned()),
    };
    let policy = parse("policy.toml", format!("{HEAD}{policy}").as_bytes(), &files).unwrap();
    policy.sbom().unwrap().clone()
}

/// A component as every format can say it.
#[derive(Debug, Clone)]
struct Part {
    name: &'static str,
    version: u8,
    licence: Option<&'static str>,
    supplier: Option<&'static str>,
    has_purl: bool,
    /// Which of the parts before it needs it; the root does where there is none.
    needed_by: Index,
}

fn part() -> impl Strategy<Value = Part> {
    let licence = select(vec![
        "MIT",
        "GPL-3.0-only",
        "MIT OR GPL-3.0-only",
        "MIT AND Apache-2.0",
        "NOASSERTION",
        "odd \"words\" <&>",
    ]);
    let supplier = select(vec!["ACME & Söhne", "Example"]);
    (
        select(vec!["a", "b", "c", "d"]),
        1..4_u8,
        proptest::option::of(licence),
        proptest::option::of(supplier),
        prop_oneof![9 => proptest::prelude::Just(true), 1 => proptest::prelude::Just(false)],
        any::<Index>(),
    )
        .prop_map(|(name, version, licence, supplier, has_purl, needed_by)| Part {
            name,
            version,
            licence,
            supplier,
            has_purl,
            needed_by,
        })
}

impl Part {
    fn purl(&self) -> Option<String> {
        self.has_purl
            .then(|| format!("pkg:npm/{}@{}.0.0", self.name, self.version))
    }

    /// Expressions as such, one id as an id, other words as a name.
    fn is_expression(licence: &str) -> bool {
        licence.contains(" OR ") || licence.contains(" AND ")
    }

    fn is_name(licence: &str) -> bool {
        licence.contains('"') || licence == "NOASSERTION"
    }

    fn json(&self, id: usize) -> Value {
        let mut one = json!({"type": "library", "bom-ref": format!("r{id}"), "name": self.name,
            "version": format!("{}.0.0", self.version), "description": "MIT, \"really\""});
        if let Some(purl) = self.purl() {
            one["purl"] = purl.into();
        }
        if let Some(supplier) = self.supplier {
            one["supplier"] = json!({"name": supplier});
        }
        if let Some(licence) = self.licence {
            one["licenses"] = if Self::is_expression(licence) {
                json!([{"expression": licence}])
            } else if Self::is_name(licence) {
                json!([{"license": {"name": licence}}])
            } else {
                json!([{"license": {"id": licence}}])
            };
        }
        one
    }

    fn xml(&self, id: usize) -> String {
        let text = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        };
        let mut out = format!("<component type=\"library\" bom-ref=\"r{id}\">");
        if let Some(supplier) = self.supplier {
            out += &format!("<supplier><name>{}</name></supplier>", text(supplier));
        }
        out += &format!(
            "<name>{}</name><version>{}.0.0</version>",
            self.name, self.version
        );
        out += "<description>MIT, \"really\"</description>";
        if let Some(licence) = self.licence {
            let inside = if Self::is_expression(licence) {
                format!("<expression>{licence}</expression>")
            } else if Self::is_name(licence) {
                format!("<license><name>{}</name></license>", text(licence))
            } else {
                format!("<license><id>{licence}</id></license>")
            };
            out += &format!("<licenses>{inside}</licenses>");
        }
        if let Some(purl) = self.purl() {
            out += &format!("<purl>{purl}</purl>");
        }
        out + "</component>"
    }
}

/// Pairs of ids: who needs whom. Nobody needs what comes before it, so there is no cycle.
fn edges(parts: &[Part]) -> Vec<(String, String)> {
    let id = |number: usize| format!("r{number}");
    parts
        .iter()
        .enumerate()
        .map(|(number, part)| {
            let by = if number == 0 {
                "app".to_owned()
            } else {
                id(part.needed_by.index(number))
            };
            (by, id(number))
        })
        .collect()
}

fn digest() -> Digest {
    Digest::sha256(b"the artifact")
}

/// CycloneDX as JSON, its components in the order of `order`.
fn cyclonedx(parts: &[Part], order: &[usize], digest: &Digest) -> Value {
    let components: Vec<Value> = order.iter().map(|number| parts[*number].json(*number)).collect();
    let dependencies: Vec<Value> = edges(parts)
        .iter()
        .map(|(from, to)| json!({"ref": from, "dependsOn": [to]}))
        .collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5",
        "metadata": {"component": {"type": "application", "name": "app", "bom-ref": "app",
            "hashes": [{"alg": "SHA-256", "content": digest.to_hex()}]}},
        "components": components, "dependencies": dependencies})
}

fn cyclonedx_xml(parts: &[Part], digest: &Digest) -> String {
    let components: String = parts
        .iter()
        .enumerate()
        .map(|(number, part)| part.xml(number))
        .collect();
    let dependencies: String = edges(parts)
        .iter()
        .map(|(from, to)| format!("<dependency ref=\"{from}\"><dependency ref=\"{to}\"/></dependency>"))
        .collect();
    format!(
        "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"><metadata><component type=\"application\" bom-ref=\"app\"><name>app</name><hashes><hash alg=\"SHA-256\">{}</hash></hashes></component></metadata><components>{components}</components><dependencies>{dependencies}</dependencies></bom>",
        digest.to_hex()
    )
}

/// The same JSON with its keys the other way round, spaces of all kinds, and every sign of every string escaped.
fn laid_out_otherwise(value: &Value) -> String {
    let escaped = |text: &str| -> String {
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
        format!("\"{}\"", units.collect::<String>())
    };
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .rev()
                .map(|(key, value)| format!("\r\n\t{} :\n{}", escaped(key), laid_out_otherwise(value)))
                .collect();
            format!("{{{}\n}}", members.join(" ,"))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(laid_out_otherwise).collect();
            format!("[ {}\t]", items.join("\n,"))
        }
        Value::String(text) => escaped(text),
        other => other.to_string(),
    }
}

/// A finding without its place: code, severity, package and fingerprint.
type Said = (Code, Severity, Option<String>, Option<String>);

/// The verdict, and what is objected to which package.
fn decide(text: &str, rules: &SbomRules) -> (Verdict, BTreeSet<Said>) {
    let mut outcome = Outcome {
        report: SubjectReport {
            input: "app".to_owned(),
            kind: SubjectKind::File,
            name: "app".to_owned(),
            digest: Some(digest()),
            platform: None,
            verdict: Verdict::Allowed,
            places: Vec::new(),
            candidates: Vec::new(),
            sboms: Vec::new(),
            findings: Vec::new(),
        },
        named: vec![digest()],
        beside_sbom: Beside::default(),
        demands_sbom: true,
        open: Vec::new(),
        vex: VexEvidence::default(),
        predicates: Vec::new(),
        sboms: vec![AttestedSbom {
            text: text.to_owned(),
            predicate_type: "https://cyclonedx.org/bom".to_owned(),
            made: None,
            location: "bundle.json".to_owned(),
        }],
        digests: vec![Verified {
            digest: digest(),
            of: Thing::Subject,
        }],
    };
    let (limits, now) = (Limits::default(), Timestamp::from_second(1_760_000_000).unwrap());
    check(
        &mut outcome,
        &Asked::new(rules, &limits, now),
        &Acceptances::default(),
    );
    let said = outcome.report.findings.into_iter();
    (
        outcome.report.verdict,
        said.map(|one| (one.code, one.severity, one.package, one.fingerprint))
            .collect(),
    )
}

proptest! {
    #[test]
    fn nothing_but_what_a_document_says_decides(
        parts in proptest::collection::vec(part(), 1..10),
        policy in select(POLICIES.to_vec()),
        is_about_another in proptest::bool::weighted(0.1),
        turn in any::<Index>(),
        is_turned_round in any::<bool>(),
    ) {
        let about = if is_about_another { Digest::sha256(b"another") } else { digest() };
        let rules = rules(policy);
        let mut order: Vec<usize> = (0..parts.len()).collect();
        let document = cyclonedx(&parts, &order, &about);
        let expected = decide(&document.to_string(), &rules);

        order.rotate_left(turn.index(parts.len()));
        if is_turned_round {
            order.reverse();
        }
        let reordered = cyclonedx(&parts, &order, &about).to_string();
        prop_assert_eq!(&decide(&reordered, &rules), &expected, "order");

        let pretty = serde_json::to_string_pretty(&document).unwrap();
        prop_assert_eq!(&decide(&pretty, &rules), &expected, "indented");
        prop_assert_eq!(&decide(&laid_out_otherwise(&document), &rules), &expected, "laid out otherwise");

        let trimmed = trim(pretty.as_bytes(), &Limits::default()).unwrap().unwrap();
        prop_assert_eq!(&decide(&trimmed, &rules), &expected, "trimmed: {}", trimmed);

        prop_assert_eq!(&decide(&cyclonedx_xml(&parts, &about), &rules), &expected, "as XML");
    }
}
