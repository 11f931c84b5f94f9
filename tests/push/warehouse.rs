//! A registry on loopback that takes what is written, keeps it in memory and misbehaves where it is told to.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use portcullis::subject::Digest;
use serde_json::{Value, json};

pub(crate) const USER: &str = "robot";
pub(crate) const PASSWORD: &str = "hunter2";
const TOKEN: &str = "registry-token-4711";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Token,
    HeadBlob,
    GetBlob,
    PostUpload,
    PutBlob,
    PutManifest,
    /// A manifest that is read by its digest.
    ReadBack,
    GetTag,
    PutTag,
}

/// What is done instead of answering.
#[derive(Debug, Clone)]
pub(crate) enum Misdeed {
    Status(u16),
    /// A status with a header line.
    With(u16, String),
    /// The right answer, with this header line in place of the one of that name.
    Header(String),
    /// Says that it took it, and did not.
    Forget,
    /// The right answer with another first byte.
    OtherBytes,
    Stall,
    Reset,
    /// Reads the head of the request and nothing after it.
    Deaf,
}

#[derive(Debug, Default)]
struct State {
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    tags: BTreeMap<String, String>,
    blobs: BTreeMap<String, Vec<u8>>,
    rules: Vec<(Step, Misdeed, usize)>,
    seen: Vec<Seen>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
}

/// How the registry is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nature {
    pub(crate) has_referrers: bool,
    /// Whether it keeps to If-Match and If-None-Match.
    pub(crate) has_conditions: bool,
    pub(crate) wants_token: bool,
    /// How long a write of a manifest takes to show.
    pub(crate) slow: Duration,
}

struct Shared {
    nature: Nature,
    state: Mutex<State>,
    uploads: AtomicU64,
    keeps_all: AtomicBool,
    stop: AtomicBool,
}

/// Serves until it is dropped.
pub(crate) struct Warehouse {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Request {
    seen: Seen,
    body: Vec<u8>,
}

struct Reply {
    status: u16,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Warehouse {
    pub(crate) fn start(nature: Nature) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            nature,
            state: Mutex::default(),
            uploads: AtomicU64::new(0),
            keeps_all: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        });
        let inner = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if inner.stop.load(Ordering::SeqCst) {
                    return;
                }
                let stream = stream.unwrap();
                stream.set_nodelay(true).unwrap();
                let shared = Arc::clone(&inner);
                std::thread::spawn(move || {
                    // An error is the client going away, which is fine.
                    let _ = shared.serve(stream, address);
                });
            }
        });
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn reference(&self, repository: &str, tag: &str) -> String {
        format!("{}/{repository}:{tag}", self.address)
    }

    /// Does something else at a step, this many times.
    pub(crate) fn misbehave(&self, step: Step, misdeed: Misdeed, times: usize) {
        self.shared
            .state
            .lock()
            .unwrap()
            .rules
            .push((step, misdeed, times));
    }

    pub(crate) fn forbid_deleting(&self) {
        self.shared.keeps_all.store(true, Ordering::SeqCst);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.state.lock().unwrap().seen.clone()
    }

    /// How many requests there were of a method, to a path with this in it.
    pub(crate) fn count(&self, method: &str, part: &str) -> usize {
        let seen = self.seen();
        let fits = |seen: &&Seen| seen.method == method && seen.target.contains(part);
        seen.iter().filter(fits).count()
    }

    pub(crate) fn was_told_a_secret(&self) -> bool {
        self.seen().iter().any(|seen| {
            let head = seen.head.to_ascii_lowercase();
            head.contains("authorization:") || head.contains(PASSWORD) || head.contains(TOKEN)
        })
    }

    /// What a tag of a repository points to.
    pub(crate) fn tagged(&self, repository: &str, tag: &str) -> Option<Vec<u8>> {
        let state = self.shared.state.lock().unwrap();
        let digest = state.tags.get(&format!("{repository}:{tag}"))?;
        Some(state.manifests[&format!("{repository}@{digest}")].1.clone())
    }

    /// The digests of the manifests of a repository, without lists of referrers: an entry of these has no platform.
    pub(crate) fn manifests(&self, repository: &str) -> Vec<String> {
        let state = self.shared.state.lock().unwrap();
        let is_list = |bytes: &[u8]| {
            let document: Value = serde_json::from_slice(bytes).unwrap();
            let entries = document["manifests"].as_array().cloned();
            entries.is_some_and(|entries| entries.iter().all(|entry| entry.get("platform").is_none()))
        };
        let own = |(key, (_, bytes)): (&String, &(String, Vec<u8>))| {
            let digest = key.strip_prefix(&format!("{repository}@"))?;
            (!is_list(bytes)).then(|| digest.to_owned())
        };
        state.manifests.iter().filter_map(own).collect()
    }

    /// The digests of the blobs of a repository.
    pub(crate) fn blobs(&self, repository: &str) -> Vec<String> {
        let state = self.shared.state.lock().unwrap();
        let own = |key: &String| key.strip_prefix(&format!("{repository}@")).map(str::to_owned);
        state.blobs.keys().filter_map(own).collect()
    }

    pub(crate) fn tags(&self) -> Vec<String> {
        self.shared.state.lock().unwrap().tags.keys().cloned().collect()
    }

    pub(crate) fn has_manifest(&self, repository: &str, digest: &str) -> bool {
        let state = self.shared.state.lock().unwrap();
        state.manifests.contains_key(&format!("{repository}@{digest}"))
    }

    pub(crate) fn blob(&self, repository: &str, digest: &str) -> Option<Vec<u8>> {
        let state = self.shared.state.lock().unwrap();
        state.blobs.get(&format!("{repository}@{digest}")).cloned()
    }

    /// Puts something in without being asked over the network.
    pub(crate) fn put(&self, repository: &str, tag: Option<&str>, media_type: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        let mut state = self.shared.state.lock().unwrap();
        let key = format!("{repository}@{digest}");
        state
            .manifests
            .insert(key, (media_type.to_owned(), bytes.to_vec()));
        if let Some(tag) = tag {
            state
                .tags
                .insert(format!("{repository}:{tag}"), digest.to_string());
        }
        digest
    }

    pub(crate) fn put_blob(&self, repository: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        let mut state = self.shared.state.lock().unwrap();
        state
            .blobs
            .insert(format!("{repository}@{digest}"), bytes.to_vec());
        digest
    }
}

