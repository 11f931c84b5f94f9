//! For which subjects a rule holds.
//!
//! A scope is compared with the whole name of a subject:
//!
//! | subject | its name |
//! |---|---|
//! | image in a registry | `registry/repository`, without tag and digest; Docker Hub is `docker.io` |
//! | file | `file:` and the path as it was given, without `./` in front |
//! | standard input | `file:-` |
//! | OCI layout | `oci-layout:` and the path, likewise |
//! | digest | `sha256:<hex>` |
//!
//! `*` stands for any characters but `/`, `**` between slashes for any characters with `/`, `?` for one character that
//! is not `/`. There is nothing else: brackets, braces and backslashes are refused. Upper and lower case differ.

use std::path::Path;

use regex::Regex;

use crate::subject::{Reference, Subject};

/// Longest scope, in bytes.
pub const MAX_SCOPE_BYTES: usize = 1024;

/// Prefixes of the names of subjects that are no images.
const PREFIXES: [&str; 5] = ["file:", "oci-layout:", "sha256:", "sha384:", "sha512:"];

/// A glob over subject names.
#[derive(Debug, Clone)]
pub struct Scope {
    text: String,
    regex: Regex,
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Why a text is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// The empty text, or one with empty, `.` or `..` steps.
    #[error("a scope has no empty steps and no . or .. in its path")]
    Steps,
    /// More than [`MAX_SCOPE_BYTES`].
    #[error("a scope has at most {MAX_SCOPE_BYTES} bytes")]
    TooLong,
    /// `**` beside other characters.
    #[error("** stands alone between slashes")]
    Stars,
    /// A character that other globs give a meaning to.
    #[error("{0:?} has no meaning here: a scope knows *, ** and ?")]
    Character(char),
    /// A tag or digest.
    #[error(
        "a scope names a repository, without tag and digest: what is verified is a digest, whatever its tag"
    )]
    Tag,
    /// Neither an image nor one of the other forms.
    #[error(
        "it begins with neither a registry host nor file:, oci-layout: or a digest: write registry.example/{0} or file:{0}"
    )]
    NoHost(String),
}

impl Scope {
    /// Reads a scope.
    pub fn new(text: &str) -> Result<Self, ScopeError> {
        if text.len() > MAX_SCOPE_BYTES {
            return Err(ScopeError::TooLong);
        }
        if let Some(other) = text.chars().find(|c| "[]{}\\!".contains(*c) || c.is_control()) {
            return Err(ScopeError::Character(other));
        }
        let path = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix));
        let steps: Vec<&str> = path.unwrap_or(text).split('/').collect();
        // An absolute path begins with an empty step.
        let absolute = usize::from(path.is_some_and(|path| path.starts_with('/') && path.len() > 1));
        if steps
            .iter()
            .skip(absolute)
            .any(|step| ["", ".", ".."].contains(step))
        {
            return Err(ScopeError::Steps);
        }
        if steps.iter().any(|step| step.contains("**") && *step != "**") {
            return Err(ScopeError::Stars);
        }
        if path.is_none() {
            check_image(text, &steps)?;
        }
        let regex = Regex::new(&translate(text)).map_err(|_| ScopeError::TooLong)?;
        Ok(Self {
            text: text.to_owned(),
            regex,
        })
    }

    /// The scope as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is for images of registries, and for nothing else.
    pub fn is_image(&self) -> bool {
        self.text != "**" && !PREFIXES.iter().any(|prefix| self.text.starts_with(prefix))
    }

    /// Whether the scope covers a subject of this name.
    pub fn covers(&self, name: &SubjectName) -> bool {
        name.0.as_deref().is_some_and(|name| self.regex.is_match(name))
    }
}

/// The name of a subject, as scopes see it. A path that is not UTF-8 or has `..` in it has none: no scope covers it, and
/// a policy with scopes refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectName(Option<String>);

impl SubjectName {
    /// The name of a subject.
    pub fn of(subject: &Subject) -> Self {
        Self(match subject {
            Subject::File(path) | Subject::Directory { path, .. } => path_name("file:", path),
            Subject::Stdin => Some("file:-".to_owned()),
            Subject::Digest(digest) => Some(digest.to_string()),
            Subject::Layout { path, .. } => path_name("oci-layout:", path),
            Subject::Image(reference) => Some(repository_name(reference)),
        })
    }

