//! A sandbox, a folder with an artifact, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use portcullis::sandbox::server::{Identity, Options, Sandbox};
use portcullis::subject::Digest;
use serde_json::{Value, json};

pub(crate) const EMAIL: &str = "dev@example.com";
pub(crate) const ARTIFACT: &str = "the artifact";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) token: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).unwrap();
        let token = sandbox.token(&Identity::Email(EMAIL.to_owned())).unwrap();
        let world = Self {
            sandbox,
            folder: tempfile::tempdir().unwrap(),
            token,
        };
        world.write("app", ARTIFACT);
        world.write("token", &world.token);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn write_json(&self, name: &str, value: &Value) {
        self.write(name, &value.to_string());
    }

    pub(crate) fn command(&self, command: &str) -> Command {
        let mut program = Command::cargo_bin("portcullis").unwrap();
        program.env_clear().current_dir(self.folder.path()).arg(command);
        program
    }

    fn file(&self, name: &str) -> PathBuf {
        self.sandbox.dir().join(name)
    }

    /// `command` with the sandbox's services and these arguments.
    pub(crate) fn signing(&self, command: &str, arguments: &[&str]) -> Command {
        let mut program = self.command(command);
        program
            .args(arguments)
            .arg("--signing-config")
            .arg(self.file("signing_config.json"))
            .arg("--trusted-root")
            .arg(self.file("trusted_root.json"));
        program
    }

    /// Runs `attest` under the identity of the token.
    pub(crate) fn attest(&self, arguments: &[&str]) -> Output {
        self.signing("attest", arguments)
            .args(["--identity-token-file", "token"])
            .output()
            .unwrap()
    }

    pub(crate) fn issuer(&self) -> String {
        self.sandbox.urls().oidc.trim_end_matches('/').to_owned()
    }

    /// Runs `verify`, accepting the token's identity.
    pub(crate) fn verify(&self, arguments: &[&str]) -> Output {
        self.command("verify")
            .args(arguments)
            .args(["--identity", EMAIL, "--issuer", &self.issuer()])
            .arg("--trusted-root")
            .arg(self.file("trusted_root.json"))
            .output()
            .unwrap()
    }

    /// Pushes an image that holds `content` under a tag, and gives its reference by tag and its digest.
    pub(crate) fn image(&self, repository: &str, content: &str) -> (String, Digest) {
        let layout = self.path(&format!("layout-{}", Digest::sha256(content.as_bytes()).to_hex()));
        let digest = layout_with(&layout, content);
        let tagged = format!("{}/{repository}:v1", self.sandbox.urls().registry);
        let output = self
            .command("load")
            .arg(format!("oci-layout:{}", layout.display()))
            .args(["--to", &tagged])
            .output()
            .unwrap();
        assert_code(&output, 0);
        (tagged, digest)
    }

    /// `repository@digest`.
    pub(crate) fn by_digest(&self, repository: &str, digest: &Digest) -> String {
        format!("{}/{repository}@{digest}", self.sandbox.urls().registry)
    }
}

/// The digest of the configuration that every image of [`World::image`] has.
pub(crate) fn config_digest() -> Digest {
    Digest::sha256(b"{}")
}

fn layout_with(path: &Path, content: &str) -> Digest {
    std::fs::create_dir_all(path.join("blobs/sha256")).unwrap();
    std::fs::write(path.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let blob = |media_type: &str, bytes: &[u8]| {
        let digest = Digest::sha256(bytes);
        std::fs::write(path.join("blobs/sha256").join(digest.to_hex()), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    };
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob("application/vnd.oci.image.config.v1+json", b"{}"),
        "layers": [blob("application/vnd.oci.image.layer.v1.tar", content.as_bytes())],
    })
    .to_string();
    let entry = blob("application/vnd.oci.image.manifest.v1+json", manifest.as_bytes());
    std::fs::write(
        path.join("index.json"),
        json!({"schemaVersion": 2, "manifests": [entry]}).to_string(),
    )
    .unwrap();
    Digest::sha256(manifest.as_bytes())
}

pub(crate) fn artifact() -> Digest {
    Digest::sha256(ARTIFACT.as_bytes())
}

/// A CycloneDX document whose root names this digest.
pub(crate) fn cyclonedx(digest: &Digest) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {
            "type": "application",
            "name": "app",
            "hashes": [{"alg": "SHA-256", "content": digest.to_hex()}],
        }},
        "components": [{"type": "library", "name": "zlib", "version": "1.3.1"}],
    })
}

/// An SPDX document whose root names this digest.
pub(crate) fn spdx(digest: &Digest) -> Value {
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "app",
        "documentNamespace": "https://example.com/app",
        "creationInfo": {"created": "2026-01-31T12:00:00Z", "creators": ["Tool: hand"]},
        "documentDescribes": ["SPDXRef-app"],
        "packages": [{
            "SPDXID": "SPDXRef-app",
            "name": "app",
            "downloadLocation": "NOASSERTION",
            "checksums": [{"algorithm": "SHA256", "checksumValue": digest.to_hex()}],
        }],
    })
}

pub(crate) fn provenance() -> Value {
    json!({
        "buildDefinition": {
            "buildType": "https://example.com/build/v1",
            "externalParameters": {"target": "release"},
        },
        "runDetails": {"builder": {"id": "https://example.com/builder"}},
    })
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
pub(crate) fn assert_code(output: &Output, expected: i32) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(expected), "{said}");
}

/// Asserts the exit code and that a finding has this code.
#[track_caller]
pub(crate) fn assert_finding(output: &Output, expected: i32, code: &str) {
    assert_code(output, expected);
    let said = text(&output.stderr);
    assert!(said.contains(code), "{said}");
    assert_eq!(text(&output.stdout), "");
}
