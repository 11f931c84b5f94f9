//! What a decision means for the report.

use super::decide::{Decision, Shortfall, Standing};
use super::examine::Checked;
use super::genuine::{Genuine, Says};
use super::{AttestedSbom, AttestedVex, MAX_REPORTED_CANDIDATES, Tally};
use crate::attestation::{PredicateType, Statement};
use crate::policy::{Demand, DemandKind};
use crate::report::{CandidateReport, Code, Finding, Place, PlaceKind, PlaceOutcome, Verdict};
use crate::subject::Digest;

/// The findings about a subject that follow from a decision.
pub(super) fn findings(
    decision: &Decision,
    demand: &Demand,
    checked: &[Checked<'_>],
    places: &[Place],
) -> Vec<Finding> {
    match decision {
        Decision::Allowed(_) => Vec::new(),
        Decision::NoEvidence => {
            let mut findings = vec![nothing(demand, places)];
            findings.extend(other_attestations(demand, checked));
            findings
        }
        Decision::Undecided => failed_places(places),
        Decision::Denied(Shortfall::TooFewPins(finding)) => vec![(**finding).clone()],
        Decision::Denied(Shortfall::LatestInsufficient) => vec![Finding::new(
            Code::NotLatest,
            "the latest evidence by an accepted signer decides, and it does not meet the demand",
        )],
        // The candidates carry their own reasons.
        Decision::Denied(Shortfall::AllRejected | Shortfall::NotAll) => Vec::new(),
    }
}

fn nothing(demand: &Demand, places: &[Place]) -> Finding {
    let what = match &demand.kind {
        DemandKind::Signature => "no signature".to_owned(),
        DemandKind::Attestation(predicate_type) => format!("no attestation of type {predicate_type}"),
        DemandKind::SignatureOrAttestation => "no signature or attestation".to_owned(),
    };
    let is_file = |place: &Place| matches!(place.kind, PlaceKind::BesideFile | PlaceKind::BundleFile);
    let found_any = places
        .iter()
        .any(|place| matches!(place.outcome, PlaceOutcome::Found { .. }));
    let help = match (places.is_empty(), places.iter().all(is_file), found_any) {
        (true, _, _) => "a digest or standard input has no place to look in: name its bundle with --bundle",
        (_, true, false) => "name the bundle with --bundle if it is kept elsewhere",
        (_, _, true) => "what was found is of another kind; the list of candidates shows it",
        (_, false, false) => {
            "nothing at all is attached to this image: if it is a copy, the mirror may have dropped what was attached \
             to the original"
        }
    };
    Finding::new(Code::NoEvidence, format!("{what} was found")).help(help)
}

/// Genuine attestations of other types, so that a person sees what there is to ask for.
fn other_attestations(demand: &Demand, checked: &[Checked<'_>]) -> Option<Finding> {
    let mut types: Vec<&str> = checked.iter().filter_map(Checked::attested_type).collect();
    types.sort_unstable();
    types.dedup();
    let names: Vec<&str> = types
        .iter()
        .map(|predicate_type| PredicateType::short_name(predicate_type))
        .collect();
    let first = names.first()?;
    let code = match demand.kind {
        DemandKind::Signature => Code::NotASignature,
        _ => Code::PredicateTypeMismatch,
    };
    let finding = Finding::new(
        code,
        format!("there are genuine attestations of type {}", names.join(", ")),
    );
    Some(finding.help(format!("to demand such an attestation, say --type {first}")))
}

/// Places that did not answer.
pub(super) fn failed_places(places: &[Place]) -> Vec<Finding> {
    places
        .iter()
        .filter_map(|place| match &place.outcome {
            PlaceOutcome::Failed { code, detail } => {
                // The place is what did not answer. A code that denies is about what was found there, and nothing was
                // denied.
                let code = match code.verdict() {
                    Verdict::Undecided => *code,
                    _ => Code::PlaceFailed,
                };
                let finding = Finding::new(code, format!("{}: {detail}", place.location));
                Some(finding.help("try again; what is there may be what is missing"))
            }
            PlaceOutcome::Found { .. } | PlaceOutcome::Nothing => None,
        })
        .collect()
}

/// Why candidates that may count could not be examined.
pub(super) fn open(checked: &[Checked<'_>], standings: &[Standing]) -> Vec<Finding> {
    let unknown = checked
        .iter()
        .zip(standings)
        .filter(|(_, standing)| matches!(standing, Standing::Unknown));
    unknown
        .map(|(checked, _)| {
            let message = format!("{}: it could not be examined", checked.location());
            Finding::new(Code::PlaceFailed, message).help("try again; it may be an SBOM that counts")
        })
        .collect()
}

/// The digests that accepted SBOMs and provenance are about, each once. Whoever may say something else about the subject,
/// such as how harmful a vulnerability is, has no say in what is in it.
pub(super) fn named(checked: &[Checked<'_>], tallies: &[Tally]) -> Vec<Digest> {
    let accepted = checked
        .iter()
        .zip(tallies)
        .filter(|(_, tally)| tally.is_sbom || tally.is_build);
    let genuine = accepted.filter_map(|(checked, _)| checked.genuine());
    let digests = genuine.flat_map(|genuine| match &genuine.says {
        Says::Statement(statement) => statement.digests().collect::<Vec<_>>(),
        Says::Artifact | Says::Image(_) => Vec::new(),
    });
    let mut named: Vec<Digest> = Vec::new();
    for digest in digests {
        if !named.contains(&digest) {
            named.push(digest);
        }
    }
    named
}

/// Says that there are statements which nobody signed.
pub(super) fn unsigned(checked: &[Checked<'_>]) -> Option<Finding> {
    let count = checked.iter().filter(|checked| checked.is_unsigned()).count();
    (count > 0).then(|| {
        Finding::new(
            Code::UnsignedEvidence,
            format!("{count} attached documents are unsigned and were not counted"),
        )
    })
}

/// The predicates of accepted attestations, the newest last.
pub(super) fn predicates(checked: &[Checked<'_>], tallies: &[Tally]) -> Vec<String> {
    let accepted = statements(checked, tallies, |tally| tally.accepted);
    let mut predicates: Vec<(Option<jiff::Timestamp>, String)> = accepted
        .map(|(_, genuine, statement)| (genuine.verified.made(), statement.predicate().get().to_owned()))
        .collect();
    predicates.sort_by_key(|(time, _)| *time);
    predicates.into_iter().map(|(_, predicate)| predicate).collect()
}

/// The SBOMs that demands for one rest on.
pub(super) fn sboms(checked: &[Checked<'_>], tallies: &[Tally]) -> Vec<AttestedSbom> {
    let counted = statements(checked, tallies, |tally| tally.is_sbom);
    counted
        .map(|(checked, genuine, statement)| AttestedSbom {
            text: statement.predicate().get().to_owned(),
            predicate_type: statement.predicate_type().to_owned(),
            made: genuine.verified.made(),
            location: checked.location().to_owned(),
        })
        .collect()
}

/// The VEX documents that rules for one accept.
pub(super) fn vex(checked: &[Checked<'_>], tallies: &[Tally]) -> Vec<AttestedVex> {
    let counted = statements(checked, tallies, |tally| tally.is_vex);
    counted
        .map(|(checked, _, statement)| AttestedVex {
            text: statement.predicate().get().to_owned(),
            location: checked.location().to_owned(),
        })
        .collect()
}

/// The genuine statements that `counts` picks.
fn statements<'c>(
    checked: &'c [Checked<'_>],
    tallies: &'c [Tally],
    counts: impl Fn(&Tally) -> bool + 'c,
) -> impl Iterator<Item = (&'c Checked<'c>, &'c Genuine, &'c Statement)> {
    let picked = checked
        .iter()
        .zip(tallies)
        .filter(move |(_, tally)| counts(tally));
    picked.filter_map(|(checked, _)| {
        let genuine = checked.genuine()?;
        match &genuine.says {
            Says::Statement(statement) => Some((checked, genuine, statement)),
            Says::Artifact | Says::Image(_) => None,
        }
    })
}

/// Keeps a report readable: accepted candidates stay, and of the others as many as fit.
pub(super) fn cut_to_size(candidates: &mut Vec<CandidateReport>) -> Option<Finding> {
    let total = candidates.len();
    if total <= MAX_REPORTED_CANDIDATES {
        return None;
    }
    candidates.sort_by_key(|candidate| !candidate.accepted);
    candidates.truncate(MAX_REPORTED_CANDIDATES);
    Some(Finding::new(
        Code::LargeListTruncated,
        format!("{total} candidates were examined; {MAX_REPORTED_CANDIDATES} of them are described"),
    ))
}
