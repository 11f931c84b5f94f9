//! sigstore-python and sigstore-js on the real Fulcio, Rekor v1 and v2 and timestamp authority: what each of four programs
//! signs, all four judge.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::cosign::{EMAIL, World, ours, theirs};
use crate::cosign_images::SBOM;
use crate::pairs::met;
use crate::process::Process;
use crate::services::Services;
use crate::support::Run;

const PROGRAMS: [&str; 4] = ["portcullis", "cosign", "sigstore-python", "sigstore-js"];

/// The judges of `tests/judge`, as `setup.sh` links them.
struct Judges {
    python: PathBuf,
    modules: PathBuf,
}

impl Judges {
    fn find() -> Option<Self> {
        let python = Process::installed("judge/python/bin/sigstore")?;
        let installed = Process::installed("judge/node/complete")?;
        Some(Self {
            python,
            modules: installed.parent().unwrap().to_owned(),
        })
    }

    fn python(&self, world: &World, words: &[&str]) -> Run {
        let mut command = Command::new(&self.python);
        command.args(["--trust-config", "trust-config.json"]).args(words);
        in_world(command, world)
    }

    fn node(&self, world: &World, words: &[&str]) -> Run {
        let mut command = Command::new("node");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judge/sigstore.mjs");
        command.arg(script).args(words);
        command.env("JUDGE_NODE_MODULES", &self.modules);
        in_world(command, world)
    }
}

/// Runs a program in the world's folder, with nothing of this environment but where programs are.
fn in_world(mut command: Command, world: &World) -> Run {
    let kept: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command.env_clear().envs(kept).env("HOME", world.folder());
    command.env("PATH", std::env::var_os("PATH").unwrap());
    Run::from(
        command
            .current_dir(world.folder())
            .stdin(Stdio::null())
            .output()
            .unwrap(),
    )
}

fn sign(services: &Services, judges: &Judges, signer: &str, version: &str, bundle: &str) -> Run {
    let world = &services.world;
    let file = format!("rekor-{version}.json");
    let config = json_file(world, &file);
    let url = |service: &str| config[service][0]["url"].as_str().unwrap().to_owned();
    match signer {
        "sigstore-python" => {
            let token = std::fs::read_to_string(world.folder().join("token")).unwrap();
            judges.python(
                world,
                &["sign", "--identity-token", &token, "--bundle", bundle, "app"],
            )
        }
        "sigstore-js" => {
            let (fulcio, rekor, tsa) = (url("caUrls"), url("rekorTlogUrls"), url("tsaUrls"));
            judges.node(
                world,
                &[
                    "sign",
                    "app",
                    bundle,
                    "token",
                    &fulcio,
                    &rekor,
                    &tsa,
                    &version[1..],
                ],
            )
        }
        "cosign" => services.sign(signer, &file, &["--identity-token", "token"], bundle),
        _ => services.sign(signer, &file, &["--identity-token-file", "token"], bundle),
    }
}

fn json_file(world: &World, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(world.folder().join(name)).unwrap()).unwrap()
}

/// What the program says of a file, for whom.
fn judge(world: &World, judges: &Judges, judge: &str, file: &str, bundle: &str, who: &str) -> &'static str {
    let issuer = world.issuer();
    let rest = [
        "--certificate-identity",
        who,
        "--certificate-oidc-issuer",
        issuer,
        "--trusted-root",
        "root.json",
    ];
    let evidence = [file, "--bundle", bundle];
    match judge {
        "sigstore-python" => {
            let words = [
                "verify",
                "identity",
                "--offline",
                "--bundle",
                bundle,
                "--cert-identity",
                who,
                "--cert-oidc-issuer",
                issuer,
                file,
            ];
            theirs(&judges.python(world, &words))
        }
        "sigstore-js" => theirs(&judges.node(world, &["verify", file, bundle, "root.json", who, issuer])),
        "cosign" => theirs(&world.cosign(&[&["verify-blob"], &evidence[..], &rest].concat())),
        _ => ours(&world.portcullis(&[&["verify"], &evidence[..], &rest].concat())),
    }
}

/// Writes what sigstore-python reads in place of two files.
fn trust_config(world: &World, version: &str) {
    let trust = json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": json_file(world, "root.json"),
        "signingConfig": json_file(world, &format!("rekor-{version}.json")),
    });
    world.write("trust-config.json", trust.to_string());
}

