//! The fields of SLSA provenance that a rule can ask for (SLSA provenance v0.2 and v1).

use serde_json::Value;

/// Who built it, and from what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Identity of the builder: v1 `runDetails.builder.id`, v0.2 `builder.id`.
    pub builder_id: Option<String>,
    /// Source repository as a URL without `git+`, ref and commit.
    pub source_repository: Option<String>,
    /// Source ref, for example `refs/tags/v1.0.0`.
    pub source_ref: Option<String>,
    /// Commit that was built.
    pub source_commit: Option<String>,
}

impl Provenance {
    /// Whether a predicate type is SLSA provenance that can be read.
    pub fn is_provenance(predicate_type: &str) -> bool {
        predicate_type == "https://slsa.dev/provenance/v1"
            || predicate_type == "https://slsa.dev/provenance/v0.2"
    }

    /// Reads a predicate. Fields that are absent or of another type stay `None`, so a rule on them is not met.
    pub fn parse(predicate_type: &str, predicate: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(predicate).ok()?;
        match predicate_type {
            "https://slsa.dev/provenance/v1" => Some(Self::v1(&value)),
            "https://slsa.dev/provenance/v0.2" => Some(Self::v0_2(&value)),
            _ => None,
        }
    }

    fn v1(predicate: &Value) -> Self {
        let builder_id = text(predicate, "/runDetails/builder/id");
        let dependency = predicate
            .pointer("/buildDefinition/resolvedDependencies")
            .and_then(Value::as_array)
            .and_then(|dependencies| dependencies.iter().find(|entry| is_git(entry)));
        let workflow = "/buildDefinition/externalParameters/workflow";
        let (repository, reference) = split_uri(dependency.and_then(|entry| text(entry, "/uri")));
        Self {
            builder_id,
            source_repository: text(predicate, &format!("{workflow}/repository")).or(repository),
            source_ref: text(predicate, &format!("{workflow}/ref")).or(reference),
            source_commit: dependency
                .and_then(|entry| text(entry, "/digest/gitCommit").or_else(|| text(entry, "/digest/sha1"))),
        }
    }

    fn v0_2(predicate: &Value) -> Self {
        let (repository, reference) = split_uri(text(predicate, "/invocation/configSource/uri"));
        Self {
            builder_id: text(predicate, "/builder/id"),
            source_repository: repository,
            source_ref: reference,
            source_commit: text(predicate, "/invocation/configSource/digest/sha1"),
        }
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

fn is_git(dependency: &Value) -> bool {
    text(dependency, "/uri").is_some_and(|uri| uri.starts_with("git+"))
}

/// Splits `git+https://host/owner/repo@refs/heads/main` into the repository and the ref.
fn split_uri(uri: Option<String>) -> (Option<String>, Option<String>) {
    let Some(uri) = uri else { return (None, None) };
    let uri = uri.strip_prefix("git+").unwrap_or(&uri);
    match uri.rsplit_once('@') {
        Some((repository, reference)) => (Some(repository.to_owned()), Some(reference.to_owned())),
        None => (Some(uri.to_owned()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_of_the_github_generator() {
        let predicate = r#"{"buildDefinition":{"externalParameters":{"workflow":{"ref":"refs/heads/main","repository":"https://github.com/o/r","path":".github/workflows/x.yml"}},
            "resolvedDependencies":[{"uri":"pkg:docker/x"},{"uri":"git+https://github.com/o/r@refs/heads/main","digest":{"gitCommit":"abc"}}]},
            "runDetails":{"builder":{"id":"https://github.com/actions/runner/github-hosted"}}}"#;
        let provenance = Provenance::parse("https://slsa.dev/provenance/v1", predicate).unwrap();
        assert_eq!(
            provenance.builder_id.as_deref(),
            Some("https://github.com/actions/runner/github-hosted")
        );
        assert_eq!(
            provenance.source_repository.as_deref(),
            Some("https://github.com/o/r")
        );
        assert_eq!(provenance.source_ref.as_deref(), Some("refs/heads/main"));
        assert_eq!(provenance.source_commit.as_deref(), Some("abc"));
    }

    #[test]
    fn version_0_2() {
        let predicate = r#"{"builder":{"id":"https://b"},"invocation":{"configSource":{"uri":"git+https://github.com/o/r@refs/tags/v1","digest":{"sha1":"abc"}}}}"#;
        let provenance = Provenance::parse("https://slsa.dev/provenance/v0.2", predicate).unwrap();
        assert_eq!(provenance.builder_id.as_deref(), Some("https://b"));
        assert_eq!(
            provenance.source_repository.as_deref(),
            Some("https://github.com/o/r")
        );
        assert_eq!(provenance.source_ref.as_deref(), Some("refs/tags/v1"));
        assert_eq!(provenance.source_commit.as_deref(), Some("abc"));
    }

    #[test]
    fn fields_of_another_type_are_absent() {
        let provenance =
            Provenance::parse("https://slsa.dev/provenance/v0.2", r#"{"builder":{"id":7}}"#).unwrap();
        assert_eq!(provenance, Provenance::default());
        assert_eq!(Provenance::parse("https://slsa.dev/provenance/v9", "{}"), None);
        assert_eq!(Provenance::parse("https://slsa.dev/provenance/v1", "["), None);
    }
}
