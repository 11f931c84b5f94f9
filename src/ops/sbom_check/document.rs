//! One SBOM: read, bound to the artifact, and held against the rules.

use super::places::{Source, point};
use super::tally::Tally;
use super::vex::Vex;
use super::{Asked, completeness, drift, ingredients, vulnerabilities};
use crate::policy::rules::{CompletenessRules, Element, Mode};
use crate::policy::{Acceptances, SbomRules};
use crate::report::{Code, Finding, Severity};
use crate::sbom::binding::{Binding, Verified, bind};
use crate::sbom::{self, Component, Document, Problem, ProblemKind, Refused, cycle};
use crate::subject::Digest;

/// Most components of a cycle that are named.
const MAX_NAMED_IN_CYCLE: usize = 12;

/// An SBOM that may be read.
pub(super) struct Sbom<'a> {
    /// The document.
    pub(super) bytes: &'a [u8],
    /// What is known of it without reading it.
    pub(super) from: From,
}

/// What is known of an SBOM without reading it.
pub(super) struct From {
    /// SHA-256 of its bytes.
    pub(super) digest: Digest,
    /// Location of the attestation, or the name of the file.
    pub(super) name: String,
    /// Whether it is a predicate.
    pub(super) is_attested: bool,
    /// Where it is from, in words that follow its format.
    pub(super) origin: String,
    /// What ties it to the subject where its own root does not.
    pub(super) tie: Tie,
}

/// What ties an SBOM to the subject where its own root names no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// The accepted statement that it is in, or that names both.
    Statement,
    /// Nothing: it is signed, but not as one of this image, so its root has to say so.
    RootOnly,
    /// The word of whoever gave both.
    Word,
    /// There is no subject.
    Nothing,
}

/// What is known of the subject that an SBOM may be about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    /// The digests that it may name.
    pub(super) digests: &'a [Verified],
    /// What is said about vulnerabilities.
    pub(super) vex: &'a Vex<'a>,
}

/// Everything that there is to say about an SBOM. It passes where nothing of it denies.
pub(super) fn check(
    sbom: &Sbom<'_>,
    about: &About<'_>,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Vec<Finding> {
    match sbom::read(sbom.bytes, asked.limits) {
        Ok(document) => decide(
            &document,
            document.components.len(),
            // What was read is UTF-8.
            std::str::from_utf8(sbom.bytes).unwrap_or_default(),
            &sbom.from,
            about,
            asked,
            acceptances,
        ),
        Err(refused) => vec![refusal(&refused)],
    }
}

/// Why a document was not read.
pub(super) fn refusal(refused: &Refused) -> Finding {
    let unread = || {
        Finding::new(
            Code::SubjectUnreadable,
            format!("the SBOM cannot be read: {refused}"),
        )
    };
    refused.finding().unwrap_or_else(unread)
}

/// Everything that there is to say about a document. `total` components it has, of which some may have been left out that
/// nothing objects to. `text` is all of it, or empty where it is not held: then places are told by their lines.
pub(super) fn decide(
    document: &Document<'_>,
    total: usize,
    text: &str,
    from: &From,
    about: &About<'_>,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Vec<Finding> {
    let left_out = total.saturating_sub(document.components.len());
    let mut findings = examine(document, left_out, text, from, about, asked, acceptances);
    for finding in &mut findings {
        finding.sbom_digest = Some(from.digest.clone());
    }
    findings
}

fn examine(
    document: &Document<'_>,
    left_out: usize,
    text: &str,
    from: &From,
    about: &About<'_>,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Vec<Finding> {
    let (rules, today, digests) = (asked.rules, asked.today(), about.digests);
    let source = Source {
        name: &from.name,
        is_attested: from.is_attested,
        text,
        limits: asked.limits,
    };
    let binding = bind(document, digests);
    let bound = bound(&binding, from.tie, rules).filter(|_| from.tie != Tie::Nothing);
    let at_root = bound.map(|finding| (root(document), finding));
    let at_fields = unreadable(document, asked).into_iter();
    let mut findings = point(&source, document, at_root.into_iter().chain(at_fields).collect());
    findings.extend(further(document));
    findings.extend(cyclic(document, rules));
    let components: Vec<&Component<'_>> = document.ingredients().collect();
    if components.is_empty() {
        let message = "the SBOM lists no component beside what it describes";
        let finding = Finding::new(Code::SbomNoComponents, message)
            .help("generate the SBOM from the finished artifact, with its dependencies in place");
        findings.push(finding);
    }
    let mut tally = Tally::default();
    let mut note = |finding: &mut Finding| {
        acceptances.mark(finding);
        tally.count(finding);
    };
    let mut objections = ingredients::objections(&components, rules, today);
    if let Some(rules) = &rules.vulnerabilities {
        let said = vulnerabilities::check(document, rules, about.vex, today);
        findings.extend(vulnerabilities::incomplete(&said, about.vex));
        objections.extend(ingredients::grouped(said));
    }
    for objection in &mut objections {
        note(objection.finding());
    }
    findings.extend(ingredients::tell(&source, document, objections));
    if let Some(rules) = &rules.completeness {
        for mut ruling in completeness::check(document, &components, rules, asked.now) {
            note(&mut ruling.finding);
            findings.push(ruling.finding);
        }
    }
    let mut drifted = drift::check(
        document,
        rules.drift.as_ref(),
        asked.baseline,
        asked.limits,
        today,
    );
    drifted.objections.iter_mut().for_each(&mut note);
    findings.extend(drifted.tell());
    findings.extend(tally.finding());
    findings.push(counted(from, document, &binding, components.len() + left_out));
    findings
}

