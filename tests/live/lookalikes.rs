//! Certificates of workflows that look like the one that is meant, from the real Fulcio: whom a pattern lets in, here and
//! at cosign.

use std::num::NonZeroUsize;

use portcullis::ops::pool;
use portcullis::sandbox::server::{GithubRun, Identity, TokenRequest};
use serde_json::json;

use crate::answers::documented;
use crate::cosign::{World, ours, theirs};
use crate::pairs::met;
use crate::services::{Services, client_of};

const WORKFLOW: &str = ".github/workflows/release.yml";
const MAIN: &str = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main";

/// What Fulcio makes of the claims of a GitHub token, as the public instance is configured.
const GITHUB: &str = r#"    type: ci-provider
    ci-provider: github-workflow
ci-issuer-metadata:
  github-workflow:
    default-template-values:
      url: "https://github.com"
      environment: ""
    subject-alternative-name-template: "{{ .url }}/{{ .job_workflow_ref }}"
    extension-templates:
      github-workflow-trigger: "event_name"
      github-workflow-sha: "sha"
      github-workflow-name: "workflow"
      github-workflow-repository: "repository"
      github-workflow-ref: "ref"
      build-signer-uri: "{{ .url }}/{{ .job_workflow_ref }}"
      build-signer-digest: "job_workflow_sha"
      runner-environment: "runner_environment"
      source-repository-uri: "{{ .url }}/{{ .repository }}"
      source-repository-digest: "sha"
      source-repository-ref: "ref"
      source-repository-identifier: "repository_id"
      source-repository-owner-uri: "{{ .url }}/{{ .repository_owner }}"
      source-repository-owner-identifier: "repository_owner_id"
      build-config-uri: "{{ .url }}/{{ .workflow_ref }}"
      build-config-digest: "workflow_sha"
      build-trigger: "event_name"
      run-invocation-uri: "{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}"
      source-repository-visibility-at-signing: "repository_visibility"
      deployment-environment: "environment"
"#;

/// The workflow that is meant and those that look like it: what is different, and the token.
fn runs() -> Vec<(&'static str, TokenRequest)> {
    let run = |repository: &str, workflow: &str, git_ref: &str| {
        TokenRequest::new(Identity::Github(GithubRun {
            workflow: workflow.to_owned(),
            git_ref: git_ref.to_owned(),
            ..GithubRun::new(repository)
        }))
    };
    let main = |repository: &str| run(repository, WORKFLOW, "refs/heads/main");
    let branch = |git_ref: &str| run("org/app", WORKFLOW, git_ref);
    let workflow = |workflow: &str| run("org/app", workflow, "refs/heads/main");
    let host = |url: &str| main("org/app").claim("url", json!(url));
    vec![
        ("the workflow that is meant", main("org/app")),
        ("branch main-evil", branch("refs/heads/main-evil")),
        ("branch main/evil", branch("refs/heads/main/evil")),
        ("branch x@refs/heads/main", branch("refs/heads/x@refs/heads/main")),
        (
            "a pull request",
            branch("refs/pull/7/merge").claim("event_name", json!("pull_request")),
        ),
        ("tag v1.0.0", branch("refs/tags/v1.0.0")),
        ("owner org-evil", main("org-evil/app")),
        ("owner ORG", main("ORG/app")),
        ("repository app-evil", main("org/app-evil")),
        ("another repository of org", main("org/website")),
        ("workflow evil.yml of app", workflow(".github/workflows/evil.yml")),
        ("workflow release-yml", workflow(".github/workflows/release-yml")),
        ("host githubxcom", host("https://githubxcom")),
        (
            "host evil.example with the rest as its path",
            host("https://evil.example/https://github.com"),
        ),
        (
            "called by evil/caller",
            main("evil/caller").claim(
                "job_workflow_ref",
                json!(format!("org/app/{WORKFLOW}@refs/heads/main")),
            ),
        ),
    ]
}

/// Patterns as they are found in pipelines.
const PATTERNS: [&str; 12] = [
    r"^https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/main$",
    r"https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/main",
    "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main",
    "^https://github.com/org/app/.github/workflows/release.yml@refs/heads/main$",
    "https://github.com/org/app",
    "^https://github.com/org/",
    "^https://github.com/org/app/.*",
    "org/app/.github/workflows/.*@refs/heads/main",
    "@refs/heads/main$",
    r"^https://github\.com/org/app/\.github/workflows/.*@refs/tags/v.*$",
    r"^https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/main|refs/tags/v.*$",
    "(?i)^https://github.com/org/app/.*@refs/heads/main$",
];

/// Which of the two let somebody in. Where they disagree our refusal has to say that a part of the identity did match.
fn let_in(world: &World, bundle: &str, who: &[&str]) -> &'static str {
    let issuer = ["--certificate-oidc-issuer", world.issuer()];
    let rest = ["app", "--bundle", bundle, "--trusted-root", "root.json"];
    let mine = ["verify", "--format", "json", "--identity-kind", "uri"];
    let here = world.portcullis(&[&mine, who, &issuer, &rest].concat());
    let there = world.cosign(&[&["verify-blob"], who, &issuer, &rest].concat());
    match (ours(&here), theirs(&there)) {
        ("allowed", "allowed") => "both",
        ("allowed", _) => "portcullis",
        (_, "allowed") => {
            assert!(
                here.stdout.contains("pattern-matched-part-only"),
                "{who:?} {here:?}"
            );
            "cosign"
        }
        _ => "–",
    }
}

