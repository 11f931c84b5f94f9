//! The `[[route]]` tables: which images are decided by which policy, and what follows when one is allowed.

use std::collections::BTreeSet;
use std::time::Duration;

use super::triggers::known as known_triggers;
use crate::gate::trigger::NamedTrigger;
use crate::ops::policy_file;
use crate::ops::verify::Rules;
use crate::policy::strict_toml::{Found, Reader, Section, quote, scopes};
use crate::policy::{Files, Policy, Scope, SubjectName};
use crate::sigstore::trust::TrustChoice;
use crate::subject::{Digest, Reference, Subject};

const KEYS: [&str; 9] = [
    "name",
    "repositories",
    "policy",
    "policy-digest",
    "deny-warnings",
    "triggers",
    "rollback",
    "rollback-within",
    "wait-for-evidence",
];

/// Most routes.
const MAX_ROUTES: usize = 1_000;

/// Longest name of a route or trigger, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// What is decided by which policy, and what follows.
#[derive(Debug)]
pub struct Route {
    /// Its name, in records.
    pub name: String,
    /// The repositories that it is for.
    pub repositories: Vec<Scope>,
    /// The policy.
    pub rules: Rules,
    /// SHA-256 of the policy file.
    pub policy: Digest,
    /// SHA-256 over the policy file and everything that was read for it.
    pub inputs: Digest,
    /// Whether a warning denies.
    pub deny_warnings: bool,
    /// Names of the triggers that an allowed image sets off.
    pub triggers: Vec<String>,
    /// What becomes of older images.
    pub rollback: RollbackRule,
    /// How long after an event *no evidence* is no answer yet, for registries that tell of an image before it is signed.
    pub wait_for_evidence: Duration,
}

/// What becomes of an image that is older than the one that was allowed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RollbackRule {
    /// It is allowed like any other, and recorded as a rollback.
    #[default]
    Allow,
    /// It is allowed if it was signed at most this long ago.
    Within(Duration),
    /// It is denied.
    Deny,
}

impl Route {
    /// Whether it is for an image.
    pub fn covers(&self, reference: &Reference) -> bool {
        let name = SubjectName::of(&Subject::Image(reference.clone()));
        self.repositories.iter().any(|scope| scope.covers(&name))
    }

    /// The policy.
    pub fn policy(&self) -> Option<&Policy> {
        match &self.rules {
            Rules::Policy(policy) => Some(policy),
            Rules::Demands(_) => None,
        }
    }
}

pub(super) fn read_all(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    files: &Files<'_>,
    trust: Option<&TrustChoice>,
    triggers: &[NamedTrigger],
) -> Vec<Route> {
    let tables = root.tables(reader, "route");
    if tables.is_empty() {
        let help = "add a [[route]] with name, repositories and policy";
        reader.missing(
            &(0..0),
            "the configuration has no route, so nothing could be allowed",
            help,
        );
    }
    if let Some(first) = tables.get(MAX_ROUTES) {
        reader.mistake(
            &first.span(),
            format!("there are more than {MAX_ROUTES} routes"),
            "join some of them",
        );
        return Vec::new();
    }
    let mut names = BTreeSet::new();
    let mut routes = Vec::new();
    for table in tables {
        if let Some(section) = Section::open(reader, "[[route]]", table, &KEYS) {
            let name = name(reader, &section, &mut names);
            let route = route(reader, &section, files, trust, triggers);
            if let (Some(name), Some(route)) = (name, route) {
                routes.push(Route { name, ..route });
            }
        }
    }
    routes
}

/// A name that is no other's, of the characters that every log and URL can hold.
pub(super) fn name(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    taken: &mut BTreeSet<String>,
) -> Option<String> {
    let help = "write name = \"payments\"";
    let name = section.needed_text(reader, "name", help)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.value.len() > MAX_NAME_BYTES || !name.value.bytes().all(plain) {
        let message = format!("{} cannot be a name", quote(name.value));
        let help = format!("use at most {MAX_NAME_BYTES} letters, digits, - and _");
        reader.mistake(&name.span, message, help);
        return None;
    }
    if !taken.insert(name.value.to_owned()) {
        let message = format!("there are two {} named {}", section.what, quote(name.value));
        reader.mistake(&name.span, message, "give each a name of its own");
        return None;
    }
    Some(name.value.to_owned())
}

