//! A registry on loopback, with a token server, that keeps its content in memory and misbehaves where it is told to.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use portcullis::subject::Digest;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// The repository that everything is in.
pub(crate) const REPOSITORY: &str = "org/app";
/// The user that the registry knows.
pub(crate) const USER: &str = "robot";
/// The password. Whatever holds it, or its base64, was told the credentials.
pub(crate) const PASSWORD: &str = "hunter2";
/// The token that the token server gives to whoever shows the password.
pub(crate) const TOKEN: &str = "registry-token-4711";

/// One step of looking up an image and its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Token,
    /// The image's own manifest.
    Manifest,
    /// The same, only when it is asked for by its digest: as one of an index.
    ImageOfIndex,
    Referrers,
    ReferrersTag,
    SigTag,
    AttTag,
    SbomTag,
    /// Any other manifest.
    CandidateManifest,
    CandidateBlob,
}

/// What is done instead of answering.
#[derive(Debug, Clone)]
pub(crate) enum Misdeed {
    /// A status, with header lines and a body.
    Status(u16, Vec<String>, Vec<u8>),
    /// The right answer with these header lines besides.
    Headers(Vec<String>),
    /// Nothing, for ever.
    Stall,
    /// The connection ends without an answer.
    Reset,
    /// A body that does not end.
    Endless,
    /// The right answer, a byte at a time.
    Drip,
    /// Half of what the header announces.
    BreakOff,
    /// Other bytes with the right length.
    OtherBytes,
}

impl Misdeed {
    pub(crate) fn status(status: u16) -> Self {
        Self::Status(status, Vec::new(), Vec::new())
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::Status(status, vec![format!("Location: {to}")], Vec::new())
    }

    pub(crate) fn body(media_type: &str, body: &[u8]) -> Self {
        Self::Status(200, vec![format!("Content-Type: {media_type}")], body.to_vec())
    }
}

/// A rule: at this step, this is done, this many times.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    step: Step,
    misdeed: Misdeed,
    times: usize,
}

/// How the registry asks who is there.
#[derive(Debug, Clone, Default)]
pub(crate) enum Login {
    #[default]
    Open,
    Basic,
    /// A token; the realm is the registry's own token server unless one is given.
    Bearer {
        realm: Option<String>,
    },
    /// A 401 with this header.
    Challenge(String),
}

/// What the registry holds and how it behaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    pub(crate) manifests: BTreeMap<String, (String, Vec<u8>)>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    pub(crate) has_referrers: bool,
    /// Referrers on one page; all if 0.
    pub(crate) page: usize,
    pub(crate) login: Login,
    pub(crate) rules: Vec<Rule>,
    /// The digest of the image that is asked about.
    pub(crate) root: String,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Everything, the body included.
    pub(crate) raw: String,
}

