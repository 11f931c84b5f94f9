//! The real Fulcio, Rekor v2 and timestamp authority, with the sandbox's issuer and CT log: both programs sign there, and
//! both verify.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portcullis::sandbox::server::Options;

use crate::cosign::{World, ours, theirs};
use crate::http::send;
use crate::pairs::met;
use crate::process::Process;

/// How long a service may take to answer.
const READY: Duration = Duration::from_secs(30);
const SINCE: &str = "start-time=2024-01-01T00:00:00Z";

/// The timestamp authority has its figures on port 2112, whatever it is told, so one can run at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The services, which end with the value, before others may start.
pub(crate) struct Services {
    _running: [Process; 3],
    pub(crate) world: World,
    _turn: MutexGuard<'static, ()>,
}

impl Services {
    pub(crate) fn start(with_ct_log: bool) -> Option<Self> {
        Self::start_with(with_ct_log, |issuer| {
            format!("{}    type: email\n", client_of(issuer))
        })
    }

    /// The services, with what Fulcio is told about who signs here, made from the issuer's address. They sign with
    /// `live.json`, and are trusted with `live-root.json`.
    pub(crate) fn start_with(with_ct_log: bool, issuers: fn(&str) -> String) -> Option<Self> {
        let world = World::start(Options::default())?;
        let program = Process::installed;
        let (fulcio, rekor) = (program("bin/fulcio")?, program("rekor/posix")?);
        let timestamps = program("bin/timestamp-server")?;
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        certificate_authority(world.folder());
        world.write("fulcio.yaml", issuers(world.issuer()));
        world.must(
            World::portcullis,
            &[
                "key",
                "generate",
                "--unencrypted",
                "--type",
                "ed25519",
                "--prefix",
                "rekor",
            ],
        );
        let ct = match with_ct_log {
            true => world.sandbox.urls().ct.clone(),
            false => String::new(),
        };
        let (fulcio, fulcio_url) = start_fulcio(&world, &fulcio, &ct);
        let (rekor, rekor_url) = start_rekor(&world, &rekor);
        let (timestamps, tsa) = start_timestamps(&timestamps);
        let host = tsa.trim_start_matches("http://").split('/').next().unwrap();
        let chain = send(host, "GET", "/api/v1/timestamp/certchain", "", b"");
        assert_eq!(chain.status, 200);
        world.write("tsa.pem", chain.body());
        world.write("ct.pem", ct_key(&world));
        let issuer = world.issuer();
        let service = |url: &str, rest: &str| format!("url={url},{rest}");
        let (fulcio_root, rekor_root) = (
            service(&fulcio_url, "certificate-chain=ca.pem"),
            service(
                "http://rekor-local",
                &format!("public-key=rekor.pub,{SINCE},origin=rekor-local"),
            ),
        );
        let tsa_root = service(&tsa, "certificate-chain=tsa.pem");
        let ct_root = service("http://ct", &format!("public-key=ct.pem,{SINCE}"));
        let mut root = vec!["trusted-root", "create", "--out", "live-root.json"];
        root.extend([
            "--fulcio",
            &fulcio_root,
            "--rekor",
            &rekor_root,
            "--tsa",
            &tsa_root,
        ]);
        if with_ct_log {
            root.extend(["--ctfe", &ct_root]);
        }
        world.must(World::cosign, &root);
        let of = |url: &str, version| service(url, &format!("api-version={version},{SINCE},operator=local"));
        world.must(
            World::cosign,
            &[
                "signing-config",
                "create",
                "--out",
                "live.json",
                "--rekor-config",
                "ANY",
                "--tsa-config",
                "ANY",
                "--fulcio",
                &of(&fulcio_url, 1),
                "--rekor",
                &of(&rekor_url, 2),
                "--tsa",
                &of(&tsa, 1),
                "--oidc-provider",
                &of(issuer, 1),
            ],
        );
        Some(Self {
            _running: [fulcio, rekor, timestamps],
            world,
            _turn: turn,
        })
    }

    pub(crate) fn sign(&self, signer: &str, with: &[&str], bundle: &str) -> crate::support::Run {
        let services = [
            "--signing-config",
            "live.json",
            "--trusted-root",
            "live-root.json",
            "--bundle",
            bundle,
            "app",
        ];
        match signer {
            "cosign" => self
                .world
                .cosign(&[&["sign-blob", "--yes"], with, &services].concat()),
            _ => self.world.portcullis(&[&["sign"], with, &services].concat()),
        }
    }

    /// What both say of the file that was signed and of another.
    fn judge(&self, bundle: &str, who: &[&str], leave: &[&str]) -> [&'static str; 4] {
        let ask = |file: &str| {
            let words = [file, "--bundle", bundle, "--trusted-root", "live-root.json"];
            let verify = self.world.portcullis(&[&["verify"], &words[..], who].concat());
            let check = self
                .world
                .cosign(&[&["verify-blob"], &words[..], who, leave].concat());
            [ours(&verify), theirs(&check)]
        };
        let ([ours, theirs], [ours_other, theirs_other]) = (ask("app"), ask("other"));
        [ours, theirs, ours_other, theirs_other]
    }
}

