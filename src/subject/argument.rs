//! A subject as it is typed on the command line.

use std::fmt;
use std::path::{Path, PathBuf};

use oci_spec::distribution::Reference;

use super::{Digest, DigestError, reference};

/// What a person asked about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A file on disk.
    File(PathBuf),
    /// A directory: every file in it.
    Directory {
        /// The directory.
        path: PathBuf,
        /// Names of files and directories in it that do not count, with `/` between their steps.
        ignored: Vec<String>,
    },
    /// Standard input, read once.
    Stdin,
    /// A digest alone: its evidence has to be named, for there is no place to look in.
    Digest(Digest),
    /// An image in an OCI image layout directory.
    Layout {
        /// The directory that holds `oci-layout` and `index.json`.
        path: PathBuf,
        /// Which of its images.
        selector: LayoutSelector,
    },
    /// An image in a registry.
    Image(Reference),
}

/// Which manifest of an OCI layout is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutSelector {
    /// The only image in the layout; an error when there are several.
    Only,
    /// The image whose `org.opencontainers.image.ref.name` annotation is this tag.
    Tag(String),
    /// The manifest with this digest.
    Digest(Digest),
}

/// What stands at a path, as far as telling subjects apart needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// Nothing.
    Missing,
    /// Something that can be read as bytes.
    File,
    /// A directory that holds an `oci-layout` file.
    Layout,
    /// Any other directory.
    Directory,
}

/// Why an argument names no subject. Always a usage error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// The empty string.
    #[error("an empty argument names nothing")]
    Empty,
    /// A digest that is not one.
    #[error("{text}: {source}")]
    Digest {
        /// What was typed.
        text: String,
        /// What is wrong with it.
        source: DigestError,
    },
    /// An image reference that is not one.
    #[error("{text} is not an image reference: {detail}")]
    Reference {
        /// What was typed.
        text: String,
        /// What is wrong with it.
        detail: String,
    },
    /// No file of that name.
    #[error("no such file: {0}")]
    NoSuchFile(String),
    /// `oci-layout:` in front of something that is no layout.
    #[error("{0} is not an OCI layout: it has no oci-layout file")]
    NotALayout(String),
    /// A directory that is an OCI layout, without the prefix that says so.
    #[error("{0} is an OCI layout directory: write oci-layout:{0}")]
    BareLayout(String),
    /// Neither an existing file nor clearly an image.
    #[error(
        "{0} is neither an existing file nor an image reference with a registry host: write file:{0} for a file, or oci:{0} for an image"
    )]
    Ambiguous(String),
    /// A file whose path also reads as an image reference with a registry host.
    #[error(
        "{0} is a path here and also reads as an image: write ./{0} or file:{0} for what lies there, or oci:{0} for the image"
    )]
    FileOrImage(String),
    /// A file whose name also reads as a digest.
    #[error("{0} is a digest and also the name of a file here: write file:{0} for the file")]
    DigestOrFile(String),
}

