//! Buildkite (buildkite.com/docs, Environment variables). It publishes no build type for pipelines, so this one is our
//! own; `docs/attestations.md` says what its parameters mean.

use serde_json::Value;

use super::draft::Draft;
use super::environment::Environment;
use super::{CiProblem, Unknown, git};

/// The build type.
const BUILD_TYPE: &str = "urn:portcullis:build-type:buildkite:v1";

pub(super) const VARIABLES: &[&str] = &[
    "BUILDKITE",
    "BUILDKITE_REPO",
    "BUILDKITE_COMMIT",
    "BUILDKITE_TAG",
    "BUILDKITE_BRANCH",
    "BUILDKITE_SOURCE",
    "BUILDKITE_PULL_REQUEST",
    "BUILDKITE_ORGANIZATION_SLUG",
    "BUILDKITE_PIPELINE_SLUG",
    "BUILDKITE_PIPELINE_ID",
    "BUILDKITE_BUILD_URL",
    "BUILDKITE_BUILD_ID",
    "BUILDKITE_JOB_ID",
    "BUILDKITE_STEP_KEY",
    "BUILDKITE_AGENT_ID",
    "BUILDKITE_COMPUTE_TYPE",
];

pub(super) fn draft(environment: &Environment<'_>) -> Result<Draft, CiProblem> {
    let reference = git::reference(
        environment.get("BUILDKITE_TAG")?,
        environment.get("BUILDKITE_BRANCH")?,
    );
    let repository = environment.need("BUILDKITE_REPO")?;
    let uri = git::resource_uri(&repository, reference.as_deref()).ok_or(CiProblem::Malformed {
        variable: "BUILDKITE_REPO",
        expected: "the address of a repository",
    })?;
    let organisation = environment.need("BUILDKITE_ORGANIZATION_SLUG")?;
    let build = environment.address("BUILDKITE_BUILD_URL")?;
    Ok(Draft {
        build_type: BUILD_TYPE.to_owned(),
        external: Value::Object(environment.members(&[
            ("organization", "BUILDKITE_ORGANIZATION_SLUG"),
            ("pipeline", "BUILDKITE_PIPELINE_SLUG"),
            ("step", "BUILDKITE_STEP_KEY"),
            ("source", "BUILDKITE_SOURCE"),
            ("pullRequest", "BUILDKITE_PULL_REQUEST"),
        ])?),
        internal: environment.members(&[
            ("buildId", "BUILDKITE_BUILD_ID"),
            ("jobId", "BUILDKITE_JOB_ID"),
            ("pipelineId", "BUILDKITE_PIPELINE_ID"),
            ("computeType", "BUILDKITE_COMPUTE_TYPE"),
        ])?,
        dependencies: vec![serde_json::json!({
            "uri": uri,
            "digest": {"gitCommit": environment.commit("BUILDKITE_COMMIT")?},
        })],
        builder_id: format!(
            "https://buildkite.com/organizations/{organisation}/agents/{}",
            environment.need("BUILDKITE_AGENT_ID")?
        ),
        invocation_id: format!("{build}#{}", environment.need("BUILDKITE_JOB_ID")?),
        started_on: None,
        unknown: vec![Unknown {
            member: "/buildDefinition/externalParameters/env",
            reason: "variables that whoever started the build set are not read, since they may be secret",
        }],
    })
}
