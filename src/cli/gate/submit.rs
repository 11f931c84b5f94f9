//! `portcullis gate submit`: tells a gate of an image, as a build system does.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::{Console, ExitCode};
use crate::cli::registry::{deadline, proxies, secret_file};
use crate::cli::{Global, Problem};
use crate::gate::caller::SharedSecret;
use crate::gate::{DeliveryId, Hint};
use crate::http::{Body, Call, Method, Repeat, Secret, Web, WebConfig, bearer};

/// Bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// How often is asked whether the event is decided.
const LOOK: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  Tell a gate of an image, with the secret that it knows this caller by:
    portcullis gate submit registry.example/app@sha256:… --gate https://gate.example --secret-file gate.secret

  From a CI job, with its own identity token, and wait for the decision:
    portcullis gate submit registry.example/app@sha256:… --gate https://gate.example --token-file token --wait

Exit codes with --wait are those of verify: 0 allowed, 1 denied, 3 no evidence, 4 undecided.";

/// Arguments of `gate submit`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Image that was built, best by its digest
    #[arg(value_name = "IMAGE")]
    image: String,
    /// Address of the gate
    #[arg(long, value_name = "URL")]
    gate: Url,
    /// File with the secret that is shared with the gate; the event is signed with it (Standard Webhooks)
    #[arg(long, value_name = "FILE", required_unless_present = "token_file")]
    secret_file: Option<PathBuf>,
    /// File with a bearer token: the CI job's identity token, or one that is shared with the gate
    #[arg(long, value_name = "FILE", conflicts_with = "secret_file")]
    token_file: Option<PathBuf>,
    /// Name of this delivery: sent again under the same name, it is the same event [default: made of the time]
    #[arg(long, value_name = "ID")]
    delivery: Option<String>,
    /// Wait until the event is decided, at most for --timeout. The caller needs the right to read
    #[arg(long)]
    wait: bool,
}

/// How we prove who we are.
enum Proof {
    Shared(SharedSecret),
    Token(Secret),
}

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match submit(args, global) {
        Ok((text, code)) => console.print_and_exit(&text, code),
        Err(problem) => console.fail(&problem),
    }
}

fn submit(args: &Args, global: &Global) -> Result<(String, ExitCode), Problem> {
    let delivery = args
        .delivery
        .clone()
        .unwrap_or_else(|| format!("submit-{}", Timestamp::now().as_nanosecond()));
    let delivery = DeliveryId::new(&delivery).map_err(|error| Problem::usage(error.to_string()))?;
    let hint =
        Hint::new(&args.image, Some(delivery.clone())).map_err(|error| Problem::usage(error.to_string()))?;
    let desk = Desk::new(args, global)?;
    let body = json!({ "reference": hint.reference.whole(), "delivery": delivery.as_str() }).to_string();
    let answer = desk.ask(Method::Post, "v1/events", delivery.as_str(), body.as_bytes())?;
    let id = answer.pointer("/events/0/id").cloned().unwrap_or_default();
    if !args.wait {
        return Ok((format!("{id}\n"), ExitCode::Allowed));
    }
    desk.wait(&id.to_string())
}

/// The gate as this caller sees it.
struct Desk {
    web: Web,
    gate: Url,
    proof: Proof,
}

impl Desk {
    fn new(args: &Args, global: &Global) -> Result<Self, Problem> {
        let proof = match (&args.secret_file, &args.token_file) {
            (Some(path), _) => {
                let secret = secret_file(path)?;
                let shared = SharedSecret::webhook(secret.expose().as_bytes());
                Proof::Shared(shared.map_err(|error| Problem::usage(format!("{}: {error}", path.display())))?)
            }
            (None, Some(path)) => Proof::Token(secret_file(path)?),
            (None, None) => return Err(Problem::usage("name a secret with --secret-file or --token-file")),
        };
        let config = WebConfig {
            deadline: deadline(global),
            proxies: proxies(),
            ..WebConfig::default()
        };
        let web = Web::new(config)
            .map_err(|error| Problem::undecided(format!("cannot start the network: {error}")))?;
        let mut gate = args.gate.clone();
        if !gate.path().ends_with('/') {
            gate.set_path(&format!("{}/", gate.path()));
        }
        Ok(Self { web, gate, proof })
    }

    fn ask(&self, method: Method, path: &str, id: &str, body: &[u8]) -> Result<Value, Problem> {
        let url = self
            .gate
            .join(path)
            .map_err(|error| Problem::usage(format!("--gate: {error}")))?;
        let body_of = |bytes| Body {
            content_type: "application/json",
            bytes,
        };
        let call = Call {
            method,
            url: &url,
            headers: self.headers(id, body)?,
            body: (method == Method::Post).then(|| body_of(body)),
            limit_bytes: MAX_ANSWER_BYTES,
            // The gate knows a delivery again.
            repeat: Repeat::Harmless,
        };
        let reply = self
            .web
            .send(&call)
            .map_err(|fault| Problem::undecided(fault.to_string()))?;
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        if reply.status.is_success() {
            return Ok(answer);
        }
        let words =
            ["code", "detail"].map(|member| answer.get(member).and_then(Value::as_str).unwrap_or_default());
        let message = format!(
            "the gate answered {}: {}",
            reply.status.as_u16(),
            words.join(": ")
        );
        Err(match reply.status.as_u16() {
            401 | 403 => Problem::denied(message).help("the gate's log says why"),
            400..=428 => Problem::usage(message),
            _ => Problem::undecided(message),
        })
    }

    fn headers(&self, id: &str, body: &[u8]) -> Result<HeaderMap, Problem> {
        let mut headers = HeaderMap::new();
        match &self.proof {
            Proof::Token(token) => {
                let value =
                    bearer(token).ok_or_else(|| Problem::usage("the token cannot be sent in a header"))?;
                headers.insert(AUTHORIZATION, value);
            }
            Proof::Shared(secret) => {
                // A point would end the id in what is signed.
                let (id, time) = (id.replace('.', "-"), Timestamp::now().as_second().to_string());
                let tag = secret.sign(&[id.as_bytes(), b".", time.as_bytes(), b".", body]);
                let signature = format!("v1,{}", STANDARD.encode(tag));
                for (name, value) in [
                    ("webhook-id", &id),
                    ("webhook-timestamp", &time),
                    ("webhook-signature", &signature),
                ] {
                    let value =
                        HeaderValue::from_str(value).map_err(|error| Problem::usage(error.to_string()))?;
                    headers.insert(name, value);
                }
            }
        }
        Ok(headers)
    }

    /// Asks until the event is decided.
    fn wait(&self, event: &str) -> Result<(String, ExitCode), Problem> {
        loop {
            let answer = self.ask(
                Method::Get,
                &format!("v1/decisions/{event}"),
                &format!("wait-{event}"),
                b"",
            )?;
            let records = answer.get("records").and_then(Value::as_array);
            let decision = records
                .into_iter()
                .flatten()
                .rev()
                .filter_map(|record| record.get("entry"));
            let verdict = decision
                .filter_map(|entry| entry.pointer("/ruling/verdict"))
                .next();
            let code = match verdict.and_then(Value::as_str) {
                Some("allowed") => ExitCode::Allowed,
                Some("denied") => ExitCode::Denied,
                Some("no-evidence") => ExitCode::NoEvidence,
                Some(_) => ExitCode::Undecided,
                None => {
                    std::thread::sleep(LOOK);
                    continue;
                }
            };
            let word = verdict.and_then(Value::as_str).unwrap_or_default();
            return Ok((format!("{event} {word}\n"), code));
        }
    }
}
