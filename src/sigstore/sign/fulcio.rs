//! Asking Fulcio for a certificate (API v2, `POST /api/v2/signingCert`).
//!
//! The key is proved by a signature over the token's subject rather than by a certificate signing request: both are in
//! the API, every deployment of Fulcio has taken this one since its first version, and nothing has to be written in
//! ASN.1 that Fulcio then ignores (it takes the name from the token, never from the request).

use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::{SignError, Step};
use super::record::{base64, pem};
use super::web::{endpoint, service_name};
use crate::http::{Body, Call, Method, Repeat, Secret, Web};
use crate::report::{Code, Finding};
use crate::sigstore::certificate::{CertificateFacts, ClaimValue, MAX_CERTIFICATE_BYTES};
use crate::sigstore::keys::Signer;
use crate::sigstore::oidc::IdentityToken;

/// Bytes of an answer: a chain of at most a few certificates.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;
/// Certificates of one chain.
const MAX_CHAIN: usize = 10;
/// Seconds that the authority's clock may be ahead of ours.
const MAX_CLOCK_SKEW: i64 = 60;

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";

/// Who asks for a certificate.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// The identity token, a JWT.
    pub token: &'a Secret,
    /// What Fulcio wants signed as proof of the key: the token's e-mail address, or else its subject.
    pub challenge: &'a str,
    /// What the certificate has to name, or end in naming: an e-mail address, a workflow. `None` where the authority makes
    /// a name of its own.
    pub name: Option<&'a str>,
    /// The issuers of which the certificate has to name one.
    pub issuers: [&'a str; 2],
}

impl<'a> From<&'a IdentityToken> for Identity<'a> {
    fn from(token: &'a IdentityToken) -> Self {
        // Where a token names neither a person nor a workflow, authorities make the name of claims of their choice.
        let known = token.email().is_some() || token.identity() != token.subject();
        Self {
            token: token.secret(),
            challenge: token.challenge(),
            name: known.then(|| token.identity()),
            issuers: [token.issuer(), token.certificate_issuer()],
        }
    }
}

impl Identity<'_> {
    /// Refuses a certificate that names somebody else than the token.
    fn check(&self, facts: &CertificateFacts) -> Result<(), Finding> {
        let wrong = |what: &str, found: &str, expected: &str| {
            Finding::new(
                Code::ServiceAnswerInvalid,
                format!("the certificate that was issued names another {what} than the token"),
            )
            .found(found)
            .expected(expected)
            .help("do not use what this service issues: it, or something in between, answers for others")
        };
        let san = facts.san.one();
        let name = san.map_or("no single name", |san| san.value.as_str());
        if let Some(expected) = self.name {
            // Workflows are named below the address of their platform.
            let below = name.strip_suffix(expected).is_some_and(|front| {
                front.is_empty() || (front.starts_with("https://") && front.ends_with('/'))
            });
            if !below {
                return Err(wrong("identity", name, expected));
            }
        }
        let issuer = facts
            .issuer
            .as_ref()
            .and_then(ClaimValue::value)
            .unwrap_or("no issuer");
        match self.issuers.contains(&issuer) {
            true => Ok(()),
            false => {
                let [_, expected] = self.issuers;
                Err(wrong("issuer", issuer, expected))
            }
        }
    }
}

/// A certificate for our key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate in DER.
    pub der: Vec<u8>,
    /// What it says. Not verified yet: the finished bundle is, against the trust root.
    pub facts: CertificateFacts,
    /// The certificates above it, in DER, the issuer first; cosign's older form carries them.
    pub chain: Vec<Vec<u8>>,
}

/// Gets a certificate for the key of `signer`.
pub(super) fn certify(
    web: &Web,
    authority: &Url,
    signer: &dyn Signer,
    identity: Identity<'_>,
    now: Timestamp,
) -> Result<Certificate, SignError> {
    let url = endpoint(authority, "api/v2/signingCert");
    let proof = signer
        .sign(identity.challenge.as_bytes())
        .map_err(|error| SignError::key(&error))?;
    let request = Zeroizing::new(request(identity.token, signer.public_key_der(), &proof));
    let reply = web
        .send(&Call {
            method: Method::Post,
            url: &url,
            headers: HeaderMap::new(),
            body: Some(Body {
                content_type: "application/json",
                bytes: request.as_bytes(),
            }),
            limit_bytes: MAX_ANSWER_BYTES,
            // A second certificate for the same key does no harm.
            repeat: Repeat::Harmless,
        })
        .map_err(|fault| SignError::web(Step::Certificate, &fault))?;
    let name = service_name("certificate authority", authority);
    if !reply.status.is_success() {
        let secrets = [identity.token.expose()];
        return Err(SignError::status(Step::Certificate, &name, &reply, &secrets));
    }
    let chain = read(&reply.body).map_err(|detail| SignError::answer(Step::Certificate, &name, detail))?;
    let accepted = accept(chain, signer.public_key_der(), now);
    let accepted = accepted.and_then(|certificate| identity.check(&certificate.facts).map(|()| certificate));
    accepted.map_err(|finding| {
        let finding = Finding {
            message: format!("{name}: {}", finding.message),
            ..finding
        };
        SignError::new(Step::Certificate, finding)
    })
}

