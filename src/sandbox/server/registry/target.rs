//! What a request is about: its path, taken apart and checked (OCI distribution 1.1, "Endpoints").

use super::{Code, refuse};

/// Longest repository name.
const MAX_NAME: usize = 255;
/// Longest tag.
const MAX_TAG: usize = 128;

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The API itself.
    Base,
    /// The uploads of a repository.
    Uploads { name: String },
    /// One upload.
    Upload { name: String, id: String },
    /// A blob.
    Blob { name: String, digest: String },
    /// A manifest by tag or digest.
    Manifest { name: String, reference: Reference },
    /// The tags of a repository.
    Tags { name: String },
    /// What refers to a manifest.
    Referrers { name: String, digest: String },
}

/// A tag or a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Tag(String),
    Digest(String),
}

impl Target {
    /// Reads what follows `/v2/`.
    pub(super) fn parse(path: &str) -> Result<Self, (Code, String)> {
        if path.is_empty() {
            return Ok(Self::Base);
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let found = if let Some(name) = path.strip_suffix("/blobs/uploads") {
            Self::Uploads {
                name: name.to_owned(),
            }
        } else if let Some(name) = path.strip_suffix("/tags/list") {
            Self::Tags {
                name: name.to_owned(),
            }
        } else if let Some((name, id)) = split(path, "/blobs/uploads/") {
            Self::Upload { name, id }
        } else if let Some((name, digest)) = split(path, "/blobs/") {
            Self::Blob {
                name,
                digest: valid_digest(digest)?,
            }
        } else if let Some((name, digest)) = split(path, "/referrers/") {
            Self::Referrers {
                name,
                digest: valid_digest(digest)?,
            }
        } else if let Some((name, reference)) = split(path, "/manifests/") {
            let reference = if reference.contains(':') {
                Reference::Digest(valid_digest(reference)?)
            } else if is_tag(&reference) {
                Reference::Tag(reference)
            } else {
                return refuse(Code::ManifestInvalid, "the tag is not one");
            };
            Self::Manifest { name, reference }
        } else {
            return refuse(Code::NameInvalid, "there is no such endpoint");
        };
        if found.name().is_some_and(|name| !is_name(name)) {
            return refuse(Code::NameInvalid, "the repository's name is not one");
        }
        Ok(found)
    }

    /// The repository.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Base => None,
            Self::Uploads { name }
            | Self::Upload { name, .. }
            | Self::Blob { name, .. }
            | Self::Manifest { name, .. }
            | Self::Tags { name }
            | Self::Referrers { name, .. } => Some(name),
        }
    }
}

fn split(path: &str, at: &str) -> Option<(String, String)> {
    let (name, rest) = path.rsplit_once(at)?;
    (!rest.is_empty() && !rest.contains('/')).then(|| (name.to_owned(), rest.to_owned()))
}

/// Whether `text` is a digest that this registry can check.
pub(super) fn is_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn valid_digest(text: String) -> Result<String, (Code, String)> {
    if is_digest(&text) {
        Ok(text)
    } else {
        refuse(
            Code::DigestInvalid,
            "the digest is not one that this registry knows",
        )
    }
}

fn is_tag(text: &str) -> bool {
    text.len() <= MAX_TAG
        && !text.starts_with(['.', '-'])
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Whether `text` is a repository's name: lower-case words with single separators (`.`, `_`, `__`, dashes) between them.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME && text.split('/').all(is_component)
}

fn is_component(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separators_are_single = text
        .split(|letter: char| letter.is_ascii() && is_word(letter as u8))
        .all(|run| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-'));
    let ends = [text.bytes().next(), text.bytes().next_back()];
    separators_are_single && ends.iter().all(|end| end.is_some_and(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_what_they_are_about() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let owned = str::to_owned;
        let cases = [
            (String::new(), Target::Base),
            (
                owned("a/b/blobs/uploads/"),
                Target::Uploads { name: owned("a/b") },
            ),
            (
                owned("a/blobs/uploads/x1"),
                Target::Upload {
                    name: owned("a"),
                    id: owned("x1"),
                },
            ),
            (
                format!("a/blobs/{digest}"),
                Target::Blob {
                    name: owned("a"),
                    digest: digest.clone(),
                },
            ),
            (
                owned("a/manifests/v1"),
                Target::Manifest {
                    name: owned("a"),
                    reference: Reference::Tag(owned("v1")),
                },
            ),
            (owned("tags/tags/list"), Target::Tags { name: owned("tags") }),
            (
                format!("a/referrers/{digest}"),
                Target::Referrers {
                    name: owned("a"),
                    digest: digest.clone(),
                },
            ),
        ];
        for (path, target) in cases {
            assert_eq!(Target::parse(&path).ok(), Some(target), "{path}");
        }
    }

    #[test]
    fn what_is_no_name_tag_or_digest_is_refused() {
        for path in [
            "A/manifests/v1",
            "a//b/manifests/v1",
            "../a/manifests/v1",
            "a-/manifests/v1",
            "a._b/manifests/v1",
            "a/manifests/.v1",
            "a/manifests/sha256:12",
            "a/blobs/sha256:XY",
            "a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e",
            "a/unknown/b",
            "_catalog",
        ] {
            assert!(Target::parse(path).is_err(), "{path}");
        }
        assert!(is_name("a--b/c__d/e.f_g"));
    }
}
