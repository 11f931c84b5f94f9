//! cosign's forms from before bundles. cosign 3.1 still writes them when it is told to, and reads them; skopeo and crane
//! know nothing else of signatures, or nothing at all.

use portcullis::sandbox::server::Options;
use serde_json::{Value, json};

use crate::answers::documented;
use crate::carriers::run;
use crate::cosign::{World, ours, theirs};
use crate::http::send;
use crate::pairs::met;
use crate::process::Process;

/// What makes cosign 3.1 write its older forms. The options are hidden.
fn older(world: &World) -> Vec<String> {
    let urls = world.sandbox.urls();
    let words = [
        "--yes",
        "--allow-http-registry",
        "--new-bundle-format=false",
        "--use-signing-config=false",
        "--trusted-root",
        "root.json",
        "--rekor-url",
        &urls.rekor_v1,
        "--fulcio-url",
        &urls.fulcio,
    ];
    words.map(str::to_owned).to_vec()
}

fn by_cosign(world: &World, words: &[&str]) {
    let older = older(world);
    let older: Vec<&str> = older.iter().map(String::as_str).collect();
    world.must(World::cosign, &[words, &older].concat());
}

/// Who lets in what the older forms hold, for the signer of `who`.
fn answer(world: &World, reference: &str, who: &[&str], kind: Option<[&str; 2]>) -> [&'static str; 2] {
    let (mut here, mut there) = (vec!["verify", reference], vec!["verify", reference]);
    if let Some([ours, theirs]) = kind {
        here.extend(["--type", ours]);
        there = vec!["verify-attestation", reference, "--type", theirs];
    }
    there.push("--allow-http-registry");
    let here = world.portcullis(&[&here, who].concat());
    let there = world.cosign(&[&there, who].concat());
    [ours(&here), theirs(&there)]
}

const KEY: [&str; 4] = ["--key", "key.pub", "--trusted-root", "root.json"];

#[test]
fn the_older_forms_of_cosign_verify_here() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    world.write("sbom.json", crate::cosign_images::SBOM);
    world.must(World::portcullis, &["key", "generate", "--prefix", "key"]);
    let image = |name: &str| world.reference(name, &world.image(name, "v1"));
    let keyless = world.keyless();
    let spdx = Some(["spdx", "spdxjson"]);
    let predicate = ["--type", "spdxjson", "--predicate", "sbom.json"];

    let signed = image("old/token");
    by_cosign(&world, &["sign", &signed, "--identity-token", "token"]);
    assert_eq!(answer(&world, &signed, &keyless, None), ["allowed"; 2]);
    assert_eq!(answer(&world, &signed, &KEY, None), ["denied"; 2]);
    assert_eq!(answer(&world, &signed, &keyless, spdx), ["nothing", "denied"]);

    let by_key = image("old/key");
    by_cosign(&world, &["sign", &by_key, "--key", "key.key", "-a", "env=prod"]);
    assert_eq!(answer(&world, &by_key, &KEY, None), ["allowed"; 2]);
    assert_eq!(answer(&world, &by_key, &keyless, None), ["denied"; 2]);

    let attested = image("old/attested");
    by_cosign(
        &world,
        &[
            &["attest", &attested, "--identity-token", "token"],
            &predicate[..],
        ]
        .concat(),
    );
    assert_eq!(answer(&world, &attested, &keyless, spdx), ["allowed"; 2]);
    let slsa = Some(["slsa-provenance", "slsaprovenance"]);
    assert_eq!(answer(&world, &attested, &keyless, slsa), ["nothing", "denied"]);

    // The unsigned SBOM of `cosign attach sbom` is listed, and counts for nobody.
    let attached = image("old/sbom");
    world.must(
        World::cosign,
        &[
            "attach",
            "sbom",
            "--allow-http-registry",
            "--type",
            "spdx",
            "--sbom",
            "sbom.json",
            &attached,
        ],
    );
    assert_eq!(answer(&world, &attached, &keyless, spdx), ["nothing", "denied"]);
    let shown = world.must(World::portcullis, &["inspect", &attached]);
    assert!(shown.stdout.contains("unsigned"), "{shown:?}");

    // An index with the image in it: both of them.
    let child = world.image("old/index", "child");
    let mut entry = child.clone();
    entry["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let list = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry],
    });
    let index = world.reference("old/index", &world.manifest("old/index", Some("v1"), &list));
    by_cosign(
        &world,
        &["sign", "--recursive", &index, "--identity-token", "token"],
    );
    for reference in [&index, &world.reference("old/index", &child)] {
        assert_eq!(
            answer(&world, reference, &keyless, None),
            ["allowed"; 2],
            "{reference}"
        );
    }
    let all = world.portcullis(&[&["verify", "--all-platforms", &index], &keyless[..]].concat());
    assert_eq!((all.code, all.stdout.lines().count()), (0, 2), "{all:?}");
    met("cosign > portcullis: legacy signatures, attestations and SBOMs");
}

