//! Signing beside the bare requests that it makes, and how long a sandbox takes to start.
//!
//! The services are those of the tests, in this process. The requests of a signature are recorded, and sent again as they
//! are: the services do the same work for them.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has to stop at once, and prints what it measured"
)]
#![allow(dead_code, reason = "the tests' services do more than is needed here")]

#[path = "../../tests/signing/instance.rs"]
mod instance;
#[path = "../../tests/support/judge.rs"]
mod judge;
#[path = "../common/ratio.rs"]
mod ratio;
#[path = "../../tests/support/service.rs"]
mod service;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use instance::World;
use portcullis::sandbox::server::{Options, Sandbox};
use portcullis::sigstore::sign::{Form, LogVersion};
use ratio::{line, pairs, quartiles, repeat};
use service::Request;

/// Pairs of the comparison.
const PAIRS: usize = 100;
/// Sandboxes that are started.
const STARTS: usize = 20;

fn main() {
    // `cargo test --benches` runs this program too, and only wants to know that it builds.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    println!(
        "{:<74} {:>6}   quartiles        fastest",
        "ratio of times", "median"
    );
    for (name, version) in [("Rekor v1", LogVersion::V1), ("Rekor v2", LogVersion::V2)] {
        sign(name, version);
    }
    start();
}

/// A keyless signature with everything from a new key to the verified bundle, beside its requests with a new client.
fn sign(name: &str, version: LogVersion) {
    let recorded: Arc<Mutex<Vec<Request>>> = Arc::default();
    let recorder = Arc::clone(&recorded);
    let world = World::twisted(move |request, honest| {
        recorder.lock().unwrap().push(request.clone());
        honest
    });
    let ours = || drop(world.sign(version, Form::Message).unwrap());
    ours();
    let requests = std::mem::take(&mut *recorded.lock().unwrap());
    assert!(requests.len() >= 2, "a certificate and a log entry");
    let bare = || send(&world, &requests);
    line(
        &format!("keyless, {name}, {} requests", requests.len()),
        "signing / its bare requests",
        &pairs(PAIRS, || repeat(1, ours), || repeat(1, bare)),
    );
}

/// Sends the requests one after the other, as each needs the answer of the one before.
fn send(world: &World, requests: &[Request]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only(std::iter::empty())
        .build()
        .unwrap();
    runtime.block_on(async {
        for request in requests {
            let mut call = client.post(world.url(&request.target)).body(request.body.clone());
            for (name, value) in &request.headers {
                if !["host", "content-length", "connection"].contains(&name.as_str()) {
                    call = call.header(name, value);
                }
            }
            let answer = call.send().await.unwrap().error_for_status().unwrap();
            assert!(!answer.bytes().await.unwrap().is_empty());
        }
    });
}

/// From nothing to every server listening, with new keys.
fn start() {
    let mut times: Vec<f64> = (0..STARTS)
        .map(|_| {
            let start = Instant::now();
            let sandbox = Sandbox::start(Options::default()).unwrap();
            let took = start.elapsed();
            drop(sandbox);
            took.as_secs_f64()
        })
        .collect();
    let [_, median, _] = quartiles(&mut times);
    println!(
        "sandbox, start to listening: median {median:.3} s, slowest {:.3} s of {STARTS} (at most 1 s)",
        times[STARTS - 1]
    );
}
