//! `portcullis gate submit`: tells a gate of an image, and waits for what it decides.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Console, ExitCode};
use crate::cli::identity::ambient_token;
use crate::cli::registry::{deadline, proxies, secret_file};
use crate::cli::{Global, Problem};
use crate::gate::caller::{SharedSecret, signed_fields};
use crate::gate::{DeliveryId, EventId, Hint, HintError};
use crate::http::{Body, Call, Method, Repeat, Reply, Secret, Web, WebConfig, bearer};
use crate::ops::read::bounded;
use crate::report::visible;

/// Largest answer of a gate, in bytes.
const MAX_ANSWER_BYTES: u64 = 4 << 20;
/// Most bytes of a file of certificates.
const MAX_CERTIFICATES_BYTES: u64 = 1 << 20;
/// How often is asked what was decided.
const LOOK: Duration = Duration::from_secs(2);
/// How long a token of a job is used for asking; an event has one of its own.
const TOKEN_AGE: Duration = Duration::from_secs(60);
/// Bytes of an id that is made up here.
const ID_BYTES: usize = 16;

const USAGE: &str = "\
portcullis gate submit --gate <URL> --secret-file <FILE> [OPTIONS] <IMAGE>
       portcullis gate submit --gate <URL> --token-file <FILE> [OPTIONS] <IMAGE>
       portcullis gate submit --gate <URL> --audience <AUDIENCE> [OPTIONS] <IMAGE>";

const EXAMPLES: &str = "\
Examples:
  With a shared secret (Standard Webhooks):
    portcullis gate submit --gate https://gate.example --secret-file gate.secret \"$image\"

  From a CI job, with the job's own token and no secret, and wait for the answer:
    portcullis gate submit --gate https://gate.example --audience https://gate.example \\
      --wait \"$image\"

The number of the event is printed. With --wait the image is printed by digest, and the exit code is
that of the decision.";

/// Arguments of `gate submit`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
#[command(group = clap::ArgGroup::new("credential").required(true).multiple(false))]
pub(super) struct Args {
    /// The image: registry, repository and a tag or digest
    #[arg(value_name = "IMAGE")]
    image: String,
    /// Address of the gate
    #[arg(long, value_name = "URL")]
    gate: Url,
    /// File with the secret that the gate knows this caller by (whsec_…); requests are signed with it
    #[arg(long, value_name = "FILE", group = "credential")]
    secret_file: Option<PathBuf>,
    /// File with a token that the gate knows this caller by
    #[arg(long, value_name = "FILE", group = "credential")]
    token_file: Option<PathBuf>,
    /// Send the token of this CI job, made for this audience
    #[arg(long, value_name = "AUDIENCE", group = "credential")]
    audience: Option<String>,
    /// Name of this delivery: the same one again is taken for the first [default: made up]
    #[arg(long, value_name = "ID")]
    delivery: Option<String>,
    /// Wait until it is decided, at most for --timeout; the caller needs the right to read
    #[arg(long)]
    wait: bool,
    /// PEM certificates of authorities that are trusted for the gate, besides the system's
    #[arg(long, value_name = "FILE")]
    gate_ca: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    let outcome = Gate::new(args, global).and_then(|gate| {
        let event = gate.submit(args)?;
        match args.wait {
            true => gate.wait(event),
            false => Ok((format!("{event}\n"), ExitCode::Allowed)),
        }
    });
    match outcome {
        Ok((text, ExitCode::Allowed)) => console.print_and_exit(&text, ExitCode::Allowed),
        Ok((text, code)) => {
            console.tell(&text);
            code
        }
        Err(problem) => console.fail(&problem),
    }
}

/// How this caller proves who it is.
enum Credential {
    Secret(Box<SharedSecret>),
    Token(Secret),
    /// A token for this audience, got anew for each event.
    Ambient(String),
}

/// The gate that is told.
struct Gate {
    base: Url,
    web: Web,
    credential: Credential,
    /// The token that is used for asking, and when it was got.
    held: RefCell<Option<(Instant, Secret)>>,
    deadline: Option<Instant>,
}

impl Gate {
    fn new(args: &Args, global: &Global) -> Result<Self, Problem> {
        let certificates = |path: &Path| {
            bounded(path, MAX_CERTIFICATES_BYTES)
                .map_err(|error| Problem::configuration(format!("{}: {error}", path.display())))
        };
        let deadline = deadline(global);
        let web = Web::new(WebConfig {
            deadline,
            authorities: args.gate_ca.as_deref().map(certificates).transpose()?,
            proxies: proxies(),
            ..WebConfig::default()
        });
        Ok(Self {
            base: args.gate.clone(),
            web: web.map_err(|error| Problem::undecided(format!("cannot start the network: {error}")))?,
            credential: credential(args)?,
            held: RefCell::default(),
            deadline,
        })
    }

    /// Sends the event. Gives its number.
    fn submit(&self, args: &Args) -> Result<EventId, Problem> {
        let delivery = match &args.delivery {
            Some(delivery) => delivery.clone(),
            None => made_up()?,
        };
        // What the gate would refuse is refused before anything is sent.
        let refuse = |error: HintError| Problem::usage(error.to_string());
        let delivery = DeliveryId::new(&delivery).map_err(refuse)?;
        Hint::new(&args.image, None).map_err(refuse)?;
        let body = json!({"reference": args.image, "delivery": delivery.as_str()}).to_string();
        let reply = self.ask(Method::Post, "v1/events", delivery.as_str(), body.as_bytes())?;
        let answer = accepted(&reply)?;
        let event = answer.pointer("/events/0/id").map(Value::to_string);
        event
            .and_then(|event| event.parse().ok())
            .ok_or_else(|| Problem::undecided("the gate answered with something else than an event"))
    }

