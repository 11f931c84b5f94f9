//! Private key files: every form that is read, and every reason to refuse one.

use proptest::prelude::*;
use sigstore_crypto::VerificationKey;
use sigstore_types::{DerPublicKey, SignatureBytes};

use super::*;
use crate::sigstore::keys::{KeyKind, Signer, public_pem};

/// See `fixtures/keys/README.md`.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/fixtures/keys/private/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

const PASSWORD: &str = "correct horse";

fn read(bytes: &[u8], password: Option<&str>) -> Result<PrivateKey, KeyFileError> {
    KeyFile::parse(bytes)?.open(password.map(Password::new).as_ref())
}

#[test]
fn every_form_that_others_write_is_read() {
    for (name, kind, encrypted) in [
        ("p256.pkcs8", KeyKind::EcdsaP256, false),
        ("p384.pkcs8", KeyKind::EcdsaP384, false),
        ("ed25519.pkcs8", KeyKind::Ed25519, false),
        ("rsa2048.pkcs8", KeyKind::Rsa2048, false),
        ("rsa3072.pkcs8", KeyKind::Rsa3072, false),
        ("rsa4096.pkcs8", KeyKind::Rsa4096, false),
        ("p256.sec1", KeyKind::EcdsaP256, false),
        ("p384.sec1", KeyKind::EcdsaP384, false),
        ("p256.ecparam", KeyKind::EcdsaP256, false),
        ("rsa2048.pkcs1", KeyKind::Rsa2048, false),
        ("p256.pbkdf2", KeyKind::EcdsaP256, true),
        ("rsa2048.pbkdf2-sha512", KeyKind::Rsa2048, true),
        ("ed25519.scrypt", KeyKind::Ed25519, true),
        ("p256.sigstore", KeyKind::EcdsaP256, true),
        ("rsa2048.cosign", KeyKind::Rsa2048, true),
        ("ed25519.sigstore", KeyKind::Ed25519, true),
    ] {
        let bytes = fixture(name);
        let file = KeyFile::parse(&bytes).unwrap();
        assert_eq!(file.is_encrypted(), encrypted, "{name}");
        let key =
            read(&bytes, encrypted.then_some(PASSWORD)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(key.kind(), kind, "{name}");
        let public = fixture(&format!("{}.pub", kind.name()));
        assert_eq!(public_pem(&key).unwrap().as_bytes(), public, "{name}");
        let verifier = VerificationKey::from_spki(&DerPublicKey::from_bytes(key.public_key_der())).unwrap();
        let signature = SignatureBytes::from_bytes(&key.sign(b"message").unwrap());
        verifier.verify(b"message", &signature).unwrap();
        let windows = String::from_utf8(bytes.clone()).unwrap().replace('\n', "\r\n");
        assert!(
            read(windows.as_bytes(), encrypted.then_some(PASSWORD)).is_ok(),
            "{name}"
        );
        if encrypted {
            assert_eq!(
                read(&bytes, None).unwrap_err(),
                KeyFileError::NeedsPassword,
                "{name}"
            );
            for wrong in ["", "correct horse\n", "Correct horse"] {
                assert_eq!(
                    read(&bytes, Some(wrong)).unwrap_err(),
                    KeyFileError::WrongPassword,
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn every_kind_survives_every_form_that_is_written() {
    for kind in KeyKind::ALL {
        let key = PrivateKey::generate(kind).unwrap();
        let sealed = key.to_sealed_pem(&Password::new("secret")).unwrap();
        let plain = key.to_plain_pem().unwrap();
        for (text, password) in [(sealed.as_str(), Some("secret")), (plain.as_str(), None)] {
            let again = read(text.as_bytes(), password).unwrap();
            assert_eq!(again.kind(), kind);
            assert_eq!(again.public_key_der(), key.public_key_der());
        }
    }
}

/// A second judge, where there is one.
#[test]
fn openssl_accepts_what_each_kind_signs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let openssl = |arguments: &[&str]| std::process::Command::new("openssl").args(arguments).output();
    if openssl(&["version"]).is_err() {
        println!("skipped: there is no openssl here");
        return;
    }
    std::fs::write(path("message"), b"message").unwrap();
    for kind in KeyKind::ALL {
        let key = PrivateKey::generate(kind).unwrap();
        std::fs::write(path("pub"), public_pem(&key).unwrap()).unwrap();
        std::fs::write(path("signature"), key.sign(b"message").unwrap()).unwrap();
        let files = [path("pub"), path("signature"), path("message")];
        let [public, signature, message] = files.each_ref().map(String::as_str);
        let run = match kind.hash() {
            None => openssl(&[
                "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-sigfile", signature, "-in",
                message,
            ]),
            Some(hash) => {
                let digest = if hash == sigstore_types::HashAlgorithm::Sha2384 {
                    "-sha384"
                } else {
                    "-sha256"
                };
                openssl(&[
                    "dgst",
                    digest,
                    "-verify",
                    public,
                    "-signature",
                    signature,
                    message,
                ])
            }
        };
        let run = run.unwrap();
        assert!(
            run.status.success(),
            "{kind}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
    }
}

#[test]
fn everything_else_is_refused_by_what_it_is() {
    let der = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        String::from_utf8(fixture("p256.pkcs8"))
            .unwrap()
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect::<String>(),
    )
    .unwrap();
    let two = [fixture("p256.pkcs8"), fixture("p384.pkcs8")].concat();
    let cut = fixture("p256.pkcs8")[..100].to_vec();
    let malformed = || KeyFileError::Key(KeyError::Malformed);
    let unsupported = |name: &str| KeyFileError::Key(KeyError::Unsupported(name.to_owned()));
    for (bytes, error) in [
        (vec![], KeyFileError::Empty),
        (b" \n\n".to_vec(), KeyFileError::Empty),
        (vec![b'-'; MAX_KEY_FILE_BYTES + 1], KeyFileError::TooLarge),
        (der, KeyFileError::Der),
        (b"\xff\xfe".to_vec(), KeyFileError::NotPem),
        (b"hunter2".to_vec(), KeyFileError::NotPem),
        (two, KeyFileError::Several(2)),
        (cut, KeyFileError::DamagedPem),
        (fixture("p256.pub"), KeyFileError::Public),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".to_vec(),
            KeyFileError::Certificate,
        ),
        (
            b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----".to_vec(),
            KeyFileError::OpenSsh,
        ),
        (
            b"-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----".to_vec(),
            KeyFileError::UnknownBlock,
        ),
        (
            b"-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----".to_vec(),
            KeyFileError::DamagedPem,
        ),
        (
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_vec(),
            malformed(),
        ),
        (fixture("rsa2048.proc-type"), KeyFileError::OldEncryption),
        (fixture("p521.pkcs8"), unsupported("EC curve 1.3.132.0.35")),
        (fixture("p521.sec1"), unsupported("EC curve 1.3.132.0.35")),
        (fixture("rsa1024.pkcs8"), unsupported("RSA 1024")),
        (fixture("rsa1024.pkcs1"), unsupported("RSA 1024")),
    ] {
        assert_eq!(read(&bytes, Some(PASSWORD)).unwrap_err(), error);
    }
    for name in ["p384.pbes1", "p256.costly"] {
        let error = read(&fixture(name), Some(PASSWORD)).unwrap_err();
        assert!(matches!(error, KeyFileError::Encryption(_)), "{name}: {error}");
    }
}

#[test]
fn nothing_prints_a_key_or_a_password() {
    let file = KeyFile::parse(&fixture("p256.sigstore")).unwrap();
    assert_eq!(
        format!("{file:?} {:?}", Password::new("hunter2")),
        "KeyFile(Sealed) Password(…)"
    );
}

proptest! {
    // Each try hashes a password, so there are few.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_mutated_encrypted_file_is_read_or_refused_and_never_panics(
        name in prop::sample::select(vec!["p256.pbkdf2", "ed25519.scrypt", "p256.sigstore"]),
        place in any::<prop::sample::Index>(),
        letter in prop::sample::select(b"ABCabc019+/=\n".to_vec()),
    ) {
        let mut bytes = fixture(name);
        let at = place.index(bytes.len());
        bytes[at] = letter;
        if let Err(error) = read(&bytes, Some(PASSWORD)) {
            prop_assert!(!error.to_string().contains(PASSWORD));
        }
    }
}

proptest! {
    /// Key files are not signed: whoever can write one must not be able to do more than make it unreadable. The sealed
    /// forms are not opened here, since each try costs a password hash; their JSON has its own table.
    #[test]
    fn a_mutated_file_is_read_or_refused_and_never_panics(
        name in prop::sample::select(vec!["p256.pkcs8", "ed25519.pkcs8", "rsa2048.pkcs8", "p384.sec1", "rsa2048.pkcs1", "p256.pub"]),
        place in any::<prop::sample::Index>(),
        with in prop::collection::vec(any::<u8>(), 0..4),
        removed in 0_usize..4,
    ) {
        let mut bytes = fixture(name);
        let start = place.index(bytes.len());
        let end = (start + removed).min(bytes.len());
        bytes.splice(start..end, with);
        if let Ok(key) = read(&bytes, None) {
            prop_assert!(key.sign(b"message").is_ok());
        }
    }

    #[test]
    fn a_mutated_encoding_is_read_or_refused_and_never_panics(
        der in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let _ = PrivateKey::from_pkcs8_der(&der);
        let _ = PrivateKey::from_sec1_der(&der);
        let _ = PrivateKey::from_pkcs1_der(&der);
        let _ = pbes2::decrypt(&der, &Password::new("x"));
        let _ = sealed::open(&der, &Password::new("x"));
    }
}
