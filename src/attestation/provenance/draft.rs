//! Provenance in the making: the parts that a platform fills in, and how they become a predicate.

use serde_json::{Map, Value, json};

use super::Unknown;

/// What one platform says of its job.
pub(super) struct Draft {
    /// What the parameters mean, a URI.
    pub(super) build_type: String,
    /// What whoever started the build decided.
    pub(super) external: Value,
    /// What the platform decided.
    pub(super) internal: Map<String, Value>,
    /// What was built from, as resource descriptors.
    pub(super) dependencies: Vec<Value>,
    /// Who built, a URI.
    pub(super) builder_id: String,
    /// Which run it was.
    pub(super) invocation_id: String,
    /// When it began, if the platform says so.
    pub(super) started_on: Option<String>,
    /// What the platform does not say.
    pub(super) unknown: Vec<Unknown>,
}

impl Draft {
    /// The predicate, and what is missing in it.
    pub(super) fn finish(mut self) -> (String, Vec<Unknown>) {
        let started_on = self
            .started_on
            .take()
            .filter(|time| super::super::predicate::is_time(time));
        if started_on.is_none() {
            self.unknown.push(Unknown {
                member: "/runDetails/metadata/startedOn",
                reason: "the environment has no time at which the build began",
            });
        }
        if !self.unknown.is_empty() {
            let members: Vec<&str> = self.unknown.iter().map(|unknown| unknown.member).collect();
            self.internal
                .insert("portcullis_unknown".to_owned(), json!(members));
        }
        let mut metadata = Map::new();
        metadata.insert("invocationId".to_owned(), self.invocation_id.into());
        if let Some(time) = started_on {
            metadata.insert("startedOn".to_owned(), time.into());
        }
        let predicate = json!({
            "buildDefinition": {
                "buildType": self.build_type,
                "externalParameters": self.external,
                "internalParameters": self.internal,
                "resolvedDependencies": self.dependencies,
            },
            "runDetails": {"builder": {"id": self.builder_id}, "metadata": metadata},
        });
        (predicate.to_string(), self.unknown)
    }
}
