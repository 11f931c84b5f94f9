//! What the tests publish, and the clients that do it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use portcullis::http::{Patience, RetryPolicy, Secret};
use portcullis::registry::Descriptor;
use portcullis::registry::client::{
    Client, ClientConfig, Credential, CredentialOptions, RemoteStore, Settle,
};
use portcullis::registry::publish::{Bundle, BundleContent};
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::warehouse::{PASSWORD, USER, Warehouse};

pub(crate) const REPOSITORY: &str = "org/app";
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub(crate) const PREDICATE: &str = "https://slsa.dev/provenance/v1";

pub(crate) fn client_for(registry: &str, settle: Duration) -> Client {
    let given = Credential::Password {
        username: Secret::new(USER),
        password: Secret::new(PASSWORD),
    };
    Client::new(ClientConfig {
        credentials: CredentialOptions {
            given: Some((registry.to_owned(), given)),
            ..CredentialOptions::default()
        },
        deadline: Instant::now().checked_add(Duration::from_secs(90)),
        patience: Patience {
            answer: Duration::from_millis(1500),
            read: Duration::from_millis(700),
            retry: RetryPolicy {
                attempts: 3,
                base: Duration::from_millis(5),
                longest: Duration::from_millis(50),
            },
            ..Patience::default()
        },
        settle: Settle(settle),
        ..ClientConfig::default()
    })
    .unwrap()
}

pub(crate) fn store(registry: &Warehouse) -> RemoteStore {
    let client = client_for(&registry.host(), Duration::from_millis(1));
    client
        .open(&registry.reference(REPOSITORY, "v1").parse().unwrap())
        .unwrap()
}

/// The image that everything is about. It need not be in the registry.
pub(crate) fn subject() -> Descriptor {
    Descriptor::new(MANIFEST, Digest::sha256(b"image"), 5)
}

pub(crate) fn bundle(name: &str) -> Bundle {
    Bundle {
        bytes: json!({"bundle": name}).to_string().into_bytes(),
        media_type: BUNDLE.to_owned(),
        content: BundleContent::DsseEnvelope,
        predicate_type: Some(PREDICATE.to_owned()),
        created: Timestamp::from_second(1_760_000_000).unwrap(),
    }
}

pub(crate) fn referrers_tag() -> String {
    subject().digest.to_string().replace(':', "-")
}

/// The digests in the list under the referrers tag.
pub(crate) fn listed(registry: &Warehouse) -> Vec<String> {
    let Some(bytes) = registry.tagged(REPOSITORY, &referrers_tag()) else {
        return Vec::new();
    };
    let index: Value = serde_json::from_slice(&bytes).unwrap();
    let entries = index["manifests"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["digest"].as_str().unwrap().to_owned())
        .collect()
}
