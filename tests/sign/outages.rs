//! Registries and services that fail while an image is signed: nothing is half done unnoticed, and nothing is signed twice.

use std::ops::Range;
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use portcullis::registry::publish::listed;
use portcullis::sandbox::server::{Access, Fault, Identity, RegistryOptions, Rule, Service};
use portcullis::sigstore::keys::{KeyKind, PrivateKey};
use portcullis::subject::Digest;
use serde_json::Value;

use crate::pushed::REPOSITORY;
use crate::world::{EMAIL, World, assert_code, text};

fn me() -> Identity {
    Identity::Email(EMAIL.to_owned())
}

impl World {
    /// The resume file of an image's signature.
    fn resume_file(&self, digest: &Digest) -> String {
        let image = format!("{}-{REPOSITORY}-{digest}.sigstore.json.resume", self.registry());
        image.replace([':', '/', '@'], "-")
    }

    fn resume(&self, file: &str) -> Output {
        self.sign(&["--resume", file])
    }

    fn signatures(&self, digest: &Digest) -> usize {
        let client = self.client();
        let store = client.open(&self.at(digest).parse().unwrap()).unwrap();
        let manifests = listed(&store, digest).unwrap();
        manifests.len()
    }

    /// How often something was asked of those who make signatures.
    fn asked(&self) -> usize {
        [Service::Fulcio, Service::RekorV1, Service::RekorV2, Service::Tsa]
            .into_iter()
            .map(|service| self.sandbox.faults().requests(service).len())
            .sum()
    }
}

/// The requests with which an image's bundle is published where there is no referrers API, and read back.
const STEPS: [(&str, &str); 5] = [
    ("POST", "/blobs/uploads/"),
    ("PUT", "/blobs/"),
    ("PUT", "/manifests/sha256:"),
    ("PUT", "/manifests/sha256-"),
    ("GET", "/manifests/sha256-"),
];

fn failing(step: usize, fault: Fault) -> Rule {
    let (method, path) = STEPS[step];
    Rule::new(Service::Registry, fault).method(method).path(path)
}

#[test]
fn a_registry_that_fails_at_any_step_gets_the_same_signature_later() {
    let faults = [
        Fault::Status(503),
        Fault::Reset,
        Fault::Status(401),
        Fault::Status(403),
        Fault::Status(413),
        Fault::RetryAfter(429, 3600),
    ];
    let stalled = Fault::Stall(Duration::from_secs(60));
    let all = 0..STEPS.len();
    std::thread::scope(|scope| {
        for fault in faults {
            let all = all.clone();
            scope.spawn(move || fail(&fault, all));
        }
        for step in all {
            let stalled = stalled.clone();
            scope.spawn(move || fail(&stalled, step..step + 1));
        }
    });
}

/// Signs an image for each of these steps.
fn fail(fault: &Fault, steps: Range<usize>) {
    let registry = RegistryOptions {
        referrers_api: false,
        ..RegistryOptions::default()
    };
    let world = World::with(&me(), registry);
    for step in steps {
        let digest = world.push(&format!("app {step}"), "v1");
        let case = format!("{fault:?} at {:?}", STEPS[step]);
        fails_and_is_resumed(&world, &digest, failing(step, fault.clone()), &case);
    }
}

fn fails_and_is_resumed(world: &World, digest: &Digest, rule: Rule, case: &str) {
    let image = world.at(digest);
    world.sandbox.faults().add(rule);
    let output = world.keyless(&[&image, "--timeout", "15s"]);
    assert_eq!(output.status.code(), Some(4), "{case}: {}", text(&output.stderr));
    assert!(output.stdout.is_empty(), "{case}");
    let file = world.resume_file(digest);
    let told = text(&output.stderr);
    assert!(told.contains("while publishing"), "{case}: {told}");
    assert!(told.contains(&format!("--resume {file}")), "{case}: {told}");
    let kept = world.read(&file);
    assert!(!kept.contains(&world.token), "{case}");

    // Still down: it is kept.
    let asked = world.asked();
    if case.contains("403") {
        assert_code(&world.resume(&file), 4);
        assert_eq!(world.read(&file), kept);
    }
    world.sandbox.faults().clear();
    let output = world.resume(&file);
    assert_eq!(output.status.code(), Some(0), "{case}: {}", text(&output.stderr));
    assert_eq!(text(&output.stdout), format!("{image}\n"), "{case}");
    assert_eq!(world.asked(), asked, "{case}: nothing is signed again");
    assert!(!world.exists(&file), "{case}");
    assert_eq!(world.signatures(digest), 1, "{case}");
    assert_eq!(world.verify_image(&image, &[]), 0, "{case}");
}

