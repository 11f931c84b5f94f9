//! The `[[caller]]` tables: who may call, how they prove who they are, and which repositories they speak for.

use std::collections::BTreeSet;
use std::fmt::Display;

use jiff::SignedDuration;
use jsonwebtoken::Algorithm;
use reqwest::Url;
use zeroize::Zeroizing;

use super::listen::rate;
use super::routes::{name, repositories};
use crate::gate::caller::{
    ALGORITHMS, Caller, ClaimRule, Credential, GitHubKeys, Peers, Rate, Right, SpiffeRule, TokenRule,
    WebhookKeys,
};
use crate::http::{Endpoint, Origin};
use crate::policy::Files;
use crate::policy::strict_toml::{Found, Reader, Section, quote};

const KEYS: [&str; 11] = [
    "name",
    "repositories",
    "registry",
    "may",
    "rate",
    "burst",
    "webhook",
    "github",
    "token",
    "oidc",
    "certificate",
];

/// Tables of which a caller has exactly one.
const CREDENTIALS: [&str; 5] = ["webhook", "github", "token", "oidc", "certificate"];

/// Most callers. Each may cost a signature check for each request.
const MAX_CALLERS: usize = 64;
/// Most secrets of one caller: several while one is changed.
const MAX_SECRETS: usize = 4;
/// Longest time that a token may live, by default: CI systems make them for minutes.
const LIFETIME: SignedDuration = SignedDuration::from_mins(30);
/// Longest time that a configuration may allow.
const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How often a caller may call, by default.
const RATE: Rate = Rate {
    per_second: 20,
    burst: 60,
};

/// Claims that say who has the token. An issuer of many gives tokens to anybody, and every other claim can be the same for
/// all of them.
const IDENTIFYING: [&str; 16] = [
    "sub",
    "email",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "job_workflow_ref",
    "workflow_ref",
    "project_path",
    "project_id",
    "namespace_path",
    "namespace_id",
    "ci_config_ref_uri",
    "organization_slug",
    "oidc.circleci.com/project-id",
    "client_id",
];

pub(super) fn read_all(reader: &mut Reader<'_>, root: &Section<'_>, files: &Files<'_>) -> Vec<Caller> {
    let tables = root.tables(reader, "caller");
    if let Some(first) = tables.get(MAX_CALLERS) {
        let message = format!("there are more than {MAX_CALLERS} callers");
        reader.mistake(&first.span(), message, "join some of them");
        return Vec::new();
    }
    let mut names = BTreeSet::new();
    let mut callers = Vec::new();
    for table in tables {
        if let Some(section) = Section::open(reader, "[[caller]]", table, &KEYS) {
            callers.extend(caller(reader, &section, files, &mut names));
        }
    }
    callers
}

fn caller(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    names: &mut BTreeSet<String>,
) -> Option<Caller> {
    let name = name(reader, section, names);
    let repositories = repositories(reader, section);
    let registry = registry(reader, section);
    let rights = rights(reader, section);
    let rate = rate(reader, section, ["rate", "burst"], RATE);
    let credential = credential(reader, section, files);
    Some(Caller {
        name: name?,
        repositories: repositories?,
        rights,
        registry,
        rate,
        credential: credential?,
    })
}

