//! `portcullis key`: what is written, what is read, and where passwords may come from.

use std::path::Path;

use crate::support::{Program, Run};

/// Key files that others made; see `fixtures/keys/README.md`.
fn fixture(name: &str) -> String {
    format!("{}/fixtures/keys/private/{name}", env!("CARGO_MANIFEST_DIR"))
}

const PASSWORD: &str = "correct horse";

fn key(folder: &Path, arguments: &[&str]) -> Program {
    Program::new()
        .argument("key")
        .arguments(arguments)
        .in_folder(folder)
}

fn with_password(folder: &Path, arguments: &[&str]) -> Run {
    key(folder, arguments)
        .variable("PORTCULLIS_KEY_PASSWORD", PASSWORD)
        .run()
}

/// The one file in `folder` besides those named.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_generated_pair_belongs_together_and_the_private_half_is_only_ours() {
    for kind in ["p256", "p384", "ed25519", "rsa2048"] {
        let folder = tempfile::tempdir().unwrap();
        let run = with_password(
            folder.path(),
            &["generate", "--type", kind, "--prefix", "release"],
        );
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (0, "release.key\nrelease.pub\n"),
            "{}",
            run.stderr
        );
        assert_eq!(names(folder.path()), ["release.key", "release.pub"]);
        let private = std::fs::read_to_string(folder.path().join("release.key")).unwrap();
        assert!(
            private.starts_with("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"),
            "{kind}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode("release.key"), 0o600);
        }
        let public = with_password(folder.path(), &["public", "release.key"]);
        assert_eq!(
            public.stdout,
            std::fs::read_to_string(folder.path().join("release.pub")).unwrap()
        );
        assert_eq!(public.stderr, "");
    }
}

#[test]
fn nothing_is_overwritten() {
    for existing in ["portcullis.key", "portcullis.pub"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(existing), "precious").unwrap();
        for arguments in [
            &["generate", "--unencrypted"][..],
            &["import", &fixture("p256.pkcs8"), "--unencrypted"][..],
        ] {
            let run = with_password(folder.path(), arguments);
            assert_eq!(run.code, 2, "{}", run.stderr);
            assert!(run.stderr.contains(existing), "{}", run.stderr);
            assert_eq!(names(folder.path()), [existing]);
            assert_eq!(
                std::fs::read_to_string(folder.path().join(existing)).unwrap(),
                "precious"
            );
        }
    }
}

#[test]
fn every_readable_form_is_imported_into_the_one_that_is_written() {
    for (name, kind) in [
        ("p256.pkcs8", "p256"),
        ("p384.sec1", "p384"),
        ("rsa2048.pkcs1", "rsa2048"),
        ("ed25519.scrypt", "ed25519"),
        ("rsa2048.cosign", "rsa2048"),
        ("p256.sigstore", "p256"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let run = with_password(
            folder.path(),
            &["import", &fixture(name), "--output-key-prefix", "new"],
        );
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        let expected = std::fs::read_to_string(fixture(&format!("{kind}.pub"))).unwrap();
        assert_eq!(
            std::fs::read_to_string(folder.path().join("new.pub")).unwrap(),
            expected,
            "{name}"
        );
        let public = with_password(folder.path(), &["public", "new.key"]);
        assert_eq!(public.stdout, expected, "{name}: {}", public.stderr);
    }
}

#[test]
fn a_password_can_be_changed_by_importing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("new.txt"), "another one\n").unwrap();
    let run = with_password(
        folder.path(),
        &[
            "import",
            &fixture("p256.sigstore"),
            "--new-password-file",
            "new.txt",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let old = with_password(folder.path(), &["public", "portcullis.key"]);
    assert_eq!(old.code, 5);
    assert!(
        old.stderr.contains("portcullis.key: the password is wrong"),
        "{}",
        old.stderr
    );
    let new = key(
        folder.path(),
        &["public", "portcullis.key", "--password-file", "new.txt"],
    )
    .run();
    assert_eq!(new.code, 0, "{}", new.stderr);
}

#[test]
fn passwords_come_from_a_file_standard_input_and_two_variables_in_this_order() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("right.txt"), format!("{PASSWORD}\r\n")).unwrap();
    std::fs::write(folder.path().join("wrong.txt"), "wrong").unwrap();
    let sealed = fixture("p256.sigstore");
    let public = |arguments: &[&str], ours: Option<&str>, cosigns: Option<&str>| {
        let mut program = key(folder.path(), &["public", &sealed]).arguments(arguments);
        for (name, value) in [("PORTCULLIS_KEY_PASSWORD", ours), ("COSIGN_PASSWORD", cosigns)] {
            if let Some(value) = value {
                program = program.variable(name, value);
            }
        }
        program.run().code
    };
    assert_eq!(public(&["--password-file", "right.txt"], None, None), 0);
    assert_eq!(
        public(&["--password-file", "right.txt"], Some("wrong"), Some("wrong")),
        0
    );
    assert_eq!(
        public(&["--password-file", "wrong.txt"], Some(PASSWORD), Some(PASSWORD)),
        5
    );
    assert_eq!(public(&[], Some(PASSWORD), Some("wrong")), 0);
    assert_eq!(public(&[], Some("wrong"), Some(PASSWORD)), 5);
    assert_eq!(public(&[], None, Some(PASSWORD)), 0);
    assert_eq!(public(&[], None, None), 5);
    let password = std::fs::File::open(folder.path().join("right.txt")).unwrap();
    let run = key(folder.path(), &["public", &sealed, "--password-file", "-"])
        .stdin(password)
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_key_comes_from_standard_input_or_a_variable_too() {
    let folder = tempfile::tempdir().unwrap();
    let expected = std::fs::read_to_string(fixture("p256.pub")).unwrap();
    let file = std::fs::File::open(fixture("p256.pkcs8")).unwrap();
    assert_eq!(
        key(folder.path(), &["public", "-"]).stdin(file).run().stdout,
        expected
    );
    let text = std::fs::read_to_string(fixture("p256.sec1")).unwrap();
    let run = key(folder.path(), &["public", "env://SIGNING_KEY"])
        .variable("SIGNING_KEY", text)
        .run();
    assert_eq!(run.stdout, expected);
}

