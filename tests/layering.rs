//! The import rule of the crate documentation, kept by reading the sources: imports go one way, pure parts do no I/O, and
//! what the guides name exists.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A source file without its unit tests.
struct Source {
    /// Path from `src/`, with slashes.
    name: String,
    /// Its lines of code with their numbers, without comments.
    lines: Vec<(usize, String)>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(ROOT).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    assert!(files.len() > 50, "the sources were not found");
    files
        .into_iter()
        .filter(|path| !is_test(path.strip_prefix(&root).unwrap()))
        .map(|path| Source {
            name: path.strip_prefix(&root).unwrap().display().to_string(),
            lines: code(&std::fs::read_to_string(&path).unwrap()),
        })
        .collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Files of unit tests that have a file or a folder of their own, by their path from `src/`.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests")
        || ["tests.rs", "testing.rs"].iter().any(|name| path.ends_with(name))
}

/// The code before the unit tests, without comments. Unit tests stand at the end of a file.
fn code(text: &str) -> Vec<(usize, String)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default().to_owned()))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect()
}

/// The lines of files under `prefixes` that `is_forbidden` finds something in.
fn offences(prefixes: &[&str], is_forbidden: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let sources = sources();
    for prefix in prefixes {
        assert!(
            sources.iter().any(|source| source.name.starts_with(prefix)),
            "there is nothing under src/{prefix}"
        );
    }
    let mut found = Vec::new();
    for source in &sources {
        if prefixes.iter().any(|prefix| source.name.starts_with(prefix)) {
            let lines = source.lines.iter().filter(|(_, line)| is_forbidden(source, line));
            found
                .extend(lines.map(|(number, line)| format!("src/{}:{number}: {}", source.name, line.trim())));
        }
    }
    found
}

/// The modules at the root of the crate that a line names.
fn imported(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").filter_map(|(at, found)| {
        let rest = &line[at + found.len()..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
        rest.get(..end)
    })
}

fn assert_none(offences: &[String], rule: &str) {
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}

/// Each layer with the modules of this crate that it may import. What is not listed may import anything.
const LAYERS: [(&str, &[&str]); 15] = [
    ("subject/", &["subject"]),
    ("strict_json", &[]),
    ("http/", &["http", "report", "subject"]),
    ("report/", &["report", "subject"]),
    ("licences/", &["licences"]),
    ("versions/", &["versions"]),
    ("purl/", &["purl", "report"]),
    ("severity", &[]),
    (
        "attestation/",
        &["attestation", "report", "subject", "strict_json"],
    ),
    (
        "registry/",
        &["registry", "http", "report", "subject", "strict_json"],
    ),
    (
        "sigstore/",
        &[
            "sigstore",
            "attestation",
            "http",
            "report",
            "subject",
            "strict_json",
        ],
    ),
    (
        "policy/",
        &[
            "policy",
            "sigstore",
            "attestation",
            "registry",
            "licences",
            "versions",
            "purl",
            "severity",
            "report",
            "subject",
            "strict_json",
        ],
    ),
    ("manifests/", &["manifests", "report", "subject"]),
    (
        "sbom/",
        &[
            "sbom",
            "purl",
            "severity",
            "versions",
            "report",
            "subject",
            "strict_json",
        ],
    ),
    (
        "ops/",
        &[
            "ops",
            "http",
            "policy",
            "sigstore",
            "attestation",
            "registry",
            "manifests",
            "sbom",
            "licences",
            "versions",
            "purl",
            "severity",
            "report",
            "subject",
            "strict_json",
        ],
    ),
];

#[test]
fn imports_go_one_way() {
    for (layer, allowed) in LAYERS {
        let found = offences(&[layer], |_, line| {
            imported(line).any(|module| !allowed.contains(&module))
        });
        assert_none(
            &found,
            &format!("src/{layer} may import {allowed:?} and nothing else of this crate"),
        );
    }
}

#[test]
fn nobody_imports_a_door() {
    let found = offences(&[""], |source, line| {
        let outside = !source.name.starts_with("cli/") && source.name != "main.rs";
        outside && imported(line).any(|module| module == "cli")
    });
    assert_none(&found, "only main.rs calls the command line");
}

