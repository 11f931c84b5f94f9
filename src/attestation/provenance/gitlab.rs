//! GitLab CI (docs.gitlab.com, Predefined CI/CD variables). The predicate has the build type and the members that GitLab
//! Runner's own generator writes, but for its list of all variables; the commit is named as `gitCommit`, not as `sha256`.

use serde_json::json;

use super::draft::Draft;
use super::environment::Environment;
use super::{CiProblem, Unknown, git};

pub(super) const VARIABLES: &[&str] = &[
    "GITLAB_CI",
    "CI_PROJECT_URL",
    "CI_PROJECT_ID",
    "CI_COMMIT_SHA",
    "CI_COMMIT_TAG",
    "CI_COMMIT_BRANCH",
    "CI_MERGE_REQUEST_REF_PATH",
    "CI_CONFIG_PATH",
    "CI_PIPELINE_ID",
    "CI_PIPELINE_SOURCE",
    "CI_JOB_ID",
    "CI_JOB_NAME",
    "CI_JOB_URL",
    "CI_JOB_STARTED_AT",
    "CI_RUNNER_ID",
    "CI_RUNNER_VERSION",
    "CI_RUNNER_REVISION",
    "CI_RUNNER_DESCRIPTION",
    "CI_RUNNER_EXECUTABLE_ARCH",
];

pub(super) fn draft(environment: &Environment<'_>) -> Result<Draft, CiProblem> {
    let project = environment.address("CI_PROJECT_URL")?;
    let merge_request = environment.get("CI_MERGE_REQUEST_REF_PATH")?;
    let reference = merge_request.or(git::reference(
        environment.get("CI_COMMIT_TAG")?,
        environment.get("CI_COMMIT_BRANCH")?,
    ));
    let uri = git::resource_uri(&project, reference.as_deref()).ok_or(CiProblem::Malformed {
        variable: "CI_PROJECT_URL",
        expected: "the address of a project",
    })?;
    let mut unknown = vec![Unknown {
        member: "/buildDefinition/externalParameters/variables",
        reason: "names and values of the pipeline's own variables are not read, since they may be secret",
    }];
    if reference.is_none() {
        unknown.push(Unknown {
            member: "/buildDefinition/resolvedDependencies/0/uri",
            reason: "the job has neither branch nor tag nor merge request",
        });
    }
    Ok(Draft {
        build_type: format!(
            "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/{}/PROVENANCE.md",
            runner_version(environment)?
        ),
        external: json!({"source": project, "entryPoint": environment.need("CI_JOB_NAME")?}),
        internal: environment.members(&[
            ("name", "CI_RUNNER_DESCRIPTION"),
            ("architecture", "CI_RUNNER_EXECUTABLE_ARCH"),
            ("job", "CI_JOB_ID"),
            ("pipeline", "CI_PIPELINE_ID"),
            ("pipelineSource", "CI_PIPELINE_SOURCE"),
            ("projectId", "CI_PROJECT_ID"),
            ("configPath", "CI_CONFIG_PATH"),
            ("jobUrl", "CI_JOB_URL"),
        ])?,
        dependencies: vec![json!({
            "uri": uri,
            "digest": {"gitCommit": environment.commit("CI_COMMIT_SHA")?},
        })],
        builder_id: format!("{project}/-/runners/{}", environment.need("CI_RUNNER_ID")?),
        invocation_id: environment.need("CI_JOB_ID")?,
        started_on: environment.get("CI_JOB_STARTED_AT")?,
        unknown,
    })
}

/// The version of the runner as a ref of its repository: a tag for a release, else the revision.
fn runner_version(environment: &Environment<'_>) -> Result<String, CiProblem> {
    let version = environment.need("CI_RUNNER_VERSION")?;
    let is_release = version.chars().all(|sign| sign.is_ascii_digit() || sign == '.');
    if is_release {
        return Ok(format!("v{version}"));
    }
    let revision = environment.need("CI_RUNNER_REVISION")?;
    if revision.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(revision)
    } else {
        Err(CiProblem::Malformed {
            variable: "CI_RUNNER_REVISION",
            expected: "a commit id",
        })
    }
}
