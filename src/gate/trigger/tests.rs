//! Triggers against servers that check what they are sent.

use std::io::Write as _;
use std::time::Duration;

use aws_lc_rs::hmac;
use reqwest::Url;
use serde_json::Value;

use super::testing::{attempt, digest, order};
use super::{ArgoCd, AutoSync, Dispatch, Flux, Options, SecretFile, Webhook};
use crate::gate::caller::SharedSecret;
use crate::gate::{Fired, Trigger};
use crate::http::{Patience, RetryPolicy, Web, WebConfig};
use crate::report::Code;
use crate::sandbox::deploy::{self, Application, ArgoFault, Ending, Inbox};

const TOKEN: &str = "argo-token-of-the-tests";

/// A network in which nothing is tried twice behind the test's back.
fn web() -> Web {
    let patience = Patience {
        retry: RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        },
        ..Patience::default()
    };
    Web::new(WebConfig {
        patience,
        ..WebConfig::default()
    })
    .unwrap()
}

fn secret(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{text}").unwrap();
    file
}

/// Argo CD with one application, `web`, whose revision `r1` deploys the image of the orders.
struct Bench {
    argo: deploy::ArgoCd,
    token: tempfile::NamedTempFile,
}

impl Bench {
    fn new() -> Self {
        let argo = deploy::ArgoCd::start(TOKEN).unwrap();
        argo.put("web", Application::new("r1", &[&image('a')]));
        Self {
            argo,
            token: secret(TOKEN),
        }
    }

    fn trigger_with(&self, change: impl FnOnce(&mut Options)) -> ArgoCd {
        let mut options = options();
        change(&mut options);
        let token = SecretFile::new(self.token.path());
        ArgoCd::new(
            Url::parse(&self.argo.url()).unwrap(),
            "web".to_owned(),
            token,
            web(),
            options,
        )
        .unwrap()
        .in_project(Some("default".to_owned()))
    }

    fn fire(&self) -> Fired {
        self.trigger_with(|_| {}).fire(&order(&[]))
    }

    fn again(&self) -> Fired {
        self.trigger_with(|_| {}).fire(&attempt(2, true, &[]))
    }

    fn syncs(&self) -> usize {
        self.argo.syncs("web").len()
    }
}

fn options() -> Options {
    Options {
        auto_sync: AutoSync::Refuse,
        prune: false,
        other_images: Vec::new(),
        follow: Duration::from_millis(700),
    }
}

fn image(digit: char) -> String {
    format!("registry.example/team/app@{}", digest(digit))
}

/// The code of an outcome that is not a success, with the outcome's kind.
fn code(fired: &Fired) -> (&'static str, Code) {
    match fired {
        Fired::Refused(finding) => ("refused", finding.code),
        Fired::Retry { finding, .. } => ("retry", finding.code),
        Fired::Unknown(finding) => ("unknown", finding.code),
        Fired::Done(text) | Fired::AlreadyDone(text) => panic!("it was done: {text}"),
    }
}

#[test]
fn an_allowed_image_is_synced_at_the_revision_that_was_checked() {
    let bench = Bench::new();
    assert_eq!(bench.fire(), Fired::Done("web was synced to r1".to_owned()));
    let syncs = bench.argo.syncs("web");
    assert_eq!(syncs.len(), 1);
    assert_eq!(syncs[0].revision, "r1");
    assert!(
        syncs[0]
            .infos
            .contains(&("portcullis-order".to_owned(), "gate-7-prod".to_owned()))
    );
    assert!(
        syncs[0]
            .infos
            .contains(&("portcullis-image".to_owned(), image('a')))
    );
}

#[test]
fn a_commit_after_the_check_is_not_deployed() {
    let bench = Bench::new();
    assert!(matches!(bench.fire(), Fired::Done(_)));
    bench
        .argo
        .change("web", |web| web.commit("r2", &["evil.example/app:v1"]));
    assert_eq!(
        bench.again(),
        Fired::AlreadyDone("web was synced to r1".to_owned())
    );
    let other = attempt(1, false, &[]);
    assert_eq!(other.id(), "gate-7-prod");
    assert_eq!(bench.syncs(), 1);
}

