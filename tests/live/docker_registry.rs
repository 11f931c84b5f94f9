//! The reference registry, version 2.8 as Debian has it: it has no referrers API, so everything is found by tags.

use std::fs;

use serde_json::{Value, json};

use crate::http::{push_blob, push_manifest};
use crate::layout::Saved;
use crate::pairs::met;
use crate::registries::{Kind, Registry};
use crate::support::{Program, Run, codes};
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::subject::Digest;

const REPOSITORY: &str = "org/app";
const ISSUER: &str = "https://token.actions.githubusercontent.com";
const WORKFLOW: &str = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0";

impl Registry {
    /// With a real image under `v1`, attested by others, and the same one without its attestation in another repository.
    fn with_real_image() -> Option<(Self, Saved)> {
        let saved = Saved::release("v2.1.0")?;
        let registry = Kind::DockerRegistry.start()?;
        saved.push(&registry.host, REPOSITORY, "v1");
        Some((registry, saved))
    }

    fn reference(&self, rest: &str) -> String {
        format!("{}/{REPOSITORY}{rest}", self.host)
    }

    /// Method, path and status of every GET so far, as the registry logged them.
    fn gets(&self) -> Vec<String> {
        let log = self.process.log();
        let lines = log.lines().filter_map(|line| {
            let (_, rest) = line.split_once("\"GET ")?;
            let (path, rest) = rest.split_once(" HTTP/1.1\" ")?;
            Some(format!("{path} {}", rest.split(' ').next()?))
        });
        lines.collect()
    }
}

/// A command that knows the public-good root and goes nowhere but to the registry.
fn program(command: &str) -> Program {
    let program = Program::new().argument(command);
    let root = program.home().join("trusted_root.json");
    fs::write(&root, sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT).unwrap();
    program.argument("--trusted-root").argument(root)
}

fn by_generator(command: &str) -> Program {
    program(command).arguments([
        "--identity",
        WORKFLOW,
        "--issuer",
        ISSUER,
        "--type",
        "slsa-provenance",
    ])
}

fn assert_allowed(run: &Run, name: &str) {
    assert_eq!((run.code, run.stdout.trim_end()), (0, name), "{run:?}");
}

#[test]
fn a_real_attestation_verifies_by_tag_by_digest_and_by_platform() {
    let Some((registry, saved)) = Registry::with_real_image() else {
        return;
    };
    let name = registry.reference(&format!("@{}", saved.root));
    let by_tag = by_generator("verify").argument(registry.reference(":v1")).run();
    assert_allowed(&by_tag, &name);
    assert_allowed(&by_generator("verify").argument(&name).run(), &name);

    // The attestation is about the index, which names the image by its digest.
    let (run, report) = by_generator("verify")
        .argument(registry.reference(":v1"))
        .arguments(["--platform", "linux/amd64"])
        .report();
    assert_eq!(run.code, 0, "{run:?}");
    let subject = &report["subjects"][0];
    assert_eq!(subject["platform"], "linux/amd64");
    assert_ne!(subject["digest"], saved.root.as_str());
    assert_eq!(subject["places"].as_array().unwrap().len(), 12);
    let asked = subject["places"][0]["asked"][0].as_str().unwrap();
    assert!(
        asked.ends_with(": 404, this registry has no referrers API"),
        "{asked}"
    );
    // Each image on its own has no attestation.
    let (run, report) = by_generator("verify")
        .argument(registry.reference(":v1"))
        .argument("--all-platforms")
        .report();
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(report["subjects"][0]["verdict"], "allowed");
    assert_eq!(report["subjects"][1]["verdict"], "no-evidence");
    met("slsa-generator > portcullis: images, docker-registry");
}

#[test]
fn nothing_is_asked_for_twice_and_no_layer_is_downloaded() {
    let Some((registry, saved)) = Registry::with_real_image() else {
        return;
    };
    let run = by_generator("verify").argument(registry.reference(":v1")).run();
    assert_eq!(run.code, 0, "{run:?}");
    // The access log is written after the answer.
    let gets = registry.process.wait_for(|_| {
        let gets = registry.gets();
        (gets.len() >= 8).then_some(gets)
    });
    let tag = saved.root.replace(':', "-");
    let mut expected = vec![
        "manifests/v1 200".to_owned(),
        format!("referrers/{} 404", saved.root),
        format!("manifests/{tag} 404"),
        format!("manifests/{tag}.sig 404"),
        format!("manifests/{tag}.att 200"),
        format!("manifests/{tag}.sbom 404"),
        // The unsigned statement that BuildKit put into the index.
        format!("manifests/{} 200", saved.buildkit()),
    ];
    let (blobs, mut others): (Vec<String>, Vec<String>) = gets
        .iter()
        .map(|get| get.replace(&format!("/v2/{REPOSITORY}/"), ""))
        .partition(|get| get.starts_with("blobs/"));
    expected.sort();
    others.sort();
    assert_eq!(others, expected);
    // The envelope, and nothing of the image.
    assert_eq!(blobs.len(), 1, "{blobs:?}");
}