impl Contents {
    pub(crate) fn blob(&mut self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes).to_string();
        self.blobs.insert(digest.clone(), bytes.to_vec());
        json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
    }

    /// Stores a manifest by its digest.
    pub(crate) fn manifest(&mut self, document: &Value) -> Value {
        let media_type = document["mediaType"].as_str().unwrap().to_owned();
        let bytes = document.to_string().into_bytes();
        let digest = Digest::sha256(&bytes).to_string();
        let size = bytes.len();
        self.manifests.insert(digest.clone(), (media_type.clone(), bytes));
        json!({"mediaType": media_type, "digest": digest, "size": size})
    }

    pub(crate) fn tag(&mut self, tag: &str, descriptor: &Value) {
        let digest = descriptor["digest"].as_str().unwrap().to_owned();
        self.tags.insert(tag.to_owned(), digest);
    }

    /// Does something else at a step, every time.
    pub(crate) fn misbehave(&mut self, step: Step, misdeed: Misdeed) {
        self.misbehave_times(step, misdeed, usize::MAX);
    }

    /// Does something else at a step, some times.
    pub(crate) fn misbehave_times(&mut self, step: Step, misdeed: Misdeed, times: usize) {
        self.rules.push(Rule { step, misdeed, times });
    }

    fn step(&self, target: &str) -> Option<Step> {
        let path = target.split('?').next().unwrap();
        if path == "/token" {
            return Some(Step::Token);
        }
        let rest = path.strip_prefix(&format!("/v2/{REPOSITORY}/"))?;
        let (kind, name) = rest.split_once('/')?;
        Some(match kind {
            "referrers" => Step::Referrers,
            "blobs" => Step::CandidateBlob,
            "manifests" if name == self.root || self.tags.get(name) == Some(&self.root) => Step::Manifest,
            "manifests" if name.ends_with(".sig") => Step::SigTag,
            "manifests" if name.ends_with(".att") => Step::AttTag,
            "manifests" if name.ends_with(".sbom") => Step::SbomTag,
            "manifests" if name.starts_with("sha256-") => Step::ReferrersTag,
            "manifests" if name.starts_with("sha256:") => Step::CandidateManifest,
            _ => Step::Manifest,
        })
    }

    fn misdeed(&mut self, target: &str) -> Option<Misdeed> {
        let step = self.step(target)?;
        let by_digest = target.ends_with(&format!("/manifests/{}", self.root));
        let fits = |wanted: Step| wanted == step || (wanted == Step::ImageOfIndex && by_digest);
        let rule = self
            .rules
            .iter_mut()
            .find(|rule| fits(rule.step) && rule.times > 0)?;
        rule.times -= 1;
        Some(rule.misdeed.clone())
    }
}

/// A connection, with or without TLS.
trait Connection: Read + Write {}

impl<C: Read + Write> Connection for C {}

struct Shared {
    contents: Mutex<Contents>,
    seen: Mutex<Vec<Seen>>,
    connections: AtomicUsize,
    stop: AtomicBool,
}

/// Serves until it is dropped.
pub(crate) struct Registry {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Reply {
    status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Registry {
    pub(crate) fn start(contents: Contents) -> Self {
        Self::start_with(contents, None)
    }

    /// The same over TLS.
    pub(crate) fn start_tls(contents: Contents, tls: Arc<ServerConfig>) -> Self {
        Self::start_with(contents, Some(tls))
    }

    fn start_with(contents: Contents, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            contents: Mutex::new(contents),
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        let inner = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if inner.stop.load(Ordering::SeqCst) {
                    return;
                }
                let stream = stream.unwrap();
                inner.connections.fetch_add(1, Ordering::SeqCst);
                stream.set_nodelay(true).unwrap();
                let (shared, tls) = (Arc::clone(&inner), tls.clone());
                std::thread::spawn(move || {
                    // An error is the client going away, which is fine.
                    let _ = match tls {
                        None => serve(stream, &shared, address),
                        Some(tls) => {
                            let session = ServerConnection::new(tls).unwrap();
                            serve(StreamOwned::new(session, stream), &shared, address)
                        }
                    };
                });
            }
        });
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    /// Another origin that answers everything with a challenge, to see what it is told.
    pub(crate) fn thief() -> Self {
        let contents = Contents {
            login: Login::Basic,
            ..Contents::default()
        };
        Self::start(contents)
    }

    /// `host:port`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `host:port/repository:tag`.
    pub(crate) fn reference(&self, tag: &str) -> String {
        format!("{}/{REPOSITORY}:{tag}", self.host())
    }

