//! `portcullis inspect`: everything that is attached is shown, as a claim; what did not answer is shown as that; and nothing
//! that an outsider writes acts.

use serde_json::{Value, json};

use crate::content::{INDEX, MANIFEST, Spot, US, add_foreign, add_ours, image, locked, signed};
use crate::fake::{Contents, Misdeed, PASSWORD, Registry, Step, TOKEN, USER};
use crate::support::{Program, Run};

fn program() -> Program {
    Program::new().argument("inspect")
}

fn look(registry: &Registry, tag: &str) -> Run {
    program().argument(registry.reference(tag)).run()
}

fn look_as_json(registry: &Registry, tag: &str) -> (Run, Value) {
    let (run, document) = program().argument(registry.reference(tag)).report();
    assert_eq!(document["verified"], false, "{run:?}");
    assert_eq!(document["kind"], "unverified-inspection");
    for absent in ["verdict", "exitCode", "schemaVersion", "accepted"] {
        assert_eq!(document[absent], Value::Null, "{absent}");
    }
    (run, document)
}

/// The text without the port, which differs from run to run.
fn snapshot(name: &str, registry: &Registry, text: &str) {
    let text = text.replace(&registry.host(), "registry.example:5000");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "../snapshots/inspect" }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Evidence by us and by others in every place, two images, a BuildKit statement, and SBOMs that nobody signed.
fn everything() -> Contents {
    let (mut contents, root) = image();
    for spot in [Spot::Referrers, Spot::Sig, Spot::Att] {
        add_ours(&mut contents, spot);
    }
    add_foreign(&mut contents, Spot::Referrers);
    let empty = contents.blob("application/vnd.oci.empty.v1+json", b"{}");
    let sbom = contents.blob("application/spdx+json", b"{\"spdxVersion\":\"SPDX-2.3\"}");
    contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/spdx+json",
        "config": empty, "layers": [sbom], "subject": root,
    }));
    let other = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [sbom],
    }));
    let statement = contents.blob("application/vnd.in-toto+json", b"{}");
    let mut buildkit = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [statement],
    }));
    buildkit["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    buildkit["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": other["digest"],
    });
    let on = |mut descriptor: Value, architecture: &str| {
        descriptor["platform"] = json!({"os": "linux", "architecture": architecture});
        descriptor
    };
    let index = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": INDEX,
        "manifests": [on(root, "amd64"), on(other, "arm64"), buildkit],
    }));
    contents.tag("multi", &index);
    contents
}

#[test]
fn an_index_is_shown_with_every_image_in_it_and_all_that_hangs_on_them() {
    let registry = Registry::start(everything());
    let run = look(&registry, "multi");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(run.stdout.is_ascii());
    snapshot("index", &registry, &run.stdout);
}

#[test]
fn the_document_for_machines_has_its_own_kind_and_schema() {
    let registry = Registry::start(everything());
    let (run, document) = look_as_json(&registry, "multi");
    assert_eq!(run.code, 0, "{run:?}");
    let schema = include_str!("../../docs/inspection.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    assert_eq!(
        crate::json_schema::violations(&schema, &document),
        [] as [String; 0]
    );
    let images = &document["subjects"][0]["outcome"]["tree"]["images"];
    let attached = &images[0]["places"][0]["attached"];
    let signers: Vec<&Value> = attached
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["claimed"]["signer"]["identity"])
        .collect();
    assert!(signers.contains(&&json!(US)), "{signers:?}");
    assert!(signers.contains(&&json!("them@example.com")), "{signers:?}");
}

#[test]
fn one_platform_is_shown_with_the_index_that_it_is_in() {
    let registry = Registry::start(everything());
    let (run, document) = program()
        .argument(registry.reference("multi"))
        .arguments(["--platform", "linux/arm64"])
        .report();
    assert_eq!(run.code, 0, "{run:?}");
    let images = document["subjects"][0]["outcome"]["tree"]["images"]
        .as_array()
        .unwrap();
    assert_eq!(images.len(), 1);
    assert_eq!(images[0]["platform"], "linux/arm64");
    let run = program()
        .argument(registry.reference("multi"))
        .arguments(["--platform", "linux/riscv64"])
        .run();
    assert_eq!(run.code, 4, "{run:?}");
}

#[test]
fn nothing_attached_is_an_answer_with_a_hint() {
    let registry = Registry::start(image().0);
    let run = look(&registry, "v1");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("the mirror may have dropped"), "{run:?}");
}

