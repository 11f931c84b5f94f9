//! The registry: pushing in every way, reading back, conditions, referrers, and what it refuses.

use portcullis::sandbox::server::{Access, Fault, Options, RegistryOptions, Rule, Sandbox, Service};
use portcullis::sandbox::signing::sha256_of;
use serde_json::{Value, json};

use crate::client::{Reply, b64, get, send};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(sha256_of(bytes)))
}

fn start(registry: RegistryOptions) -> Sandbox {
    Sandbox::start(Options {
        registry,
        ..Options::default()
    })
    .unwrap()
}

fn base(sandbox: &Sandbox) -> String {
    format!("http://{}/v2/org/app", sandbox.urls().registry)
}

fn put_blob(base: &str, bytes: &[u8]) -> Reply {
    send(
        "POST",
        &format!("{base}/blobs/uploads/?digest={}", digest(bytes)),
        &[],
        bytes,
    )
}

fn put_manifest(base: &str, reference: &str, manifest: &Value, headers: &[(&str, &str)]) -> Reply {
    let mut all = vec![("content-type", MANIFEST)];
    all.extend_from_slice(headers);
    send(
        "PUT",
        &format!("{base}/manifests/{reference}"),
        &all,
        manifest.to_string(),
    )
}

/// An image with one blob for everything, and more members.
fn image(blob: &[u8], more: Value) -> Value {
    let descriptor =
        json!({"mediaType": "application/octet-stream", "digest": digest(blob), "size": blob.len()});
    let mut image =
        json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor, "layers": [descriptor]});
    image
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    image
}

#[test]
fn a_blob_arrives_in_one_piece_in_chunks_and_by_mounting() {
    let sandbox = start(RegistryOptions::default());
    let (base, host) = (base(&sandbox), format!("http://{}", sandbox.urls().registry));
    let reply = put_blob(&base, b"whole").expect(201);
    assert_eq!(reply.header("docker-content-digest"), digest(b"whole"));
    assert_eq!(
        get(&format!("{base}/blobs/{}", digest(b"whole")))
            .expect(200)
            .body,
        b"whole"
    );
    let head = send("HEAD", &format!("{base}/blobs/{}", digest(b"whole")), &[], "").expect(200);
    assert_eq!((head.header("content-length"), head.body.len()), ("5", 0));

    let upload = send("POST", &format!("{base}/blobs/uploads/"), &[], "").expect(202);
    let upload = format!("{host}{}", upload.header("location"));
    let first = send("PATCH", &upload, &[("content-range", "0-2")], "chu").expect(202);
    assert_eq!(first.header("range"), "0-2");
    let wrong = send("PATCH", &upload, &[("content-range", "7-8")], "xx").expect(416);
    assert_eq!(wrong.header("range"), "0-2");
    send("PATCH", &upload, &[("content-range", "3-4")], "nk").expect(202);
    assert_eq!(send("GET", &upload, &[], "").expect(204).header("range"), "0-4");
    send(
        "PUT",
        &format!("{upload}?digest={}", digest(b"chunked")),
        &[],
        "ed",
    )
    .expect(201);
    assert_eq!(
        get(&format!("{base}/blobs/{}", digest(b"chunked")))
            .expect(200)
            .body,
        b"chunked"
    );
    send("PUT", &format!("{upload}?digest={}", digest(b"chunked")), &[], "").expect(404);

    let other = format!("{host}/v2/org/other");
    get(&format!("{other}/blobs/{}", digest(b"whole"))).expect(404);
    send(
        "POST",
        &format!("{other}/blobs/uploads/?mount={}&from=org/app", digest(b"whole")),
        &[],
        "",
    )
    .expect(201);
    get(&format!("{other}/blobs/{}", digest(b"whole"))).expect(200);
    // What the other repository lacks is to be uploaded.
    send(
        "POST",
        &format!("{other}/blobs/uploads/?mount={}&from=org/app", digest(b"none")),
        &[],
        "",
    )
    .expect(202);
}

#[test]
fn bytes_under_another_digest_are_refused() {
    let sandbox = start(RegistryOptions::default());
    let base = base(&sandbox);
    let wrong = send(
        "POST",
        &format!("{base}/blobs/uploads/?digest={}", digest(b"a")),
        &[],
        "b",
    )
    .expect(400);
    assert_eq!(wrong.json()["errors"][0]["code"], "DIGEST_INVALID");
    get(&format!("{base}/blobs/{}", digest(b"a"))).expect(404);
    put_blob(&base, b"a").expect(201);
    put_manifest(&base, &digest(b"other"), &image(b"a", json!({})), &[]).expect(400);
}

