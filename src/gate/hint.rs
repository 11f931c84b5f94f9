//! What is read from an event, and nothing else is: which image, and the id that the caller gave its delivery.
//!
//! An event is a hint. Where to fetch, whom to trust and what to deploy is never taken from one.

use std::fmt;

use crate::subject::{PathKind, Reference, Subject};

/// Longest image reference in an event, in bytes. Registries allow repositories of 255 and tags of 128 characters.
pub const MAX_REFERENCE_BYTES: usize = 1024;

/// Longest delivery id, in bytes. Standard Webhooks, GitHub and CloudEvents use UUIDs or shorter.
pub const MAX_DELIVERY_BYTES: usize = 256;

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// The image that the event is about.
    pub reference: Reference,
    /// The caller's own id of this delivery, for people who look for it.
    pub delivery: Option<DeliveryId>,
}

/// The id that a caller gave a delivery: printable ASCII without spaces, at most [`MAX_DELIVERY_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryId(String);

/// Why an event gives no hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// More than [`MAX_REFERENCE_BYTES`].
    #[error("an image reference has at most {MAX_REFERENCE_BYTES} bytes")]
    LongReference,
    /// Not an image reference with a registry host.
    #[error("the reference is no image with a registry host, such as registry.example/app@sha256:…")]
    NoImage,
    /// No delivery id.
    #[error("a delivery id is 1 to {MAX_DELIVERY_BYTES} printable ASCII characters without spaces")]
    BadDelivery,
}

impl Hint {
    /// Reads an image reference. The registry's host has to be in it: nothing is completed by guessing.
    pub fn new(reference: &str, delivery: Option<DeliveryId>) -> Result<Self, HintError> {
        if reference.len() > MAX_REFERENCE_BYTES {
            return Err(HintError::LongReference);
        }
        // `oci:` stands for a guess at the command line.
        let typed = !reference.starts_with("oci:");
        match Subject::parse(reference, |_| PathKind::Missing) {
            Ok(Subject::Image(reference)) if typed => Ok(Self { reference, delivery }),
            _ => Err(HintError::NoImage),
        }
    }
}

impl DeliveryId {
    /// Checks a delivery id.
    pub fn new(text: &str) -> Result<Self, HintError> {
        let printable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        (printable && text.len() <= MAX_DELIVERY_BYTES)
            .then(|| Self(text.to_owned()))
            .ok_or(HintError::BadDelivery)
    }

    /// The id as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_with_a_registry_host_are_hints() {
        let digest = format!("registry.example/app@sha256:{}", "0".repeat(64));
        for good in ["registry.example/app:v1", "localhost:5000/a/b", digest.as_str()] {
            assert!(Hint::new(good, None).is_ok(), "{good}");
        }
        let long = format!("registry.example/{}", "a".repeat(MAX_REFERENCE_BYTES));
        let bad = [
            "",
            "-",
            "nginx",
            "oci:nginx",
            "file:/etc/passwd",
            "oci-layout:/srv",
            "sha256:00",
            "https://registry.example/app",
            "registry.example/App",
            "registry.example/app@sha256:abc",
            "registry.example/../app",
            long.as_str(),
        ];
        for bad in bad {
            assert!(Hint::new(bad, None).is_err(), "{bad}");
        }
    }

    /// Events are kept as the whole reference and read back: one that could not be would hold up all the others.
    #[test]
    fn what_is_a_hint_is_one_again_when_it_was_kept() {
        let tag = "t".repeat(128);
        let digest = "0".repeat(128);
        let path = "a".repeat(255);
        for text in [
            "registry.example/app:v1".to_owned(),
            "localhost/app:v1".to_owned(),
            "docker.io/nginx:v1".to_owned(),
            "docker.io/library/nginx:v1".to_owned(),
            "index.docker.io/nginx:v1".to_owned(),
            "REGISTRY.example:443/app:v1".to_owned(),
            "127.0.0.1:5000/app:v1".to_owned(),
            "[::1]:5000/app:v1".to_owned(),
            format!("registry.example/{path}:v1"),
            format!("registry.example/app:{tag}@sha512:{digest}"),
            format!("{}/app:v1", format!("{}.", "h".repeat(60)).repeat(16)),
            format!("{}.example/app:{tag}@sha512:{digest}", "h.".repeat(370)),
            format!("docker.io/{}:{tag}", "a/".repeat(400) + "a"),
        ] {
            let Ok(hint) = Hint::new(&text, None) else {
                continue;
            };
            let again = Hint::new(&hint.reference.whole(), None).unwrap();
            assert_eq!(again.reference.whole(), hint.reference.whole(), "{text}");
        }
    }

    #[test]
    fn a_delivery_id_is_short_and_printable() {
        assert!(DeliveryId::new("0b989ba4-242f-11e5-81e1-c7b6966d2516").is_ok());
        for bad in ["", "a b", "a\nb", "ü", &"a".repeat(MAX_DELIVERY_BYTES + 1)] {
            assert_eq!(DeliveryId::new(bad), Err(HintError::BadDelivery), "{bad:?}");
        }
    }
}