impl Drop for Warehouse {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream, address: SocketAddr) -> std::io::Result<()> {
        while let Some((seen, begun)) = read_head(&mut stream)? {
            let misdeed = {
                let mut state = self.state.lock().unwrap();
                state.seen.push(seen.clone());
                state.misdeed(step_of(&seen))
            };
            if matches!(misdeed, Some(Misdeed::Deaf)) {
                self.wait_for_the_end();
                return Ok(());
            }
            let Some(request) = read_body(&mut stream, seen, begun)? else {
                return Ok(());
            };
            let reply = match misdeed {
                Some(Misdeed::Stall | Misdeed::Deaf) => {
                    self.wait_for_the_end();
                    return Ok(());
                }
                Some(Misdeed::Reset) => return Ok(()),
                Some(Misdeed::Status(status)) => reply(status, Vec::new(), Vec::new()),
                Some(Misdeed::With(status, header)) => reply(status, vec![header], Vec::new()),
                Some(Misdeed::Forget) => reply(201, Vec::new(), Vec::new()),
                Some(Misdeed::OtherBytes) => {
                    let mut right = self.answer(&request, address);
                    if right.status == 200 {
                        right.body[0] ^= 1;
                    }
                    right
                }
                Some(Misdeed::Header(header)) => {
                    let mut right = self.answer(&request, address);
                    let name = header.split(':').next().unwrap();
                    right.headers.retain(|line| !line.starts_with(name));
                    right.headers.push(header);
                    right
                }
                None => self.answer(&request, address),
            };
            send(&mut stream, &request, reply)?;
        }
        Ok(())
    }

    fn wait_for_the_end(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What an honest registry would answer.
    fn answer(&self, request: &Request, address: SocketAddr) -> Reply {
        let Seen { method, target, head } = &request.seen;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
        if path == "/token" {
            return match head.contains(&format!("authorization: Basic {basic}")) {
                true => found(
                    "application/json",
                    json!({"token": TOKEN}).to_string().into_bytes(),
                ),
                false => error(401, "UNAUTHORIZED"),
            };
        }
        if self.nature.wants_token && !head.contains(&format!("authorization: Bearer {TOKEN}")) {
            let mut reply = error(401, "UNAUTHORIZED");
            let realm = format!("http://{address}/token");
            reply.headers.push(format!(
                "WWW-Authenticate: Bearer realm=\"{realm}\",service=\"test\""
            ));
            return reply;
        }
        let Some(rest) = path.strip_prefix("/v2/") else {
            return error(404, "NOT_FOUND");
        };
        for what in ["/blobs/uploads/", "/manifests/", "/blobs/", "/referrers/"] {
            if let Some((repository, name)) = rest.split_once(what) {
                return match (method.as_str(), what) {
                    ("POST", "/blobs/uploads/") => self.begin(repository, query),
                    ("PUT", "/blobs/uploads/") => self.end(repository, query, &request.body),
                    ("GET" | "HEAD", "/blobs/") => self.get_blob(repository, name),
                    ("GET" | "HEAD", "/manifests/") => self.get_manifest(repository, name),
                    ("PUT", "/manifests/") => self.put_manifest(repository, name, request),
                    ("DELETE", "/manifests/") if !self.keeps_all.load(Ordering::SeqCst) => {
                        self.delete(repository, name)
                    }
                    ("GET", "/referrers/") if self.nature.has_referrers => self.referrers(repository, name),
                    ("GET", "/referrers/") => error(404, "NOT_FOUND"),
                    _ => error(405, "UNSUPPORTED"),
                };
            }
        }
        error(404, "NOT_FOUND")
    }

    fn begin(&self, repository: &str, query: &str) -> Reply {
        if let (Some(digest), Some(from)) = (parameter(query, "mount"), parameter(query, "from")) {
            let mut state = self.state.lock().unwrap();
            if let Some(bytes) = state.blobs.get(&format!("{from}@{digest}")).cloned() {
                state.blobs.insert(format!("{repository}@{digest}"), bytes);
                return reply(201, vec![format!("Docker-Content-Digest: {digest}")], Vec::new());
            }
        }
        let number = self.uploads.fetch_add(1, Ordering::SeqCst);
        let location = format!("Location: /v2/{repository}/blobs/uploads/{number}?state=x");
        reply(202, vec![location], Vec::new())
    }

    fn end(&self, repository: &str, query: &str, body: &[u8]) -> Reply {
        let Some(digest) = parameter(query, "digest") else {
            return error(400, "DIGEST_INVALID");
        };
        assert_eq!(parameter(query, "state").as_deref(), Some("x"), "{query}");
        if digest != Digest::sha256(body).to_string() {
            return error(400, "DIGEST_INVALID");
        }
        let mut state = self.state.lock().unwrap();
        state
            .blobs
            .insert(format!("{repository}@{digest}"), body.to_vec());
        reply(201, vec![format!("Docker-Content-Digest: {digest}")], Vec::new())
    }

    fn get_blob(&self, repository: &str, digest: &str) -> Reply {
        let state = self.state.lock().unwrap();
        match state.blobs.get(&format!("{repository}@{digest}")) {
            Some(bytes) => found("application/octet-stream", bytes.clone()),
            None => error(404, "BLOB_UNKNOWN"),
        }
    }

    fn get_manifest(&self, repository: &str, name: &str) -> Reply {
        let state = self.state.lock().unwrap();
        let digest = match name.contains(':') {
            true => Some(name.to_owned()),
            false => state.tags.get(&format!("{repository}:{name}")).cloned(),
        };
        let manifest = digest.and_then(|digest| {
            let (media_type, bytes) = state.manifests.get(&format!("{repository}@{digest}"))?;
            let mut reply = found(media_type, bytes.clone());
            reply.headers.push(format!("Docker-Content-Digest: {digest}"));
            reply.headers.push(format!("ETag: \"{digest}\""));
            Some(reply)
        });
        manifest.unwrap_or_else(|| error(404, "MANIFEST_UNKNOWN"))
    }

    fn put_manifest(&self, repository: &str, name: &str, request: &Request) -> Reply {
        std::thread::sleep(self.nature.slow);
        let mut state = self.state.lock().unwrap();
        let digest = Digest::sha256(&request.body).to_string();
        let tag = format!("{repository}:{name}");
        if self.nature.has_conditions {
            let etag = state.tags.get(&tag).map(|digest| format!("\"{digest}\""));
            let matches = header(&request.seen.head, "if-match").is_none_or(|wanted| Some(wanted) == etag);
            let absent = header(&request.seen.head, "if-none-match").is_none() || etag.is_none();
            if !matches || !absent {
                return error(412, "PRECONDITION");
            }
        }
        if name.contains(':') && name != digest {
            return error(400, "DIGEST_INVALID");
        }
        let document: Value = serde_json::from_slice(&request.body).unwrap();
        let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
        let config = document.get("config").cloned();
        for blob in list("layers").into_iter().chain(config) {
            let key = format!("{repository}@{}", blob["digest"].as_str().unwrap());
            if !state.blobs.contains_key(&key) {
                return error(400, "MANIFEST_BLOB_UNKNOWN");
            }
        }
        let media_type = header(&request.seen.head, "content-type").unwrap();
        state.manifests.insert(
            format!("{repository}@{digest}"),
            (media_type, request.body.clone()),
        );
        if !name.contains(':') {
            state.tags.insert(tag, digest.clone());
        }
        let mut reply = reply(201, vec![format!("Docker-Content-Digest: {digest}")], Vec::new());
        if let (true, Some(subject)) = (self.nature.has_referrers, document["subject"]["digest"].as_str()) {
            reply.headers.push(format!("OCI-Subject: {subject}"));
        }
        reply
    }

    fn delete(&self, repository: &str, digest: &str) -> Reply {
        let mut state = self.state.lock().unwrap();
        match state.manifests.remove(&format!("{repository}@{digest}")) {
            Some(_) => reply(202, Vec::new(), Vec::new()),
            None => error(404, "MANIFEST_UNKNOWN"),
        }
    }

    fn referrers(&self, repository: &str, digest: &str) -> Reply {
        let state = self.state.lock().unwrap();
        let entry = |(key, (media_type, bytes)): (&String, &(String, Vec<u8>))| {
            let document: Value = serde_json::from_slice(bytes).ok()?;
            let own = key.strip_prefix(&format!("{repository}@"))?;
            let mut entry = json!({"mediaType": media_type, "digest": own, "size": bytes.len()});
            entry["artifactType"] = document["artifactType"].clone();
            if entry["artifactType"].is_null() {
                entry.as_object_mut().unwrap().remove("artifactType");
            }
            (document["subject"]["digest"] == digest).then_some(entry)
        };
        let manifests: Vec<Value> = state.manifests.iter().filter_map(entry).collect();
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
        found(INDEX, index.to_string().into_bytes())
    }
}