#[test]
fn a_manifest_is_taken_only_if_it_is_whole() {
    let sandbox = start(RegistryOptions::default());
    let base = base(&sandbox);
    let missing = put_manifest(&base, "v1", &image(b"never sent", json!({})), &[]).expect(404);
    assert_eq!(missing.json()["errors"][0]["code"], "MANIFEST_BLOB_UNKNOWN");
    put_blob(&base, b"a").expect(201);
    for wrong in [
        json!([]),
        json!({"schemaVersion": 1}),
        image(b"a", json!({"mediaType": "text/plain"})),
        image(b"a", json!({"subject": {"digest": "latest"}})),
        image(b"a", json!({"layers": [{"digest": "md5:00"}]})),
    ] {
        put_manifest(&base, "v1", &wrong, &[]).expect(400);
    }
    send(
        "PUT",
        &format!("{base}/manifests/v1"),
        &[("content-type", MANIFEST)],
        vec![b' '; 5_000_000],
    )
    .expect(413);
    get(&format!("{base}/manifests/v1")).expect(404);
    let manifest = image(b"a", json!({}));
    let reply = put_manifest(&base, "v1", &manifest, &[]).expect(201);
    let read = get(&format!("{base}/manifests/v1")).expect(200);
    assert_eq!(read.text(), manifest.to_string());
    assert_eq!(read.header("content-type"), MANIFEST);
    assert_eq!(
        read.header("docker-content-digest"),
        reply.header("docker-content-digest")
    );
}

#[test]
fn a_conditional_write_does_not_overwrite_what_it_has_not_seen() {
    let sandbox = start(RegistryOptions::default());
    let base = base(&sandbox);
    put_blob(&base, b"a").expect(201);
    let number = |number: u32| image(b"a", json!({"annotations": {"number": number.to_string()}}));
    let created = put_manifest(&base, "t", &number(1), &[("if-none-match", "*")]).expect(201);
    put_manifest(&base, "t", &number(2), &[("if-none-match", "*")]).expect(412);
    let etag = created.header("etag").to_owned();
    put_manifest(&base, "t", &number(2), &[("if-match", &etag)]).expect(201);
    put_manifest(&base, "t", &number(3), &[("if-match", &etag)]).expect(412);
    put_manifest(&base, "absent", &number(3), &[("if-match", &etag)]).expect(412);
    assert_eq!(
        get(&format!("{base}/manifests/t")).expect(200).text(),
        number(2).to_string()
    );
    let current = digest(number(2).to_string().as_bytes());
    let same = [("if-none-match", format!("\"{current}\""))];
    let same: Vec<_> = same.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send("GET", &format!("{base}/manifests/t"), &same, "").expect(304);

    let careless = start(RegistryOptions {
        conditional_writes: false,
        ..RegistryOptions::default()
    });
    let base = format!("http://{}/v2/org/app", careless.urls().registry);
    put_blob(&base, b"a").expect(201);
    put_manifest(&base, "t", &number(1), &[("if-match", "\"other\"")]).expect(201);
}

#[test]
fn referrers_are_listed_by_subject_and_type() {
    let sandbox = start(RegistryOptions::default());
    let base = base(&sandbox);
    put_blob(&base, b"a").expect(201);
    let subject = image(b"a", json!({})).to_string();
    let subject = digest(subject.as_bytes());
    put_manifest(&base, "v1", &image(b"a", json!({})), &[]).expect(201);
    let list = |query: &str| get(&format!("{base}/referrers/{subject}{query}")).expect(200);
    assert_eq!(list("").json()["manifests"], json!([]));

    for kind in ["application/a", "application/b+json"] {
        let more = json!({
            "artifactType": kind,
            "annotations": {"kind": kind},
            "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1},
        });
        let manifest = image(b"a", more);
        let reply = put_manifest(&base, &digest(manifest.to_string().as_bytes()), &manifest, &[]).expect(201);
        assert_eq!(reply.header("oci-subject"), subject);
    }
    assert_eq!(list("").json()["manifests"].as_array().unwrap().len(), 2);
    let filtered = list("?artifactType=application%2Fb%2Bjson");
    assert_eq!(filtered.header("oci-filters-applied"), "artifactType");
    let found = &filtered.json()["manifests"];
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["annotations"]["kind"], "application/b+json");
    send(
        "DELETE",
        &format!("{base}/manifests/{}", found[0]["digest"].as_str().unwrap()),
        &[],
        "",
    )
    .expect(202);
    assert_eq!(list("").json()["manifests"].as_array().unwrap().len(), 1);

    let hidden = start(RegistryOptions {
        referrers_api: false,
        ..RegistryOptions::default()
    });
    let base = format!("http://{}/v2/org/app", hidden.urls().registry);
    put_blob(&base, b"a").expect(201);
    let more = json!({"subject": {"mediaType": MANIFEST, "digest": subject, "size": 1}});
    assert_eq!(
        put_manifest(&base, "x", &image(b"a", more), &[])
            .expect(201)
            .header("oci-subject"),
        ""
    );
    // As a route that is not there: NAME_UNKNOWN would say that the repository is missing.
    let reply = get(&format!("{base}/referrers/{subject}")).expect(404);
    assert_eq!(reply.text(), "404 page not found\n");
}

