//! Subjects and lists on standard input.

use portcullis::sandbox::{Instance, KeyKind, SignOptions};

use crate::support::{Program, Run};
use crate::{WHO, allowed_file};

const ARTIFACT: &[u8] = b"an artifact";

/// A file on standard input is kept, so keys that sign the bytes themselves can be verified too.
#[test]
fn every_kind_of_key_verifies_a_file_on_standard_input() {
    let now = jiff::Timestamp::from_second(1_760_000_000).unwrap();
    let mut instance = Instance::new(7, now).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let root = write(
        "trusted_root.json",
        instance.trusted_root_json().unwrap().to_string(),
    );
    for kind in KeyKind::ALL {
        let key = instance.key("managed", kind).unwrap();
        let bundle = instance
            .sign_blob(ARTIFACT, &SignOptions::managed(&key, "hint"))
            .unwrap();
        let bundle = write("bundle", bundle.to_string());
        let key = write("key", key.public_pem().unwrap());
        let run = |bytes: &[u8]| -> Run {
            Program::verify()
                .arguments(["-", "--bundle", &bundle, "--key", &key, "--trusted-root", &root])
                .run_with_stdin(bytes)
        };
        let good = run(ARTIFACT);
        assert_eq!(good.code, 0, "{kind:?}: {}", good.stderr);
        assert!(
            good.stdout.starts_with("sha256:") && good.stdout.ends_with("  -\n"),
            "{}",
            good.stdout
        );
        for wrong in [&b""[..], b"an artifac", b"an artifact\n"] {
            let run = run(wrong);
            assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{kind:?} {wrong:?}");
        }
    }
}

fn listed(list: &str) -> Run {
    Program::verify()
        .arguments([
            "--from-file",
            "-",
            "--offline",
            "--bundle",
            &allowed_file("bundle.sigstore.json"),
        ])
        .arguments(WHO)
        .run_with_stdin(list.as_bytes())
}

#[test]
fn a_list_has_one_subject_on_each_line_and_may_have_comments() {
    let file = allowed_file("cosign-v3-blob.txt");
    let run = listed(&format!("# what was released\n\n{file}\n{file}\r\n#{file}x\n"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 2);
}

#[test]
fn a_list_that_names_nothing_is_a_usage_error() {
    for list in ["", "\n\n", "# nothing\n"] {
        let run = listed(list);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{list:?}");
    }
    // Lines are taken as they are: a space is part of a name.
    let run = listed(&format!(" {}\n", allowed_file("cosign-v3-blob.txt")));
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[test]
fn a_list_that_is_no_text_or_not_there_is_a_usage_error() {
    let run = Program::verify()
        .arguments(["--from-file", "-"])
        .arguments(WHO)
        .run_with_stdin(b"\xff\xfe");
    assert_eq!(run.code, 2, "{}", run.stderr);
    let run = Program::verify()
        .arguments(["--from-file", "/nonexistent"])
        .arguments(WHO)
        .run();
    assert_eq!(run.code, 2, "{}", run.stderr);
}

#[test]
fn standard_input_is_read_once() {
    let bundle = allowed_file("bundle.sigstore.json");
    for arguments in [vec!["-", "-"], vec!["-", "--from-file", "-"]] {
        let run = Program::verify()
            .arguments(arguments)
            .arguments(["--bundle", &bundle])
            .arguments(WHO)
            .run_with_stdin(b"-\n");
        assert_eq!(run.code, 2, "{}", run.stderr);
    }
}
