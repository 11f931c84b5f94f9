//! A gate that runs as a program, with images to speak about and somebody who calls it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portcullis::gate::record::{Decision, Entry, Firing, Record};
use portcullis::gate::{Book, EventId, EventState, EventStatus, MAX_READ};
use portcullis::http::{Body, Call, Method, Repeat, Web, WebConfig};
use portcullis::sandbox::deploy::ArgoCd;
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::world::{EMAIL, World, assert_code};

/// Longest time that a test waits for something to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The secret that the caller and the gate share; the trigger's is another.
pub(crate) const CALLER_SECRET: &[u8] = b"the secret of the build system";
/// The secret that the gate and the receiver of its trigger share.
pub(crate) const TRIGGER_SECRET: &[u8] = b"the secret of the receiver of triggers";

/// The token that Argo CD knows.
pub(crate) const ARGO_TOKEN: &str = "argo-token-of-the-gate";

/// A world with a gate in it.
pub(crate) struct Gated {
    pub(crate) world: World,
    pub(crate) web: Web,
    running: Mutex<Option<Running>>,
    /// Where the gate listens, while it does.
    pub(crate) address: Arc<Mutex<Option<SocketAddr>>>,
}

struct Running {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Gated {
    /// A gate whose route sets off a webhook at `receiver`. `route` and `rest` are added to the configuration.
    pub(crate) fn new(receiver: &str, route: &str, rest: &str) -> Self {
        let gated = Self::unconfigured();
        gated.configure(receiver, route, rest);
        gated
    }

    /// A gate whose route has an application of Argo CD synced.
    pub(crate) fn with_argo(argo: &ArgoCd, route: &str, rest: &str) -> Self {
        let gated = Self::unconfigured();
        gated.write("argo.token", ARGO_TOKEN);
        let trigger = format!(
            "kind = \"argo-cd\"\nurl = \"{}\"\napplication = \"web\"\nproject = \"default\"\n\
             token-file = \"argo.token\"\nfollow = \"5s\"",
            argo.url()
        );
        gated.configure_trigger(&trigger, route, rest);
        gated
    }

    /// A gate with a policy, and no configuration yet.
    pub(crate) fn unconfigured() -> Self {
        let gated = Self {
            world: World::new(),
            web: Web::new(WebConfig::default()).unwrap(),
            running: Mutex::default(),
            address: Arc::default(),
        };
        gated.write("caller.secret", CALLER_SECRET);
        gated.write("trigger.secret", TRIGGER_SECRET);
        gated.write("policy.toml", gated.policy());
        gated
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.world.path(name), content).unwrap();
    }

    /// A signature by the world's identity.
    pub(crate) fn policy(&self) -> String {
        let issuer = self.world.sandbox.urls().oidc.trim_end_matches('/').to_owned();
        format!(
            "version = 1\n[[pin]]\nname = \"dev\"\nidentity = \"{EMAIL}\"\nissuer = \"{issuer}\"\n\
             [[signature]]\npins = [\"dev\"]\n"
        )
    }

    pub(crate) fn configure(&self, receiver: &str, route: &str, rest: &str) {
        let trigger =
            format!("kind = \"webhook\"\nurl = \"{receiver}/deploy\"\nsecret-file = \"trigger.secret\"");
        self.configure_trigger(&trigger, route, rest);
    }

    /// Writes a configuration whose route has this trigger.
    pub(crate) fn configure_trigger(&self, trigger: &str, route: &str, rest: &str) {
        let (root, registry) = (self.world.trusted_root(), self.world.registry());
        let config = format!(
            r#"
version = 1
data = "data"
[listen]
address = "127.0.0.1:0"
source-rate = 10000
source-burst = 10000
[trust]
file = "{}"
[[caller]]
name = "ci"
repositories = ["{registry}/**"]
may = ["announce", "read"]
rate = 10000
burst = 10000
[caller.webhook]
secret-files = ["caller.secret"]
[[trigger]]
name = "deploy"
{trigger}
[[route]]
name = "app"
repositories = ["{registry}/org/*"]
policy = "policy.toml"
triggers = ["deploy"]
{route}
{rest}"#,
            root.display()
        );
        self.write("gate.toml", config);
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.world.path("data")
    }

    /// Pushes an image and has it signed by the world's identity.
    pub(crate) fn signed(&self, content: &str, tag: &str) -> Digest {
        let digest = self.world.push(content, tag);
        let output = self.world.keyless(&[&self.world.at(&digest)]);
        assert_code(&output, 0);
        digest
    }

