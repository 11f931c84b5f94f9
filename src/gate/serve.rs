//! A gate that runs: everything joined, from the configuration to the end of the process.

use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::admission::Answer;
use super::caller::Issuers;
use super::config::{Config, load};
use super::decide::{Judge, TrustKeeper};
use super::journal::Journal;
use super::log::Log;
use super::server::{self, Parts};
use super::slow::SlowRegistries;
use super::store::Store;
use super::work::Workers;
use crate::http::{Web, WebConfig};
use crate::report::{Code, Finding, Origin};

/// Threads of the server. They mostly wait.
const SERVER_THREADS: usize = 2;

/// How long what is in hand may take when the gate ends. What is not finished by then waits on disk.
const LAST_WORK: Duration = Duration::from_secs(10);

/// What a reload swaps, all of it at once.
pub(super) struct Settings {
    /// The configuration and the trust root.
    pub(super) judge: Judge,
}

/// What the threads of a gate share.
pub(super) struct Gate {
    pub(super) store: Arc<Store>,
    pub(super) log: Log,
    pub(super) slow: SlowRegistries,
    settings: RwLock<Arc<Settings>>,
}

impl Gate {
    /// The settings in force. Whoever works on something keeps to those that it began with.
    pub(super) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn swap(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }
}

/// Reads and checks everything that a gate would start with, and starts nothing.
///
/// # Errors
///
/// Everything that is wrong.
pub fn check(path: &Path, now: Timestamp) -> Result<Config, Vec<Finding>> {
    let config = load(path)?;
    trust(&config, None, now)?;
    Ok(config)
}

/// Runs a gate until the process is asked to end (SIGTERM, SIGINT). SIGHUP has the configuration read again. `log` is told
/// what happens, and `record` every record that is written, as one line of JSON.
///
/// # Errors
///
/// Why it did not start.
pub fn serve(path: &Path, log: Log, record: impl Fn(&str) + Send + 'static) -> Result<(), Vec<Finding>> {
    let config = Arc::new(load(path)?);
    let store = Store::open(&config.data).map_err(|unusable| vec![unusable.finding()])?;
    let store = Arc::new(store);
    let keeper = trust(&config, Some(&config.data), Timestamp::now())?;
    let gate = Arc::new(Gate {
        settings: RwLock::new(Arc::new(settings(&config, keeper, &store))),
        store: Arc::clone(&store),
        log: log.clone(),
        slow: SlowRegistries::default(),
    });
    let (number, hash) = store.head();
    log.line("records-verified", &[("last", number), ("hash", hash)]);
    let book = || store.book().map_err(|unusable| vec![unusable.finding()]);
    let journal = Journal::start(Arc::clone(&store), book()?, record).map_err(cannot_start)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(SERVER_THREADS)
        .thread_name("gate-server")
        .enable_all()
        .build()
        .map_err(cannot_start)?;
    let workers = Workers::start(&gate).map_err(cannot_start)?;
    let (sender, receiver) = watch::channel(Arc::clone(&config));
    let deciding = Arc::clone(&gate);
    let parts = Parts {
        config: receiver,
        queue: Arc::clone(&store) as Arc<dyn super::Queue>,
        book: Arc::new(book()?),
        changes: store.watch(),
        decide: Arc::new(move |image| {
            Answer::from(&deciding.settings().judge.judge(image, Timestamp::now()))
        }),
        issuers: Issuers::new(Web::new(WebConfig::default()).map_err(cannot_start)?),
        log: log.clone(),
    };
    runtime.block_on(listen(path, &config, parts, &gate, sender))?;
    workers.stop(LAST_WORK);
    journal.stop(LAST_WORK);
    runtime.shutdown_background();
    log.line("ended", &[]);
    Ok(())
}

fn settings(config: &Arc<Config>, keeper: TrustKeeper, store: &Arc<Store>) -> Settings {
    Settings {
        judge: Judge::new(Arc::clone(config), Arc::new(keeper), Arc::clone(store)),
    }
}

fn trust(config: &Config, data: Option<&Path>, now: Timestamp) -> Result<TrustKeeper, Vec<Finding>> {
    let options = TrustKeeper::options(data);
    TrustKeeper::load(config.trust.clone(), options, now).map_err(|finding| vec![finding])
}

fn cannot_start(error: io::Error) -> Vec<Finding> {
    vec![Finding::new(Code::GateCannotStart, error.to_string())]
}

async fn listen(
    path: &Path,
    config: &Arc<Config>,
    parts: Parts,
    gate: &Arc<Gate>,
    configs: watch::Sender<Arc<Config>>,
) -> Result<(), Vec<Finding>> {
    let address = config.listen.address;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        let message = format!("{address} cannot be listened on: {error}");
        vec![Finding::new(Code::GateCannotStart, message).origin(&Origin::flag(path.display().to_string()))]
    })?;
    let listening = listener.local_addr().map_err(cannot_start)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(cannot_start)?;
    let mut ending = Ending::new().map_err(cannot_start)?;
    gate.log.line(
        "listening",
        &[("address", &listening), ("config", &config.digest)],
    );
    let reloads = async {
        while hangup.recv().await.is_some() {
            reload(path, gate, &configs).await;
        }
    };
    tokio::select! {
        () = server::run(listener, parts, ending.wait()) => {}
        () = reloads => {}
    }
    Ok(())
}

/// The signals that end the gate.
struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Reads everything again, checks all of it, and only then swaps. What is wrong is told, and the old one stays.
async fn reload(path: &Path, gate: &Arc<Gate>, configs: &watch::Sender<Arc<Config>>) {
    let (path, shared) = (path.to_owned(), Arc::clone(gate));
    let old = Arc::clone(&configs.borrow());
    let read = tokio::task::spawn_blocking(move || {
        let config = Arc::new(load(&path)?);
        fixed(&old, &config, &path)?;
        let keeper = trust(&config, Some(&config.data), Timestamp::now())?;
        Ok((settings(&config, keeper, &shared.store), config))
    });
    let findings = match read.await {
        Ok(Ok((settings, config))) => {
            gate.swap(settings);
            gate.log.line("reloaded", &[("config", &config.digest)]);
            drop(configs.send(config));
            return;
        }
        Ok(Err(findings)) => findings,
        Err(_) => vec![Finding::new(
            Code::InternalError,
            "reading the configuration ended without an answer",
        )],
    };
    for finding in &findings {
        let place = finding
            .origin
            .as_ref()
            .map(|origin| format!("{}:{}", origin.source, origin.line.unwrap_or(0)));
        let place = place.unwrap_or_default();
        gate.log.line(
            "reload-refused",
            &[
                ("code", &finding.code),
                ("place", &place),
                ("detail", &finding.message),
            ],
        );
    }
}

/// What a running gate cannot change.
fn fixed(old: &Config, new: &Config, path: &Path) -> Result<(), Vec<Finding>> {
    let fixed = [
        ("data", old.data == new.data),
        ("listen.address", old.listen.address == new.listen.address),
    ];
    let changed = fixed.iter().filter(|(_, same)| !same).map(|(key, _)| {
        Finding::new(
            Code::GateConfigInvalid,
            format!("{key} cannot be changed while the gate runs"),
        )
        .origin(&Origin::flag(path.display().to_string()))
        .help("start the gate again")
    });
    let changed: Vec<Finding> = changed.collect();
    match changed.is_empty() {
        true => Ok(()),
        false => Err(changed),
    }
}
