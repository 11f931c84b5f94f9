//! The program itself: what is printed where, with which exit code, and what it takes from flags and environment.

use crate::content::{ISSUER, LAYER, Spot, US, add_foreign, image, locked, signed, trusted_root_file};
use crate::fake::{Login, Misdeed, PASSWORD, REPOSITORY, Registry, Step, TOKEN, USER};
use crate::support::{Program, Run, codes};

/// `portcullis verify` for signatures by us.
fn program() -> Program {
    Program::verify()
        .arguments(["--identity", US, "--issuer", ISSUER, "--trusted-root"])
        .argument(trusted_root_file())
}

fn name(registry: &Registry) -> String {
    format!("{}/{REPOSITORY}@{}", registry.host(), image().0.root)
}

fn assert_keeps_secrets(run: &Run) {
    for secret in [PASSWORD, TOKEN] {
        assert!(
            !run.stdout.contains(secret) && !run.stderr.contains(secret),
            "{run:?}"
        );
    }
}

#[test]
fn an_allowed_image_is_printed_by_its_digest_and_nothing_else_is() {
    let registry = Registry::start(signed(Spot::Sig));
    let run = program().argument(registry.reference("v1")).run();
    assert_eq!(
        (run.code, run.stdout.trim_end()),
        (0, name(&registry).as_str()),
        "{run:?}"
    );
}

/// By the registry's own log, for every command that looks at images.
#[test]
fn a_layer_of_a_gigabyte_is_never_downloaded() {
    let registry = Registry::start(signed(Spot::Sig));
    let image = registry.reference("v1");
    let compose = format!("services: {{a: {{image: {image}}}}}");
    for platforms in [vec![], vec!["--platform", "linux/amd64"], vec!["--all-platforms"]] {
        let run = program().argument(&image).arguments(&platforms).run();
        assert_eq!(run.code, 0, "{platforms:?} {run:?}");
    }
    let pin = Program::new()
        .arguments(["pin", "-", "--identity", US, "--issuer", ISSUER, "--trusted-root"])
        .argument(trusted_root_file())
        .run_with_stdin(compose.as_bytes());
    assert_eq!(pin.code, 0, "{pin:?}");
    let inspection = Program::new().arguments(["inspect", &image]).run();
    assert_eq!(inspection.code, 0, "{inspection:?}");
    let paths = registry.take_paths();
    assert!(paths.iter().any(|path| path.contains("/blobs/")), "the log works");
    assert!(!paths.iter().any(|path| path.contains(LAYER)), "{paths:#?}");
}

#[test]
fn every_other_outcome_has_its_exit_code_and_prints_no_name() {
    let (mut foreign, _) = image();
    add_foreign(&mut foreign, Spot::Sig);
    let mut throttled = signed(Spot::Referrers);
    throttled.misbehave(
        Step::Referrers,
        Misdeed::Status(429, vec!["Retry-After: 9999".to_owned()], Vec::new()),
    );
    for (contents, code) in [(foreign, 1), (image().0, 3), (throttled, 4)] {
        let registry = Registry::start(contents);
        let run = program().argument(registry.reference("v1")).run();
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run:?}");
    }
    let nobody = Registry::start(image().0);
    let gone = nobody.reference("v1");
    drop(nobody);
    let (run, report) = program().argument(gone).report();
    assert_eq!(run.code, 4, "{run:?}");
    assert_eq!(codes(&report), ["registry-unreachable"]);
}