    /// Starts the gate, and waits until it listens.
    pub(crate) fn start(&self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(["gate", "serve", "--config", "gate.toml"])
            .env_clear()
            .current_dir(self.world.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log: Arc<Mutex<String>> = Arc::default();
        let address = lines.by_ref().find_map(|line| {
            let line = line.unwrap();
            log.lock().unwrap().push_str(&format!("{line}\n"));
            let value: Value = serde_json::from_str(&line).ok()?;
            (value["event"] == "listening").then(|| value["address"].as_str().unwrap().parse().unwrap())
        });
        let address = address.unwrap_or_else(|| panic!("the gate did not start:\n{}", log.lock().unwrap()));
        *self.address.lock().unwrap() = Some(address);
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        *self.running.lock().unwrap() = Some(Running { child, log });
    }

    /// Ends the process at once, as kill -9 does.
    pub(crate) fn kill(&self) {
        *self.address.lock().unwrap() = None;
        let mut running = self.running.lock().unwrap().take().unwrap();
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// The process that the gate is.
    pub(crate) fn process(&self) -> u32 {
        self.running.lock().unwrap().as_ref().unwrap().child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self
            .running
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .child
            .id()
            .to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Asks the gate to end, and waits until it has.
    pub(crate) fn end(&self) -> ExitStatus {
        self.signal("-TERM");
        let mut running = self.running.lock().unwrap().take().unwrap();
        running.child.wait().unwrap()
    }

    /// What the gate has logged so far.
    pub(crate) fn log(&self) -> String {
        self.running
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .log
            .lock()
            .unwrap()
            .clone()
    }

    /// Sends an event about an image. `None` where there was no answer.
    pub(crate) fn send(&self, delivery: &str, reference: &str) -> Option<(u16, Value)> {
        let address = (*self.address.lock().unwrap())?;
        let body = json!({ "reference": reference, "delivery": delivery })
            .to_string()
            .into_bytes();
        let time = jiff::Timestamp::now().as_second().to_string();
        let signed = [delivery.as_bytes(), b".", time.as_bytes(), b".", &body].concat();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, CALLER_SECRET), &signed);
        let signature = format!("v1,{}", STANDARD.encode(tag));
        let mut headers = reqwest::header::HeaderMap::new();
        for (name, value) in [
            ("webhook-id", delivery),
            ("webhook-timestamp", &time),
            ("webhook-signature", &signature),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let reply = self.web.send(&Call {
            method: Method::Post,
            url: &format!("http://{address}/v1/events").parse().unwrap(),
            headers,
            body: Some(Body {
                content_type: "application/json",
                bytes: &body,
            }),
            limit_bytes: 1 << 20,
            repeat: Repeat::OnlyWhenRefused,
        });
        let reply = reply.ok()?;
        Some((
            reply.status.as_u16(),
            serde_json::from_slice(&reply.body).unwrap_or_default(),
        ))
    }

    /// Sends an event that has to be taken in, and gives its number.
    pub(crate) fn accepted(&self, delivery: &str, reference: &str) -> EventId {
        let (status, answer) = self.send(delivery, reference).unwrap();
        assert_eq!(status, 202, "{answer}");
        number(&answer)
    }

    pub(crate) fn book(&self) -> Book {
        Book::open(&self.data()).unwrap()
    }

    /// Every record.
    pub(crate) fn records(&self) -> Vec<Record> {
        let book = self.book();
        let mut records: Vec<Record> = Vec::new();
        loop {
            let more = book
                .after(records.last().map_or(0, |record| record.number), MAX_READ)
                .unwrap();
            if more.is_empty() {
                return records;
            }
            records.extend(more);
        }
    }

    /// Every decision with the number of its record.
    pub(crate) fn decisions(&self) -> Vec<(i64, Decision)> {
        let records = self.records().into_iter();
        let decisions = records.filter_map(|record| match record.entry {
            Entry::Decision(decision) => Some((record.number, *decision)),
            _ => None,
        });
        decisions.collect()
    }

    /// What came of triggers.
    pub(crate) fn fired(&self) -> Vec<Firing> {
        let records = self.records().into_iter();
        let fired = records.filter_map(|record| match record.entry {
            Entry::Fired(firing) => Some(firing),
            _ => None,
        });
        fired.collect()
    }

    /// Waits until an event is decided or dead.
    pub(crate) fn settled(&self, event: EventId) -> EventStatus {
        until(|| {
            let status = self.book().status(event).unwrap().unwrap();
            (status.state != EventState::Waiting).then_some(status)
        })
    }

    /// The last decision about an event, once there is one.
    pub(crate) fn decision(&self, event: EventId) -> Decision {
        self.settled(event);
        let decisions = self.decisions().into_iter().rev();
        decisions
            .map(|(_, decision)| decision)
            .find(|decision| decision.event == event)
            .unwrap()
    }

    /// Sends an event and waits for its decision.
    pub(crate) fn decide(&self, delivery: &str, reference: &str) -> Decision {
        self.decision(self.accepted(delivery, reference))
    }
}

impl Drop for Gated {
    fn drop(&mut self) {
        if let Ok(mut running) = self.running.lock()
            && let Some(mut running) = running.take()
        {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

/// The number of the event in an answer.
pub(crate) fn number(answer: &Value) -> EventId {
    serde_json::from_value(answer["events"][0]["id"].clone()).unwrap_or_else(|_| {
        answer["events"][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .parse()
            .unwrap()
    })
}

/// Waits until something is there.
pub(crate) fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "it did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}