impl State {
    fn misdeed(&mut self, step: Option<Step>) -> Option<Misdeed> {
        let step = step?;
        let fits = |rule: &&mut (Step, Misdeed, usize)| rule.0 == step && rule.2 > 0;
        let rule = self.rules.iter_mut().find(fits)?;
        rule.2 -= 1;
        Some(rule.1.clone())
    }
}

fn step_of(seen: &Seen) -> Option<Step> {
    let path = seen.target.split('?').next().unwrap();
    if path == "/token" {
        return Some(Step::Token);
    }
    let by_digest = path.contains("/manifests/sha256:");
    Some(match seen.method.as_str() {
        "POST" => Step::PostUpload,
        "HEAD" if path.contains("/blobs/") => Step::HeadBlob,
        "GET" if path.contains("/blobs/") => Step::GetBlob,
        "PUT" if path.contains("/blobs/") => Step::PutBlob,
        "PUT" if by_digest => Step::PutManifest,
        "GET" if by_digest => Step::ReadBack,
        "PUT" => Step::PutTag,
        "GET" if path.contains("/manifests/") => Step::GetTag,
        _ => return None,
    })
}

/// A parameter of a query, decoded as far as digests and names need.
fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (own, value) = pair.split_once('=')?;
        (own == name).then(|| value.replace("%3A", ":").replace("%2F", "/"))
    })
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn found(media_type: &str, body: Vec<u8>) -> Reply {
    reply(200, vec![format!("Content-Type: {media_type}")], body)
}

