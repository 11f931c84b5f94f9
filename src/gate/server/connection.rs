//! Connections: accepted up to a number, with TLS where it is configured, given up when they are slow, and ended in good
//! order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use super::enter::Peer;
use super::{Parts, State, router};
use crate::gate::config::ListenConfig;
use crate::gate::log::Log;

/// Most header fields of a request.
const MAX_HEADERS: usize = 64;
/// Most bytes of a request's header.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// How long requests that run may take when the gate ends.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// Pause after the system refused a connection, for example because there are too many files.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is over; then no connection is accepted any more, and requests that run are finished.
pub async fn run(listener: TcpListener, parts: Parts, shutdown: impl Future<Output = ()>) {
    let (closing, closed) = watch::channel(false);
    let log = parts.log.clone();
    let state = Arc::new(State::new(parts, closed));
    let router = router(&state);
    let permits = Arc::new(Semaphore::new(state.config().listen.connections));
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = async {
            let permit = Arc::clone(&permits)
                .acquire_owned()
                .await
                .map_err(io::Error::other)?;
            listener
                .accept()
                .await
                .map(|(stream, address)| (permit, stream, address))
        };
        let (permit, stream, address) = tokio::select! {
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    log.line("connection-refused", &[("reason", &error)]);
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut shutdown => break,
        };
        let config = state.config();
        let (router, watcher, log) = (router.clone(), graceful.watcher(), log.clone());
        tokio::spawn(async move {
            connection(stream, address, &config.listen, router, watcher, &log).await;
            drop(permit);
        });
    }
    drop(listener);
    // The receivers are in the state, which lives.
    let _ = closing.send(true);
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown())
        .await
        .is_err()
    {
        log.line("requests-cut-off", &[("after", &format!("{LAST_REQUESTS:?}"))]);
    }
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    listen: &ListenConfig,
    router: Router,
    watcher: Watcher,
    log: &Log,
) {
    // Answers are small and are waited for.
    let _ = stream.set_nodelay(true);
    let time = listen.patience.header;
    let Some(config) = listen.tls.clone() else {
        let peer = Peer {
            address,
            chain: Arc::new([]),
        };
        return serve(stream, peer, router, time, watcher).await;
    };
    let handshake = tokio_rustls::TlsAcceptor::from(config).accept(stream);
    match tokio::time::timeout(time, handshake).await {
        Ok(Ok(stream)) => {
            let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
            let chain: Vec<CertificateDer<'static>> = chain.to_vec();
            let peer = Peer {
                address,
                chain: chain.into(),
            };
            serve(stream, peer, router, time, watcher).await;
        }
        Ok(Err(error)) => log.line("handshake-failed", &[("source", &address), ("reason", &error)]),
        Err(_) => log.line(
            "handshake-failed",
            &[("source", &address), ("reason", &"it took too long")],
        ),
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    peer: Peer,
    router: Router,
    time: Duration,
    watcher: Watcher,
) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(peer.clone());
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(time)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    // How a client ends its connection is its own affair.
    let _ = watcher.watch(connection).await;
}
