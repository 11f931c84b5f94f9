//! The gate under load: events that are acknowledged when they are on disk, decisions of images whose verdict is kept, and
//! memory. `cargo bench --bench gate`, or with the name of a part: `accept`, `decide`.
//!
//! The gate is the program, with its files on the disk that the temporary folder is on. The load comes from this process, on
//! the same processors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portcullis::gate::{Fingerprint, Hint, NewEvent, Queue, Store};

#[path = "../../tests/gate_program/program.rs"]
#[allow(dead_code, reason = "the benchmark takes what it needs and leaves the rest")]
mod program;
#[path = "../../tests/sign/pushed.rs"]
#[allow(dead_code, reason = "the benchmark takes what it needs and leaves the rest")]
mod pushed;
#[path = "../../tests/sign/world.rs"]
#[allow(dead_code, reason = "the benchmark takes what it needs and leaves the rest")]
mod world;

use program::{CALLER_SECRET, Gated, until};

/// Connections that send events.
const CONNECTIONS: usize = 32;
/// Events that each connection sends.
const EVENTS_EACH: usize = 1_000;
/// Events that wait when the gate starts to decide.
const BACKLOG: usize = 50_000;

fn main() {
    let part = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    if wanted("accept") {
        accept();
    }
    if wanted("decide") {
        decide();
    }
}

/// A gate that keeps verdicts and sets off nothing, and an image whose verdict it keeps.
fn gate() -> (Gated, String) {
    let gated = Gated::new("http://127.0.0.1:9", "", "[decide]\ncache = \"1h\"\n");
    let config = std::fs::read_to_string(gated.world.path("gate.toml")).unwrap();
    gated.write(
        "gate.toml",
        config
            .replace("triggers = [\"deploy\"]", "")
            .replace("= 10000", "= 1000000"),
    );
    let image = gated.world.at(&gated.signed("app", "v1"));
    gated.start();
    println!("idle                          {}", memory(&gated));
    gated.decide("first", &image);
    (gated, image)
}

fn memory(gated: &Gated) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", gated.process())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    format!("{} MB resident, {} MB at most", field("VmRSS:"), field("VmHWM:"))
}

/// Events over HTTP, each signed, each on disk before it is answered.
fn accept() {
    let (gated, image) = gate();
    let address = gated.address.lock().unwrap().unwrap();
    let begin = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let connections: Vec<_> = (0..CONNECTIONS)
            .map(|connection| {
                let image = &image;
                scope.spawn(move || send(address, connection, image))
            })
            .collect();
        connections
            .into_iter()
            .flat_map(|connection| connection.join().unwrap())
            .collect()
    });
    let whole = begin.elapsed();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!(
        "accepted and on disk          {:.0} a second",
        times.len() as f64 / whole.as_secs_f64()
    );
    println!(
        "time of one                   {:.1} ms median, {:.1} ms at 99 %, {:.1} ms at most",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    println!("under load                    {}", memory(&gated));
    gated.end();
}

/// Sends events over one connection, one after the other, and gives how long each took.
fn send(address: SocketAddr, connection: usize, image: &str) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let body = format!(r#"{{"reference":"{image}"}}"#);
    (0..EVENTS_EACH)
        .map(|number| {
            let request = request(&format!("load-{connection}-{number}"), &body);
            let begin = Instant::now();
            stream.write_all(request.as_bytes()).unwrap();
            assert_eq!(answer(&mut answers), 202);
            begin.elapsed()
        })
        .collect()
}

fn request(id: &str, body: &str) -> String {
    let time = jiff::Timestamp::now().as_second();
    let key = hmac::Key::new(hmac::HMAC_SHA256, CALLER_SECRET);
    let tag = STANDARD.encode(hmac::sign(&key, format!("{id}.{time}.{body}").as_bytes()));
    format!(
        "POST /v1/events HTTP/1.1\r\nhost: gate\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         webhook-id: {id}\r\nwebhook-timestamp: {time}\r\nwebhook-signature: v1,{tag}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads an answer, and gives its status.
fn answer(answers: &mut BufReader<TcpStream>) -> u16 {
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut length = 0;
    loop {
        line.clear();
        answers.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    answers.read_exact(&mut vec![0; length]).unwrap();
    status
}

/// Events that wait on disk, of an image whose verdict is kept: how fast they are decided and recorded.
fn decide() {
    let (gated, image) = gate();
    gated.end();
    let before = gated.records().len();
    let store = Store::open(&gated.data()).unwrap();
    let mut replies = Vec::new();
    for number in 0..BACKLOG {
        let mut fingerprint = [7; 32];
        fingerprint[..8].copy_from_slice(&(number as u64).to_be_bytes());
        let event = NewEvent {
            caller: "ci".to_owned(),
            fingerprint: Fingerprint(fingerprint),
            hint: Hint::new(&image, None).unwrap(),
            received: jiff::Timestamp::now(),
        };
        replies.push(store.accept(event).unwrap());
        if replies.len() == 1_000 {
            for reply in replies.drain(..) {
                reply.wait().unwrap();
            }
        }
    }
    drop(store);
    let begin = Instant::now();
    gated.start();
    let started = begin.elapsed();
    let book = gated.book();
    let head = || {
        book.before(i64::MAX, 1)
            .unwrap()
            .first()
            .map_or(0, |record| record.number)
    };
    let at_listening = head();
    let begin = Instant::now();
    until(|| (head() >= (before + BACKLOG) as i64).then_some(()));
    let decided = (before + BACKLOG) as i64 - at_listening;
    println!(
        "started with {BACKLOG} events      {:.2} s",
        started.as_secs_f64()
    );
    println!(
        "decided from kept verdicts    {:.0} a second",
        decided as f64 / begin.elapsed().as_secs_f64()
    );
    println!("under load                    {}", memory(&gated));
    gated.end();
}
