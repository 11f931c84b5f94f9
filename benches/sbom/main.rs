//! Reading SBOMs: time beside `serde_json::Value` and beside serde_json's quickest pass, both in the same run, and the
//! most memory that a process needs which does nothing else.
//!
//! Names (`cyclonedx`, `spdx`, `stream`) choose a part.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has to stop at once, and prints what it measured"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use portcullis::ops::hash;
use portcullis::ops::sbom_check::{Asked, Content, Cover, Given, check_alone};
use portcullis::policy::{Acceptances, Files, parse};
use portcullis::report::Verdict;
use portcullis::sbom::{Limits, binding, cycle, read};
use portcullis::subject::Digest;

/// Components of the document in memory: 50 MB.
const COMPONENTS: usize = 38_000;
/// Components of the streamed document: 500 MB.
const STREAMED: usize = 10 * COMPONENTS;
/// Dependencies of each component.
const DEPENDENCIES: usize = 5;
/// Pairs of a comparison.
const PAIRS: usize = 7;

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs this program too, and only wants to know that it builds.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    args.retain(|arg| arg != "--bench");
    if let [alone, way, path] = args.as_slice()
        && alone == "alone"
    {
        run(way, Path::new(path));
        println!("{}", most_memory());
        return;
    }
    let measure = |part: &str| args.is_empty() || args.iter().any(|name| name == part);
    let folder = tempfile::tempdir().unwrap();
    for (name, write) in [("cyclonedx", cyclonedx as Write), ("spdx", spdx)] {
        if measure(name) {
            let path = folder.path().join(name);
            write(&path, COMPONENTS);
            compare(name, &path);
        }
    }
    if measure("stream") {
        let path = folder.path().join("large");
        cyclonedx(&path, STREAMED);
        let (time, memory) = alone("stream", &path);
        println!(
            "stream of {} MB: {time:.2} s, {memory} MB at most",
            megabytes(&path)
        );
    }
}

type Write = fn(&Path, usize);

/// The ways to read a document in memory: this program up to a decision, serde_json's general value, and serde_json
/// looking for the end only.
const WAYS: [&str; 3] = ["portcullis", "value", "ignored"];

/// Time and memory of every way to read one document.
fn compare(name: &str, path: &Path) {
    println!("{name}, {} MB, {COMPONENTS} components", megabytes(path));
    let bytes = std::fs::read(path).unwrap();
    let mut fastest = [Duration::MAX; WAYS.len()];
    for _ in 0..PAIRS {
        for (way, fastest) in WAYS.iter().zip(&mut fastest) {
            let start = Instant::now();
            decide(way, &bytes);
            *fastest = start.elapsed().min(*fastest);
        }
    }
    let [ours, ..] = fastest;
    for (way, time) in WAYS.iter().zip(fastest) {
        println!(
            "  {way:<12} {:>6.3} s fastest of {PAIRS}; portcullis takes {:.2} of it; {} MB at most, document included",
            time.as_secs_f64(),
            ours.as_secs_f64() / time.as_secs_f64(),
            alone(way, path).1
        );
    }
}