#[test]
fn tags_come_in_pages_and_go_with_their_manifest() {
    let sandbox = start(RegistryOptions::default());
    let base = base(&sandbox);
    get(&format!("{base}/tags/list")).expect(404);
    put_blob(&base, b"a").expect(201);
    for tag in ["c", "a", "b"] {
        put_manifest(&base, tag, &image(b"a", json!({})), &[]).expect(201);
    }
    let first = get(&format!("{base}/tags/list?n=2")).expect(200);
    assert_eq!(first.json()["tags"], json!(["a", "b"]));
    assert_eq!(
        first.header("link"),
        "</v2/org/app/tags/list?n=2&last=b>; rel=\"next\""
    );
    let last = get(&format!("{base}/tags/list?n=2&last=b")).expect(200);
    assert_eq!(
        (last.json()["tags"].clone(), last.header("link")),
        (json!(["c"]), "")
    );
    send("DELETE", &format!("{base}/manifests/a"), &[], "").expect(202);
    let manifest = digest(image(b"a", json!({})).to_string().as_bytes());
    get(&format!("{base}/manifests/{manifest}")).expect(200);
    send("DELETE", &format!("{base}/manifests/{manifest}"), &[], "").expect(202);
    assert_eq!(
        get(&format!("{base}/tags/list")).expect(200).json()["tags"],
        json!([])
    );
    send("DELETE", &format!("{base}/manifests/{manifest}"), &[], "").expect(404);
}

#[test]
fn tokens_are_demanded_and_are_good_for_their_scope_only() {
    let access = Access::Bearer {
        user: "robot".to_owned(),
        password: "secret".to_owned(),
    };
    let sandbox = start(RegistryOptions {
        access,
        ..RegistryOptions::default()
    });
    let (base, host) = (base(&sandbox), sandbox.urls().registry.clone());
    let refused = put_blob(&base, b"a").expect(401);
    let scope = "repository:org/app:pull,push";
    let challenge = format!("Bearer realm=\"http://{host}/token\",service=\"{host}\",scope=\"{scope}\"");
    assert_eq!(refused.header("www-authenticate"), challenge);

    let ask = |credentials: &str, scope: &str| {
        let basic = format!("Basic {}", b64(credentials));
        let url = format!("http://{host}/token?service={host}&scope={scope}");
        send("GET", &url, &[("authorization", &basic)], "")
    };
    ask("robot:wrong", scope).expect(403);
    get(&format!("http://{host}/token?scope={scope}")).expect(403);
    let bearer = |scope: &str| {
        let reply = ask("robot:secret", scope).expect(200).json();
        format!("Bearer {}", reply["token"].as_str().unwrap())
    };
    let blob = format!("{base}/blobs/uploads/?digest={}", digest(b"a"));
    let push = |bearer: &str| send("POST", &blob, &[("authorization", bearer)], "a").status;
    assert_eq!(push(&bearer(scope)), 201);
    assert_eq!(push(&bearer("repository:org/app:pull")), 401);
    assert_eq!(push(&bearer("repository:org/other:pull,push")), 401);
    // An identity token is signed by the same key, and is no token for the registry.
    let identity = portcullis::sandbox::server::Identity::Email("dev@example.com".to_owned());
    assert_eq!(
        push(&format!("Bearer {}", sandbox.token(&identity).unwrap())),
        401
    );
}

#[test]
fn it_throttles_lies_and_hides_as_it_is_told() {
    let sandbox = start(RegistryOptions {
        throttle_every: Some(3),
        ..RegistryOptions::default()
    });
    let url = format!("http://{}/v2/", sandbox.urls().registry);
    let statuses: Vec<u16> = (0..6).map(|_| get(&url).status).collect();
    assert_eq!(statuses, [200, 200, 429, 200, 200, 429]);

    let sandbox = start(RegistryOptions::default());
    let base = base(&sandbox);
    put_blob(&base, b"a").expect(201);
    sandbox
        .faults()
        .add(Rule::new(Service::Registry, Fault::Lie).path("/blobs/"));
    let lie = get(&format!("{base}/blobs/{}", digest(b"a"))).expect(200);
    assert_eq!(lie.body.len(), 1);
    assert_ne!(lie.body, b"a");
    get(&format!(
        "http://{}/v2/../etc/manifests/x",
        sandbox.urls().registry
    ))
    .expect(404);
    get(&format!(
        "http://{}/v2/UPPER/manifests/x",
        sandbox.urls().registry
    ))
    .expect(400);
}