    /// Changes what it holds and how it behaves.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Contents)) {
        change(&mut self.shared.contents.lock().unwrap());
    }

    /// Connections so far, also those on which nothing was asked.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Method and path of every request so far, sorted, and forgets them.
    pub(crate) fn take_paths(&self) -> Vec<String> {
        let seen = std::mem::take(&mut *self.shared.seen.lock().unwrap());
        let mut paths: Vec<String> = seen
            .iter()
            .map(|seen| format!("{} {}", seen.method, seen.target))
            .collect();
        paths.sort();
        paths
    }

    /// Whether it was ever told a secret, in any form.
    pub(crate) fn was_told_a_secret(&self) -> bool {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
        self.seen().iter().any(|seen| {
            let raw = seen.raw.to_ascii_lowercase();
            [PASSWORD, TOKEN, "authorization:"]
                .iter()
                .any(|secret| raw.contains(secret))
                || seen.raw.contains(&basic)
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn serve(mut stream: impl Connection, shared: &Shared, address: SocketAddr) -> std::io::Result<()> {
    while let Some(seen) = read_request(&mut stream)? {
        shared.seen.lock().unwrap().push(seen.clone());
        let (misdeed, reply) = {
            let mut contents = shared.contents.lock().unwrap();
            let misdeed = contents.misdeed(&seen.target);
            (misdeed, answer(&contents, &seen, address))
        };
        match misdeed {
            None => send(&mut stream, reply)?,
            Some(misdeed) => {
                if !misbehave(&mut stream, misdeed, reply, shared)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Tells whether the connection goes on.
fn misbehave(
    stream: &mut impl Connection,
    misdeed: Misdeed,
    mut reply: Reply,
    shared: &Shared,
) -> std::io::Result<bool> {
    let wait = |milliseconds| std::thread::sleep(Duration::from_millis(milliseconds));
    let stopped = || shared.stop.load(Ordering::SeqCst);
    match misdeed {
        Misdeed::Status(status, headers, body) => {
            send(
                stream,
                Reply {
                    status,
                    headers,
                    body,
                },
            )?;
            return Ok(true);
        }
        Misdeed::Headers(headers) => {
            reply.headers.extend(headers);
            send(stream, reply)?;
            return Ok(true);
        }
        Misdeed::OtherBytes => {
            if let Some(first) = reply.body.first_mut() {
                *first ^= 1;
            }
            send(stream, reply)?;
            return Ok(true);
        }
        Misdeed::Stall => {
            while !stopped() {
                wait(20);
            }
        }
        Misdeed::Reset => {}
        Misdeed::Endless => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\n{}\r\n\r\n",
                reply.headers.join("\r\n")
            )?;
            while !stopped() {
                stream.write_all(&[b' '; 65536])?;
            }
        }
        Misdeed::Drip => {
            let length = reply.body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{}\r\n\r\n",
                reply.headers.join("\r\n")
            )?;
            for byte in reply.body {
                if stopped() {
                    break;
                }
                stream.write_all(&[byte])?;
                wait(20);
            }
        }
        Misdeed::BreakOff => {
            let length = reply.body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{}\r\n\r\n",
                reply.headers.join("\r\n")
            )?;
            stream.write_all(&reply.body[..length / 2])?;
        }
    }
    Ok(false)
}

fn send(stream: &mut impl Connection, reply: Reply) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for header in &reply.headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend(reply.body);
    stream.write_all(&bytes)
}

fn read_request(stream: &mut impl Connection) -> std::io::Result<Option<Seen>> {
    let mut raw = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = raw.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            count => raw.extend_from_slice(&buffer[..count]),
        }
    };
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let length: usize = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(|text| text.trim().parse().unwrap())
        })
        .unwrap_or(0);
    while raw.len() < end + length {
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            count => raw.extend_from_slice(&buffer[..count]),
        }
    }
    let mut words = head.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    // A proxy is asked with the whole address.
    let target = match target.strip_prefix("http://") {
        Some(rest) => &rest[rest.find('/').unwrap()..],
        None => target,
    }
    .to_owned();
    Ok(Some(Seen {
        method,
        target,
        raw: String::from_utf8_lossy(&raw).into_owned(),
    }))
}

