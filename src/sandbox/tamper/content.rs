//! Mutations of what is signed and of the bundle as a whole.

use serde_json::{Value, json};

use super::edit;

/// A P-256 signature with r = s = 1: well-formed, and by nobody.
const SOMEONES_SIGNATURE: [u8; 8] = [0x30, 6, 2, 1, 1, 2, 1, 1];

pub(super) fn signature_bit(bundle: &mut Value) -> bool {
    edit::bytes(edit::signature(bundle), |bytes| edit::flip_last(bytes))
}

pub(super) fn signature_replaced(bundle: &mut Value) -> bool {
    edit::bytes(edit::signature(bundle), |bytes| {
        *bytes = SOMEONES_SIGNATURE.to_vec();
        true
    })
}

pub(super) fn signature_empty(bundle: &mut Value) -> bool {
    edit::set(edit::signature(bundle), Value::from(""))
}

pub(super) fn signature_not_base64(bundle: &mut Value) -> bool {
    edit::text(edit::signature(bundle), |text| Some(format!("!{text}")))
}

pub(super) fn message_digest_bit(bundle: &mut Value) -> bool {
    let digest = bundle.pointer_mut("/messageSignature/messageDigest/digest");
    edit::bytes(digest, |bytes| edit::flip_last(bytes))
}

pub(super) fn message_digest_algorithm(bundle: &mut Value) -> bool {
    edit::text(
        bundle.pointer_mut("/messageSignature/messageDigest/algorithm"),
        |name| {
            Some(
                if name == "SHA2_512" {
                    "SHA2_256"
                } else {
                    "SHA2_512"
                }
                .to_owned(),
            )
        },
    )
}

pub(super) fn message_digest_unknown(bundle: &mut Value) -> bool {
    edit::set(
        bundle.pointer_mut("/messageSignature/messageDigest/algorithm"),
        Value::from("SHA2_0"),
    )
}

pub(super) fn message_digest_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, "/messageSignature", "messageDigest")
}

pub(super) fn payload_bit(bundle: &mut Value) -> bool {
    // In the middle, so that the JSON usually still parses.
    edit::bytes(bundle.pointer_mut("/dsseEnvelope/payload"), |bytes| {
        let middle = bytes.len() / 2;
        bytes.get_mut(middle).map(|byte| *byte ^= 1).is_some()
    })
}

pub(super) fn payload_garbage(bundle: &mut Value) -> bool {
    edit::bytes(bundle.pointer_mut("/dsseEnvelope/payload"), |bytes| {
        *bytes = b"not a statement".to_vec();
        true
    })
}

pub(super) fn payload_type(bundle: &mut Value) -> bool {
    edit::text(bundle.pointer_mut("/dsseEnvelope/payloadType"), |name| {
        Some(format!("{name};x"))
    })
}

pub(super) fn second_dsse_signature(bundle: &mut Value) -> bool {
    let Some(signatures) = edit::array(bundle, "/dsseEnvelope/signatures") else {
        return false;
    };
    let Some(first) = signatures.first().cloned() else {
        return false;
    };
    signatures.push(first);
    true
}

pub(super) fn no_dsse_signature(bundle: &mut Value) -> bool {
    edit::set(bundle.pointer_mut("/dsseEnvelope/signatures"), json!([]))
}

pub(super) fn dsse_key_id(bundle: &mut Value) -> bool {
    edit::insert(
        bundle,
        "/dsseEnvelope/signatures/0",
        "keyid",
        Value::from("another-key"),
    )
}

pub(super) fn both_contents(bundle: &mut Value) -> bool {
    let (name, other) = if bundle.get("dsseEnvelope").is_some() {
        (
            "messageSignature",
            json!({"signature": super::super::b64(SOMEONES_SIGNATURE)}),
        )
    } else {
        (
            "dsseEnvelope",
            super::super::bundle::envelope("text/plain", b"x", &SOMEONES_SIGNATURE),
        )
    };
    edit::insert(bundle, "", name, other)
}

pub(super) fn no_content(bundle: &mut Value) -> bool {
    edit::remove(bundle, "", "dsseEnvelope") || edit::remove(bundle, "", "messageSignature")
}

pub(super) fn media_type_unknown(bundle: &mut Value) -> bool {
    edit::insert(
        bundle,
        "",
        "mediaType",
        Value::from("application/vnd.dev.sigstore.bundle.v9.9+json"),
    )
}

pub(super) fn media_type_dropped(bundle: &mut Value) -> bool {
    edit::remove(bundle, "", "mediaType")
}

pub(super) fn media_type_older(bundle: &mut Value) -> bool {
    let older = super::super::MediaType::V01.as_str();
    edit::insert(bundle, "", "mediaType", Value::from(older))
}

pub(super) fn media_type_newer(bundle: &mut Value) -> bool {
    // v0.3 under its other spelling is no other version.
    let is_v03 = bundle
        .get("mediaType")
        .and_then(Value::as_str)
        .is_some_and(|name| name.contains("0.3"));
    let newer = super::super::MediaType::V03.as_str();
    !is_v03 && edit::insert(bundle, "", "mediaType", Value::from(newer))
}

pub(super) fn unknown_member(bundle: &mut Value) -> bool {
    edit::insert(bundle, "", "trustMe", Value::from(true))
}
