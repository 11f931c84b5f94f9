//! One SBOM: read, bound to the artifact, and held against the rules.

use jiff::Timestamp;

use super::places::{Source, point};
use super::tally::Tally;
use super::vex::Vex;
use super::{completeness, ingredients, today, vulnerabilities};
use crate::ops::verify::AttestedSbom;
use crate::policy::rules::{CompletenessRules, Element, Mode};
use crate::policy::{Acceptances, SbomRules};
use crate::report::{Code, Finding, Severity};
use crate::sbom::binding::{Binding, Verified, bind};
use crate::sbom::{self, Component, Document, Limits, Problem, ProblemKind, cycle};
use crate::subject::Digest;

/// Most components of a cycle that are named.
const MAX_NAMED_IN_CYCLE: usize = 12;

/// Everything that there is to say about an SBOM. It passes where nothing of it denies.
pub(super) fn check(
    attested: &AttestedSbom,
    digests: &[Verified],
    rules: &SbomRules,
    acceptances: &Acceptances,
    vex: &Vex<'_>,
    now: Timestamp,
) -> Vec<Finding> {
    let mut findings = examine(attested, digests, rules, acceptances, vex, now);
    let digest = Digest::sha256(attested.text.as_bytes());
    for finding in &mut findings {
        finding.sbom_digest = Some(digest.clone());
    }
    findings
}

fn examine(
    attested: &AttestedSbom,
    digests: &[Verified],
    rules: &SbomRules,
    acceptances: &Acceptances,
    vex: &Vex<'_>,
    now: Timestamp,
) -> Vec<Finding> {
    let limits = Limits::default();
    let document = match sbom::read(attested.text.as_bytes(), &limits) {
        Ok(document) => document,
        Err(refused) => {
            let unread = || Finding::new(Code::InternalError, refused.to_string());
            return vec![refused.finding().unwrap_or_else(unread)];
        }
    };
    let source = Source {
        name: &attested.location,
        is_attested: true,
        text: &attested.text,
        limits: &limits,
    };
    let binding = bind(&document, digests);
    let at_root = bound(&binding, rules).map(|finding| (root(&document), finding));
    let at_fields = unreadable(&document, rules).into_iter();
    let mut findings = point(&source, &document, at_root.into_iter().chain(at_fields).collect());
    findings.extend(further(&document));
    findings.extend(cyclic(&document, rules));
    let components = looked_at(&document);
    if components.is_empty() {
        let message = "the SBOM lists no component beside what it describes";
        let finding = Finding::new(Code::SbomNoComponents, message)
            .help("generate the SBOM from the finished artifact, with its dependencies in place");
        findings.push(finding);
    }
    let mut tally = Tally::default();
    let mut objections = ingredients::objections(&components, rules, today(now));
    if let Some(rules) = &rules.vulnerabilities {
        let said = vulnerabilities::check(&document, rules, vex, today(now));
        findings.extend(vulnerabilities::incomplete(&said, vex));
        objections.extend(ingredients::grouped(said));
    }
    for objection in &mut objections {
        acceptances.mark(objection.finding());
        tally.count(objection.finding());
    }
    findings.extend(ingredients::tell(&source, &document, objections));
    for mut ruling in rules
        .completeness
        .iter()
        .flat_map(|rules| completeness::check(&document, &components, rules, now))
    {
        acceptances.mark(&mut ruling.finding);
        tally.count(&ruling.finding);
        findings.push(ruling.finding);
    }
    findings.extend(tally.finding());
    findings.push(counted(attested, &document, &binding, components.len()));
    findings
}

/// What the rules look at: everything but the root. Where a document describes several things, none of them is the
/// artifact alone, and whatever else they are would go unseen.
pub(super) fn looked_at<'d, 'a>(document: &'d Document<'a>) -> Vec<&'d Component<'a>> {
    match document.roots.as_slice() {
        [_] => document.ingredients().collect(),
        _ => document.components.iter().collect(),
    }
}

fn bound(binding: &Binding, rules: &SbomRules) -> Option<Finding> {
    let mut finding = binding.finding()?;
    if let (Code::SbomRootUnbound, Some(origin)) = (finding.code, &rules.require_root_digest) {
        finding.severity = Severity::Deny;
        finding = finding.origin(origin);
    }
    Some(finding)
}

/// Fields that could have changed the decision, and cannot be read.
fn unreadable(document: &Document<'_>, rules: &SbomRules) -> Vec<(Option<u64>, Finding)> {
    let needed = document
        .problems
        .iter()
        .filter(|problem| is_needed(problem, document, rules));
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

fn is_needed(problem: &Problem, document: &Document<'_>, rules: &SbomRules) -> bool {
    let licences = rules
        .licences
        .as_ref()
        .is_some_and(|rules| rules.mode != Mode::Off);
    let components = rules.components.as_ref().is_some_and(|rules| rules.is_on());
    let vulnerabilities = rules.vulnerabilities.as_ref().is_some_and(|rules| rules.is_on());
    let completeness = rules.completeness.as_ref();
    let demands = |element| completeness.is_some_and(|rules| rules.demands(element));
    let asks_for_tools = completeness.is_some_and(CompletenessRules::asks_for_tools);
    let is_root = problem.component.is_some_and(|index| document.is_root(index));
    if !problem.kind.hides_a_value() {
        return false;
    }
    match problem.field {
        "licenses" | "license" | "licenseDeclared" | "licenseConcluded" | "hasExtractedLicensingInfos" => {
            licences
        }
        "timestamp" | "created" => demands(Element::Timestamp),
        "authors" => demands(Element::Author),
        "creators" => demands(Element::Author) || asks_for_tools,
        "tools" => asks_for_tools,
        "creationInfo" => demands(Element::Timestamp) || demands(Element::Author) || asks_for_tools,
        "supplier" if demands(Element::Supplier) => true,
        "vulnerabilities" | "ratings" | "affects" | "references" => vulnerabilities,
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
        "hashes" | "checksums" | "verifiedUsing" | "supplier" => components || is_root,
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
fn counted(
    attested: &AttestedSbom,
    document: &Document<'_>,
    binding: &Binding,
    components: usize,
) -> Finding {
    let tie = match binding {
        Binding::Bound { named, of } => {
            format!("the {} of its root names {}", named.source.words(), of.words())
        }
        Binding::Unbound { .. } => "only the signed statement ties it to the subject".to_owned(),
        Binding::Mismatch { .. } => "its root names another artifact".to_owned(),
    };
    let noun = if components == 1 {
        "component"
    } else {
        "components"
    };
    let message = format!(
        "{} with {components} {noun}, attested in {}: {tie}",
        document.format, attested.location
    );
    Finding::new(Code::SbomChecked, message)
}
