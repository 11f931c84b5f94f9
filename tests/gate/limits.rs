//! Clients that send too much, too slowly, or too often.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use portcullis::gate::caller::Rate;
use portcullis::gate::config::{Config, Patience};
use portcullis::gate::event::MAX_EVENT_BYTES;

use crate::client::{Ask, connect, exchange, raw};
use crate::door::{Door, Setup, WEBHOOK, event, get, native};

/// Short enough for a test, long enough for a slow machine.
const SHORT: Duration = Duration::from_millis(700);

fn impatient(config: &mut Config) {
    config.listen.patience = Patience {
        header: SHORT,
        body: SHORT,
    };
}

#[test]
fn a_body_over_the_limit_is_refused_announced_or_not() {
    let door = Door::with_webhook();
    let big = format!("{{\"reference\":\"{}\"}}", "a".repeat(MAX_EVENT_BYTES));
    let answer = event("m1", &big).send(door.address);
    assert_eq!((answer.status, answer.code().as_str()), (413, "body-too-large"));
    // A length that is only announced is refused before anything of it is sent.
    let head = "POST /v1/events HTTP/1.1\r\nhost: g\r\nwebhook-signature: v1,AAAA\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(raw(door.address, head.as_bytes()).unwrap().status, 413);
    // Chunks without end.
    let head = "POST /v1/events HTTP/1.1\r\nhost: g\r\nwebhook-signature: v1,AAAA\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut stream = connect(door.address);
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"1000\r\n".as_slice(), &[b'a'; 0x1000], b"\r\n"].concat();
    for _ in 0..1_000 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    if let Some(answer) = exchange(stream, b"") {
        assert_eq!(answer.status, 413);
    }
    // Who shows nothing is turned away before anything is read.
    let head = "POST /v1/events HTTP/1.1\r\nhost: g\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(raw(door.address, head.as_bytes()).unwrap().status, 401);
    assert_eq!(
        get("/v1/decisions").send(door.address).status,
        200,
        "others are served"
    );
    let with_body = Ask::get("/v1/decisions").header("webhook-signature", "v1,AAAA");
    let mut bytes = with_body.bytes();
    bytes = String::from_utf8(bytes)
        .unwrap()
        .replace("content-length: 0", "content-length: 1")
        .into_bytes();
    bytes.push(b'x');
    assert_eq!(
        raw(door.address, &bytes).unwrap().status,
        413,
        "a GET has no body"
    );
}

#[test]
fn a_slow_header_and_a_slow_body_are_given_up() {
    let door = Setup::new(WEBHOOK).change(impatient).open();
    for start in ["", "GET /healthz HTTP/1.1\r\nhost: g\r\nx-slow: a"] {
        let began = Instant::now();
        let mut stream = connect(door.address);
        stream.write_all(start.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{start:?} was waited for"
        );
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert!(text.is_empty() || text.contains(" 408 "), "{text}");
    }
    let mut stream = connect(door.address);
    let head = "POST /v1/events HTTP/1.1\r\nhost: g\r\nconnection: close\r\nwebhook-signature: v1,AAAA\r\ncontent-length: 100\r\n\r\nabc";
    stream.write_all(head.as_bytes()).unwrap();
    let answer = exchange(stream, b"").unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (408, "request-too-slow"));
}

#[test]
fn malformed_requests_are_refused() {
    let door = Door::with_webhook();
    let many: String = (0..100).map(|number| format!("x-{number}: a\r\n")).collect();
    let long = format!("x-long: {}\r\n", "a".repeat(64 * 1024));
    for (name, bytes) in [
        ("no HTTP", "hello\r\n\r\n".to_owned()),
        ("many fields", format!("GET /healthz HTTP/1.1\r\nhost: g\r\n{many}\r\n")),
        ("a long field", format!("GET /healthz HTTP/1.1\r\nhost: g\r\n{long}\r\n")),
        ("a long path", format!("GET /{} HTTP/1.1\r\nhost: g\r\n\r\n", "a".repeat(70_000))),
        ("two lengths", "POST /v1/events HTTP/1.1\r\nhost: g\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}".to_owned()),
        (
            "a length and chunks",
            "POST /v1/events HTTP/1.1\r\nhost: g\r\nconnection: close\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        ),
    ] {
        let answer = raw(door.address, bytes.as_bytes());
        assert!(answer.as_ref().is_none_or(|answer| (400..500).contains(&answer.status)), "{name}: {answer:?}");
    }
    assert_eq!(Ask::get("/healthz").send(door.address).status, 200);
}

#[test]
fn a_source_has_a_rate_before_it_is_known_and_a_caller_one_of_its_own() {
    let narrow = |config: &mut Config| {
        config.listen.source = Rate {
            per_second: 1,
            burst: 5,
        };
    };
    let door = Setup::new(WEBHOOK).change(narrow).open();
    let statuses: Vec<u16> = (0..8)
        .map(|_| Ask::post("/v1/events", "{}").send(door.address).status)
        .collect();
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        5,
        "{statuses:?}"
    );
    let answer = event("m1", &native("registry.example/team/app", "1")).send(door.address);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (429, "too-many-requests")
    );
    assert!(answer.head.contains("retry-after: 1"), "{answer:?}");
    assert_eq!(Ask::get("/nothing").send(door.address).status, 429);
    assert_eq!(
        Ask::get("/healthz").send(door.address).status,
        200,
        "health is always told"
    );

    let callers = WEBHOOK.replace("rate = 1000", "rate = 1\nburst = 3");
    let door = Setup::new(&callers).open();
    let statuses: Vec<u16> = (0..5)
        .map(|_| get("/v1/decisions").send(door.address).status)
        .collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[test]
fn connections_are_counted() {
    let two = |config: &mut Config| {
        impatient(config);
        config.listen.connections = 2;
    };
    let door = Setup::new(WEBHOOK).change(two).open();
    let idle = [connect(door.address), connect(door.address)];
    // The third waits until one of the idle ones is given up.
    let began = Instant::now();
    assert_eq!(Ask::get("/healthz").send(door.address).status, 200);
    assert!(began.elapsed() >= SHORT / 2, "it was served beside the idle ones");
    drop(idle);
}

#[test]
fn a_gate_that_ends_finishes_what_runs_and_accepts_nothing_more() {
    let mut door = Door::with_webhook();
    let body = native("registry.example/team/app", "1");
    let bytes = event("m1", &body).bytes();
    let (head, rest) = bytes.split_at(bytes.len() - 10);
    let mut running = connect(door.address);
    running.write_all(head).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    door.begin_to_end();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(
        exchange(running, rest).unwrap().status,
        202,
        "what runs is finished"
    );
    assert!(door.ends_within(Duration::from_secs(5)));
    assert!(raw_refused(&door), "nothing is accepted any more");
    assert_eq!(door.waiting(), 1);
}

fn raw_refused(door: &Door) -> bool {
    std::net::TcpStream::connect(door.address).is_err()
}
