//! Events as their senders document them, and what is not one.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const DIGEST: &str = "sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf";
const REGISTRY: &str = "registry.example:5000";

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (
            name.parse::<HeaderName>().unwrap(),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    HeaderMap::from_iter(fields.iter().map(pair))
}

fn read_with(fields: &[(&str, &str)], body: &str) -> Result<Vec<Hint>, EventError> {
    read(&Received {
        headers: &headers(fields),
        body: body.as_bytes(),
        registry: Some(REGISTRY),
    })
}

/// Each hint as `reference delivery`.
fn told(fields: &[(&str, &str)], body: &Value) -> Vec<String> {
    let hints = read_with(fields, &body.to_string()).unwrap();
    let line = |hint: &Hint| match &hint.delivery {
        Some(delivery) => format!("{} {delivery}", hint.reference),
        None => hint.reference.to_string(),
    };
    hints.iter().map(line).collect()
}

fn refused(fields: &[(&str, &str)], body: &str) -> String {
    let error = read_with(fields, body).unwrap_err();
    format!("{} {} {}", error.status(), error.code(), error.place)
        .trim_end()
        .to_owned()
}

#[test]
fn the_native_event_names_a_reference_and_maybe_a_delivery() {
    let by_tag = json!({"reference": "ghcr.io/org/app:v1"});
    assert_eq!(told(&[], &by_tag), ["ghcr.io/org/app:v1"]);
    let reference = format!("ghcr.io/org/app@{DIGEST}");
    let body =
        json!({"reference": reference, "delivery": "build-17", "signatureUrl": "https://evil.example"});
    assert_eq!(told(&[], &body), [format!("{reference} build-17")]);
}

#[test]
fn cloudevents_carry_the_native_event_in_both_modes() {
    let data = json!({"reference": "ghcr.io/org/app:v1"});
    let structured = json!({
        "specversion": "1.0", "type": "example.build.finished", "source": "/ci", "id": "A234-1234-1234",
        "datacontenttype": "application/json", "data": data,
    });
    let expected = ["ghcr.io/org/app:v1 A234-1234-1234"];
    let media_type = ("content-type", "application/cloudevents+json; charset=utf-8");
    assert_eq!(told(&[media_type], &structured), expected);
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-type", "example.build.finished"),
        ("ce-source", "/ci"),
        ("ce-id", "A234-1234-1234"),
        ("content-type", "application/json"),
    ];
    assert_eq!(told(&binary, &data), expected);
}

fn cdevent(predicate: &str, id: &str) -> Value {
    json!({
        "context": {
            "version": "0.4.1", "id": "271069a8-fc18-44f1-b38f-9d70a1695819", "source": "/event/source/123",
            "type": format!("dev.cdevents.artifact.{predicate}"), "timestamp": "2023-03-20T14:27:05.315384Z",
        },
        "subject": {"id": id, "source": "/event/source/123", "type": "artifact",
            "content": {"sbom": {"uri": "https://sbom.example/a.sbom"}}},
    })
}

#[test]
fn cdevents_name_an_image_by_its_package_url() {
    let delivery = "271069a8-fc18-44f1-b38f-9d70a1695819";
    let encoded = DIGEST.replace(':', "%3A");
    let in_registry = format!("{REGISTRY}/app@{DIGEST} {delivery}");
    let named = format!("ghcr.io/org/app@{DIGEST} {delivery}");
    for (predicate, id, expected) in [
        ("published.0.3.0", format!("pkg:oci/app@{encoded}"), &in_registry),
        ("packaged.0.1.1", format!("pkg:oci/app@{DIGEST}"), &in_registry),
        (
            "signed.0.3.0-draft",
            format!("pkg:oci/app@{encoded}?repository_url=ghcr.io/org/app&tag=v1"),
            &named,
        ),
        (
            "published.0.2.0",
            format!("pkg:docker/org/app@{encoded}?repository_url=ghcr.io"),
            &named,
        ),
    ] {
        assert_eq!(told(&[], &cdevent(predicate, &id)), [expected.as_str()], "{id}");
    }
    let by_tag = cdevent("published.0.3.0", "pkg:docker/org/app@v1");
    assert_eq!(told(&[], &by_tag), [format!("{REGISTRY}/org/app:v1 {delivery}")]);
    let enveloped = json!({
        "specversion": "1.0", "type": "dev.cdevents.artifact.published.0.3.0", "source": "/ci", "id": "outer",
        "data": cdevent("published.0.3.0", &format!("pkg:oci/app@{encoded}")),
    });
    assert_eq!(told(&[], &enveloped), [in_registry]);
}

