//! A Sigstore instance over HTTP, on loopback: the sandbox's parts behind one address, with a place to answer otherwise.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use portcullis::http::{Patience, RetryPolicy, Secret, Web, WebConfig};
use portcullis::report::Finding;
use portcullis::sandbox::entry::ProposedEntry;
use portcullis::sandbox::{CertificateRequest, Instance, San};
use portcullis::sigstore::Engine;
use portcullis::sigstore::sign::{
    Complete, Content, Credential, Draft, Form, Identity, LogVersion, Need, Plan, Selector,
    Service as Config, SignError, SigningConfig, Stopped, Subject, authority, plan,
};
use portcullis::subject::Digest;
use reqwest::Url;
use serde_json::{Value, json};

use crate::judge;
use crate::service::{Act, Request, Service};

pub(crate) const EMAIL: &str = "dev@example.com";
pub(crate) const ISSUER: &str = "https://accounts.example.com";
pub(crate) const ARTIFACT: &[u8] = b"the artifact";
pub(crate) const TOKEN: &str =
    "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImRldkBleGFtcGxlLmNvbSJ9.c2VjcmV0LXNpZ25hdHVyZQ";

pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) engine: Engine,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::twisted(|_, honest| honest)
    }

    /// An instance whose answers pass through `twist`.
    pub(crate) fn twisted(twist: impl Fn(&Request, Act) -> Act + Send + Sync + 'static) -> Self {
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
        let instance = Instance::new(11, now).unwrap();
        let trusted_root = instance.trusted_root_json().unwrap();
        let shared = Mutex::new(instance);
        let service = Service::start(move |request, _| twist(request, honest(&shared, request)));
        Self {
            engine: judge::engine(&trusted_root),
            service,
        }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.service.url())).unwrap()
    }

    pub(crate) fn config(&self) -> SigningConfig {
        let service = |path: &str, version| Config::named(self.url(path), version);
        SigningConfig {
            authorities: vec![service("/fulcio", 1)],
            logs: vec![service("/v2", 2), service("/v1", 1)],
            log_selector: Selector::Any,
            timestampers: vec![service("/tsa", 1)],
            timestamp_selector: Selector::Any,
            issuers: Vec::new(),
        }
    }

    pub(crate) fn web(&self) -> Web {
        web()
    }

    /// Signs keyless with a log of this generation.
    pub(crate) fn sign(&self, version: LogVersion, form: Form) -> Result<Complete, Failure> {
        self.sign_about(version, subject(), content(form))
    }

    /// The same about another subject.
    pub(crate) fn sign_about(
        &self,
        version: LogVersion,
        subject: Subject,
        content: Content,
    ) -> Result<Complete, Failure> {
        let web = self.web();
        let draft = self.draft(&web, version, subject, content)?;
        self.finish(&web, draft)
    }

    /// The signature alone, with its certificate.
    fn draft(
        &self,
        web: &Web,
        version: LogVersion,
        subject: Subject,
        content: Content,
    ) -> Result<Draft, Failure> {
        let config = self.config();
        let now = Timestamp::now();
        let token = Secret::new(TOKEN);
        let identity = Identity {
            token: &token,
            challenge: EMAIL,
            name: Some(EMAIL),
            issuers: [ISSUER; 2],
        };
        let url = authority(&config, now)?;
        let credential = Credential::keyless(web, &url, identity, now)?;
        let need = Need {
            kind: credential.kind(),
            form: content.form(),
            certificate: true,
            log: true,
            version: Some(version),
        };
        Ok(credential.sign(subject, content, plan(&config, need, now)?)?)
    }

    pub(crate) fn finish(&self, web: &Web, draft: Draft) -> Result<Complete, Failure> {
        Ok(draft.finish(web, &self.engine, Timestamp::now, &|_, _| {})?)
    }

    pub(crate) fn sign_with(
        &self,
        credential: &Credential<'_>,
        form: Form,
        plan: Plan,
    ) -> Result<Complete, Failure> {
        let draft = credential.sign(subject(), content(form), plan)?;
        self.finish(&self.web(), draft)
    }
}

/// Why nothing came of it, and what was reached.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: SignError,
    pub(crate) draft: Option<Draft>,
}

impl Failure {
    pub(crate) fn code(&self) -> &'static str {
        self.error.code().name()
    }

    pub(crate) fn finding(&self) -> &Finding {
        &self.error.finding
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        Self { error, draft: None }
    }
}

impl From<Box<Stopped>> for Failure {
    fn from(stopped: Box<Stopped>) -> Self {
        Self {
            error: stopped.error,
            draft: Some(stopped.draft),
        }
    }
}

pub(crate) fn web() -> Web {
    Web::new(WebConfig {
        patience: Patience {
            answer: std::time::Duration::from_millis(700),
            read: std::time::Duration::from_millis(700),
            retry: RetryPolicy {
                attempts: 3,
                base: std::time::Duration::from_millis(5),
                longest: std::time::Duration::from_secs(2),
            },
            ..Patience::default()
        },
        ..WebConfig::default()
    })
    .unwrap()
}

pub(crate) fn subject() -> Subject {
    Subject {
        name: "artifact".to_owned(),
        digest: Digest::sha256(ARTIFACT),
    }
}