#[test]
fn everything_but_a_good_attestation_is_refused() {
    let Some((registry, saved)) = Registry::with_real_image() else {
        return;
    };
    saved.push_unsigned(&registry.host, "org/mirror", "v1");
    let mirrored = format!("{}/org/mirror:v1", registry.host);
    let other = WORKFLOW.replace("v2.1.0", "v2.0.0");
    let somebody_else = |image: String| {
        let program = program("verify").arguments(["--identity", &other, "--issuer", ISSUER]);
        program.arguments(["--type", "slsa-provenance"]).argument(image)
    };
    for (run, code, finding) in [
        (somebody_else(registry.reference(":v1")), 1, "identity-mismatch"),
        (by_generator("verify").argument(mirrored), 3, "no-evidence"),
        (
            by_generator("verify").argument(registry.reference(":v9")),
            4,
            "registry-not-found",
        ),
        (
            by_generator("verify").argument(format!("{}/org/none:v1", registry.host)),
            4,
            "registry-not-found",
        ),
    ] {
        let (run, report) = run.report();
        assert_eq!(run.code, code, "{run:?}");
        assert!(
            codes(&report).contains(&finding.to_owned()),
            "{finding}: {report}"
        );
    }
    // Its log entry binds no signature.
    let Some(old) = Saved::release("v1.4.0") else {
        return;
    };
    old.push(&registry.host, "org/old", "v1");
    let identity = WORKFLOW.replace("v2.1.0", "v1.4.0");
    let (run, report) = program("verify")
        .arguments([
            "--identity",
            &identity,
            "--issuer",
            ISSUER,
            "--type",
            "slsa-provenance",
        ])
        .argument(format!("{}/org/old:v1", registry.host))
        .report();
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        codes(&report).contains(&"unsupported-log-entry".to_owned()),
        "{report}"
    );
}

#[test]
fn a_deployment_file_is_pinned_or_left_as_it_is() {
    let Some((registry, saved)) = Registry::with_real_image() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("compose.yaml");
    let text = format!(
        "services:\n  web:\n    image: {} # the site\n",
        registry.reference(":v1")
    );
    fs::write(&file, &text).unwrap();
    let run = by_generator("pin").argument(&file).argument("--write").run();
    assert_eq!(run.code, 0, "{run:?}");
    let pinned = text.replace(":v1 ", &format!(":v1@{} ", saved.root));
    assert_eq!(fs::read_to_string(&file).unwrap(), pinned);

    saved.push_unsigned(&registry.host, "org/mirror", "v1");
    let both = format!("{text}  other:\n    image: {}/org/mirror:v1\n", registry.host);
    fs::write(&file, &both).unwrap();
    let run = by_generator("pin").argument(&file).argument("--write").run();
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), both);
}

#[test]
fn an_inspection_shows_the_attestation_and_the_images() {
    let Some((registry, saved)) = Registry::with_real_image() else {
        return;
    };
    let (run, document) = Program::new()
        .argument("inspect")
        .argument(registry.reference(":v1"))
        .report();
    assert_eq!(run.code, 0, "{run:?}");
    let tree = &document["subjects"][0]["outcome"]["tree"];
    assert_eq!(tree["digest"], saved.root.as_str());
    assert_eq!(tree["places"][3]["kind"], "attestation-tag");
    let claimed = &tree["places"][3]["attached"][0]["claimed"];
    assert_eq!(claimed["signer"]["identity"], WORKFLOW);
    assert_eq!(claimed["logs"][0]["index"], 174_304_112);
    assert_eq!(tree["images"][0]["platform"], "linux/amd64");
}

/// What a client leaves in a registry without the API: an index of the referrers under a tag.
#[test]
fn a_bundle_is_found_by_the_referrers_tag() {
    let Some(registry) = Kind::DockerRegistry.start() else {
        return;
    };
    let manifest = |config: &Value, layers: &[Value], subject: Option<&Value>, artifact_type: &str| {
        let mut document = json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config, "layers": layers,
        });
        if let Some(subject) = subject {
            document["artifactType"] = json!(artifact_type);
            document["subject"] = subject.clone();
        }
        document
    };
    let blob = |media_type: &str, bytes: &[u8]| {
        let digest = Digest::sha256(bytes).to_string();
        push_blob(&registry.host, REPOSITORY, &digest, bytes);
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    };
    let put = |reference: Option<&str>, document: &Value| {
        let bytes = document.to_string().into_bytes();
        let digest = Digest::sha256(&bytes).to_string();
        let media_type = document["mediaType"].as_str().unwrap();
        push_manifest(
            &registry.host,
            REPOSITORY,
            reference.unwrap_or(&digest),
            media_type,
            &bytes,
        );
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    };
    let bundle_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
    let config = blob("application/vnd.oci.image.config.v1+json", b"{}");
    let image = put(Some("v2"), &manifest(&config, &[], None, ""));
    let digest: Digest = image["digest"].as_str().unwrap().parse().unwrap();

    let mut instance = Instance::new(5, jiff::Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
    let (who, issuer) = ("us@example.com", "https://accounts.example.com");
    let subjects = [("app", digest.as_bytes().try_into().unwrap())];
    let options = SignOptions::keyless(who, issuer);
    let sign = portcullis::attestation::COSIGN_SIGN_TYPE;
    let bundle = instance.attest(&subjects, sign, &json!({}), &options).unwrap();
    let layer = blob(bundle_type, bundle.to_string().as_bytes());
    let mut referrer = put(None, &manifest(&config, &[layer], Some(&image), bundle_type));
    referrer["artifactType"] = json!(bundle_type);
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [referrer],
    });
    put(Some(&digest.to_string().replace(':', "-")), &index);

    let root = registry.process.folder().join("root.json");
    fs::write(&root, instance.trusted_root_json().unwrap().to_string()).unwrap();
    let run = Program::verify()
        .arguments(["--identity", who, "--issuer", issuer, "--trusted-root"])
        .argument(root)
        .argument(registry.reference(":v2"))
        .run();
    assert_allowed(&run, &registry.reference(&format!("@{digest}")));
}
