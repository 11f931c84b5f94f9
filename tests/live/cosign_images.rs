//! Images in a registry: what cosign signs and attests, and what both say of it.

use portcullis::sandbox::server::{Options, RegistryOptions};
use serde_json::{Value, json};

use crate::cosign::{World, ours, theirs};

pub(crate) const SBOM: &str = r#"{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT",
"name":"app","documentNamespace":"https://example.com/app",
"creationInfo":{"created":"2026-01-01T00:00:00Z","creators":["Tool: test"]},"packages":[]}"#;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// What was done to the image and what is asked; then what Portcullis and cosign say.
///
/// Where they disagree, `docs/cosign.md` says why.
const ANSWERS: &str = "\
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
fn what_cosign_signs_in_a_registry_both_judge() {
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
        let answers = judge(&world);
        println!("referrers API: {referrers_api}\n{answers}");
        assert_eq!(answers, ANSWERS, "referrers API: {referrers_api}");
    }
}

/// Signs with what `with` says, by cosign.
fn sign(world: &World, reference: &str, with: &[&str]) {
    let fixed = ["sign", "--yes", "--allow-http-registry"];
    let services = [
        "--signing-config",
        "rekor-v2.json",
        "--trusted-root",
        "root.json",
        reference,
    ];
    world.must(World::cosign, &[&fixed, with, &services].concat());
}

fn judge(world: &World) -> String {
    let token = ["--identity-token", "token"];
    world.write("sbom.json", SBOM);
    for key in ["key", "other"] {
        world.must(World::portcullis, &["key", "generate", "--prefix", key]);
    }
    let image = |repository| world.reference(repository, &world.image(repository, "v1"));
    let signed = image("org/signed");
    sign(
        world,
        &signed,
        &[&token[..], &["--bundle", "signed.json"]].concat(),
    );
    let by_key = image("org/key");
    sign(world, &by_key, &["--key", "key.key"]);
    let attested = image("org/attested");
    let fixed = [
        "attest",
        "--yes",
        "--allow-http-registry",
        "--type",
        "spdxjson",
        "--predicate",
        "sbom.json",
    ];
    let services = [
        "--signing-config",
        "rekor-v2.json",
        "--trusted-root",
        "root.json",
        &attested,
    ];
    world.must(World::cosign, &[&fixed[..], &token, &services].concat());
    let (index, child) = index(world);
    sign(world, &index, &[&token[..], &["--recursive"]].concat());
    let unsigned = image("org/unsigned");
    let moved = moved(world);

    let keyless = world.keyless();
    let stranger = keyless.map(|word| {
        if word == crate::cosign::EMAIL {
            "eve@example.com"
        } else {
            word
        }
    });
    let key = |name| ["--key", name, "--trusted-root", "root.json"];
    let (key, other) = (key("key.pub"), key("other.pub"));
    type Case<'a> = (&'a str, &'a str, &'a [&'a str], Option<[&'a str; 2]>);
    let cases: [Case<'_>; 11] = [
        ("signed with a token; a signature", &signed, &keyless, None),
        ("signed with a token; of somebody else", &signed, &stranger, None),
        (
            "signed with a token; an SPDX document",
            &signed,
            &keyless,
            Some(["spdx", "spdxjson"]),
        ),
        ("signed with a key; a signature", &by_key, &key, None),
        ("signed with a key; with another key", &by_key, &other, None),
        (
            "attested; an SPDX document",
            &attested,
            &keyless,
            Some(["spdx", "spdxjson"]),
        ),
        (
            "attested; SLSA provenance",
            &attested,
            &keyless,
            Some(["slsa-provenance", "slsaprovenance1"]),
        ),
        ("attested; a signature", &attested, &keyless, None),
        ("signed with its index; a signature", &child, &keyless, None),
        ("not signed; a signature", &unsigned, &keyless, None),
        ("another image's signature; a signature", &moved, &keyless, None),
    ];
    let mut answers = String::new();
    for (case, reference, who, kind) in cases {
        let (verify, check) = match kind {
            None => (
                world.portcullis(&[&["verify", reference], who].concat()),
                world.cosign(
                    &[
                        &[
                            "verify",
                            "--allow-http-registry",
                            "--use-signed-timestamps",
                            reference,
                        ],
                        who,
                    ]
                    .concat(),
                ),
            ),
            Some([here, there]) => (
                world.portcullis(&[&["verify", reference, "--type", here], who].concat()),
                world.cosign(
                    &[
                        &[
                            "verify-attestation",
                            "--allow-http-registry",
                            reference,
                            "--type",
                            there,
                        ],
                        who,
                    ]
                    .concat(),
                ),
            ),
        };
        answers.push_str(&format!("{case:<39}  {:<7}  {}\n", ours(&verify), theirs(&check)));
    }
    // The index, and every image in it.
    let all = world.portcullis(&[&["verify", &index, "--all-platforms"], &keyless[..]].concat());
    assert_eq!((all.code, all.stdout.lines().count()), (0, 2), "{all:?}");
    answers
}

/// An index of one image; their references.
fn index(world: &World) -> (String, String) {
    let child = world.image("org/index", "child");
    let mut entry = child.clone();
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let index = world.manifest("org/index", Some("index"), &list(&[entry]));
    (
        world.reference("org/index", &index),
        world.reference("org/index", &child),
    )
}

fn list(manifests: &[Value]) -> Value {
    json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests,
    })
}

/// An image to which somebody attached the bundle of another one, by the API and by the tag.
fn moved(world: &World) -> String {
    let image = world.image("org/moved", "v1");
    let bundle = std::fs::read(world.folder().join("signed.json")).unwrap();
    let layer = world.blob("org/moved", BUNDLE, &bundle);
    let mut referrer = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": BUNDLE,
        "config": world.blob("org/moved", "application/vnd.oci.empty.v1+json", b"{}"),
        "layers": [layer], "subject": image,
    });
    referrer["annotations"] = json!({
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1",
    });
    let mut entry = world.manifest("org/moved", None, &referrer);
    entry["artifactType"] = json!(BUNDLE);
    let tag = image["digest"].as_str().unwrap().replace(':', "-");
    world.manifest("org/moved", Some(&tag), &list(&[entry]));
    world.reference("org/moved", &image)
}
