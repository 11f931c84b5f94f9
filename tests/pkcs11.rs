//! Keys in a device, with SoftHSM as the device. Without SoftHSM it says so and does nothing; in CI that is a failure.
#![cfg(feature = "pkcs11")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use portcullis::sigstore::keys::pkcs11::{DeviceError, DeviceKey, KeyUri};
use portcullis::sigstore::keys::{KeyKind, Password, Signer, public_pem};
use sigstore_crypto::VerificationKey;
use sigstore_types::{DerPublicKey, SignatureBytes};

/// Where Debian, Fedora and Homebrew put the library.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];
const PIN: &str = "31415926";
/// Says to the second process, which has SoftHSM's configuration in its environment, that it is meant.
const INSIDE: &str = "PORTCULLIS_TEST_PKCS11_LIBRARY";

/// The keys that are imported; see `fixtures/keys/README.md`.
const KEYS: [(&str, KeyKind, &str); 3] = [
    ("p256", KeyKind::EcdsaP256, "01"),
    ("p384", KeyKind::EcdsaP384, "02"),
    ("rsa2048", KeyKind::Rsa2048, "03"),
];

fn fixture(name: &str) -> String {
    format!("{}/fixtures/keys/private/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A folder with a token in it, and the library. `None` without SoftHSM.
struct Token {
    folder: tempfile::TempDir,
    library: PathBuf,
}

impl Token {
    fn new() -> Option<Self> {
        let library = LIBRARIES.iter().map(Path::new).find(|path| path.exists());
        let util = Command::new("softhsm2-util").arg("--version").output();
        let (Some(library), Ok(_)) = (library, util) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "SoftHSM is not installed (apt-get install softhsm2)"
            );
            println!("skipped: SoftHSM is not installed (apt-get install softhsm2)");
            return None;
        };
        let token = Self {
            folder: tempfile::tempdir().unwrap(),
            library: library.to_owned(),
        };
        let tokens = token.folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\n",
            tokens.display()
        );
        std::fs::write(token.folder.path().join("softhsm2.conf"), configuration).unwrap();
        std::fs::write(token.folder.path().join("pin"), format!("{PIN}\n")).unwrap();
        token.util(&[
            "--init-token",
            "--free",
            "--label",
            "release keys",
            "--so-pin",
            "27182818",
            "--pin",
            PIN,
        ]);
        for (name, _, id) in KEYS {
            let file = fixture(&format!("{name}.pkcs8"));
            token.util(&[
                "--import",
                &file,
                "--token",
                "release keys",
                "--label",
                name,
                "--id",
                id,
                "--pin",
                PIN,
            ]);
        }
        token.util(&[
            "--import",
            &fixture("p256.pkcs8"),
            "--token",
            "release keys",
            "--label",
            "p256",
            "--id",
            "04",
            "--pin",
            PIN,
        ]);
        Some(token)
    }

    fn with_configuration(&self, command: &mut Command) -> Output {
        let configuration = self.folder.path().join("softhsm2.conf");
        command.env("SOFTHSM2_CONF", configuration).output().unwrap()
    }

    fn util(&self, arguments: &[&str]) {
        let output = self.with_configuration(Command::new("softhsm2-util").args(arguments));
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs the program with a key of the token.
    fn public(&self, key: &str, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
        let uri = format!(
            "pkcs11:token=release%20keys;{key}?module-path={}",
            self.library.display()
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.env_clear().envs(variables.iter().copied());
        command
            .args(["key", "public", &uri])
            .args(arguments)
            .current_dir(self.folder.path());
        let output = self.with_configuration(&mut command);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        assert!(!format!("{stdout}{stderr}").contains(PIN), "{stdout}{stderr}");
        (output.status.code().unwrap(), stdout, stderr)
    }
}

#[test]
fn the_program_reads_public_keys_of_a_device_and_says_what_is_wrong() {
    let Some(token) = Token::new() else { return };
    let pin = [("PORTCULLIS_KEY_PASSWORD", PIN)];
    for (name, _, id) in KEYS {
        let expected = std::fs::read_to_string(fixture(&format!("{name}.pub"))).unwrap();
        let (code, stdout, stderr) = token.public(&format!("id=%{id}"), &pin, &[]);
        assert_eq!((code, stdout), (0, expected), "{name}: {stderr}");
    }
    let other = token.public("slot-id=1;object=p384", &pin, &[]);
    assert_eq!(other.0, 2, "{}", other.2);
    assert_eq!(token.public("object=p384", &[], &["--password-file", "pin"]).0, 0);
    for (key, pin, part) in [
        ("object=p384", "wrong pin", "the PIN is wrong"),
        ("object=nothing", PIN, "0 private keys are meant by it"),
        ("object=p256", PIN, "2 private keys are meant by it"),
        ("object=p384;serial=1", PIN, "0 tokens are meant by it"),
    ] {
        let (code, stdout, stderr) = token.public(key, &[("PORTCULLIS_KEY_PASSWORD", pin)], &[]);
        assert_eq!((code, stdout.as_str()), (5, ""), "{key}: {stderr}");
        assert!(stderr.contains(part), "{key}: {stderr}");
    }
    let (code, _, stderr) = token.public("object=p384", &[], &[]);
    assert_eq!(code, 5);
    assert!(stderr.contains("--password-file"), "{stderr}");
}

/// SoftHSM reads its configuration from the environment of the process, which a test cannot change: a second process.
#[test]
fn what_a_device_signs_verifies() {
    let Some(token) = Token::new() else { return };
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["inside_the_second_process", "--exact", "--nocapture"])
        .env(INSIDE, &token.library);
    let output = token.with_configuration(&mut command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("signed with three kinds"), "{text}");
}

#[test]
fn inside_the_second_process() {
    let Some(library) = std::env::var_os(INSIDE) else {
        println!("skipped: what_a_device_signs_verifies runs it");
        return;
    };
    let uri = |key: &str| {
        let text = format!(
            "pkcs11:token=release%20keys;{key}?module-path={}",
            library.display()
        );
        KeyUri::parse(&text).unwrap()
    };
    for (name, kind, id) in KEYS {
        let key = DeviceKey::open(&uri(&format!("id=%{id};type=private")), &Password::new(PIN)).unwrap();
        assert_eq!(key.kind(), kind);
        assert_eq!(format!("{key:?}"), format!("DeviceKey({kind})"));
        assert_eq!(
            public_pem(&key).unwrap(),
            std::fs::read_to_string(fixture(&format!("{name}.pub"))).unwrap()
        );
        let public = VerificationKey::from_spki(&DerPublicKey::from_bytes(key.public_key_der())).unwrap();
        for message in [&b""[..], b"message", &[7; 100_000]] {
            let signature = SignatureBytes::from_bytes(&key.sign(message).unwrap());
            public.verify(message, &signature).unwrap();
        }
    }
    let missing = KeyUri::parse("pkcs11:object=a?module-path=/nonexistent.so").unwrap();
    let error = DeviceKey::open(&missing, &Password::new(PIN)).unwrap_err();
    assert!(matches!(error, DeviceError::Library(..)), "{error}");
    println!("signed with three kinds");
}