/// An error as registries give it. It repeats a secret, as a hostile one could.
fn error(status: u16, code: &str) -> Reply {
    let message = format!("no {PASSWORD} {TOKEN}");
    let body = json!({"errors": [{"code": code, "message": message}]});
    reply(status, Vec::new(), body.to_string().into_bytes())
}

fn reply(status: u16, headers: Vec<String>, body: Vec<u8>) -> Reply {
    Reply {
        status,
        headers,
        body,
    }
}

fn send(stream: &mut TcpStream, request: &Request, reply: Reply) -> std::io::Result<()> {
    let mut bytes = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {}\r\n",
        reply.status,
        reply.body.len()
    )
    .into_bytes();
    for header in &reply.headers {
        bytes.extend(header.as_bytes());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    if request.seen.method != "HEAD" {
        bytes.extend(reply.body);
    }
    stream.write_all(&bytes)
}

/// The head of the next request, and the bytes after it that came along.
fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<(Seen, Vec<u8>)>> {
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
    let begun = raw.split_off(end);
    let head = String::from_utf8(raw).unwrap();
    let mut words = head.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    Ok(Some((Seen { method, target, head }, begun)))
}

fn read_body(stream: &mut TcpStream, seen: Seen, mut body: Vec<u8>) -> std::io::Result<Option<Request>> {
    let length: usize = header(&seen.head, "content-length").map_or(0, |text| text.parse().unwrap());
    let mut buffer = vec![0; 65536];
    while body.len() < length {
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            count => body.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(Some(Request { seen, body }))
}