#[test]
fn an_answer_that_got_lost_is_not_a_second_sync() {
    for status in [500, 502, 503, 504] {
        let bench = Bench::new();
        bench.argo.fault(ArgoFault::BeginAndAnswer(status));
        assert_eq!(
            code(&bench.fire()),
            ("unknown", Code::TriggerUnreachable),
            "{status}"
        );
        assert!(
            matches!(bench.again(), Fired::Done(_) | Fired::AlreadyDone(_)),
            "{status}"
        );
        assert_eq!(bench.syncs(), 1, "{status}");
    }
}

#[test]
fn every_refusal_of_the_target_has_its_outcome_and_nothing_is_synced() {
    let rows = [
        (401, "retry", Code::TriggerUnauthorized),
        (403, "retry", Code::TriggerUnauthorized),
        (404, "refused", Code::TriggerRefused),
        (409, "retry", Code::TriggerBusy),
        (429, "retry", Code::TriggerBusy),
        (500, "unknown", Code::TriggerUnreachable),
        (503, "unknown", Code::TriggerUnreachable),
    ];
    for (status, kind, expected) in rows {
        let bench = Bench::new();
        bench.argo.fault(ArgoFault::Refuse(status));
        assert_eq!(code(&bench.fire()), (kind, expected), "{status}");
        assert_eq!(bench.syncs(), 0, "{status}");
        if kind != "refused" {
            assert!(matches!(bench.again(), Fired::Done(_)), "{status}");
            assert_eq!(bench.syncs(), 1, "{status}");
        }
    }
}

#[test]
fn a_question_that_fails_is_asked_later() {
    for (status, expected) in [
        (500, Code::TriggerUnreachable),
        (401, Code::TriggerUnauthorized),
        (429, Code::TriggerBusy),
    ] {
        let bench = Bench::new();
        bench.argo.fault(ArgoFault::Anything(status));
        assert_eq!(code(&bench.fire()), ("retry", expected), "{status}");
        assert_eq!(bench.syncs(), 0);
    }
}

#[test]
fn a_rotated_token_needs_no_restart() {
    let bench = Bench::new();
    bench.argo.rotate("another-token");
    let trigger = bench.trigger_with(|_| {});
    let refused = trigger.fire(&order(&[]));
    assert_eq!(code(&refused), ("retry", Code::TriggerUnauthorized));
    assert!(!format!("{refused:?}").contains(TOKEN));
    std::fs::write(bench.token.path(), "another-token\n").unwrap();
    assert!(matches!(trigger.fire(&order(&[])), Fired::Done(_)));
}

#[test]
fn a_token_file_that_is_gone_sends_nothing() {
    let bench = Bench::new();
    let trigger = bench.trigger_with(|_| {});
    std::fs::remove_file(bench.token.path()).unwrap();
    assert_eq!(
        code(&trigger.fire(&order(&[]))),
        ("retry", Code::TriggerSecretUnreadable)
    );
    assert!(bench.argo.requests().is_empty());
}

#[test]
fn an_application_that_syncs_itself_is_refused_unless_that_is_known() {
    let bench = Bench::new();
    bench.argo.change("web", |web| web.automated = true);
    assert_eq!(code(&bench.fire()), ("refused", Code::TriggerAutoSync));
    assert_eq!(bench.syncs(), 0);
    let trigger = bench.trigger_with(|options| options.auto_sync = AutoSync::Accept);
    assert!(matches!(trigger.fire(&order(&[])), Fired::Done(_)));
}

