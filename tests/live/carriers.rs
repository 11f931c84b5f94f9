//! Tools that list and copy images: whether they see what we attached, and whether they carry it along.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portcullis::sandbox::server::{Options, RegistryOptions};
use serde_json::Value;

use crate::answers::documented;
use crate::cosign::{World, ours};
use crate::pairs::met;
use crate::process::Process;
use crate::support::Run;

/// The programs beside cosign and Portcullis.
struct Tools {
    crane: PathBuf,
    skopeo: PathBuf,
}

impl Tools {
    fn find() -> Option<Self> {
        Some(Self {
            crane: Process::installed("bin/crane")?,
            skopeo: Process::find("PORTCULLIS_SKOPEO", "/usr/bin/skopeo")?,
        })
    }
}

/// Runs a program in the world's folder.
pub(crate) fn run(world: &World, program: &Path, words: &[&str]) -> Run {
    let mut command = Command::new(program);
    command.args(words).env_clear().env("HOME", world.folder());
    command.current_dir(world.folder()).stdin(Stdio::null());
    Run::from(command.output().unwrap())
}

/// A world whose registry has the referrers API or has not.
fn world(referrers_api: bool) -> Option<World> {
    let registry = RegistryOptions {
        referrers_api,
        ..RegistryOptions::default()
    };
    World::start(Options {
        registry,
        ..Options::default()
    })
}

/// Signs an image of its own, in a bundle or with the older form as well, and gives its reference.
fn signed(world: &World, repository: &str, more: &[&str]) -> (String, Value) {
    let image = world.image(repository, "v1");
    let reference = world.reference(repository, &image);
    let words = [
        "sign",
        &reference,
        "--identity-token-file",
        "token",
        "--trusted-root",
        "root.json",
    ];
    let services = ["--signing-config", "rekor-v1.json"];
    world.must(World::portcullis, &[&words, &services[..], more].concat());
    (reference, image)
}

#[test]
fn cosign_and_crane_see_what_we_attached() {
    let Some(tools) = Tools::find() else { return };
    for referrers_api in [true, false] {
        let Some(world) = world(referrers_api) else { return };
        let (reference, image) = signed(&world, "seen", &["--legacy-tag"]);
        let digest = image["digest"].as_str().unwrap();
        let repository = reference.split('@').next().unwrap();
        let crane = |words: &[&str]| {
            let run = run(&world, &tools.crane, words);
            assert_eq!(run.code, 0, "{words:?} {run:?}");
            run.stdout.trim().to_owned()
        };
        assert_eq!(crane(&["digest", &format!("{repository}:v1")]), digest);
        let tag = digest.replace(':', "-");
        let tags = crane(&["ls", repository]);
        let tags: Vec<&str> = tags.lines().collect();
        assert!(tags.contains(&format!("{tag}.sig").as_str()), "{tags:?}");
        // Without the API, what is attached is an index under a tag of its own.
        assert_eq!(tags.contains(&tag.as_str()), !referrers_api, "{tags:?}");
        if !referrers_api {
            let index: Value =
                serde_json::from_str(&crane(&["manifest", &format!("{repository}:{tag}")])).unwrap();
            let referrer = index["manifests"][0]["digest"].as_str().unwrap();
            let referrer: Value =
                serde_json::from_str(&crane(&["manifest", &format!("{repository}@{referrer}")])).unwrap();
            assert_eq!(referrer["subject"]["digest"], digest);
        }
        let tree = world.must(World::cosign, &["tree", "--allow-http-registry", &reference]);
        for shown in ["https://sigstore.dev/cosign/sign/v1", &format!("{tag}.sig")] {
            assert!(
                tree.stdout.contains(shown),
                "referrers API: {referrers_api}: {tree:?}"
            );
        }
    }
    met("portcullis > cosign: tree of what is attached");
    met("portcullis > crane: tags and manifests of what is attached");
}

/// How an image gets from one repository to another.
const CARRIERS: [&str; 6] = [
    "crane copy",
    "crane copy --all-tags",
    "skopeo copy",
    "skopeo copy --all",
    "cosign copy",
    "portcullis load",
];

fn carry(world: &World, tools: &Tools, carrier: &str, reference: &str, to: &str) -> Run {
    let (from, to_repository) = (
        reference.split('@').next().unwrap(),
        to.rsplit_once(':').unwrap().0,
    );
    let plain = [
        "--insecure-policy",
        "copy",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
    ];
    let (source, target) = (format!("docker://{reference}"), format!("docker://{to}"));
    match carrier {
        "crane copy" => run(world, &tools.crane, &["copy", reference, to]),
        "crane copy --all-tags" => run(world, &tools.crane, &["copy", "--all-tags", from, to_repository]),
        "skopeo copy" => run(world, &tools.skopeo, &[&plain[..], &[&source, &target]].concat()),
        "skopeo copy --all" => run(
            world,
            &tools.skopeo,
            &[&plain[..], &["--all", &source, &target]].concat(),
        ),
        "cosign copy" => world.cosign(&["copy", "--allow-http-registry", reference, to]),
        _ => world.portcullis(&["load", reference, "--to", to]),
    }
}

#[test]
fn who_carries_signatures_along() {
    let Some(tools) = Tools::find() else { return };
    let mut table =
        String::from("| | bundle, referrers API | bundle, referrers tag | `.sig` tag |\n|---|---|---|---|\n");
    let mut columns: Vec<Vec<&str>> = Vec::new();
    for (referrers_api, more) in [(true, &[][..]), (false, &[][..]), (true, &["--legacy-tag"][..])] {
        let Some(world) = world(referrers_api) else { return };
        let (reference, image) = signed(&world, "from/app", more);
        if !more.is_empty() {
            crate::legacy::drop_referrers(&world, "from/app", &image);
        }
        let host = &world.registry;
        columns.push(
            CARRIERS
                .iter()
                .enumerate()
                .map(|(number, carrier)| {
                    let to = format!("{host}/to/{number}:v1");
                    let run = carry(&world, &tools, carrier, &reference, &to);
                    assert_eq!(run.code, 0, "{carrier}: {run:?}");
                    let verify = world.portcullis(&[&["verify", &to], &world.keyless()[..]].concat());
                    match ours(&verify) {
                        "allowed" => "carried",
                        "nothing" => "dropped",
                        other => panic!("{carrier}: {other}"),
                    }
                })
                .collect(),
        );
    }
    for (number, carrier) in CARRIERS.iter().enumerate() {
        let cells: Vec<_> = columns.iter().map(|column| column[number]).collect();
        table.push_str(&format!("| `{carrier}` | {} |\n", cells.join(" | ")));
    }
    documented("carriers", &table);
    met("portcullis > crane, skopeo, cosign: copies of what is attached");
}
