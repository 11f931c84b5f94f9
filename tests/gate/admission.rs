//! What a cluster is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis::gate::admission::Answer as Ruling;
use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::door::{Door, Setup, WEBHOOK, signed};

fn review(images: &[&str]) -> String {
    let containers: Vec<Value> = images
        .iter()
        .map(|image| json!({"name": "a", "image": image}))
        .collect();
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "705ab4f5", "operation": "CREATE",
        "object": {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": containers}},
    }})
    .to_string()
}

fn image(repository: &str) -> String {
    format!("{repository}@sha256:{}", "a".repeat(64))
}

fn send(door: &Door, body: &str) -> Answer {
    signed(Ask::post("/v1/admission", body), "a1", body.as_bytes()).send(door.address)
}

#[test]
fn a_cluster_is_answered_by_what_decides() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let door = Setup::new(WEBHOOK)
        .decide(move |reference| {
            count.fetch_add(1, Ordering::Relaxed);
            match reference.repository() {
                "team/good" => Ruling::Allowed,
                "team/panics" => panic!("a fault of the gate"),
                _ => Ruling::Denied("signed by somebody else".to_owned()),
            }
        })
        .open();
    let good = image("registry.example/team/good");
    let answer = send(&door, &review(&[&good])).json();
    assert_eq!(answer["response"], json!({"uid": "705ab4f5", "allowed": true}));
    for (name, images, words) in [
        (
            "denied",
            vec![good.clone(), image("registry.example/team/bad")],
            "signed by somebody else",
        ),
        (
            "another's",
            vec![image("registry.example/other/app")],
            "may not ask",
        ),
        (
            "by tag",
            vec!["registry.example/team/good:v1".to_owned()],
            "by tag",
        ),
        ("a short name", vec!["nginx".to_owned()], "by tag"),
        ("a fault", vec![image("registry.example/team/panics")], "failed"),
        ("no image", vec![], "no image"),
    ] {
        let images: Vec<&str> = images.iter().map(String::as_str).collect();
        let answer = send(&door, &review(&images));
        let response = answer.json()["response"].clone();
        assert_eq!(
            (answer.status, &response["allowed"], &response["uid"]),
            (200, &json!(false), &json!("705ab4f5")),
            "{name}"
        );
        let message = response["status"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{name}: {message}");
    }
    assert_eq!(
        asked.load(Ordering::Relaxed),
        4,
        "what is denied anyway is not looked at"
    );
    let deletion = r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"DELETE","object":null}}"#;
    assert_eq!(send(&door, deletion).json()["response"]["allowed"], true);
    assert_eq!(send(&door, "{}").code(), "review-invalid");
    assert_eq!(door.waiting(), 0, "nothing is queued for a cluster");
}

#[test]
fn a_caller_without_the_right_gets_no_answer() {
    let door = Setup::new(&WEBHOOK.replace(", \"admit\"", "")).open();
    let answer = send(&door, &review(&[&image("registry.example/team/good")]));
    assert_eq!((answer.status, answer.code().as_str()), (403, "not-permitted"));
}