/// Runs one way in a process of its own: seconds, and megabytes at most.
fn alone(way: &str, path: &Path) -> (f64, u64) {
    let start = Instant::now();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--bench", "alone", way])
        .arg(path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (
        start.elapsed().as_secs_f64(),
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap(),
    )
}

fn run(way: &str, path: &Path) {
    if way == "stream" {
        decide_passing(path);
    } else {
        decide(way, &std::fs::read(path).unwrap());
    }
}

/// The whole of `sbom-check --sbom FILE` but for looking for signatures: hashing, reading, the rules, the verdict.
fn decide_passing(path: &Path) {
    let files = Files {
        folder: Path::new("."),
        read: &|_| Err("there are no files".to_owned()),
    };
    let policy = parse("policy.toml", POLICY.as_bytes(), &files).unwrap();
    let digest = hash::file(path, u64::MAX, &|_| {}).unwrap();
    let given = Given {
        label: "large".to_owned(),
        digest,
        content: Content::File(path.to_owned()),
        cover: Cover::Nothing,
    };
    let limits = Limits::default();
    let asked = Asked::new(policy.sbom().unwrap(), &limits, jiff::Timestamp::UNIX_EPOCH);
    let outcome = check_alone(Vec::new(), &given, &asked, &Acceptances::default());
    assert_eq!(outcome.report.verdict, Verdict::Allowed);
}

/// Every licence and every package is asked about.
const POLICY: &str = r#"
version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
[sbom.licences]
allow = ["MIT"]
[[sbom.components.allow]]
package = "pkg:npm/**"
"#;

fn decide(way: &str, bytes: &[u8]) {
    match way {
        "value" => drop(black_box(
            serde_json::from_slice::<serde_json::Value>(bytes).unwrap(),
        )),
        "ignored" => drop(black_box(
            serde_json::from_slice::<serde::de::IgnoredAny>(bytes).unwrap(),
        )),
        _ => {
            let limits = Limits::default();
            let document = read(bytes, &limits).unwrap();
            let licensed = document
                .ingredients()
                .filter(|one| !one.licences.is_empty())
                .count();
            assert_eq!(licensed, COMPONENTS);
            assert!(document.problems.is_empty());
            assert_eq!(cycle::find(&document), None);
            let verified = [binding::Verified {
                digest: Digest::sha256(b"the image"),
                of: binding::Thing::Subject,
            }];
            let bound = binding::bind(&document, &verified);
            assert!(matches!(bound, binding::Binding::Bound { .. }));
        }
    }
}

/// The most memory that this process ever had, in megabytes.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024
}

fn megabytes(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len() / 1_000_000
}

