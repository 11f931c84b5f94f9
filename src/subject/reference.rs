//! Reading image references by the grammar of the OCI distribution specification and of Docker's normalisation.
//!
//! The type is the one of `oci-spec`; its own reader is a regular expression whose tag is 128 times any letter of any
//! script. Making it costs more memory and time than verifying a signature, and it lets letters through that no registry
//! takes.

use oci_spec::distribution::Reference;

use super::Digest;

/// Most bytes in the name of a repository.
const MAX_REPOSITORY: usize = 255;
/// Most bytes in a tag.
const MAX_TAG: usize = 128;
/// Where a name without a host is.
const DOCKER_HUB: &str = "docker.io";
/// An older name of it.
const DOCKER_HUB_INDEX: &str = "index.docker.io";

/// What is wrong with an image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReferenceError {
    /// The host, or its port.
    #[error("a registry is a host name, with a port or without")]
    Host,
    /// The name of the repository.
    #[error(
        "the parts of a repository name are lower-case letters and digits, with . _ __ or - between them"
    )]
    Repository,
    /// A name that no registry takes.
    #[error("a repository name has at most {MAX_REPOSITORY} characters")]
    TooLong,
    /// The tag.
    #[error("a tag is up to {MAX_TAG} letters, digits, _ . and -, and begins with none of the last two")]
    Tag,
}

/// Reads `[host[:port]/]repository[:tag]`, with the digest that stood behind it. Without tag and digest it is `latest`, and
/// without a host Docker Hub, where a name of one part is in `library`.
pub(super) fn read(text: &str, digest: Option<&Digest>) -> Result<Reference, ReferenceError> {
    let (name, tag) = split_tag(text)?;
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => (DOCKER_HUB, name),
    };
    if !is_host(host) {
        return Err(ReferenceError::Host);
    }
    if !path.split('/').all(is_path_component) {
        return Err(ReferenceError::Repository);
    }
    let host = if host == DOCKER_HUB_INDEX {
        DOCKER_HUB
    } else {
        host
    };
    let repository = match host == DOCKER_HUB && !path.contains('/') {
        true => format!("library/{path}"),
        false => path.to_owned(),
    };
    if repository.len() > MAX_REPOSITORY {
        return Err(ReferenceError::TooLong);
    }
    let host = host.to_owned();
    Ok(match (tag, digest) {
        (Some(tag), Some(digest)) => {
            Reference::with_tag_and_digest(host, repository, tag.to_owned(), digest.to_string())
        }
        (None, Some(digest)) => Reference::with_digest(host, repository, digest.to_string()),
        (tag, None) => Reference::with_tag(host, repository, tag.unwrap_or("latest").to_owned()),
    })
}

/// A colon in the last part of a name begins the tag; one before it is a port's.
fn split_tag(text: &str) -> Result<(&str, Option<&str>), ReferenceError> {
    let last = text.rfind('/').map_or(0, |slash| slash.saturating_add(1));
    let colon = text.get(last..).and_then(|part| part.find(':'));
    let Some((name, tag)) = colon.and_then(|colon| text.split_at_checked(last.saturating_add(colon))) else {
        return Ok((text, None));
    };
    let tag = tag.get(1..).unwrap_or_default();
    let fits = (1..=MAX_TAG).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    fits.then_some((name, Some(tag))).ok_or(ReferenceError::Tag)
}

fn is_host(text: &str) -> bool {
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').all(is_label) && port.is_none_or(is_port)
}

/// Words of lower-case letters and digits; between two of them `.`, `_`, `__` or any number of `-`.
fn is_path_component(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends_in_words = text.bytes().next().is_some_and(is_word) && text.bytes().last().is_some_and(is_word);
    let separators = text.split(|letter: char| letter.is_ascii() && is_word(letter as u8));
    ends_in_words
        && separators.into_iter().all(|separator| {
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the library's regular expression makes of it.
    fn library(text: &str, digest: Option<&Digest>) -> Option<Reference> {
        let text = digest.map_or_else(|| text.to_owned(), |digest| format!("{text}@{digest}"));
        text.parse().ok()
    }

    #[test]
    fn names_are_normalised_as_docker_does() {
        for (text, whole) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("test.com:5000", "docker.io/library/test.com:5000"),
            ("org/app:v1", "docker.io/org/app:v1"),
            ("index.docker.io/app", "docker.io/library/app:latest"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost:5000/a/b:v1", "localhost:5000/a/b:v1"),
            ("GHCR.io/a__b/c---d.e_f", "GHCR.io/a__b/c---d.e_f:latest"),
        ] {
            assert_eq!(read(text, None).unwrap().whole(), whole, "{text}");
        }
        let digest = Digest::sha256(b"");
        let read = |text| read(text, Some(&digest)).unwrap().whole();
        assert_eq!(read("h.io/app"), format!("h.io/app@{digest}"));
        assert_eq!(read("h.io/app:v1"), format!("h.io/app:v1@{digest}"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let long = format!("h.io/{}", "a".repeat(MAX_REPOSITORY + 1));
        let long_tag = format!("app:{}", "a".repeat(MAX_TAG + 1));
        for (text, error) in [
            ("", ReferenceError::Repository),
            ("h.io/", ReferenceError::Repository),
            ("h.io/Org/app", ReferenceError::Repository),
            ("Org/app", ReferenceError::Repository),
            ("h.io/a//b", ReferenceError::Repository),
            ("h.io/a..b", ReferenceError::Repository),
            ("h.io/a___b", ReferenceError::Repository),
            ("h.io/-a", ReferenceError::Repository),
            ("h.io/é", ReferenceError::Repository),
            ("https://h.io/app", ReferenceError::Host),
            ("-h.io/app", ReferenceError::Host),
            ("h_x.io/app", ReferenceError::Host),
            ("h.io:/app", ReferenceError::Host),
            ("[::1]:5000/app", ReferenceError::Host),
            ("app:", ReferenceError::Tag),
            ("app:.v1", ReferenceError::Tag),
            ("app:v1:v2", ReferenceError::Tag),
            ("app:vé", ReferenceError::Tag),
            (&long_tag, ReferenceError::Tag),
            (&long, ReferenceError::TooLong),
        ] {
            assert_eq!(read(text, None), Err(error), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// The library's regular expression, but for what it lets through: capitals in a repository of Docker Hub, hosts
        /// with an underscore, and tags in other scripts.
        #[test]
        fn it_reads_as_the_library_does(text in "[a-cA:/._é0-]{0,12}", pinned: bool) {
            let digest = Digest::sha256(b"");
            let digest = pinned.then_some(&digest);
            match (read(&text, digest), library(&text, digest)) {
                (Ok(ours), theirs) => prop_assert_eq!(Some(ours), theirs),
                (Err(_), None) => {}
                (Err(error), Some(theirs)) => {
                    let excused = theirs.repository().contains('A')
                        || theirs.registry().contains('_')
                        || theirs.tag().is_some_and(|tag| !tag.is_ascii());
                    prop_assert!(excused, "{} {}", error, theirs);
                }
            }
        }
    }
}
