//! Asking a timestamp authority when a signature was made (RFC 3161 over HTTP, section 3.4).

use cms::signed_data::SignedData;
use const_oid::ObjectIdentifier;
use const_oid::db::{rfc5911, rfc5912};
use der::asn1::{Int, OctetString, Uint};
use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use spki::AlgorithmIdentifierOwned;
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion, TstInfo};

use super::error::{SignError, Step};
use super::record::sha256;
use super::web::service_name;
use crate::http::{Body, Call, Method, Repeat, Web};

/// Bytes of an answer: a token with the authority's certificates.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;
/// id-ct-TSTInfo (RFC 3161, section 2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// Bytes of a nonce.
const NONCE_BYTES: usize = 16;

/// A timestamp that is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The whole response in DER, as a bundle holds it.
    pub(super) response: Vec<u8>,
    /// The time that it states. Not verified yet: the finished bundle is, against the trust root.
    pub(super) time: Timestamp,
}

/// Gets a timestamp for a signature.
pub(super) fn stamp(web: &Web, authority: &Url, signature: &[u8]) -> Result<Stamp, SignError> {
    let name = service_name("timestamp authority", authority);
    let failed = |detail: String| SignError::answer(Step::Timestamp, &name, detail);
    let mut nonce = [0; NONCE_BYTES];
    aws_lc_rs::rand::fill(&mut nonce).map_err(|_| failed("no random number can be had here".to_owned()))?;
    let request = request(signature, &nonce).map_err(|error| failed(error.to_string()))?;
    let der = request.to_der().map_err(|error| failed(error.to_string()))?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/timestamp-reply"));
    let reply = web
        .send(&Call {
            method: Method::Post,
            url: authority,
            headers,
            body: Some(Body {
                content_type: "application/timestamp-query",
                bytes: &der,
            }),
            limit_bytes: MAX_ANSWER_BYTES,
            repeat: Repeat::Harmless,
        })
        .map_err(|fault| SignError::web(Step::Timestamp, &fault))?;
    if !reply.status.is_success() {
        return Err(SignError::status(Step::Timestamp, &name, &reply, &[]));
    }
    let time = read(&reply.body, &request).map_err(failed)?;
    Ok(Stamp {
        response: reply.body,
        time,
    })
}

fn request(signature: &[u8], nonce: &[u8]) -> Result<TimeStampReq, der::Error> {
    Ok(TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint {
            hash_algorithm: AlgorithmIdentifierOwned {
                oid: rfc5912::ID_SHA_256,
                parameters: None,
            },
            hashed_message: OctetString::new(sha256(signature))?,
        },
        req_policy: None,
        nonce: Some(Int::from(Uint::new(nonce)?)),
        // The certificate travels with the token, so that every verifier finds it.
        cert_req: true,
        extensions: None,
    })
}

/// Checks that a response grants what was asked for (RFC 3161, section 2.4.2), and gives the time it states.
fn read(response: &[u8], request: &TimeStampReq) -> Result<Timestamp, String> {
    let info = info(response)?;
    let imprint = &info.message_imprint;
    let same = imprint.hash_algorithm.oid == request.message_imprint.hash_algorithm.oid
        && imprint.hashed_message == request.message_imprint.hashed_message;
    if !same {
        return Err("its timestamp is for something else than our signature".to_owned());
    }
    if info.nonce != request.nonce {
        return Err("its timestamp repeats another number than ours: it may be an old one".to_owned());
    }
    time_of(&info)
}

impl Stamp {
    /// A timestamp that an earlier run got.
    pub(super) fn kept(response: Vec<u8>) -> Result<Self, String> {
        let time = time_of(&info(&response)?)?;
        Ok(Self { response, time })
    }
}

/// What a response that grants a timestamp says.
fn info(response: &[u8]) -> Result<TstInfo, String> {
    let malformed = |error: der::Error| format!("it is no timestamp response ({error})");
    let response = TimeStampResp::from_der(response).map_err(malformed)?;
    let status = response.status.status as u8;
    if status > 1 {
        return Err(format!("it did not grant a timestamp (status {status})"));
    }
    let token = response
        .time_stamp_token
        .ok_or("it grants a timestamp and sends none")?;
    if token.content_type != rfc5911::ID_SIGNED_DATA {
        return Err("its token is not signed data".to_owned());
    }
    let signed: SignedData = token.content.decode_as().map_err(malformed)?;
    let content = &signed.encap_content_info;
    let info = content
        .econtent
        .as_ref()
        .filter(|_| content.econtent_type == TST_INFO)
        .ok_or("its token holds no time")?;
    let info: OctetString = info.decode_as().map_err(malformed)?;
    TstInfo::from_der(info.as_bytes()).map_err(malformed)
}

fn time_of(info: &TstInfo) -> Result<Timestamp, String> {
    let seconds = i64::try_from(info.gen_time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_err(|error| error.to_string())
}
