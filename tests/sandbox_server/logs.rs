//! The logs and the timestamp authority: what they refuse, and how entries are found again.

use portcullis::sandbox::KeyKind;
use portcullis::sandbox::merkle::{leaf_hash, root};
use portcullis::sandbox::server::{Options, Sandbox};
use portcullis::sandbox::signing::sha256_of;
use serde_json::{Value, json};

use crate::client::{b64, get, pem, post, send, unb64};
use crate::signing::{ARTIFACT, hashedrekord_v1, hashedrekord_v2, signer, timestamp_query};

fn v1(sandbox: &Sandbox) -> String {
    format!("{}/api/v1/log/entries", sandbox.urls().rekor_v1)
}

fn v2(sandbox: &Sandbox) -> String {
    format!("{}/api/v2/log/entries", sandbox.urls().rekor_v2)
}

fn edited(request: &Value, pointer: &str, value: Value) -> Value {
    let mut request = request.clone();
    *request.pointer_mut(pointer).expect("the member to edit") = value;
    request
}

#[test]
fn rekor_v1_takes_no_entry_that_does_not_verify() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let signer_p256 = signer(&sandbox, KeyKind::P256);
    let good = hashedrekord_v1(&signer_p256, ARTIFACT);
    let other = hashedrekord_v1(&signer(&sandbox, KeyKind::P384), ARTIFACT);
    let other_hash = json!(hex::encode(sha256_of(b"another")));
    let cases = [
        (
            "another artifact",
            edited(&good, "/spec/data/hash/value", other_hash),
        ),
        (
            "a short hash",
            edited(&good, "/spec/data/hash/value", json!("00")),
        ),
        (
            "an old hash",
            edited(&good, "/spec/data/hash/algorithm", json!("sha1")),
        ),
        (
            "another key",
            edited(
                &good,
                "/spec/signature/publicKey",
                other["spec"]["signature"]["publicKey"].clone(),
            ),
        ),
        (
            "no key",
            edited(&good, "/spec/signature/publicKey/content", json!(b64("none"))),
        ),
        (
            "no signature",
            edited(&good, "/spec/signature/content", json!("")),
        ),
        ("another kind", edited(&good, "/kind", json!("rekord"))),
        ("another version", edited(&good, "/apiVersion", json!("0.0.9"))),
        (
            "Ed25519, which cannot sign a digest",
            hashedrekord_v1(&signer(&sandbox, KeyKind::Ed25519), ARTIFACT),
        ),
        ("no JSON object", json!([])),
    ];
    for (name, request) in cases {
        let reply = post(&v1(&sandbox), &request);
        assert_eq!(reply.status, 400, "{name}: {}", reply.text());
        assert_eq!(reply.json()["code"], 400, "{name}");
    }
    let envelope = json!({"payload": b64("{}"), "payloadType": "t", "signatures": [{"sig": b64("x")}]});
    let request = json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": {"proposedContent": {
        "envelope": envelope.to_string(), "verifiers": [b64(pem("CERTIFICATE", &signer_p256.leaf))],
    }}});
    let reply = post(&v1(&sandbox), &request).expect(400);
    assert!(
        reply
            .text()
            .contains("all signatures must have a key that verifies it")
    );
}

#[test]
fn rekor_v1_has_an_entry_once_and_finds_it_again() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let request = hashedrekord_v1(&signer(&sandbox, KeyKind::P256), ARTIFACT);
    let created = post(&v1(&sandbox), &request).expect(201);
    let (uuid, entry) = created
        .json()
        .as_object()
        .unwrap()
        .iter()
        .next()
        .map(|(a, b)| (a.clone(), b.clone()))
        .unwrap();
    assert_eq!(uuid.len(), 80);
    assert_eq!(created.header("etag"), uuid);

    let again = post(&v1(&sandbox), &request).expect(409);
    assert_eq!(again.header("location"), format!("/api/v1/log/entries/{uuid}"));
    assert!(again.text().contains(&uuid));

    for path in [
        format!("/{uuid}"),
        format!("/{}", &uuid[16..]),
        format!("?logIndex={}", entry["logIndex"]),
    ] {
        let found = get(&format!("{}{path}", v1(&sandbox))).expect(200).json();
        assert_eq!(found[&uuid]["body"], entry["body"], "{path}");
    }
    for path in [
        "/0000".to_owned(),
        format!("/{}", "0".repeat(80)),
        "?logIndex=0".to_owned(),
    ] {
        get(&format!("{}{path}", v1(&sandbox))).expect(404);
    }
    let log = get(&format!("{}/api/v1/log", sandbox.urls().rekor_v1))
        .expect(200)
        .json();
    assert!(log["treeSize"].as_u64().unwrap() > 0);
    get(&format!("{}/api/v1/log/publicKey", sandbox.urls().rekor_v1)).expect(200);
}

