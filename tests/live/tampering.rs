//! Bundles that were tampered with after they were signed, by the sandbox's catalogue of mutations: both programs have to
//! deny, and where one does not, the guide says why.

use std::num::NonZeroUsize;

use portcullis::ops::pool;
use portcullis::sandbox::server::Options;
use portcullis::sandbox::tamper::{Tamper, apply};
use serde_json::Value;

use crate::answers::documented;
use crate::cosign::{World, ours, theirs};
use crate::pairs::met;

/// Who signs what, where it is logged: the columns of the table.
const SPECIMENS: [(&str, Content, &str); 4] = [
    ("portcullis", Content::File, "rekor-v2.json"),
    ("cosign", Content::File, "rekor-v1.json"),
    ("portcullis", Content::Statement, "rekor-v1.json"),
    ("cosign", Content::Statement, "rekor-v2.json"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    File,
    Statement,
}

/// Signs as the specimen says, into `bundle`.
fn sign(world: &World, (signer, content, services): (&str, Content, &str), bundle: &str) {
    let services = [
        "--signing-config",
        services,
        "--trusted-root",
        "root.json",
        "--bundle",
        bundle,
    ];
    let predicate = ["--type", "spdxjson", "--predicate", "sbom.json"];
    match (signer, content) {
        ("cosign", Content::File) => {
            let words = ["sign-blob", "app", "--yes", "--identity-token", "token"];
            world.must(World::cosign, &[&words, &services[..]].concat());
        }
        ("cosign", Content::Statement) => {
            let words = ["attest-blob", "app", "--yes", "--identity-token", "token"];
            world.must(World::cosign, &[&words, &services[..], &predicate].concat());
        }
        (_, Content::File) => {
            let words = ["sign", "app", "--identity-token-file", "token"];
            world.must(World::portcullis, &[&words, &services[..]].concat());
        }
        (_, Content::Statement) => {
            let words = ["attest", "app", "--identity-token-file", "token"];
            world.must(World::portcullis, &[&words, &services[..], &predicate].concat());
        }
    }
}

/// Who lets this bundle in for this file.
fn let_in(world: &World, content: Content, file: &str, bundle: &str) -> &'static str {
    let rest = [file, "--bundle", bundle];
    let (here, there) = match content {
        Content::File => (&["verify"][..], &["verify-blob"][..]),
        Content::Statement => (
            &["verify", "--type", "spdx"][..],
            &["verify-blob-attestation", "--type", "spdxjson"][..],
        ),
    };
    let who = world.keyless();
    let here = world.portcullis(&[here, &rest, &who].concat());
    let there = world.cosign(&[there, &rest, &who].concat());
    match (ours(&here), theirs(&there)) {
        ("allowed", "allowed") => "both",
        ("allowed", _) => "portcullis",
        (_, "allowed") => "cosign",
        _ => "–",
    }
}

#[test]
fn what_tampering_gets_through() {
    let Some(world) = World::start(Options::default()) else {
        return;
    };
    world.write("app", "the file");
    world.write("app-bit", "the fild");
    world.write("sbom.json", crate::cosign_images::SBOM);
    let mut bundles = Vec::new();
    for (number, specimen) in SPECIMENS.into_iter().enumerate() {
        let name = format!("{number}.json");
        sign(&world, specimen, &name);
        assert_eq!(let_in(&world, specimen.1, "app", &name), "both", "{specimen:?}");
        assert_eq!(let_in(&world, specimen.1, "app-bit", &name), "–", "{specimen:?}");
        let bytes = std::fs::read(world.folder().join(&name)).unwrap();
        bundles.push(serde_json::from_slice::<Value>(&bytes).unwrap());
    }
    let jobs = NonZeroUsize::new(3).unwrap();
    let rows = pool::map(jobs, Tamper::ALL, |tamper| {
        let cells = bundles.iter().zip(SPECIMENS).enumerate();
        let cells = cells.map(|(number, (bundle, (_, content, _)))| {
            let mut bundle = bundle.clone();
            if !apply(&mut bundle, *tamper) {
                return "";
            }
            let name = format!("{tamper}-{number}.json");
            world.write(&name, bundle.to_string());
            let_in(&world, content, "app", &name)
        });
        (*tamper, cells.collect::<Vec<_>>())
    });
    let denied = |cells: &[&str]| cells.iter().all(|cell| ["–", ""].contains(cell));
    let (refused, passed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, cells)| denied(cells));
    let refused: Vec<_> = refused
        .into_iter()
        .filter(|(_, cells)| cells.contains(&"–"))
        .map(|(tamper, _)| format!("`{tamper}`"))
        .collect();
    let mut table = format!("Denied by both, wherever it applies: {}.\n\n", refused.join(", "));
    table.push_str("| mutation | file, portcullis, Rekor v2 | file, cosign, Rekor v1 | statement, portcullis, Rekor v1 | statement, cosign, Rekor v2 |\n|---|---|---|---|---|\n");
    for (tamper, cells) in passed {
        table.push_str(&format!("| `{tamper}` | {} |\n", cells.join(" | ")));
    }
    documented("tampering", &table);
    met("portcullis > cosign: tampered bundles");
    met("cosign > portcullis: tampered bundles");
}