/// What is changed in the layer of a legacy signature, and the name that the guide has for it.
type Change = (&'static str, fn(&mut Value));

fn flip(layer: &mut Value, annotation: &str) {
    let text = layer["annotations"][annotation].as_str().unwrap();
    let place = text.len() / 2;
    let letter = if &text[place..=place] == "A" { "B" } else { "A" };
    let flipped = format!("{}{letter}{}", &text[..place], &text[place + 1..]);
    layer["annotations"][annotation] = json!(flipped);
}

fn entry(layer: &mut Value, change: fn(&mut Value)) {
    let name = "dev.sigstore.cosign/bundle";
    let mut entry: Value = serde_json::from_str(layer["annotations"][name].as_str().unwrap()).unwrap();
    change(&mut entry);
    layer["annotations"][name] = json!(entry.to_string());
}

const CHANGES: [Change; 11] = [
    ("nothing", |_| {}),
    ("the signature", |layer| {
        flip(layer, "dev.cosignproject.cosign/signature")
    }),
    ("the certificate", |layer| {
        flip(layer, "dev.sigstore.cosign/certificate")
    }),
    ("no certificate", |layer| {
        drop(
            layer["annotations"]
                .as_object_mut()
                .unwrap()
                .remove("dev.sigstore.cosign/certificate"),
        )
    }),
    ("no chain", |layer| {
        drop(
            layer["annotations"]
                .as_object_mut()
                .unwrap()
                .remove("dev.sigstore.cosign/chain"),
        )
    }),
    ("no log entry", |layer| {
        drop(
            layer["annotations"]
                .as_object_mut()
                .unwrap()
                .remove("dev.sigstore.cosign/bundle"),
        )
    }),
    ("the promise of the log", |layer| {
        entry(layer, |entry| {
            let promise = entry["SignedEntryTimestamp"].as_str().unwrap().replace('A', "B");
            entry["SignedEntryTimestamp"] = json!(promise);
        })
    }),
    ("the time of the log", |layer| {
        entry(layer, |entry| {
            entry["Payload"]["integratedTime"] =
                json!(entry["Payload"]["integratedTime"].as_i64().unwrap() + 1);
        })
    }),
    ("the index in the log", |layer| {
        entry(layer, |entry| entry["Payload"]["logIndex"] = json!(7))
    }),
    ("the body in the log", |layer| {
        entry(layer, |entry| {
            let body = entry["Payload"]["body"].as_str().unwrap().replace("eyJ", "eyK");
            entry["Payload"]["body"] = json!(body);
        })
    }),
    ("an annotation that nobody reads", |layer| {
        layer["annotations"]["org.example/x"] = json!("y")
    }),
];

/// The signature under the `.sig` tag, changed and put beside the same image in another repository.
#[test]
fn a_changed_legacy_signature_is_denied_by_both() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    let mut table =
        String::from("| what was changed | signed by cosign | signed by portcullis |\n|---|---|---|\n");
    let mut columns = Vec::new();
    for signer in ["cosign", "portcullis"] {
        let repository = format!("old/{signer}");
        let image = world.image(&repository, "v1");
        let reference = world.reference(&repository, &image);
        match signer {
            "cosign" => by_cosign(&world, &["sign", &reference, "--identity-token", "token"]),
            _ => sign_here(&world, &reference, &["--identity-token-file", "token"]),
        }
        // Only the older form stays.
        drop_referrers(&world, &repository, &image);
        let tag = format!("{}.sig", image["digest"].as_str().unwrap().replace(':', "-"));
        let host = &world.registry;
        let manifest = send(host, "GET", &format!("/v2/{repository}/manifests/{tag}"), "", b"");
        let manifest: Value = serde_json::from_str(manifest.body()).unwrap();
        let cells = CHANGES.map(|(_, change)| {
            let mut changed = manifest.clone();
            change(&mut changed["layers"][0]);
            world.manifest(&repository, Some(&tag), &changed);
            let [here, there] = answer(&world, &reference, &world.keyless(), None);
            match (here, there) {
                ("allowed", "allowed") => "both",
                ("allowed", _) => "portcullis",
                (_, "allowed") => "cosign",
                _ => "–",
            }
        });
        assert_eq!(cells[0], "both", "{signer}");
        columns.push(cells);
    }
    for (number, (what, _)) in CHANGES.iter().enumerate() {
        table.push_str(&format!(
            "| {what} | {} | {} |\n",
            columns[0][number], columns[1][number]
        ));
    }
    documented("legacy", &table);
    met("cosign > portcullis: tampered legacy signatures");
    met("portcullis > cosign: tampered legacy signatures");
}

