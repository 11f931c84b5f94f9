//! A gate with its doors open, on loopback: the real configuration, store and server; only what decides is a function.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portcullis::gate::admission::Answer as Ruling;
use portcullis::gate::caller::Issuers;
use portcullis::gate::config::{self, Config};
use portcullis::gate::log::Log;
use portcullis::gate::server::{Parts, run};
use portcullis::gate::{Queue, Store};
use portcullis::http::{Web, WebConfig};
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use crate::client::Ask;

const POLICY: &str = r#"
version = 1
[[pin]]
name = "release"
identity = "https://ci.example/app/.github/workflows/release.yml@refs/heads/main"
issuer = "https://ci.example"
[[signature]]
pins = ["release"]
"#;

const CONFIG: &str = r#"
version = 1
data = "data"
[trust]
root = "public-good"
[[route]]
name = "app"
repositories = ["registry.example/**"]
policy = "policy.toml"
"#;

/// The shared secret of `WEBHOOK`.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A caller with a webhook secret, in `hook.secret`.
pub(crate) const WEBHOOK: &str = r#"
[[caller]]
name = "ci"
repositories = ["registry.example/team/*"]
may = ["announce", "read", "admit"]
rate = 1000
[caller.webhook]
secret-files = ["hook.secret"]
"#;

/// A gate that listens.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) store: Arc<Store>,
    pub(crate) folder: tempfile::TempDir,
    lines: Arc<Mutex<Vec<String>>>,
    config: watch::Sender<Arc<Config>>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<tokio::task::JoinHandle<()>>,
    runtime: Option<Runtime>,
}

/// What a gate is started with.
pub(crate) struct Setup {
    text: String,
    files: Vec<(String, Vec<u8>)>,
    change: Box<dyn FnOnce(&mut Config)>,
    decide: Arc<dyn Fn(&portcullis::subject::Reference) -> Ruling + Send + Sync>,
    queue: Option<Arc<dyn Queue>>,
}

impl Setup {
    /// A gate with these callers.
    pub(crate) fn new(callers: &str) -> Self {
        Self {
            text: format!("{CONFIG}{callers}"),
            files: vec![("hook.secret".to_owned(), format!("{SECRET}\n").into_bytes())],
            change: Box::new(|_| {}),
            decide: Arc::new(|_| Ruling::Allowed),
            queue: None,
        }
    }

    pub(crate) fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), content.into()));
        self
    }

    /// Changes what no key sets.
    pub(crate) fn change(mut self, change: impl FnOnce(&mut Config) + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    pub(crate) fn decide(
        mut self,
        decide: impl Fn(&portcullis::subject::Reference) -> Ruling + Send + Sync + 'static,
    ) -> Self {
        self.decide = Arc::new(decide);
        self
    }

    /// A gate that keeps its events elsewhere.
    pub(crate) fn queue(mut self, queue: Arc<dyn Queue>) -> Self {
        self.queue = Some(queue);
        self
    }

    pub(crate) fn open(self) -> Door {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &self.files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        std::fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
        let mut config = load(folder.path(), &self.text);
        (self.change)(&mut config);
        let store = Arc::new(Store::open(&config.data).unwrap());
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&lines);
        let (sender, receiver) = watch::channel(Arc::new(config));
        let parts = Parts {
            config: receiver,
            queue: self.queue.unwrap_or_else(|| Arc::clone(&store) as Arc<dyn Queue>),
            book: Arc::new(store.book().unwrap()),
            changes: store.watch(),
            decide: self.decide,
            issuers: Issuers::new(Web::new(WebConfig::default()).unwrap()),
            log: Log::new(move |line| kept.lock().unwrap().push(line.to_owned())),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = runtime.spawn(run(listener, parts, async move {
            let _ = stopped.await;
        }));
        Door {
            address,
            store,
            folder,
            lines,
            config: sender,
            stop: Some(stop),
            server: Some(server),
            runtime: Some(runtime),
        }
    }
}

fn load(folder: &Path, text: &str) -> Config {
    let path = folder.join("gate.toml");
    std::fs::write(&path, text).unwrap();
    config::load(&path).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// What is wrong with a configuration of these callers, one message a line.
pub(crate) fn mistakes(callers: &str, files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let path = folder.path().join("gate.toml");
    std::fs::write(&path, format!("{CONFIG}{callers}")).unwrap();
    let findings = config::load(&path).err().unwrap_or_default();
    assert!(
        findings.iter().all(|finding| finding.origin.is_some()),
        "{findings:#?}"
    );
    let messages = findings.iter().map(|finding| finding.message.as_str());
    messages.collect::<Vec<_>>().join("\n")
}

impl Door {
    /// A gate with the caller of [`WEBHOOK`].
    pub(crate) fn with_webhook() -> Self {
        Setup::new(WEBHOOK).open()
    }

    /// Everything that was logged.
    pub(crate) fn log(&self) -> String {
        self.lines.lock().unwrap().concat()
    }

    /// Puts another configuration in force, as a reload does.
    pub(crate) fn reload(&self, callers: &str) {
        let config = load(self.folder.path(), &format!("{CONFIG}{callers}"));
        self.config.send(Arc::new(config)).unwrap();
    }

    /// How many events wait to be decided.
    pub(crate) fn waiting(&self) -> usize {
        self.store.book().unwrap().undecided(1_000).unwrap().len()
    }

    /// Asks the gate to end, and says whether it did within a time.
    pub(crate) fn ends_within(&mut self, time: Duration) -> bool {
        self.begin_to_end();
        let (server, runtime) = (self.server.take().unwrap(), self.runtime.as_ref().unwrap());
        runtime.block_on(async { tokio::time::timeout(time, server).await.is_ok() })
    }

    pub(crate) fn begin_to_end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(crate) fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The code of Standard Webhooks for a body.
pub(crate) fn webhook_code(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let secret = STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let message = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(hmac::sign(&key, &message)))
}

/// A request with a good signature of [`WEBHOOK`].
pub(crate) fn signed(ask: Ask, id: &str, body: &[u8]) -> Ask {
    let timestamp = seconds().to_string();
    let code = webhook_code(SECRET, id, &timestamp, body);
    ask.header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", code)
}

/// A signed event of [`WEBHOOK`].
pub(crate) fn event(id: &str, body: &str) -> Ask {
    signed(Ask::post("/v1/events", body), id, body.as_bytes())
}

/// A native event about an image by digest.
pub(crate) fn native(repository: &str, content: &str) -> String {
    let digest = digest::digest(&digest::SHA256, content.as_bytes());
    format!(r#"{{"reference":"{repository}@sha256:{}"}}"#, hex::encode(digest))
}

/// A signed `GET` of [`WEBHOOK`].
pub(crate) fn get(path: &str) -> Ask {
    signed(Ask::get(path), &format!("read-{}", seconds()), b"")
}
