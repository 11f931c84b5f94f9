//! Certificates: what is in them by issuer, and which requests get none.

use der::{Decode, Encode};
use jiff::{SignedDuration, Timestamp};
use portcullis::sandbox::seed::Seed;
use portcullis::sandbox::server::{GithubRun, GitlabJob, Identity, Options, Sandbox, TokenRequest};
use portcullis::sandbox::{KeyKind, PrivateKey};
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::request::{CertReq, CertReqInfo, Version};

use crate::client::{b64, certificate_request, certificates, get, pem, post, send};

const EMAIL: &str = "dev@example.com";

fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey::derive(&Seed::new(3), "applicant", kind).unwrap()
}

fn email() -> Identity {
    Identity::Email(EMAIL.to_owned())
}

fn url(sandbox: &Sandbox) -> String {
    format!("{}/api/v2/signingCert", sandbox.urls().fulcio)
}

/// The value of Fulcio's extension `arc`, without its DER tag where it has one.
fn claim(leaf: &[u8], arc: u32) -> Option<String> {
    let leaf = Certificate::from_der(leaf).unwrap();
    let oid = format!("1.3.6.1.4.1.57264.1.{arc}");
    let extensions = leaf.tbs_certificate.extensions.unwrap();
    let found = extensions
        .iter()
        .find(|extension| extension.extn_id.to_string() == oid)?;
    let bytes = found.extn_value.as_bytes();
    let text = if arc <= 6 {
        bytes.to_vec()
    } else {
        String::from_der(bytes).unwrap().into_bytes()
    };
    Some(String::from_utf8(text).unwrap())
}

#[test]
fn every_kind_of_key_gets_a_certificate_by_proof_and_by_request() {
    let sandbox = sandbox();
    let token = sandbox.token(&email()).unwrap();
    for kind in KeyKind::ALL {
        let key = key(kind);
        let chain = certificates(&sandbox, &token, &key, EMAIL);
        assert_eq!(chain.len(), 3, "{kind:?}: leaf, intermediate, root");
        let leaf = Certificate::from_der(&chain[0]).unwrap();
        assert_eq!(leaf.tbs_certificate.subject_public_key_info, key.spki().unwrap());

        let body = json!({"certificateSigningRequest": b64(pem("CERTIFICATE REQUEST", &csr(&key, &key)))});
        let bearer = format!("Bearer {token}");
        let headers = [
            ("content-type", "application/json"),
            ("authorization", bearer.as_str()),
        ];
        send("POST", &url(&sandbox), &headers, body.to_string()).expect(200);
    }
}

/// A certificate request for `key`, signed by `signer`.
fn csr(key: &PrivateKey, signer: &PrivateKey) -> Vec<u8> {
    let info = CertReqInfo {
        version: Version::V1,
        subject: x509_cert::name::RdnSequence::default(),
        public_key: key.spki().unwrap(),
        attributes: der::asn1::SetOfVec::new(),
    };
    let hash = signer.kind().default_hash();
    let signature = signer.sign_with(&info.to_der().unwrap(), hash).unwrap();
    let request = CertReq {
        info,
        algorithm: signer.signature_algorithm(hash),
        signature: der::asn1::BitString::from_bytes(&signature).unwrap(),
    };
    request.to_der().unwrap()
}

#[test]
fn a_github_certificate_says_what_the_token_says() {
    let sandbox = sandbox();
    let run = GithubRun {
        environment: Some("production".to_owned()),
        git_ref: "refs/tags/v1".to_owned(),
        ..GithubRun::new("owner/project")
    };
    let token = sandbox.token(&Identity::Github(run)).unwrap();
    let challenge = "repo:owner/project:environment:production";
    let leaf = certificates(&sandbox, &token, &key(KeyKind::P256), challenge).remove(0);
    let workflow = "https://github.com/owner/project/.github/workflows/release.yml@refs/tags/v1";
    for (arc, value) in [
        (1, "https://token.actions.githubusercontent.com"),
        (2, "push"),
        (5, "owner/project"),
        (6, "refs/tags/v1"),
        (8, "https://token.actions.githubusercontent.com"),
        (9, workflow),
        (11, "github-hosted"),
        (12, "https://github.com/owner/project"),
        (14, "refs/tags/v1"),
        (16, "https://github.com/owner"),
        (18, workflow),
        (20, "push"),
        (
            21,
            "https://github.com/owner/project/actions/runs/3000003/attempts/1",
        ),
        (22, "public"),
        (23, "production"),
        (24, challenge),
    ] {
        assert_eq!(claim(&leaf, arc).as_deref(), Some(value), "extension {arc}");
    }
    for (arc, digits) in [(3, 40), (10, 40), (13, 40), (19, 40)] {
        assert_eq!(
            claim(&leaf, arc).map(|commit| commit.len()),
            Some(digits),
            "extension {arc}"
        );
    }
}

