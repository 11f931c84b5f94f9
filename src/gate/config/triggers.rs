//! The `[[trigger]]` tables: what is told that an image may be deployed.
//!
//! Every kind needs its secret, and every address TLS unless it is this machine: a trigger that anybody could pull, or that
//! anybody could read along, cannot be written down (S0.57, S0.58). None starts a program.

mod summary;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::registry::{RegistryConfig, contents};
use super::routes::name;
use crate::gate::order::Trigger;
use crate::gate::trigger::{ArgoCd, AutoSync, Dispatch, Flux, NamedTrigger, Options, SecretFile, Webhook};
use crate::http::{Patience, RetryPolicy, Web, WebConfig, is_loopback};
use crate::policy::Files;
use crate::policy::strict_toml::{Found, Reader, Section, quote};
use crate::report::Finding;
use crate::sigstore::trust::TrustChoice;

const KEYS: [&str; 20] = [
    "name",
    "kind",
    "url",
    "token-file",
    "secret-file",
    "ca",
    "application",
    "project",
    "app-namespace",
    "auto-sync",
    "prune",
    "other-images",
    "follow",
    "repository",
    "event-type",
    "key-file",
    "password-file",
    "signing-config",
    "verifier",
    "policy-uri",
];

/// Most triggers.
const MAX_TRIGGERS: usize = 1_000;
/// Longest event type that GitHub takes, in characters.
const MAX_EVENT_TYPE: usize = 100;
/// How long an attempt stays with an operation that is running, unless it is said.
const FOLLOW: Duration = Duration::from_secs(60);
/// Longest time that one attempt may keep a thread.
const MAX_FOLLOW: Duration = Duration::from_secs(600);

/// The kinds by their names, each with the keys that only some kinds have.
const KINDS: [(&str, &[&str]); 5] = [
    (
        "argo-cd",
        &[
            "url",
            "token-file",
            "application",
            "project",
            "app-namespace",
            "auto-sync",
            "prune",
            "other-images",
            "follow",
        ],
    ),
    ("flux", &["url", "secret-file"]),
    (
        "github-dispatch",
        &["url", "token-file", "repository", "event-type"],
    ),
    ("webhook", &["url", "secret-file"]),
    (
        "summary",
        &[
            "key-file",
            "password-file",
            "signing-config",
            "verifier",
            "policy-uri",
        ],
    ),
];

/// What the rest of the configuration says that triggers are made with.
pub(super) struct Around<'a> {
    pub(super) files: &'a Files<'a>,
    pub(super) data: Option<&'a Path>,
    pub(super) trust: Option<&'a TrustChoice>,
    pub(super) registry: &'a RegistryConfig,
}

pub(super) fn read_all(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    around: &Around<'_>,
) -> Vec<NamedTrigger> {
    let tables = root.tables(reader, "trigger");
    if let Some(first) = tables.get(MAX_TRIGGERS) {
        let message = format!("there are more than {MAX_TRIGGERS} triggers");
        reader.mistake(&first.span(), message, "join some of them");
        return Vec::new();
    }
    let mut names = BTreeSet::new();
    let mut triggers = Vec::new();
    for table in tables {
        if let Some(section) = Section::open(reader, "[[trigger]]", table, &KEYS) {
            let name = name(reader, &section, &mut names);
            let trigger = trigger(reader, &section, around);
            if let (Some(name), Some(trigger)) = (name, trigger) {
                triggers.push(NamedTrigger { name, trigger });
            }
        }
    }
    triggers
}

/// Every trigger that a route names is there.
pub(super) fn known(reader: &mut Reader<'_>, named: &[Found<&str>], triggers: &[NamedTrigger]) {
    for name in named {
        if !triggers.iter().any(|trigger| trigger.name == name.value) {
            let message = format!("there is no trigger named {}", quote(name.value));
            reader.mistake(&name.span, message, "add a [[trigger]] with this name");
        }
    }
}