fn pushed(media_type: &str, tag: Option<&str>) -> Value {
    json!({
        "id": "320678d8-ca14-430f-8bb6-4ca139cd83f7", "timestamp": "2016-03-09T14:44:26.402973972-08:00",
        "action": "push",
        "target": {
            "mediaType": media_type, "digest": DIGEST, "size": 708, "length": 708, "repository": "hello-world",
            "url": format!("http://192.168.100.227:5000/v2/hello-world/manifests/{DIGEST}"), "tag": tag,
        },
        "request": {"id": "6df24a34-0959-4923-81ca-14f09767db19", "addr": "192.168.64.11:42961",
            "host": "192.168.100.227:5000", "method": "PUT"},
        "actor": {}, "source": {"addr": "xtal.local:5000", "instanceID": "a53db899-3b4b-4a62-a067-8dd013beaca4"},
    })
}

#[test]
fn distribution_tells_of_pushes_of_manifests_under_a_tag() {
    let manifest = "application/vnd.docker.distribution.manifest.v2+json";
    let index = "application/vnd.oci.image.index.v1+json";
    let layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    let mut pull = pushed(manifest, Some("latest"));
    pull["action"] = json!("pull");
    let signature = format!("{}.sig", DIGEST.replace(':', "-"));
    let referrers = DIGEST.replace(':', "-");
    let body = json!({"events": [
        pushed(layer, None), pushed(manifest, None), pull, pushed(manifest, Some(&signature)),
        pushed(index, Some(&referrers)), pushed(index, Some("latest")), pushed(index, Some("latest")),
    ]});
    let media_type = (
        "content-type",
        "application/vnd.docker.distribution.events.v2+json",
    );
    let expected = format!("{REGISTRY}/hello-world@{DIGEST} 320678d8-ca14-430f-8bb6-4ca139cd83f7");
    assert_eq!(told(&[media_type], &body), [expected]);
    assert!(told(&[], &json!({"events": []})).is_empty());
}

#[test]
fn zot_tells_of_updated_images() {
    let data = json!({
        "name": "golang", "reference": "latest", "digest": DIGEST, "manifest": "{\"schemaVersion\":2}",
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
    });
    let of_type = |kind| {
        [
            ("ce-specversion", "1.0"),
            ("ce-type", kind),
            ("ce-source", "zotregistry.dev"),
            ("ce-id", "a1"),
            ("content-type", "application/json"),
        ]
    };
    let expected = [format!("{REGISTRY}/golang@{DIGEST} a1")];
    assert_eq!(told(&of_type("zotregistry.image.updated"), &data), expected);
    assert_eq!(
        told(&of_type("com.example.registry.image.updated"), &data),
        expected
    );
    assert!(told(&of_type("zotregistry.image.deleted"), &data).is_empty());
    assert!(
        told(
            &of_type("zotregistry.repository.created"),
            &json!({"name": "golang"})
        )
        .is_empty()
    );
    let mut by_digest = data.clone();
    by_digest["reference"] = json!(DIGEST);
    assert!(told(&of_type("zotregistry.image.updated"), &by_digest).is_empty());
}

fn harbor_data() -> Value {
    json!({
        "resources": [
            {"digest": DIGEST, "tag": "latest", "resource_url": "hub.example/library/debian:latest"},
            {"digest": DIGEST, "tag": DIGEST, "resource_url": "hub.example/library/debian"},
        ],
        "repository": {"date_created": 1_586_922_308, "name": "debian", "namespace": "library",
            "repo_full_name": "library/debian", "repo_type": "public"},
    })
}

