//! `token`: an identity token of a running sandbox.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use portcullis::sandbox::server::{GithubRun, GitlabJob, Identity};
use serde_json::{Value, json};

use crate::Failure;

/// How long to wait for the sandbox, which is on the same machine.
const TIMEOUT: Duration = Duration::from_secs(10);

/// `portcullis-sandbox token`
#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(flatten)]
    who: Who,
    /// The workflow file of --github
    #[arg(
        long,
        value_name = "PATH",
        requires = "github",
        default_value = ".github/workflows/release.yml"
    )]
    workflow: String,
    /// The full ref of --github
    #[arg(
        long = "ref",
        value_name = "REF",
        requires = "github",
        default_value = "refs/heads/main"
    )]
    git_ref: String,
    /// The audience
    #[arg(long, value_name = "NAME", default_value = "sigstore")]
    audience: String,
    /// How many seconds it is good for
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    lifetime: u32,
    /// The sandbox's identity provider; without it, what PORTCULLIS_SANDBOX_ISSUER says
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Who {
    /// A person
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// A run of a GitHub Actions workflow of this repository (OWNER/NAME)
    #[arg(long, value_name = "REPOSITORY")]
    github: Option<String>,
    /// A GitLab CI job of this project (GROUP/NAME)
    #[arg(long, value_name = "PROJECT")]
    gitlab: Option<String>,
    /// A workload with this SPIFFE ID (spiffe://…)
    #[arg(long, value_name = "ID")]
    spiffe: Option<String>,
}

impl Token {
    fn identity(&self) -> Result<Identity, Failure> {
        let who = &self.who;
        Ok(match (&who.email, &who.github, &who.gitlab, &who.spiffe) {
            (Some(email), ..) => Identity::Email(email.clone()),
            (_, Some(repository), ..) => Identity::Github(GithubRun {
                workflow: self.workflow.clone(),
                git_ref: self.git_ref.clone(),
                ..GithubRun::new(repository)
            }),
            (_, _, Some(project), _) => Identity::Gitlab(GitlabJob::new(project)),
            (.., Some(id)) => Identity::Spiffe(id.clone()),
            (None, None, None, None) => return Err("say who the token is for".into()),
        })
    }

    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let issuer = self.issuer.clone().or_else(|| std::env::var("PORTCULLIS_SANDBOX_ISSUER").ok()).ok_or(
            "which sandbox? source the file `env` in its folder, or give --issuer with the address that `up` printed",
        )?;
        let request = json!({
            "identity": self.identity()?,
            "audience": self.audience,
            "lifetime_seconds": self.lifetime,
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let reply = runtime.block_on(post(&format!("{issuer}/sandbox/token"), request.to_string()))?;
        let token = reply.get("token").and_then(Value::as_str).ok_or_else(|| {
            let reason = reply
                .get("error_description")
                .and_then(Value::as_str)
                .unwrap_or("no token in its answer");
            format!("the sandbox at {issuer} refused: {reason}")
        })?;
        writeln!(std::io::stdout(), "{token}")?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn post(url: &str, body: String) -> Result<Value, Failure> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .body(body);
    let reply = request.send().await?.bytes().await?;
    Ok(serde_json::from_slice(&reply)?)
}
