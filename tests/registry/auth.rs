//! Who is told who we are: the registry, a token server of its own, and nobody else.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portcullis::http::Secret;
use portcullis::registry::client::{
    Client, ClientConfig, Credential, CredentialOptions, CredentialPath, CredentialSource,
};
use portcullis::report::{Code, Verdict};

use crate::content::{Spot, config, config_for, locked, signed, verify, verify_reference};
use crate::fake::{Contents, Login, Misdeed, PASSWORD, REPOSITORY, Registry, Step, TOKEN, USER};
use crate::judge::Answer;

fn with_login(login: Login) -> Contents {
    Contents {
        login,
        ..signed(Spot::Referrers)
    }
}

fn assert_secret(answer: &Answer) {
    let report = serde_json::to_string(&answer.report).unwrap();
    for secret in [PASSWORD, TOKEN, USER] {
        assert!(!report.contains(secret), "{report}");
    }
}

#[test]
fn a_password_opens_basic_and_bearer_registries() {
    for login in [Login::Basic, Login::Bearer { realm: None }] {
        let registry = Registry::start(with_login(login));
        let answer = verify(&registry, config_for(&registry));
        assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
        assert_secret(&answer);
    }
}

#[test]
fn an_identity_token_is_exchanged_and_a_registry_token_used_as_it_is() {
    for (credential, posts) in [
        (Credential::IdentityToken(Secret::new(PASSWORD)), 1),
        (Credential::RegistryToken(Secret::new(TOKEN)), 0),
    ] {
        let registry = Registry::start(locked(signed(Spot::Referrers)));
        let mut config = config();
        config.credentials.given = Some((registry.host(), credential));
        let answer = verify(&registry, config);
        assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
        let paths = registry.take_paths();
        assert_eq!(
            paths
                .iter()
                .filter(|path| path.starts_with("POST /token"))
                .count(),
            posts
        );
        assert_eq!(paths.iter().filter(|path| path.contains("/token")).count(), posts);
        assert_secret(&answer);
    }
}

#[test]
fn the_token_is_asked_for_our_repository_only_whatever_the_challenge_says() {
    let registry = Registry::start(Contents::default());
    let challenge = format!(
        "Bearer realm=\"{}\",service=\"s\",scope=\"repository:victim/secrets:pull,push,delete\"",
        registry.url("/token")
    );
    registry.change(|contents| *contents = with_login(Login::Challenge(challenge)));
    let answer = verify(&registry, config_for(&registry));
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    let paths = registry.take_paths();
    let token = paths.iter().find(|path| path.contains("/token")).unwrap();
    assert!(
        token.ends_with("?service=s&scope=repository%3Aorg%2Fapp%3Apull"),
        "{token}"
    );
}

#[test]
fn a_realm_elsewhere_is_told_nothing() {
    let thief = Registry::thief();
    for realm in [
        thief.url("/token"),
        "https://evil.test/token".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://evil.test/token".to_owned(),
    ] {
        let registry = Registry::start(with_login(Login::Bearer {
            realm: Some(realm.clone()),
        }));
        let answer = verify(&registry, config_for(&registry));
        assert_eq!(
            answer.verdict(),
            Verdict::Undecided,
            "{realm}: {}",
            answer.explain()
        );
        assert_eq!(answer.reason(), Some(Code::RegistryRefusedDestination), "{realm}");
        assert_secret(&answer);
    }
    assert!(thief.seen().is_empty(), "not even asked");
}

#[test]
fn a_realm_that_somebody_named_is_told() {
    let elsewhere = Registry::start(Contents::default());
    let registry = Registry::start(with_login(Login::Bearer {
        realm: Some(elsewhere.url("/token")),
    }));
    let mut config = config_for(&registry);
    config.auth_hosts = vec![elsewhere.host().parse().unwrap()];
    let answer = verify(&registry, config);
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    assert_eq!(elsewhere.seen().len(), 1);
}

#[test]
fn malformed_and_unknown_challenges_are_no_login() {
    for (challenge, code) in [
        ("Bearer", Code::RegistryProtocol),
        ("Bearer realm=\"relative\"", Code::RegistryProtocol),
        ("Bearer realm=\"a\",realm=\"b\"", Code::RegistryProtocol),
        ("Negotiate", Code::RegistryUnauthorised),
        ("", Code::RegistryUnauthorised),
    ] {
        let registry = Registry::start(with_login(Login::Challenge(challenge.to_owned())));
        let answer = verify(&registry, config_for(&registry));
        assert_eq!(
            answer.verdict(),
            Verdict::Undecided,
            "{challenge}: {}",
            answer.explain()
        );
        assert_eq!(answer.reason(), Some(code), "{challenge}: {}", answer.explain());
    }
    let registry = Registry::start(with_login(Login::Challenge("a".repeat(9000))));
    assert_eq!(
        verify(&registry, config_for(&registry)).verdict(),
        Verdict::Undecided
    );
}