#[test]
fn what_each_of_four_signs_all_four_judge() {
    let (Some(services), Some(judges)) = (Services::start(true), Judges::find()) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    world.write("other", "another file");
    for version in ["v1", "v2"] {
        trust_config(world, version);
        for signer in PROGRAMS {
            one_signer(&services, &judges, version, signer);
        }
        for other in ["sigstore-python", "sigstore-js"] {
            met(&format!(
                "portcullis > {other}: files, Fulcio, Rekor {version}, timestamps"
            ));
            met(&format!(
                "{other} > portcullis: files, Fulcio, Rekor {version}, timestamps"
            ));
        }
    }
}

fn one_signer(services: &Services, judges: &Judges, version: &str, signer: &str) {
    let world = &services.world;
    let bundle = format!("{signer}-{version}.json");
    let run = sign(services, judges, signer, version, &bundle);
    assert_eq!(run.code, 0, "{signer}: {run:?}");
    let mut flipped = json_file(world, &bundle);
    // The start of a signature.
    flipped["messageSignature"]["signature"] = json!("MEUCIQDx");
    let broken = format!("broken-{bundle}");
    world.write(&broken, flipped.to_string());
    for name in PROGRAMS {
        let says = |file, bundle: &str, who| judge(world, judges, name, file, bundle, who);
        let answers = [
            says("app", &bundle, EMAIL),
            says("other", &bundle, EMAIL),
            says("app", &bundle, "eve@example.com"),
            says("app", &broken, EMAIL),
        ];
        println!("{signer:<15}  {name:<15}  Rekor {version}  {answers:?}");
        assert_eq!(
            answers,
            ["allowed", "denied", "denied", "denied"],
            "{name} on {signer}"
        );
    }
}

/// Where what was attested here is logged, and what each library says of the file, of another, for another signer, and of another
/// signature. sigstore-js compares an envelope with no file, so to it another file is as good; and it reads no envelope that
/// Rekor v2 has as `hashedrekord`, which is how sigstore-python logs them too.
const ATTESTED: [(&str, &str, [&str; 4]); 4] = [
    ("v1", "sigstore-python", ["allowed", "denied", "denied", "denied"]),
    ("v1", "sigstore-js", ["allowed", "allowed", "denied", "denied"]),
    ("v2", "sigstore-python", ["allowed", "denied", "denied", "denied"]),
    ("v2", "sigstore-js", ["denied"; 4]),
];

#[test]
fn what_is_attested_here_both_libraries_judge() {
    let (Some(services), Some(judges)) = (Services::start(true), Judges::find()) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    world.write("other", "another file");
    world.write("sbom.json", SBOM);
    for version in ["v1", "v2"] {
        trust_config(world, version);
        let bundle = format!("attested-{version}.json");
        let what = ["attest", "app", "--type", "spdxjson", "--predicate", "sbom.json"];
        let with = ["--identity-token-file", "token", "--trusted-root", "root.json"];
        let config = format!("rekor-{version}.json");
        let to = ["--signing-config", &config, "--bundle", &bundle];
        world.must(World::portcullis, &[&what[..], &with, &to].concat());
        let mut flipped = json_file(world, &bundle);
        flipped["dsseEnvelope"]["signatures"][0]["sig"] = json!("MEUCIQDx");
        let broken = format!("broken-{bundle}");
        world.write(&broken, flipped.to_string());
        for (_, name, expected) in ATTESTED.iter().filter(|(log, ..)| *log == version) {
            let says = |file, bundle: &str, who| judge(world, &judges, name, file, bundle, who);
            let answers = [
                says("app", &bundle, EMAIL),
                says("other", &bundle, EMAIL),
                says("app", &bundle, "eve@example.com"),
                says("app", &broken, EMAIL),
            ];
            println!("{name:<15}  Rekor {version}  {answers:?}");
            assert_eq!(&answers, expected, "{name}, Rekor {version}");
        }
    }
    met("portcullis > sigstore-python: attestations of a file, Fulcio, Rekor v1 and v2");
    met("portcullis > sigstore-js: attestations of a file, Fulcio, Rekor v1");
}
