//! What an identity rule accepts, shown on samples and on look-alikes.

use serde::Serialize;

use super::rule::{IdentityRule, TextRule, kind_of};
use super::shape::Shape;
use crate::report::{Finding, Severity};
use crate::sigstore::certificate::{San, SanKind};

/// Most samples that are explained at once.
pub const MAX_SAMPLES: usize = 1000;

/// What a rule accepts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The text or pattern.
    pub rule: String,
    /// The kind of identity that it accepts.
    pub kind: &'static str,
    /// The given identities, in their order, at most [`MAX_SAMPLES`].
    pub samples: Vec<Sample>,
    /// Identities that differ a little from one that is accepted; empty when none is known.
    pub probes: Vec<Probe>,
    /// What is wider about the pattern than it looks.
    pub warnings: Vec<Finding>,
}

/// One given identity.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The identity.
    pub value: String,
    /// The kind that it reads as.
    pub kind: &'static str,
    /// Whether the rule accepts it.
    pub accepted: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// A look-alike of an accepted identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// What was changed.
    pub change: &'static str,
    /// The look-alike.
    pub value: String,
    /// Whether the rule accepts it.
    pub accepted: bool,
}

/// Shows what a rule accepts: each sample, and look-alikes of the first one that is accepted (or, when there is none,
/// of the text or of an example made from the pattern).
pub fn explain(rule: &IdentityRule, samples: &[String]) -> Explanation {
    let samples: Vec<Sample> = samples
        .iter()
        .take(MAX_SAMPLES)
        .map(|value| judge(rule, value))
        .collect();
    let base = samples
        .iter()
        .find(|sample| sample.accepted)
        .map(|sample| sample.value.clone())
        .or_else(|| example(&rule.text));
    Explanation {
        rule: rule.text.as_str().to_owned(),
        kind: rule.kind.name(),
        samples,
        probes: base.map_or_else(Vec::new, |base| probes(rule, &base)),
        warnings: rule
            .text
            .as_pattern()
            .map_or_else(Vec::new, |pattern| pattern.lint(rule.kind.into(), &rule.origin)),
    }
}

fn judge(rule: &IdentityRule, value: &str) -> Sample {
    let san = San {
        kind: kind_of(value),
        value: value.to_owned(),
    };
    let mut findings = Vec::new();
    super::examine::examine_san(rule, &san, &mut findings);
    let accepted = !findings.iter().any(|finding| finding.severity == Severity::Deny);
    Sample {
        value: value.to_owned(),
        kind: san.kind.name(),
        accepted,
        findings,
    }
}

/// An identity that the rule accepts.
fn example(text: &TextRule) -> Option<String> {
    match text {
        TextRule::Exact(text) => Some(text.clone()),
        TextRule::Pattern(pattern) => {
            let spelt = Shape::of(pattern).into_iter().map(|shape| shape.spell());
            spelt.into_iter().find(|example| pattern.is_match(example))
        }
    }
}

fn probes(rule: &IdentityRule, base: &str) -> Vec<Probe> {
    let mut probes = vec![Probe {
        change: "an identity like this",
        value: base.to_owned(),
        accepted: rule.text.accepts(base),
    }];
    for (change, value) in look_alikes(rule.kind, base) {
        if value != base && !probes.iter().any(|probe| probe.value == value) {
            let accepted = rule.text.accepts(&value);
            probes.push(Probe {
                change,
                value,
                accepted,
            });
        }
    }
    probes
}

fn look_alikes(kind: SanKind, base: &str) -> Vec<(&'static str, String)> {
    let mut list = vec![
        ("longer at the end", format!("{base}-evil")),
        ("a line break at the end", format!("{base}\n")),
        ("something in front", format!("https://evil.example/?{base}")),
        ("a Cyrillic letter", base.replacen('o', "\u{43e}", 1)),
        ("upper case", base.to_uppercase()),
    ];
    match kind {
        SanKind::Uri => list.extend(uri_look_alikes(base)),
        SanKind::Email => {
            if let Some((mailbox, host)) = base.split_once('@') {
                list.push(("another mailbox", format!("mallory@{host}")));
                list.push(("another host", format!("{mailbox}@evil.example")));
                list.push(("a host that ends alike", format!("{mailbox}@evil-{host}")));
                list.push((
                    "a dot of the host replaced",
                    format!("{mailbox}@{}", host.replacen('.', "X", 1)),
                ));
            }
        }
        SanKind::OtherName => {}
    }
    list
}

