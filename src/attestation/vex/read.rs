//! Reading a document.

use jiff::Timestamp;

use super::{Document, Identity, Product, Statement, Status};
use crate::strict_json::{self, Kind, Node};

/// Most statements of one document.
pub const MAX_STATEMENTS: usize = 20_000;
/// Most products and parts of one document.
pub const MAX_PRODUCTS: usize = 200_000;
/// Most names of one vulnerability.
const MAX_NAMES: usize = 1_000;
/// Most bytes of an identifier or of a reason that are kept; longer ones are refused.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// Justifications of `not_affected` (OpenVEX 0.2.0, Status Justifications).
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

impl Document {
    /// Reads the predicate of an attestation, or a document that stands alone.
    ///
    /// # Errors
    ///
    /// What cannot be read, with the number of its statement.
    pub fn parse(predicate: &str) -> Result<Self, String> {
        let limits = strict_json::Limits {
            bytes: crate::attestation::predicate::MAX_PREDICATE_BYTES,
            depth: crate::attestation::predicate::MAX_PREDICATE_DEPTH,
        };
        strict_json::check(predicate.as_bytes(), limits).map_err(|problem| problem.to_string())?;
        let root = Node::document(predicate).ok_or("it is not JSON")?;
        let members = Members::of(root, "the document")?;
        let context = members.text("@context")?.ok_or("it has no @context")?;
        if !is_context(&context) {
            return Err(format!("its @context {context:?} is not that of OpenVEX"));
        }
        let time = members.time("timestamp")?;
        let items = members.list("statements")?.ok_or("it has no statements")?;
        if items.len() > MAX_STATEMENTS {
            return Err(format!("it has more than {MAX_STATEMENTS} statements"));
        }
        let mut budget = MAX_PRODUCTS;
        let statements = items.into_iter().zip(1_usize..).map(|(item, number)| {
            statement(item, time, &mut budget).map_err(|detail| format!("statement {number}: {detail}"))
        });
        Ok(Self {
            statements: statements.collect::<Result<_, _>>()?,
            id: members.text("@id")?.ok_or("it has no @id")?,
            author: members.text("author")?.ok_or("it has no author")?,
            version: version(&members)?,
        })
    }
}

/// Whether a context is one of OpenVEX: the plain one or one with a version.
fn is_context(context: &str) -> bool {
    let rest = context.strip_prefix("https://openvex.dev/ns");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("/v"))
}

/// The version, a whole number; before 0.2.0 it was written as a text.
fn version(members: &Members<'_>) -> Result<u64, String> {
    let node = members.get("version").ok_or("it has no version")?;
    let number = match node.string() {
        Some(text) => text.parse().ok(),
        None => node.whole_number(),
    };
    number.ok_or_else(|| "its version is no whole number".to_owned())
}

fn statement(node: Node<'_>, inherited: Option<Timestamp>, budget: &mut usize) -> Result<Statement, String> {
    let members = Members::of(node, "it")?;
    let label = members.text("status")?.ok_or("it has no status")?;
    let status = Status::ALL.into_iter().find(|status| status.label() == label);
    let status = status.ok_or_else(|| format!("its status {label:?} is none"))?;
    let time = members.time("timestamp")?.or(inherited);
    let vulnerability = members.get("vulnerability").ok_or("it has no vulnerability")?;
    Ok(Statement {
        names: names(vulnerability)?,
        products: products(&members, budget)?,
        status,
        reason: reason(&members)?,
        time: time.ok_or("neither it nor its document has a timestamp")?,
    })
}

/// The names of a vulnerability, which before 0.2.0 was a text.
fn names(node: Node<'_>) -> Result<Vec<String>, String> {
    if let Some(name) = node.string() {
        return Ok(vec![not_empty("the vulnerability's name", name.into_owned())?]);
    }
    let members = Members::of(node, "the vulnerability")?;
    let name = members.text("name")?.ok_or("the vulnerability has no name")?;
    let mut names = vec![not_empty("the vulnerability's name", name)?];
    let aliases = members.list("aliases")?.unwrap_or_default();
    if aliases.len() > MAX_NAMES {
        return Err(format!("the vulnerability has more than {MAX_NAMES} names"));
    }
    for alias in aliases {
        names.push(not_empty("an alias", text("an alias", alias)?)?);
    }
    Ok(names)
}