#[test]
fn a_place_that_does_not_answer_is_shown_as_failed_and_never_as_empty() {
    let slow = Misdeed::Status(429, vec!["Retry-After: 9999".to_owned()], Vec::new());
    for (misdeed, code) in [
        (slow, "registry-throttled"),
        (Misdeed::status(403), "registry-unauthorised"),
    ] {
        let mut contents = signed(Spot::Referrers);
        contents.misbehave(Step::SigTag, misdeed);
        let registry = Registry::start(contents);
        let run = look(&registry, "v1");
        assert_eq!(run.code, 4, "{run:?}");
        let line = format!(".sig tag: NO ANSWER ({code}), so nothing is known about it");
        assert!(run.stdout.contains(&line), "{run:?}");
        assert!(run.stdout.contains("INCOMPLETE"), "{run:?}");
        assert!(run.stdout.contains(US), "what answered is shown: {run:?}");
        let (run, document) = look_as_json(&registry, "v1");
        assert_eq!(run.code, 4, "{run:?}");
        assert_eq!(document["complete"], false);
        let outcome = &document["subjects"][0]["outcome"]["tree"]["places"][2]["outcome"];
        assert_eq!(
            (&outcome["state"], &outcome["code"]),
            (&json!("failed"), &json!(code))
        );
    }
}

#[test]
fn a_place_that_stalls_is_given_up_in_time_and_the_rest_is_shown() {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(Step::AttTag, Misdeed::Stall);
    let registry = Registry::start(contents);
    let run = program()
        .argument(registry.reference("v1"))
        .arguments(["--timeout", "2s"])
        .run();
    assert_eq!(run.code, 4, "{run:?}");
    assert!(
        run.stdout.contains(".att tag: NO ANSWER (registry-unreachable)"),
        "{run:?}"
    );
    assert!(run.stdout.contains(US), "{run:?}");
}

#[test]
fn evidence_that_could_not_be_fetched_makes_the_document_incomplete() {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(Step::CandidateBlob, Misdeed::status(403));
    let registry = Registry::start(contents);
    let (run, document) = look_as_json(&registry, "v1");
    assert_eq!((run.code, &document["complete"]), (4, &json!(false)), "{run:?}");
}

#[test]
fn one_image_that_is_missing_does_not_hide_the_others() {
    let mut contents = everything();
    let gone = contents.root.clone();
    contents.misbehave(Step::Manifest, Misdeed::status(404));
    contents.root = "nothing".to_owned();
    contents.manifests.remove(&gone);
    contents
        .tags
        .insert("multi".to_owned(), contents.tags["multi"].clone());
    contents.rules.clear();
    let registry = Registry::start(contents);
    let (run, document) = look_as_json(&registry, "multi");
    assert_eq!(run.code, 4, "{run:?}");
    let images = &document["subjects"][0]["outcome"]["tree"]["images"];
    assert_eq!(images[0]["problem"]["code"], "registry-not-found");
    // What hangs on its digest is found all the same.
    assert!(images[0].to_string().contains(US), "{run:?}");
    assert_eq!(images[1]["problem"], Value::Null);
}

#[test]
fn one_registry_that_is_down_does_not_hide_another() {
    let good = Registry::start(signed(Spot::Sig));
    let nobody = Registry::start(image().0);
    let gone = nobody.reference("v1");
    drop(nobody);
    let run = program().argument(&gone).argument(good.reference("v1")).run();
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stdout.contains(&format!("{gone}: NOT LOOKED AT")), "{run:?}");
    assert!(run.stdout.contains(US), "{run:?}");
}

/// Signs that act, in every text that a registry or a signer chooses.
#[test]
fn nothing_that_an_outsider_writes_acts() {
    const EVIL: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\nUNVERIFIED\n::error::x\u{202E}##[add-mask]";
    let (mut contents, root) = image();
    let config = contents.blob(EVIL, b"{}");
    let mut layer = contents.blob(EVIL, b"x");
    layer["annotations"] = json!({"predicateType": EVIL, "in-toto.io/predicate-type": EVIL});
    contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": EVIL,
        "config": config, "layers": [layer], "subject": root, "annotations": {"evil": EVIL},
    }));
    let mut entry = root;
    entry["platform"] = json!({"os": EVIL, "architecture": EVIL, "variant": EVIL});
    let index = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry],
    }));
    contents.tag("evil", &index);
    let registry = Registry::start(contents);
    let acts = |sign: char| sign != '\n' && (sign.is_control() || sign == '\u{202E}');
    let run = look(&registry, "evil");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.stdout.chars().any(acts), "{run:?}");
    assert_eq!(
        run.stdout
            .lines()
            .filter(|line| line.starts_with("UNVERIFIED"))
            .count(),
        2
    );
    assert!(run.stdout.contains("<U+001B>[2J"), "{run:?}");
    let (run, document) = look_as_json(&registry, "evil");
    assert!(!run.stdout.chars().any(acts), "{run:?}");
    let claimed =
        &document["subjects"][0]["outcome"]["tree"]["images"][0]["places"][0]["attached"][0]["claimed"];
    assert_eq!(claimed["predicateType"], EVIL);
}

