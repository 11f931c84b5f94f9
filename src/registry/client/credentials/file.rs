//! Docker's `config.json` and podman's `auth.json`.
//!
//! A key names a registry in one of the spellings that tools have used: `host`, `host:port`, `https://host/v1/`, and
//! for podman `host/org/repository`; the longest that fits wins.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::CredentialPath;
use crate::http::Secret;
use crate::registry::client::credential::Credential;
use crate::registry::client::origin::same_registry;

/// Bytes of a credential file.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// What Docker calls its own registry when it talks to a helper.
const DOCKER_HUB_SERVER: &str = "https://index.docker.io/v1/";

/// A file that has been read.
#[derive(Debug)]
pub(super) struct CredentialFile {
    /// Its path.
    pub(super) path: PathBuf,
    entries: Vec<(String, Credential)>,
    helpers: BTreeMap<String, String>,
    store: Option<String>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default, rename = "credHelpers")]
    helpers: BTreeMap<String, String>,
    #[serde(default, rename = "credsStore")]
    store: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl CredentialFile {
    /// Reads a file. `None` when it is not there and need not be. An error names the file and the place in it, and
    /// never repeats what stands there.
    pub(super) fn read(wanted: &CredentialPath) -> Option<Result<Self, String>> {
        let path = &wanted.path;
        let bytes = match bytes(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !wanted.required => return None,
            Err(error) => return Some(Err(format!("{}: {error}", path.display()))),
        };
        Some(Self::parse(path, &bytes))
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, String> {
        let written: Written = serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let shown = path.display();
            format!("{shown} is no credential file: it is malformed at line {line} column {column}")
        })?;
        let entry = |(key, entry): (String, Entry)| match entry.credential() {
            Ok(credential) => Ok(credential.map(|credential| (key, credential))),
            Err(()) => Err(format!(
                "{}: the entry for {} has an \"auth\" that is not base64 of user:password",
                path.display(),
                crate::registry::error::quoted(&key)
            )),
        };
        let entries: Result<Vec<_>, String> = written.auths.into_iter().map(entry).collect();
        Ok(Self {
            path: path.to_owned(),
            entries: entries?.into_iter().flatten().collect(),
            helpers: written.helpers,
            store: written.store.filter(|store| !store.is_empty()),
        })
    }

    /// The helper program for a registry, and what the registry is called when talking to it.
    pub(super) fn helper(&self, registry: &str) -> Option<(String, String)> {
        let own = self
            .helpers
            .iter()
            .find(|(key, name)| fits(key, registry, "").is_some() && !name.is_empty());
        let (server, name) = match (own, &self.store) {
            (Some((key, name)), _) => (key.clone(), name),
            (None, Some(store)) if same_registry(registry, "docker.io") => {
                (DOCKER_HUB_SERVER.to_owned(), store)
            }
            (None, Some(store)) => (registry.to_owned(), store),
            (None, None) => return None,
        };
        Some((format!("docker-credential-{name}"), server))
    }

    /// What stands in the file itself for a repository.
    pub(super) fn credential(&self, registry: &str, repository: &str) -> Option<Credential> {
        self.entries
            .iter()
            .filter_map(|(key, credential)| Some((fits(key, registry, repository)?, credential)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, credential)| credential.clone())
    }
}

impl Entry {
    /// `Ok(None)`: there is nothing in it, as where a helper keeps it.
    fn credential(self) -> Result<Option<Credential>, ()> {
        let text = |value: Option<String>| value.filter(|text| !text.is_empty()).map(Secret::new);
        if let Some(token) = text(self.identitytoken) {
            return Ok(Some(Credential::IdentityToken(token)));
        }
        if let Some(token) = text(self.registrytoken) {
            return Ok(Some(Credential::RegistryToken(token)));
        }
        if let (Some(username), Some(password)) = (text(self.username), text(self.password)) {
            return Ok(Some(Credential::Password { username, password }));
        }
        match text(self.auth) {
            Some(auth) => decode(&auth).map(Some).ok_or(()),
            None => Ok(None),
        }
    }
}

fn decode(auth: &Secret) -> Option<Credential> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(auth.expose().trim())
        .ok()?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).ok()?;
    let (username, password) = text.split_once(':')?;
    // Docker fills up with zero bytes.
    let password = password.trim_end_matches('\0');
    Some(Credential::Password {
        username: Secret::new(username),
        password: Secret::new(password),
    })
}

/// How much of a repository's name a key covers; `None` when it is not for it.
fn fits(key: &str, registry: &str, repository: &str) -> Option<usize> {
    let key = key.split_once("://").map_or(key, |(_, rest)| rest);
    let (host, path) = key.split_once('/').unwrap_or((key, ""));
    if !same_registry(host, registry) {
        return None;
    }
    let path = path.trim_matches('/');
    // The version of the registry's interface says nothing about a repository.
    if ["", "v1", "v2"].contains(&path) {
        return Some(0);
    }
    let rest = repository.strip_prefix(path)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(path.len())
}