fn sign_here(world: &World, reference: &str, with: &[&str]) {
    let services = ["--signing-config", "rekor-v1.json", "--trusted-root", "root.json"];
    world.must(
        World::portcullis,
        &[&["sign", reference, "--legacy-tag"], with, &services].concat(),
    );
}

/// Leaves of what is attached only the older form.
pub(crate) fn drop_referrers(world: &World, repository: &str, image: &Value) {
    let host = &world.registry;
    let digest = image["digest"].as_str().unwrap();
    let listed = send(
        host,
        "GET",
        &format!("/v2/{repository}/referrers/{digest}"),
        "",
        b"",
    );
    let listed: Value = serde_json::from_str(listed.body()).unwrap();
    for referrer in listed["manifests"].as_array().unwrap() {
        let target = format!(
            "/v2/{repository}/manifests/{}",
            referrer["digest"].as_str().unwrap()
        );
        assert_eq!(send(host, "DELETE", &target, "", b"").status, 202);
    }
}

/// skopeo pulls by a policy that asks for a signature with a key. Debian builds it without Sigstore, so it can only refuse.
#[test]
fn skopeo_of_debian_refuses_every_sigstore_signature() {
    let (Some(world), Some(skopeo)) = (
        World::start(Options::default()),
        Process::find("PORTCULLIS_SKOPEO", "/usr/bin/skopeo"),
    ) else {
        return;
    };
    world.must(World::portcullis, &["key", "generate", "--prefix", "key"]);
    let host = &world.registry;
    std::fs::create_dir(world.folder().join("registries.d")).unwrap();
    let attachments = format!("docker:\n  {host}:\n    use-sigstore-attachments: true\n");
    world.write("registries.d/sandbox.yaml", attachments);
    let rule = json!([{"type": "sigstoreSigned", "keyPath": world.folder().join("key.pub"), "signedIdentity": {"type": "matchRepository"}}]);
    world.write(
        "policy.json",
        json!({"default": [{"type": "reject"}], "transports": {"docker": {host: rule}}}).to_string(),
    );
    let anything = json!({"default": [{"type": "insecureAcceptAnything"}]});
    world.write("anything.json", anything.to_string());
    let copy = |policy: &str, from: &str, to: &str| {
        let words = [
            "--policy",
            policy,
            "--registries.d",
            "registries.d",
            "copy",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
        ];
        run(
            &world,
            &skopeo,
            &[&words[..], &[&format!("docker://{from}"), to]].concat(),
        )
    };
    for signer in ["portcullis", "cosign"] {
        let reference = world.reference(signer, &world.image(signer, "v1"));
        match signer {
            "cosign" => by_cosign(&world, &["sign", &reference, "--key", "key.key"]),
            _ => sign_here(&world, &reference, &["--key", "key.key"]),
        }
        let refused = copy("policy.json", &reference, "dir:refused");
        assert!(
            refused.code != 0 && refused.stderr.contains("sigstore disabled"),
            "{refused:?}"
        );
        // Told to accept anything, it carries the older form along.
        let copied = format!("{host}/copied/{signer}");
        let run = copy("anything.json", &reference, &format!("docker://{copied}:v1"));
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(
            answer(&world, &format!("{copied}:v1"), &KEY, None),
            ["allowed"; 2]
        );
    }
    let unsigned = world.reference("unsigned", &world.image("unsigned", "v1"));
    let refused = copy("policy.json", &unsigned, "dir:unsigned");
    assert!(refused.stderr.contains("no signature exists"), "{refused:?}");
    met("portcullis > skopeo: legacy signature with a key, refused as Debian builds it");
}
