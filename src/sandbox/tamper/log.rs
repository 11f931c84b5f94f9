//! Mutations of log entries: index, log, kind, promise, time and body.

use serde_json::{Value, json};

use super::edit::{self, ENTRY};

/// A year in seconds.
const YEAR: i128 = 365 * 24 * 3600;
/// A time in 2100.
const FUTURE: i128 = 4_102_444_800;

pub(super) fn entries_dropped(bundle: &mut Value) -> bool {
    edit::set(bundle.pointer_mut("/verificationMaterial/tlogEntries"), json!([]))
}

pub(super) fn entry_duplicated(bundle: &mut Value) -> bool {
    let Some(entries) = edit::array(bundle, "/verificationMaterial/tlogEntries") else {
        return false;
    };
    let Some(first) = entries.first().cloned() else {
        return false;
    };
    entries.push(first);
    true
}

pub(super) fn log_index(bundle: &mut Value) -> bool {
    edit::integer(edit::entry(bundle, "/logIndex"), |index| index + 1)
}

pub(super) fn log_index_negative(bundle: &mut Value) -> bool {
    edit::set(edit::entry(bundle, "/logIndex"), Value::from("-1"))
}

pub(super) fn log_index_huge(bundle: &mut Value) -> bool {
    edit::set(
        edit::entry(bundle, "/logIndex"),
        Value::from("18446744073709551616"),
    )
}

pub(super) fn log_id(bundle: &mut Value) -> bool {
    edit::bytes(edit::entry(bundle, "/logId/keyId"), |id| edit::flip_last(id))
}

pub(super) fn log_id_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, ENTRY, "logId")
}

pub(super) fn entry_kind(bundle: &mut Value) -> bool {
    edit::text(edit::entry(bundle, "/kindVersion/kind"), |kind| {
        Some(
            if kind == "hashedrekord" {
                "dsse"
            } else {
                "hashedrekord"
            }
            .to_owned(),
        )
    })
}

pub(super) fn entry_version(bundle: &mut Value) -> bool {
    edit::text(edit::entry(bundle, "/kindVersion/version"), |version| {
        Some(if version == "0.0.1" { "0.0.2" } else { "0.0.1" }.to_owned())
    })
}

pub(super) fn entry_kind_unknown(bundle: &mut Value) -> bool {
    edit::set(
        edit::entry(bundle, "/kindVersion/kind"),
        Value::from("trustmerekord"),
    )
}

const SET: &str = "/inclusionPromise/signedEntryTimestamp";

pub(super) fn set_bit(bundle: &mut Value) -> bool {
    edit::bytes(edit::entry(bundle, SET), |bytes| edit::flip_last(bytes))
}

pub(super) fn set_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, ENTRY, "inclusionPromise")
}

pub(super) fn set_empty(bundle: &mut Value) -> bool {
    edit::set(edit::entry(bundle, SET), Value::from(""))
}

pub(super) fn integrated_time_shifted(bundle: &mut Value) -> bool {
    edit::integer(edit::entry(bundle, "/integratedTime"), |time| time + 1)
}

pub(super) fn integrated_time_backdated(bundle: &mut Value) -> bool {
    edit::integer(edit::entry(bundle, "/integratedTime"), |time| time - YEAR)
}

pub(super) fn integrated_time_future(bundle: &mut Value) -> bool {
    edit::integer(edit::entry(bundle, "/integratedTime"), |_| FUTURE)
}

pub(super) fn integrated_time_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, ENTRY, "integratedTime")
}

pub(super) fn integrated_time_for_timestamp(bundle: &mut Value) -> bool {
    // Within the validity of the certificate, as an attacker would choose it.
    let time = super::timestamp::first_time(bundle);
    edit::is_rekor_v2(bundle)
        && super::timestamp::dropped(bundle)
        && time.is_some_and(|time| edit::insert(bundle, ENTRY, "integratedTime", json!(time.to_string())))
}

/// Changes the body's JSON and encodes it again.
fn edit_body(bundle: &mut Value, change: impl FnOnce(&mut Value) -> bool) -> bool {
    edit::bytes(edit::entry(bundle, "/canonicalizedBody"), |body| {
        let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
            return false;
        };
        let changed = change(&mut json);
        *body = crate::sandbox::entry::canonical(&json).into_bytes();
        changed
    })
}

/// Flips a bit of the first of `pointers` that is there, given its encoding.
fn flip_first(json: &mut Value, pointers: &[&str], flip: fn(Option<&mut Value>) -> bool) -> bool {
    pointers.iter().any(|pointer| flip(json.pointer_mut(pointer)))
}

fn flip_base64(value: Option<&mut Value>) -> bool {
    edit::bytes(value, |bytes| edit::flip_last(bytes))
}

fn flip_hex(value: Option<&mut Value>) -> bool {
    edit::text(value, |text| {
        let mut bytes = hex::decode(text).ok()?;
        edit::flip_last(&mut bytes).then(|| hex::encode(bytes))
    })
}

pub(super) fn body_hash(bundle: &mut Value) -> bool {
    edit_body(bundle, |json| {
        let v1 = [
            "/spec/data/hash/value",
            "/spec/payloadHash/value",
            "/spec/content/payloadHash/value",
        ];
        let v2 = [
            "/spec/hashedRekordV002/data/digest",
            "/spec/dsseV002/payloadHash/digest",
        ];
        flip_first(json, &v1, flip_hex) || flip_first(json, &v2, flip_base64)
    })
}

pub(super) fn body_signature(bundle: &mut Value) -> bool {
    let pointers = [
        "/spec/signature/content",
        "/spec/signatures/0/signature",
        "/spec/content/envelope/signatures/0/sig",
        "/spec/hashedRekordV002/signature/content",
        "/spec/dsseV002/signatures/0/content",
    ];
    edit_body(bundle, |json| flip_first(json, &pointers, flip_base64))
}

pub(super) fn body_verifier(bundle: &mut Value) -> bool {
    let v1 = [
        "/spec/signature/publicKey/content",
        "/spec/signatures/0/verifier",
        "/spec/content/envelope/signatures/0/publicKey",
    ];
    let v2 = [
        "/spec/hashedRekordV002/signature/verifier",
        "/spec/dsseV002/signatures/0/verifier",
    ];
    edit_body(bundle, |json| {
        flip_first(json, &v1, other_pem)
            || v2.iter().any(|pointer| {
                let certificate = format!("{pointer}/x509Certificate/rawBytes");
                let key = format!("{pointer}/publicKey/rawBytes");
                flip_first(json, &[certificate.as_str(), key.as_str()], flip_base64)
            })
    })
}

/// The last letter of the first PEM line becomes another one.
fn other_pem(value: Option<&mut Value>) -> bool {
    edit::bytes(value, |pem| {
        let begin = edit::position(pem, b"-----\n").map(|begin| begin + 6);
        let letter = begin.and_then(|begin| pem.get_mut(begin + 20));
        letter
            .map(|letter| *letter = if *letter == b'A' { b'B' } else { b'A' })
            .is_some()
    })
}

pub(super) fn body_reformatted(bundle: &mut Value) -> bool {
    edit::bytes(edit::entry(bundle, "/canonicalizedBody"), |body| {
        body.push(b' ');
        true
    })
}

pub(super) fn body_garbage(bundle: &mut Value) -> bool {
    edit::bytes(edit::entry(bundle, "/canonicalizedBody"), |body| {
        *body = b"not an entry".to_vec();
        true
    })
}

pub(super) fn body_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, ENTRY, "canonicalizedBody")
}
