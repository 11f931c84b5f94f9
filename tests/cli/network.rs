//! `--offline` opens no connection.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Program;
use crate::{ALLOWED, DENIED, WHO, allowed_file, case};

/// A listener on loopback that counts who connects and refuses them all.
struct Counter {
    address: String,
    count: Arc<AtomicUsize>,
}

impl Counter {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = connection
                    .map(|mut peer| peer.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"));
            }
        });
        Self { address, count }
    }

    /// Sends whatever the program would fetch to this listener.
    fn as_proxy(&self, program: Program) -> Program {
        let url = format!("http://{}", self.address);
        [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
        ]
        .into_iter()
        .fold(program, |program, name| program.variable(name, &url))
    }

    fn connections(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

#[test]
fn offline_no_connection_is_opened() {
    let counter = Counter::start();
    for name in [
        ALLOWED,
        DENIED,
        "other-instance_fail",
        "github-instance",
        "rekor-v2-message-staging",
    ] {
        let expected = case(name).run().code;
        assert_eq!(counter.as_proxy(case(name)).run().code, expected, "{name}");
    }
    for command in [
        &["trust", "show", "--offline"][..],
        &["trust", "doctor", "--offline"],
    ] {
        counter.as_proxy(Program::new().arguments(command)).run();
    }
    assert_eq!(counter.connections(), 0);
}

/// The same listener as a TUF repository: online it is asked, offline it is not, and either way nothing is allowed.
#[test]
fn a_repository_is_asked_unless_offline() {
    let counter = Counter::start();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.json");
    std::fs::write(
        &root,
        sigstore_trust_root::SigstoreInstance::PublicGood.tuf_root(),
    )
    .unwrap();
    let url = format!("http://{}", counter.address);
    let (file, bundle) = (
        allowed_file("cosign-v3-blob.txt"),
        allowed_file("bundle.sigstore.json"),
    );
    let verify = || {
        Program::verify()
            .arguments([
                file.as_str(),
                "--bundle",
                &bundle,
                "--tuf-url",
                &url,
                "--tuf-root",
            ])
            .argument(&root)
            .arguments(WHO)
    };
    let run = verify().argument("--offline").run();
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    assert_eq!(counter.connections(), 0);
    let run = verify().run();
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    assert!(counter.connections() > 0);
}
