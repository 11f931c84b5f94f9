//! Finding and changing values in a bundle's JSON. Every function says whether there was something to change.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// Where log entries are; mutations change the first one.
pub(super) const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

/// Changes the bytes behind a base64 string.
pub(super) fn bytes(value: Option<&mut Value>, change: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    let Some(value) = value else { return false };
    let Some(mut bytes) = value.as_str().and_then(|text| STANDARD.decode(text).ok()) else {
        return false;
    };
    let changed = change(&mut bytes);
    *value = Value::from(STANDARD.encode(bytes));
    changed
}

/// Changes a string.
pub(super) fn text(value: Option<&mut Value>, change: impl FnOnce(&str) -> Option<String>) -> bool {
    let Some(value) = value else { return false };
    match value.as_str().and_then(change) {
        Some(changed) => set(Some(value), Value::from(changed)),
        None => false,
    }
}

/// Changes a 64 bit integer, which proto3 JSON writes as a string or as a number.
pub(super) fn integer(value: Option<&mut Value>, change: impl FnOnce(i128) -> i128) -> bool {
    let Some(value) = value else { return false };
    let number = match &*value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64().map(i128::from),
    };
    number.is_some_and(|number: i128| set(Some(value), Value::from(change(number).to_string())))
}

/// Replaces a value.
pub(super) fn set(value: Option<&mut Value>, new: Value) -> bool {
    value.map(|value| *value = new).is_some()
}

/// Removes a member of the object at `pointer`.
pub(super) fn remove(bundle: &mut Value, pointer: &str, member: &str) -> bool {
    object(bundle, pointer).is_some_and(|object| object.remove(member).is_some())
}

/// Sets a member of the object at `pointer`.
pub(super) fn insert(bundle: &mut Value, pointer: &str, member: &str, value: Value) -> bool {
    object(bundle, pointer).is_some_and(|object| {
        object.insert(member.to_owned(), value);
        true
    })
}

/// The object at `pointer`.
pub(super) fn object<'a>(bundle: &'a mut Value, pointer: &str) -> Option<&'a mut Map<String, Value>> {
    bundle.pointer_mut(pointer)?.as_object_mut()
}

/// The array at `pointer`.
pub(super) fn array<'a>(bundle: &'a mut Value, pointer: &str) -> Option<&'a mut Vec<Value>> {
    bundle.pointer_mut(pointer)?.as_array_mut()
}

/// Flips the lowest bit of the last byte: signatures and names stay well-formed.
pub(super) fn flip_last(bytes: &mut [u8]) -> bool {
    bytes.last_mut().map(|byte| *byte ^= 1).is_some()
}

/// Flips the lowest bit of the last byte of `part` inside `whole`.
pub(super) fn flip_in(whole: &mut [u8], part: &[u8]) -> bool {
    let Some(position) = position(whole, part) else {
        return false;
    };
    whole
        .get_mut(position..position + part.len())
        .is_some_and(flip_last)
}

/// Where `part` begins in `whole`.
pub(super) fn position(whole: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    whole.windows(part.len()).position(|window| window == part)
}

/// Where the signature is.
pub(super) fn signature(bundle: &mut Value) -> Option<&mut Value> {
    let pointer = if bundle.get("dsseEnvelope").is_some() {
        "/dsseEnvelope/signatures/0/sig"
    } else {
        "/messageSignature/signature"
    };
    bundle.pointer_mut(pointer)
}

/// Where the signing certificate is.
pub(super) fn certificate(bundle: &mut Value) -> Option<&mut Value> {
    let single = "/verificationMaterial/certificate/rawBytes";
    let chain = "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes";
    let pointer = if bundle.pointer(single).is_some() {
        single
    } else {
        chain
    };
    bundle.pointer_mut(pointer)
}

/// A member of the first log entry.
pub(super) fn entry<'a>(bundle: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    bundle.pointer_mut(&format!("{ENTRY}{path}"))
}

/// Whether the first log entry is from Rekor v2, which signs neither time nor promise.
pub(super) fn is_rekor_v2(bundle: &Value) -> bool {
    let version = bundle
        .pointer(&format!("{ENTRY}/kindVersion/version"))
        .and_then(Value::as_str);
    let kind = bundle
        .pointer(&format!("{ENTRY}/kindVersion/kind"))
        .and_then(Value::as_str);
    version == Some("0.0.2") && kind != Some("intoto")
}
