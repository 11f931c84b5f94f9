//! What to do next with an application, from what it says of itself. No I/O: every state stands in the tests below.

use super::application::{Application, OperationState};

/// The note that says whose operation it is. It stays on the operation after it ended.
pub(super) const MARK: &str = "portcullis-order";

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing of this order was done, and nothing stands in the way: these revisions are what a sync would deploy.
    Begin(Target),
    /// This order is being carried out.
    Follow,
    /// There is nothing to do now.
    Stop(Stop),
}

/// Why there is nothing to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// This order was carried out.
    Done {
        /// The revisions that were deployed.
        revisions: String,
    },
    /// This order was begun, and failed.
    Failed(String),
    /// Something else is going on.
    Busy(&'static str),
    /// The application deploys what it finds, so that nothing is held back by a decision.
    SyncsItself,
}

/// What an order is known by, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// The order's id.
    pub(super) id: &'a str,
    /// Whether an earlier attempt may have begun an operation whose end nobody saw. Otherwise a failed operation of this
    /// order was seen, and a person asked for another one.
    pub(super) may_have_happened: bool,
    /// What to do if the application syncs itself.
    pub(super) auto_sync: super::AutoSync,
}

/// The revisions that are checked and then deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Of an application with one source.
    One(String),
    /// Of one with several, in their order.
    Several(Vec<String>),
}

impl Target {
    fn text(&self) -> String {
        match self {
            Self::One(revision) => revision.clone(),
            Self::Several(revisions) => revisions.join(", "),
        }
    }
}

/// Decides what to do next.
pub(super) fn next(application: &Application, known: Known<'_>) -> Step {
    let busy = |why| Step::Stop(Stop::Busy(why));
    if let Some(operation) = &application.operation {
        return match operation.has(MARK, known.id) {
            true => Step::Follow,
            false => busy("another operation was asked for"),
        };
    }
    if let Some(state) = &application.status.operation_state {
        if state.operation.has(MARK, known.id) {
            match ours(state) {
                Step::Stop(Stop::Failed(_)) if !known.may_have_happened => {}
                step => return step,
            }
        } else if !has_ended(&state.phase) {
            return busy("another operation is running");
        }
    }
    if application.metadata.deletion_timestamp.is_some() {
        return busy("the application is being deleted");
    }
    if application.syncs_itself() && known.auto_sync == super::AutoSync::Refuse {
        return Step::Stop(Stop::SyncsItself);
    }
    match target(application) {
        Some(target) => Step::Begin(target),
        None => busy("Argo CD names no revision for each source of the application"),
    }
}

fn ours(state: &OperationState) -> Step {
    let failed = |why: &str| Step::Stop(Stop::Failed(why.to_owned()));
    match state.phase.as_str() {
        "Succeeded" => match deployed(state) {
            Some(revisions) => Step::Stop(Stop::Done { revisions }),
            None => failed("the revision that was deployed is not the one that was asked for"),
        },
        phase if has_ended(phase) => failed(state.message.as_deref().unwrap_or(phase)),
        _ => Step::Follow,
    }
}

/// What was deployed, if it is what was asked for.
fn deployed(state: &OperationState) -> Option<String> {
    let asked = state.operation.sync.as_ref().and_then(whole)?;
    let result = state.sync_result.as_ref().and_then(whole)?;
    (asked == result).then(|| result.text())
}

fn has_ended(phase: &str) -> bool {
    matches!(phase, "Succeeded" | "Failed" | "Error")
}

fn whole(revisions: &super::application::Revisions) -> Option<Target> {
    match (&revisions.revisions, &revisions.revision) {
        (Some(several), _) if !several.is_empty() => Some(Target::Several(several.clone())),
        (_, Some(one)) if !one.is_empty() => Some(Target::One(one.clone())),
        _ => None,
    }
}