fn route(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    trust: Option<&TrustChoice>,
    known: &[NamedTrigger],
) -> Option<Route> {
    let repositories = repositories(reader, section);
    let policy = policy(reader, section, files, trust);
    let triggers = section.texts(reader, "triggers").unwrap_or_default();
    known_triggers(reader, &triggers, known);
    let deny_warnings = section.switch(reader, "deny-warnings").is_some();
    let rollback = rollback(reader, section);
    let wait = section.duration(reader, "wait-for-evidence");
    let policy_file::PolicyFile { policy, inputs } = policy?;
    Some(Route {
        name: String::new(),
        repositories: repositories?,
        policy: policy.digest().clone(),
        rules: Rules::Policy(Box::new(policy)),
        inputs,
        deny_warnings,
        triggers: triggers.iter().map(|name| name.value.to_owned()).collect(),
        rollback,
        wait_for_evidence: wait.map(|wait| wait.value).unwrap_or_default(),
    })
}

/// The repositories of a table; only images have routes and callers.
pub(super) fn repositories(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Vec<Scope>> {
    let help = "write repositories = [\"registry.example/team/*\"]";
    if section.get("repositories").is_none() {
        reader.missing(
            &section.span,
            format!("{} has no repositories", section.what),
            help,
        );
    }
    let scopes = scopes(reader, section, "repositories")?;
    if let Some(other) = scopes.iter().find(|scope| !scope.is_image()) {
        let span = section.key_span("repositories").unwrap_or_default();
        let message = format!("{} is no repository of a registry", quote(other.as_str()));
        reader.mistake(&span, message, help);
        return None;
    }
    Some(scopes)
}

fn policy(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    trust: Option<&TrustChoice>,
) -> Option<policy_file::PolicyFile> {
    let pinned = pinned(reader, section);
    let path = section.needed_text(reader, "policy", "name the policy file that decides")?;
    let origin = reader.origin(&path.span);
    match policy_file::read(&files.folder.join(path.value), pinned.as_ref(), &origin) {
        Ok(file) => {
            one_trust_root(reader, &path, file.policy.trust(), trust);
            Some(file)
        }
        Err(findings) => {
            reader.elsewhere(findings);
            None
        }
    }
}

fn pinned(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Digest> {
    let text = section.text(reader, "policy-digest")?;
    let digest = text.value.parse();
    if let Err(error) = &digest {
        reader.mistake(
            &text.span,
            format!("policy-digest: {error}"),
            "write sha256: and 64 hex digits",
        );
    }
    digest.ok()
}

/// A policy may name the gate's trust root and no other: which root is believed is said in one place.
fn one_trust_root(
    reader: &mut Reader<'_>,
    path: &Found<&str>,
    named: Option<&TrustChoice>,
    trust: Option<&TrustChoice>,
) {
    if let (Some(named), Some(trust)) = (named, trust)
        && named != trust
    {
        let message = format!(
            "{} names the trust root {named}, and the gate's is {trust}",
            quote(path.value)
        );
        reader.mistake(
            &path.span,
            message,
            "leave [trust] out of the policy; the gate's is used",
        );
    }
}

fn rollback(reader: &mut Reader<'_>, section: &Section<'_>) -> RollbackRule {
    let choices = [("allow", RollbackRule::Allow), ("deny", RollbackRule::Deny)];
    let rule = section.choice(reader, "rollback", &choices);
    match (rule, section.duration(reader, "rollback-within")) {
        (Some(RollbackRule::Deny), Some(within)) => {
            let message = "rollback = \"deny\" leaves rollback-within nothing to say";
            reader.mistake(&within.span, message, "leave one of the two out");
            RollbackRule::Deny
        }
        (_, Some(within)) => RollbackRule::Within(within.value),
        (rule, None) => rule.unwrap_or_default(),
    }
}