/// Parts that take bytes, values and `now`, and give values.
const PURE: [&str; 17] = [
    "subject/",
    "licences/",
    "versions/",
    "purl/",
    "manifests/",
    "strict_json",
    "attestation/",
    "policy/",
    "report/",
    "sbom/",
    "sigstore/pin/",
    "sigstore/certificate",
    "sigstore/legacy.rs",
    "ops/verify/decide.rs",
    "gate/admission/",
    "gate/event/",
    "gate/hint.rs",
];

/// What reaches outside: files, the environment, the network, clocks, output, threads.
const OUTSIDE: [&str; 17] = [
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::io::std",
    "tokio",
    "reqwest",
    "tempfile",
    "directories",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "println!",
    "eprintln!",
    "File::open",
];

#[test]
fn pure_parts_reach_for_nothing_outside() {
    // Building a path or naming an error's type is no I/O, and the compile-time version is no environment.
    let found = offences(&PURE, |_, line| {
        OUTSIDE.iter().any(|word| line.contains(word)) && !line.contains("env!(")
    });
    assert_none(&found, "this part is pure: hand it bytes, values and `now`");
}

#[test]
fn the_environment_and_the_terminal_are_for_the_command_line() {
    let elsewhere = [
        "attestation/",
        "http/",
        "ops/",
        "policy/",
        "registry/",
        "report/",
        "subject/",
    ];
    let found = offences(&elsewhere, |_, line| {
        [
            "std::env",
            "env::var",
            "io::stdout",
            "io::stderr",
            "process::exit",
        ]
        .iter()
        .any(|word| line.contains(word))
    });
    assert_none(&found, "only src/cli reads the environment and prints");
}

#[test]
fn nothing_but_main_ends_the_process() {
    let found = offences(&[""], |_, line| {
        line.contains("process::exit") || line.contains("process::abort")
    });
    assert_none(&found, "an exit code is returned, and main returns it");
}

#[test]
fn only_the_engine_and_the_trust_roots_talk_to_the_verification_library() {
    let found = offences(&[""], |source, line| {
        let theirs = [
            "sigstore/engine.rs",
            "sigstore/refusal.rs",
            "sigstore/trust/",
            "sandbox/",
        ];
        line.contains("sigstore_verify::") && !theirs.iter().any(|file| source.name.starts_with(file))
    });
    assert_none(&found, "one verification engine");
    let found = offences(&[""], |source, line| {
        let skips = ["skip_tlog_unsafe", "skip_sct", "skip_certificate_chain"];
        skips.iter().any(|word| line.contains(word)) && source.name != "sigstore/engine.rs"
    });
    assert_none(&found, "what may be absent is decided in one file");
}

/// Paths in backquotes or links that begin with a folder of this repository.
fn named_paths(text: &str) -> Vec<String> {
    let folders = [
        "src/",
        "tests/",
        "fixtures/",
        "docs/",
        "benches/",
        "fuzz/",
        "completions/",
        "man/",
        ".ci/",
    ];
    let separators = |letter: char| letter.is_whitespace() || "`()\"'<>[],;".contains(letter);
    text.split(separators)
        .map(|word| word.trim_end_matches(['.', ':']))
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder)))
        .filter(|word| !word.contains(['*', '{', '$', '…']))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_paths_that_the_guides_name_exist() {
    let mut missing = Vec::new();
    let mut count = 0;
    for guide in ["README.md", "CONTRIBUTING.md", "fixtures/README.md", "src/lib.rs"] {
        let Ok(text) = std::fs::read_to_string(Path::new(ROOT).join(guide)) else {
            continue;
        };
        for path in named_paths(&text) {
            count += 1;
            if !Path::new(ROOT).join(&path).exists() {
                missing.push(format!("{guide} names {path}"));
            }
        }
    }
    assert!(count > 0, "no guide names a path");
    assert_none(&missing, "a guide names what is not there");
}

#[test]
fn these_rules_find_what_they_forbid() {
    assert_eq!(
        imported("use crate::cli::Problem; crate::ops::hash::file").collect::<Vec<_>>(),
        ["cli", "ops"]
    );
    assert_eq!(code("use a; // std::fs\n\n#[cfg(test)]\nmod tests {}").len(), 1);
    assert_eq!(
        named_paths("see `src/lib.rs`, (docs/codes.md) and tests/*.rs."),
        ["src/lib.rs", "docs/codes.md"]
    );
}