impl Subject {
    /// Reads one argument; `probe` says what stands at a path.
    ///
    /// An existing path is a file, unless it also reads as an image. Everything that could mean two things is an error that says how to write either.
    pub fn parse(text: &str, probe: impl Fn(&Path) -> PathKind) -> Result<Self, SubjectError> {
        if text.is_empty() {
            return Err(SubjectError::Empty);
        }
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(path) = text.strip_prefix("file:") {
            return file(path, probe);
        }
        if let Some(reference) = text.strip_prefix("oci:") {
            return image(reference);
        }
        if let Some(layout) = text.strip_prefix("oci-layout:") {
            return self::layout(layout, probe);
        }
        if ["sha256:", "sha384:", "sha512:"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            if probe(Path::new(text)) != PathKind::Missing {
                return Err(SubjectError::DigestOrFile(text.to_owned()));
            }
            return text
                .parse()
                .map(Self::Digest)
                .map_err(|source| SubjectError::Digest {
                    text: text.to_owned(),
                    source,
                });
        }
        match probe(Path::new(text)) {
            // Whoever can add a file to the working directory must not choose what is verified: a genuine file at
            // ghcr.io/org/app:v1 would pass while the image of that name is deployed.
            PathKind::File | PathKind::Directory if has_registry_host(text) && image(text).is_ok() => {
                Err(SubjectError::FileOrImage(text.to_owned()))
            }
            PathKind::File => Ok(Self::File(PathBuf::from(text))),
            PathKind::Layout => Err(SubjectError::BareLayout(text.to_owned())),
            PathKind::Directory => Ok(directory(text)),
            PathKind::Missing if has_registry_host(text) => image(text),
            PathKind::Missing
                if ["/", "./", "../", "~"]
                    .iter()
                    .any(|start| text.starts_with(start)) =>
            {
                Err(SubjectError::NoSuchFile(text.to_owned()))
            }
            PathKind::Missing => Err(SubjectError::Ambiguous(text.to_owned())),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) | Self::Directory { path, .. } => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("-"),
            Self::Digest(digest) => write!(f, "{digest}"),
            Self::Layout { path, selector } => match selector {
                LayoutSelector::Only => write!(f, "oci-layout:{}", path.display()),
                LayoutSelector::Tag(tag) => write!(f, "oci-layout:{}:{tag}", path.display()),
                LayoutSelector::Digest(digest) => write!(f, "oci-layout:{}@{digest}", path.display()),
            },
            Self::Image(reference) => write!(f, "{reference}"),
        }
    }
}

fn file(path: &str, probe: impl Fn(&Path) -> PathKind) -> Result<Subject, SubjectError> {
    match probe(Path::new(path)) {
        PathKind::File => Ok(Subject::File(PathBuf::from(path))),
        PathKind::Missing => Err(SubjectError::NoSuchFile(path.to_owned())),
        PathKind::Layout => Err(SubjectError::BareLayout(path.to_owned())),
        PathKind::Directory => Ok(directory(path)),
    }
}

fn directory(path: &str) -> Subject {
    Subject::Directory {
        path: PathBuf::from(path),
        ignored: Vec::new(),
    }
}

fn image(text: &str) -> Result<Subject, SubjectError> {
    let (name, digest) = match text.rsplit_once('@') {
        // A shortened digest gets its own words (S2.19).
        Some((name, digest)) => {
            let digest = digest.parse::<Digest>().map_err(|source| SubjectError::Digest {
                text: digest.to_owned(),
                source,
            })?;
            (name, Some(digest))
        }
        None => (text, None),
    };
    reference::read(name, digest.as_ref())
        .map(Subject::Image)
        .map_err(|error| SubjectError::Reference {
            text: text.to_owned(),
            detail: error.to_string(),
        })
}

fn layout(text: &str, probe: impl Fn(&Path) -> PathKind) -> Result<Subject, SubjectError> {
    let is_layout = |path: &str| probe(Path::new(path)) == PathKind::Layout;
    // The whole text first: a directory name may hold a colon or an at sign.
    if is_layout(text) {
        return Ok(Subject::Layout {
            path: PathBuf::from(text),
            selector: LayoutSelector::Only,
        });
    }
    if let Some((path, digest)) = text.rsplit_once('@')
        && is_layout(path)
    {
        let digest = digest.parse().map_err(|source| SubjectError::Digest {
            text: digest.to_owned(),
            source,
        })?;
        return Ok(Subject::Layout {
            path: PathBuf::from(path),
            selector: LayoutSelector::Digest(digest),
        });
    }
    if let Some((path, tag)) = text.rsplit_once(':')
        && is_layout(path)
        && !tag.is_empty()
    {
        return Ok(Subject::Layout {
            path: PathBuf::from(path),
            selector: LayoutSelector::Tag(tag.to_owned()),
        });
    }
    Err(SubjectError::NotALayout(text.to_owned()))
}