/// The justification where it is one that is defined, or else the impact statement.
fn reason(members: &Members<'_>) -> Result<Option<String>, String> {
    let justification = members.text("justification")?;
    let known = justification.filter(|label| JUSTIFICATIONS.contains(&label.as_str()));
    let impact = members.text("impact_statement")?;
    Ok(known.or_else(|| impact.filter(|text| !text.trim().is_empty())))
}

/// The products. Before 0.2.0 they were texts, and the parts stood beside them.
fn products(members: &Members<'_>, budget: &mut usize) -> Result<Vec<Product>, String> {
    let beside = identities(members.list("subcomponents")?, budget)?;
    let mut products = Vec::new();
    for node in members.list("products")?.unwrap_or_default() {
        let inside = match node.kind() {
            Kind::Text => None,
            _ => Members::of(node, "a product")?.list("subcomponents")?,
        };
        let mut parts = identities(inside, budget)?;
        parts.extend(beside.iter().cloned());
        products.push(Product {
            identity: Some(identity(node, budget)?),
            parts,
        });
    }
    if products.is_empty() {
        products.push(Product {
            identity: None,
            parts: beside,
        });
    }
    Ok(products)
}

fn identities(nodes: Option<Vec<Node<'_>>>, budget: &mut usize) -> Result<Vec<Identity>, String> {
    let nodes = nodes.unwrap_or_default().into_iter();
    nodes.map(|node| identity(node, budget)).collect()
}

/// A product or a part: an IRI, or an object with identifiers.
fn identity(node: Node<'_>, budget: &mut usize) -> Result<Identity, String> {
    *budget = budget
        .checked_sub(1)
        .ok_or_else(|| format!("the document names more than {MAX_PRODUCTS} products"))?;
    let mut identity = Identity::default();
    if node.kind() == Kind::Text {
        identity.add_iri(text("a product", node)?);
        return Ok(identity);
    }
    let members = Members::of(node, "a product")?;
    let iri = members.text("@id")?;
    let identifiers = members.texts("identifiers")?;
    identity.hashes = members.texts("hashes")?;
    if iri.is_none() && identifiers.is_empty() && identity.hashes.is_empty() {
        return Err("a product has no identifier".to_owned());
    }
    if let Some(iri) = iri {
        identity.add_iri(iri);
    }
    let purls = identifiers.into_iter().filter(|(kind, _)| kind == "purl");
    identity.purls.extend(purls.map(|(_, purl)| purl));
    Ok(identity)
}

impl Identity {
    /// Keeps an IRI that is a package URL. Others name a thing that nothing else here names.
    fn add_iri(&mut self, iri: String) {
        if iri.starts_with("pkg:") {
            self.purls.push(iri);
        }
    }
}

/// The members of one object.
struct Members<'t> {
    members: Vec<strict_json::Member<'t>>,
}

impl<'t> Members<'t> {
    fn of(node: Node<'t>, what: &str) -> Result<Self, String> {
        let members = node.members().ok_or_else(|| format!("{what} is no object"))?;
        Ok(Self { members })
    }

    /// A member; `null` is none.
    fn get(&self, name: &str) -> Option<Node<'t>> {
        let found = self.members.iter().find(|member| member.name == name)?;
        Some(found.value).filter(|value| value.kind() != Kind::Null)
    }

    fn text(&self, name: &str) -> Result<Option<String>, String> {
        self.get(name).map(|node| text(name, node)).transpose()
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, String> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let time = text.parse().map_err(|_| format!("{name} {text:?} is no time"))?;
        Ok(Some(time))
    }

    fn list(&self, name: &str) -> Result<Option<Vec<Node<'t>>>, String> {
        let Some(node) = self.get(name) else {
            return Ok(None);
        };
        node.items().map(Some).ok_or_else(|| format!("{name} is no list"))
    }

    /// The members of an object of texts.
    fn texts(&self, name: &str) -> Result<Vec<(String, String)>, String> {
        let Some(node) = self.get(name) else {
            return Ok(Vec::new());
        };
        let members = Members::of(node, name)?.members.into_iter();
        members
            .map(|member| Ok((member.name.into_owned(), text(name, member.value)?)))
            .collect()
    }
}