#[test]
fn what_cannot_be_used_is_a_configuration_error_that_names_file_and_fix() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("empty", b"");
    write("der", &[0x30, 0x82, 0xff, 0xfe]);
    write(
        "ssh",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    );
    let (public, odd) = (fixture("p256.pub"), fixture("p521.pkcs8"));
    let (old, costly) = (fixture("rsa2048.proc-type"), fixture("p256.costly"));
    for (file, part) in [
        ("nowhere", "No such file"),
        ("empty", "it is empty"),
        ("der", "openssl pkey -inform DER"),
        ("ssh", "ssh-keygen -p -m PKCS8"),
        (&public, "it holds a public key"),
        (&odd, "use ECDSA P-256 or P-384"),
        (&old, "openssl pkcs8 -topk8"),
        (&costly, "5000001 iterations"),
        ("env://NOWHERE", "no such variable"),
    ] {
        let run = with_password(folder.path(), &["public", file]);
        assert_eq!(run.code, 5, "{file}: {}", run.stderr);
        assert!(
            run.stderr.contains(part) && run.stderr.contains(file),
            "{file}: {}",
            run.stderr
        );
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn no_flag_is_ignored_and_no_password_is_an_argument() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.txt"), PASSWORD).unwrap();
    let (plain, sealed) = (fixture("p256.pkcs8"), fixture("p256.sigstore"));
    for arguments in [
        &["generate", "--unencrypted", "--password-file", "p.txt"][..],
        &["public", &plain, "--password-file", "p.txt"],
        &["public", "-", "--password-file", "-"],
        &["import", &sealed, "--unencrypted", "--new-password-file", "p.txt"],
        &["import", &plain, "--unencrypted", "--password-file", "p.txt"],
        &[
            "import",
            &sealed,
            "--password-file",
            "-",
            "--new-password-file",
            "-",
        ],
        &["public", "awskms:///alias/x"],
        &["generate", "--type", "p521"],
        &["generate", "--password", "x"],
        &["generate", "--offline"],
    ] {
        let run = key(folder.path(), arguments).run();
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert_eq!(names(folder.path()), ["p.txt"]);
    }
}

#[test]
fn an_empty_password_seals_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let run = key(folder.path(), &["generate"])
        .variable("COSIGN_PASSWORD", "")
        .run();
    assert_eq!(run.code, 5);
    assert!(run.stderr.contains("--unencrypted"), "{}", run.stderr);
    let run = key(folder.path(), &["generate"]).run();
    assert_eq!(run.code, 5);
    assert!(run.stderr.contains("PORTCULLIS_KEY_PASSWORD"), "{}", run.stderr);
    std::fs::write(folder.path().join("empty.txt"), "\n").unwrap();
    let sealed = fixture("p256.sigstore");
    let run = with_password(
        folder.path(),
        &["import", &sealed, "--new-password-file", "empty.txt"],
    );
    assert_eq!(run.code, 5, "{}", run.stdout);
    assert!(run.stderr.contains("protects nothing"), "{}", run.stderr);
    assert_eq!(names(folder.path()), ["empty.txt"]);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_used_with_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open.key");
    std::fs::copy(fixture("p256.pkcs8"), &path).unwrap();
    for (mode, warns) in [(0o600, false), (0o640, true), (0o644, true), (0o400, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let run = key(folder.path(), &["public", "open.key"]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(
            run.stderr.contains("chmod 600 open.key"),
            warns,
            "{mode:o}: {}",
            run.stderr
        );
    }
}

#[test]
fn no_output_repeats_a_password_or_a_private_key() {
    let folder = tempfile::tempdir().unwrap();
    let inside: Vec<String> = ["p256.pkcs8", "p256.sigstore"]
        .iter()
        .map(|name| {
            std::fs::read_to_string(fixture(name))
                .unwrap()
                .lines()
                .nth(1)
                .unwrap()
                .to_owned()
        })
        .collect();
    for arguments in [
        &["public", &fixture("p256.sigstore")][..],
        &["public", &fixture("p256.pkcs8")],
        &["public", &fixture("p521.pkcs8")],
        &["import", &fixture("p256.sigstore"), "--prefix", "a"],
        &["import", &fixture("p256.pkcs8"), "--prefix", "b"],
        &["import", &fixture("p256.pkcs8"), "--prefix", "b"],
        &["generate", "--prefix", "c"],
    ] {
        let run = with_password(folder.path(), arguments);
        let printed = format!("{}{}", run.stdout, run.stderr);
        assert!(
            !printed.contains(PASSWORD) && !printed.contains("PRIVATE"),
            "{printed}"
        );
        assert!(inside.iter().all(|line| !printed.contains(line)), "{printed}");
    }
}
