//! Images in a registry: what either program signs and attests, and what both say of it.

use portcullis::sandbox::server::{Options, RegistryOptions};
use serde_json::{Value, json};

use crate::cosign::{EMAIL, World, ours, theirs};
use crate::http::send;
use crate::pairs::met;

pub(crate) const SBOM: &str = r#"{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT",
"name":"app","documentNamespace":"https://example.com/app",
"creationInfo":{"created":"2026-01-01T00:00:00Z","creators":["Tool: test"]},"packages":[]}"#;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// What was done to the image and what is asked; then what Portcullis and cosign say.
///
/// Where they disagree, `docs/cosign.md` says why.
pub(crate) const ANSWERS: &str = "\
signed with a token; a signature         allowed  allowed
signed with a token; of somebody else    denied   denied
signed with a token; an SPDX document    nothing  denied
signed with a key; a signature           allowed  allowed
signed with a key; with another key      denied   denied
attested; an SPDX document               allowed  allowed
attested; SLSA provenance                nothing  denied
attested; a signature                    nothing  allowed
signed with its index; a signature       allowed  allowed
not signed; a signature                  nothing  denied
another image's signature; a signature   denied   denied
";

#[test]
fn what_either_signs_in_a_registry_both_judge() {
    for referrers_api in [true, false] {
        let registry = RegistryOptions {
            referrers_api,
            ..RegistryOptions::default()
        };
        let options = Options {
            registry,
            ..Options::default()
        };
        let Some(world) = World::start(options) else {
            return;
        };
        prepare(&world);
        for signer in [Signer::Portcullis, Signer::Cosign] {
            let answers = judge(&world, signer);
            println!("{signer:?}, referrers API: {referrers_api}\n{answers}");
            assert_eq!(answers, ANSWERS, "{signer:?}, referrers API: {referrers_api}");
        }
        let found = if referrers_api { "API" } else { "tag" };
        for (signer, judge) in [("portcullis", "cosign"), ("cosign", "portcullis")] {
            met(&format!("{signer} > {judge}: images, sandbox, referrers {found}"));
        }
    }
}

