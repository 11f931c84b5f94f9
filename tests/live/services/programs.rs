//! Fulcio, Rekor v2 and the timestamp authority: how each is started, and when it is ready.

use std::ffi::OsString;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cosign::World;
use crate::http::send;
use crate::process::Process;

/// How long a service may take to answer.
const READY: Duration = Duration::from_secs(60);

/// A root certificate with an encrypted key, as Fulcio's file authority wants them: `ca.pem` and `ca.key`.
pub(super) fn certificate_authority(folder: &Path) {
    let made = Command::new("openssl")
        .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2".split(' '))
        .args("-keyout ca.key -passout pass:ca -out ca.pem -subj /O=live.example/CN=root".split(' '))
        .args(["-addext", "basicConstraints=critical,CA:TRUE,pathlen:1"])
        .args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// Fulcio with `ca.pem` and `fulcio.yaml`, and the CT log at `ct`, or none. Its address.
pub(super) fn fulcio(world: &World, program: &Path, ct: &str) -> (Process, String) {
    let [port, grpc, metrics] = free_ports();
    let file = |name: &str| world.folder().join(name).into_os_string();
    let socket = format!("@portcullis-{port}");
    let process = Process::start(program, |_| {
        let mut arguments =
            words("serve --host 127.0.0.1 --grpc-host 127.0.0.1 --ca fileca --fileca-watch=false");
        arguments.extend(words(&format!(
            "--port {port} --grpc-port {grpc} --metrics-port {metrics} --legacy-unix-domain-socket {socket}"
        )));
        arguments.extend(words("--fileca-key-passwd ca --fileca-cert"));
        arguments.extend([file("ca.pem"), "--fileca-key".into(), file("ca.key")]);
        arguments.extend(["--config-path".into(), file("fulcio.yaml")]);
        arguments.extend(["--ct-log-url".into(), ct.into()]);
        arguments
    });
    answers(&process, &port, "/healthz");
    (process, format!("http://127.0.0.1:{port}"))
}

/// Rekor v2 with the key `rekor-v2.key`. Its address.
pub(super) fn rekor_v2(world: &World, program: &Path) -> (Process, String) {
    let [port, grpc, metrics] = free_ports();
    let key = world.folder().join("rekor-v2.key");
    let process = Process::start(program, |folder| {
        let mut arguments = words("serve --hostname rekor-v2.local --checkpoint-interval 1s");
        arguments.extend(words(&format!(
            "--http-address 127.0.0.1 --http-port {port} --grpc-address 127.0.0.1 --grpc-port {grpc} \
             --http-metrics-port {metrics} --signer-filepath"
        )));
        arguments.extend([
            key.into_os_string(),
            "--storage-dir".into(),
            folder.join("log-data").into(),
        ]);
        arguments
    });
    answers(&process, &port, "/healthz");
    (process, format!("http://127.0.0.1:{port}"))
}

/// The timestamp authority, with a chain of its own; it also takes port 2112. Its address.
pub(super) fn timestamps(program: &Path) -> (Process, String) {
    let [port] = free_ports();
    let process = Process::start(program, |_| {
        words(&format!(
            "serve --host 127.0.0.1 --port {port} --scheme http --timestamp-signer memory --disable-ntp-monitoring"
        ))
    });
    answers(&process, &port, "/ping");
    (process, format!("http://127.0.0.1:{port}/api/v1/timestamp"))
}

pub(super) fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

/// Ports that were free a moment ago: these programs cannot say which one they took.
pub(super) fn free_ports<const N: usize>() -> [String; N] {
    let listeners: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port().to_string())
}

/// Waits until a service answers that it is well.
pub(super) fn answers(process: &Process, port: &str, path: &str) {
    listens(process, port);
    let host = format!("127.0.0.1:{port}");
    wait(process, || send(&host, "GET", path, "", b"").status == 200);
}

/// Waits until a service takes connections.
pub(super) fn listens(process: &Process, port: &str) {
    wait(process, || {
        TcpStream::connect(format!("127.0.0.1:{port}")).is_ok()
    });
}

fn wait(process: &Process, ready: impl Fn() -> bool) {
    let started = Instant::now();
    while !ready() {
        assert!(started.elapsed() < READY, "no answer: {}", process.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}