#[test]
fn manifests_that_name_anything_else_are_not_synced() {
    let sidecar = format!("other.example/proxy@{}", digest('c'));
    for images in [
        vec![image('b')],
        vec!["registry.example/team/app:v1".to_owned()],
        vec![image('a'), sidecar.clone()],
    ] {
        let bench = Bench::new();
        let names: Vec<&str> = images.iter().map(String::as_str).collect();
        bench.argo.change("web", |web| web.commit("r2", &names));
        assert_eq!(
            code(&bench.fire()),
            ("refused", Code::TriggerImagesDiffer),
            "{images:?}"
        );
        assert_eq!(bench.syncs(), 0);
    }
    let bench = Bench::new();
    bench
        .argo
        .change("web", |web| web.commit("r2", &[&image('a'), &sidecar]));
    let trigger = bench.trigger_with(|options| options.other_images = vec![sidecar]);
    assert_eq!(
        trigger.fire(&order(&[])),
        Fired::Done("web was synced to r2".to_owned())
    );
}

#[test]
fn an_operation_of_somebody_else_is_waited_for() {
    let bench = Bench::new();
    bench.argo.change("web", Application::occupy);
    assert_eq!(code(&bench.fire()), ("retry", Code::TriggerBusy));
    assert_eq!(bench.syncs(), 0);
    assert!(matches!(bench.fire(), Fired::Done(_)));
    assert_eq!(bench.syncs(), 1);
}

#[test]
fn a_closed_sync_window_is_waited_for() {
    let bench = Bench::new();
    bench.argo.change("web", |web| web.window_closed = true);
    let fired = bench.fire();
    assert_eq!(code(&fired), ("retry", Code::TriggerUnauthorized));
    assert!(format!("{fired:?}").contains("blocked by sync window"));
    bench.argo.change("web", |web| web.window_closed = false);
    assert!(matches!(bench.again(), Fired::Done(_)));
}

#[test]
fn a_sync_that_failed_is_told_once_and_begun_anew_when_a_person_asks() {
    let bench = Bench::new();
    bench.argo.change("web", |web| web.ending = Ending::Failed);
    assert_eq!(code(&bench.fire()), ("refused", Code::TriggerFailed));
    assert_eq!(
        code(&bench.again()),
        ("refused", Code::TriggerFailed),
        "its end may not have been seen"
    );
    assert_eq!(bench.syncs(), 1);
    bench.argo.change("web", |web| web.ending = Ending::Succeeded);
    let replayed = bench.trigger_with(|_| {}).fire(&attempt(2, false, &[]));
    assert!(matches!(replayed, Fired::Done(_)));
    assert_eq!(bench.syncs(), 2);
}

#[test]
fn another_revision_than_the_checked_one_is_a_failure() {
    let bench = Bench::new();
    bench
        .argo
        .change("web", |web| web.ending = Ending::SucceededElsewhere);
    assert_eq!(code(&bench.fire()), ("refused", Code::TriggerFailed));
}

#[test]
fn an_operation_that_takes_long_is_followed_by_later_attempts() {
    let bench = Bench::new();
    bench.argo.change("web", |web| web.ending = Ending::Never);
    assert_eq!(code(&bench.fire()), ("unknown", Code::TriggerBusy));
    bench.argo.change("web", |web| web.ending = Ending::Succeeded);
    assert!(matches!(bench.again(), Fired::Done(_) | Fired::AlreadyDone(_)));
    assert_eq!(bench.syncs(), 1);
}

#[test]
fn an_application_that_is_not_there_is_refused() {
    let bench = Bench::new();
    let token = SecretFile::new(bench.token.path());
    let url = Url::parse(&bench.argo.url()).unwrap();
    let trigger = ArgoCd::new(url, "../../admin?x".to_owned(), token, web(), options())
        .unwrap()
        .in_project(Some("default".to_owned()));
    assert_eq!(
        code(&trigger.fire(&order(&[]))),
        ("refused", Code::TriggerRefused)
    );
    assert_eq!(
        bench.argo.requests(),
        ["GET /api/v1/applications/..%2F..%2Fadmin%3Fx"]
    );
}

