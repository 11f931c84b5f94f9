//! Nothing in the environment changes a verdict (promise 2).

use serde_json::Value;

use crate::support::{Case, Program};
use crate::{ALLOWED, DENIED};

/// What other tools read, and what somebody might think that this one does.
const VARIABLES: [(&str, &str); 36] = [
    ("COSIGN_EXPERIMENTAL", "1"),
    ("COSIGN_REPOSITORY", "registry.example/elsewhere"),
    ("COSIGN_CERTIFICATE_IDENTITY", "mallory@example.com"),
    ("COSIGN_CERTIFICATE_IDENTITY_REGEXP", ".*"),
    ("COSIGN_CERTIFICATE_OIDC_ISSUER_REGEXP", ".*"),
    ("COSIGN_INSECURE_IGNORE_TLOG", "true"),
    ("COSIGN_OFFLINE", "true"),
    ("COSIGN_PASSWORD", "secret"),
    ("COSIGN_MAX_ATTACHMENT_SIZE", "1"),
    ("SIGSTORE_ROOT_FILE", "/dev/null"),
    ("SIGSTORE_TRUSTED_ROOT", "/dev/null"),
    ("SIGSTORE_REKOR_PUBLIC_KEY", "/dev/null"),
    ("SIGSTORE_CT_LOG_PUBLIC_KEY_FILE", "/dev/null"),
    ("SIGSTORE_NO_CACHE", "1"),
    ("SIGSTORE_ID_TOKEN", "secret"),
    ("PORTCULLIS_IDENTITY", "mallory@example.com"),
    ("PORTCULLIS_IDENTITY_REGEX", ".*"),
    ("PORTCULLIS_ISSUER_REGEX", ".*"),
    ("PORTCULLIS_UNSAFE_ANY_IDENTITY", "true"),
    ("PORTCULLIS_POLICY", "/dev/null"),
    ("PORTCULLIS_TRUSTED_ROOT", "/dev/null"),
    ("TUF_ROOT", "/nonexistent"),
    ("TUF_MIRROR", "http://127.0.0.1:1"),
    ("TUF_ROOT_JSON", "/dev/null"),
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_TOKEN", "secret"),
    ("GITHUB_REPOSITORY", "mallory/app"),
    ("HTTP_PROXY", "http://127.0.0.1:1"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
    ("ALL_PROXY", "http://127.0.0.1:1"),
    ("SSL_CERT_FILE", "/dev/null"),
    ("SSL_CERT_DIR", "/nonexistent"),
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
    ("CI", "true"),
    ("NO_COLOR", "1"),
];

/// The report without its time.
fn report(program: Program) -> (i32, Value) {
    let (run, mut report) = program.report();
    report["time"] = Value::Null;
    assert!(!run.stderr.contains("secret") && !run.stdout.contains("secret"));
    (run.code, report)
}

fn command(name: &str) -> Program {
    Case::named(name).command()
}

const NAMES: [&str; 4] = [ALLOWED, DENIED, "unanchored-pattern_fail", "no-log-entry_fail"];

#[test]
fn no_variable_changes_a_verdict() {
    for name in NAMES {
        let expected = report(command(name));
        let all = VARIABLES.iter().fold(command(name), |program, (name, value)| {
            program.variable(name, value)
        });
        assert_eq!(report(all), expected, "{name} with all of them");
    }
    for (variable, value) in VARIABLES {
        for name in [ALLOWED, DENIED] {
            let run = command(name).variable(variable, value).run();
            assert_eq!(run.code, command(name).run().code, "{name} with {variable}");
        }
    }
}

#[test]
fn without_an_identity_no_variable_stands_in_for_one() {
    let all = VARIABLES
        .iter()
        .fold(command("nobody-named_fail"), |program, (name, value)| {
            program.variable(name, value)
        });
    assert_eq!(all.run().code, 2);
}

#[test]
fn any_home_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let read_only = folder.path().join("read-only");
    std::fs::create_dir(&read_only).unwrap();
    let mut permissions = std::fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&read_only, permissions).unwrap();
    let expected = report(command(DENIED));
    for home in [
        "/nonexistent",
        "",
        "relative",
        file.to_str().unwrap(),
        read_only.to_str().unwrap(),
    ] {
        for variable in [
            "HOME",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_DATA_DIRS",
        ] {
            assert_eq!(
                report(command(DENIED).variable(variable, home)),
                expected,
                "{variable}={home}"
            );
            assert_eq!(
                command(ALLOWED).variable(variable, home).run().code,
                0,
                "{variable}={home}"
            );
        }
    }
}

/// No file of the working directory or the home folder is read as a configuration (promise 9).
#[test]
fn no_configuration_lies_in_wait() {
    let folder = tempfile::tempdir().unwrap();
    let artifact = crate::allowed_file("cosign-v3-blob.txt");
    let bundle = crate::allowed_file("bundle.sigstore.json");
    for name in [
        "portcullis.toml",
        ".portcullis.toml",
        "portcullis.json",
        "trusted_root.json",
        "policy.toml",
    ] {
        std::fs::write(folder.path().join(name), "garbage").unwrap();
    }
    let program = Program::verify()
        .arguments([artifact.as_str(), "--bundle", &bundle, "--offline"])
        .arguments(crate::WHO)
        .in_folder(folder.path());
    for name in [
        ".portcullis.toml",
        ".config/portcullis/config.toml",
        ".sigstore/root.json",
    ] {
        let path = program.home().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "garbage").unwrap();
    }
    let run = program.run();
    assert_eq!(run.code, 0, "{}", run.stderr);
}