/// The revisions that Argo CD compared last, one for each source.
fn target(application: &Application) -> Option<Target> {
    let target = whole(&application.status.sync)?;
    let complete = match &target {
        Target::One(_) => application.sources() == 0,
        Target::Several(revisions) => {
            revisions.len() == application.sources() && revisions.iter().all(|revision| !revision.is_empty())
        }
    };
    complete.then_some(target)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::AutoSync;
    use super::*;

    fn step(application: Value, may_have_happened: bool) -> Step {
        let mut whole =
            json!({ "metadata": { "name": "web" }, "spec": {}, "status": { "sync": { "revision": "abc" } } });
        for (name, value) in application.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let known = Known {
            id: "d-1-prod",
            may_have_happened,
            auto_sync: AutoSync::Refuse,
        };
        next(&serde_json::from_value(whole).unwrap(), known)
    }

    fn operation(key: &str, phase: &str, asked: &str, result: &str) -> Value {
        json!({
            "sync": { "revision": "abc" },
            "operationState": {
                "operation": { "sync": { "revision": asked }, "info": [{ "name": MARK, "value": key }] },
                "phase": phase, "message": "why", "syncResult": { "revision": result },
            },
        })
    }

    #[test]
    fn every_state_has_one_next_step() {
        let one = || Step::Begin(Target::One("abc".to_owned()));
        let several = || Step::Begin(Target::Several(vec!["a".to_owned(), "b".to_owned()]));
        let done = || {
            Step::Stop(Stop::Done {
                revisions: "abc".to_owned(),
            })
        };
        let busy = |why| Step::Stop(Stop::Busy(why));
        let failed = |why: &str| Step::Stop(Stop::Failed(why.to_owned()));
        let itself = || Step::Stop(Stop::SyncsItself);
        let info = |id: &str| json!({ "info": [{ "name": MARK, "value": id }] });
        let mine = |phase, result| json!({ "status": operation("d-1-prod", phase, "abc", result) });
        let theirs = |phase| json!({ "status": operation("d-0-prod", phase, "abc", "") });
        let policy = |automated: Value| json!({ "spec": { "syncPolicy": { "automated": automated } } });
        let deleted = json!({ "metadata": { "name": "web", "deletionTimestamp": "2026-01-01T00:00:00Z" } });
        let sources = |sync: Value| json!({ "spec": { "sources": [{}, {}] }, "status": { "sync": sync } });
        let other = "the revision that was deployed is not the one that was asked for";
        let unnamed = "Argo CD names no revision for each source of the application";
        let rows = [
            ("nothing happened yet", json!({}), one()),
            (
                "asked for by us, not begun",
                json!({ "operation": info("d-1-prod") }),
                Step::Follow,
            ),
            (
                "asked for by others",
                json!({ "operation": {} }),
                busy("another operation was asked for"),
            ),
            (
                "asked for by us, for another order",
                json!({ "operation": info("d-2-prod") }),
                busy("another operation was asked for"),
            ),
            ("ours runs", mine("Running", ""), Step::Follow),
            ("ours is being stopped", mine("Terminating", ""), Step::Follow),
            ("ours succeeded", mine("Succeeded", "abc"), done()),
            (
                "ours deployed something else",
                mine("Succeeded", "abd"),
                failed(other),
            ),
            ("ours failed", mine("Failed", "abc"), failed("why")),
            ("ours broke", mine("Error", "abc"), failed("why")),
            (
                "another one runs",
                theirs("Running"),
                busy("another operation is running"),
            ),
            ("another one ended", theirs("Failed"), one()),
            (
                "a phase that nobody knows is not an end",
                theirs("Pausing"),
                busy("another operation is running"),
            ),
            ("it syncs itself", policy(json!({})), itself()),
            (
                "it syncs itself, spelled out",
                policy(json!({ "enabled": true })),
                itself(),
            ),
            ("it does not any more", policy(json!({ "enabled": false })), one()),
            (
                "it is being deleted",
                deleted,
                busy("the application is being deleted"),
            ),
            (
                "two sources",
                sources(json!({ "revisions": ["a", "b"] })),
                several(),
            ),
            (
                "two sources, one revision",
                sources(json!({ "revision": "a" })),
                busy(unnamed),
            ),
            (
                "two sources, one of them unknown",
                sources(json!({ "revisions": ["a", ""] })),
                busy(unnamed),
            ),
            ("never compared", json!({ "status": {} }), busy(unnamed)),
        ];
        for (name, application, expected) in rows {
            assert_eq!(step(application, true), expected, "{name}");
        }
    }

    #[test]
    fn a_failure_that_was_seen_does_not_stand_in_the_way_of_another_try() {
        let failed = || json!({ "status": operation("d-1-prod", "Failed", "abc", "abc") });
        let succeeded = json!({ "status": operation("d-1-prod", "Succeeded", "abc", "abc") });
        assert_eq!(step(failed(), false), Step::Begin(Target::One("abc".to_owned())));
        assert!(matches!(step(failed(), true), Step::Stop(Stop::Failed(_))));
        assert!(matches!(step(succeeded, false), Step::Stop(Stop::Done { .. })));
    }
}