/// Base64 and base64url need no escaping, and the token is refused elsewhere if it is anything else.
fn request(token: &Secret, spki: &[u8], proof: &[u8]) -> String {
    let key = serde_json::Value::from(pem("PUBLIC KEY", spki));
    let token = Zeroizing::new(serde_json::Value::from(token.expose()).to_string());
    format!(
        r#"{{"credentials":{{"oidcIdentityToken":{}}},"publicKeyRequest":{{"publicKey":{{"algorithm":"","content":{key}}},"proofOfPossession":"{}"}}}}"#,
        token.as_str(),
        base64(proof)
    )
}

/// The certificates of an answer in DER, ours first.
fn read(body: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        signed_certificate_embedded_sct: Option<Embedded>,
        signed_certificate_detached_sct: Option<Detached>,
    }
    /// A promise beside the certificate. It is empty where the authority runs without a CT log.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Detached {
        #[serde(default)]
        signed_certificate_timestamp: String,
    }
    #[derive(Deserialize)]
    struct Embedded {
        chain: Chain,
    }
    #[derive(Deserialize)]
    struct Chain {
        certificates: Vec<String>,
    }
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| format!("it is no certificate ({error})"))?;
    let chain = match answer {
        Answer {
            signed_certificate_embedded_sct: Some(embedded),
            ..
        } => embedded.chain.certificates,
        Answer {
            signed_certificate_detached_sct: Some(detached),
            ..
        } => {
            let why = match detached.signed_certificate_timestamp.is_empty() {
                true => {
                    "its certificates are in no certificate transparency log, and such are refused by verifiers: \
                     the authority has to run with a CT log"
                }
                false => {
                    "the certificate's transparency promise is detached, and a bundle has no place for it"
                }
            };
            return Err(why.to_owned());
        }
        _ => return Err("it holds no certificate".to_owned()),
    };
    if chain.is_empty() || chain.len() > MAX_CHAIN {
        return Err(format!("it holds {} certificates", chain.len()));
    }
    chain.iter().map(|text| one(text)).collect()
}

fn one(text: &str) -> Result<Vec<u8>, String> {
    use base64::Engine as _;
    let body = text
        .trim()
        .strip_prefix(PEM_BEGIN)
        .and_then(|rest| rest.strip_suffix(PEM_END))
        .filter(|body| body.len() <= 2 * MAX_CERTIFICATE_BYTES)
        .ok_or("a certificate in it is not PEM")?;
    let body: String = body.split_ascii_whitespace().collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .map_err(|_| "a certificate in it is not PEM".to_owned())
}

/// Takes a certificate that is for our key and for now.
fn accept(mut chain: Vec<Vec<u8>>, spki: &[u8], now: Timestamp) -> Result<Certificate, Finding> {
    let wrong = |message: String| Finding::new(Code::ServiceAnswerInvalid, message);
    let der = match chain.is_empty() {
        true => return Err(wrong("it holds no certificate".to_owned())),
        false => chain.remove(0),
    };
    let facts = CertificateFacts::from_der(&der).map_err(|error| wrong(error.to_string()))?;
    let parsed = x509_cert::Certificate::from_der(&der).map_err(|error| wrong(error.to_string()))?;
    let key = parsed
        .tbs_certificate
        .subject_public_key_info
        .to_der()
        .map_err(|error| wrong(error.to_string()))?;
    if key != spki {
        return Err(
            wrong("the certificate that was issued is for another key than ours".to_owned())
                .help("do not use what this service issues: it, or something in between, answers for others"),
        );
    }
    let skew = jiff::SignedDuration::from_secs(MAX_CLOCK_SKEW);
    if facts.not_before > now + skew || facts.not_after < now {
        return Err(wrong(format!(
            "the certificate that was issued is valid from {} to {}, and it is {now}",
            facts.not_before, facts.not_after
        ))
        .help("check this machine's clock"));
    }
    Ok(Certificate { der, facts, chain })
}
