//! Manifests, tags, and what refers to a manifest.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::blobs::falsified;
use super::store::{Refusal, Store, digest_like};
use super::target::{Reference, is_digest};
use super::{Answer, CONTENT_DIGEST, Code, Registry, parameter, refuse, reply};
use crate::sandbox::server::faults::is_lying;
use crate::sandbox::server::reply::{MAX_REQUEST_BYTES, body};
use crate::sandbox::server::world::lock;

/// The header that says that the registry has understood `subject`.
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
/// The header that says which filters were applied to the referrers.
const FILTERS: HeaderName = HeaderName::from_static("oci-filters-applied");
/// The media type of an image index.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// GET, HEAD, PUT and DELETE of a manifest.
pub(super) async fn manifest(
    registry: &Registry,
    name: &str,
    reference: &Reference,
    request: Request,
) -> Answer {
    match *request.method() {
        Method::GET | Method::HEAD => read(registry, name, reference, &request),
        Method::PUT => write(registry, name, reference, request).await,
        Method::DELETE => delete(registry, name, reference),
        _ => refuse(Code::Unsupported, "GET, HEAD, PUT or DELETE"),
    }
}

/// The digest that a reference stands for now.
fn resolve(store: &Store, name: &str, reference: &Reference) -> Option<String> {
    match reference {
        Reference::Digest(digest) => Some(digest.clone()),
        Reference::Tag(tag) => store.repository(name)?.tags.get(tag).cloned(),
    }
}

fn read(registry: &Registry, name: &str, reference: &Reference, request: &Request) -> Answer {
    let store = lock(&registry.store);
    if store.repository(name).is_none() {
        return refuse(Code::NameUnknown, "there is no such repository");
    }
    let digest = resolve(&store, name, reference);
    let found = digest.as_ref().and_then(|digest| store.manifest(name, digest));
    let (Some(digest), Some((media_type, bytes))) = (&digest, found) else {
        return refuse(Code::ManifestUnknown, "the repository has no such manifest");
    };
    let etag = format!("\"{digest}\"");
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_DIGEST, digest.as_str()),
        (ETAG, &etag),
    ];
    if header(request, IF_NONE_MATCH).is_some_and(|tags| names(&tags, digest)) {
        return Ok(reply(StatusCode::NOT_MODIFIED, &headers, ""));
    }
    let bytes = if is_lying(request) {
        falsified(&bytes)
    } else {
        bytes
    };
    Ok(reply(StatusCode::OK, &headers, bytes))
}

fn header(request: &Request, name: HeaderName) -> Option<String> {
    Some(request.headers().get(name)?.to_str().ok()?.to_owned())
}

/// Whether a list of entity tags has the one of `digest` (RFC 9110 section 13.1).
fn names(list: &str, digest: &str) -> bool {
    list.split(',').any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == digest
    })
}

async fn write(registry: &Registry, name: &str, reference: &Reference, request: Request) -> Answer {
    let Some(media_type) = header(&request, CONTENT_TYPE) else {
        return refuse(Code::ManifestInvalid, "Content-Type is missing");
    };
    let (if_match, if_none_match) = (header(&request, IF_MATCH), header(&request, IF_NONE_MATCH));
    let Some(bytes) = body(request, MAX_REQUEST_BYTES).await else {
        return refuse(
            Code::SizeInvalid,
            format!("the limit is {MAX_REQUEST_BYTES} bytes"),
        );
    };
    let mut store = lock(&registry.store);
    let subject = check(&store, name, &media_type, &bytes)?;
    let digest = match reference {
        Reference::Digest(digest) => digest.clone(),
        Reference::Tag(_) => digest_like(&bytes, "sha256:").unwrap_or_default(),
    };
    if registry.options.conditional_writes {
        let current = match reference {
            Reference::Tag(_) => resolve(&store, name, reference),
            Reference::Digest(digest) => store.manifest(name, digest).map(|_| digest.clone()),
        };
        let is_current = |list: &String| current.as_ref().is_some_and(|digest| names(list, digest));
        if if_match.as_ref().is_some_and(|list| !is_current(list)) {
            return refuse(
                Code::PreconditionFailed,
                "the manifest is not the one of If-Match",
            );
        }
        if if_none_match.as_ref().is_some_and(is_current) {
            return refuse(
                Code::PreconditionFailed,
                "the manifest is the one of If-None-Match",
            );
        }
    }
    store.put(&digest, bytes)?;
    let change = store.change(name, |repository| {
        repository.manifests.insert(digest.clone(), media_type);
        if let Reference::Tag(tag) = reference {
            repository.tags.insert(tag.clone(), digest.clone());
        }
    });
    change.map_err(|_| Refusal::Full)?;
    let location = format!("/v2/{name}/manifests/{digest}");
    let etag = format!("\"{digest}\"");
    let mut headers = vec![
        (LOCATION, location.as_str()),
        (CONTENT_DIGEST, digest.as_str()),
        (ETAG, etag.as_str()),
    ];
    if let Some(subject) = subject.as_deref().filter(|_| registry.options.referrers_api) {
        headers.push((SUBJECT, subject));
    }
    Ok(reply(StatusCode::CREATED, &headers, ""))
}