/// Whether the first path component is a registry host: it has a dot or a port, or is `localhost`.
fn has_registry_host(text: &str) -> bool {
    text.split_once('/').is_some_and(|(host, rest)| {
        !rest.is_empty()
            && !host.starts_with('.')
            && (host.contains('.') || host.contains(':') || host == "localhost")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(path: &Path) -> PathKind {
        match path.to_str().unwrap() {
            "app.tar.gz" | "./app" | "localhost:5000/app" | "sha256:abc" => PathKind::File,
            "image" | "a:b" => PathKind::Layout,
            "src" | "localhost:5000/dir" => PathKind::Directory,
            _ => PathKind::Missing,
        }
    }

    fn parse(text: &str) -> Result<Subject, SubjectError> {
        Subject::parse(text, probe)
    }

    #[test]
    fn a_file_that_lies_where_an_image_is_named_never_stands_in_for_it() {
        assert_eq!(parse("app.tar.gz"), Ok(Subject::File("app.tar.gz".into())));
        assert_eq!(
            parse("localhost:5000/app"),
            Err(SubjectError::FileOrImage("localhost:5000/app".into()))
        );
        assert_eq!(parse("src"), Ok(directory("src")));
        assert_eq!(
            parse("localhost:5000/dir"),
            Err(SubjectError::FileOrImage("localhost:5000/dir".into()))
        );
        assert!(matches!(parse("oci:localhost:5000/app"), Ok(Subject::Image(_))));
        assert_eq!(
            parse("file:localhost:5000/app"),
            Ok(Subject::File("localhost:5000/app".into()))
        );
    }

    #[test]
    fn layouts_take_a_tag_or_a_digest_and_may_have_a_colon_in_their_name() {
        let layout = |path: &str, selector| {
            Ok(Subject::Layout {
                path: path.into(),
                selector,
            })
        };
        assert_eq!(parse("oci-layout:image"), layout("image", LayoutSelector::Only));
        assert_eq!(
            parse("oci-layout:image:v1"),
            layout("image", LayoutSelector::Tag("v1".into()))
        );
        assert_eq!(parse("oci-layout:a:b"), layout("a:b", LayoutSelector::Only));
        let digest = Digest::sha256(b"");
        assert_eq!(
            parse(&format!("oci-layout:image@{digest}")),
            layout("image", LayoutSelector::Digest(digest))
        );
        assert_eq!(
            parse("oci-layout:src"),
            Err(SubjectError::NotALayout("src".into()))
        );
    }

    #[test]
    fn anything_that_could_be_two_things_is_refused() {
        for (text, error) in [
            ("", SubjectError::Empty),
            ("app", SubjectError::Ambiguous("app".into())),
            ("library/app", SubjectError::Ambiguous("library/app".into())),
            ("./missing", SubjectError::NoSuchFile("./missing".into())),
            ("file:missing", SubjectError::NoSuchFile("missing".into())),
            ("image", SubjectError::BareLayout("image".into())),
            ("sha256:abc", SubjectError::DigestOrFile("sha256:abc".into())),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_shortened_digest_is_named_as_such_wherever_it_stands() {
        for text in [
            "sha256:eef8d1b...",
            "example.com/app@sha256:eef8d1b",
            "oci-layout:image@sha256:eef8d1b",
        ] {
            let error = parse(text).unwrap_err();
            assert!(
                matches!(
                    error,
                    SubjectError::Digest {
                        source: DigestError::Length { .. },
                        ..
                    }
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn images_need_a_registry_host() {
        assert!(matches!(parse("ghcr.io/org/app:v1"), Ok(Subject::Image(_))));
        assert!(matches!(parse("localhost/app"), Ok(Subject::Image(_))));
        assert!(matches!(
            parse("ghcr.io/Org/app"),
            Err(SubjectError::Reference { .. })
        ));
        assert!(matches!(parse("oci:nginx"), Ok(Subject::Image(_))));
    }
}
