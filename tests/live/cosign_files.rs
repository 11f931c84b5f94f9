//! Files: who signs, with what, in which log; and what both programs say of it and of another file.

use crate::cosign::{World, ours, theirs};
use crate::pairs::met;
use portcullis::sandbox::server::Options;

/// The logs, with the signing configuration for each.
const LOGS: [(&str, &str); 3] = [
    ("Rekor v1", "rekor-v1.json"),
    ("Rekor v2", "rekor-v2.json"),
    ("no log", "no-log.json"),
];

/// Signer, key, log; then what Portcullis and cosign say of the file that was signed, and of another one.
///
/// Where they disagree, `docs/cosign.md` says why.
pub(crate) const ANSWERS: &str = "\
portcullis  token    Rekor v1  allowed  allowed  denied  denied
portcullis  token    Rekor v2  allowed  allowed  denied  denied
portcullis  p256     Rekor v1  allowed  allowed  denied  denied
portcullis  p256     Rekor v2  allowed  allowed  denied  denied
portcullis  p256     no log    allowed  allowed  denied  denied
portcullis  p384     Rekor v1  not signed
portcullis  p384     Rekor v2  not signed
portcullis  p384     no log    allowed  denied   denied  denied
portcullis  ed25519  Rekor v1  allowed  allowed  denied  denied
portcullis  ed25519  Rekor v2  not signed
portcullis  ed25519  no log    allowed  allowed  denied  denied
portcullis  rsa2048  Rekor v1  allowed  allowed  denied  denied
portcullis  rsa2048  Rekor v2  not signed
portcullis  rsa2048  no log    allowed  allowed  denied  denied
cosign      token    Rekor v1  allowed  allowed  denied  denied
cosign      token    Rekor v2  allowed  allowed  denied  denied
cosign      p256     Rekor v1  allowed  allowed  denied  denied
cosign      p256     Rekor v2  allowed  allowed  denied  denied
cosign      p256     no log    allowed  allowed  denied  denied
cosign      p384     Rekor v1  denied   denied   denied  denied
cosign      p384     Rekor v2  denied   denied   denied  denied
cosign      p384     no log    allowed  denied   denied  denied
cosign      ed25519  Rekor v1  not signed
cosign      ed25519  Rekor v2  not signed
cosign      ed25519  no log    not signed
cosign      rsa2048  Rekor v1  allowed  allowed  denied  denied
cosign      rsa2048  Rekor v2  denied   allowed  denied  denied
cosign      rsa2048  no log    allowed  allowed  denied  denied
";

#[test]
fn what_either_signs_both_judge() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    assert_eq!(answers(&world), ANSWERS);
    met("portcullis > cosign: files, sandbox");
    met("cosign > portcullis: files, sandbox");
}

/// The answers with the services that the world's files name.
pub(crate) fn answers(world: &World) -> String {
    world.write("other", "another file");
    for key in ["p256", "p384", "ed25519", "rsa2048"] {
        world.must(
            World::portcullis,
            &["key", "generate", "--type", key, "--prefix", key],
        );
    }
    let mut answers = String::new();
    for signer in ["portcullis", "cosign"] {
        for key in ["token", "p256", "p384", "ed25519", "rsa2048"] {
            // Nobody may leave the log out of a signature with a token.
            let logs = if key == "token" { &LOGS[..2] } else { &LOGS[..] };
            for (log, config) in logs {
                let answer = row(world, signer, key, log, config);
                answers.push_str(format!("{signer:<10}  {key:<7}  {log:<8}  {answer}").trim_end());
                answers.push('\n');
            }
        }
    }
    println!("{answers}");
    answers
}