/// The services, a file, and a bundle for each of the runs: `0.json`, `1.json`, …, made by the two in turns.
fn signed_by_each() -> Option<Services> {
    let services = Services::start_with(true, |issuer| format!("{}{GITHUB}", client_of(issuer)))?;
    let world = &services.world;
    world.write("app", "the file");
    let numbered: Vec<_> = runs().into_iter().enumerate().collect();
    pool::map(jobs(), &numbered, |(number, (what, request))| {
        let request = request.clone().claim("iss", json!(world.issuer()));
        let token = format!("token-{number}");
        world.write(&token, world.sandbox.mint(&request).unwrap());
        let bundle = format!("{number}.json");
        let signer = ["portcullis", "cosign"][number % 2];
        let option = ["--identity-token-file", "--identity-token"][number % 2];
        let run = services.sign(signer, "rekor-v2.json", &[option, &token], &bundle);
        assert_eq!(run.code, 0, "{what}: {run:?}");
    });
    Some(services)
}

fn jobs() -> NonZeroUsize {
    NonZeroUsize::new(3).unwrap()
}

#[test]
fn whom_a_pattern_lets_in() {
    let Some(services) = signed_by_each() else { return };
    let world = &services.world;
    let letters: Vec<char> = ('A'..).take(PATTERNS.len()).collect();
    let mut table = String::from("| who signed | exact |");
    for letter in &letters {
        table.push_str(&format!(" {letter} |"));
    }
    table.push_str(&format!("\n|---|---|{}\n", "---|".repeat(letters.len())));
    let numbered: Vec<_> = runs().into_iter().enumerate().collect();
    let rows = pool::map(jobs(), &numbered, |(number, (what, _))| {
        let bundle = format!("{number}.json");
        let mut row = format!(
            "| {what} | {} |",
            let_in(world, &bundle, &["--certificate-identity", MAIN])
        );
        for pattern in PATTERNS {
            let cell = let_in(world, &bundle, &["--certificate-identity-regexp", pattern]);
            row.push_str(&format!(" {cell} |"));
        }
        row
    });
    table.push_str(&rows.join("\n"));
    table.push_str("\n\n");
    for (letter, pattern) in letters.iter().zip(PATTERNS) {
        let words = [
            "policy",
            "explain",
            "--identity-kind",
            "uri",
            "--identity-regex",
            pattern,
        ];
        let explained = world.must(World::portcullis, &words).stderr;
        let codes: Vec<&str> = explained
            .lines()
            .filter_map(|line| line.strip_prefix("warning: ")?.split(':').next())
            .collect();
        let noted = match codes.is_empty() {
            true => String::new(),
            false => format!(" (`{}`)", codes.join("`, `")),
        };
        table.push_str(&format!("- {letter}: `{pattern}`{noted}\n"));
    }
    documented("identities", &table);
    met("portcullis > cosign: look-alike workflows, Fulcio");
    met("cosign > portcullis: look-alike workflows, Fulcio");
}

/// The claims that cosign has options for, with the value that each is asked for.
const CLAIMS: [(&str, &str); 8] = [
    ("repository", "org/app"),
    ("repository", "org/ap"),
    ("repository", "ORG/app"),
    ("ref", "refs/heads/main"),
    ("ref", "refs/heads/.*"),
    ("trigger", "push"),
    ("name", "Release"),
    ("name", "release"),
];

#[test]
fn whom_a_claim_lets_in() {
    let Some(services) = signed_by_each() else { return };
    let world = &services.world;
    let asked = [
        "the workflow that is meant",
        "a pull request",
        "owner ORG",
        "called by evil/caller",
    ];
    let mut table = String::from("| `--certificate-github-workflow-…` |");
    for who in asked {
        table.push_str(&format!(" {who} |"));
    }
    table.push_str("\n|---|---|---|---|---|\n");
    for (claim, value) in CLAIMS {
        table.push_str(&format!("| `{claim} {value}` |"));
        for who in asked {
            let number = runs().iter().position(|(what, _)| *what == who).unwrap();
            let bundle = format!("{number}.json");
            let rest = [
                "app",
                "--bundle",
                &bundle,
                "--trusted-root",
                "root.json",
                "--certificate-identity-regexp",
                "https://.*",
                "--certificate-oidc-issuer",
                world.issuer(),
            ];
            let here = format!("github-workflow-{claim}={value}");
            let there = format!("--certificate-github-workflow-{claim}");
            let here = world.portcullis(&[&["verify", "--claim", &here], &rest[..]].concat());
            let there = world.cosign(&[&["verify-blob", &there, value], &rest[..]].concat());
            let cell = match (ours(&here), theirs(&there)) {
                ("allowed", "allowed") => "both",
                ("allowed", _) => "portcullis",
                (_, "allowed") => "cosign",
                _ => "–",
            };
            table.push_str(&format!(" {cell} |"));
        }
        table.push('\n');
    }
    documented("claims", &table);
    met("portcullis > cosign: claims of workflows, Fulcio");
    met("cosign > portcullis: claims of workflows, Fulcio");
}