/// The registry of notifications that name none.
fn registry(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<String> {
    let text = section.text(reader, "registry")?;
    match text.value.parse::<Endpoint>() {
        Ok(_) => Some(text.value.to_owned()),
        Err(_) => {
            let message = format!("{} is no registry", quote(text.value));
            reader.mistake(&text.span, message, "write registry = \"registry.example:5000\"");
            None
        }
    }
}

fn rights(reader: &mut Reader<'_>, section: &Section<'_>) -> Vec<Right> {
    let Some(texts) = section.texts(reader, "may") else {
        return vec![Right::Announce];
    };
    let mut rights = Vec::new();
    for text in texts {
        match Right::ALL.iter().find(|(name, _)| *name == text.value) {
            Some((_, right)) => rights.push(*right),
            None => {
                let names = Right::ALL.map(|(name, _)| name).join(", ");
                let message = format!("may cannot be {}", quote(text.value));
                reader.mistake(&text.span, message, format!("write {names}"));
            }
        }
    }
    rights
}

fn credential(reader: &mut Reader<'_>, section: &Section<'_>, files: &Files<'_>) -> Option<Credential> {
    let given: Vec<_> = CREDENTIALS
        .iter()
        .filter(|name| section.get(name).is_some())
        .collect();
    let [kind] = given.as_slice() else {
        let message = match given.is_empty() {
            true => "the caller proves in no way who it is".to_owned(),
            false => "the caller proves in several ways who it is".to_owned(),
        };
        let help = "add one of [caller.webhook], [caller.github], [caller.oidc], [caller.certificate] and [caller.token]";
        reader.missing(&section.span, message, help);
        return None;
    };
    let value = section.get(kind)?;
    let what = format!("[caller.{kind}]");
    let mut open = |keys: &[&str]| Section::open(reader, &what, value, keys);
    match **kind {
        "webhook" => {
            let section = open(&["secret-files", "public-key-files"])?;
            webhook(reader, &section, files).map(Credential::Webhook)
        }
        "github" => {
            let section = open(&["secret-files"])?;
            let secrets = needed_secrets(reader, &section, "secret-files", files)?;
            let keys = GitHubKeys::new(&borrowed(&secrets));
            told(reader, &section, "secret-files", keys).map(Credential::GitHub)
        }
        "token" => {
            let section = open(&["token-files"])?;
            let tokens = needed_secrets(reader, &section, "token-files", files)?;
            told(
                reader,
                &section,
                "token-files",
                Credential::tokens(&borrowed(&tokens)),
            )
        }
        "certificate" => {
            let section = open(&["authorities", "spiffe-ids", "subjects"])?;
            peers(reader, &section, files).map(Credential::Peer)
        }
        _ => {
            let section = open(&["issuer", "audience", "algorithms", "max-lifetime", "claims"])?;
            token_rule(reader, &section).map(Credential::Oidc)
        }
    }
}

fn webhook(reader: &mut Reader<'_>, section: &Section<'_>, files: &Files<'_>) -> Option<WebhookKeys> {
    let shared = secrets(reader, section, "secret-files", files)?;
    let public = secrets(reader, section, "public-key-files", files)?;
    let keys = WebhookKeys::new(&borrowed(&shared), &borrowed(&public));
    let keys = told(reader, section, "secret-files", keys)?;
    if keys.is_empty() {
        let message = format!("{} names no key", section.what);
        let help = "add secret-files = [\"webhook.secret\"], or public-key-files";
        reader.missing(&section.span, message, help);
        return None;
    }
    Some(keys)
}

fn peers(reader: &mut Reader<'_>, section: &Section<'_>, files: &Files<'_>) -> Option<Peers> {
    let help = "name the certificates of the authorities of this caller, in PEM";
    let file = section.needed_text(reader, "authorities", help)?;
    let authorities = contents(reader, &file, files)?;
    let mut rules = Vec::new();
    for text in section.texts(reader, "spiffe-ids").unwrap_or_default() {
        match SpiffeRule::parse(text.value) {
            Ok(rule) => rules.push(rule),
            Err(error) => reader.mistake(
                &text.span,
                format!("{}: {error}", quote(text.value)),
                "write spiffe://prod.example/ci/builder, or spiffe://prod.example/ci/*",
            ),
        }
    }
    let subjects = section.texts(reader, "subjects").unwrap_or_default();
    if rules.is_empty() && subjects.is_empty() {
        let message = format!("{} accepts every certificate of its authorities", section.what);
        let help = "add spiffe-ids or subjects";
        reader.missing(&section.span, message, help);
        return None;
    }
    let subjects = subjects.iter().map(|subject| subject.value.to_owned()).collect();
    told(
        reader,
        section,
        "authorities",
        Peers::new(&authorities, rules, subjects),
    )
}

fn token_rule(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<TokenRule> {
    let help = "write issuer = \"https://token.actions.githubusercontent.com\"";
    let issuer = section.needed_text(reader, "issuer", help);
    let help = "write audience = \"https://gate.example\": a name of this gate and of nothing else";
    let audience = section.needed_text(reader, "audience", help);
    let algorithms = algorithms(reader, section);
    let max_lifetime = lifetime(reader, section);
    let claims = claims(reader, section);
    let issuer = issuer?;
    check_issuer(reader, &issuer)?;
    Some(TokenRule {
        issuer: issuer.value.to_owned(),
        audience: audience?.value.to_owned(),
        algorithms,
        max_lifetime,
        claims: claims?,
    })
}

/// The issuer's keys are fetched from it, so it has to be reached with TLS.
fn check_issuer(reader: &mut Reader<'_>, issuer: &Found<&str>) -> Option<()> {
    let origin = Url::parse(issuer.value).ok().and_then(|url| Origin::of(&url));
    if origin.is_some_and(|origin| origin.secure || origin.is_loopback()) {
        return Some(());
    }
    let message = format!(
        "{} is no issuer that could be asked for its keys",
        quote(issuer.value)
    );
    reader.mistake(
        &issuer.span,
        message,
        "write its address as tokens have it in iss, with https://",
    );
    None
}

fn algorithms(reader: &mut Reader<'_>, section: &Section<'_>) -> Vec<Algorithm> {
    let Some(texts) = section.texts(reader, "algorithms") else {
        return vec![Algorithm::RS256, Algorithm::ES256];
    };
    let mut algorithms = Vec::new();
    for text in texts {
        match ALGORITHMS.iter().find(|(name, _)| *name == text.value) {
            Some((_, algorithm)) => algorithms.push(*algorithm),
            None => {
                let names = ALGORITHMS.map(|(name, _)| name).join(", ");
                let message = format!("{} is no algorithm that is believed here", quote(text.value));
                reader.mistake(&text.span, message, format!("write some of {names}"));
            }
        }
    }
    algorithms
}

fn lifetime(reader: &mut Reader<'_>, section: &Section<'_>) -> SignedDuration {
    let Some(found) = section.duration(reader, "max-lifetime") else {
        return LIFETIME;
    };
    let lifetime = SignedDuration::try_from(found.value).unwrap_or(SignedDuration::MAX);
    if lifetime > MAX_LIFETIME {
        let message = "max-lifetime is longer than a day";
        reader.mistake(
            &found.span,
            message,
            "tokens of jobs live for minutes: write \"15m\"",
        );
    }
    lifetime
}

fn claims(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Vec<ClaimRule>> {
    let help = "add [caller.oidc.claims] with repository = \"org/app\", or sub = \"…\"";
    let Some(value) = section.get("claims") else {
        let message = format!("{} accepts every token of its issuer", section.what);
        reader.missing(&section.span, message, help);
        return None;
    };
    let toml::de::DeValue::Table(table) = value.get_ref() else {
        reader.mistake(&value.span(), "claims is no table", help);
        return None;
    };
    let keys: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
    let claims = Section::new(reader, "[caller.oidc.claims]", table, value.span(), &keys);
    let mut rules = Vec::new();
    for key in &keys {
        let values = match claims.get(key).map(toml::Spanned::get_ref) {
            Some(toml::de::DeValue::Array(_)) => claims.texts(reader, key),
            _ => claims.text(reader, key).map(|text| vec![text]),
        };
        rules.push(ClaimRule {
            name: (*key).to_owned(),
            values: values?.iter().map(|value| value.value.to_owned()).collect(),
        });
    }
    if !rules.iter().any(|rule| IDENTIFYING.contains(&rule.name.as_str())) {
        let message = "none of these claims says who has the token";
        reader.mistake(&value.span(), message, help);
        return None;
    }
    Some(rules)
}

fn needed_secrets(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    key: &str,
    files: &Files<'_>,
) -> Option<Vec<Zeroizing<Vec<u8>>>> {
    let found = secrets(reader, section, key, files)?;
    if found.is_empty() && section.get(key).is_none() {
        let message = format!("{} has no {key}", section.what);
        reader.missing(&section.span, message, format!("write {key} = [\"gate.secret\"]"));
    }
    (!found.is_empty()).then_some(found)
}

/// The contents of the files that a key names; none where the key is not there.
fn secrets(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    key: &str,
    files: &Files<'_>,
) -> Option<Vec<Zeroizing<Vec<u8>>>> {
    let Some(names) = section.texts(reader, key) else {
        return section.get(key).is_none().then(Vec::new);
    };
    if let Some(first) = names.get(MAX_SECRETS) {
        let message = format!("{key} names more than {MAX_SECRETS} files");
        reader.mistake(&first.span, message, "take out those that are not used any more");
        return None;
    }
    names.iter().map(|name| contents(reader, name, files)).collect()
}

fn borrowed(secrets: &[Zeroizing<Vec<u8>>]) -> Vec<&[u8]> {
    secrets.iter().map(|secret| secret.as_slice()).collect()
}

/// What was made of files, or a note of why nothing was.
fn told<T, E: Display>(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    key: &str,
    made: Result<T, E>,
) -> Option<T> {
    made.map_err(|error| {
        let span = section.key_span(key).unwrap_or_else(|| section.span.clone());
        let message = format!("{} cannot be used: {error}", section.what);
        reader.mistake(&span, message, format!("look into the files of {key}"));
    })
    .ok()
}

/// A file that may hold a secret.
pub(super) fn contents(
    reader: &mut Reader<'_>,
    file: &Found<&str>,
    files: &Files<'_>,
) -> Option<Zeroizing<Vec<u8>>> {
    super::registry::contents(reader, file, files).map(Zeroizing::new)
}