fn trigger(reader: &mut Reader<'_>, section: &Section<'_>, around: &Around<'_>) -> Option<Arc<dyn Trigger>> {
    let help = "write kind = \"argo-cd\", \"flux\", \"github-dispatch\", \"webhook\" or \"summary\"";
    let files = around.files;
    section.needed_text(reader, "kind", help)?;
    let choices: Vec<(&str, (&str, &[&str]))> = KINDS.iter().map(|kind| (kind.0, *kind)).collect();
    let (kind, own) = section.choice(reader, "kind", &choices)?;
    foreign_keys(reader, section, kind, own);
    let web = web(reader, section, files);
    if kind == "summary" {
        return summary::read(reader, section, around, web);
    }
    let url = url(reader, section);
    match kind {
        "argo-cd" => argo_cd(reader, section, files, url, web),
        "github-dispatch" => dispatch(reader, section, files, url, web),
        "flux" => {
            let secret = secret(reader, section, files, "secret-file")?;
            let flux = Flux::new(url?, secret.value, web?);
            usable(reader, &secret.span, flux)
        }
        _ => {
            let secret = secret(reader, section, files, "secret-file")?;
            let webhook = Webhook::new(url?, secret.value, web?);
            usable(reader, &secret.span, webhook)
        }
    }
}

/// A trigger whose secret could be read, or a mistake at the place that names the secret.
fn usable<T: Trigger + 'static>(
    reader: &mut Reader<'_>,
    secret: &Range<usize>,
    trigger: Result<T, Finding>,
) -> Option<Arc<dyn Trigger>> {
    match trigger {
        Ok(trigger) => Some(Arc::new(trigger)),
        Err(finding) => {
            let help = "write the secret alone into the file, for example what openssl rand -base64 32 makes";
            reader.mistake(secret, finding.message, help);
            None
        }
    }
}

/// How a target is reached. Attempts are counted, recorded and spaced by the gate.
fn web(reader: &mut Reader<'_>, section: &Section<'_>, files: &Files<'_>) -> Option<Web> {
    let authorities = match section.text(reader, "ca") {
        Some(file) => Some(contents(reader, &file, files)?),
        None => None,
    };
    let retry = RetryPolicy {
        attempts: 1,
        ..RetryPolicy::default()
    };
    let web = Web::new(WebConfig {
        patience: Patience {
            retry,
            ..Patience::default()
        },
        authorities,
        ..WebConfig::default()
    });
    web.map_err(|error| {
        let message = format!("the system gives no thread for the trigger: {error}");
        reader.mistake(
            &section.span,
            message,
            "configure fewer triggers, or raise the limit on threads",
        );
    })
    .ok()
}

/// A key of another kind would be ignored, so it is a mistake.
fn foreign_keys(reader: &mut Reader<'_>, section: &Section<'_>, kind: &str, own: &[&str]) {
    let others = KINDS
        .iter()
        .flat_map(|(_, keys)| keys.iter())
        .collect::<BTreeSet<_>>();
    for key in others.into_iter().filter(|key| !own.contains(key)) {
        if let Some(span) = section.key_span(key) {
            let message = format!("a trigger of kind {} has no {key}", quote(kind));
            reader.mistake(&span, message, format!("its own keys are {}", own.join(", ")));
        }
    }
}