#[test]
fn both_sign_with_the_real_services_and_both_verify() {
    let Some(services) = Services::start(true) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    world.write("other", "another file");
    world.must(World::portcullis, &["key", "generate", "--prefix", "own"]);
    let who = [
        "--certificate-identity",
        crate::cosign::EMAIL,
        "--certificate-oidc-issuer",
        world.issuer(),
    ];
    for signer in ["portcullis", "cosign"] {
        let token = match signer {
            "cosign" => ["--identity-token", "token"],
            _ => ["--identity-token-file", "token"],
        };
        for (with, who) in [(token, &who[..]), (["--key", "own.key"], &["--key", "own.pub"])] {
            let bundle = format!("{signer}-{}.json", with[1]);
            let run = services.sign(signer, &with, &bundle);
            assert_eq!(run.code, 0, "{signer} {with:?}: {run:?}");
            let answers = services.judge(&bundle, who, &[]);
            assert_eq!(
                answers,
                ["allowed", "allowed", "denied", "denied"],
                "{signer} {with:?}"
            );
        }
    }
    met("portcullis > cosign: files, Fulcio, Rekor v2, timestamps");
    met("cosign > portcullis: files, Fulcio, Rekor v2, timestamps");
}

/// Certificates without a promise of a CT log: cosign makes them and can be told to take them, we do neither.
#[test]
fn certificates_that_no_ct_log_promised_are_refused() {
    let Some(services) = Services::start(false) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    world.write("other", "another file");
    let run = services.sign("portcullis", &["--identity-token-file", "token"], "ours.json");
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.stderr.contains("no certificate transparency log"), "{run:?}");
    let run = services.sign("cosign", &["--identity-token", "token"], "theirs.json");
    assert_eq!(run.code, 0, "{run:?}");
    let issuer = [
        "--certificate-identity",
        crate::cosign::EMAIL,
        "--certificate-oidc-issuer",
        world.issuer(),
    ];
    let told = services.judge("theirs.json", &issuer, &["--insecure-ignore-sct"]);
    assert_eq!(told, ["denied", "allowed", "denied", "denied"]);
    let untold = services.judge("theirs.json", &issuer, &[]);
    assert_eq!(untold, ["denied"; 4]);
    met("cosign > portcullis: files, Fulcio without a CT log");
}

/// The start of Fulcio's configuration: one issuer, whose type follows.
pub(crate) fn client_of(issuer: &str) -> String {
    format!("oidc-issuers:\n  {issuer}:\n    issuer-url: {issuer}\n    client-id: sigstore\n")
}

/// A root certificate with an encrypted key, as Fulcio's file authority wants them.
fn certificate_authority(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-days",
            "2",
        ])
        .args([
            "-keyout",
            "ca.key",
            "-passout",
            "pass:ca",
            "-out",
            "ca.pem",
            "-subj",
            "/O=live.example/CN=root",
        ])
        .args(["-addext", "basicConstraints=critical,CA:TRUE,pathlen:1"])
        .args(["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// The sandbox's CT log's key in PEM.
fn ct_key(world: &World) -> String {
    let key = &world.sandbox.trusted_root()["ctlogs"][0]["publicKey"]["rawBytes"];
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        key.as_str().unwrap()
    )
}

fn start_fulcio(world: &World, program: &Path, ct: &str) -> (Process, String) {
    let [port, grpc, metrics] = free_ports();
    let file = |name: &str| world.folder().join(name).into_os_string();
    let process = Process::start(program, |_| {
        words(&[
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--grpc-host",
            "127.0.0.1",
            "--grpc-port",
            &grpc,
            "--metrics-port",
            &metrics,
            "--legacy-unix-domain-socket",
            &format!("@portcullis-{port}"),
            "--ca",
            "fileca",
            "--fileca-watch=false",
            "--fileca-key-passwd",
            "ca",
            "--ct-log-url",
            ct,
        ])
        .chain([
            "--fileca-cert".into(),
            file("ca.pem"),
            "--fileca-key".into(),
            file("ca.key"),
        ])
        .chain(["--config-path".into(), file("fulcio.yaml")])
        .collect()
    });
    answers(&process, &port, "/healthz");
    (process, format!("http://127.0.0.1:{port}"))
}

fn start_rekor(world: &World, program: &Path) -> (Process, String) {
    let [port, grpc, metrics] = free_ports();
    let key: PathBuf = world.folder().join("rekor.key");
    let process = Process::start(program, |folder| {
        words(&[
            "serve",
            "--http-address",
            "127.0.0.1",
            "--http-port",
            &port,
            "--grpc-address",
            "127.0.0.1",
            "--grpc-port",
            &grpc,
            "--http-metrics-port",
            &metrics,
            "--hostname",
            "rekor-local",
            "--checkpoint-interval",
            "1s",
        ])
        .chain([
            "--signer-filepath".into(),
            key.into(),
            "--storage-dir".into(),
            folder.join("log-data").into(),
        ])
        .collect()
    });
    answers(&process, &port, "/healthz");
    (process, format!("http://127.0.0.1:{port}"))
}

fn start_timestamps(program: &Path) -> (Process, String) {
    let [port] = free_ports();
    let process = Process::start(program, |_| {
        words(&[
            "serve",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
            "--scheme",
            "http",
            "--timestamp-signer",
            "memory",
            "--disable-ntp-monitoring",
        ])
        .collect()
    });
    answers(&process, &port, "/ping");
    (process, format!("http://127.0.0.1:{port}/api/v1/timestamp"))
}

fn words(words: &[&str]) -> impl Iterator<Item = OsString> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    words.into_iter()
}

/// Ports that were free a moment ago: these programs cannot say which one they took.
fn free_ports<const N: usize>() -> [String; N] {
    let listeners: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port().to_string())
}

/// Waits until a service is healthy.
fn answers(process: &Process, port: &str, path: &str) {
    let host = format!("127.0.0.1:{port}");
    let started = Instant::now();
    while std::net::TcpStream::connect(&host).is_err() || send(&host, "GET", path, "", b"").status != 200 {
        assert!(started.elapsed() < READY, "no answer: {}", process.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}
