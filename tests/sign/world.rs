//! A sandbox, a folder to work in, and the program with both.

use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use portcullis::sandbox::server::{Identity, Options, RegistryOptions, Sandbox};

pub(crate) const EMAIL: &str = "dev@example.com";
pub(crate) const ARTIFACT: &str = "the artifact";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) token: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(&Identity::Email(EMAIL.to_owned()))
    }

    pub(crate) fn of(identity: &Identity) -> Self {
        Self::with(identity, RegistryOptions::default())
    }

    pub(crate) fn with(identity: &Identity, registry: RegistryOptions) -> Self {
        let options = Options {
            registry,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).unwrap();
        let token = sandbox.token(identity).unwrap();
        let world = Self {
            sandbox,
            folder: tempfile::tempdir().unwrap(),
            token,
        };
        std::fs::write(world.path("app"), ARTIFACT).unwrap();
        std::fs::write(world.path("token"), format!("{}\n", world.token)).unwrap();
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::cargo_bin("portcullis").unwrap();
        command.env_clear().current_dir(self.folder.path());
        command
    }

    pub(crate) fn trusted_root(&self) -> PathBuf {
        self.sandbox.dir().join("trusted_root.json")
    }

    /// Runs `sign` with the sandbox's services and these arguments.
    pub(crate) fn sign(&self, arguments: &[&str]) -> Output {
        self.sign_with(arguments, "")
    }

    pub(crate) fn sign_with(&self, arguments: &[&str], stdin: &str) -> Output {
        self.command()
            .arg("sign")
            .args(arguments)
            .arg("--signing-config")
            .arg(self.sandbox.dir().join("signing_config.json"))
            .arg("--trusted-root")
            .arg(self.trusted_root())
            .env("COSIGN_PASSWORD", PASSWORD)
            .write_stdin(stdin)
            .output()
            .unwrap()
    }

    pub(crate) fn keyless(&self, arguments: &[&str]) -> Output {
        self.sign(&[arguments, &["--identity-token-file", "token"]].concat())
    }

    /// The exit code of `verify`.
    pub(crate) fn verify(&self, arguments: &[&str]) -> i32 {
        let output = self
            .command()
            .arg("verify")
            .args(arguments)
            .arg("--trusted-root")
            .arg(self.trusted_root())
            .output()
            .unwrap();
        output.status.code().unwrap()
    }

    pub(crate) fn verify_identity(&self, file: &str, identity: &str) -> i32 {
        let issuer = self.sandbox.urls().oidc.trim_end_matches('/').to_owned();
        self.verify(&[file, "--identity", identity, "--issuer", &issuer])
    }
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn assert_code(output: &Output, expected: i32) {
    assert_eq!(code(output), expected, "{}", text(&output.stderr));
}

pub(crate) fn digest() -> String {
    portcullis::subject::Digest::sha256(ARTIFACT.as_bytes()).to_string()
}
