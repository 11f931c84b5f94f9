//! As much of HTTP as pushing to a registry takes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer: its status and its header lines.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
}

impl Answer {
    /// The body of an answer that is sent in one piece.
    pub(crate) fn body(&self) -> &str {
        self.head.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// Sends one request to `host` and reads the answer's head.
pub(crate) fn send(host: &str, method: &str, target: &str, media_type: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {media_type}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: text }
}

/// Puts a blob into a repository.
pub(crate) fn push_blob(host: &str, repository: &str, digest: &str, bytes: &[u8]) {
    let started = send(host, "POST", &format!("/v2/{repository}/blobs/uploads/"), "", b"");
    assert_eq!(started.status, 202);
    let location = started.header("Location").unwrap();
    let target = location
        .strip_prefix(&format!("http://{host}"))
        .unwrap_or(&location);
    let separator = if target.contains('?') { '&' } else { '?' };
    let target = format!("{target}{separator}digest={digest}");
    let done = send(host, "PUT", &target, "application/octet-stream", bytes);
    assert_eq!(done.status, 201, "{digest}: {}", done.head);
}

/// Puts a manifest into a repository under a tag or its digest.
pub(crate) fn push_manifest(host: &str, repository: &str, reference: &str, media_type: &str, bytes: &[u8]) {
    let target = format!("/v2/{repository}/manifests/{reference}");
    let done = send(host, "PUT", &target, media_type, bytes);
    assert_eq!(done.status, 201, "{reference}: {}", done.head);
}
