//! The `[registry]` table: how images are fetched. Programs that give credentials are refused, and so is HTTP without TLS
//! to other than this machine.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::Value;

use crate::http::Endpoint;
use crate::policy::Files;
use crate::policy::strict_toml::{Found, Reader, Section, quote};
use crate::registry::client::{ClientConfig, CredentialOptions, CredentialPath, TlsConfig};

const KEYS: [&str; 4] = ["credentials", "auth-hosts", "egress", "ca"];

/// Members of a credential file that have a program started.
const HELPERS: [&str; 2] = ["credHelpers", "credsStore"];

/// How registries are reached.
#[derive(Debug, Clone, Default)]
pub struct RegistryConfig {
    credentials: Vec<PathBuf>,
    auth_hosts: Vec<Endpoint>,
    egress: Option<Vec<Endpoint>>,
    authorities: Option<Vec<u8>>,
}

impl RegistryConfig {
    /// What a client is told whose work has to be over by `deadline`. Credentials are read again by each.
    pub fn client(&self, deadline: Instant) -> ClientConfig {
        let path = |path: &PathBuf| CredentialPath {
            path: path.clone(),
            required: true,
        };
        ClientConfig {
            credentials: CredentialOptions {
                given: None,
                files: self.credentials.iter().map(path).collect(),
                allow_helpers: false,
            },
            auth_hosts: self.auth_hosts.clone(),
            egress: self.egress.clone(),
            tls: TlsConfig {
                authorities: self.authorities.clone(),
                client: None,
            },
            deadline: Some(deadline),
            ..ClientConfig::default()
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, root: &Section<'_>, files: &Files<'_>) -> RegistryConfig {
    let section = root
        .get("registry")
        .and_then(|value| Section::open(reader, "[registry]", value, &KEYS));
    let Some(section) = section else {
        return RegistryConfig::default();
    };
    let named = section.texts(reader, "credentials").unwrap_or_default();
    for file in &named {
        credentials(reader, file, files);
    }
    let authorities = section
        .text(reader, "ca")
        .and_then(|file| contents(reader, &file, files));
    RegistryConfig {
        credentials: named.iter().map(|file| files.folder.join(file.value)).collect(),
        auth_hosts: endpoints(reader, &section, "auth-hosts").unwrap_or_default(),
        egress: endpoints(reader, &section, "egress"),
        authorities,
    }
}

/// Looks into a credential file for what would start a program.
fn credentials(reader: &mut Reader<'_>, file: &Found<&str>, files: &Files<'_>) {
    let Some(bytes) = contents(reader, file, files) else {
        return;
    };
    let Ok(Value::Object(members)) = serde_json::from_slice(&bytes) else {
        let message = format!("{} is no credential file", quote(file.value));
        return reader.mistake(
            &file.span,
            message,
            "name a file as podman login or docker login writes it",
        );
    };
    if let Some(helper) = HELPERS.into_iter().find(|name| members.contains_key(*name)) {
        let message = format!(
            "{} has {helper}, and the gate starts no programs",
            quote(file.value)
        );
        let help = "name a file with auths alone, for example written by podman login --authfile";
        reader.mistake(&file.span, message, help);
    }
}

/// What a file holds that the configuration names.
pub(super) fn contents(reader: &mut Reader<'_>, file: &Found<&str>, files: &Files<'_>) -> Option<Vec<u8>> {
    match (files.read)(&files.folder.join(file.value)) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let message = format!("{} cannot be read: {error}", quote(file.value));
            reader.mistake(&file.span, message, "name a file that is there");
            None
        }
    }
}

fn endpoints(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<Vec<Endpoint>> {
    let texts = section.texts(reader, key)?;
    let mut endpoints = Vec::new();
    for text in texts {
        match text.value.parse() {
            Ok(endpoint) => endpoints.push(endpoint),
            Err(error) => reader.mistake(
                &text.span,
                format!("{}: {error}", quote(text.value)),
                "write registry.example:443",
            ),
        }
    }
    Some(endpoints)
}
