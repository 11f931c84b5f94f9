//! Flags that say what is demanded: who may sign, which attestations, or a policy file that says it all. Shared by every
//! command that verifies.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pins::{Failure, PinArgs};
use super::trust::TrustArgs;
use super::{Problem, parse_duration};
use crate::attestation::{PredicateType, SHORT_NAMES};
use crate::ops::policy_file;
use crate::ops::verify::Rules;
use crate::policy::{Demand, DemandKind, FieldRules, Require, SummaryRules, Written};
use crate::report::{Origin, PolicyReport};
use crate::sigstore::trust::{TrustChoice, TrustMaterial};
use crate::subject::Digest;

/// What is demanded.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RuleArgs {
    #[command(flatten)]
    pins: PinArgs,

    /// Which of several candidates have to meet what is asked [default: any]
    #[arg(long, value_name = "RULE", help_heading = "Evidence")]
    require: Option<Require>,

    /// Demand an attestation of this type: a short name, a URI, or any; repeatable
    #[arg(long = "type", value_name = "TYPE", help_heading = "Attestations", value_parser = parse_type, long_help = type_help())]
    predicate_type: Vec<PredicateType>,
    /// Oldest allowed evidence by verified time, for example 30d
    #[arg(long, value_name = "DURATION", help_heading = "Attestations", value_parser = parse_duration)]
    max_age: Option<Duration>,
    /// Exact builder id of SLSA provenance
    #[arg(
        long,
        value_name = "URI",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    builder_id: Option<String>,
    /// Exact source repository of SLSA provenance
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    source_repository: Option<String>,
    /// Exact source ref of SLSA provenance
    #[arg(
        long,
        value_name = "REF",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    source_ref: Option<String>,
    /// Exact id of the verifier whose SLSA verification summary (--type vsa) is relied on
    #[arg(
        long,
        value_name = "URI",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    verifier: Option<String>,
    /// Exact resource that the summary was made for
    #[arg(
        long,
        value_name = "URI",
        help_heading = "Attestations",
        requires = "verifier"
    )]
    resource_uri: Option<String>,
    /// Digest of the policy that the summary has to name
    #[arg(
        long,
        value_name = "DIGEST",
        help_heading = "Attestations",
        requires = "verifier"
    )]
    verified_policy: Option<Digest>,
    /// Level that the summary has to reach, for example SLSA_BUILD_LEVEL_2
    #[arg(
        long,
        value_name = "LEVEL",
        help_heading = "Attestations",
        requires = "verifier"
    )]
    verified_level: Option<String>,
    /// Commit that was audited (all of its hex digits); certificate and provenance have to name it
    #[arg(long, value_name = "SHA", help_heading = "Attestations", value_parser = parse_commit)]
    expect_commit: Option<String>,

    /// Policy file: who may sign what, and which attestations are demanded
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    policy: Option<PathBuf>,
    /// Digest that the policy file has to have, so that a change cannot edit its own judge
    #[arg(long, value_name = "DIGEST", help_heading = "Policy", requires = "policy")]
    policy_digest: Option<Digest>,
    /// Deny where there are warnings
    #[arg(long, help_heading = "Policy")]
    deny_warnings: bool,
}

/// What the flags, or the policy file that they name, ask for.
pub(super) struct Asked {
    /// What is demanded of the subjects.
    pub(super) rules: Rules,
    /// The trust root that the policy names.
    pub(super) trust: Option<TrustChoice>,
    /// The policy, for the report.
    pub(super) policy: Option<PolicyReport>,
}

impl RuleArgs {
    /// Whether warnings deny.
    pub(super) fn deny_warnings(&self) -> bool {
        self.deny_warnings
    }

    /// What is asked for; found out before any subject is examined.
    pub(super) fn asked(&self, trust: &TrustArgs) -> Result<Asked, Failure> {
        match &self.policy {
            Some(path) => self.policy(path, trust),
            None => Ok(Asked {
                rules: Rules::Demands(self.demands()?),
                trust: None,
                policy: None,
            }),
        }
    }

    /// What the policy file says. A policy decides alone: a flag beside it that says who may sign or what is demanded
    /// is a contradiction, not an override.
    fn policy(&self, path: &Path, trust: &TrustArgs) -> Result<Asked, Failure> {
        let demanding = [
            ("--require", self.require.is_some()),
            ("--type", !self.predicate_type.is_empty()),
            ("--max-age", self.max_age.is_some()),
            ("--expect-commit", self.expect_commit.is_some()),
        ];
        let given = demanding
            .into_iter()
            .find_map(|(flag, given)| given.then_some(flag));
        if let Some(flag) = self.pins.first_flag().or(given) {
            return Err(
                Problem::usage(format!("{flag} cannot be given together with --policy"))
                    .help("the policy says who may sign and what is demanded; change it there")
                    .into(),
            );
        }
        by_policy(path, self.policy_digest.as_ref(), trust)
    }