#[test]
fn gitlab_and_spiffe_certificates_name_their_workloads() {
    let sandbox = sandbox();
    let key = key(KeyKind::P256);
    let token = sandbox
        .token(&Identity::Gitlab(GitlabJob::new("group/app")))
        .unwrap();
    let leaf = certificates(
        &sandbox,
        &token,
        &key,
        "project_path:group/app:ref_type:branch:ref:main",
    )
    .remove(0);
    let signer = "https://gitlab.com/group/app//.gitlab-ci.yml@refs/heads/main";
    assert_eq!(claim(&leaf, 9).as_deref(), Some(signer));
    assert_eq!(claim(&leaf, 12).as_deref(), Some("https://gitlab.com/group/app"));
    assert_eq!(claim(&leaf, 14).as_deref(), Some("refs/heads/main"));

    let id = "spiffe://prod.example.com/ns/default/sa/builder";
    let token = sandbox.token(&Identity::Spiffe(id.to_owned())).unwrap();
    let leaf = certificates(&sandbox, &token, &key, id).remove(0);
    assert!(leaf.windows(id.len()).any(|window| window == id.as_bytes()));
    assert_eq!(claim(&leaf, 9), None);
}

#[test]
fn a_token_that_does_not_hold_gets_nothing() {
    let sandbox = sandbox();
    let other = Sandbox::start(Options::default()).unwrap();
    let now = Timestamp::now();
    let ask = |request: TokenRequest| sandbox.mint(&request).unwrap();
    let cases = [
        (
            "another audience",
            ask(TokenRequest::new(email()).audience("someone")),
        ),
        (
            "expired",
            ask(TokenRequest::new(email()).issued_at(now - SignedDuration::from_hours(1))),
        ),
        (
            "from the future",
            ask(TokenRequest::new(email()).issued_at(now + SignedDuration::from_hours(1))),
        ),
        (
            "another issuer",
            ask(TokenRequest::new(email()).claim("iss", json!("https://evil.example"))),
        ),
        (
            "no e-mail",
            ask(TokenRequest::new(email()).claim("email", Value::Null)),
        ),
        (
            "unverified",
            ask(TokenRequest::new(email()).claim("email_verified", json!(false))),
        ),
        (
            "no address",
            ask(TokenRequest::new(Identity::Email("nobody".to_owned()))),
        ),
        (
            "no SPIFFE ID",
            ask(TokenRequest::new(Identity::Spiffe(
                "https://a.example".to_owned(),
            ))),
        ),
        ("of another provider", other.token(&email()).unwrap()),
        ("garbage", "garbage".to_owned()),
        ("nothing", String::new()),
    ];
    let key = key(KeyKind::P256);
    for (name, token) in cases {
        let reply = post(&url(&sandbox), &certificate_request(&token, &key, EMAIL));
        let expected = json!({
            "code": 3, "message": "There was an error processing the identity token", "details": [],
        });
        assert_eq!((reply.status, reply.json()), (400, expected), "{name}");
    }
}

#[test]
fn whoever_cannot_show_the_key_gets_nothing() {
    let sandbox = sandbox();
    let token = sandbox.token(&email()).unwrap();
    let (key, other) = (key(KeyKind::P256), key(KeyKind::P384));
    let good = certificate_request(&token, &key, EMAIL);
    let edited = |pointer: &str, value: Value| {
        let mut request = good.clone();
        *request.pointer_mut(pointer).unwrap() = value;
        request
    };
    let content = "/publicKeyRequest/publicKey/content";
    let proof = "/publicKeyRequest/proofOfPossession";
    let cases = [
        (
            certificate_request(&token, &key, "someone@example.com"),
            "could not be verified",
        ),
        (edited(proof, json!("AAAA")), "could not be verified"),
        (
            edited(content, json!(other.public_pem().unwrap())),
            "could not be verified",
        ),
        (edited(content, json!("no key")), "could not be parsed"),
        (edited("/publicKeyRequest", Value::Null), "could not be parsed"),
        (
            json!({
                "credentials": {"oidcIdentityToken": token},
                "certificateSigningRequest": b64(pem("CERTIFICATE REQUEST", &csr(&key, &other))),
            }),
            "could not be verified",
        ),
        (
            json!({"credentials": {"oidcIdentityToken": token}, "certificateSigningRequest": b64("no request")}),
            "certificate signing request could not be parsed",
        ),
    ];
    for (request, message) in cases {
        let reply = post(&url(&sandbox), &request).expect(400).json();
        assert_eq!(reply["code"], 3);
        assert!(reply["message"].as_str().unwrap().contains(message), "{reply}");
    }
}

#[test]
fn the_authority_shows_its_chain_its_issuers_and_what_it_logged() {
    let sandbox = sandbox();
    let fulcio = &sandbox.urls().fulcio;
    let bundle = get(&format!("{fulcio}/api/v2/trustBundle")).expect(200).json();
    assert_eq!(bundle["chains"][0]["certificates"].as_array().unwrap().len(), 2);
    let configuration = get(&format!("{fulcio}/api/v2/configuration")).expect(200).json();
    assert_eq!(
        configuration["issuers"][0]["issuerUrl"],
        json!(sandbox.urls().oidc)
    );

    let token = sandbox.token(&email()).unwrap();
    certificates(&sandbox, &token, &key(KeyKind::P256), EMAIL);
    let ct = &sandbox.urls().ct;
    assert_eq!(
        get(&format!("{ct}/ct/v1/get-sth")).expect(200).json()["tree_size"],
        1
    );
    let entries = get(&format!("{ct}/ct/v1/get-entries?start=0&end=9"))
        .expect(200)
        .json();
    assert_eq!(entries["entries"].as_array().unwrap().len(), 1);
    get(&format!("{ct}/ct/v1/get-entries?start=1&end=9")).expect(400);
    get(&format!("{ct}/ct/v1/get-entries?start=9&end=1")).expect(400);
}
