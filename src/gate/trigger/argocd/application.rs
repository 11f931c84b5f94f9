//! What Argo CD says of an application (`v1alpha1.Application`), as much of it as a decision needs.

use serde::Deserialize;

/// An application.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Application {
    pub(super) metadata: Metadata,
    pub(super) spec: Spec,
    /// An operation that was asked for and has not begun.
    #[serde(default)]
    pub(super) operation: Option<Operation>,
    #[serde(default)]
    pub(super) status: Status,
}

/// Who it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) name: String,
    /// Set while it is being deleted.
    #[serde(default)]
    pub(super) deletion_timestamp: Option<String>,
}

/// What it should be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    /// The sources of an application that has several.
    #[serde(default)]
    pub(super) sources: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    pub(super) sync_policy: Option<SyncPolicy>,
}

/// When it is synced.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SyncPolicy {
    #[serde(default)]
    pub(super) automated: Option<Automated>,
}

/// By itself, unless `enabled` says otherwise.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Automated {
    #[serde(default)]
    pub(super) enabled: Option<bool>,
}

/// What became of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status {
    #[serde(default)]
    pub(super) sync: Revisions,
    #[serde(default)]
    pub(super) operation_state: Option<OperationState>,
}

/// One revision, or one for each source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Revisions {
    #[serde(default)]
    pub(super) revision: Option<String>,
    #[serde(default)]
    pub(super) revisions: Option<Vec<String>>,
}

/// Something that was asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Operation {
    #[serde(default)]
    pub(super) sync: Option<Revisions>,
    #[serde(default)]
    pub(super) info: Option<Vec<Info>>,
}

/// A note that whoever asked left on it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Info {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) value: String,
}

/// The operation that is running or ran last.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OperationState {
    #[serde(default)]
    pub(super) operation: Operation,
    pub(super) phase: String,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) sync_result: Option<Revisions>,
}

impl Operation {
    /// Whether one of its notes has this name and value.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.info
            .iter()
            .flatten()
            .any(|info| info.name == name && info.value == value)
    }
}

impl Application {
    /// Whether changes are deployed without anybody asking.
    pub(super) fn syncs_itself(&self) -> bool {
        let automated = self
            .spec
            .sync_policy
            .as_ref()
            .and_then(|policy| policy.automated.as_ref());
        automated.is_some_and(|automated| automated.enabled != Some(false))
    }

    /// How many sources it has.
    pub(super) fn sources(&self) -> usize {
        self.spec.sources.as_ref().map_or(0, Vec::len)
    }
}
