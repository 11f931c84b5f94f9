//! Registries that others make, each with what is expected of every one of them.

use std::ffi::OsString;

use portcullis::sandbox::server::Options;
use serde_json::{Value, json};

use crate::cosign::{World, ours, theirs};
use crate::cosign_images::{self, Signer};
use crate::pairs::met;
use crate::process::Process;

/// The registries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// The reference registry, version 2.8 as Debian has it. It has no referrers API.
    DockerRegistry,
    /// go-containerregistry's, as its `registry` program serves it: in memory, without a referrers API, and it takes
    /// manifests whose blobs are not there.
    Ggcr,
    /// The same as `crane registry serve` serves it, with blobs in files.
    Crane,
    /// The same with its referrers API, which neither program switches on.
    GgcrReferrers,
    /// CUE labs' ociregistry, with its referrers API.
    Cuelabs,
}

/// A running registry.
pub(crate) struct Registry {
    pub(crate) process: Process,
    pub(crate) host: String,
}

impl Kind {
    /// `None` where its program is not installed.
    pub(crate) fn start(self) -> Option<Registry> {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let process = match self {
            Self::DockerRegistry => {
                let program = Process::find("PORTCULLIS_DOCKER_REGISTRY", "/usr/bin/docker-registry")?;
                Process::start(&program, |folder| {
                    let settings = folder.join("config.json");
                    // JSON is YAML.
                    let text = json!({
                        "version": 0.1,
                        "log": {"level": "info", "accesslog": {"disabled": false}},
                        "storage": {"filesystem": {"rootdirectory": folder.join("storage")}},
                        "http": {"addr": "127.0.0.1:0"},
                    });
                    std::fs::write(&settings, text.to_string()).unwrap();
                    vec!["serve".into(), settings.into()]
                })
            }
            Self::Ggcr => Process::start(&Process::installed("bin/registry")?, |_| words(&["-port", "0"])),
            Self::Crane => Process::start(&Process::installed("bin/crane")?, |folder| {
                let mut words = words(&["registry", "serve", "--address", "127.0.0.1:0", "--disk"]);
                let blobs = folder.join("blobs");
                std::fs::create_dir(&blobs).unwrap();
                words.push(blobs.into());
                words
            }),
            Self::GgcrReferrers => Process::start(&Process::installed("bin/referrers-registry")?, |_| {
                words(&["ggcr"])
            }),
            Self::Cuelabs => Process::start(&Process::installed("bin/referrers-registry")?, |_| {
                words(&["cuelabs"])
            }),
        };
        // Port 0 is any free one; each says which.
        let port = process.wait_for(|log| {
            let (_, rest) = ["listening on 127.0.0.1:", "serving on port "]
                .iter()
                .find_map(|said| log.split_once(said))?;
            let end = rest.find(|sign: char| !sign.is_ascii_digit())?;
            Some(rest[..end].to_owned())
        });
        Some(Registry {
            process,
            host: format!("127.0.0.1:{port}"),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::DockerRegistry => "docker-registry",
            Self::Ggcr => "ggcr registry",
            Self::Crane => "crane registry serve",
            Self::GgcrReferrers => "ggcr with referrers API",
            Self::Cuelabs => "cuelabs ociregistry",
        }
    }

    /// The place in which signatures are then.
    fn place(self) -> &'static str {
        match self {
            Self::GgcrReferrers | Self::Cuelabs => "referrers",
            Self::DockerRegistry | Self::Ggcr | Self::Crane => "referrers-tag",
        }
    }
}

/// What the sandbox's registry does they all do.
fn everything_works(kind: Kind) {
    let (Some(mut world), Some(registry)) = (World::start(Options::default()), kind.start()) else {
        return;
    };
    world.registry = registry.host;
    cosign_images::prepare(&world);
    for signer in [Signer::Portcullis, Signer::Cosign] {
        let answers = cosign_images::judge(&world, signer);
        println!("{}, {signer:?}\n{answers}", kind.name());
        assert_eq!(answers, cosign_images::ANSWERS, "{signer:?}");
        assert_eq!(places(&world, signer), [kind.place()], "{signer:?}");
        carried_away_and_back(&world, signer);
    }
    for (signer, judge) in [("portcullis", "cosign"), ("cosign", "portcullis")] {
        met(&format!("{signer} > {judge}: images, {}", kind.name()));
    }
}

/// Where an inspection finds the signature.
fn places(world: &World, signer: Signer) -> Vec<String> {
    let image = format!(
        "{}/{}:v1",
        world.registry,
        format!("{signer:?}/signed").to_lowercase()
    );
    let run = world.must(World::portcullis, &["inspect", &image, "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let places = document["subjects"][0]["outcome"]["tree"]["places"]
        .as_array()
        .unwrap();
    let holding = places
        .iter()
        .filter(|place| !place["attached"].as_array().unwrap().is_empty());
    holding
        .map(|place| place["kind"].as_str().unwrap().to_owned())
        .collect()
}

/// Signed and attested here, saved, and loaded to another repository and to the sandbox's registry.
fn carried_away_and_back(world: &World, signer: Signer) {
    let folder = format!("{signer:?}").to_lowercase();
    let place = format!("{folder}/carried");
    let reference = world.reference(&place, &world.image(&place, "v1"));
    let token = signer.token();
    signer.run(world, "sign", &[&[reference.as_str()], &token[..]].concat());
    let predicate = ["--type", "spdxjson", "--predicate", "sbom.json", &reference];
    signer.run(world, "attest", &[&predicate[..], &token[..]].concat());
    world.must(World::portcullis, &["save", &reference, "--to", &folder]);
    let layout = format!("oci-layout:{folder}");
    for host in [&world.registry, &world.sandbox.urls().registry] {
        let copy = format!("{host}/copy/{folder}:v1");
        world.must(World::portcullis, &["load", &layout, "--to", &copy]);
        for (ours_type, theirs_command) in [
            (&[][..], &["verify"][..]),
            (&["--type", "spdx"], &["verify-attestation", "--type", "spdxjson"]),
        ] {
            let verify = world.portcullis(&[&["verify", &copy], ours_type, &world.keyless()].concat());
            let words = [theirs_command, &["--allow-http-registry", &copy]].concat();
            let check = world.cosign(&[&words[..], &world.keyless()].concat());
            assert_eq!(
                (ours(&verify), theirs(&check)),
                ("allowed", "allowed"),
                "{copy} {ours_type:?}: {verify:?} {check:?}"
            );
        }
    }
}

macro_rules! registries {
    ($($test:ident: $kind:ident),* $(,)?) => {
        $(#[test]
        fn $test() {
            everything_works(Kind::$kind);
        })*
    };
}

registries! {
    the_reference_registry: DockerRegistry,
    go_containerregistry: Ggcr,
    crane_registry_serve: Crane,
    go_containerregistry_with_the_referrers_api: GgcrReferrers,
    cue_labs_with_the_referrers_api: Cuelabs,
}
