//! One server on a free port of loopback, which ends with its value.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::runtime::Runtime;

/// A server that is running.
#[derive(Debug)]
pub(super) struct Listening {
    runtime: Option<Runtime>,
    address: SocketAddr,
}

impl Listening {
    pub(super) fn start(router: Router) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            runtime: Some(runtime),
            address,
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
