//! Where the browser comes back to: a listener on loopback that takes one callback and no other.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use reqwest::Url;

use super::random::same;
use crate::http::Secret;
use crate::sigstore::oidc::ask::plain_code;
use crate::sigstore::oidc::error::Reason;

/// Bytes of a request's header.
const MAX_REQUEST_BYTES: usize = 16 * 1024;
/// How long one connection may take: browsers open some that they never use.
const CONNECTION_TIME: Duration = Duration::from_millis(1500);
/// Connections in all.
const MAX_CONNECTIONS: usize = 200;
/// How often a new connection is looked for.
const POLL: Duration = Duration::from_millis(20);

/// A listener that waits for the callback. It is closed when it is dropped.
pub(super) struct Listener {
    socket: TcpListener,
    redirect: Url,
}

/// What a callback has to say.
pub(super) struct Expected<'a> {
    /// The value that ties it to this login.
    pub(super) state: &'a Secret,
    /// The issuer's name, which some issuers add (RFC 9207).
    pub(super) issuer: &'a str,
}

/// What is done with one request.
enum Outcome {
    /// It is not the callback: the browser is told so, and the waiting goes on.
    Other(u16, &'static str),
    /// It is the callback.
    Callback(Result<Secret, Reason>),
}

impl Listener {
    /// Listens on the port of `redirect`, or on a free one. Only on 127.0.0.1, whatever the name in it leads to.
    pub(super) fn open(redirect: &Url) -> Result<Self, Reason> {
        let loopback = matches!(redirect.host_str(), Some("localhost" | "127.0.0.1"));
        if redirect.scheme() != "http"
            || !loopback
            || redirect.query().is_some()
            || redirect.fragment().is_some()
        {
            return Err(Reason::Configuration(format!(
                "the browser cannot come back to {redirect}: it has to be http://localhost:PORT/PATH or http://127.0.0.1:PORT/PATH"
            )));
        }
        let port = redirect.port_or_known_default().unwrap_or(0);
        let failed = |error: std::io::Error| {
            Reason::Configuration(format!("cannot listen on 127.0.0.1:{port}: {error}"))
        };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let mut redirect = redirect.clone();
        let port = socket.local_addr().map_err(failed)?.port();
        redirect
            .set_port(Some(port))
            .map_err(|()| Reason::Configuration("the redirect address takes no port".to_owned()))?;
        Ok(Self { socket, redirect })
    }

    /// The address that the issuer sends the browser to.
    pub(super) fn redirect(&self) -> &Url {
        &self.redirect
    }