#[test]
fn harbor_tells_of_pushed_artifacts_in_both_forms() {
    let mut body = json!({"type": "PUSH_ARTIFACT", "occur_at": 1_586_922_308, "operator": "admin",
        "event_data": harbor_data()});
    let expected = format!("{REGISTRY}/library/debian@{DIGEST}");
    assert_eq!(told(&[], &body), [expected.as_str()]);
    body["type"] = json!("DELETE_ARTIFACT");
    assert!(told(&[], &body).is_empty());
    let mut cloud = json!({
        "specversion": "1.0", "id": "66e18103-09c1-41f6-982f-37df223f3eeb", "requestid": "51c0b694",
        "source": "/projects/2/webhook/policies/15", "type": "harbor.artifact.pushed",
        "datacontenttype": "application/json", "time": "2023-04-03T06:04:46Z", "data": harbor_data(),
        "operator": "harbor-jobservice",
    });
    let expected = format!("{expected} 66e18103-09c1-41f6-982f-37df223f3eeb");
    assert_eq!(told(&[], &cloud), [expected]);
    cloud["type"] = json!("harbor.artifact.pulled");
    assert!(told(&[], &cloud).is_empty());
}

#[test]
fn github_tells_of_published_images() {
    let body = |member: &str, tag: &str, version: &str| {
        json!({"action": "published", member: {
            "name": "hello-world", "namespace": "Codertocat", "package_type": "CONTAINER",
            "package_version": {
                "version": version, "package_url": format!("ghcr.io/Codertocat/hello-world:{tag}"),
                "container_metadata": {"tag": {"name": tag, "digest": "sha256:6c62"}},
            },
            "registry": {"url": "https://CONTAINER.pkg.github.com/Codertocat"},
        }, "repository": {"full_name": "Codertocat/hello-world"}})
    };
    let delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
    let fields = [("x-github-event", "package"), ("x-github-delivery", delivery)];
    let expected = [format!("ghcr.io/codertocat/hello-world@{DIGEST} {delivery}")];
    for member in ["package", "registry_package"] {
        assert_eq!(told(&fields, &body(member, "v1", DIGEST)), expected);
    }
    assert_eq!(
        told(&[], &body("package", "v1", "1.0")),
        ["ghcr.io/codertocat/hello-world:v1"]
    );
    assert!(told(&[], &body("package", "", DIGEST)).is_empty());
    let mut npm = body("package", "v1", DIGEST);
    npm["package"]["package_version"]["container_metadata"] = Value::Null;
    assert!(told(&[], &npm).is_empty());
    let mut deleted = body("package", "v1", DIGEST);
    deleted["action"] = json!("deleted");
    assert!(told(&[], &deleted).is_empty());
    assert!(told(&[], &json!({"zen": "Design for failure.", "hook_id": 1})).is_empty());
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let zeros = "a".repeat(MAX_EVENT_BYTES + 1);
    let many = json!({"events": vec![json!({}); MAX_ENTRIES + 1]}).to_string();
    let long = json!({"reference": "r.example/a:1", "delivery": "d".repeat(257)}).to_string();
    let no_type = cdevent("published.0.3.0", "app").to_string();
    for (body, expected) in [
        ("", "400 event-not-json"),
        ("[]", "422 event-member-type"),
        ("\"reference\"", "422 event-member-type"),
        ("{}", "422 event-unknown"),
        (r#"{"reference":"a","reference":"b"}"#, "400 event-not-json"),
        (zeros.as_str(), "413 event-too-large"),
        (many.as_str(), "422 event-too-many-entries /events"),
        (
            r#"{"reference":"a.example/b:1","events":[]}"#,
            "422 event-ambiguous",
        ),
        (r#"{"reference":7}"#, "422 event-member-type /reference"),
        (r#"{"reference":null}"#, "422 event-member-missing /reference"),
        (
            r#"{"reference":"nginx"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"oci:nginx:1"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"file:/etc/passwd"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"https://r.example/a:1"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"r.example/app"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"localhost:5000/app"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"r.example/app@sha256:abc"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"r.example/../app:1"}"#,
            "422 event-reference-invalid /reference",
        ),
        (
            r#"{"reference":"r.example/a:1","delivery":"a b"}"#,
            "422 event-delivery-invalid /delivery",
        ),
        (long.as_str(), "422 event-delivery-invalid /delivery"),
        (r#"{"specversion":"0.3"}"#, "422 event-member-value /specversion"),
        (
            r#"{"specversion":"1.0","type":"t","source":"s","id":"1"}"#,
            "422 event-member-missing /data",
        ),
        (
            r#"{"specversion":"1.0","type":"t","source":"s","id":"1","datacontenttype":"text/xml","data":{}}"#,
            "415 event-media-type /datacontenttype",
        ),
        (
            r#"{"specversion":"1.0","type":"harbor.artifact.pushed","source":"s","id":"1","data":{}}"#,
            "422 event-member-missing /data/repository",
        ),
        (no_type.as_str(), "422 event-purl-invalid /subject/id"),
        (
            r#"{"events":[{"action":"push","target":{"mediaType":"application/vnd.oci.image.index.v1+json","tag":"1","repository":"a","digest":"x"}}]}"#,
            "422 event-reference-invalid /events/0/target/digest",
        ),
        (
            r#"{"events":[{"action":1}]}"#,
            "422 event-member-type /events/0/action",
        ),
    ] {
        assert_eq!(refused(&[], body), expected, "{}", &body[..body.len().min(120)]);
    }
    assert_eq!(
        read_with(&[], "{\"reference\":\"\u{0}\"}").unwrap_err().code(),
        "event-not-json"
    );
}

#[test]
fn header_fields_that_mislead_are_refused() {
    let body = r#"{"reference":"r.example/a:1"}"#;
    for (fields, expected) in [
        (
            &[("content-type", "text/plain")][..],
            "415 event-media-type content-type",
        ),
        (
            &[("content-type", "application/cloudevents-batch+json")],
            "415 event-media-type content-type",
        ),
        (
            &[("content-encoding", "gzip")],
            "415 event-media-type content-encoding",
        ),
        (
            &[("ce-specversion", "0.3")],
            "422 event-member-value ce-specversion",
        ),
        (&[("ce-specversion", "1.0")], "422 event-member-missing ce-source"),
        (
            &[
                ("ce-specversion", "1.0"),
                ("ce-source", "s"),
                ("ce-id", "a b"),
                ("ce-type", "t"),
            ],
            "422 event-delivery-invalid ce-id",
        ),
    ] {
        assert_eq!(refused(fields, body), expected, "{fields:?}");
    }
    let mut twice = headers(&[("ce-specversion", "1.0")]);
    twice.append("ce-specversion", HeaderValue::from_static("1.0"));
    let error = read(&Received {
        headers: &twice,
        body: body.as_bytes(),
        registry: None,
    })
    .unwrap_err();
    assert_eq!(
        (error.code(), error.place.as_str()),
        ("event-header-twice", "ce-specversion")
    );
}

#[test]
fn a_repository_without_a_registry_needs_the_configuration_to_name_one() {
    let body = json!({"type": "PUSH_ARTIFACT", "event_data": harbor_data()}).to_string();
    let error = read(&Received {
        headers: &HeaderMap::new(),
        body: body.as_bytes(),
        registry: None,
    })
    .unwrap_err();
    assert_eq!(
        (error.code(), error.place.as_str()),
        ("event-registry-unknown", "/event_data/repository/repo_full_name")
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = [
        "reference",
        "specversion",
        "1.0",
        "type",
        "id",
        "source",
        "data",
        "context",
        "subject",
        "events",
        "action",
        "push",
        "target",
        "mediaType",
        "tag",
        "digest",
        "repository",
        "event_data",
        "resources",
        "repo_full_name",
        "PUSH_ARTIFACT",
        "package",
        "package_version",
        "package_url",
        "container_metadata",
        "published",
        "name",
        "dev.cdevents.artifact.published.0.3.0",
        "harbor.artifact.pushed",
        "zotregistry.image.updated",
        DIGEST,
        "r.example/a:1",
        "pkg:oci/app@v1",
        "application/vnd.oci.image.index.v1+json",
    ];
    let word = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        word.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(word.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_and_no_header_field_leads_to_a_panic(body in any_json(), binary: bool, kind in "[ -~]{0,40}") {
        let fields = [("ce-specversion", "1.0"), ("ce-source", "s"), ("ce-id", "1"), ("ce-type", kind.as_str())];
        let fields = if binary { &fields[..] } else { &[] };
        if let Err(error) = read_with(fields, &body.to_string()) {
            prop_assert!((400..500).contains(&error.status()));
            prop_assert!(error.place.starts_with('/') || !error.place.contains('/'), "{error}");
        }
    }

    #[test]
    fn no_bytes_lead_to_a_panic(body: Vec<u8>) {
        let _ = read(&Received { headers: &HeaderMap::new(), body: &body, registry: None });
    }
}