fn argo_cd(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    server: Option<Url>,
    web: Option<Web>,
) -> Option<Arc<dyn Trigger>> {
    let application = section.needed_text(reader, "application", "name the application to sync");
    let token = secret(reader, section, files, "token-file");
    let automated = [("refuse", AutoSync::Refuse), ("accept", AutoSync::Accept)];
    let auto_sync = section
        .choice(reader, "auto-sync", &automated)
        .unwrap_or_default();
    let prune = section.switch(reader, "prune").is_some();
    let other_images = other_images(reader, section);
    let follow = section.duration(reader, "follow");
    if let Some(long) = follow.as_ref().filter(|follow| follow.value > MAX_FOLLOW) {
        let message = "one attempt would keep a thread for more than ten minutes";
        reader.mistake(
            &long.span,
            message,
            "write at most \"10m\": later attempts go on where it stopped",
        );
    }
    let text = |found: Option<Found<&str>>| found.map(|found| found.value.to_owned());
    let project = text(section.text(reader, "project"));
    let namespace = text(section.text(reader, "app-namespace"));
    let options = Options {
        auto_sync,
        prune,
        other_images,
        follow: follow.map_or(FOLLOW, |follow| follow.value),
    };
    let token = token?;
    let argo = ArgoCd::new(server?, text(application)?, token.value, web?, options)
        .map(|argo| argo.in_project(project).in_namespace(namespace));
    usable(reader, &token.span, argo)
}

/// Images that need no decision. Each has its digest: a tag would let anything follow.
fn other_images(reader: &mut Reader<'_>, section: &Section<'_>) -> Vec<String> {
    let images = section.texts(reader, "other-images").unwrap_or_default();
    for image in &images {
        if !image.value.contains("@sha256:") && !image.value.contains("@sha512:") {
            let message = format!("{} has no digest", quote(image.value));
            reader.mistake(
                &image.span,
                message,
                "write it as the manifests do, with @sha256:…",
            );
        }
    }
    images.iter().map(|image| image.value.to_owned()).collect()
}

fn dispatch(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    url: Option<Url>,
    web: Option<Web>,
) -> Option<Arc<dyn Trigger>> {
    let token = secret(reader, section, files, "token-file");
    let event_type = section.needed_text(reader, "event-type", "name the event that the workflow waits for");
    if let Some(long) = event_type
        .as_ref()
        .filter(|text| text.value.chars().count() > MAX_EVENT_TYPE)
    {
        let message = format!("GitHub takes event types of at most {MAX_EVENT_TYPE} characters");
        reader.mistake(&long.span, message, "choose a shorter one");
    }
    let help = "write repository = \"owner/name\"";
    let repository = section.needed_text(reader, "repository", help)?;
    let Some((owner, name)) = repository
        .value
        .split_once('/')
        .filter(|(owner, name)| is_segment(owner) && is_segment(name))
    else {
        let message = format!("{} is no repository of GitHub", quote(repository.value));
        reader.mistake(&repository.span, message, help);
        return None;
    };
    let mut url = url?;
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["repos", owner, name, "dispatches"]);
    let token = token?;
    let dispatch = Dispatch::new(url, event_type?.value.to_owned(), token.value, web?);
    usable(reader, &token.span, dispatch)
}

fn is_segment(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && !matches!(text, "." | "..") && text.bytes().all(plain)
}

/// An address that can be called with a secret.
fn url(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Url> {
    let help = "write url = \"https://…\"";
    let text = section.needed_text(reader, "url", help)?;
    let mut refuse = |why: &str| {
        reader.mistake(&text.span, format!("{} {why}", quote(text.value)), help);
        None
    };
    let Ok(url) = Url::parse(text.value) else {
        return refuse("is no address");
    };
    let local = url
        .host_str()
        .is_some_and(|host| is_loopback(host.trim_matches(['[', ']'])));
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        "http" => return refuse("would show the secret to the network: TLS is needed beyond this machine"),
        _ => return refuse("is neither https nor http"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has a user name in it: name a file with the secret instead");
    }
    match url.fragment().is_some() || url.query().is_some() {
        true => refuse("has a query or a fragment"),
        false => Some(url),
    }
}

/// The file with the secret.
fn secret(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    key: &str,
) -> Option<Found<SecretFile>> {
    let help = "a trigger without a secret could be pulled by anybody: name the file that holds it";
    let path = section.needed_text(reader, key, help)?;
    Some(Found {
        value: SecretFile::new(files.folder.join(path.value)),
        span: path.span,
    })
}
