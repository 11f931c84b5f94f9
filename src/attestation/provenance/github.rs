//! GitHub Actions (docs.github.com, Default environment variables). The predicate has the form that GitHub's own
//! generator writes: build type `https://actions.github.io/buildtypes/workflow/v1`.

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::environment::Environment;
use super::{CiProblem, Unknown, git};

pub(super) const VARIABLES: &[&str] = &[
    "GITHUB_ACTIONS",
    "GITHUB_SERVER_URL",
    "GITHUB_REPOSITORY",
    "GITHUB_REPOSITORY_ID",
    "GITHUB_REPOSITORY_OWNER_ID",
    "GITHUB_REF",
    "GITHUB_SHA",
    "GITHUB_WORKFLOW_REF",
    "GITHUB_WORKFLOW_SHA",
    "GITHUB_EVENT_NAME",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_ATTEMPT",
    "RUNNER_ENVIRONMENT",
];

pub(super) fn draft(environment: &Environment<'_>) -> Result<Draft, CiProblem> {
    let server = environment.address("GITHUB_SERVER_URL")?;
    let name = environment.need("GITHUB_REPOSITORY")?;
    let repository = format!("{server}/{name}");
    let reference = environment.need("GITHUB_REF")?;
    let workflow = Workflow::parse(&environment.need("GITHUB_WORKFLOW_REF")?)?;
    let mut dependencies = vec![source(
        &repository,
        &reference,
        &environment.commit("GITHUB_SHA")?,
        "GITHUB_REPOSITORY",
    )?];
    // An organisation can demand a workflow that is kept in another repository.
    if workflow.repository != name {
        let commit = environment.commit("GITHUB_WORKFLOW_SHA")?;
        let address = format!("{server}/{}", workflow.repository);
        dependencies.push(source(
            &address,
            &workflow.reference,
            &commit,
            "GITHUB_WORKFLOW_REF",
        )?);
    }
    let event = environment.need("GITHUB_EVENT_NAME")?;
    let mut internal = Map::new();
    internal.insert(
        "github".to_owned(),
        Value::Object(environment.members(&[
            ("event_name", "GITHUB_EVENT_NAME"),
            ("repository_id", "GITHUB_REPOSITORY_ID"),
            ("repository_owner_id", "GITHUB_REPOSITORY_OWNER_ID"),
            ("runner_environment", "RUNNER_ENVIRONMENT"),
        ])?),
    );
    Ok(Draft {
        build_type: "https://actions.github.io/buildtypes/workflow/v1".to_owned(),
        external: json!({"workflow": {
            "ref": workflow.reference,
            "repository": format!("{server}/{}", workflow.repository),
            "path": workflow.path,
        }}),
        internal,
        dependencies,
        builder_id: builder(&environment.need("RUNNER_ENVIRONMENT")?)?.to_owned(),
        invocation_id: format!(
            "{repository}/actions/runs/{}/attempts/{}",
            environment.need("GITHUB_RUN_ID")?,
            environment.need("GITHUB_RUN_ATTEMPT")?
        ),
        started_on: None,
        unknown: unknown(&event),
    })
}

/// The id that GitHub's generator gives its two kinds of runners.
fn builder(runner: &str) -> Result<&'static str, CiProblem> {
    match runner {
        "github-hosted" => Ok("https://github.com/actions/runner/github-hosted"),
        "self-hosted" => Ok("https://github.com/actions/runner/self-hosted"),
        _ => Err(CiProblem::Malformed {
            variable: "RUNNER_ENVIRONMENT",
            expected: "github-hosted or self-hosted",
        }),
    }
}

/// Parameters that stand in the event's payload and not in the environment.
fn unknown(event: &str) -> Vec<Unknown> {
    match event {
        "workflow_dispatch" => vec![Unknown {
            member: "/buildDefinition/externalParameters/inputs",
            reason: "the inputs of the workflow are not in the environment",
        }],
        "create" | "push" | "release" => Vec::new(),
        _ => vec![Unknown {
            member: "/buildDefinition/externalParameters",
            reason: "what the event carried is not in the environment",
        }],
    }
}

fn source(
    repository: &str,
    reference: &str,
    commit: &str,
    variable: &'static str,
) -> Result<Value, CiProblem> {
    let uri = git::resource_uri(repository, Some(reference)).ok_or(CiProblem::Malformed {
        variable,
        expected: "the name of a repository",
    })?;
    Ok(json!({"uri": uri, "digest": {"gitCommit": commit}}))
}

/// `owner/name/path@ref`.
struct Workflow {
    repository: String,
    path: String,
    reference: String,
}

impl Workflow {
    fn parse(text: &str) -> Result<Self, CiProblem> {
        let parts = || {
            let (file, reference) = text.split_once('@')?;
            let mut parts = file.splitn(3, '/');
            let repository = format!("{}/{}", parts.next()?, parts.next()?);
            Some(Self {
                repository,
                path: parts.next()?.to_owned(),
                reference: reference.to_owned(),
            })
        };
        parts().ok_or(CiProblem::Malformed {
            variable: "GITHUB_WORKFLOW_REF",
            expected: "owner/repository/path@ref",
        })
    }
}