/// A CycloneDX document with `count` components in the way generators write them, with a graph without cycles.
fn cyclonedx(path: &Path, count: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let digest = Digest::sha256(b"the image");
    write!(file, "{{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.6\",\n  \"metadata\": {{\"timestamp\": \"2026-01-01T00:00:00Z\", \"component\": {{\"bom-ref\": \"root\", \"type\": \"container\", \"name\": \"app\", \"version\": \"{digest}\"}}}},\n  \"components\": [\n").unwrap();
    let mut text = String::new();
    for number in 0..count {
        text.clear();
        let hash = Digest::sha256(&number.to_le_bytes()).to_hex();
        write!(text, "    {{\n      \"bom-ref\": \"pkg:npm/%40scope/package-{number}@1.{number}.0\",\n      \"type\": \"library\",\n      \"group\": \"@scope\",\n      \"name\": \"package-{number}\",\n      \"version\": \"1.{number}.0\",\n      \"description\": \"A package that is described by its author in a \\\"sentence\\\" of this length\",\n      \"scope\": \"required\",\n      \"hashes\": [{{\"alg\": \"SHA-256\", \"content\": \"{hash}\"}}],\n      \"licenses\": [{{\"license\": {{\"id\": \"MIT\"}}}}],\n      \"purl\": \"pkg:npm/%40scope/package-{number}@1.{number}.0\",\n      \"externalReferences\": [{{\"type\": \"vcs\", \"url\": \"git+https://example.com/scope/package-{number}.git\"}}, {{\"type\": \"website\", \"url\": \"https://example.com/scope/package-{number}#readme\"}}],\n      \"properties\": [\n        {{\"name\": \"syft:package:foundBy\", \"value\": \"javascript-package-cataloger\"}},\n        {{\"name\": \"syft:package:language\", \"value\": \"javascript\"}},\n        {{\"name\": \"syft:location:0:path\", \"value\": \"/app/node_modules/@scope/package-{number}/package.json\"}}\n      ]\n    }}{}\n", if number + 1 < count { "," } else { "" }).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
    write!(file, "  ],\n  \"dependencies\": [\n").unwrap();
    for number in 0..count {
        let ends: Vec<String> = (1..=DEPENDENCIES)
            .map(|step| number + step * step)
            .filter(|to| *to < count)
            .map(|to| format!("\"pkg:npm/%40scope/package-{to}@1.{to}.0\""))
            .collect();
        writeln!(
            file,
            "    {{\"ref\": \"pkg:npm/%40scope/package-{number}@1.{number}.0\", \"dependsOn\": [{}]}}{}",
            ends.join(", "),
            if number + 1 < count { "," } else { "" }
        )
        .unwrap();
    }
    writeln!(file, "  ]\n}}").unwrap();
    file.flush().unwrap();
}

/// An SPDX document with `count` packages and as many files, as Syft writes them.
fn spdx(path: &Path, count: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let digest = Digest::sha256(b"the image").to_hex();
    write!(file, "{{\"spdxVersion\":\"SPDX-2.3\",\"SPDXID\":\"SPDXRef-DOCUMENT\",\"name\":\"app\",\"documentNamespace\":\"https://example.com/app\",\"creationInfo\":{{\"created\":\"2026-01-01T00:00:00Z\",\"creators\":[\"Tool: generated\"]}},\n\"packages\":[{{\"name\":\"app\",\"SPDXID\":\"SPDXRef-DocumentRoot-Image-app\",\"checksums\":[{{\"algorithm\":\"SHA256\",\"checksumValue\":\"{digest}\"}}]}}").unwrap();
    for number in 0..count {
        write!(file, ",\n{{\"name\":\"package-{number}\",\"SPDXID\":\"SPDXRef-Package-npm-package-{number}\",\"versionInfo\":\"1.{number}.0\",\"supplier\":\"NOASSERTION\",\"downloadLocation\":\"NOASSERTION\",\"filesAnalyzed\":false,\"sourceInfo\":\"acquired package info from installed node module manifest file: /app/node_modules/package-{number}/package.json\",\"licenseConcluded\":\"NOASSERTION\",\"licenseDeclared\":\"MIT\",\"copyrightText\":\"NOASSERTION\",\"externalRefs\":[{{\"referenceCategory\":\"SECURITY\",\"referenceType\":\"cpe23Type\",\"referenceLocator\":\"cpe:2.3:a:package-{number}:package-{number}:1.{number}.0:*:*:*:*:*:*:*\"}},{{\"referenceCategory\":\"PACKAGE-MANAGER\",\"referenceType\":\"purl\",\"referenceLocator\":\"pkg:npm/package-{number}@1.{number}.0\"}}]}}").unwrap();
    }
    write!(file, "],\n\"files\":[").unwrap();
    for number in 0..count {
        let hash = &Digest::sha256(&number.to_le_bytes()).to_hex()[..40];
        write!(file, "{}\n{{\"fileName\":\"app/node_modules/package-{number}/package.json\",\"SPDXID\":\"SPDXRef-File-{number}\",\"checksums\":[{{\"algorithm\":\"SHA1\",\"checksumValue\":\"{hash}\"}}],\"licenseConcluded\":\"NOASSERTION\",\"licenseInfoInFiles\":[\"NOASSERTION\"],\"copyrightText\":\"NOASSERTION\"}}", if number == 0 { "" } else { "," }).unwrap();
    }
    write!(file, "],\n\"relationships\":[{{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relatedSpdxElement\":\"SPDXRef-DocumentRoot-Image-app\",\"relationshipType\":\"DESCRIBES\"}}").unwrap();
    for number in 0..count {
        write!(file, ",\n{{\"spdxElementId\":\"SPDXRef-DocumentRoot-Image-app\",\"relatedSpdxElement\":\"SPDXRef-Package-npm-package-{number}\",\"relationshipType\":\"CONTAINS\"}},\n{{\"spdxElementId\":\"SPDXRef-Package-npm-package-{number}\",\"relatedSpdxElement\":\"SPDXRef-File-{number}\",\"relationshipType\":\"OTHER\",\"comment\":\"evident-by: indicates the package's existence is evident by the given file\"}}").unwrap();
    }
    writeln!(file, "]}}").unwrap();
    file.flush().unwrap();
}
