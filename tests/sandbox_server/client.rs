//! A small HTTP client, and the steps of signing as a client takes them.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portcullis::sandbox::PrivateKey;
use portcullis::sandbox::server::Sandbox;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
});
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(20))
        .build()
        .unwrap()
});

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// Sends a request; `None` if no whole answer came.
pub(crate) fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Option<Reply> {
    let mut request = CLIENT.request(method.parse().unwrap(), url).body(body.into());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    RUNTIME.block_on(async {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.ok()?.to_vec();
        Some(Reply {
            status,
            headers,
            body,
        })
    })
}

pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Reply {
    try_send(method, url, headers, body).expect("an answer")
}

pub(crate) fn get(url: &str) -> Reply {
    send("GET", url, &[], "")
}

pub(crate) fn post(url: &str, body: &Value) -> Reply {
    send(
        "POST",
        url,
        &[("content-type", "application/json")],
        body.to_string(),
    )
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn unb64(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().expect("a string")).unwrap()
}

/// A request for a certificate with a proof of possession over `challenge`.
pub(crate) fn certificate_request(token: &str, key: &PrivateKey, challenge: &str) -> Value {
    let proof = key
        .sign_with(challenge.as_bytes(), HashAlgorithm::Sha2256)
        .unwrap();
    json!({
        "credentials": {"oidcIdentityToken": token},
        "publicKeyRequest": {
            "publicKey": {"algorithm": "ECDSA", "content": key.public_pem().unwrap()},
            "proofOfPossession": b64(proof),
        },
    })
}

/// The certificate that Fulcio gives, as DER, leaf first.
pub(crate) fn certificates(
    sandbox: &Sandbox,
    token: &str,
    key: &PrivateKey,
    challenge: &str,
) -> Vec<Vec<u8>> {
    let request = certificate_request(token, key, challenge);
    let reply = post(&format!("{}/api/v2/signingCert", sandbox.urls().fulcio), &request).expect(200);
    let json = reply.json();
    let chain = json["signedCertificateEmbeddedSct"]["chain"]["certificates"]
        .as_array()
        .unwrap();
    chain.iter().map(|pem| pem_bytes(pem.as_str().unwrap())).collect()
}

/// The bytes of the first PEM block.
pub(crate) fn pem_bytes(pem: &str) -> Vec<u8> {
    let lines = pem
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN"))
        .skip(1);
    let text: String = lines.take_while(|line| !line.starts_with("-----END")).collect();
    STANDARD.decode(text).unwrap()
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", b64(der))
}