#[test]
fn a_token_that_is_refused_is_not_asked_for_again_and_again() {
    let mut contents = locked(signed(Spot::Referrers));
    contents.misbehave(
        Step::Manifest,
        Misdeed::Status(401, vec!["WWW-Authenticate: Basic".to_owned()], Vec::new()),
    );
    let registry = Registry::start(contents);
    let answer = verify(&registry, config_for(&registry));
    assert_eq!(answer.reason(), Some(Code::RegistryUnauthorised));
    assert_eq!(registry.take_paths().len(), 2);
}

#[test]
fn a_token_that_expires_is_replaced() {
    let mut contents = locked(signed(Spot::Referrers));
    let registry = Registry::start(Contents::default());
    let challenge = format!("WWW-Authenticate: Bearer realm=\"{}\"", registry.url("/token"));
    contents.misbehave_times(
        Step::CandidateBlob,
        Misdeed::Status(401, vec![challenge], Vec::new()),
        1,
    );
    registry.change(|held| *held = contents);
    let answer = verify(&registry, config_for(&registry));
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    let tokens = registry
        .take_paths()
        .iter()
        .filter(|path| path.contains("/token"))
        .count();
    assert_eq!(tokens, 2);
}

#[test]
fn bad_answers_of_a_token_server_are_no_token() {
    for body in [
        "",
        "null",
        "{}",
        "{\"token\":\"\"}",
        "{\"token\":\"a\\r\\nb: c\"}",
        "<html>",
    ] {
        let mut contents = locked(signed(Spot::Referrers));
        contents.misbehave(Step::Token, Misdeed::body("application/json", body.as_bytes()));
        let registry = Registry::start(contents);
        let answer = verify(&registry, config_for(&registry));
        assert_eq!(
            answer.reason(),
            Some(Code::RegistryProtocol),
            "{body}: {}",
            answer.explain()
        );
        assert_eq!(answer.verdict(), Verdict::Undecided);
    }
    for misdeed in [Misdeed::Endless, Misdeed::Status(200, vec![], vec![b' '; 70_000])] {
        let mut contents = locked(signed(Spot::Referrers));
        contents.misbehave(Step::Token, misdeed);
        let registry = Registry::start(contents);
        let answer = verify(&registry, config_for(&registry));
        assert_eq!(
            answer.reason(),
            Some(Code::RegistryResponseTooLarge),
            "{}",
            answer.explain()
        );
    }
}

#[test]
fn redirects_to_another_origin_are_followed_without_credentials() {
    // A content delivery network: it has the same blobs and asks for nothing.
    let cdn = Registry::start(signed(Spot::Referrers));
    for step in [Step::Manifest, Step::CandidateManifest, Step::CandidateBlob] {
        let contents = signed(Spot::Referrers);
        let bundle = contents
            .blobs
            .keys()
            .map(|digest| format!("/v2/{REPOSITORY}/blobs/{digest}"));
        let manifests = contents.manifests.keys();
        let manifests = manifests.map(|digest| format!("/v2/{REPOSITORY}/manifests/{digest}"));
        let targets: Vec<String> = match step {
            Step::Manifest => vec![format!("/v2/{REPOSITORY}/manifests/v1")],
            Step::CandidateBlob => bundle.collect(),
            _ => manifests.collect(),
        };
        // One of them is the right one; the others have other digests.
        let mut allowed = 0;
        for target in &targets {
            let mut contents = locked(contents.clone());
            contents.misbehave(step, Misdeed::redirect(307, &cdn.url(target)));
            let registry = Registry::start(contents);
            let answer = verify(&registry, config_for(&registry));
            match answer.verdict() {
                Verdict::Allowed => allowed += 1,
                Verdict::Denied => assert!(answer.codes().contains(&Code::RegistryDigestMismatch)),
                other => panic!("{other:?} {target}: {}", answer.explain()),
            }
        }
        assert_eq!(allowed, 1, "{step:?}");
    }
    assert!(!cdn.seen().is_empty() && !cdn.was_told_a_secret());
}

