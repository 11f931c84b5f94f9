//! What policies demand.

use std::path::Path;

use super::{DemandKind, Files, Policy, RepositoryBinding, Require, TEMPLATE, check_digest, parse};
use crate::report::{Code, Finding};
use crate::sigstore::trust::TrustChoice;
use crate::subject::{Digest, LayoutSelector, PathKind, Subject};

const PIN: &str = r#"
version = 1
[[pin]]
name = "a"
identity = "alice@example.com"
issuer = "https://accounts.google.com"
"#;

fn read(text: &str) -> Result<Policy, Vec<Finding>> {
    let files = Files {
        folder: Path::new("folder"),
        read: &|path| Err(format!("asked for {}", path.display())),
    };
    parse("policy.toml", text.as_bytes(), &files)
}

fn policy(rules: &str) -> Policy {
    read(&format!("{PIN}{rules}")).unwrap()
}

fn subject(text: &str) -> Subject {
    Subject::parse(text, |path| {
        if path.extension().is_some() {
            PathKind::File
        } else {
            PathKind::Missing
        }
    })
    .unwrap()
}

#[test]
fn the_template_passes_its_own_check() {
    let template = read(TEMPLATE).unwrap();
    assert_eq!(template.warnings(), []);
    assert_eq!(template.unpinned(), []);
    assert_eq!(template.trust(), Some(&TrustChoice::PublicGood));
    let demands = template
        .demands_for(&subject("registry.example.com/app/web"))
        .unwrap();
    assert_eq!(demands.len(), 2);
}

#[test]
fn what_the_template_only_mentions_is_right_too() {
    let lines = TEMPLATE.lines().map(|line| match line.strip_prefix("# ") {
        Some(code) if code.starts_with('[') || code.split_once(" = ").is_some_and(|(key, _)| is_key(key)) => {
            code
        }
        _ => line,
    });
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    let key = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/p256.pub")).unwrap();
    let files = Files {
        folder: Path::new(""),
        read: &|_| Ok(key.clone()),
    };
    let fingerprint = "76694dde9c9660e2103f66427288aa6e09cb80278e4c35c3be751b84c71296ff";
    let text = text.replace(
        "fingerprint = \"sha256:…\"",
        &format!("fingerprint = \"sha256:{fingerprint}\""),
    );
    let text = text.replace(
        "verified-policy = \"sha256:…\"",
        &format!("verified-policy = \"sha256:{fingerprint}\""),
    );
    let text = text.replace(
        "pins = [\"release\"]\ncombine",
        "pins = [\"release\", \"any-app\", \"security-team\"]\ncombine",
    );
    let read = parse("template", text.as_bytes(), &files).unwrap_or_else(|findings| panic!("{findings:#?}"));
    assert_eq!(read.pins().len(), 3);
    assert_eq!(read.limits().candidates, 100);
    let demands = read
        .demands_for(&subject("registry.example.com/app/web"))
        .unwrap();
    assert_eq!(demands[0].pins.needed(), 3);
    assert_eq!(demands[0].require, Require::Latest);
    assert!(demands[0].max_age.is_some() && demands[1].fields.builder_id.is_some());
    assert!(matches!(
        demands[0].repository_binding,
        RepositoryBinding::Exact(_)
    ));
}