/// The document and the keys of [`judge`].
pub(crate) fn prepare(world: &World) {
    world.write("sbom.json", SBOM);
    for key in ["key", "other"] {
        world.must(World::portcullis, &["key", "generate", "--prefix", key]);
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Signer {
    Portcullis,
    Cosign,
}

impl Signer {
    /// Runs `command`, which is called the same in both, for an image in the world's registry.
    pub(crate) fn run(self, world: &World, command: &str, rest: &[&str]) {
        let services = [
            "--yes",
            "--signing-config",
            "rekor-v2.json",
            "--trusted-root",
            "root.json",
        ];
        match self {
            Self::Portcullis => {
                world.must(World::portcullis, &[&[command], &services[..], rest].concat());
            }
            Self::Cosign => {
                let command = [command, "--allow-http-registry"];
                world.must(World::cosign, &[&command, &services[..], rest].concat());
            }
        }
    }

    pub(crate) fn token(self) -> [&'static str; 2] {
        match self {
            Self::Portcullis => ["--identity-token-file", "token"],
            Self::Cosign => ["--identity-token", "token"],
        }
    }
}

/// What is asked of which image, for whom, and about which type as each program calls it.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], Option<[&'a str; 2]>);

/// The answers for what one signs with the services that the world's files name.
pub(crate) fn judge(world: &World, signer: Signer) -> String {
    let place = |name: &str| format!("{signer:?}/{name}").to_lowercase();
    let image = |name: &str| world.reference(&place(name), &world.image(&place(name), "v1"));
    let token = signer.token();
    let signed = image("signed");
    signer.run(world, "sign", &[&[signed.as_str()], &token[..]].concat());
    let by_key = image("key");
    signer.run(world, "sign", &[&by_key, "--key", "key.key", "-a", "env=prod"]);
    let attested = image("attested");
    let predicate = ["--type", "spdxjson", "--predicate", "sbom.json", &attested];
    signer.run(world, "attest", &[&predicate[..], &token[..]].concat());
    let (index, child) = index(world, &place("index"));
    signer.run(
        world,
        "sign",
        &[&[index.as_str(), "--recursive"], &token[..]].concat(),
    );
    let unsigned = image("unsigned");
    let moved = moved(world, &place("source"), &place("moved"));

    let keyless = world.keyless();
    let stranger = keyless.map(|word| if word == EMAIL { "eve@example.com" } else { word });
    let key = |name| ["--key", name, "--trusted-root", "root.json"];
    let (key, other) = (key("key.pub"), key("other.pub"));
    let spdx = Some(["spdx", "spdxjson"]);
    let slsa = Some(["slsa-provenance", "slsaprovenance1"]);
    let cases: [Case<'_>; 11] = [
        ("signed with a token; a signature", &signed, &keyless, None),
        ("signed with a token; of somebody else", &signed, &stranger, None),
        ("signed with a token; an SPDX document", &signed, &keyless, spdx),
        ("signed with a key; a signature", &by_key, &key, None),
        ("signed with a key; with another key", &by_key, &other, None),
        ("attested; an SPDX document", &attested, &keyless, spdx),
        ("attested; SLSA provenance", &attested, &keyless, slsa),
        ("attested; a signature", &attested, &keyless, None),
        ("signed with its index; a signature", &child, &keyless, None),
        ("not signed; a signature", &unsigned, &keyless, None),
        ("another image's signature; a signature", &moved, &keyless, None),
    ];
    let mut answers = String::new();
    for (case, reference, who, kind) in cases {
        let (mut here, mut there) = (vec!["verify", reference], vec!["verify", reference]);
        if let Some([ours, theirs]) = kind {
            here.extend(["--type", ours]);
            there = vec!["verify-attestation", reference, "--type", theirs];
        }
        there.extend(["--allow-http-registry", "--use-signed-timestamps"]);
        let verify = world.portcullis(&[&here, who].concat());
        let check = world.cosign(&[&there, who].concat());
        answers.push_str(&format!("{case:<39}  {:<7}  {}\n", ours(&verify), theirs(&check)));
    }
    // The index, and every image in it.
    let all = world.portcullis(&[&["verify", &index, "--all-platforms"], &keyless[..]].concat());
    assert_eq!((all.code, all.stdout.lines().count()), (0, 2), "{all:?}");
    for (annotation, expected) in [("env=prod", "allowed"), ("env=dev", "denied")] {
        let words = ["verify", &by_key, "--allow-http-registry", "-a", annotation];
        let check = world.cosign(&[&words, &key[..]].concat());
        assert_eq!(theirs(&check), expected, "{annotation}: {check:?}");
    }
    let tree = world.must(World::cosign, &["tree", "--allow-http-registry", &signed]);
    assert!(
        tree.stdout.contains("https://sigstore.dev/cosign/sign/v1"),
        "{tree:?}"
    );
    answers
}

/// cosign's form from before bundles, alone under its tag. cosign 3.1 reads it.
#[test]
fn our_signature_in_the_older_form_is_enough_for_both() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    let image = world.image("org/app", "v1");
    let reference = world.reference("org/app", &image);
    let words = [
        "sign",
        &reference,
        "--legacy-tag",
        "--identity-token-file",
        "token",
    ];
    let services = ["--signing-config", "rekor-v1.json", "--trusted-root", "root.json"];
    world.must(World::portcullis, &[&words, &services[..]].concat());

    let host = &world.registry;
    let digest = image["digest"].as_str().unwrap();
    let listed = send(host, "GET", &format!("/v2/org/app/referrers/{digest}"), "", b"");
    let listed: Value = serde_json::from_str(listed.body()).unwrap();
    let bundle = listed["manifests"][0]["digest"].as_str().unwrap();
    let removed = send(
        host,
        "DELETE",
        &format!("/v2/org/app/manifests/{bundle}"),
        "",
        b"",
    );
    assert_eq!(removed.status, 202);

    let verify = world.portcullis(&[&["verify", &reference], &world.keyless()[..]].concat());
    let words = ["verify", "--allow-http-registry", &reference];
    let check = world.cosign(&[&words, &world.keyless()[..]].concat());
    assert_eq!(
        (ours(&verify), theirs(&check)),
        ("allowed", "allowed"),
        "{verify:?} {check:?}"
    );
    assert!(verify.stderr.contains("cosign legacy signature"), "{verify:?}");
    met("portcullis > cosign: legacy tag, sandbox");
}

/// An index of one image; their references.
fn index(world: &World, repository: &str) -> (String, String) {
    let child = world.image(repository, "child");
    let mut entry = child.clone();
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let index = world.manifest(repository, Some("index"), &list(&[entry]));
    (
        world.reference(repository, &index),
        world.reference(repository, &child),
    )
}

fn list(manifests: &[Value]) -> Value {
    json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests,
    })
}

/// An image to which somebody attached the bundle of another one, by the API and by the tag.
fn moved(world: &World, source: &str, repository: &str) -> String {
    let signed = world.reference(source, &world.image(source, "v1"));
    Signer::Cosign.run(
        world,
        "sign",
        &[&signed, "--identity-token", "token", "--bundle", "signed.json"],
    );
    let image = world.image(repository, "v1");
    let bundle = std::fs::read(world.folder().join("signed.json")).unwrap();
    let layer = world.blob(repository, BUNDLE, &bundle);
    let mut referrer = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": BUNDLE,
        "config": world.blob(repository, "application/vnd.oci.empty.v1+json", b"{}"),
        "layers": [layer], "subject": image,
    });
    referrer["annotations"] = json!({
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1",
    });
    let mut entry = world.manifest(repository, None, &referrer);
    entry["artifactType"] = json!(BUNDLE);
    let tag = image["digest"].as_str().unwrap().replace(':', "-");
    world.manifest(repository, Some(&tag), &list(&[entry]));
    world.reference(repository, &image)
}
