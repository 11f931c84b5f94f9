//! Who a token is for: people and workloads, in the claims that their providers put into tokens.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::jwt::Claims;
use crate::sandbox::seed::sha256;

/// The issuer of GitHub Actions' tokens.
pub const GITHUB: &str = "https://token.actions.githubusercontent.com";
/// The issuer of GitLab.com's tokens.
pub const GITLAB: &str = "https://gitlab.com";
/// The issuer that the sandbox's certificate authority knows for SPIFFE identities.
pub const SPIFFE: &str = "https://spiffe.sandbox.example";
/// The audience that Fulcio demands.
pub const AUDIENCE: &str = "sigstore";
/// How long a token is good unless its request says otherwise.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Who a token is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Identity {
    /// A person; the issuer is the sandbox's own provider.
    Email(String),
    /// A run of a GitHub Actions workflow; the issuer is [`GITHUB`].
    Github(GithubRun),
    /// A job of a GitLab CI pipeline; the issuer is [`GITLAB`].
    Gitlab(GitlabJob),
    /// A workload with a SPIFFE ID (`spiffe://…`); the issuer is [`SPIFFE`].
    Spiffe(String),
}

/// A run of a GitHub Actions workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GithubRun {
    /// `owner/name`.
    pub repository: String,
    /// Path of the workflow, like `.github/workflows/release.yml`.
    #[serde(default = "GithubRun::usual_workflow")]
    pub workflow: String,
    /// The full ref, like `refs/heads/main`.
    #[serde(default = "GithubRun::usual_ref")]
    pub git_ref: String,
    /// What triggered it, like `push`.
    #[serde(default = "GithubRun::usual_event")]
    pub event: String,
    /// The deployment environment, if the job has one.
    #[serde(default)]
    pub environment: Option<String>,
}

impl GithubRun {
    /// A push to the main branch of `repository`.
    pub fn new(repository: &str) -> Self {
        Self {
            repository: repository.to_owned(),
            workflow: Self::usual_workflow(),
            git_ref: Self::usual_ref(),
            event: Self::usual_event(),
            environment: None,
        }
    }

    fn usual_workflow() -> String {
        ".github/workflows/release.yml".to_owned()
    }

    fn usual_ref() -> String {
        "refs/heads/main".to_owned()
    }

    fn usual_event() -> String {
        "push".to_owned()
    }
}

/// A job of a GitLab CI pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GitlabJob {
    /// `group/project`.
    pub project: String,
    /// The branch.
    #[serde(default = "GitlabJob::usual_branch")]
    pub branch: String,
}

impl GitlabJob {
    /// A job on the main branch of `project`.
    pub fn new(project: &str) -> Self {
        Self {
            project: project.to_owned(),
            branch: Self::usual_branch(),
        }
    }

    fn usual_branch() -> String {
        "main".to_owned()
    }
}

/// A token to make, wrong ones included.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// Who it is for.
    pub identity: Identity,
    /// Who it is meant for.
    pub audience: String,
    /// When it was issued; now if absent.
    pub issued_at: Option<Timestamp>,
    /// How long it is good from then on.
    pub lifetime: SignedDuration,
    /// The requester's nonce.
    pub nonce: Option<String>,
    /// Claims to set or, with `null`, to leave out.
    pub claims: Claims,
}

impl TokenRequest {
    /// A token as Fulcio wants it, good for ten minutes.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            audience: AUDIENCE.to_owned(),
            issued_at: None,
            lifetime: LIFETIME,
            nonce: None,
            claims: Claims::new(),
        }
    }

    /// For another audience.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audience = audience.to_owned();
        self
    }

    /// Good for another time.
    #[must_use]
    pub fn lifetime(mut self, lifetime: SignedDuration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Issued at another time, to make expired ones and ones from the future.
    #[must_use]
    pub fn issued_at(mut self, at: Timestamp) -> Self {
        self.issued_at = Some(at);
        self
    }

    /// With another value for a claim; `null` leaves it out.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims.insert(name.to_owned(), value);
        self
    }

    /// All claims; `issuer` is the sandbox's own provider.
    pub(super) fn claims(&self, issuer: &str, now: Timestamp) -> Claims {
        let at = self.issued_at.unwrap_or(now);
        let mut claims = self.identity.claims(issuer);
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("aud", json!(self.audience));
        set("iat", json!(at.as_second()));
        set("nbf", json!(at.as_second()));
        set(
            "exp",
            json!(at.as_second().saturating_add(self.lifetime.as_secs())),
        );
        if let Some(nonce) = &self.nonce {
            set("nonce", json!(nonce));
        }
        for (name, value) in &self.claims {
            set(name, value.clone());
        }
        claims.retain(|_, value| !value.is_null());
        claims
    }
}

