//! What webhooks are sent: what was decided, and nothing that the event said.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Fired, Order};
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// The version of the members below.
const SCHEMA_VERSION: u32 = 1;

/// GitHub allows ten members in a payload.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    schema_version: u32,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The same for every attempt, so that a receiver can tell a repetition.
    id: &'a str,
    decision: i64,
    route: &'a str,
    image: String,
    repository: &'a str,
    digest: &'a Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a Digest>,
    decided: Timestamp,
}

fn message(order: &Order) -> Message<'_> {
    Message {
        schema_version: SCHEMA_VERSION,
        kind: "portcullis.decision.allowed",
        id: order.id(),
        decision: order.decision(),
        route: order.route(),
        image: order.image(),
        repository: order.repository(),
        digest: order.digest(),
        policy: order.details().policy.as_ref(),
        decided: order.decided(),
    }
}

/// The body of a webhook.
pub(super) fn body(order: &Order) -> Result<Vec<u8>, Fired> {
    serde_json::to_vec(&message(order)).map_err(|_| unwritable("JSON"))
}

/// The same as a value, to be put into a larger body.
pub(super) fn payload(order: &Order) -> Result<Value, Fired> {
    serde_json::to_value(message(order)).map_err(|_| unwritable("JSON"))
}

/// Names and digests are checked texts, so this does not happen; if it does, nothing is sent.
pub(super) fn unwritable(form: &str) -> Fired {
    let message = format!("the order cannot be written as {form}");
    Fired::Refused(Finding::new(Code::InternalError, message))
}
