//! The certificate authority's HTTP API, as Fulcio's v2 has it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use axum::routing::{get, post};
use der::{Decode as _, Encode as _};
use serde::Deserialize;
use serde_json::json;
use sigstore_types::HashAlgorithm;
use x509_cert::request::CertReq;

use super::ct;
use super::faults::is_lying;
use super::identity::{AUDIENCE, GITHUB, GITLAB, SPIFFE};
use super::principal::{Principal, authenticate};
use super::reply::{Grpc, MAX_REQUEST_BYTES, body, empty, grpc_error, json_reply, read_pem, unb64};
use super::world::{Shared, World, now};
use crate::sandbox::ca::{CertificateRequest, San};
use crate::sandbox::check::{PublicKey, signature_hash};
use crate::sandbox::keys::pem;

// The messages of the real service, which tell a client no more than these.
const BAD_TOKEN: &str = "There was an error processing the identity token";
const BAD_KEY: &str = "The public key supplied in the request could not be parsed";
const BAD_REQUEST: &str = "The certificate signing request could not be parsed";
const BAD_SIGNATURE: &str = "The signature supplied in the request could not be verified";
const BROKEN: &str = "error communicating with CA backend";

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/v2/signingCert", post(signing_cert))
        .route("/api/v2/trustBundle", get(trust_bundle))
        .route("/api/v2/configuration", get(configuration))
        .route("/healthz", get(async || empty(StatusCode::OK)))
        .with_state(world)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SigningRequest {
    credentials: Option<Credentials>,
    public_key_request: Option<PublicKeyRequest>,
    certificate_signing_request: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    #[serde(default)]
    oidc_identity_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PublicKeyRequest {
    public_key: PublicKeyContent,
    #[serde(default)]
    proof_of_possession: String,
}

#[derive(Deserialize)]
struct PublicKeyContent {
    #[serde(default)]
    content: String,
}

async fn signing_cert(State(world): Shared, request: Request) -> Response {
    let lying = is_lying(&request);
    let header = bearer(&request);
    let Some(body) = body(request, MAX_REQUEST_BYTES).await else {
        return empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let request: SigningRequest = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return grpc_error(Grpc::InvalidArgument, &error.to_string()),
    };
    let field = request
        .credentials
        .as_ref()
        .map(|it| it.oidc_identity_token.clone());
    // Clients from before 1.0 send the token as a header; the field wins if both are there.
    let token = field
        .filter(|token| !token.is_empty())
        .or(header)
        .unwrap_or_default();
    let at = now();
    let Ok(mut principal) = authenticate(&world.tokens, &world.urls.oidc, &token, at) else {
        return grpc_error(Grpc::InvalidArgument, BAD_TOKEN);
    };
    let key = match possessed_key(&request, &principal) {
        Ok(key) => key,
        Err(message) => return grpc_error(Grpc::InvalidArgument, message),
    };
    if lying {
        principal.request =
            CertificateRequest::new(San::Email("mallory@example.com".to_owned()), &world.urls.oidc);
    }
    issue(&world, &principal.request, &key, at).unwrap_or_else(|_| grpc_error(Grpc::Internal, BROKEN))
}

fn bearer(request: &Request) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// The key that the requester has shown to have.
fn possessed_key(request: &SigningRequest, principal: &Principal) -> Result<PublicKey, &'static str> {
    if let Some(csr) = request
        .certificate_signing_request
        .as_ref()
        .filter(|csr| !csr.is_empty())
    {
        let bytes = unb64(csr).ok_or(BAD_REQUEST)?;
        let (_, der) = read_pem(&bytes).ok_or(BAD_REQUEST)?;
        let csr = CertReq::from_der(&der).map_err(|_| BAD_REQUEST)?;
        let key = PublicKey::from_spki(csr.info.public_key.clone()).map_err(|_| BAD_KEY)?;
        let signed = csr.info.to_der().map_err(|_| BAD_REQUEST)?;
        let hash = signature_hash(csr.algorithm.oid).ok_or(BAD_SIGNATURE)?;
        let genuine = key.verifies(&signed, hash, csr.signature.raw_bytes());
        return genuine.then_some(key).ok_or(BAD_SIGNATURE);
    }
    let request = request.public_key_request.as_ref().ok_or(BAD_KEY)?;
    let (label, der) = read_pem(request.public_key.content.as_bytes()).ok_or(BAD_KEY)?;
    let key = PublicKey::from_der(&der).map_err(|_| BAD_KEY)?;
    if label != "PUBLIC KEY" {
        return Err(BAD_KEY);
    }
    let proof = unb64(&request.proof_of_possession).ok_or(BAD_SIGNATURE)?;
    // Always SHA-256, whatever the key's own hash is.
    let genuine = key.verifies(principal.challenge.as_bytes(), HashAlgorithm::Sha2256, &proof);
    genuine.then_some(key).ok_or(BAD_SIGNATURE)
}

fn issue(
    world: &World,
    request: &CertificateRequest,
    key: &PublicKey,
    at: jiff::Timestamp,
) -> crate::sandbox::Result<Response> {
    let mut books = world.books();
    let ct_log = books.instance.ct.clone();
    let certificate = books.instance.ca.issue(key.spki(), request, &ct_log, at)?;
    ct::record(&mut books, &certificate, at)?;
    let mut chain = vec![certificate.to_der()?];
    chain.extend(books.instance.ca.chain_der()?);
    let certificates = pem_chain(&chain)?;
    Ok(json_reply(
        StatusCode::OK,
        &json!({"signedCertificateEmbeddedSct": {"chain": {"certificates": certificates}}}),
    ))
}

fn pem_chain(chain: &[Vec<u8>]) -> crate::sandbox::Result<Vec<String>> {
    chain.iter().map(|der| pem("CERTIFICATE", der)).collect()
}

async fn trust_bundle(State(world): Shared) -> Response {
    let chain = world.books().instance.ca.chain_der();
    match chain.and_then(|chain| pem_chain(&chain)) {
        Ok(certificates) => json_reply(
            StatusCode::OK,
            &json!({"chains": [{"certificates": certificates}]}),
        ),
        Err(_) => grpc_error(Grpc::Internal, BROKEN),
    }
}

async fn configuration(State(world): Shared) -> Response {
    let issuer = |url: &str, challenge: &str, kind: &str| {
        json!({
            "issuerUrl": url,
            "audience": AUDIENCE,
            "challengeClaim": challenge,
            "spiffeTrustDomain": "",
            "issuerType": kind,
            "subjectDomain": "",
        })
    };
    json_reply(
        StatusCode::OK,
        &json!({"issuers": [
            issuer(&world.urls.oidc, "email", "email"),
            issuer(GITHUB, "sub", "ci-provider"),
            issuer(GITLAB, "sub", "ci-provider"),
            issuer(SPIFFE, "sub", "spiffe"),
        ]}),
    )
}
