//! The routes, with the checks in the order in which Argo CD makes them: who asks, which application, whether now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answer::Refusal;
use super::application::{Application, Sync};
use super::{ArgoFault, Shared, lock};

/// Members of a sync request, by the published contract. Others are refused, so that a misspelt one is noticed.
const MEMBERS: [&str; 14] = [
    "name",
    "appNamespace",
    "project",
    "revision",
    "revisions",
    "sourcePositions",
    "dryRun",
    "prune",
    "strategy",
    "resources",
    "manifests",
    "infos",
    "retryStrategy",
    "syncOptions",
];

type World = State<Arc<Mutex<Shared>>>;
type Asked = Query<BTreeMap<String, String>>;

pub(super) fn router(shared: Arc<Mutex<Shared>>) -> Router {
    Router::new()
        .route("/api/v1/applications/{name}", get(application))
        .route("/api/v1/applications/{name}/manifests", get(manifests))
        .route("/api/v1/applications/{name}/sync", post(sync))
        .layer(from_fn_with_state(Arc::clone(&shared), admit))
        .with_state(shared)
}

/// Who asks, and whether the request is one that shall go wrong.
async fn admit(State(shared): World, request: Request, next: Next) -> Response {
    if let Some(refusal) = refused(&shared, request.method(), request.uri().path(), request.headers()) {
        return refusal;
    }
    next.run(request).await
}

fn refused(shared: &Mutex<Shared>, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    let mut shared = lock(shared);
    shared.requests.push(format!("{method} {path}"));
    if let Some(status) = take(&mut shared.faults, |fault| match fault {
        ArgoFault::Anything(status) => Some(status),
        _ => None,
    }) {
        return Some(status_only(status));
    }
    let presented = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    (presented != Some(format!("Bearer {}", shared.token).as_str()))
        .then(|| Refusal::Unauthenticated.with("no session information"))
}

async fn application(State(shared): World, Path(name): Path<String>, Query(query): Asked) -> Response {
    let mut shared = lock(&shared);
    let application = match find(&mut shared, &name, query.get("project")) {
        Ok(application) => application,
        Err(refusal) => return refusal,
    };
    if query.contains_key("refresh") {
        application.compared = Some(application.head.clone());
    }
    application.pass();
    Json(application.document(&name)).into_response()
}

async fn manifests(State(shared): World, Path(name): Path<String>, Query(query): Asked) -> Response {
    let mut shared = lock(&shared);
    let application = match find(&mut shared, &name, query.get("project")) {
        Ok(application) => application,
        Err(refusal) => return refusal,
    };
    let revision = query.get("revision").unwrap_or(&application.head);
    match application.revisions.get(revision) {
        Some(manifests) => {
            let texts: Vec<String> = manifests.iter().map(Value::to_string).collect();
            Json(json!({ "manifests": texts, "revision": revision })).into_response()
        }
        None => Refusal::InvalidArgument.with("unable to resolve the revision to a commit SHA"),
    }
}

async fn sync(State(shared): World, Path(name): Path<String>, body: Bytes) -> Response {
    let Some(asked) = read(&body, &name) else {
        return Refusal::InvalidArgument.with("the request is not an ApplicationSyncRequest");
    };
    let mut shared = lock(&shared);
    if let Some(status) = take(&mut shared.faults, |fault| match fault {
        ArgoFault::Refuse(status) => Some(status),
        _ => None,
    }) {
        return status_only(status);
    }
    let late = take(&mut shared.faults, |fault| match fault {
        ArgoFault::BeginAndAnswer(status) => Some(status),
        _ => None,
    });
    let application = match find(&mut shared, &name, asked.project.as_ref()) {
        Ok(application) => application,
        Err(refusal) => return refusal,
    };
    match begin(application, &asked) {
        Err(refusal) => refusal,
        Ok(()) => match late {
            Some(status) => status_only(status),
            None => Json(application.document(&name)).into_response(),
        },
    }
}

/// A sync request, as far as it is looked at.
struct SyncRequest {
    project: Option<String>,
    revision: String,
    infos: Vec<(String, String)>,
}

fn read(body: &[u8], name: &str) -> Option<SyncRequest> {
    let body: serde_json::Map<String, Value> = serde_json::from_slice(body).ok()?;
    let known = body.keys().all(|member| MEMBERS.contains(&member.as_str()));
    let same = body.get("name").is_none_or(|own| own == name);
    let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).map(str::to_owned);
    let infos = body
        .get("infos")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let infos: Option<Vec<_>> = infos
        .iter()
        .map(|info| Some((text(info, "name")?, text(info, "value")?)))
        .collect();
    (known && same).then_some(())?;
    let body = Value::Object(body);
    Some(SyncRequest {
        project: text(&body, "project"),
        revision: text(&body, "revision")?,
        infos: infos?,
    })
}

fn begin(application: &mut Application, asked: &SyncRequest) -> Result<(), Response> {
    if application.window_closed {
        return Err(Refusal::PermissionDenied.with("cannot sync: blocked by sync window"));
    }
    if !application.revisions.contains_key(&asked.revision) {
        return Err(Refusal::InvalidArgument.with("unable to resolve the revision to a commit SHA"));
    }
    if application.automated && asked.revision != application.head {
        return Err(
            Refusal::FailedPrecondition.with("cannot sync to this revision: auto-sync currently set to HEAD")
        );
    }
    if application.is_busy() {
        return Err(Refusal::FailedPrecondition.with("another operation is already in progress"));
    }
    let info: Vec<Value> = asked
        .infos
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    application.begin(json!({ "sync": { "revision": asked.revision }, "info": info }));
    application.syncs.push(Sync {
        revision: asked.revision.clone(),
        infos: asked.infos.clone(),
    });
    Ok(())
}

/// The application that is asked for. Without a project, a missing one looks like a forbidden one.
fn find<'a>(
    shared: &'a mut Shared,
    name: &str,
    project: Option<&String>,
) -> Result<&'a mut Application, Response> {
    let forbidden = || Refusal::PermissionDenied.with("permission denied");
    let application = shared.applications.get_mut(name);
    let application = application.ok_or_else(|| match project {
        Some(_) => Refusal::NotFound.with("application not found"),
        None => forbidden(),
    })?;
    match project.is_none_or(|project| *project == application.project) {
        true => Ok(application),
        false => Err(forbidden()),
    }
}

fn take(faults: &mut Vec<ArgoFault>, wanted: impl Fn(ArgoFault) -> Option<u16>) -> Option<u16> {
    let index = faults.iter().position(|fault| wanted(*fault).is_some())?;
    wanted(faults.remove(index))
}

fn status_only(status: u16) -> Response {
    StatusCode::from_u16(status)
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        .into_response()
}