fn uri_look_alikes(base: &str) -> Vec<(&'static str, String)> {
    let Some((scheme, rest)) = base.split_once("://") else {
        return Vec::new();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut list = vec![
        (
            "a dot of the host replaced",
            format!("{scheme}://{}/{path}", host.replacen('.', "X", 1)),
        ),
        ("a longer host", format!("{scheme}://{host}.evil.example/{path}")),
        (
            "the host as user info",
            format!("{scheme}://{host}@evil.example/{path}"),
        ),
    ];
    if scheme == "https" {
        list.push(("http", format!("http://{rest}")));
    }
    if let Some((owner, below)) = path.split_once('/') {
        list.push(("another owner", format!("{scheme}://{host}/attacker/{below}")));
        list.push((
            "a longer owner",
            format!("{scheme}://{host}/{owner}-evil/{below}"),
        ));
        if let Some((_, file)) = below.split_once('/') {
            list.push((
                "another repository",
                format!("{scheme}://{host}/{owner}/other/{file}"),
            ));
        }
    }
    if let Some((workflow, reference)) = rest.split_once('@') {
        list.push((
            "another branch",
            format!("{scheme}://{workflow}@refs/heads/other"),
        ));
        list.push((
            "a pull request",
            format!("{scheme}://{workflow}@refs/pull/1/merge"),
        ));
        list.push(("a tag", format!("{scheme}://{workflow}@refs/tags/v0.0.0")));
        list.push(("no ref", format!("{scheme}://{workflow}")));
        list.push((
            "a branch named after the ref",
            format!("{scheme}://{workflow}@refs/heads/x@{reference}"),
        ));
        if let Some((folder, _)) = workflow.rsplit_once('/') {
            list.push((
                "another workflow",
                format!("{scheme}://{folder}/other.yml@{reference}"),
            ));
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Origin;

    const SAN: &str = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main";

    fn rule(text: TextRule) -> IdentityRule {
        IdentityRule::new(text, Some(SanKind::Uri), Origin::flag("--identity-regex")).unwrap()
    }

    fn let_in(explanation: &Explanation) -> Vec<&'static str> {
        let accepted = explanation.probes.iter().filter(|probe| probe.accepted);
        accepted.map(|probe| probe.change).collect()
    }

    #[test]
    fn an_exact_rule_refuses_every_look_alike() {
        let explanation = explain(&rule(TextRule::exact(SAN)), &[]);
        assert_eq!(let_in(&explanation), ["an identity like this"]);
        assert!(explanation.probes.len() > 15 && explanation.warnings.is_empty());
    }

    #[test]
    fn a_careful_pattern_lets_in_what_it_says() {
        let pattern = r"https://github\.com/org/[^/]+/\.github/workflows/release\.yml@refs/heads/main";
        let explanation = explain(&rule(TextRule::pattern(pattern).unwrap()), &[SAN.to_owned()]);
        assert_eq!(
            let_in(&explanation),
            ["an identity like this", "another repository"]
        );
        assert!(explanation.samples[0].accepted && explanation.warnings.is_empty());
    }

    #[test]
    fn a_careless_pattern_shows_what_it_lets_in() {
        let explanation = explain(
            &rule(TextRule::pattern(r"https://github.com/org.*").unwrap()),
            &[],
        );
        let accepted = let_in(&explanation);
        // The example was made from the pattern, so it has no ref to vary.
        assert!(accepted.contains(&"a dot of the host replaced") && accepted.contains(&"longer at the end"));
        assert!(explanation.warnings.len() >= 2);
    }

    #[test]
    fn a_refused_sample_says_why() {
        let samples = [
            "alice@example.com".to_owned(),
            format!("{SAN}-evil"),
            String::new(),
        ];
        let explanation = explain(&rule(TextRule::pattern(&regex::escape(SAN)).unwrap()), &samples);
        assert!(
            explanation
                .samples
                .iter()
                .all(|sample| !sample.accepted && !sample.findings.is_empty())
        );
        let longer: Vec<&str> = explanation.samples[1]
            .findings
            .iter()
            .map(|finding| finding.code.name())
            .collect();
        assert_eq!(longer, ["identity-mismatch", "pattern-matched-part-only"]);
    }
}
