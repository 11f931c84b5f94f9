//! cosign 3 and Portcullis side by side, on the services of one sandbox.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use portcullis::sandbox::server::{Identity, Options, Sandbox};
use serde_json::{Value, json};

use crate::http::{push_blob, push_manifest};
use crate::process::Process;
use crate::support::{Program, Run};
use portcullis::subject::Digest;

pub(crate) const EMAIL: &str = "dev@example.com";
const PASSWORD: &str = "correct horse battery";

/// Where both programs run.
pub(crate) struct World {
    cosign: PathBuf,
    pub(crate) sandbox: Sandbox,
    /// Where images are: the sandbox's registry, or another one.
    pub(crate) registry: String,
    folder: tempfile::TempDir,
}

impl World {
    /// `None` where cosign is not installed.
    pub(crate) fn start(options: Options) -> Option<Self> {
        let cosign = Process::installed("bin/cosign")?;
        let sandbox = Sandbox::start(options).unwrap();
        let world = Self {
            cosign,
            registry: sandbox.urls().registry.clone(),
            sandbox,
            folder: tempfile::tempdir().unwrap(),
        };
        let token = world.sandbox.token(&Identity::Email(EMAIL.to_owned())).unwrap();
        world.write("token", token);
        world.write("root.json", world.sandbox.trusted_root().to_string());
        for version in [1, 2] {
            let config = world.sandbox.signing_config_for_log(version);
            world.write(&format!("rekor-v{version}.json"), config.to_string());
        }
        let mut config = world.sandbox.signing_config_for_log(2);
        config["rekorTlogUrls"] = json!([]);
        config["rekorTlogConfig"] = json!({});
        world.write("no-log.json", config.to_string());
        Some(world)
    }

    /// The folder that both run in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder().join(name), content).unwrap();
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.sandbox.urls().oidc
    }

    /// Runs cosign with these words.
    pub(crate) fn cosign(&self, words: &[&str]) -> Run {
        let mut command = Command::new(&self.cosign);
        command.args(["--timeout", "60s"]).args(words);
        command
            .env_clear()
            .env("HOME", self.folder())
            .env("COSIGN_PASSWORD", PASSWORD);
        Run::from(
            command
                .current_dir(self.folder())
                .stdin(Stdio::null())
                .output()
                .unwrap(),
        )
    }

    /// Runs Portcullis with these words.
    pub(crate) fn portcullis(&self, words: &[&str]) -> Run {
        let program = Program::new().arguments(words).in_folder(self.folder());
        program.variable("COSIGN_PASSWORD", PASSWORD).run()
    }

    /// Runs either with words that have to work.
    pub(crate) fn must(&self, who: fn(&Self, &[&str]) -> Run, words: &[&str]) -> Run {
        let run = who(self, words);
        assert_eq!(run.code, 0, "{words:?}: {run:?}");
        run
    }

    /// The options by which both accept who signs here with a token.
    pub(crate) fn keyless(&self) -> [&str; 6] {
        let issuer = self.issuer();
        [
            "--certificate-identity",
            EMAIL,
            "--certificate-oidc-issuer",
            issuer,
            "--trusted-root",
            "root.json",
        ]
    }

    /// Pushes an image of one layer under `tag`, and gives its descriptor.
    pub(crate) fn image(&self, repository: &str, tag: &str) -> Value {
        let content = format!("{repository}:{tag}");
        let layer = self.blob(
            repository,
            "application/vnd.oci.image.layer.v1.tar",
            content.as_bytes(),
        );
        let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}});
        let config = self.blob(
            repository,
            "application/vnd.oci.image.config.v1+json",
            config.to_string().as_bytes(),
        );
        let manifest = json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config, "layers": [layer],
        });
        self.manifest(repository, Some(tag), &manifest)
    }

    /// How to name what `descriptor` points to.
    pub(crate) fn reference(&self, repository: &str, descriptor: &Value) -> String {
        format!(
            "{}/{repository}@{}",
            self.registry,
            descriptor["digest"].as_str().unwrap()
        )
    }

    /// Pushes a blob and gives its descriptor.
    pub(crate) fn blob(&self, repository: &str, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes).to_string();
        push_blob(&self.registry, repository, &digest, bytes);
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    }

    /// Pushes a manifest under its digest, or a tag, and gives its descriptor.
    pub(crate) fn manifest(&self, repository: &str, tag: Option<&str>, manifest: &Value) -> Value {
        let bytes = manifest.to_string().into_bytes();
        let digest = Digest::sha256(&bytes).to_string();
        let media_type = manifest["mediaType"].as_str().unwrap();
        let reference = tag.unwrap_or(&digest);
        push_manifest(&self.registry, repository, reference, media_type, &bytes);
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    }
}

/// What Portcullis answered, in the words of the tables.
pub(crate) fn ours(run: &Run) -> &'static str {
    match run.code {
        0 => "allowed",
        1 => "denied",
        3 => "nothing",
        _ => panic!("no answer: {run:?}"),
    }
}

/// What cosign answered, in the words of the tables. It tells apart only yes and no.
pub(crate) fn theirs(run: &Run) -> &'static str {
    match run.code {
        0 => "allowed",
        _ => "denied",
    }
}