    /// The name, when there is one.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// `registry/repository`. Docker Hub has three spellings, and a rule for one has to hold for all.
pub(super) fn repository_name(reference: &Reference) -> String {
    let registry = reference.registry().to_ascii_lowercase();
    let registry = match registry.as_str() {
        "index.docker.io" | "registry-1.docker.io" => "docker.io",
        other => other,
    };
    format!("{registry}/{}", reference.repository())
}

fn path_name(prefix: &str, path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let mut steps = Vec::new();
    for (index, step) in text.split('/').enumerate() {
        match step {
            ".." => return None,
            "" if index == 0 && text.len() > 1 => steps.push(""),
            "" | "." => {}
            step => steps.push(step),
        }
    }
    let name = steps.join("/");
    (!name.is_empty()).then(|| format!("{prefix}{name}"))
}

fn check_image(text: &str, steps: &[&str]) -> Result<(), ScopeError> {
    if steps == ["**"] {
        return Ok(());
    }
    let (host, rest) = match steps {
        [host, rest @ ..] if !rest.is_empty() => (host, rest),
        _ => return Err(ScopeError::NoHost(text.to_owned())),
    };
    let is_host = *host == "localhost" || host.contains(['.', ':', '*']);
    if !is_host {
        return Err(ScopeError::NoHost(text.to_owned()));
    }
    if rest.iter().any(|step| step.contains([':', '@'])) {
        return Err(ScopeError::Tag);
    }
    Ok(())
}

fn translate(text: &str) -> String {
    let mut regex = String::from(r"\A(?s:");
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '*' if rest.starts_with("**") => {
                regex.push_str(".+");
                2
            }
            '*' => {
                regex.push_str("[^/]*");
                1
            }
            '?' => {
                regex.push_str("[^/]");
                1
            }
            c => {
                regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    regex.push_str(r")\z");
    regex
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::{LayoutSelector, PathKind};

    fn covers(scope: &str, name: &str) -> bool {
        Scope::new(scope)
            .unwrap()
            .covers(&SubjectName(Some(name.to_owned())))
    }

    #[test]
    fn a_scope_covers_whole_names() {
        for (scope, name, expected) in [
            ("registry.example/app", "registry.example/app", true),
            ("registry.example/app", "registry.example/app-evil", false),
            ("registry.example/app", "evil.example/registry.example/app", false),
            ("registry.example/app", "registryXexample/app", false),
            ("registry.example/app", "registry.example/App", false),
            ("registry.example/*", "registry.example/app", true),
            ("registry.example/*", "registry.example/team/app", false),
            ("registry.example/*", "registry.example", false),
            ("registry.example/**", "registry.example/team/app", true),
            ("registry.example/**", "registry.example", false),
            ("registry.example/**/app", "registry.example/a/b/app", true),
            ("registry.example/**/app", "registry.example/app", false),
            ("registry.example/team-*/app", "registry.example/team-a/app", true),
            (
                "registry.example/team-*/app",
                "registry.example/team-a/b/app",
                false,
            ),
            ("registry.example/v?", "registry.example/v1", true),
            ("registry.example/v?", "registry.example/v", false),
            ("registry.example/v?", "registry.example/v/", false),
            ("localhost:5000/app", "localhost:5000/app", true),
            ("*.example/app", "a.example/app", true),
            ("*.example/app", "a/b.example/app", false),
            ("file:dist/*", "file:dist/app.tar.gz", true),
            ("file:dist/*", "file:dist/linux/app", false),
            ("file:/srv/**", "file:/srv/a/b", true),
            ("oci-layout:out/*", "oci-layout:out/image", true),
            ("**", "registry.example/app", true),
            ("**", "file:dist/app", true),
            ("**", "sha256:00", true),
        ] {
            assert_eq!(covers(scope, name), expected, "{scope} and {name}");
        }
    }

    #[test]
    fn what_other_globs_mean_is_refused() {
        for (text, error) in [
            ("", ScopeError::Steps),
            ("registry.example//app", ScopeError::Steps),
            ("registry.example/../app", ScopeError::Steps),
            ("file:./dist/*", ScopeError::Steps),
            ("file:", ScopeError::Steps),
            ("file:/", ScopeError::Steps),
            ("registry.example/app/", ScopeError::Steps),
            ("registry.example/a**", ScopeError::Stars),
            ("registry.example/***", ScopeError::Stars),
            ("registry.example/[ab]", ScopeError::Character('[')),
            ("registry.example/{a,b}", ScopeError::Character('{')),
            ("file:C:\\x", ScopeError::Character('\\')),
            ("!registry.example/app", ScopeError::Character('!')),
            ("registry.example/app\n", ScopeError::Character('\n')),
            ("registry.example/app:v1", ScopeError::Tag),
            ("registry.example/app@sha256:00", ScopeError::Tag),
            ("app", ScopeError::NoHost("app".into())),
            ("*", ScopeError::NoHost("*".into())),
            ("dist/*", ScopeError::NoHost("dist/*".into())),
        ] {
            assert_eq!(Scope::new(text), Err(error), "{text}");
        }
        assert_eq!(
            Scope::new(&"a".repeat(MAX_SCOPE_BYTES + 1)),
            Err(ScopeError::TooLong)
        );
        assert!(Scope::new(&format!("r.example/{}", "*/".repeat(500) + "a")).is_ok());
    }

    fn name(text: &str) -> Option<String> {
        let probe = |path: &Path| match path.extension() {
            Some(_) => PathKind::File,
            None => PathKind::Missing,
        };
        SubjectName::of(&Subject::parse(text, probe).unwrap()).0
    }

    #[test]
    fn subjects_have_one_name_however_they_are_spelt() {
        for (text, expected) in [
            ("oci:nginx", Some("docker.io/library/nginx")),
            (
                "oci:index.docker.io/library/nginx:1",
                Some("docker.io/library/nginx"),
            ),
            ("ghcr.io/org/app:v1", Some("ghcr.io/org/app")),
            (
                "localhost:5000/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                Some("localhost:5000/app"),
            ),
            ("dist/app.gz", Some("file:dist/app.gz")),
            ("./dist//app.gz", Some("file:dist/app.gz")),
            ("/srv/app.gz", Some("file:/srv/app.gz")),
            ("-", Some("file:-")),
            ("dist/../secret/app.gz", None),
            ("../app.gz", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
        let layout = Subject::Layout {
            path: "./out/image".into(),
            selector: LayoutSelector::Only,
        };
        assert_eq!(SubjectName::of(&layout).as_str(), Some("oci-layout:out/image"));
    }

    #[test]
    fn a_path_without_a_name_is_covered_by_no_scope() {
        let escape = SubjectName::of(&Subject::File("dist/../../etc/app.gz".into()));
        for scope in ["**", "file:**", "file:dist/**"] {
            assert!(!Scope::new(scope).unwrap().covers(&escape), "{scope}");
        }
    }
}