    /// Asks until the event is decided.
    fn wait(&self, event: EventId) -> Result<(String, ExitCode), Problem> {
        let path = format!("v1/decisions/{event}");
        loop {
            let answer = accepted(&self.ask(Method::Get, &path, &made_up()?, b"")?)?;
            if let Some(decided) = decided(event, &answer) {
                return Ok(decided);
            }
            let left = self
                .deadline
                .map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left <= LOOK) {
                let problem =
                    Problem::undecided(format!("event {event} was accepted and not decided in time"));
                return Err(problem.help("wait longer with --timeout, or look later: gate decisions show"));
            }
            std::thread::sleep(LOOK);
        }
    }

    fn ask(&self, method: Method, path: &str, id: &str, body: &[u8]) -> Result<Reply, Problem> {
        let url = self.address(path)?;
        let body = (method == Method::Post).then_some(body);
        let reply = self.web.send(&Call {
            method,
            url: &url,
            headers: self.headers(method, id, body.unwrap_or_default())?,
            body: body.map(|bytes| Body {
                content_type: "application/json",
                bytes,
            }),
            limit_bytes: MAX_ANSWER_BYTES,
            // The same delivery again is taken for the first.
            repeat: Repeat::Harmless,
        });
        reply.map_err(|fault| Problem::undecided(fault.to_string()))
    }

    fn address(&self, path: &str) -> Result<Url, Problem> {
        let text = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|error| Problem::usage(format!("--gate {}: {error}", self.base)))
    }

    fn headers(&self, method: Method, id: &str, body: &[u8]) -> Result<HeaderMap, Problem> {
        let unusable = || Problem::usage("the token or the delivery has characters that no header has");
        let mut headers = HeaderMap::new();
        match &self.credential {
            Credential::Secret(key) => {
                // A dot would end the id in what is signed.
                let id = id.replace('.', "-");
                for (name, value) in signed_fields(key, &id, Timestamp::now(), body) {
                    let value = HeaderValue::from_str(&value).map_err(|_| unusable())?;
                    headers.insert(HeaderName::from_static(name), value);
                }
            }
            Credential::Token(token) => {
                headers.insert(AUTHORIZATION, bearer(token).ok_or_else(unusable)?);
            }
            Credential::Ambient(audience) => {
                let token = self.token(audience, method)?;
                headers.insert(AUTHORIZATION, bearer(&token).ok_or_else(unusable)?);
            }
        }
        Ok(headers)
    }
}

impl Gate {
    /// The token of this job: a new one for an event, for which each is good once.
    fn token(&self, audience: &str, method: Method) -> Result<Secret, Problem> {
        let mut held = self.held.borrow_mut();
        match held.as_ref() {
            Some((got, token)) if method == Method::Get && got.elapsed() < TOKEN_AGE => Ok(token.clone()),
            _ => {
                let token = ambient_token(audience, &self.web)?;
                *held = Some((Instant::now(), token.clone()));
                Ok(token)
            }
        }
    }
}

fn credential(args: &Args) -> Result<Credential, Problem> {
    match (&args.secret_file, &args.token_file, &args.audience) {
        (Some(path), _, _) => SharedSecret::webhook(secret_file(path)?.expose().as_bytes())
            .map(|secret| Credential::Secret(Box::new(secret)))
            .map_err(|error| Problem::configuration(format!("{}: {error}", path.display()))),
        (None, Some(path), _) => secret_file(path).map(Credential::Token),
        (None, None, Some(audience)) => Ok(Credential::Ambient(audience.clone())),
        (None, None, None) => Err(Problem::usage("name --secret-file, --token-file or --audience")),
    }
}

/// An id that nobody else makes.
fn made_up() -> Result<String, Problem> {
    let mut bytes = [0; ID_BYTES];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Problem::undecided("the system gives no random numbers"))?;
    Ok(format!("submit-{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The JSON of an answer that is a success.
fn accepted(reply: &Reply) -> Result<Value, Problem> {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if reply.status.is_success() {
        return Ok(body);
    }
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let status = reply.status.as_u16();
    let message = format!(
        "the gate answered with status {status} {}: {}",
        text("code"),
        text("detail")
    );
    let message = message.trim_end_matches([' ', ':']);
    Err(match status {
        400 | 413 | 422 => Problem::usage(message),
        401 | 403 | 404 => {
            Problem::configuration(message).help("the gate's log says who called and why it was refused")
        }
        _ => Problem::undecided(message),
    })
}

/// What was decided, if it is: what is printed, and the exit code.
fn decided(event: EventId, answer: &Value) -> Option<(String, ExitCode)> {
    let records = answer.get("records")?.as_array()?;
    // An event that was asked for again has several.
    let mut entries = records.iter().filter_map(|record| record.get("entry"));
    let decision = entries.rfind(|entry| entry.get("kind").and_then(Value::as_str) == Some("decision"))?;
    let text = |pointer: &str| {
        decision
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let verdict = text("/ruling/verdict");
    if verdict == "allowed" {
        let image = format!("{}@{}", text("/repository"), text("/digest"));
        return Some((format!("{}\n", visible(&image)), ExitCode::Allowed));
    }
    let mut told = format!("event {event}: {}\n", visible(verdict));
    for finding in decision
        .get("findings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let part = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default();
        told.push_str(&format!(
            "  {}: {}\n",
            visible(part("code")),
            visible(part("message"))
        ));
    }
    let code = match verdict {
        "denied" => ExitCode::Denied,
        "no-evidence" => ExitCode::NoEvidence,
        _ => ExitCode::Undecided,
    };
    Some((told, code))
}
