//! Images in a registry on loopback: one beside its bare requests, and two hundred at once.
//!
//! The registry is the one of the tests, in this process; the two hundred are verified by the program, so that its memory
//! is its own. Needs GNU time.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has to stop at once, and prints what it measured"
)]
#![allow(dead_code, reason = "the tests' registry does more than is needed here")]

#[path = "../../tests/registry/content.rs"]
mod content;
#[path = "../../tests/registry/fake.rs"]
mod fake;
#[path = "../../tests/support/judge.rs"]
mod judge;
#[path = "../common/ratio.rs"]
mod ratio;

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use content::{ISSUER, Spot, US, config, signed, trusted_root_file, verify_reference};
use fake::{Contents, Registry};
use portcullis::registry::client::Client;
use portcullis::report::Verdict;
use ratio::{line, pairs, repeat};

/// Pairs of the comparison.
const PAIRS: usize = 200;
/// Images that are verified at once by the program.
const IMAGES: usize = 200;
/// Runs of the program.
const RUNS: usize = 5;
/// Ticks in a second of the times in `/proc`, on every Linux that this runs on.
const TICKS: f64 = 100.0;

fn main() {
    // `cargo test --benches` runs this program too, and only wants to know that it builds.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    println!(
        "{:<74} {:>6}   quartiles        fastest",
        "ratio of times", "median"
    );
    one_image("bundle as referrer", Spot::Referrers);
    one_image("cosign's .att tag", Spot::Att);
    many_images();
}

/// Everything but reading the trust root, beside the same requests and nothing else, both with new connections.
fn one_image(name: &str, spot: Spot) {
    let registry = Registry::start(signed(spot));
    let reference = registry.reference("v1");
    let ours = || {
        let client = Client::new(config()).unwrap();
        let answer = verify_reference(&client, &reference);
        assert_eq!(answer.verdict(), Verdict::Allowed);
    };
    ours();
    let waves = waves(&registry);
    let bare = || fetch(&waves);
    line(
        name,
        "verification / its bare requests (at most 3)",
        &pairs(PAIRS, || repeat(1, ours), || repeat(1, bare)),
    );
}

/// The requests of a verification in the order in which one needs the other: the image, the places, what they hold, and
/// the evidence itself.
fn waves(registry: &Registry) -> Vec<Vec<String>> {
    let mut waves = vec![Vec::new(); 4];
    for path in registry.take_paths() {
        let path = path.strip_prefix("GET ").unwrap();
        let wave = match path {
            path if path.ends_with("/manifests/v1") => 0,
            path if path.contains("/blobs/") => 3,
            path if path.contains("/manifests/sha256:") => 2,
            _ => 1,
        };
        waves[wave].push(registry.url(path));
    }
    waves
}

/// Fetches each wave at once, with a client as it comes.
fn fetch(waves: &[Vec<String>]) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only(std::iter::empty())
        .build()
        .unwrap();
    runtime.block_on(async {
        for wave in waves {
            let mut tasks = tokio::task::JoinSet::new();
            for url in wave {
                let request = client.get(url);
                tasks.spawn(async move { request.send().await.unwrap().bytes().await.unwrap().len() });
            }
            while let Some(length) = tasks.join_next().await {
                length.unwrap();
            }
        }
    });
}

/// The program with two hundred images: how busy the machine was with them and with the registry, and the peak of memory.
fn many_images() {
    let mut contents: Contents = signed(Spot::Referrers);
    let root = contents.root.clone();
    for number in 0..IMAGES {
        contents.tags.insert(format!("t{number}"), root.clone());
    }
    let registry = Registry::start(contents);
    let folder = tempfile::tempdir().unwrap();
    let list: String = (0..IMAGES)
        .map(|number| registry.reference(&format!("t{number}")) + "\n")
        .collect();
    fs::write(folder.path().join("list"), list).unwrap();
    let cores = std::thread::available_parallelism().unwrap();
    for _ in 0..RUNS {
        let (before, started) = (own_time(), Instant::now());
        let status = Command::new("/usr/bin/time")
            .args(["-q", "-f", "%U %S %M", "-o", "time"])
            .arg(env!("CARGO_BIN_EXE_portcullis"))
            .args([
                "verify",
                "--from-file",
                "list",
                "--identity",
                US,
                "--issuer",
                ISSUER,
            ])
            .arg("--trusted-root")
            .arg(trusted_root_file())
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let (wall, registrys) = (started.elapsed().as_secs_f64(), own_time() - before);
        assert!(status.success());
        let text = fs::read_to_string(folder.path().join("time")).unwrap();
        let figures: Vec<f64> = text
            .split_whitespace()
            .map(|figure| figure.parse().unwrap())
            .collect();
        let (program, peak) = (figures[0] + figures[1], figures[2] / 1024.0);
        let requests = registry.take_paths().len();
        println!(
            "{IMAGES} images, {requests} requests: {wall:.2} s wall, {program:.2} s processor, {registrys:.2} s of the registry: \
             {:.0} % of {cores} cores; peak {peak:.1} MB",
            (program + registrys) / wall / f64::from(u32::try_from(cores.get()).unwrap()) * 100.0,
        );
    }
}

/// Seconds of processor time that this process, which is the registry, has used.
fn own_time() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / TICKS
}
