//! Kubernetes' AdmissionReview (`admission.k8s.io/v1`): a cluster asks whether it may run a workload. Pure.
//!
//! Every image of the object has to be allowed by the policy of its route, and named by digest: a tag could lead somewhere
//! else between this answer and the moment when a node fetches it. Whatever cannot be read is denied.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::gate::decide::Judged;
use crate::gate::record::Ruling;
use crate::manifests::{FindOptions, find};
use crate::report::Finding;
use crate::strict_json::{self, Limits};
use crate::subject::Reference;

/// Largest review, in bytes: an object of a cluster has at most 1.5 MiB, and comes twice on an update.
pub const MAX_REVIEW_BYTES: usize = 4 << 20;
/// Levels of arrays and objects in a review.
const MAX_DEPTH: usize = 128;
/// Most different images of one object.
pub const MAX_IMAGES: usize = 64;
/// Longest message of an answer, in characters: a person reads it in a terminal.
const MAX_MESSAGE_CHARS: usize = 2_000;

/// What a cluster asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The id of the question, which the answer repeats.
    pub uid: String,
    /// What is asked for.
    pub asked: Asked,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// To run these images, each by digest.
    Run(Vec<Reference>),
    /// To delete something, which runs nothing.
    Delete,
    /// Something that is denied without looking further.
    Unreadable(String),
}

/// Whether one image may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It may.
    Allowed,
    /// It may not, or nobody knows, and why.
    Denied(String),
}

/// Decides about one image, which is named by digest, while a cluster waits. It may wait for the network.
pub type Decide = dyn Fn(&Reference) -> Answer + Send + Sync;

impl From<&Judged> for Answer {
    fn from(judged: &Judged) -> Self {
        match judged.ruling {
            Ruling::Allowed(_) => Self::Allowed,
            Ruling::Denied | Ruling::NoEvidence | Ruling::Undecided => Self::Denied(judged.words()),
        }
    }
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(rename = "apiVersion")]
    api_version: String,
    kind: String,
    #[serde(borrow)]
    request: Option<Request<'a>>,
}

#[derive(Deserialize)]
struct Request<'a> {
    uid: String,
    operation: String,
    #[serde(borrow, default)]
    object: Option<&'a RawValue>,
}

impl Review {
    /// Reads a review. `None` when it is none, so that there is no id that an answer could repeat.
    pub fn read(body: &[u8]) -> Option<Self> {
        let limits = Limits {
            bytes: MAX_REVIEW_BYTES,
            depth: MAX_DEPTH,
        };
        strict_json::check(body, limits).ok()?;
        let document: Document<'_> = serde_json::from_slice(body).ok()?;
        if document.api_version != "admission.k8s.io/v1" || document.kind != "AdmissionReview" {
            return None;
        }
        let request = document.request?;
        let asked = match (request.operation.as_str(), request.object) {
            ("DELETE", _) => Asked::Delete,
            ("CREATE" | "UPDATE", Some(object)) => images(object.get()),
            (operation, _) => {
                Asked::Unreadable(format!("the gate has no answer for the operation {operation:?}"))
            }
        };
        Some(Self {
            uid: request.uid,
            asked,
        })
    }
}

/// The images of an object.
fn images(object: &str) -> Asked {
    let found = match find("object", object, FindOptions::default()) {
        Ok(found) => found,
        Err(findings) => return Asked::Unreadable(words(&findings)),
    };
    let mut images: Vec<Reference> = Vec::new();
    for image in found.images() {
        if image.digest().is_none() {
            return Asked::Unreadable(format!(
                "{} names {} by tag: name its digest (portcullis pin writes it)",
                image.path(),
                image.text()
            ));
        }
        if !images.contains(image.reference()) {
            images.push(image.reference().clone());
        }
    }
    match images.len() > MAX_IMAGES {
        true => Asked::Unreadable(format!("the object names more than {MAX_IMAGES} images")),
        false => Asked::Run(images),
    }
}

fn words(findings: &[Finding]) -> String {
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    messages.join("; ")
}

/// The answer to a review.
pub fn response(uid: &str, answer: &Answer) -> Value {
    let mut response = json!({"uid": uid, "allowed": *answer == Answer::Allowed});
    if let (Answer::Denied(why), Some(members)) = (answer, response.as_object_mut()) {
        let message: String = why.chars().take(MAX_MESSAGE_CHARS).collect();
        let status = json!({"code": 403, "reason": "Forbidden", "message": format!("portcullis: {message}")});
        members.insert("status".to_owned(), status);
    }
    json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> String {
        format!("registry.example/{name}@sha256:{}", "a".repeat(64))
    }

    fn review(operation: &str, object: &Value) -> Review {
        let body = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
            "uid": "705ab4f5", "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "operation": operation, "object": object, "userInfo": {"username": "admin"},
        }});
        Review::read(body.to_string().as_bytes()).unwrap()
    }

    fn pod(spec: &Value) -> Value {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec})
    }

    #[test]
    fn every_image_of_a_workload_is_asked_about() {
        let spec = json!({
            "containers": [{"name": "a", "image": image("a")}, {"name": "b", "image": image("a")}],
            "initContainers": [{"name": "c", "image": image("init")}],
            "ephemeralContainers": [{"name": "d", "image": image("debug")}],
            "volumes": [{"name": "e", "image": {"reference": image("volume")}}],
        });
        let names = |object: &Value| match review("CREATE", object).asked {
            Asked::Run(images) => {
                let mut names: Vec<_> = images.iter().map(|one| one.repository().to_owned()).collect();
                names.sort();
                names
            }
            other => panic!("{other:?}"),
        };
        let expected = ["a", "debug", "init", "volume"];
        assert_eq!(names(&pod(&spec)), expected);
        let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "spec": {"template": {"spec": spec}}});
        assert_eq!(names(&deployment), expected);
        let cron = json!({"apiVersion": "batch/v1", "kind": "CronJob",
            "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}});
        assert_eq!(names(&cron), expected);
    }

    #[test]
    fn what_cannot_be_told_is_denied() {
        for (operation, object, words) in [
            (
                "CREATE",
                pod(&json!({"containers": [{"image": "registry.example/a:v1"}]})),
                "by tag",
            ),
            ("CREATE", pod(&json!({"containers": [{"image": 7}]})), "text"),
            ("CREATE", pod(&json!({"containers": []})), "no image"),
            ("CREATE", json!({"spec": {}}), "neither"),
            ("CREATE", Value::Null, "no answer"),
            ("CONNECT", pod(&json!({})), "no answer"),
        ] {
            let Asked::Unreadable(why) = review(operation, &object).asked else {
                panic!("{operation} {object}");
            };
            assert!(why.contains(words), "{why}");
        }
        assert_eq!(review("DELETE", &Value::Null).asked, Asked::Delete);
    }

    #[test]
    fn what_is_no_review_has_no_answer() {
        for body in [
            "",
            "{}",
            r#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE"}}"#,
            r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#,
            r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","uid":"2","operation":"CREATE"}}"#,
        ] {
            assert_eq!(Review::read(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn the_answer_repeats_the_id_and_says_why() {
        let allowed = response("705ab4f5", &Answer::Allowed);
        assert_eq!(allowed["response"], json!({"uid": "705ab4f5", "allowed": true}));
        let denied = response("705ab4f5", &Answer::Denied("x".repeat(5_000)));
        assert_eq!(denied["response"]["allowed"], false);
        assert_eq!(denied["response"]["status"]["code"], 403);
        assert!(denied["response"]["status"]["message"].as_str().unwrap().len() < 2_100);
    }
}