fn bytes(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    std::fs::File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(std::io::Error::other(format!(
            "larger than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<CredentialFile, String> {
        CredentialFile::parse(Path::new("auth.json"), text.as_bytes())
    }

    fn user(file: &CredentialFile, registry: &str, repository: &str) -> Option<String> {
        file.credential(registry, repository)
            .map(|credential| match credential {
                Credential::Password { username, .. } => username.expose().to_owned(),
                Credential::IdentityToken(token) => format!("identity {}", token.expose()),
                Credential::RegistryToken(token) => format!("token {}", token.expose()),
            })
    }

    #[test]
    fn every_spelling_of_a_registry_is_found() {
        // "u:p"
        for (key, registry) in [
            ("r.example", "r.example"),
            ("r.example:5000", "r.example:5000"),
            ("https://r.example", "r.example"),
            ("https://r.example/", "r.example"),
            ("https://r.example/v1/", "r.example"),
            ("https://r.example/v2", "r.example"),
            ("http://r.example", "r.example"),
            ("R.Example", "r.example"),
            ("r.example/v1/", "r.example"),
            ("https://index.docker.io/v1/", "docker.io"),
            ("docker.io", "docker.io"),
            ("registry-1.docker.io", "docker.io"),
        ] {
            let file = parse(&format!(r#"{{"auths":{{"{key}":{{"auth":"dTpw"}}}}}}"#)).unwrap();
            assert_eq!(user(&file, registry, "org/app").as_deref(), Some("u"), "{key}");
        }
    }

    #[test]
    fn a_key_for_another_registry_is_not_taken() {
        for key in [
            "r.example.evil.test",
            "example",
            "r.example:5000",
            "x.r.example",
            "",
            "https://",
            "r.example/other",
        ] {
            let file = parse(&format!(r#"{{"auths":{{"{key}":{{"auth":"dTpw"}}}}}}"#)).unwrap();
            assert_eq!(user(&file, "r.example", "org/app"), None, "{key}");
        }
    }

    #[test]
    fn the_longest_key_wins_at_a_boundary_of_segments() {
        let file = parse(
            r#"{"auths":{
                "r.example":{"username":"host","password":"p"},
                "r.example/org":{"username":"org","password":"p"},
                "r.example/org/app":{"username":"app","password":"p"},
                "r.example/org/ap":{"username":"ap","password":"p"}}}"#,
        )
        .unwrap();
        for (repository, expected) in [
            ("org/app", "app"),
            ("org/app2", "org"),
            ("organ/x", "host"),
            ("org/app/x", "app"),
        ] {
            assert_eq!(
                user(&file, "r.example", repository).as_deref(),
                Some(expected),
                "{repository}"
            );
        }
    }

    #[test]
    fn tokens_come_before_passwords_and_empty_entries_hold_nothing() {
        let file = parse(
            r#"{"auths":{
                "a":{"auth":"dTpw","identitytoken":"i"},
                "b":{"registrytoken":"r"},
                "c":{},
                "d":{"auth":""},
                "e":{"auth":"dTpwOnEAAA=="}}}"#,
        )
        .unwrap();
        assert_eq!(user(&file, "a", "x").as_deref(), Some("identity i"));
        assert_eq!(user(&file, "b", "x").as_deref(), Some("token r"));
        assert_eq!(user(&file, "c", "x"), None);
        assert_eq!(user(&file, "d", "x"), None);
        let Some(Credential::Password { password, .. }) = file.credential("e", "x") else {
            panic!("no password");
        };
        assert_eq!(
            password.expose(),
            "p:q",
            "colons belong to the password, zero bytes at its end do not"
        );
    }

    #[test]
    fn helpers_are_chosen_by_registry_and_then_by_store() {
        let file = parse(r#"{"credHelpers":{"gcr.io":"gcloud"},"credsStore":"desktop"}"#).unwrap();
        let helper = |registry: &str| file.helper(registry).unwrap();
        assert_eq!(
            helper("gcr.io"),
            ("docker-credential-gcloud".to_owned(), "gcr.io".to_owned())
        );
        assert_eq!(
            helper("r.example"),
            ("docker-credential-desktop".to_owned(), "r.example".to_owned())
        );
        assert_eq!(helper("docker.io").1, DOCKER_HUB_SERVER);
        assert_eq!(parse("{}").unwrap().helper("gcr.io"), None);
    }

    #[test]
    fn a_malformed_file_is_named_and_not_repeated() {
        for text in [
            "hunter2",
            r#"{"auths":{"r.example":{"auth":hunter2}}}"#,
            r#"{"auths":{"r.example":"hunter2"}}"#,
            r#"{"auths":{"r.example":{"auth":"hunter2"}}}"#,
            r#"{"auths":{"r.example":{"auth":"aHVudGVyMg=="}}}"#,
            r#"{"auths":["hunter2"]}"#,
        ] {
            let message = parse(text).unwrap_err();
            assert!(
                message.contains("auth.json") && !message.contains("hunter2"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_missing_file_is_nothing_unless_somebody_named_it() {
        let dir = tempfile::tempdir().unwrap();
        let wanted = |required| CredentialPath {
            path: dir.path().join("missing.json"),
            required,
        };
        assert!(CredentialFile::read(&wanted(false)).is_none());
        assert!(CredentialFile::read(&wanted(true)).unwrap().is_err());
    }
}