/// Checks a manifest before it is taken, and gives the digest of its subject.
fn check(
    store: &Store,
    name: &str,
    media_type: &str,
    bytes: &Bytes,
) -> Result<Option<String>, (Code, String)> {
    let Ok(manifest) = serde_json::from_slice::<Value>(bytes) else {
        return refuse(Code::ManifestInvalid, "the manifest is not JSON");
    };
    if manifest.get("schemaVersion") != Some(&json!(2)) {
        return refuse(Code::ManifestInvalid, "schemaVersion is not 2");
    }
    if manifest
        .get("mediaType")
        .is_some_and(|stated| *stated != media_type)
    {
        return refuse(Code::ManifestInvalid, "mediaType is not the Content-Type");
    }
    let has_blob = |digest: &str| store.blob(name, digest).is_some();
    let has_manifest = |digest: &str| store.manifest(name, digest).is_some();
    for (member, is_there) in [
        ("config", &has_blob as &dyn Fn(&str) -> bool),
        ("layers", &has_blob),
        ("manifests", &has_manifest),
    ] {
        for digest in digests(manifest.get(member))? {
            if !is_there(&digest) {
                return refuse(
                    Code::ManifestBlobUnknown,
                    format!("the repository lacks {digest}, which {member} names"),
                );
            }
        }
    }
    // A subject may come later, or never.
    Ok(digests(manifest.get("subject"))?.pop())
}

/// The digests of a descriptor or of a list of them.
fn digests(member: Option<&Value>) -> Result<Vec<String>, (Code, String)> {
    let descriptors = match member {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(descriptors)) => descriptors.as_slice(),
        Some(descriptor) => std::slice::from_ref(descriptor),
    };
    let digest = |descriptor: &Value| {
        let digest = descriptor.get("digest").and_then(Value::as_str);
        match digest.filter(|digest| is_digest(digest)) {
            Some(digest) => Ok(digest.to_owned()),
            None => refuse(Code::ManifestInvalid, "a descriptor has no valid digest"),
        }
    };
    descriptors.iter().map(digest).collect()
}

fn delete(registry: &Registry, name: &str, reference: &Reference) -> Answer {
    let mut store = lock(&registry.store);
    let found = resolve(&store, name, reference).filter(|digest| store.manifest(name, digest).is_some());
    if found.is_none() {
        return refuse(Code::ManifestUnknown, "the repository has no such manifest");
    }
    let change = store.change(name, |repository| match reference {
        Reference::Tag(tag) => {
            repository.tags.remove(tag);
        }
        Reference::Digest(digest) => {
            repository.manifests.remove(digest);
            repository.tags.retain(|_, tagged| tagged != digest);
        }
    });
    change.map_err(|_| Refusal::Full)?;
    Ok(reply(StatusCode::ACCEPTED, &[], ""))
}

/// The tags in order, `n` of them after `last`, with a link to the next.
pub(super) fn tags(registry: &Registry, name: &str, request: &Request) -> Answer {
    let store = lock(&registry.store);
    let Some(repository) = store.repository(name) else {
        return refuse(Code::NameUnknown, "there is no such repository");
    };
    let last = parameter(request, "last").unwrap_or_default();
    let count = parameter(request, "n").and_then(|count| count.parse::<usize>().ok());
    let mut rest = repository.tags.keys().filter(|tag| **tag > last);
    let page: Vec<&String> = rest.by_ref().take(count.unwrap_or(usize::MAX)).collect();
    let link = page.last().filter(|_| rest.next().is_some()).map(|last| {
        format!(
            "</v2/{name}/tags/list?n={}&last={last}>; rel=\"next\"",
            page.len()
        )
    });
    let mut headers = vec![(CONTENT_TYPE, "application/json")];
    if let Some(link) = &link {
        headers.push((LINK, link));
    }
    Ok(reply(
        StatusCode::OK,
        &headers,
        json!({"name": name, "tags": page}).to_string(),
    ))
}

/// The manifests whose subject is `digest`, as an index.
pub(super) fn referrers(registry: &Registry, name: &str, digest: &str, request: &Request) -> Answer {
    if !registry.options.referrers_api {
        // As registries answer that were written before there was such an endpoint.
        return Ok(reply(StatusCode::NOT_FOUND, &[], "404 page not found\n"));
    }
    let store = lock(&registry.store);
    let filter = parameter(request, "artifactType");
    let manifests = store
        .repository(name)
        .map(|repository| repository.manifests.keys());
    let referrers: Vec<Value> = manifests
        .into_iter()
        .flatten()
        .filter_map(|referrer| descriptor(&store, name, referrer, digest))
        .filter(|found| {
            filter
                .as_ref()
                .is_none_or(|wanted| found.get("artifactType") == Some(&json!(wanted)))
        })
        .collect();
    let mut headers = vec![(CONTENT_TYPE, INDEX)];
    if filter.is_some() {
        headers.push((FILTERS, "artifactType"));
    }
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": referrers});
    Ok(reply(StatusCode::OK, &headers, index.to_string()))
}

/// The descriptor of a manifest, if its subject is `subject`.
fn descriptor(store: &Store, name: &str, digest: &str, subject: &str) -> Option<Value> {
    let (media_type, bytes) = store.manifest(name, digest)?;
    let manifest: Value = serde_json::from_slice(&bytes).ok()?;
    if manifest.pointer("/subject/digest").and_then(Value::as_str) != Some(subject) {
        return None;
    }
    let mut descriptor = json!({"mediaType": media_type, "digest": digest, "size": bytes.len()});
    // An image without an artifact type has its configuration's.
    let kind = manifest
        .get("artifactType")
        .or_else(|| manifest.pointer("/config/mediaType"));
    let members = [
        ("artifactType", kind),
        ("annotations", manifest.get("annotations")),
    ];
    if let Some(object) = descriptor.as_object_mut() {
        for (member, value) in members {
            if let Some(value) = value.filter(|value| !value.is_null()) {
                object.insert(member.to_owned(), value.clone());
            }
        }
    }
    Some(descriptor)
}