fn is_key(key: &str) -> bool {
    key.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

#[test]
fn a_subject_that_no_rule_covers_is_refused() {
    let policy =
        policy("[[signature]]\nsubjects = [\"registry.example/app/*\", \"file:dist/*\"]\npins = [\"a\"]\n");
    for text in ["registry.example/app/web", "dist/app.gz", "./dist/app.gz"] {
        assert_eq!(policy.demands_for(&subject(text)).unwrap().len(), 1, "{text}");
    }
    for text in [
        "registry.example/app",
        "registry.example/app/web/x",
        "registry.example.evil/app/web",
        "dist/sub/app.gz",
        "dist/../app.gz",
        "/dist/app.gz",
        "-",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        let refusal = policy.demands_for(&subject(text)).unwrap_err();
        assert_eq!(refusal.code, Code::SubjectNotCovered, "{text}");
    }
}

#[test]
fn every_rule_that_covers_a_subject_makes_a_demand() {
    let policy = policy(
        "[[signature]]\npins = [\"a\"]\n[[signature]]\nsubjects = [\"file:**\"]\npins = [\"a\"]\nrequire = \"all\"\n\
         [[attestation]]\nsubjects = [\"registry.example/**\"]\ntype = \"spdx\"\npins = [\"a\"]\n",
    );
    let kinds = |text: &str| -> Vec<(bool, Require)> {
        let demands = policy.demands_for(&subject(text)).unwrap();
        demands
            .iter()
            .map(|demand| (demand.kind == DemandKind::Signature, demand.require))
            .collect()
    };
    assert_eq!(
        kinds("registry.example/app"),
        [(true, Require::Any), (false, Require::Any)]
    );
    assert_eq!(kinds("dist/app.gz"), [(true, Require::Any), (true, Require::All)]);
    assert_eq!(kinds("-"), [(true, Require::Any), (true, Require::All)]);
    assert_eq!(kinds("other.example/app"), [(true, Require::Any)]);
}

#[test]
fn a_rule_without_subjects_covers_even_what_has_no_name() {
    let policy = policy("[[signature]]\npins = [\"a\"]\n");
    assert_eq!(policy.demands_for(&subject("../app.gz")).unwrap().len(), 1);
}

#[test]
fn a_path_that_no_scope_can_see_does_not_slip_past_the_stricter_rule() {
    let policy = policy(
        "[[signature]]\npins = [\"a\"]\n[[attestation]]\nsubjects = [\"file:dist/**\"]\ntype = \"spdx\"\npins = [\"a\"]\n",
    );
    assert_eq!(policy.demands_for(&subject("dist/app.gz")).unwrap().len(), 2);
    assert_eq!(policy.demands_for(&subject("other/app.gz")).unwrap().len(), 1);
    let refusal = policy.demands_for(&subject("dist/../dist/app.gz")).unwrap_err();
    assert_eq!(refusal.code, Code::SubjectNotCovered);
}

#[test]
fn a_repository_is_bound_to_the_subject_that_is_asked_about() {
    let bound = |mode: &str| {
        policy(&format!(
            "[[signature]]\npins = [\"a\"]\nrepository-binding = \"{mode}\"\n"
        ))
    };
    let binding = |mode: &str, text: &str| {
        bound(mode)
            .demands_for(&subject(text))
            .unwrap()
            .remove(0)
            .repository_binding
    };
    let value = |binding| match binding {
        RepositoryBinding::Exact(written) | RepositoryBinding::Prefix(written) => written.value,
        RepositoryBinding::Ignore => String::new(),
    };
    assert_eq!(
        value(binding("exact", "registry.example/app:v1")),
        "registry.example/app"
    );
    assert!(matches!(
        binding("match-prefix", "registry.example/app"),
        RepositoryBinding::Prefix(_)
    ));
    assert_eq!(
        binding("ignore", "registry.example/app"),
        RepositoryBinding::Ignore
    );
    // No image's name, so a payload that names one never meets it.
    assert_eq!(value(binding("exact", "app.gz")), "app.gz");
    let layout = Subject::Layout {
        path: "out".into(),
        selector: LayoutSelector::Only,
    };
    assert_eq!(
        bound("exact").demands_for(&layout).unwrap_err().code,
        Code::PolicyInvalid
    );
    assert!(bound("ignore").demands_for(&layout).is_ok());
}

#[test]
fn files_are_named_relative_to_the_policy() {
    let text = format!("{PIN}[trust]\nfile = \"roots/own.json\"\n[[signature]]\npins = [\"a\"]\n");
    let policy = read(&text).unwrap();
    assert_eq!(
        policy.trust(),
        Some(&TrustChoice::File("folder/roots/own.json".into()))
    );
    // Nothing pins that file, which counts once the policy itself is pinned.
    assert_eq!(policy.unpinned().len(), 1);
    let key = read("version = 1\n[[pin]]\nname = \"k\"\nkey = \"k.pub\"\n[[signature]]\npins = [\"k\"]\n")
        .unwrap_err();
    assert!(key[0].message.contains("asked for folder/k.pub"), "{key:?}");
}

#[test]
fn limits_can_only_be_lowered() {
    let with = |limits: &str| {
        read(&format!(
            "{PIN}[[signature]]\npins = [\"a\"]\n[limits]\n{limits}\n"
        ))
    };
    let built_in = with("").unwrap().limits();
    assert_eq!(with("candidates = 5").unwrap().limits().candidates, 5);
    for wrong in [
        "candidates = 0",
        "candidates = 100000",
        "evidence-bytes = -1",
        "evidence-bytes = 99999999999999999999",
        "candidates = 1.0",
    ] {
        assert!(with(wrong).is_err(), "{wrong}");
    }
    let same = format!("evidence-bytes = {}", built_in.evidence_bytes);
    assert_eq!(with(&same).unwrap().limits(), built_in);
}

#[test]
fn a_policy_is_pinned_by_its_bytes() {
    let bytes = TEMPLATE.as_bytes();
    assert_eq!(check_digest("p", bytes, &Digest::sha256(bytes)), Ok(()));
    assert_eq!(
        check_digest("p", bytes, &Digest::of(crate::subject::Algorithm::Sha512, bytes)),
        Ok(())
    );
    let changed = [bytes, b"\n"].concat();
    let refusal = check_digest("p", &changed, &Digest::sha256(bytes)).unwrap_err();
    assert_eq!(refusal.code, Code::PolicyDigestMismatch);
    assert_eq!(read(TEMPLATE).unwrap().digest(), &Digest::sha256(bytes));
}

#[test]
fn hostile_files_are_refused_and_never_panic() {
    let files = Files {
        folder: Path::new(""),
        read: &|_| Err("no".to_owned()),
    };
    let rule = "[[signature]]\npins = [\"a\"]\n";
    let deep = format!("{PIN}{rule}x = {}{}", "[".repeat(5000), "]".repeat(5000));
    let tables = format!("{PIN}{}", rule.repeat(5000));
    let keys: String = (0..20_000).map(|number| format!("k{number} = 1\n")).collect();
    let cases: Vec<Vec<u8>> = vec![
        vec![],
        vec![0xff, 0xfe],
        vec![0; 1000],
        b"\xef\xbb\xbf".to_vec(),
        vec![b'['; 100_000],
        vec![b'\n'; super::MAX_POLICY_BYTES],
        vec![b'a'; super::MAX_POLICY_BYTES + 1],
        deep.into_bytes(),
        tables.into_bytes(),
        keys.into_bytes(),
        format!("{PIN}{}", "[[pin]]\nname = \"b\"\n".repeat(300)).into_bytes(),
        format!("[[signature]]\npins = [{}]", "'a', ".repeat(40_000)).into_bytes(),
        b"version = 1\nversion = 1\n".to_vec(),
        b"pin = 1\nsignature = 2\nattestation = 3\nlimits = 4\ntrust = 5\nversion = 6".to_vec(),
        b"[[pin.pin]]\n[[signature.pins]]\n".to_vec(),
        b"signature = [1, [2], {}]\npin = [1]\n".to_vec(),
        b"pin = []\nsignature = []\nversion = 1".to_vec(),
    ];
    for bytes in cases {
        let findings = parse("p", &bytes, &files).unwrap_err();
        assert!(!findings.is_empty() && findings.len() <= 101);
        assert!(findings[0].code == Code::PolicyInvalid && findings[0].origin.is_some());
    }
}

#[test]
fn no_cut_or_changed_policy_panics_or_passes_for_another() {
    let text = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/policy/valid/everything.toml"
    ))
    .unwrap();
    let files = Files {
        folder: Path::new(""),
        read: &|_| Err("no".to_owned()),
    };
    // The longer file at some places, the shorter one at every one.
    let short = format!("{PIN}[[signature]]\nsubjects = [\"file:**\"]\npins = [\"a\"]\n").into_bytes();
    for (text, step) in [(text, 13), (short, 1)] {
        for at in (0..text.len()).step_by(step) {
            let _ = parse("p", &text[..at], &files);
            let mut changed = text.clone();
            changed[at] ^= 0x15;
            if let Ok(policy) = parse("p", &changed, &files) {
                assert!(
                    !policy.pins().is_empty()
                        && policy
                            .demands_for(&subject("a.gz"))
                            .map_or(true, |all| !all.is_empty())
                );
            }
        }
    }
}