pub(crate) fn content(form: Form) -> Content {
    let digest = Digest::sha256(ARTIFACT);
    match form {
        Form::Message => Content::Message(digest.as_bytes().try_into().unwrap()),
        Form::Statement => Content::Statement(
            json!({
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "artifact", "digest": {"sha256": digest.to_hex()}}],
                "predicateType": "https://example.com/t",
                "predicate": {"text": "with \"quotes\", \\ and ü"},
            })
            .to_string()
            .into_bytes(),
        ),
    }
}

/// What an honest instance answers.
fn honest(instance: &Mutex<Instance>, request: &Request) -> Act {
    let mut instance = instance.lock().unwrap();
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    match request.target.as_str() {
        "/fulcio/api/v2/signingCert" => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(body["credentials"]["oidcIdentityToken"], TOKEN);
            let spki = spki_of(&body);
            let proof = bytes(&body["publicKeyRequest"]["proofOfPossession"]);
            let key =
                sigstore_crypto::VerificationKey::from_spki(&sigstore_types::DerPublicKey::from_bytes(&spki));
            key.unwrap()
                .verify(
                    EMAIL.as_bytes(),
                    &sigstore_types::SignatureBytes::from_bytes(&proof),
                )
                .unwrap();
            Act::body(200, certificate(&mut instance, &spki, EMAIL, now))
        }
        "/tsa" => {
            assert_eq!(
                request.header("content-type"),
                Some("application/timestamp-query")
            );
            Act::body(200, instance.tsa.answer(&request.body, now).unwrap())
        }
        "/v1/api/v1/log/entries" => {
            let entry = entry_v1(&request.body);
            let logged = instance.rekor_v1.log(entry, now).unwrap();
            Act::body(201, answer_v1(&logged.to_bundle_json()))
        }
        "/v2/api/v2/log/entries" => {
            let entry = entry_v2(&request.body);
            let logged = instance.rekor_v2.log(entry, None).unwrap();
            Act::body(201, logged.to_bundle_json().to_string())
        }
        _ => Act::status(404),
    }
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// The key of a request for a certificate.
pub(crate) fn spki_of(request: &Value) -> Vec<u8> {
    let pem = request["publicKeyRequest"]["publicKey"]["content"]
        .as_str()
        .unwrap();
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(text).unwrap()
}

/// Fulcio's answer with a certificate for a key and a name.
pub(crate) fn certificate(instance: &mut Instance, spki: &[u8], email: &str, at: Timestamp) -> String {
    let request = CertificateRequest::new(San::Email(email.to_owned()), ISSUER);
    let spki = spki::SubjectPublicKeyInfoOwned::from_der(spki).unwrap();
    let leaf = instance.ca.issue(&spki, &request, &instance.ct, at).unwrap();
    let mut chain = vec![leaf.to_der().unwrap()];
    chain.extend(instance.ca.chain_der().unwrap());
    let chain: Vec<String> = chain
        .iter()
        .map(|der| der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der).unwrap())
        .collect();
    json!({"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}).to_string()
}

fn sha256(bytes: &[u8]) -> Value {
    json!({"algorithm": "sha256", "value": Digest::sha256(bytes).to_hex()})
}

/// What Rekor v1 makes of a request: it keeps `hashedrekord` as it is, and takes an envelope apart.
pub(crate) fn entry_v1(body: &[u8]) -> ProposedEntry {
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["apiVersion"], "0.0.1");
    if body["kind"] == "hashedrekord" {
        return ProposedEntry::new("hashedrekord", "0.0.1", &body["spec"]);
    }
    let proposed = &body["spec"]["proposedContent"];
    let text = proposed["envelope"].as_str().unwrap();
    let envelope: Value = serde_json::from_str(text).unwrap();
    let spec = json!({
        "envelopeHash": sha256(text.as_bytes()),
        "payloadHash": sha256(&bytes(&envelope["payload"])),
        "signatures": [{"signature": envelope["signatures"][0]["sig"], "verifier": proposed["verifiers"][0]}],
    });
    ProposedEntry::new("dsse", "0.0.1", &spec)
}

pub(crate) fn entry_v2(body: &[u8]) -> ProposedEntry {
    let body: Value = serde_json::from_slice(body).unwrap();
    let request = &body["hashedRekordRequestV002"];
    let spec = json!({"hashedRekordV002": {
        "data": {"algorithm": "SHA2_256", "digest": request["digest"]},
        "signature": request["signature"],
    }});
    ProposedEntry::new("hashedrekord", "0.0.2", &spec)
}

/// An entry as the API of Rekor v1 gives it out.
pub(crate) fn answer_v1(entry: &Value) -> String {
    let number = |value: &Value| value.as_str().unwrap().parse::<i64>().unwrap();
    let hexed = |value: &Value| hex::encode(bytes(value));
    let proof = &entry["inclusionProof"];
    let hashes: Vec<String> = proof["hashes"].as_array().unwrap().iter().map(hexed).collect();
    json!({"24296fb24b8ad77a0000000000000000000000000000000000000000000000000000000000000000": {
        "body": entry["canonicalizedBody"],
        "integratedTime": number(&entry["integratedTime"]),
        "logID": hexed(&entry["logId"]["keyId"]),
        "logIndex": number(&entry["logIndex"]),
        "verification": {
            "signedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
            "inclusionProof": {
                "checkpoint": proof["checkpoint"]["envelope"],
                "hashes": hashes,
                "logIndex": number(&proof["logIndex"]),
                "rootHash": hexed(&proof["rootHash"]),
                "treeSize": number(&proof["treeSize"]),
            },
        },
    }})
    .to_string()
}