#[test]
fn one_outage_does_not_hide_another_images_denial() {
    let (mut foreign, _) = image();
    add_foreign(&mut foreign, Spot::Sig);
    let (foreign, good) = (Registry::start(foreign), Registry::start(signed(Spot::Sig)));
    let nobody = Registry::start(image().0);
    let gone = nobody.reference("v1");
    drop(nobody);
    let (run, report) = program()
        .argument(gone)
        .argument(foreign.reference("v1"))
        .argument(good.reference("v1"))
        .report();
    assert_eq!(run.code, 1, "{run:?}");
    let verdicts: Vec<_> = (0..3)
        .map(|index| report["subjects"][index]["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["undecided", "denied", "allowed"]);
}

#[test]
fn the_report_says_what_was_asked_and_what_failed() {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(Step::SigTag, Misdeed::status(403));
    let registry = Registry::start(contents);
    let (_, report) = program().argument(registry.reference("v1")).report();
    let places = &report["subjects"][0]["places"];
    let path = format!(
        "GET {}",
        registry.url(&format!("/v2/{REPOSITORY}/referrers/{}: 200", image().0.root))
    );
    assert_eq!(places[0]["asked"][0], path.as_str());
    assert_eq!(places[2]["outcome"]["state"], "failed");
    assert_eq!(places[2]["outcome"]["code"], "registry-unauthorised");
}

#[test]
fn people_see_what_was_asked_when_they_want_to() {
    let mut contents = signed(Spot::Sig);
    contents.has_referrers = false;
    let registry = Registry::start(contents);
    let words = "404, this registry has no referrers API";
    let run = program().argument(registry.reference("v1")).argument("-v").run();
    // Lines are folded.
    let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(run.code == 0 && text.contains(words), "{run:?}");
    let run = program().argument(registry.reference("v1")).run();
    assert!(run.code == 0 && !run.stderr.contains("GET http"), "{run:?}");
}

#[test]
fn a_password_comes_in_on_standard_input_and_goes_to_its_registry_only() {
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let run = program()
        .argument(registry.reference("v1"))
        .arguments(["--registry-username", USER, "--registry-password-stdin", "-v"])
        .run_with_stdin(format!("{PASSWORD}\n").as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr.contains("credentials from the command line"),
        "{run:?}"
    );
    assert_keeps_secrets(&run);

    let other = Registry::start(locked(signed(Spot::Referrers)));
    let run = program()
        .arguments([registry.reference("v1"), other.reference("v1")])
        .arguments(["--registry-username", USER, "--registry-password-stdin"])
        .run_with_stdin(PASSWORD.as_bytes());
    assert_eq!(run.code, 2, "{run:?}");
    assert!(other.seen().is_empty());
}

#[test]
fn a_token_is_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let run = program()
        .argument(registry.reference("v1"))
        .argument("--registry-token-file")
        .argument(&file)
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_keeps_secrets(&run);
}

#[test]
fn the_files_of_podman_and_docker_are_found_where_they_are_kept() {
    use base64::Engine as _;
    let auth = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let text = format!(
        "{{\"auths\":{{\"{}\":{{\"auth\":\"{auth}\"}}}}}}",
        registry.host()
    );
    for (variable, value, file) in [
        ("REGISTRY_AUTH_FILE", "own.json", "own.json"),
        ("XDG_RUNTIME_DIR", "run", "run/containers/auth.json"),
        ("XDG_CONFIG_HOME", "settings", "settings/containers/auth.json"),
        ("DOCKER_CONFIG", "docker", "docker/config.json"),
        ("HOME", "home", "home/.docker/config.json"),
        ("HOME", "home2", "home2/.config/containers/auth.json"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
        let run = program()
            .argument(registry.reference("v1"))
            .argument("-v")
            .variable(variable, folder.path().join(value))
            .run();
        assert_eq!(run.code, 0, "{variable}: {run:?}");
        assert!(run.stderr.contains(file), "{variable}: {run:?}");
        assert_keeps_secrets(&run);
    }
}

#[test]
fn a_malformed_credential_file_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("auth.json");
    std::fs::write(&file, "{\"auths\": hunter2").unwrap();
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    for path in [file, folder.path().join("missing.json")] {
        let run = program()
            .argument(registry.reference("v1"))
            .variable("REGISTRY_AUTH_FILE", path)
            .run();
        assert_eq!(run.code, 5, "{run:?}");
        assert_keeps_secrets(&run);
    }
}

#[test]
fn what_cannot_be_meant_is_a_usage_error_before_anything_is_asked() {
    let registry = Registry::start(signed(Spot::Referrers));
    let image = registry.reference("v1");
    let file = trusted_root_file().to_str().unwrap();
    for arguments in [
        vec![image.as_str(), "--offline"],
        vec![file, "--registry-auth-host", "a.example"],
        vec![file, "--allow-http", "a.example"],
        vec![file, "--registry-ca", file],
        vec![&image, "--registry-username", "u"],
        vec![&image, "--registry-password-stdin"],
        vec![&image, "--registry-cert", file],
        vec![&image, "--allow-http", "http://a.example/"],
        vec![&image, "--registry-egress", "a b"],
        vec![&image, "--registry-token-file", "/nonexistent"],
        vec![&image, "--registry-ca", "/nonexistent"],
    ] {
        let run = program().arguments(&arguments).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {run:?}");
    }
    assert!(registry.seen().is_empty());
}

#[test]
fn an_authority_that_is_none_is_a_configuration_error() {
    let registry = Registry::start(signed(Spot::Referrers));
    let run = program()
        .argument(registry.reference("v1"))
        .argument("--registry-ca")
        .argument(trusted_root_file())
        .run();
    assert_eq!(run.code, 5, "{run:?}");
}

#[test]
fn a_stalled_registry_ends_with_a_report_before_the_time_is_over() {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(Step::AttTag, Misdeed::Stall);
    contents.misbehave(Step::Referrers, Misdeed::Stall);
    let registry = Registry::start(contents);
    let (run, report) = program()
        .argument(registry.reference("v1"))
        .arguments(["--timeout", "4s"])
        .report();
    assert_eq!(run.code, 4, "{run:?}");
    let places = report["subjects"][0]["places"].as_array().unwrap();
    assert_eq!(places.len(), 6);
    assert_eq!(places[1]["outcome"]["state"], "nothing");
    assert!(
        codes(&report).contains(&"registry-unreachable".to_owned()),
        "{report}"
    );
}

#[test]
fn a_proxy_of_the_environment_is_used_and_loopback_goes_past_it() {
    let proxy = Registry::start(signed(Spot::Referrers));
    let run = program()
        .arguments(["registry.invalid/org/app:v1", "--allow-http", "registry.invalid"])
        .variable("http_proxy", proxy.url(""))
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        proxy
            .seen()
            .iter()
            .all(|seen| seen.raw.contains("http://registry.invalid/v2/"))
    );
    let before = proxy.seen().len();

    let registry = Registry::start(signed(Spot::Referrers));
    let run = program()
        .argument(registry.reference("v1"))
        .variable("http_proxy", proxy.url(""))
        .run();
    assert_eq!((run.code, proxy.seen().len()), (0, before), "{run:?}");
    let run = program()
        .arguments(["registry.invalid/org/app:v1", "--allow-http", "registry.invalid"])
        .variable("http_proxy", "http://user:hunter2@[bad")
        .run();
    assert_eq!(run.code, 5, "{run:?}");
    assert_keeps_secrets(&run);
}

#[test]
fn nothing_in_the_environment_lets_credentials_out() {
    let thief = Registry::thief();
    let realm = Some(thief.url("/token"));
    let mut contents = signed(Spot::Referrers);
    contents.login = Login::Bearer { realm };
    let registry = Registry::start(contents);
    let run = program()
        .argument(registry.reference("v1"))
        .arguments(["--registry-username", USER, "--registry-password-stdin", "-v"])
        .run_with_stdin(PASSWORD.as_bytes());
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stderr.contains("registry-refused-destination"), "{run:?}");
    assert!(thief.seen().is_empty());
    assert_keeps_secrets(&run);
}
