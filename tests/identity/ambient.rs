//! CI systems, clouds and files: which is asked, with what, and what is said when it fails.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use portcullis::http::Secret;
use portcullis::sigstore::oidc::{Obtained, OidcError, Surroundings, TokenRequest, obtain};
use serde_json::json;

use crate::service::{Act, Service};
use crate::{SIGNATURE, now, token, web};

/// Surroundings that a test makes up.
#[derive(Default)]
struct Around {
    variables: HashMap<&'static str, String>,
    program: Option<Result<String, String>>,
    ran: Mutex<Vec<String>>,
    folder: Option<tempfile::TempDir>,
}

impl Around {
    fn new(variables: &[(&'static str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
        Self {
            variables: variables.collect(),
            ..Self::default()
        }
    }

    fn with_file(mut self, name: &str, content: &str) -> Self {
        let folder = self.folder.take().unwrap_or_else(|| tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join(name), content).unwrap();
        self.folder = Some(folder);
        self
    }

    fn obtain(&self) -> Result<Obtained, OidcError> {
        let nowhere = Path::new("/nonexistent");
        let folder = self.folder.as_ref().map_or(nowhere, |folder| folder.path());
        let variable = |name: &str| self.variables.get(name).cloned();
        let run = |program: &str, arguments: &[&str]| {
            self.ran
                .lock()
                .unwrap()
                .push(format!("{program} {}", arguments.join(" ")));
            self.program.clone().unwrap().map(Secret::new)
        };
        let around = Surroundings {
            variable: &variable,
            run: &run,
            token_path: &folder.join("token"),
            product_name_path: &folder.join("product"),
        };
        let request = TokenRequest::Surroundings {
            around: &around,
            audience: "sigstore",
            person: None,
        };
        let outcome = obtain(&request, &web(), now);
        let printed = match &outcome {
            Ok(obtained) => format!("{obtained} {obtained:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(
            !printed.contains(SIGNATURE) && !printed.contains("request-secret"),
            "{printed}"
        );
        outcome
    }
}

fn problem(around: &Around) -> (String, bool) {
    let error = around.obtain().unwrap_err();
    let text = format!("{error}\n{}", error.help.as_deref().unwrap_or_default());
    (text, error.is_configuration())
}

#[test]
fn a_variable_comes_first() {
    let github = [("GITHUB_ACTIONS", "true")];
    let mut around = Around::new(&github).with_file("token", &token(json!({"sub": "file"})));
    around
        .variables
        .insert("SIGSTORE_ID_TOKEN", token(json!({"sub": "variable"})));
    let obtained = around.obtain().unwrap();
    assert_eq!(obtained.token.subject(), "variable");
    assert_eq!(
        obtained.to_string(),
        "identity variable by https://issuer.example (from SIGSTORE_ID_TOKEN, valid until 2027-01-15T08:10:00Z)"
    );
}

#[test]
fn a_token_that_cannot_be_used_is_an_error_and_not_passed_over() {
    for (changes, part) in [
        (
            json!({"exp": 1}),
            "SIGSTORE_ID_TOKEN: the token cannot be used: it expired",
        ),
        (
            json!({"aud": "vault"}),
            "it was made for vault, and sigstore was asked for",
        ),
    ] {
        let mut around = Around::default().with_file("token", &token(json!({})));
        around.variables.insert("SIGSTORE_ID_TOKEN", token(changes));
        let (text, configuration) = problem(&around);
        assert!(text.contains(part) && configuration, "{text}");
    }
}

#[test]
fn github_is_asked_with_the_audience_and_its_own_secret() {
    let value = token(json!({"job_workflow_ref": "o/r/.github/workflows/w.yml@refs/heads/main"}));
    let server = Service::start(move |request, _| {
        let right = request.target == "/token?api-version=2.0&audience=sigstore"
            && request.header("authorization") == Some("Bearer request-secret");
        match right {
            true => Act::body(200, json!({"value": value, "count": 1}).to_string()),
            false => Act::status(400),
        }
    });
    let url = format!("{}/token?api-version=2.0", server.url());
    let around = Around::new(&[
        ("GITHUB_ACTIONS", "true"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"),
    ]);
    let obtained = around.obtain().unwrap();
    assert_eq!(obtained.source, "GitHub Actions");
    assert_eq!(
        obtained.token.identity(),
        "o/r/.github/workflows/w.yml@refs/heads/main"
    );
}

#[test]
fn a_source_that_is_meant_and_fails_says_why_and_nothing_takes_its_place() {
    let with_token = |around: Around| around.with_file("token", &token(json!({})));
    let server = Service::start(|_, _| Act::body(403, r#"{"error":"request-secret is wrong"}"#));
    let url = server.url();
    let failing = |mut around: Around| {
        around.program = Some(Err("the program failed".to_owned()));
        around
    };
    for (around, part, configuration) in [
        (
            Around::new(&[("GITHUB_ACTIONS", "true")]),
            "GitHub Actions: this job may not ask",
            true,
        ),
        (
            Around::new(&[("GITHUB_ACTIONS", "true")]),
            "`id-token: write`",
            true,
        ),
        (
            Around::new(&[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", &url),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"),
            ]),
            "answered with status 403",
            true,
        ),
        (
            Around::new(&[
                ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://actions.example/"),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"),
            ]),
            "without TLS",
            true,
        ),
        (
            Around::new(&[("GITLAB_CI", "true")]),
            "id_tokens: {SIGSTORE_ID_TOKEN: {aud: sigstore}}",
            true,
        ),
        (
            failing(Around::new(&[("BUILDKITE", "true")])),
            "Buildkite: the program failed",
            false,
        ),
        (
            failing(Around::new(&[("CIRCLECI", "true")])),
            "CircleCI: the program failed",
            false,
        ),
    ] {
        let (text, is_configuration) = problem(&with_token(around));
        assert!(text.contains(part), "{text}");
        assert_eq!(is_configuration, configuration, "{text}");
    }
}

#[test]
fn programs_are_asked_for_the_audience() {
    for (variable, command) in [
        (
            "BUILDKITE",
            "buildkite-agent oidc request-token --audience sigstore",
        ),
        ("CIRCLECI", r#"circleci run oidc get --claims {"aud":"sigstore"}"#),
    ] {
        let mut around = Around::new(&[(variable, "true")]);
        around.program = Some(Ok(format!("{}\n", token(json!({})))));
        around.obtain().unwrap();
        assert_eq!(*around.ran.lock().unwrap(), [command]);
    }
}

#[test]
fn a_machine_of_google_asks_its_metadata_server() {
    let value = token(json!({"email": "ci@p.iam.gserviceaccount.com", "email_verified": true}));
    let server = Service::start(move |request, _| {
        let path =
            "/computeMetadata/v1/instance/service-accounts/default/identity?audience=sigstore&format=full";
        match request.target == path && request.header("metadata-flavor") == Some("Google") {
            true => Act::body(200, value.clone()),
            false => Act::status(404),
        }
    });
    let host = server.url().replace("http://", "");
    for product in ["Google Compute Engine\n", "Google"] {
        let around = Around::new(&[("GCE_METADATA_HOST", &host)]).with_file("product", product);
        let obtained = around.obtain().unwrap();
        assert_eq!(obtained.token.challenge(), "ci@p.iam.gserviceaccount.com");
    }
    let elsewhere = Around::new(&[("GCE_METADATA_HOST", &host)]).with_file("product", "Standard PC");
    assert!(problem(&elsewhere).0.contains("there is none"));
}

#[test]
fn a_mounted_file_is_the_last_place() {
    let around = Around::default().with_file("token", &format!("{}\n", token(json!({}))));
    assert_eq!(around.obtain().unwrap().source, "mounted token");
    let empty = Around::default().with_file("token", "");
    assert!(
        problem(&empty)
            .0
            .contains("mounted token: the token cannot be used: it is empty")
    );
    let large = Around::default().with_file("token", &"a".repeat(70_000));
    assert!(problem(&large).0.contains("longer than 65536 bytes"));
}

#[test]
fn where_there_is_nothing_every_place_and_a_next_step_are_named() {
    let (text, configuration) = problem(&Around::default());
    assert!(configuration);
    assert!(
        text.contains(
            "SIGSTORE_ID_TOKEN, GitHub Actions, GitLab CI, Buildkite, CircleCI, Google Cloud, mounted token"
        ),
        "{text}"
    );
    assert!(text.contains("--identity-token-file"), "{text}");
    let (text, _) = problem(&Around::new(&[(
        "SPIFFE_ENDPOINT_SOCKET",
        "unix:///run/spire.sock",
    )]));
    assert!(text.contains("spire-agent api fetch jwt"), "{text}");
}

#[test]
fn a_hostile_answer_is_bounded_and_not_repeated() {
    for act in [
        Act::Endless,
        Act::body(200, "c2VjcmV0LXNpZ25hdHVyZQ"),
        Act::body(200, r#"{"value":1}"#),
        Act::body(200, format!(r#"{{"value":"{SIGNATURE}","value":"x"}}"#)),
        Act::body(500, SIGNATURE),
        Act::Answer(302, vec![("Location", "http://127.0.0.1:1/".to_owned())], vec![]),
        Act::Reset,
    ] {
        let server = Service::start(move |_, _| act.clone());
        let around = Around::new(&[
            ("ACTIONS_ID_TOKEN_REQUEST_URL", &server.url()),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-secret"),
        ]);
        around.obtain().unwrap_err();
    }
}
