//! What webhooks are sent: what was decided and what that rests on, and nothing that the event said.

use serde_json::{Value, json};

use super::Order;

/// The message, in the form that Standard Webhooks recommends: `type`, `timestamp`, `data`.
pub(super) fn message(order: &Order) -> Value {
    json!({
        "type": "portcullis.image.allowed",
        "timestamp": order.decided().to_string(),
        "data": {
            // The same for every attempt, so that a receiver can tell a repetition.
            "id": order.id(),
            "image": order.image(),
            "repository": order.repository(),
            "digest": order.digest(),
            "route": order.route(),
            "event": order.event(),
            "decision": order.decision(),
            "policy": order.details().policy,
            "rollbackFrom": order.details().rollback_from,
            "signers": order.proof().signers,
            "attempt": order.attempt().number,
        }
    })
}