#[test]
fn an_entry_over_the_limit_is_refused_by_its_size() {
    let options = Options {
        rekor_v1_limit: Some(16_000),
        rekor_v2_limit: Some(16_000),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let refusals = [
        (v1(&sandbox), 500, "request body too large"),
        (v2(&sandbox), 413, "16000 bytes"),
    ];
    for (url, status, said) in refusals {
        for size in [16_001, 500_000, 5_000_000] {
            let reply = post(&url, &json!("x".repeat(size))).expect(status);
            assert!(reply.text().contains(said), "{}", reply.text());
        }
        post(&url, &json!("x".repeat(15_000))).expect(400);
    }
}

#[test]
fn rekor_v2_takes_no_entry_that_does_not_verify_and_none_twice() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let signer_p256 = signer(&sandbox, KeyKind::P256);
    let signature = signer_p256.key.sign(ARTIFACT).unwrap();
    let good = hashedrekord_v2(&signer_p256, &sha256_of(ARTIFACT), &signature);
    let inner = "/hashedRekordRequestV002";
    let p384 = signer(&sandbox, KeyKind::P384);
    let by_p384 = hashedrekord_v2(&p384, &sha256_of(ARTIFACT), &p384.key.sign(ARTIFACT).unwrap());
    let cases = [
        (
            "another artifact",
            edited(&good, &format!("{inner}/digest"), json!(b64([0; 32]))),
        ),
        (
            "a short digest",
            edited(&good, &format!("{inner}/digest"), json!(b64([0; 20]))),
        ),
        (
            "another signature",
            edited(&good, &format!("{inner}/signature/content"), json!(b64("x"))),
        ),
        (
            "another kind of key than stated",
            edited(
                &good,
                &format!("{inner}/signature/verifier/keyDetails"),
                json!("PKIX_ECDSA_P384_SHA_384"),
            ),
        ),
        ("SHA-256 under P-384", by_p384),
        ("nothing", json!({})),
        ("an unknown request", json!({"rekordRequest": {}})),
    ];
    for (name, request) in cases {
        let reply = post(&v2(&sandbox), &request);
        assert_eq!((reply.status, &reply.json()["code"]), (400, &json!(3)), "{name}");
    }
    let entry = post(&v2(&sandbox), &good).expect(201).json();
    let again = post(&v2(&sandbox), &good).expect(409);
    assert_eq!(again.json()["code"], 6);
    assert_eq!(json!(again.header("x-log-index")), entry["logIndex"]);
}

#[test]
fn the_tiles_of_rekor_v2_give_the_root_of_its_checkpoint() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let signer = signer(&sandbox, KeyKind::P256);
    let signature = signer.key.sign(ARTIFACT).unwrap();
    let entry = post(
        &v2(&sandbox),
        &hashedrekord_v2(&signer, &sha256_of(ARTIFACT), &signature),
    )
    .expect(201)
    .json();

    let read = |path: &str| get(&format!("{}/api/v2/{path}", sandbox.urls().rekor_v2));
    let checkpoint = read("checkpoint").expect(200).text();
    let lines: Vec<&str> = checkpoint.lines().collect();
    let size: usize = lines[1].parse().unwrap();
    let tile = read(&format!("tile/0/000.p/{size}")).expect(200).body;
    let hashes: Vec<[u8; 32]> = tile.chunks(32).map(|hash| hash.try_into().unwrap()).collect();
    assert_eq!(b64(root(&hashes)), lines[2]);

    let mut bundle = read(&format!("tile/entries/000.p/{size}")).expect(200).body;
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let length = usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
        entries.push(bundle[2..2 + length].to_vec());
        bundle.drain(..2 + length);
    }
    assert_eq!(
        entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>(),
        hashes
    );
    let index: usize = entry["logIndex"].as_str().unwrap().parse().unwrap();
    assert_eq!(entries[index], unb64(&entry["canonicalizedBody"]));
    read("tile/0/000").expect(404);
    read("tile/1/000.p/1").expect(404);
}

#[test]
fn the_timestamp_authority_answers_queries_and_nothing_else() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let tsa = &sandbox.urls().tsa;
    let ask = |content_type: &str, query: Vec<u8>| {
        send("POST", tsa, &[("content-type", content_type)], query).status
    };
    let query = timestamp_query(&sha256_of(b"signature"));
    let dsa = "application/timestamp-query";
    assert_eq!(ask(dsa, query.clone()), 201);
    assert_eq!(ask("application/octet-stream", query.clone()), 415);
    assert_eq!(ask(dsa, b"garbage".to_vec()), 400);
    assert_eq!(ask(dsa, vec![0; 100_000]), 413);
    let json =
        |hash: &str| json!({"artifactHash": b64(sha256_of(b"signature")), "hashAlgorithm": hash, "nonce": 7});
    assert_eq!(
        ask("application/json", json("sha256").to_string().into_bytes()),
        201
    );
    assert_eq!(
        ask("application/json", json("sha512").to_string().into_bytes()),
        400
    );
    assert_eq!(ask("application/json", json("md5").to_string().into_bytes()), 400);
    let mut md5 = query;
    // Another object identifier, of the same length.
    md5[18] = 9;
    assert_eq!(ask(dsa, md5), 400);
    let chain = get(&format!("{tsa}/certchain")).expect(200).text();
    assert_eq!(chain.matches("BEGIN CERTIFICATE").count(), 2);
}

#[test]
fn the_tuf_repository_has_the_trusted_root() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let tuf = &sandbox.urls().tuf;
    let first = get(&format!("{tuf}/1.root.json")).expect(200).body;
    assert_eq!(first, std::fs::read(sandbox.dir().join("tuf_root.json")).unwrap());
    get(&format!("{tuf}/timestamp.json")).expect(200);
    let root = sandbox.trusted_root().to_string();
    let name = format!(
        "targets/{}.trusted_root.json",
        hex::encode(sha256_of(root.as_bytes()))
    );
    assert_eq!(get(&format!("{tuf}/{name}")).expect(200).text(), root);
    get(&format!("{tuf}/9.root.json")).expect(404);
}