fn text(what: &str, node: Node<'_>) -> Result<String, String> {
    let text = node.string().ok_or_else(|| format!("{what} is no text"))?;
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!("{what} has more than {MAX_TEXT_BYTES} bytes"));
    }
    Ok(text.into_owned())
}

fn not_empty(what: &str, text: String) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err(format!("{what} is empty"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(statements: &str) -> String {
        format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://openvex.dev/docs/example/1","author":"A","timestamp":"2026-01-01T00:00:00Z","version":3,"statements":[{statements}]}}"#
        )
    }

    fn purl(text: &str) -> Identity {
        Identity {
            purls: vec![text.to_owned()],
            hashes: Vec::new(),
        }
    }

    #[test]
    fn a_document_is_read() {
        let text = document(
            r#"{"vulnerability":{"@id":"https://example.com","name":"CVE-1","aliases":["GHSA-1"]},
            "timestamp":"2026-02-01T00:00:00+01:00","status":"not_affected","justification":"component_not_present",
            "products":[{"@id":"pkg:oci/app@sha256:00","identifiers":{"purl":"pkg:npm/app","cpe23":"cpe:2.3:x"},
            "hashes":{"sha-256":"ab"},"subcomponents":[{"@id":"pkg:npm/left-pad@1"},{"@id":"urn:x"}]}]},
            {"vulnerability":{"name":"CVE-2"},"status":"fixed"}"#,
        );
        let document = Document::parse(&text).unwrap();
        assert_eq!((document.version, document.author.as_str()), (3, "A"));
        let [first, second] = document.statements.as_slice() else {
            panic!("{document:?}");
        };
        assert_eq!(first.names, ["CVE-1", "GHSA-1"]);
        assert_eq!(first.time, "2026-01-31T23:00:00Z".parse().unwrap());
        assert_eq!(first.reason.as_deref(), Some("component_not_present"));
        let product = Identity {
            purls: vec!["pkg:oci/app@sha256:00".to_owned(), "pkg:npm/app".to_owned()],
            hashes: vec![("sha-256".to_owned(), "ab".to_owned())],
        };
        assert_eq!(first.products[0].identity, Some(product));
        assert_eq!(
            first.products[0].parts,
            [purl("pkg:npm/left-pad@1"), Identity::default()]
        );
        let everything = Product {
            identity: None,
            parts: Vec::new(),
        };
        assert_eq!(second.products, [everything]);
        assert_eq!(
            (second.status, second.time),
            (Status::Fixed, "2026-01-01T00:00:00Z".parse().unwrap())
        );
    }

    #[test]
    fn the_form_before_0_2_0_is_read_too() {
        let text = document(
            r#"{"vulnerability":"CVE-1","status":"affected","products":["pkg:npm/app@1","pkg:npm/b"],"subcomponents":["pkg:npm/left-pad@1"]}"#,
        )
        .replace("/v0.2.0", "")
        .replace("\"version\":3", "\"version\":\"3\"");
        let document = Document::parse(&text).unwrap();
        let product = |text| Product {
            identity: Some(purl(text)),
            parts: vec![purl("pkg:npm/left-pad@1")],
        };
        assert_eq!(document.version, 3);
        assert_eq!(
            document.statements[0].products,
            [product("pkg:npm/app@1"), product("pkg:npm/b")]
        );
    }

    #[test]
    fn a_reason_is_a_defined_justification_or_an_impact_statement() {
        for (members, expected) in [
            (
                r#""justification":"inline_mitigations_already_exist","impact_statement":"x""#,
                Some("inline_mitigations_already_exist"),
            ),
            (r#""justification":"because","impact_statement":"x""#, Some("x")),
            (r#""justification":"because""#, None),
            (r#""impact_statement":" ""#, None),
            (r#""justification":null"#, None),
        ] {
            let text = document(&format!(
                r#"{{"vulnerability":"CVE-1","status":"not_affected",{members}}}"#
            ));
            let document = Document::parse(&text).unwrap();
            assert_eq!(document.statements[0].reason.as_deref(), expected, "{members}");
        }
    }

    #[test]
    fn a_document_of_which_a_part_cannot_be_read_is_refused_whole() {
        let good = r#"{"vulnerability":{"name":"CVE-1"},"status":"fixed"}"#;
        assert!(Document::parse(&document(good)).is_ok());
        for (change, with, expected) in [
            (
                "\"fixed\"",
                "\"Fixed\"",
                "statement 1: its status \"Fixed\" is none",
            ),
            (",\"status\":\"fixed\"", "", "statement 1: it has no status"),
            ("\"fixed\"", "7", "statement 1: status is no text"),
            (
                "{\"name\":\"CVE-1\"}",
                "{\"name\":\" \"}",
                "statement 1: the vulnerability's name is empty",
            ),
            (
                "{\"name\":\"CVE-1\"}",
                "{}",
                "statement 1: the vulnerability has no name",
            ),
            (
                "{\"name\":\"CVE-1\"}",
                "7",
                "statement 1: the vulnerability is no object",
            ),
            (
                "\"CVE-1\"",
                "\"CVE-1\",\"aliases\":[7]",
                "statement 1: an alias is no text",
            ),
            (
                "\"fixed\"",
                "\"fixed\",\"products\":{}",
                "statement 1: products is no list",
            ),
            (
                "\"fixed\"",
                "\"fixed\",\"products\":[{}]",
                "statement 1: a product has no identifier",
            ),
            (
                "\"fixed\"",
                "\"fixed\",\"products\":[7]",
                "statement 1: a product is no object",
            ),
            (
                "\"fixed\"",
                "\"fixed\",\"timestamp\":\"yesterday\"",
                "statement 1: timestamp \"yesterday\" is no time",
            ),
            (
                "\"2026-01-01T00:00:00Z\"",
                "null",
                "statement 1: neither it nor its document has a timestamp",
            ),
            (good, "7", "statement 1: it is no object"),
            (
                "\"version\":3",
                "\"version\":-1",
                "its version is no whole number",
            ),
            ("\"version\":3,", "", "it has no version"),
            ("\"author\":\"A\",", "", "it has no author"),
            (
                "openvex.dev/ns/v0.2.0",
                "example.com",
                "its @context \"https://example.com\" is not that of OpenVEX",
            ),
            (
                "\"author\":\"A\"",
                "\"author\":\"A\",\"author\":\"B\"",
                "the key \"author\" stands twice",
            ),
            ("\"statements\"", "\"statement\"", "it has no statements"),
        ] {
            let text = document(good).replacen(change, with, 1);
            let error = Document::parse(&text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn the_lists_of_a_hostile_document_are_capped() {
        let one = r#"{"vulnerability":"CVE-1","status":"fixed"}"#;
        let many = document(&vec![one; MAX_STATEMENTS + 1].join(","));
        assert!(
            Document::parse(&many)
                .unwrap_err()
                .contains("more than 20000 statements")
        );
        let products = vec!["\"a\""; MAX_PRODUCTS + 1].join(",");
        let wide = document(&format!(
            r#"{{"vulnerability":"CVE-1","status":"fixed","products":[{products}]}}"#
        ));
        assert!(
            Document::parse(&wide)
                .unwrap_err()
                .contains("more than 200000 products")
        );
        let deep = document(&format!("{}{}", "[".repeat(200), "]".repeat(200)));
        assert!(Document::parse(&deep).unwrap_err().contains("nested deeper"));
    }
}