#[test]
fn credentials_do_not_come_back_by_a_detour() {
    // The other origin sends us back to a path of its choice on the registry.
    let detour = Registry::start(Contents::default());
    let mut contents = locked(signed(Spot::Referrers));
    contents.misbehave(
        Step::Manifest,
        Misdeed::redirect(302, &detour.url(&format!("/v2/{REPOSITORY}/blobs/x"))),
    );
    let registry = Registry::start(contents);
    let target = registry.url("/chosen-by-somebody-else");
    detour.change(|contents| contents.misbehave(Step::CandidateBlob, Misdeed::redirect(302, &target)));
    let answer = verify(&registry, config_for(&registry));
    assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
    let chosen: Vec<_> = registry
        .seen()
        .into_iter()
        .filter(|seen| seen.target.contains("chosen"))
        .collect();
    assert_eq!(chosen.len(), 1);
    assert!(
        !chosen[0].raw.to_ascii_lowercase().contains("authorization"),
        "{}",
        chosen[0].raw
    );
}

#[test]
fn redirects_have_limits() {
    let registry = Registry::start(signed(Spot::Referrers));
    let circle = registry.url(&format!("/v2/{REPOSITORY}/manifests/v1"));
    for (location, code) in [
        (format!("Location: {circle}"), Code::RegistryProtocol),
        ("Location: v1".to_owned(), Code::RegistryProtocol),
        ("X-Nothing: 1".to_owned(), Code::RegistryProtocol),
        (format!("Location: /{}", "a".repeat(9000)), Code::RegistryProtocol),
        (
            "Location: http://evil.test/".to_owned(),
            Code::RegistryRefusedDestination,
        ),
        (
            "Location: https://169.254.169.254/".to_owned(),
            Code::RegistryRefusedDestination,
        ),
        (
            "Location: https://10.0.0.1/".to_owned(),
            Code::RegistryRefusedDestination,
        ),
        (
            "Location: file:///etc/passwd".to_owned(),
            Code::RegistryRefusedDestination,
        ),
        (
            "Location: https://u:p@8.8.8.8/".to_owned(),
            Code::RegistryRefusedDestination,
        ),
    ] {
        registry.change(|contents| {
            contents.rules.clear();
            contents.misbehave(
                Step::Manifest,
                Misdeed::Status(302, vec![location.clone()], Vec::new()),
            );
        });
        let answer = verify(&registry, config());
        assert_eq!(
            answer.verdict(),
            Verdict::Undecided,
            "{location:.60}: {}",
            answer.explain()
        );
        assert_eq!(
            answer.reason(),
            Some(code),
            "{location:.60}: {}",
            answer.explain()
        );
    }
}

#[test]
fn an_egress_list_holds_for_redirects_and_for_the_registry_itself() {
    let cdn = Registry::start(signed(Spot::Referrers));
    let mut contents = signed(Spot::Referrers);
    let target = cdn.url(&format!("/v2/{REPOSITORY}/manifests/v1"));
    contents.misbehave(Step::Manifest, Misdeed::redirect(302, &target));
    let registry = Registry::start(contents);
    let only = |hosts: &[String]| ClientConfig {
        egress: Some(hosts.iter().map(|host| host.parse().unwrap()).collect()),
        ..config()
    };
    let both = verify(&registry, only(&[registry.host(), cdn.host()]));
    assert_eq!(both.verdict(), Verdict::Allowed, "{}", both.explain());
    let before = cdn.seen().len();
    let registry_only = verify(&registry, only(&[registry.host()]));
    assert_eq!(registry_only.reason(), Some(Code::RegistryRefusedDestination));
    assert_eq!(cdn.seen().len(), before, "the other host saw nothing");
    let asked = registry.seen().len();
    let by_name = format!("localhost:{}", registry.host().rsplit(':').next().unwrap());
    let other_port = "127.0.0.1:1".to_owned();
    // A name is not its address, and an address is not its name.
    for list in [vec!["r.example:443".to_owned()], vec![by_name, other_port]] {
        let nothing = verify(&registry, only(&list));
        assert_eq!(
            nothing.reason(),
            Some(Code::RegistryRefusedDestination),
            "{list:?}"
        );
    }
    assert_eq!(registry.seen().len(), asked);
}

