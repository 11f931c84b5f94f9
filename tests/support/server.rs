//! A small HTTP server on loopback that does as it is told, well or badly.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a path answers.
#[derive(Clone)]
pub(crate) enum Answer {
    /// The file, with its length.
    File(Vec<u8>),
    /// A status without a body.
    Status(u16),
    /// A redirect to an address.
    Redirect(String),
    /// A body without length that does not end.
    Endless,
    /// A body of one byte every 50 ms.
    Slow,
    /// Nothing at all.
    Silent,
    /// Half of what the header announces.
    BrokenOff(Vec<u8>),
}

/// Paths without the leading slash.
pub(crate) type Answers = BTreeMap<String, Answer>;

struct Shared {
    answers: Mutex<Answers>,
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
    stop: AtomicBool,
}

/// Serves until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answers: Mutex::new(answers),
            connections: AtomicUsize::new(0),
            requests: Mutex::new(Vec::new()),
            stop: AtomicBool::new(false),
        });
        let inner = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if inner.stop.load(Ordering::SeqCst) {
                    return;
                }
                inner.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&inner);
                std::thread::spawn(move || serve(stream.unwrap(), &shared));
            }
        });
        Self {
            address,
            shared,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn set(&self, answers: Answers) {
        *self.shared.answers.lock().unwrap() = answers;
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The paths that were asked for, and forgets them.
    pub(crate) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.requests.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// One request for each connection. Errors are the client going away, which is fine.
fn serve(mut stream: TcpStream, shared: &Shared) {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => head.extend_from_slice(&buffer[..count]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .trim_start_matches('/')
        .to_owned();
    shared.requests.lock().unwrap().push(path.clone());
    let answer = shared.answers.lock().unwrap().get(&path).cloned();
    let _ = reply(&mut stream, answer.unwrap_or(Answer::Status(404)), shared);
}

fn reply(stream: &mut TcpStream, answer: Answer, shared: &Shared) -> std::io::Result<()> {
    match answer {
        Answer::File(body) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            stream.write_all(&body)
        }
        Answer::Status(status) => {
            write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        }
        Answer::Redirect(target) => write!(
            stream,
            "HTTP/1.1 302 X\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        Answer::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            while !shared.stop.load(Ordering::SeqCst) {
                stream.write_all(&[b' '; 4096])?;
            }
            Ok(())
        }
        Answer::Slow => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            while !shared.stop.load(Ordering::SeqCst) {
                stream.write_all(b" ")?;
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        }
        Answer::Silent => {
            while !shared.stop.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        }
        Answer::BrokenOff(body) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            stream.write_all(&body[..body.len() / 2])
        }
    }
}