#[test]
fn a_registry_that_lists_nothing_is_noticed() {
    let world = World::new();
    let digest = world.push("app", "v1");
    let rule = Rule::new(Service::Registry, Fault::Status(404)).path("/referrers/");
    world.sandbox.faults().add(rule);
    let output = world.keyless(&[&world.at(&digest)]);
    assert_code(&output, 4);
    assert!(
        text(&output.stderr).contains("published-not-found"),
        "{}",
        text(&output.stderr)
    );
    world.sandbox.faults().clear();
    assert_code(&world.resume(&world.resume_file(&digest)), 0);
    assert_eq!(world.signatures(&digest), 1);
}

#[test]
fn an_answer_that_gets_lost_is_no_failure() {
    for step in 0..3 {
        let world = World::new();
        let digest = world.push("app", "v1");
        world
            .sandbox
            .faults()
            .add(failing(step, Fault::LoseAnswer).times(1));
        assert_code(&world.keyless(&[&world.at(&digest)]), 0);
        assert_eq!(world.signatures(&digest), 1);
    }
}

#[test]
fn a_service_that_fails_leaves_the_registry_as_it_was() {
    for (service, version) in [
        (Service::Fulcio, "1"),
        (Service::RekorV1, "1"),
        (Service::RekorV2, "2"),
        (Service::Tsa, "2"),
    ] {
        let world = World::new();
        let digest = world.push("app", "v1");
        let image = world.at(&digest);
        world.sandbox.faults().add(Rule::new(service, Fault::Status(400)));
        assert_code(&world.keyless(&[&image, "--rekor-version", version]), 4);
        assert_eq!(world.signatures(&digest), 0, "{service:?}");
        assert_eq!(world.verify_image(&image, &[]), 3);
        world.sandbox.faults().clear();
        let file = world.resume_file(&digest);
        assert_eq!(world.exists(&file), service != Service::Fulcio);
        if service != Service::Fulcio {
            assert_code(&world.resume(&file), 0);
            assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 1);
        } else {
            assert_code(&world.keyless(&[&image]), 0);
        }
        assert_eq!(world.verify_image(&image, &[]), 0, "{service:?}");
    }
}

#[test]
fn the_older_form_is_resumed_on_its_own() {
    let world = World::new();
    let digest = world.push("app", "v1");
    let image = world.at(&digest);
    let rule = Rule::new(Service::Registry, Fault::Status(403))
        .method("PUT")
        .path(".sig");
    world.sandbox.faults().add(rule);
    let output = world.keyless(&[&image, "--legacy-tag"]);
    assert_code(&output, 4);
    assert_eq!(world.signatures(&digest), 1);
    world.sandbox.faults().clear();
    let file = world.resume_file(&digest).replace(".sigstore.json", ".sig");
    let output = world.resume(&file);
    assert_code(&output, 0);
    assert!(text(&output.stderr).contains(".sig"));
    assert_eq!(world.signatures(&digest), 1);
}

#[test]
fn a_resume_file_that_cannot_be_written_is_told_with_its_reason() {
    let world = World::new();
    let digest = world.push("app", "v1");
    std::fs::create_dir(world.path(&world.resume_file(&digest))).unwrap();
    let rule = Rule::new(Service::Registry, Fault::Status(403)).method("PUT");
    world.sandbox.faults().add(rule);
    let output = world.keyless(&[&world.at(&digest), "--format", "json"]);
    assert_code(&output, 4);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let failed = &report["failed"][0];
    assert!(failed["resume"].is_null());
    assert!(
        failed["notKept"].as_str().unwrap().contains("cannot write"),
        "{report}"
    );
    assert!(text(&world.keyless(&[&world.at(&digest)]).stderr).contains("is lost"));
}

