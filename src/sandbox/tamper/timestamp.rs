//! Mutations of RFC 3161 timestamps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::edit;
use crate::sandbox::b64;

const TOKENS: &str = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";

fn tokens(bundle: &mut Value) -> Option<&mut Vec<Value>> {
    edit::array(bundle, TOKENS).filter(|tokens| !tokens.is_empty())
}

fn edit_token(bundle: &mut Value, change: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    edit::bytes(bundle.pointer_mut(&format!("{TOKENS}/0/signedTimestamp")), change)
}

pub(super) fn signature(bundle: &mut Value) -> bool {
    // The signature is the last field of the last structure.
    edit_token(bundle, |token| edit::flip_last(token))
}

/// Where the digits of the token's GeneralizedTime are: tag, length 15, `YYYYMMDDhhmmssZ` (without fractions).
fn general_time(token: &[u8]) -> Option<usize> {
    let is_time = |window: &[u8]| match window {
        [0x18, 15, digits @ .., b'Z'] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    Some(token.windows(17).position(is_time)? + 2)
}

pub(super) fn time(bundle: &mut Value) -> bool {
    edit_token(bundle, |token| {
        let year = general_time(token).and_then(|digits| token.get_mut(digits + 3));
        year.map(|digit| *digit = if *digit == b'0' { b'1' } else { *digit - 1 })
            .is_some()
    })
}

/// The time that the first token states, in seconds since the epoch.
pub(super) fn first_time(bundle: &Value) -> Option<i64> {
    let token = bundle.pointer(&format!("{TOKENS}/0/signedTimestamp"))?.as_str()?;
    let token = STANDARD.decode(token).ok()?;
    let begin = general_time(&token)?;
    let digits = std::str::from_utf8(token.get(begin..begin + 14)?).ok()?;
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", digits).ok()?;
    Some(
        time.to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_second(),
    )
}

pub(super) fn dropped(bundle: &mut Value) -> bool {
    tokens(bundle).is_some() && edit::remove(bundle, "/verificationMaterial", "timestampVerificationData")
}

pub(super) fn truncated(bundle: &mut Value) -> bool {
    edit_token(bundle, |token| {
        token.truncate(token.len() / 2);
        true
    })
}

pub(super) fn empty(bundle: &mut Value) -> bool {
    edit_token(bundle, |token| {
        token.clear();
        true
    })
}

pub(super) fn rejected(bundle: &mut Value) -> bool {
    // PKIStatusInfo with status rejection (2) and no token.
    edit_token(bundle, |token| {
        *token = vec![0x30, 5, 0x30, 3, 2, 1, 2];
        true
    })
}

pub(super) fn duplicated(bundle: &mut Value) -> bool {
    let Some(tokens) = tokens(bundle) else {
        return false;
    };
    let Some(first) = tokens.first().cloned() else {
        return false;
    };
    tokens.push(first);
    true
}

pub(super) fn garbage_added(bundle: &mut Value) -> bool {
    tokens(bundle).is_some_and(|tokens| {
        tokens.push(json!({"signedTimestamp": b64(b"not a token")}));
        true
    })
}