fn row(world: &World, signer: &str, key: &str, log: &str, config: &str) -> String {
    let file = format!("{signer}-{key}-{config}.bin");
    // RSA signatures over the same bytes are the same, and Rekor v1 takes nothing twice.
    world.write(&file, &file);
    let bundle = format!("{file}.sigstore.json");
    let (private, public) = (format!("{key}.key"), format!("{key}.pub"));
    let with: &[&str] = match key {
        "token" => &[],
        _ => &["--key", &private],
    };
    let no_log = log == "no log";
    let run = match signer {
        "cosign" => {
            let token = if key == "token" {
                &["--identity-token", "token"][..]
            } else {
                &[]
            };
            let fixed = [
                "sign-blob",
                "--yes",
                "--signing-config",
                config,
                "--trusted-root",
                "root.json",
            ];
            let rest = ["--bundle", &bundle, &file];
            world.cosign(&[&fixed, token, with, &rest].concat())
        }
        _ => {
            let token = if key == "token" {
                &["--identity-token-file", "token"][..]
            } else {
                &[]
            };
            let (config, log) = match no_log {
                true => ("rekor-v2.json", &["--no-log"][..]),
                false => (config, &[][..]),
            };
            let fixed = [
                "sign",
                &file,
                "--signing-config",
                config,
                "--trusted-root",
                "root.json",
            ];
            world.portcullis(&[&fixed, token, with, log].concat())
        }
    };
    if !world.folder().join(&bundle).exists() {
        assert_ne!(run.code, 0, "{run:?}");
        return "not signed".to_owned();
    }
    let keyless = world.keyless();
    let who: &[&str] = match key {
        "token" => &keyless,
        _ => &["--key", &public, "--trusted-root", "root.json"],
    };
    let mut answers = Vec::new();
    for judged in [file.as_str(), "other"] {
        let log = if no_log { &["--key-without-log"][..] } else { &[] };
        let verify = world.portcullis(&[&["verify", judged, "--bundle", &bundle], who, log].concat());
        let log = if no_log {
            &["--insecure-ignore-tlog"][..]
        } else {
            &[]
        };
        let fixed = [
            "verify-blob",
            judged,
            "--bundle",
            &bundle,
            "--use-signed-timestamps",
        ];
        let check = world.cosign(&[&fixed, who, log].concat());
        answers.extend([ours(&verify), theirs(&check)]);
    }
    format!(
        "{:<7}  {:<7}  {:<6}  {}",
        answers[0], answers[1], answers[2], answers[3]
    )
}

/// Each program makes keys, imports the same ones, and reads the files of the other.
#[test]
fn each_reads_the_key_files_of_the_other() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    let read = |name: &str| std::fs::read_to_string(world.folder().join(name)).unwrap();
    world.must(
        World::cosign,
        &["generate-key-pair", "--output-key-prefix", "made"],
    );
    let ours = world.must(World::portcullis, &["key", "public", "made.key"]);
    assert_eq!(ours.stdout, read("made.pub"));

    for kind in ["p256", "p384", "ed25519", "rsa2048"] {
        let (plain, theirs, again) = (
            format!("plain-{kind}"),
            format!("cosign-{kind}"),
            format!("again-{kind}"),
        );
        let generate = [
            "key",
            "generate",
            "--unencrypted",
            "--type",
            kind,
            "--prefix",
            &plain,
        ];
        world.must(World::portcullis, &generate);
        let public = read(&format!("{plain}.pub"));
        let file = format!("{plain}.key");
        world.must(
            World::cosign,
            &[
                "import-key-pair",
                "--yes",
                "--key",
                &file,
                "--output-key-prefix",
                &theirs,
            ],
        );
        let key = format!("{theirs}.key");
        let shown = world.must(World::portcullis, &["key", "public", &key]);
        assert_eq!(shown.stdout, public, "{kind}");
        world.must(World::portcullis, &["key", "import", &key, "--prefix", &again]);
        let shown = world.must(World::cosign, &["public-key", "--key", &format!("{again}.key")]);
        assert_eq!(shown.stdout, public, "{kind}");
    }
    met("portcullis > cosign: key files");
    met("cosign > portcullis: key files");
}

#[test]
fn what_either_attests_of_a_file_both_judge() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    world.write("app", "the file");
    world.write("other", "another file");
    world.write("sbom.json", crate::cosign_images::SBOM);
    let services = ["--signing-config", "rekor-v2.json", "--trusted-root", "root.json"];
    let predicate = [
        "--type",
        "spdxjson",
        "--predicate",
        "sbom.json",
        "app",
        "--bundle",
    ];
    let cosign = ["attest-blob", "--yes", "--identity-token", "token"];
    world.must(
        World::cosign,
        &[&cosign, &services[..], &predicate, &["cosign.att"]].concat(),
    );
    let ours_too = ["attest", "--identity-token-file", "token"];
    world.must(
        World::portcullis,
        &[&ours_too, &services[..], &predicate, &["portcullis.att"]].concat(),
    );
    for bundle in ["cosign.att", "portcullis.att"] {
        for (file, expected) in [("app", "allowed"), ("other", "denied")] {
            let words = ["verify", file, "--bundle", bundle, "--type", "spdx"];
            let verify = world.portcullis(&[&words[..], &world.keyless()].concat());
            let words = [
                "verify-blob-attestation",
                file,
                "--bundle",
                bundle,
                "--type",
                "spdxjson",
            ];
            let check = world.cosign(&[&words[..], &world.keyless()].concat());
            assert_eq!(
                (ours(&verify), theirs(&check)),
                (expected, expected),
                "{bundle} {file}"
            );
        }
    }
    met("portcullis > cosign: attestations of a file, sandbox");
    met("cosign > portcullis: attestations of a file, sandbox");
}