    /// Waits for the callback until `deadline` and gives its code. Requests with another path, another state or another
    /// issuer are answered and forgotten: a page elsewhere can send them, and must not end the login.
    pub(super) fn wait(self, expected: &Expected<'_>, deadline: Instant) -> Result<Secret, Reason> {
        let mut connections = 0;
        while Instant::now() < deadline {
            match self.socket.accept() {
                Ok((stream, peer)) => {
                    connections += 1;
                    if connections > MAX_CONNECTIONS {
                        return Err(Reason::Unavailable(format!(
                            "more than {MAX_CONNECTIONS} connections came to {}, and none was the browser's",
                            self.redirect
                        )));
                    }
                    if let Some(outcome) = self.serve(stream, peer, expected) {
                        return outcome;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(POLL),
                // A connection that went away before it was taken.
                Err(_) => std::thread::sleep(POLL),
            }
        }
        Err(Reason::Refused(
            "nobody logged in before the time was over".to_owned(),
        ))
    }

    /// Answers one connection; the result if it was the callback.
    fn serve(
        &self,
        mut stream: TcpStream,
        peer: SocketAddr,
        expected: &Expected<'_>,
    ) -> Option<Result<Secret, Reason>> {
        if !peer.ip().is_loopback() {
            return None;
        }
        let target = read_target(&mut stream)?;
        let outcome = match target.as_str() {
            "" => Outcome::Other(400, "This is not a request that was expected here."),
            target => self.judge(target, expected),
        };
        let (status, text) = match &outcome {
            Outcome::Other(status, text) => (*status, *text),
            Outcome::Callback(Ok(_)) => (200, "You are logged in. This page can be closed."),
            Outcome::Callback(Err(_)) => (400, "The login failed. The terminal says why."),
        };
        // The browser may be gone; the callback counts all the same.
        let _ = answer(&mut stream, status, text);
        match outcome {
            Outcome::Other(..) => None,
            Outcome::Callback(result) => Some(result),
        }
    }

    fn judge(&self, target: &str, expected: &Expected<'_>) -> Outcome {
        let strange = Outcome::Other(400, "This is not the answer to the login that waits here.");
        let Some(url) = self
            .redirect
            .join(target)
            .ok()
            .filter(|url| url.origin() == self.redirect.origin())
        else {
            return strange;
        };
        if url.path() != self.redirect.path() {
            return Outcome::Other(404, "There is nothing here.");
        }
        let [state, code, error, issuer] = ["state", "code", "error", "iss"].map(|name| only(&url, name));
        // A value that is there twice is no value: which of the two would count?
        let (Ok(state), Ok(code), Ok(error), Ok(issuer)) = (state, code, error, issuer) else {
            return strange;
        };
        if !state.is_some_and(|state| same(state.expose(), expected.state.expose())) {
            return strange;
        }
        if issuer.is_some_and(|issuer| issuer.expose() != expected.issuer) {
            return strange;
        }
        Outcome::Callback(match (code, error) {
            (Some(code), None) if !code.is_empty() => Ok(code),
            (_, Some(error)) => {
                let code = plain_code(error.expose()).unwrap_or_else(|| "an unknown error".to_owned());
                Err(Reason::Refused(format!("the issuer refused the login: {code}")))
            }
            _ => Err(Reason::Refused(
                "the issuer sent the browser back without a code".to_owned(),
            )),
        })
    }
}

/// The one value of a query parameter; an error if there are several.
fn only(url: &Url, name: &str) -> Result<Option<Secret>, ()> {
    let mut values = url.query_pairs().filter(|(found, _)| found == name);
    let first = values.next().map(|(_, value)| Secret::new(value.into_owned()));
    match values.next() {
        Some(_) => Err(()),
        None => Ok(first),
    }
}

/// The path and query of a `GET`; empty for another request, nothing if none comes in time.
fn read_target(stream: &mut TcpStream) -> Option<zeroize::Zeroizing<String>> {
    stream.set_nonblocking(false).ok()?;
    let ends = Instant::now() + CONNECTION_TIME;
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(MAX_REQUEST_BYTES));
    let mut buffer = zeroize::Zeroizing::new([0; 1024]);
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        let left = ends
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())?;
        stream.set_read_timeout(Some(left)).ok()?;
        let count = stream.read(buffer.as_mut_slice()).ok()?;
        if count == 0 || bytes.len() + count > MAX_REQUEST_BYTES {
            return None;
        }
        bytes.extend_from_slice(buffer.get(..count)?);
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let mut words = text.lines().next().unwrap_or_default().split(' ');
    let target = match (words.next(), words.next(), words.next()) {
        (Some("GET"), Some(target), Some("HTTP/1.1" | "HTTP/1.0")) if target.starts_with('/') => target,
        _ => "",
    };
    Some(zeroize::Zeroizing::new(target.to_owned()))
}

fn answer(stream: &mut TcpStream, status: u16, text: &str) -> std::io::Result<()> {
    stream.set_write_timeout(Some(CONNECTION_TIME))?;
    let reason = if status == 200 { "OK" } else { "Refused" };
    write!(
        stream,
        "HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{text}\n",
        text.len() + 1
    )?;
    stream.flush()
}