fn bound(binding: &Binding, tie: Tie, rules: &SbomRules) -> Option<Finding> {
    let mut finding = binding.finding()?;
    if tie == Tie::RootOnly {
        finding.severity = Severity::Deny;
    }
    if let (Code::SbomRootUnbound, Some(origin)) = (finding.code, &rules.require_root_digest) {
        finding.severity = Severity::Deny;
        finding = finding.origin(origin);
    }
    Some(finding)
}

/// Fields that could have changed the decision, and cannot be read.
fn unreadable(document: &Document<'_>, asked: &Asked<'_>) -> Vec<(Option<u64>, Finding)> {
    let needed = document
        .problems
        .iter()
        .filter(|problem| is_needed(problem, document, asked));
    needed
        .map(|problem| (Some(problem.place.offset), problem.finding()))
        .collect()
}

fn further(document: &Document<'_>) -> Option<Finding> {
    let message = format!(
        "in the SBOM, {} further fields cannot be read, and which they are is not kept",
        document.further_problems
    );
    (document.further_problems > 0).then(|| Finding::new(Code::SbomFieldUnreadable, message))
}

/// Where the first root begins.
fn root(document: &Document<'_>) -> Option<u64> {
    let root = document.component(*document.roots.first()?)?;
    Some(root.place.offset)
}

fn is_needed(problem: &Problem, document: &Document<'_>, asked: &Asked<'_>) -> bool {
    let rules = asked.rules;
    // What cannot be read differs from no baseline.
    let is_compared = asked.is_compared();
    let licences = rules
        .licences
        .as_ref()
        .is_some_and(|rules| rules.mode != Mode::Off);
    let components = rules.components.as_ref().is_some_and(|rules| rules.is_on());
    let completeness = rules.completeness.as_ref();
    let demands = |element| completeness.is_some_and(|rules| rules.demands(element));
    let asks_for_tools = completeness.is_some_and(CompletenessRules::asks_for_tools);
    let vulnerabilities = rules.vulnerabilities.as_ref().is_some_and(|rules| rules.is_on());
    let is_root = problem.component.is_some_and(|index| document.is_root(index));
    if !problem.kind.hides_a_value() {
        return false;
    }
    match problem.field {
        "licenses" | "license" | "licenseDeclared" | "licenseConcluded" | "hasExtractedLicensingInfos" => {
            licences || is_compared
        }
        "timestamp" | "created" => demands(Element::Timestamp),
        "authors" => demands(Element::Author),
        "creators" => demands(Element::Author) || asks_for_tools,
        "tools" => asks_for_tools,
        "creationInfo" => demands(Element::Timestamp) || demands(Element::Author) || asks_for_tools,
        "supplier" if demands(Element::Supplier) => true,
        "vulnerabilities" | "ratings" | "affects" | "references" => vulnerabilities,
        "author" | "publisher" | "originator" if is_compared => true,
        // Nothing is decided by these.
        "author"
        | "publisher"
        | "originator"
        | "cpe"
        | "scope"
        | "type"
        | "primaryPackagePurpose"
        | "serialNumber"
        | "documentNamespace"
        | "analysis"
        | "source" => false,
        // The rule about components decides what a package URL is worth that cannot be read.
        _ if problem.kind == ProblemKind::BadPurl => is_root,
        "hashes" | "checksums" | "verifiedUsing" | "supplier" => components || is_compared || is_root,
        _ => true,
    }
}

fn cyclic(document: &Document<'_>, rules: &SbomRules) -> Option<Finding> {
    if rules.cycles == Mode::Off {
        return None;
    }
    let cycle = cycle::find(document)?;
    let name = |index: &u32| {
        document
            .component(*index)
            .map_or("?", |component| component.name.as_ref())
    };
    let mut names: Vec<&str> = cycle.iter().take(MAX_NAMED_IN_CYCLE).map(name).collect();
    if cycle.len() > MAX_NAMED_IN_CYCLE {
        names.push("…");
    }
    names.extend(cycle.first().map(name));
    let message = "dependencies in the SBOM form a cycle";
    let finding = Finding::new(Code::SbomCyclic, message)
        .found(names.join(" > "))
        .origin(&rules.cycles_origin)
        .help("have the generator write the dependencies as they are, or break the cycle");
    rules.cycles.apply(finding)
}

/// Says that this SBOM counted, and how it is tied to the artifact.
fn counted(from: &From, document: &Document<'_>, binding: &Binding, components: usize) -> Finding {
    let tie = match binding {
        _ if from.tie == Tie::Nothing => "compared with no artifact".to_owned(),
        Binding::Bound { named, of } => {
            format!("the {} of its root names {}", named.source.words(), of.words())
        }
        Binding::Unbound { .. } => match from.tie {
            Tie::Statement => "only the signed statement ties it to the subject".to_owned(),
            Tie::RootOnly | Tie::Word | Tie::Nothing => "nothing ties it to the subject".to_owned(),
        },
        Binding::Mismatch { .. } => "its root names another artifact".to_owned(),
    };
    let noun = if components == 1 {
        "component"
    } else {
        "components"
    };
    let message = format!(
        "{} with {components} {noun}, {}: {tie}",
        document.format, from.origin
    );
    Finding::new(Code::SbomChecked, message)
}
