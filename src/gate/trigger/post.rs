//! What answers mean, for every trigger alike.

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use super::Fired;
use crate::http::retry::{may_pass, retry_after};
use crate::http::{Body, Call, Method, Repeat, Reply, Secret, Web, WebFault, WebFaultKind};
use crate::report::{Code, Finding};

/// Bytes of an answer whose content does not matter.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;
/// Characters of a target's words that are repeated.
const MAX_WORDS: usize = 300;

/// Sends a signed body once. A 2xx is all that counts.
pub(super) fn post(
    web: &Web,
    url: &reqwest::Url,
    headers: HeaderMap,
    body: &[u8],
    secret: &Secret,
) -> Result<(), Fired> {
    let call = Call {
        method: Method::Post,
        url,
        headers,
        body: Some(Body {
            content_type: "application/json",
            bytes: body,
        }),
        limit_bytes: MAX_ANSWER_BYTES,
        // Attempts are counted and spaced by who called; a lost answer is told, not hidden behind a repetition.
        repeat: Repeat::OnlyWhenRefused,
    };
    let reply = web.send(&call).map_err(|fault| lost(&fault))?;
    match reply.status.is_success() {
        true => Ok(()),
        false => Err(refused(
            &reply,
            url.host_str().unwrap_or_default(),
            secret,
            Sent::Maybe,
        )),
    }
}

/// A header field. Ids and signatures are always one; if not, nothing is sent.
pub(super) fn header(text: &str) -> Result<HeaderValue, Fired> {
    HeaderValue::from_str(text).map_err(|_| {
        let message = "the order cannot be written into a header field";
        Fired::Refused(Finding::new(Code::InternalError, message))
    })
}

/// Whether what was asked may have had an effect before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was a question.
    No,
    /// It was an order.
    Maybe,
}

/// An order without an answer.
pub(super) fn lost(fault: &WebFault) -> Fired {
    let finding = unreachable(fault);
    match fault.kind {
        // These are found before anything is sent.
        WebFaultKind::Configuration(_) | WebFaultKind::Certificate(_) => {
            Fired::Retry { finding, after: None }
        }
        // An address that is not gone to, or one that points elsewhere: it will be the same next time.
        WebFaultKind::Refused(_) => Fired::Refused(Finding {
            code: Code::TriggerRefused,
            ..finding
        }),
        _ => Fired::Unknown(finding),
    }
}

/// A question without an answer.
pub(super) fn unanswered(fault: &WebFault) -> Fired {
    Fired::Retry {
        after: None,
        finding: unreachable(fault),
    }
}

fn unreachable(fault: &WebFault) -> Finding {
    Finding::new(Code::TriggerUnreachable, fault.to_string())
        .help("check the trigger's url, and that the gate may reach it through the firewall")
}

/// An answer that is not the hoped-for one.
pub(super) fn refused(reply: &Reply, target: &str, secret: &Secret, sent: Sent) -> Fired {
    let status = reply.status;
    let message = format!("{target} answers {status}{}", words(reply, secret));
    let retry = |finding| Fired::Retry {
        finding,
        after: asked_to_wait(&reply.headers),
    };
    let finding = |code| Finding::new(code, message.clone());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => retry(finding(Code::TriggerUnauthorized).help(
            "give the gate's account this permission, or renew its secret: the file is read again each time",
        )),
        StatusCode::CONFLICT | StatusCode::LOCKED | StatusCode::TOO_MANY_REQUESTS => {
            retry(finding(Code::TriggerBusy))
        }
        status if may_pass(status) && sent == Sent::Maybe => {
            Fired::Unknown(Finding::new(Code::TriggerUnreachable, message))
        }
        status if may_pass(status) => retry(finding(Code::TriggerUnreachable)),
        _ => Fired::Refused(Finding::new(Code::TriggerRefused, message).help(
            "compare the trigger's url and names with the target; replay the decision when they agree",
        )),
    }
}

fn asked_to_wait(headers: &HeaderMap) -> Option<Timestamp> {
    let now = Timestamp::now();
    let wait = retry_after(headers.get(RETRY_AFTER)?.to_str().ok()?, now)?;
    // A time that does not fit is as good as the latest one; deadlines end it earlier.
    Some(now.saturating_add(wait).unwrap_or(Timestamp::MAX))
}

/// What the target says, unless it repeats the secret.
fn words(reply: &Reply, secret: &Secret) -> String {
    #[derive(serde::Deserialize)]
    struct Said {
        message: Option<String>,
        error: Option<String>,
    }
    let said: Option<Said> = serde_json::from_slice(&reply.body).ok();
    let text = said.and_then(|said| said.message.or(said.error));
    match text {
        Some(text) if !text.contains(secret.expose()) => {
            format!(": {}", text.chars().take(MAX_WORDS).collect::<String>())
        }
        _ => String::new(),
    }
}
