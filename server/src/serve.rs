//! Connections: how many, how large their heads, and how long they may take over them.
//!
//! A connection that sends its head slowly, or nothing at all, is closed; one that sends a head too large is told so.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::app::App;

/// The limits of connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many there may be; more wait to be accepted.
    pub connections: usize,
    /// How long a request's head may take from the first byte, and a connection may say nothing.
    pub head: Duration,
    /// How long the API may take over an answer that is no stream, the request's body included.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        // Ten thousand open streams, and their requests.
        Self { connections: 16_384, head: Duration::from_secs(20), answer: Duration::from_secs(30) }
    }
}

/// How large a request's head may be, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;

/// How many header lines it may have.
const MOST_HEADERS: usize = 100;

/// How long to wait when the system has no more connections to give.
const BREATH: Duration = Duration::from_millis(100);

/// Serves connections until the server stops, and those that are open to their end.
pub(crate) async fn serve(app: App, listener: TcpListener, router: Router, limits: Limits) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let open = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &connections) => accepted,
            () = app.stopping() => break,
        };
        let (stream, peer, turn) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("accepting a connection: {error}");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let connection = open.watch(connection(stream, peer, router.clone(), limits));
        tokio::spawn(async move {
            // What a client does to its connection is the client's business.
            let _ = connection.await;
            drop(turn);
        });
    }
    drop(listener);
    open.shutdown().await;
}

type Turn = tokio::sync::OwnedSemaphorePermit;

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Result<(TcpStream, SocketAddr, Turn), std::io::Error> {
    let turn = Arc::clone(connections).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // A live row is small, and waits for nothing.
    stream.set_nodelay(true)?;
    Ok((stream, peer, turn))
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
}
