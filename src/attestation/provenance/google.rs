//! Google Cloud Build (cloud.google.com/build/docs, Substituting variable values). The published build type needs the
//! repository's address, which no variable has, so this one is our own; `docs/attestations.md` says what its parameters
//! mean.

use serde_json::{Value, json};

use super::draft::Draft;
use super::environment::Environment;
use super::{CiProblem, Unknown};

/// The build type.
const BUILD_TYPE: &str = "urn:portcullis:build-type:google-cloud-build:v1";

pub(super) const VARIABLES: &[&str] = &[
    "BUILDER_OUTPUT",
    "PROJECT_ID",
    "LOCATION",
    "BUILD_ID",
    "TRIGGER_NAME",
    "TRIGGER_BUILD_CONFIG_PATH",
    "REPO_FULL_NAME",
    "REF_NAME",
    "COMMIT_SHA",
];

pub(super) fn draft(environment: &Environment<'_>) -> Result<Draft, CiProblem> {
    let mut source = environment.members(&[("name", "REPO_FULL_NAME")])?;
    source.insert(
        "digest".to_owned(),
        json!({"gitCommit": environment.commit("COMMIT_SHA")?}),
    );
    Ok(Draft {
        build_type: BUILD_TYPE.to_owned(),
        external: Value::Object(environment.members(&[
            ("trigger", "TRIGGER_NAME"),
            ("configPath", "TRIGGER_BUILD_CONFIG_PATH"),
            ("repository", "REPO_FULL_NAME"),
            ("ref", "REF_NAME"),
        ])?),
        internal: environment.members(&[("project", "PROJECT_ID"), ("location", "LOCATION")])?,
        dependencies: vec![Value::Object(source)],
        builder_id: "https://cloudbuild.googleapis.com/GoogleHostedWorker".to_owned(),
        invocation_id: format!(
            "projects/{}/locations/{}/builds/{}",
            environment.need("PROJECT_ID")?,
            environment.need("LOCATION")?,
            environment.need("BUILD_ID")?
        ),
        started_on: None,
        unknown: vec![
            Unknown {
                member: "/buildDefinition/resolvedDependencies/0/uri",
                reason: "the environment has the repository's name without its host",
            },
            Unknown {
                member: "/buildDefinition/externalParameters/substitutions",
                reason: "other substitutions are not read, since they may be secret",
            },
        ],
    })
}