    fn demands(&self) -> Result<Vec<Demand>, Failure> {
        let pins = self.pins.pins()?;
        let fields = FieldRules {
            builder_id: written("--builder-id", self.builder_id.as_ref()),
            source_repository: written("--source-repository", self.source_repository.as_ref()),
            source_ref: written("--source-ref", self.source_ref.as_ref()),
            commit: written("--expect-commit", self.expect_commit.as_ref()),
        };
        let of_provenance =
            fields.builder_id.is_some() || fields.source_repository.is_some() || fields.source_ref.is_some();
        if of_provenance && !self.predicate_type.iter().any(PredicateType::accepts_provenance) {
            return Err(Problem::usage(
                "--builder-id, --source-repository and --source-ref are for SLSA provenance",
            )
            .help("demand it with --type slsa-provenance")
            .into());
        }
        let summary = self.summary()?;
        let kinds: Vec<DemandKind> = match self.predicate_type.as_slice() {
            [] => vec![DemandKind::Signature],
            types => types.iter().cloned().map(DemandKind::Attestation).collect(),
        };
        // Other attestations beside the provenance have no builder and no source to compare.
        let fields_of = |kind: &DemandKind| match kind {
            DemandKind::Attestation(predicate_type) if !predicate_type.accepts_provenance() => FieldRules {
                commit: fields.commit.clone(),
                ..FieldRules::default()
            },
            _ => fields.clone(),
        };
        let summary_of = |kind: &DemandKind| match kind {
            DemandKind::Attestation(predicate_type) if predicate_type.is_summary() => summary.clone(),
            _ => None,
        };
        let demand = |kind| Demand {
            require: self.require.unwrap_or_default(),
            max_age: written("--max-age", self.max_age.as_ref()),
            fields: fields_of(&kind),
            summary: summary_of(&kind),
            ..Demand::new(kind, pins.clone())
        };
        Ok(kinds.into_iter().map(demand).collect())
    }

    /// What a summary has to say, where one is demanded. Without its verifier it would be anybody's word.
    fn summary(&self) -> Result<Option<SummaryRules>, Problem> {
        let is_demanded = self.predicate_type.iter().any(PredicateType::is_summary);
        match (is_demanded, written("--verifier", self.verifier.as_ref())) {
            (false, None) => Ok(None),
            (false, Some(_)) => Err(Problem::usage("--verifier is for SLSA verification summaries")
                .help("demand one with --type vsa")),
            (true, None) => Err(Problem::usage(
                "--type vsa relies on a verifier, and --verifier does not say on which",
            )
            .help("name it by its exact id: --verifier https://…")),
            (true, Some(verifier)) => Ok(Some(SummaryRules {
                verifier,
                resource_uri: written("--resource-uri", self.resource_uri.as_ref()),
                policy: written("--verified-policy", self.verified_policy.as_ref()),
                level: written("--verified-level", self.verified_level.as_ref()),
            })),
        }
    }
}

/// What a policy file asks for. Its trust root and a flag's contradict each other.
pub(super) fn by_policy(path: &Path, pinned: Option<&Digest>, trust: &TrustArgs) -> Result<Asked, Failure> {
    let file = policy_file::read(path, pinned, &Origin::flag("--policy")).map_err(Failure::Findings)?;
    let policy = file.policy;
    if policy.trust().is_some() && trust.choice().is_some() {
        return Err(Problem::usage("the policy names its trust root, and a flag names another").into());
    }
    let report = PolicyReport {
        path: path.display().to_string(),
        digest: policy.digest().clone(),
        pinned: pinned.is_some(),
    };
    Ok(Asked {
        trust: policy.trust().cloned(),
        rules: Rules::Policy(Box::new(policy)),
        policy: Some(report),
    })
}

fn written<T: Clone>(flag: &str, value: Option<&T>) -> Option<Written<T>> {
    value.map(|value| Written {
        value: value.clone(),
        origin: Origin::flag(flag),
    })
}

fn type_help() -> String {
    let names: Vec<&str> = SHORT_NAMES.iter().map(|(name, _)| *name).collect();
    format!(
        "Demand an attestation of this type, about exactly this artifact: a URI, `any`, or one of {}. Repeatable: all of \
         them are demanded",
        names.join(", ")
    )
}

fn parse_type(text: &str) -> Result<PredicateType, String> {
    PredicateType::parse(text).ok_or_else(|| {
        let nearest = SHORT_NAMES
            .iter()
            .max_by(|(a, _), (b, _)| strsim::jaro_winkler(a, text).total_cmp(&strsim::jaro_winkler(b, text)));
        let name = nearest.map_or("slsa-provenance", |(name, _)| name);
        format!("{text:?} is neither a short name nor a URI; did you mean {name}?")
    })
}

fn parse_commit(text: &str) -> Result<String, String> {
    let full = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if full {
        Ok(text.to_owned())
    } else {
        Err("a commit is given with all of its 40 or 64 hex digits".to_owned())
    }
}

/// As many at once as there are processors.
pub(super) fn default_jobs() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Log id of the public-good instance's Rekor v1 log, the only one with a public page for each entry.
const PUBLIC_GOOD_REKOR: &str = "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d";

/// Address of a page that shows an entry, for the one log that has them.
pub(super) fn public_log_url(material: &TrustMaterial, log_id: &str, index: u64) -> Option<String> {
    let public = material.report().name == "public-good" && log_id == PUBLIC_GOOD_REKOR;
    public.then(|| format!("https://search.sigstore.dev/?logIndex={index}"))
}