#[test]
fn what_is_too_much_is_cut_and_counted() {
    let (mut contents, root) = image();
    let config = contents.blob("application/vnd.oci.empty.v1+json", b"{}");
    let long = "x".repeat(10_000);
    for number in 0..60 {
        let layer = contents.blob("application/x-other", number.to_string().as_bytes());
        contents.manifest(&json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": long,
            "config": config, "layers": vec![layer; 30], "subject": root,
        }));
    }
    let registry = Registry::start(contents);
    let run = look(&registry, "v1");
    // More is attached than is looked at, so this is not all.
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stdout.len() < 100_000, "{}", run.stdout.len());
    assert!(run.stdout.contains("and 960 more"), "{run:?}");
    assert!(run.stdout.contains("attachments, at most 1000"), "{run:?}");
}

#[test]
fn indexes_in_indexes_end_somewhere_and_a_digest_is_shown_once() {
    let (mut contents, root) = image();
    let mut inner = root.clone();
    for _ in 0..12 {
        inner = contents.manifest(&json!({
            "schemaVersion": 2, "mediaType": INDEX, "manifests": [inner, root, inner],
        }));
    }
    contents.tag("deep", &inner);
    let registry = Registry::start(contents);
    let (run, document) = look_as_json(&registry, "deep");
    assert_eq!(run.code, 4, "{run:?}");
    assert_eq!(run.stdout.matches("levels of indexes").count(), 1);
    let mut depth = 0;
    let mut node = &document["subjects"][0]["outcome"]["tree"];
    while let Some(next) = node["images"].as_array().and_then(|images| images.first()) {
        (node, depth) = (next, depth + 1);
    }
    assert_eq!(depth, 8);
}

#[test]
fn secrets_stay_in() {
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let run = program()
        .argument(registry.reference("v1"))
        .arguments([
            "--registry-username",
            USER,
            "--registry-password-stdin",
            "--format",
            "json",
        ])
        .run_with_stdin(PASSWORD.as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    for secret in [PASSWORD, TOKEN] {
        assert!(
            !run.stdout.contains(secret) && !run.stderr.contains(secret),
            "{run:?}"
        );
    }
}

#[test]
fn a_missing_credential_file_is_a_configuration_error() {
    let registry = Registry::start(locked(signed(Spot::Referrers)));
    let run = program()
        .argument(registry.reference("v1"))
        .variable("REGISTRY_AUTH_FILE", "/nonexistent/auth.json")
        .run();
    assert_eq!(run.code, 5, "{run:?}");
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    let registry = Registry::start(image().0);
    let image = registry.reference("v1");
    let digest = format!("sha256:{}", "0".repeat(64));
    for arguments in [
        vec![],
        vec![digest.as_str()],
        vec!["-"],
        vec!["Cargo.toml", "--platform", "linux/amd64"],
        vec!["Cargo.toml", "--bundle", "/nonexistent"],
        vec![image.as_str(), "--offline"],
        vec![&image, "--verbose"],
        vec![&image, "--format", "sarif"],
        vec![&image, "--identity", US],
    ] {
        let run = program().arguments(&arguments).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {run:?}");
    }
    assert!(registry.seen().is_empty());
}

#[test]
fn files_and_digests_are_shown_with_their_bundles() {
    let case = crate::support::Case::named("github-workflow-wheel");
    let wheel = "rfc8785-0.1.2-py3-none-any.whl";
    let run = program()
        .in_folder(&case.folder)
        .arguments([wheel, "--bundle", "bundle.sigstore.json", "--offline"])
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "../snapshots/inspect" }, {
        insta::assert_snapshot!("file", run.stdout);
    });
    let run = program().in_folder(&case.folder).argument(wheel).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("No bundle was found"), "{run:?}");
    let run = program()
        .in_folder(&case.folder)
        .arguments(["-", "--bundle", "bundle.sigstore.json"])
        .run_with_stdin(b"x");
    assert_eq!(run.code, 0, "{run:?}");
}