/// What an honest registry would answer.
fn answer(contents: &Contents, seen: &Seen, address: SocketAddr) -> Reply {
    let path = seen.target.split('?').next().unwrap();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let has_password = seen.raw.contains(&format!("authorization: Basic {basic}"));
    if path == "/token" {
        let refresh = seen.raw.contains(&format!("refresh_token={PASSWORD}"));
        return match has_password || refresh {
            true => found(
                "application/json",
                json!({"token": TOKEN}).to_string().into_bytes(),
            ),
            false => error(401, "UNAUTHORIZED"),
        };
    }
    let has_token = seen.raw.contains(&format!("authorization: Bearer {TOKEN}"));
    let challenge = match &contents.login {
        Login::Open => None,
        Login::Basic if has_password => None,
        Login::Bearer { .. } | Login::Challenge(_) if has_token => None,
        Login::Basic => Some("Basic realm=\"registry\"".to_owned()),
        Login::Bearer { realm } => {
            let realm = realm.clone().unwrap_or_else(|| format!("http://{address}/token"));
            Some(format!(
                "Bearer realm=\"{realm}\",service=\"test\",scope=\"repository:{REPOSITORY}:pull\""
            ))
        }
        Login::Challenge(text) => Some(text.clone()),
    };
    if let Some(challenge) = challenge {
        let mut reply = error(401, "UNAUTHORIZED");
        reply.headers.push(format!("WWW-Authenticate: {challenge}"));
        return reply;
    }
    let Some(rest) = path.strip_prefix(&format!("/v2/{REPOSITORY}/")) else {
        return error(404, "NAME_UNKNOWN");
    };
    match rest.split_once('/') {
        Some(("manifests", name)) => {
            let digest = contents.tags.get(name).map_or(name, String::as_str);
            match contents.manifests.get(digest) {
                Some((media_type, bytes)) => {
                    let mut reply = found(media_type, bytes.clone());
                    reply.headers.push(format!("Docker-Content-Digest: {digest}"));
                    reply
                }
                None => error(404, "MANIFEST_UNKNOWN"),
            }
        }
        Some(("blobs", digest)) => match contents.blobs.get(digest) {
            Some(bytes) => found("application/octet-stream", bytes.clone()),
            None => error(404, "BLOB_UNKNOWN"),
        },
        Some(("referrers", digest)) if contents.has_referrers => referrers(contents, seen, digest),
        _ => error(404, "NOT_FOUND"),
    }
}

fn referrers(contents: &Contents, seen: &Seen, digest: &str) -> Reply {
    let all: Vec<Value> = contents
        .manifests
        .iter()
        .filter_map(|(own, (media_type, bytes))| {
            let document: Value = serde_json::from_slice(bytes).ok()?;
            (document["subject"]["digest"] == digest).then(|| {
                json!({
                    "mediaType": media_type,
                    "digest": own,
                    "size": bytes.len(),
                    "artifactType": document["artifactType"],
                })
            })
        })
        .collect();
    let from: usize = seen
        .target
        .split_once("?from=")
        .map_or(0, |(_, from)| from.parse().unwrap());
    let until = match contents.page {
        0 => all.len(),
        page => all.len().min(from + page),
    };
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": all[from..until],
    });
    let mut reply = found(
        "application/vnd.oci.image.index.v1+json",
        index.to_string().into_bytes(),
    );
    if until < all.len() {
        let next = format!("/v2/{REPOSITORY}/referrers/{digest}?from={until}");
        reply.headers.push(format!("Link: <{next}>; rel=\"next\""));
    }
    reply
}

fn found(media_type: &str, body: Vec<u8>) -> Reply {
    Reply {
        status: 200,
        headers: vec![format!("Content-Type: {media_type}")],
        body,
    }
}

/// An error as registries give it. It repeats a secret, as a hostile one could.
fn error(status: u16, code: &str) -> Reply {
    let message = format!("no {PASSWORD} {TOKEN}");
    Reply {
        status,
        headers: vec!["Content-Type: application/json".to_owned()],
        body: json!({"errors": [{"code": code, "message": message}]})
            .to_string()
            .into_bytes(),
    }
}
