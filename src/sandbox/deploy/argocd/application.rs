//! An application: its revisions, and what its operations do.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Looks at a running operation after which it ends.
const LOOKS: u32 = 2;

/// How operations end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything was applied.
    Succeeded,
    /// Something was not.
    Failed,
    /// Another revision was deployed than the one that was asked for.
    SucceededElsewhere,
    /// They never end.
    Never,
}

/// A sync that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// The revision that was asked for.
    pub revision: String,
    /// The notes on it.
    pub infos: Vec<(String, String)>,
}

/// An application with one source.
#[derive(Debug, Clone)]
pub struct Application {
    /// The project that it is in.
    pub project: String,
    /// Whether it syncs itself.
    pub automated: bool,
    /// Whether a sync window keeps it as it is.
    pub window_closed: bool,
    /// How its operations end.
    pub ending: Ending,
    pub(super) head: String,
    pub(super) compared: Option<String>,
    pub(super) revisions: BTreeMap<String, Vec<Value>>,
    pub(super) operation: Option<Operation>,
    pub(super) syncs: Vec<Sync>,
}

/// The operation that runs or ran last.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) asked: Value,
    pub(super) looks: u32,
    pub(super) phase: &'static str,
    pub(super) deployed: Option<String>,
}

impl Application {
    /// An application whose repository has one revision, with one deployment of these images.
    pub fn new(revision: &str, images: &[&str]) -> Self {
        let mut application = Self {
            project: "default".to_owned(),
            automated: false,
            window_closed: false,
            ending: Ending::Succeeded,
            head: String::new(),
            compared: None,
            revisions: BTreeMap::new(),
            operation: None,
            syncs: Vec::new(),
        };
        application.commit(revision, images);
        application
    }

    /// Adds a revision to the repository, which Argo CD sees when it looks again.
    pub fn commit(&mut self, revision: &str, images: &[&str]) {
        let containers: Vec<Value> = images
            .iter()
            .enumerate()
            .map(|(index, image)| json!({ "name": format!("c{index}"), "image": image }))
            .collect();
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" },
            "spec": { "template": { "spec": { "containers": containers } } },
        });
        let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "web" } });
        revision.clone_into(&mut self.head);
        self.revisions
            .insert(revision.to_owned(), vec![deployment, service]);
    }

    /// Lets somebody else's operation run, which ends after some looks.
    pub fn occupy(&mut self) {
        self.begin(json!({ "sync": { "revision": self.head }, "info": [] }));
    }

    pub(super) fn is_busy(&self) -> bool {
        self.operation
            .as_ref()
            .is_some_and(|operation| operation.phase == "Running")
    }

    pub(super) fn begin(&mut self, asked: Value) {
        self.operation = Some(Operation {
            asked,
            looks: 0,
            phase: "Running",
            deployed: None,
        });
    }

    /// Time goes by: each look brings a running operation nearer to its end.
    pub(super) fn pass(&mut self) {
        let ending = self.ending;
        let Some(operation) = self
            .operation
            .as_mut()
            .filter(|operation| operation.phase == "Running")
        else {
            return;
        };
        operation.looks += 1;
        if operation.looks < LOOKS {
            return;
        }
        let asked = operation.asked.pointer("/sync/revision").and_then(Value::as_str);
        (operation.phase, operation.deployed) = match ending {
            Ending::Never => return,
            Ending::Succeeded => ("Succeeded", asked.map(str::to_owned)),
            Ending::Failed => ("Failed", asked.map(str::to_owned)),
            Ending::SucceededElsewhere => ("Succeeded", Some("elsewhere".to_owned())),
        };
    }

    /// The document that clients get.
    pub(super) fn document(&self, name: &str) -> Value {
        let mut spec = json!({
            "project": self.project,
            "source": { "repoURL": "https://git.example/web", "targetRevision": "HEAD" },
        });
        let mut compared = json!({ "status": "OutOfSync" });
        let mut status = Map::new();
        let set = |object: &mut Value, name: &str, value: Value| {
            if let Some(members) = object.as_object_mut() {
                members.insert(name.to_owned(), value);
            }
        };
        if self.automated {
            set(&mut spec, "syncPolicy", json!({ "automated": { "prune": true } }));
        }
        if let Some(revision) = &self.compared {
            set(&mut compared, "revision", json!(revision));
        }
        if let Some(operation) = &self.operation {
            let state = json!({
                "operation": operation.asked, "phase": operation.phase,
                "message": if operation.phase == "Failed" { "one or more objects failed to apply" } else { "" },
                "syncResult": { "revision": operation.deployed.as_deref().unwrap_or_default() },
            });
            status.insert("operationState".to_owned(), state);
        }
        status.insert("sync".to_owned(), compared);
        json!({ "metadata": { "name": name, "namespace": "argocd" }, "spec": spec, "status": status })
    }
}
