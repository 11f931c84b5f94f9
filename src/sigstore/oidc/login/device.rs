//! The device flow (RFC 8628): a code is shown, typed in on any device, and the token is asked for until it is there.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::browser::Answer;
use super::{Flow, SCOPE, random};
use crate::http::Secret;
use crate::sigstore::oidc::ask::{Question, error_code, parse, refused, secret};
use crate::sigstore::oidc::error::Reason;
use crate::sigstore::oidc::token::IdentityToken;

/// How often is asked when the issuer does not say (RFC 8628, section 3.2).
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// What `slow_down` adds to the interval (RFC 8628, section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// Shortest and longest interval, whatever the issuer says.
const INTERVALS: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(60);
/// How long a code lives at most, whatever the issuer says.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// Longest code and address that are shown, in bytes.
const MAX_SHOWN_BYTES: usize = 512;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Deserialize)]
struct Invitation {
    #[serde(deserialize_with = "secret")]
    device_code: Secret,
    user_code: String,
    verification_uri: String,
    #[serde(default)]
    verification_uri_complete: Option<String>,
    expires_in: u64,
    #[serde(default)]
    interval: Option<u64>,
}

pub(super) fn run(flow: &Flow<'_>, now: fn() -> Timestamp) -> Result<IdentityToken, Reason> {
    let Some(endpoint) = &flow.issuer.device else {
        return Err(Reason::Configuration(format!(
            "{} has no device flow: log in with the browser",
            flow.issuer.name
        )));
    };
    let verifier = random::value()?;
    let fields = [
        ("client_id", flow.options.client_id.as_str()),
        ("scope", SCOPE),
        ("code_challenge", &random::challenge(&verifier)),
        ("code_challenge_method", "S256"),
    ];
    let mut question = Question::form(endpoint, &fields);
    if let Some(secret) = &flow.options.client_secret {
        question = question.basic(&flow.options.client_id, secret)?;
    }
    let invitation: Invitation = question.answer(flow.web)?;
    invite(flow, &invitation)?;
    let answer = poll(flow, &invitation, &verifier)?;
    // The flow has no nonce: the device code, which only this process knows, ties the token to it.
    flow.token(&answer.id_token, None, now())
}

/// Shows where to go and what to type. Both are an issuer's text for a person, so they have to look like what they are.
fn invite(flow: &Flow<'_>, invitation: &Invitation) -> Result<(), Reason> {
    let strange =
        |what: &str| Reason::Unavailable(format!("{} sent {what} that cannot be shown", flow.issuer.name));
    let address = |text: &str| {
        let url = reqwest::Url::parse(text).ok();
        url.filter(|url| text.len() <= MAX_SHOWN_BYTES && flow.web.check_address(url).is_ok())
            .ok_or_else(|| strange("an address"))
    };
    let place = address(&invitation.verification_uri)?;
    let code = &invitation.user_code;
    if code.is_empty() || code.len() > MAX_SHOWN_BYTES || !code.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(strange("a code"));
    }
    let direct = match &invitation.verification_uri_complete {
        Some(text) => format!("\nor open {}", address(text)?),
        None => String::new(),
    };
    (flow.person.tell)(&format!(
        "On any device, open {place}\nand enter the code {code}{direct}\n"
    ));
    Ok(())
}

/// Asks until there is a token, a refusal, or no time left.
fn poll(flow: &Flow<'_>, invitation: &Invitation, verifier: &Secret) -> Result<Answer, Reason> {
    let bounded = |wanted: Duration| wanted.clamp(*INTERVALS.start(), *INTERVALS.end());
    let mut interval = bounded(invitation.interval.map_or(DEFAULT_INTERVAL, Duration::from_secs));
    let lifetime = Duration::from_secs(invitation.expires_in).min(MAX_LIFETIME);
    let fields = [
        ("grant_type", GRANT),
        ("device_code", invitation.device_code.expose()),
        ("code_verifier", verifier.expose()),
    ];
    let mut waited = Duration::ZERO;
    loop {
        waited = waited.saturating_add(interval);
        if waited > lifetime {
            return Err(Reason::Refused(
                "nobody entered the code before it expired".to_owned(),
            ));
        }
        (flow.person.pause)(interval);
        let request = flow.issuer.token_request(
            &flow.options.client_id,
            flow.options.client_secret.as_ref(),
            &fields,
        )?;
        let (status, body) = match request.send(flow.web) {
            Ok(reply) => reply,
            // No answer is no refusal: ask more slowly (RFC 8628, section 3.5).
            Err(Reason::Unavailable(_)) => {
                interval = bounded(interval.saturating_add(SLOW_DOWN));
                continue;
            }
            Err(reason) => return Err(reason),
        };
        if (200..300).contains(&status) {
            return parse(&flow.issuer.name, &body);
        }
        match error_code(&body).as_deref() {
            Some("authorization_pending") => {}
            Some("slow_down") => interval = bounded(interval.saturating_add(SLOW_DOWN)),
            Some("access_denied") => return Err(Reason::Refused("the login was refused".to_owned())),
            Some("expired_token") => {
                return Err(Reason::Refused(
                    "nobody entered the code before it expired".to_owned(),
                ));
            }
            _ if status >= 500 || status == 429 => interval = bounded(interval.saturating_add(SLOW_DOWN)),
            _ => return Err(refused(&flow.issuer.name, status, &body)),
        }
    }
}
