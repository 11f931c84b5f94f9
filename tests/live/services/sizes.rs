//! Attestations of the sizes that documents have: what the real logs take, and that both programs verify them.

use crate::cosign::{World, ours, theirs};
use crate::services::Services;
use crate::services::tests::both_met;

/// Bytes of the predicate: a usual document, one at the limit of what Rekor v1 keeps of attestations, a big one, and one that
/// is too big for the limit that Rekor v1 is started with here. Rekor v2 gets a digest, whatever the size.
const SIZES: [usize; 4] = [30_000, 100_000, 500_000, 5_000_000];

/// Log, bytes; then what became of Portcullis's attestation and of cosign's: what Portcullis and cosign say.
const ANSWERS: &str = "\
Rekor v1    30000  allowed allowed  allowed allowed
Rekor v1   100000  allowed allowed  allowed allowed
Rekor v1   500000  allowed allowed  allowed allowed
Rekor v1  5000000  too large        not logged
Rekor v2    30000  allowed allowed  allowed allowed
Rekor v2   100000  allowed allowed  allowed allowed
Rekor v2   500000  allowed allowed  allowed allowed
Rekor v2  5000000  allowed allowed  allowed allowed
";

#[test]
fn big_attestations_are_logged_and_verified() {
    let Some(services) = Services::start(true) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    let mut answers = String::new();
    for (log, config) in [("Rekor v1", "rekor-v1.json"), ("Rekor v2", "rekor-v2.json")] {
        for size in SIZES {
            let predicate = format!(
                r#"{{"padding":"{}"}}"#,
                "a".repeat(size - r#"{"padding":""}"#.len())
            );
            assert_eq!(predicate.len(), size);
            world.write("predicate.json", predicate);
            let ours = attest(world, "portcullis", config);
            let theirs = attest(world, "cosign", config);
            answers.push_str(format!("{log}  {size:>7}  {ours:<15}  {theirs}").trim_end());
            answers.push('\n');
        }
    }
    println!("{answers}");
    assert_eq!(answers, ANSWERS);
    both_met("big attestations, Fulcio, Rekor v1 and v2");
}

/// What both say of an attestation that one makes; or why there is none.
fn attest(world: &World, signer: &str, config: &str) -> String {
    let bundle = format!("{signer}.att");
    let _ = std::fs::remove_file(world.folder().join(&bundle));
    let services = ["--signing-config", config, "--trusted-root", "root.json"];
    let predicate = [
        "--type",
        "https://example.com/big/v1",
        "--predicate",
        "predicate.json",
    ];
    let rest = ["app", "--bundle", &bundle];
    let words = [&services[..], &predicate, &rest].concat();
    let run = match signer {
        "cosign" => {
            let fixed = ["attest-blob", "--yes", "--identity-token", "token"];
            world.cosign(&[&fixed, &words[..]].concat())
        }
        _ => world.portcullis(&[&["attest", "--identity-token-file", "token"], &words[..]].concat()),
    };
    if run.code != 0 {
        println!("{signer}: {run:?}");
        return match signer {
            "cosign" => "not logged",
            _ if run.stderr.contains("log-entry-too-large") => "too large",
            _ => panic!("{run:?}"),
        }
        .to_owned();
    }
    let words = ["app", "--bundle", &bundle, "--type", "https://example.com/big/v1"];
    let verify = world.portcullis(&[&["verify"], &words[..], &world.keyless()].concat());
    let check = world.cosign(&[&["verify-blob-attestation"], &words[..], &world.keyless()].concat());
    format!("{} {}", ours(&verify), theirs(&check))
}