impl Identity {
    fn claims(&self, issuer: &str) -> Claims {
        let claims = match self {
            Self::Email(email) => json!({
                "iss": issuer,
                "sub": number(email),
                "email": email,
                "email_verified": true,
            }),
            Self::Github(run) => run.claims(),
            Self::Gitlab(job) => job.claims(),
            Self::Spiffe(id) => json!({"iss": SPIFFE, "sub": id}),
        };
        match claims {
            Value::Object(claims) => claims,
            _ => Claims::new(),
        }
    }
}

impl GithubRun {
    /// The claims that GitHub documents for its tokens.
    fn claims(&self) -> Value {
        let owner = self.repository.split('/').next().unwrap_or_default();
        let workflow_ref = format!("{}/{}@{}", self.repository, self.workflow, self.git_ref);
        let commit = commit(&self.repository);
        let context = match &self.environment {
            Some(environment) => format!("environment:{environment}"),
            None if self.event == "pull_request" => "pull_request".to_owned(),
            None => format!("ref:{}", self.git_ref),
        };
        let ref_type = if self.git_ref.starts_with("refs/tags/") {
            "tag"
        } else {
            "branch"
        };
        json!({
            "iss": GITHUB,
            "jti": number(&workflow_ref),
            "sub": format!("repo:{}:{context}", self.repository),
            "actor": owner,
            "actor_id": number(owner),
            "base_ref": "",
            "environment": self.environment,
            "event_name": self.event,
            "head_ref": "",
            "job_workflow_ref": workflow_ref,
            "job_workflow_sha": commit,
            "ref": self.git_ref,
            "ref_protected": "true",
            "ref_type": ref_type,
            "repository": self.repository,
            "repository_id": number(&self.repository),
            "repository_owner": owner,
            "repository_owner_id": number(owner),
            "repository_visibility": "public",
            "run_attempt": "1",
            "run_id": "3000003",
            "run_number": "7",
            "runner_environment": "github-hosted",
            "sha": commit,
            "workflow": "Release",
            "workflow_ref": workflow_ref,
            "workflow_sha": commit,
        })
    }
}

impl GitlabJob {
    /// The claims that GitLab documents for its ID tokens.
    fn claims(&self) -> Value {
        let namespace = self
            .project
            .rsplit_once('/')
            .map_or("", |(namespace, _)| namespace);
        let commit = commit(&self.project);
        let git_ref = format!("refs/heads/{}", self.branch);
        json!({
            "iss": GITLAB,
            "jti": number(&git_ref),
            "sub": format!("project_path:{}:ref_type:branch:ref:{}", self.project, self.branch),
            "ci_config_ref_uri": format!("gitlab.com/{}//.gitlab-ci.yml@{git_ref}", self.project),
            "ci_config_sha": commit,
            "job_id": "3000003",
            "namespace_id": number(namespace),
            "namespace_path": namespace,
            "pipeline_id": "7",
            "pipeline_source": "push",
            "project_id": number(&self.project),
            "project_path": self.project,
            "project_visibility": "public",
            "ref": self.branch,
            "ref_path": git_ref,
            "ref_protected": "true",
            "ref_type": "branch",
            "runner_environment": "gitlab-hosted",
            "runner_id": 1,
            "sha": commit,
            "user_email": "dev@example.com",
            "user_id": "1",
            "user_login": "dev",
        })
    }
}

/// A number that stands for `name` wherever a provider numbers its things.
fn number(name: &str) -> String {
    let start = sha256(name.as_bytes())
        .first_chunk::<4>()
        .copied()
        .unwrap_or_default();
    u32::from_be_bytes(start).to_string()
}

/// A commit id for `name`.
fn commit(name: &str) -> String {
    let mut id = hex::encode(sha256(name.as_bytes()));
    id.truncate(40);
    id
}