const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn a_webhook_is_signed_and_keeps_its_id() {
    let inbox = Inbox::start().unwrap();
    let file = secret(WEBHOOK_SECRET);
    let url = Url::parse(&format!("{}/deploy", inbox.url())).unwrap();
    let trigger = Webhook::new(url, SecretFile::new(file.path()), web()).unwrap();
    inbox.answer(&[500]);
    assert_eq!(
        code(&trigger.fire(&order(&[]))),
        ("unknown", Code::TriggerUnreachable)
    );
    assert!(matches!(trigger.fire(&attempt(2, true, &[])), Fired::Done(_)));
    let letters = inbox.letters();
    assert_eq!(letters.len(), 2);
    let key = SharedSecret::webhook(WEBHOOK_SECRET.as_bytes()).unwrap();
    for letter in &letters {
        assert_eq!(letter.header("webhook-id"), Some("gate-7-prod"));
        let signature = letter
            .header("webhook-signature")
            .unwrap()
            .strip_prefix("v1,")
            .unwrap();
        let mut signed = format!("gate-7-prod.{}.", letter.header("webhook-timestamp").unwrap()).into_bytes();
        signed.extend_from_slice(&letter.body);
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, signature).unwrap();
        assert_eq!(key.sign(&[&signed]).as_ref(), bytes);
    }
    let body: Value = serde_json::from_slice(&letters[0].body).unwrap();
    assert_eq!(body["data"]["image"], image('a'));
    assert_eq!(body["data"]["id"], "gate-7-prod");
    assert_eq!(body["type"], "portcullis.image.allowed");
}

#[test]
fn what_a_receiver_of_webhooks_answers_decides_what_follows() {
    let rows = [
        (200, None),
        (301, Some(("refused", Code::TriggerRefused))),
        (400, Some(("refused", Code::TriggerRefused))),
        (401, Some(("retry", Code::TriggerUnauthorized))),
        (410, Some(("refused", Code::TriggerRefused))),
        (429, Some(("retry", Code::TriggerBusy))),
        (503, Some(("unknown", Code::TriggerUnreachable))),
    ];
    let file = secret(WEBHOOK_SECRET);
    for (status, expected) in rows {
        let inbox = Inbox::start().unwrap();
        inbox.answer(&[status]);
        let url = Url::parse(&inbox.url()).unwrap();
        let trigger = Webhook::new(url, SecretFile::new(file.path()), web()).unwrap();
        match (trigger.fire(&order(&[])), expected) {
            (Fired::Done(_), None) => {}
            (fired, Some(expected)) => assert_eq!(code(&fired), expected, "{status}"),
            (fired, None) => panic!("{status}: {fired:?}"),
        }
    }
}

#[test]
fn a_flux_receiver_gets_a_signature_over_the_body() {
    let inbox = Inbox::start().unwrap();
    let file = secret("flux-receiver-token-of-the-tests");
    let url = Url::parse(&format!("{}/hook/0123abcd", inbox.url())).unwrap();
    let trigger = Flux::new(url, SecretFile::new(file.path()), web()).unwrap();
    assert!(matches!(trigger.fire(&order(&[])), Fired::Done(_)));
    let letters = inbox.letters();
    assert_eq!(letters[0].path, "/hook/0123abcd");
    let signature = letters[0]
        .header("x-signature")
        .unwrap()
        .strip_prefix("sha256=")
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"flux-receiver-token-of-the-tests");
    hmac::verify(&key, &letters[0].body, &hex::decode(signature).unwrap()).unwrap();
}

#[test]
fn a_repository_dispatch_is_what_github_takes() {
    let inbox = Inbox::start().unwrap();
    let file = secret("github-token");
    let url = Url::parse(&format!("{}/repos/team/deploy/dispatches", inbox.url())).unwrap();
    let event_type = "image-allowed".to_owned();
    let trigger = Dispatch::new(url, event_type, SecretFile::new(file.path()), web()).unwrap();
    assert!(matches!(trigger.fire(&order(&[])), Fired::Done(_)));
    let letter = inbox.letters().remove(0);
    assert_eq!(letter.header("authorization"), Some("Bearer github-token"));
    let body: Value = serde_json::from_slice(&letter.body).unwrap();
    assert_eq!(body["event_type"], "image-allowed");
    assert_eq!(body["client_payload"]["data"]["image"], image('a'));
    assert!(
        body["client_payload"].as_object().unwrap().len() <= 10,
        "GitHub takes ten members"
    );
}
