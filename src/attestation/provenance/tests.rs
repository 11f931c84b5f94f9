use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::attestation::predicate::{AttestType, Checked};

macro_rules! fixture {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../fixtures/provenance/", $name, "/environment")),
        )
    };
}

/// The fixtures: environments as `NAME=value` lines. The provenance that is made of each is its snapshot.
const FIXTURES: [(&str, &str); 6] = [
    fixture!("github-push"),
    fixture!("github-required-workflow"),
    fixture!("gitlab-tag"),
    fixture!("buildkite"),
    fixture!("circleci"),
    fixture!("google-cloud-build"),
];

fn variables(text: &str) -> BTreeMap<String, String> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn from(variables: &BTreeMap<String, String>) -> Result<CiProvenance, CiProblem> {
    from_ci(&|name| variables.get(name).cloned())
}

#[test]
fn each_environment_gives_its_predicate() {
    for (name, environment) in FIXTURES {
        let provenance = from(&variables(environment)).unwrap();
        let predicate: Value = serde_json::from_str(&provenance.predicate).unwrap();
        insta::with_settings!({
            snapshot_path => format!("../../../fixtures/provenance/{name}"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_json_snapshot!("predicate", predicate);
        });
    }
}

#[test]
fn what_is_made_is_provenance_by_its_own_checks() {
    let attest_type = AttestType::parse("slsa-provenance").unwrap();
    for (name, environment) in FIXTURES {
        let provenance = from(&variables(environment)).unwrap();
        let checked = Checked::made(name, provenance.predicate, &attest_type, Timestamp::UNIX_EPOCH);
        assert!(checked.is_ok(), "{name}: {checked:?}");
    }
}

#[test]
fn nothing_but_the_list_is_read_and_no_secret_is_written() {
    for (name, environment) in FIXTURES {
        assert!(
            environment.contains("s3cret"),
            "{name} has no secret that could leak"
        );
        let variables = variables(environment);
        let asked = RefCell::new(BTreeSet::new());
        let provenance = from_ci(&|name| {
            asked.borrow_mut().insert(name.to_owned());
            variables.get(name).cloned()
        })
        .unwrap();
        assert!(
            !provenance.predicate.contains("s3cret"),
            "{name}: {}",
            provenance.predicate
        );
        let marks = Platform::ALL
            .iter()
            .filter_map(|platform| platform.variables().first());
        let allowed: BTreeSet<&str> = provenance
            .platform
            .variables()
            .iter()
            .chain(marks)
            .copied()
            .collect();
        for variable in asked.into_inner() {
            assert!(allowed.contains(variable.as_str()), "{name}: {variable}");
        }
    }
}

/// Taking away any one variable gives an error that names it, or provenance that is still sound.
#[test]
fn a_missing_variable_is_never_made_up() {
    let attest_type = AttestType::parse("slsa-provenance").unwrap();
    for (name, environment) in FIXTURES {
        let all = variables(environment);
        for gone in all.keys() {
            let mut fewer = all.clone();
            fewer.remove(gone);
            match from(&fewer) {
                Ok(provenance) => {
                    let value = &all[gone];
                    let is_mark = value == "true";
                    let made = Checked::made(name, provenance.predicate, &attest_type, Timestamp::UNIX_EPOCH);
                    assert!(made.is_ok() && !is_mark, "{name} without {gone}: {made:?}");
                }
                Err(CiProblem::Missing { variable, .. }) => assert_eq!(variable, gone, "{name}"),
                Err(problem) => assert_eq!(problem, CiProblem::NoCi, "{name} without {gone}"),
            }
        }
    }
}

#[test]
fn what_is_unknown_is_named_in_predicate_and_report() {
    for (name, environment) in FIXTURES {
        let provenance = from(&variables(environment)).unwrap();
        let predicate: Value = serde_json::from_str(&provenance.predicate).unwrap();
        let written = &predicate["buildDefinition"]["internalParameters"]["portcullis_unknown"];
        let expected: Vec<&str> = provenance.unknown.iter().map(|unknown| unknown.member).collect();
        assert_eq!(written, &serde_json::json!(expected), "{name}");
        let message = provenance.finding().unwrap().message;
        assert!(
            expected.iter().all(|member| message.contains(member)),
            "{message}"
        );
    }
}

#[test]
fn environments_that_cannot_be_read_are_refused() {
    let github = variables(FIXTURES[0].1);
    let with = |name: &str, value: &str| {
        let mut changed = github.clone();
        changed.insert(name.to_owned(), value.to_owned());
        from(&changed).unwrap_err().to_string()
    };
    assert_eq!(from(&BTreeMap::new()), Err(CiProblem::NoCi));
    assert!(with("GITLAB_CI", "true").contains("GitHub Actions and GitLab CI"));
    for (name, value) in [
        ("GITHUB_SHA", "abc"),
        ("GITHUB_SHA", "HEAD"),
        ("GITHUB_SERVER_URL", "ftp://github.com"),
        ("GITHUB_WORKFLOW_REF", "x.yml"),
        ("GITHUB_REF", "refs/heads/a\nb"),
        ("GITHUB_REPOSITORY", "o/a b"),
        ("RUNNER_ENVIRONMENT", "mine"),
    ] {
        let message = with(name, value);
        assert!(
            message.contains(name) || name == "GITHUB_REF",
            "{name}: {message}"
        );
        assert!(!message.contains(value), "the value is not repeated: {message}");
    }
    let mut google = variables(FIXTURES[5].1);
    google.remove("COMMIT_SHA");
    assert!(
        from(&google)
            .unwrap_err()
            .to_string()
            .contains("automapSubstitutions")
    );
}