#[test]
fn an_egress_list_holds_for_token_servers_and_blobs() {
    let elsewhere = Registry::start(signed(Spot::Referrers));
    let target = elsewhere.url(&format!("/v2/{REPOSITORY}/blobs/x"));
    let mut redirected = locked(signed(Spot::Referrers));
    redirected.misbehave(Step::CandidateBlob, Misdeed::redirect(307, &target));
    for contents in [
        with_login(Login::Bearer {
            realm: Some(elsewhere.url("/token")),
        }),
        redirected,
    ] {
        let registry = Registry::start(contents);
        let mut config = config_for(&registry);
        // Named as a token server, and still not on the list.
        config.auth_hosts = vec![elsewhere.host().parse().unwrap()];
        config.egress = Some(vec![registry.host().parse().unwrap()]);
        let answer = verify(&registry, config);
        assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
        assert!(
            answer.codes().contains(&Code::RegistryRefusedDestination),
            "{}",
            answer.explain()
        );
        assert!(
            answer.explain().contains("is not on the egress list"),
            "{}",
            answer.explain()
        );
    }
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn http_is_for_loopback_and_for_hosts_that_were_named() {
    let client = Client::new(config()).unwrap();
    // Without TLS this would be refused by the name, before anything is looked up.
    let answer = verify_reference(&client, "registry.invalid/org/app:v1");
    assert_eq!(
        answer.reason(),
        Some(Code::RegistryUnreachable),
        "{}",
        answer.explain()
    );
    assert!(
        answer.explain().contains("https://registry.invalid/"),
        "{}",
        answer.explain()
    );
}

fn files(folder: &Path, text: &str) -> CredentialOptions {
    let path = folder.join("config.json");
    std::fs::write(&path, text).unwrap();
    CredentialOptions {
        given: None,
        files: vec![CredentialPath { path, required: true }],
        allow_helpers: true,
    }
}

#[test]
fn credentials_are_taken_from_files_and_their_source_is_told() {
    use base64::Engine as _;
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let auth = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let text = format!(
        "{{\"auths\":{{\"http://{}/v1/\":{{\"auth\":\"{auth}\"}}}}}}",
        registry.host()
    );
    let client = Client::new(ClientConfig {
        credentials: files(folder.path(), &text),
        ..config()
    })
    .unwrap();
    let answer = verify_reference(&client, &registry.reference("v1"));
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    let source = CredentialSource::File(folder.path().join("config.json"));
    assert_eq!(client.credential_sources(), [(registry.host(), source)]);
}

#[test]
fn credentials_for_another_registry_stay_at_home() {
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let mut config = config_for(&registry);
    config.credentials.given.as_mut().unwrap().0 = "other.example".to_owned();
    let answer = verify(&registry, config);
    assert_eq!(
        answer.reason(),
        Some(Code::RegistryUnauthorised),
        "{}",
        answer.explain()
    );
    assert!(!registry.was_told_a_secret());
    assert!(
        answer.explain().contains("no credentials"),
        "{}",
        answer.explain()
    );
}

#[test]
fn a_malformed_credential_file_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let answer = verify(
        &registry,
        ClientConfig {
            credentials: files(folder.path(), "{\"auths\": hunter2}"),
            ..config()
        },
    );
    assert_eq!(answer.verdict(), Verdict::Misconfigured);
    assert_eq!(answer.reason(), Some(Code::RegistryCredentials));
    assert!(answer.explain().contains("config.json") && !answer.explain().contains(PASSWORD));
}

#[test]
fn a_helper_is_run_only_where_it_may_be_and_its_failure_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let text = format!(
        "{{\"credHelpers\":{{\"{}\":\"portcullis-test-missing\"}}}}",
        registry.host()
    );
    for (allow_helpers, expected) in [(true, "could not be run"), (false, "not allowed here")] {
        let credentials = CredentialOptions {
            allow_helpers,
            ..files(folder.path(), &text)
        };
        let answer = verify(
            &registry,
            ClientConfig {
                credentials,
                ..config()
            },
        );
        assert_eq!(answer.reason(), Some(Code::RegistryUnauthorised));
        let words = answer.explain();
        assert!(
            words.contains("docker-credential-portcullis-test-missing") && words.contains(expected),
            "{words}"
        );
    }
}

#[test]
fn a_helper_gives_credentials() {
    // A helper is found in PATH, which a test must not change for itself: the program is run with one of its own.
    let folder = tempfile::tempdir().unwrap();
    let helper = folder.path().join("docker-credential-fake");
    let script = format!(
        "#!/bin/sh\nread server\ncase \"$server\" in\n127.0.0.1:*) printf '{{\"Username\":\"{USER}\",\"Secret\":\"{PASSWORD}\"}}' ;;\n*) echo credentials not found; exit 1 ;;\nesac\n"
    );
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let config = folder.path().join("docker");
    std::fs::create_dir(&config).unwrap();
    std::fs::write(config.join("config.json"), r#"{"credsStore":"fake"}"#).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let run = crate::support::Program::verify()
        .argument(registry.reference("v1"))
        .arguments(["--unsafe-any-identity", "-v", "--trusted-root"])
        .argument(crate::content::trusted_root_file())
        .variable("PATH", path)
        .variable("DOCKER_CONFIG", &config)
        .run();
    assert!(registry.was_told_a_secret(), "{run:?}");
    assert!(run.stderr.contains("docker-credential-fake"), "{run:?}");
    assert!(
        !run.stderr.contains(PASSWORD) && !run.stdout.contains(PASSWORD),
        "{run:?}"
    );
}
