//! CircleCI (circleci.com/docs, Built-in environment variables). It publishes no build type, so this one is our own;
//! `docs/attestations.md` says what its parameters mean.

use serde_json::Value;

use super::draft::Draft;
use super::environment::Environment;
use super::{CiProblem, Unknown, git};

/// The build type.
const BUILD_TYPE: &str = "urn:portcullis:build-type:circleci:v1";

pub(super) const VARIABLES: &[&str] = &[
    "CIRCLECI",
    "CIRCLE_REPOSITORY_URL",
    "CIRCLE_SHA1",
    "CIRCLE_TAG",
    "CIRCLE_BRANCH",
    "CIRCLE_PULL_REQUEST",
    "CIRCLE_JOB",
    "CIRCLE_BUILD_URL",
    "CIRCLE_PROJECT_ID",
    "CIRCLE_ORGANIZATION_ID",
    "CIRCLE_PIPELINE_ID",
    "CIRCLE_WORKFLOW_ID",
    "CIRCLE_WORKFLOW_JOB_ID",
];

pub(super) fn draft(environment: &Environment<'_>) -> Result<Draft, CiProblem> {
    let reference = git::reference(environment.get("CIRCLE_TAG")?, environment.get("CIRCLE_BRANCH")?);
    let repository = environment.need("CIRCLE_REPOSITORY_URL")?;
    let uri = git::resource_uri(&repository, reference.as_deref()).ok_or(CiProblem::Malformed {
        variable: "CIRCLE_REPOSITORY_URL",
        expected: "the address of a repository",
    })?;
    Ok(Draft {
        build_type: BUILD_TYPE.to_owned(),
        external: Value::Object(
            environment.members(&[("job", "CIRCLE_JOB"), ("pullRequest", "CIRCLE_PULL_REQUEST")])?,
        ),
        internal: environment.members(&[
            ("organizationId", "CIRCLE_ORGANIZATION_ID"),
            ("projectId", "CIRCLE_PROJECT_ID"),
            ("pipelineId", "CIRCLE_PIPELINE_ID"),
            ("workflowId", "CIRCLE_WORKFLOW_ID"),
            ("workflowJobId", "CIRCLE_WORKFLOW_JOB_ID"),
        ])?,
        dependencies: vec![serde_json::json!({
            "uri": uri,
            "digest": {"gitCommit": environment.commit("CIRCLE_SHA1")?},
        })],
        builder_id: "https://circleci.com".to_owned(),
        invocation_id: environment.address("CIRCLE_BUILD_URL")?,
        started_on: None,
        unknown: vec![
            Unknown {
                member: "/buildDefinition/externalParameters/parameters",
                reason: "the parameters of the pipeline are not in the environment",
            },
            Unknown {
                member: "/runDetails/builder/id",
                reason: "the environment does not say whether the machine was CircleCI's or somebody's own runner",
            },
        ],
    })
}
