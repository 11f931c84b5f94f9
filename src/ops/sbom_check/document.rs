//! One SBOM: read, bound to the artifact, and held against the rules.

use jiff::Timestamp;

use super::tally::Tally;
use super::vex::Vex;
use super::{ingredients, today, vulnerabilities};
use crate::ops::verify::AttestedSbom;
use crate::policy::rules::Mode;
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
    acceptances: &mut Acceptances,
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
    acceptances: &mut Acceptances,
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
    let binding = bind(&document, digests);
    let mut findings = Vec::new();
    findings.extend(bound(&binding, rules));
    findings.extend(unreadable(&document, rules));
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
    findings.extend(ingredients::tell(&document, objections));
    findings.extend(tally.finding());
    findings.push(counted(attested, &document, &binding, components.len()));
    findings
}

/// What the rules look at: everything but the root. Where a document describes several things, none of them is the
/// artifact alone, and whatever else they are would go unseen.
fn looked_at<'d, 'a>(document: &'d Document<'a>) -> Vec<&'d Component<'a>> {
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
fn unreadable(document: &Document<'_>, rules: &SbomRules) -> Vec<Finding> {
    let needed = document
        .problems
        .iter()
        .filter(|problem| is_needed(problem, document, rules));
    let mut findings: Vec<Finding> = needed.map(Problem::finding).collect();
    if document.further_problems > 0 {
        let message = format!(
            "in the SBOM, {} further fields cannot be read, and which they are is not kept",
            document.further_problems
        );
        findings.push(Finding::new(Code::SbomFieldUnreadable, message));
    }
    findings
}

fn is_needed(problem: &Problem, document: &Document<'_>, rules: &SbomRules) -> bool {
    let licences = rules
        .licences
        .as_ref()
        .is_some_and(|rules| rules.mode != Mode::Off);
    let components = rules.components.as_ref().is_some_and(|rules| rules.is_on());
    let vulnerabilities = rules.vulnerabilities.as_ref().is_some_and(|rules| rules.is_on());
    let is_root = problem.component.is_some_and(|index| document.is_root(index));
    if !problem.kind.hides_a_value() {
        return false;
    }
    match problem.field {
        "licenses" | "license" | "licenseDeclared" | "licenseConcluded" | "hasExtractedLicensingInfos" => {
            licences
        }
        "vulnerabilities" | "ratings" | "affects" | "references" => vulnerabilities,
        // Nothing is decided by these.
        "timestamp"
        | "created"
        | "creationInfo"
        | "creators"
        | "tools"
        | "authors"
        | "author"
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