#[test]
fn a_resume_file_about_something_else_is_refused() {
    let world = World::new();
    let digest = world.push("app", "v1");
    let other = world.push("other", "v2");
    let rule = Rule::new(Service::Registry, Fault::Status(403)).method("PUT");
    world.sandbox.faults().add(rule);
    assert_code(&world.keyless(&[&world.at(&digest)]), 4);
    world.sandbox.faults().clear();
    let kept = world.read(&world.resume_file(&digest));
    let at = |image: &str| {
        let mut file: Value = serde_json::from_str(&kept).unwrap();
        file["image"] = image.into();
        std::fs::write(world.path("changed"), file.to_string()).unwrap();
        world.resume("changed")
    };
    for image in [&world.at(&other), &world.tagged("v1"), "nonsense"] {
        assert_code(&at(image), 5);
    }
    assert_eq!(world.signatures(&other), 0);
    assert_code(
        &world.sign(&["--resume", &world.resume_file(&digest), "--overwrite"]),
        2,
    );
}

/// A helper that writes down how it and whoever called it were called.
fn spying_helper(world: &World) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let helper = world.path("docker-credential-spy");
    let script = "#!/bin/sh\n\
        for process in $$ $PPID; do tr '\\0' ' ' < /proc/$process/cmdline >> arguments; done\n\
        cat > /dev/null\n\
        echo '{\"Username\":\"robot\",\"Secret\":\"hunter2hunter2\"}'\n";
    std::fs::write(&helper, script).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let config = serde_json::json!({"credHelpers": {world.registry(): "spy"}});
    std::fs::write(world.path("config.json"), config.to_string()).unwrap();
    helper
}

#[test]
fn no_secret_is_in_an_argument_a_message_a_report_or_a_resume_file() {
    let access = Access::Bearer {
        user: "robot".to_owned(),
        password: "hunter2hunter2".to_owned(),
    };
    let registry = RegistryOptions {
        access,
        ..RegistryOptions::default()
    };
    let world = World::with(&me(), registry);
    let image = world.at(&world.push_as("app", "v1", "robot", "hunter2hunter2"));
    spying_helper(&world);
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    let plain = key.to_plain_pem().unwrap();
    std::fs::write(world.path("key"), plain.as_str()).unwrap();
    let body: String = plain.lines().filter(|line| !line.starts_with('-')).collect();
    let run = |arguments: &[&str]| {
        let output = world
            .command()
            .args(["sign", &image])
            .args(arguments)
            .arg("--signing-config")
            .arg(world.sandbox.dir().join("signing_config.json"))
            .arg("--trusted-root")
            .arg(world.trusted_root())
            .env("DOCKER_CONFIG", world.folder.path())
            .env("PATH", format!("{}:/usr/bin:/bin", world.folder.path().display()))
            .output()
            .unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    let mut said = String::new();
    for (fault, expected) in [(None, 0), (Some(403), 4), (Some(401), 4)] {
        if let Some(status) = fault {
            let rule = Rule::new(Service::Registry, Fault::Status(status)).method("PUT");
            world.sandbox.faults().add(rule);
        }
        for who in [["--identity-token-file", "token"], ["--key", "key"]] {
            for how in [&["-v"][..], &["--format", "json"]] {
                let (code, words) = run(&[&who[..], how].concat());
                assert_eq!(code, Some(expected), "{words}");
                said.push_str(&words);
            }
        }
        world.sandbox.faults().clear();
    }
    let arguments = world.read("arguments");
    assert!(arguments.contains("docker-credential-spy"), "{arguments}");
    assert!(arguments.contains("portcullis sign"), "{arguments}");
    let resume: String = std::fs::read_dir(world.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "resume"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    assert!(!resume.is_empty());
    let all = said + &arguments + &resume;
    let signature = world.token.rsplit('.').next().unwrap();
    for secret in [&world.token, signature, &body, &body[20..60], "hunter2"] {
        assert!(!all.contains(secret), "{all}");
    }
}
