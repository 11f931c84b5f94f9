//! Writing to the certificate transparency log (`add-pre-chain`, RFC 6962 section 4.2), for other authorities than the
//! sandbox's own: a real Fulcio can be run against this log.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use serde::Deserialize;
use serde_json::json;
use x509_cert::certificate::Certificate;

use super::ct;
use super::reply::{MAX_REQUEST_BYTES, body, json_reply, plain_error, unb64};
use super::world::{Shared, now};
use crate::sandbox::b64;
use crate::sandbox::check::{PublicKey, signature_hash};

/// The extension that makes a certificate a precertificate (RFC 6962 section 3.1).
const POISON: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.3");
/// Where the parts of a serialised SCT begin (RFC 6962 section 3.2): version, log id, time, extensions, signature.
const ID: std::ops::Range<usize> = 1..33;
const SIGNATURE: std::ops::RangeFrom<usize> = 43..;

#[derive(Deserialize)]
struct Chain {
    chain: Vec<String>,
}

/// Logs a precertificate that its issuer signed, and promises it. Which authority that is does not matter here.
pub(super) async fn add_pre_chain(State(world): Shared, request: Request) -> Response {
    let Some(bytes) = body(request, MAX_REQUEST_BYTES).await else {
        return plain_error(StatusCode::PAYLOAD_TOO_LARGE, "request body too large");
    };
    let Some((precertificate, issuer)) = read(&bytes) else {
        return plain_error(StatusCode::BAD_REQUEST, "failed to parse add-chain body");
    };
    let mut tbs = precertificate.tbs_certificate.clone();
    let before = tbs.extensions.as_ref().map_or(0, Vec::len);
    if let Some(extensions) = &mut tbs.extensions {
        extensions.retain(|extension| extension.extn_id != POISON);
    }
    if tbs.extensions.as_ref().map_or(0, Vec::len) == before {
        return plain_error(StatusCode::BAD_REQUEST, "expecting precert submission, got cert");
    }
    if !signed_by(&precertificate, &issuer) {
        return plain_error(StatusCode::BAD_REQUEST, "failed to verify add-chain contents");
    }
    let at = now();
    let mut books = world.books();
    let logged = issuer
        .tbs_certificate
        .subject_public_key_info
        .to_der()
        .map_err(crate::sandbox::Error::from)
        .and_then(|spki| {
            let sct = books.instance.ct.sct(&tbs, &spki, at)?;
            ct::keep(&mut books, &tbs, &spki, at)?;
            Ok(sct)
        });
    let Ok(sct) = logged else {
        return plain_error(StatusCode::INTERNAL_SERVER_ERROR, "error signing");
    };
    json_reply(
        StatusCode::OK,
        &json!({
            "sct_version": 0,
            "id": b64(sct.get(ID).unwrap_or_default()),
            "timestamp": at.as_millisecond(),
            "extensions": "",
            "signature": b64(sct.get(SIGNATURE).unwrap_or_default()),
        }),
    )
}

/// The precertificate and its issuer's certificate.
fn read(bytes: &[u8]) -> Option<(Certificate, Certificate)> {
    let chain: Chain = serde_json::from_slice(bytes).ok()?;
    let mut certificates = chain
        .chain
        .iter()
        .map(|text| Certificate::from_der(&unb64(text)?).ok());
    Some((certificates.next()??, certificates.next()??))
}

fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let key = PublicKey::from_spki(issuer.tbs_certificate.subject_public_key_info.clone());
    let (Ok(key), Ok(message)) = (key, certificate.tbs_certificate.to_der()) else {
        return false;
    };
    let signature = certificate.signature.raw_bytes();
    signature_hash(certificate.signature_algorithm.oid)
        .is_some_and(|hash| key.verifies(&message, hash, signature))
}
