use std::path::Path;

use super::*;
use crate::sigstore::keys::{KeyKind, PrivateKey};

const POLICY: &str = r#"
version = 1
[[pin]]
name = "release"
identity = "https://ci.example/app/.github/workflows/release.yml@refs/heads/main"
issuer = "https://ci.example"
[[signature]]
pins = ["release"]
"#;

const TRUST: &str = "[trust]\nroot = \"public-good\"\n";

/// Parses a configuration in a folder that holds a policy and what `files` are.
fn parse_with(text: &str, files: &[(&str, &str)]) -> Result<Config, Vec<Finding>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let path = folder.path().join("gate.toml");
    std::fs::write(&path, text).unwrap();
    load(&path)
}

fn config(rest: &str) -> String {
    format!("version = 1\ndata = \"data\"\n{TRUST}{rest}")
}

fn route(rest: &str) -> String {
    config(&format!(
        "[[route]]\nname = \"app\"\nrepositories = [\"registry.example/app\"]\npolicy = \"policy.toml\"\n{rest}"
    ))
}

#[test]
fn a_small_configuration_is_whole() {
    let config = parse_with(&route(""), &[]).unwrap();
    assert_eq!(config.data.file_name(), Some("data".as_ref()));
    assert_eq!(config.decide, DecideConfig::default());
    let [route] = config.routes.as_slice() else {
        panic!()
    };
    assert_eq!(route.rollback, RollbackRule::Allow);
    assert!(route.covers(&"registry.example/app:v1".parse().unwrap()));
    assert!(!route.covers(&"registry.example/app/b:v1".parse().unwrap()));
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let helper = [("auth.json", r#"{"auths":{},"credsStore":"desktop"}"#)];
    let cases: [(String, &str); 16] = [
        ("version = 1\ndata = \"d\"\n".to_owned(), "names no trust root"),
        (config(""), "has no route"),
        (config("[[route]]\nname = \"a\"\n"), "has no repositories"),
        (config("[[route]]\nname = \"a b\"\n"), "cannot be a name"),
        (
            config("[[route]]\nname = \"a\"\nrepositories = [\"file:x\"]\npolicy = \"policy.toml\""),
            "no repository",
        ),
        (
            config("[[route]]\nname = \"a\"\nrepositories = [\"**\"]\npolicy = \"policy.toml\""),
            "no repository",
        ),
        (
            config("[[route]]\nname = \"a\"\nrepositories = [\"r.example/a\"]\n"),
            "has no policy",
        ),
        (
            config("[[route]]\nname = \"a\"\nrepositories = [\"r.example/a\"]\npolicy = \"none.toml\""),
            "none.toml",
        ),
        (route("rollback = \"maybe\""), "rollback cannot be"),
        (
            route("rollback = \"deny\"\nrollback-within = \"3d\""),
            "nothing to say",
        ),
        (route("policy-digest = \"sha256:00\""), "policy-digest"),
        (route("[decide]\ncache = \"2d\""), "longer than a day"),
        (route("[decide]\nworkers = 0"), "workers cannot be 0"),
        (
            route("[registry]\nallow-http = [\"r.example\"]"),
            "has no key \"allow-http\"",
        ),
        (
            route("[registry]\ncredentials = [\"auth.json\"]"),
            "starts no programs",
        ),
        (
            route("[registry]\negress = [\"https://r.example\"]"),
            "without a scheme",
        ),
    ];
    for (text, expected) in cases {
        let findings = parse_with(&text, &helper).expect_err(expected);
        let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(
            told.iter().any(|message| message.contains(expected)),
            "{expected}: {told:#?}"
        );
        assert!(
            findings.iter().all(|finding| finding.origin.is_some()),
            "{told:#?}"
        );
    }
}

#[test]
fn a_policy_cannot_bring_another_trust_root() {
    let staging = format!("{POLICY}[trust]\nroot = \"staging\"\n");
    let text = route("").replace("policy.toml", "staging.toml");
    let findings = parse_with(&text, &[("staging.toml", &staging)]).unwrap_err();
    assert!(
        findings[0].message.contains("and the gate's is public-good"),
        "{findings:?}"
    );
}

#[test]
fn mistakes_in_a_policy_have_their_own_place() {
    let text = route("").replace("policy.toml", "broken.toml");
    let findings = parse_with(&text, &[("broken.toml", "version = 1\nbroken = 2\n")]).unwrap_err();
    let origin = findings[0].origin.as_ref().unwrap();
    assert!(Path::new(&origin.source).ends_with("broken.toml"));
    assert_eq!(findings[0].code, Code::PolicyInvalid);
}

#[test]
fn a_file_that_is_missing_or_large_is_a_mistake() {
    assert!(load(Path::new("/nowhere/gate.toml")).is_err());
    let large = "#".repeat(MAX_CONFIG_BYTES + 1);
    assert!(parse_with(&large, &[]).is_err());
}

const WHSEC: (&str, &str) = ("hook.key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
const TOKEN: (&str, &str) = ("argo.token", "token-of-the-gate\n");

const SERVICES: (&str, &str) = (
    "services.json",
    r#"{"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json"}"#,
);
/// All of a trigger that attaches summaries but its key.
const SUMMARY: &str =
    "kind = \"summary\"\nsigning-config = \"services.json\"\nverifier = \"https://gate.example\"\n";

fn plain_key() -> String {
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    key.to_plain_pem().unwrap().to_string()
}

fn trigger(rest: &str) -> String {
    format!(
        "{}\n[[trigger]]\nname = \"prod\"\n{rest}",
        route("triggers = [\"prod\"]")
    )
}

#[test]
fn every_kind_of_trigger_is_read() {
    let kinds = [
        "kind = \"argo-cd\"\nurl = \"https://argocd.example/base\"\napplication = \"web\"\ntoken-file = \"argo.token\"\nproject = \"default\"\nfollow = \"90s\"",
        "kind = \"flux\"\nurl = \"https://flux.example/hook/0123\"\nsecret-file = \"hook.key\"",
        "kind = \"github-dispatch\"\nurl = \"https://api.github.com\"\nrepository = \"team/deploy\"\nevent-type = \"allowed\"\ntoken-file = \"argo.token\"",
        "kind = \"webhook\"\nurl = \"http://127.0.0.1:8080/in\"\nsecret-file = \"hook.key\"",
    ];
    let summary = format!("{SUMMARY}key-file = \"gate.key\"\npolicy-uri = \"https://policy.example\"\n");
    for kind in kinds.into_iter().chain([summary.as_str()]) {
        let key = plain_key();
        let files = [WHSEC, TOKEN, SERVICES, ("gate.key", key.as_str())];
        let config = parse_with(&trigger(kind), &files).unwrap();
        assert_eq!(config.routes[0].triggers, ["prod"]);
        assert_eq!(config.triggers[0].name, "prod");
    }
}

#[test]
fn a_trigger_that_anybody_could_pull_or_read_cannot_be_configured() {
    let webhook = |rest: &str| trigger(&format!("kind = \"webhook\"\n{rest}"));
    let argo = |rest: &str| {
        trigger(&format!(
            "kind = \"argo-cd\"\nurl = \"https://a.example\"\napplication = \"web\"\ntoken-file = \"argo.token\"\n{rest}"
        ))
    };
    let cases = [
        (webhook("url = \"https://h.example\""), "has no secret-file"),
        (
            webhook("url = \"https://h.example\"\nsecret-file = \"gone\""),
            "cannot be used",
        ),
        (
            webhook("url = \"https://h.example\"\nsecret-file = \"argo.token\""),
            "a secret has 24",
        ),
        (
            webhook("url = \"http://h.example\"\nsecret-file = \"hook.key\""),
            "TLS is needed",
        ),
        (
            webhook("url = \"https://u:p@h.example\"\nsecret-file = \"hook.key\""),
            "a user name in it",
        ),
        (
            webhook("url = \"https://h.example/?key=1\"\nsecret-file = \"hook.key\""),
            "a query",
        ),
        (
            webhook("url = \"exec:///bin/sh\"\nsecret-file = \"hook.key\""),
            "neither https nor http",
        ),
        (
            webhook("url = \"https://h.example\"\nsecret-file = \"hook.key\"\napplication = \"web\""),
            "has no application",
        ),
        (trigger("kind = \"exec\""), "kind cannot be"),
        (
            trigger("kind = \"argo-cd\"\nurl = \"https://a.example\"\ntoken-file = \"argo.token\""),
            "has no application",
        ),
        (
            argo("other-images = [\"other.example/proxy:v1\"]"),
            "has no digest",
        ),
        (argo("follow = \"1h\""), "ten minutes"),
        (route("triggers = [\"prod\"]"), "no trigger named"),
    ];
    for (text, expected) in cases {
        let findings = parse_with(&text, &[WHSEC, TOKEN]).expect_err(expected);
        let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(
            told.iter().any(|message| message.contains(expected)),
            "{expected}: {told:#?}"
        );
    }
}

#[test]
fn summaries_are_signed_with_a_key_in_a_file_in_a_name_that_is_a_uri() {
    let summary = |rest: &str| trigger(&format!("{SUMMARY}{rest}"));
    let with_key = |rest: &str| summary(&format!("key-file = \"gate.key\"\n{rest}"));
    let cases = [
        (summary(""), "has no key-file"),
        (summary("key-file = \"gone\""), "cannot be used"),
        (summary("key-file = \"argo.token\""), "cannot be used"),
        (summary("key-file = \"pkcs11:token=a;object=b\""), "is no file"),
        (summary("key-file = \"env://KEY\""), "is no file"),
        (with_key("password-file = \"argo.token\""), "it is not encrypted"),
        (with_key("url = \"https://h.example\""), "has no url"),
        (with_key("policy-uri = \"policy\""), "is no URI"),
        (
            with_key("").replace("https://gate.example", "gate"),
            "\"gate\" is no URI",
        ),
        (
            with_key("").replace("verifier = \"https://gate.example\"\n", ""),
            "has no verifier",
        ),
        (
            with_key("").replace("signing-config = \"services.json\"\n", ""),
            "has no signing-config",
        ),
        (with_key("").replace("services.json", "hook.key"), "hook.key"),
    ];
    let key = plain_key();
    let files = [WHSEC, TOKEN, SERVICES, ("gate.key", key.as_str())];
    for (text, expected) in cases {
        let findings = parse_with(&text, &files).expect_err(expected);
        let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert!(
            told.iter().any(|message| message.contains(expected)),
            "{expected}: {told:#?}"
        );
    }
}
