//! The listener: so many connections and no more, and none that is kept open by saying nothing.
//!
//! axum's own listener waits for the head of a request as long as the client likes, and takes connections as long as
//! there are files to open; both would be a way to close the door for everybody else (I-10).

use crate::ApiSettings;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

/// How long to wait where the system gives no more connections (no more files, no memory).
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);

/// Answers until `stop` resolves; then lets requests that have begun come to their end. Sockets are not waited for: they
/// resume elsewhere or after the restart.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ApiSettings,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.head_time_max);
    let connections_max = settings.connections_max.min(u32::MAX as usize) as u32;
    let places = Arc::new(Semaphore::new(connections_max as usize));
    let (end, ending) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, address)) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let router = router.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(address));
            router.clone().oneshot(request)
        });
        let connection = http
            .serve_connection(TokioIo::new(stream), answer)
            .with_upgrades();
        let mut ending = ending.clone();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = ending.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // A connection that breaks is the client's business; what went wrong with its requests was logged there.
            if let Err(error) = ended {
                tracing::debug!(%address, %error, "a connection broke");
            }
            drop(place);
        });
    }
    drop((listener, end));
    // When every place is free again, every connection has ended.
    let _ = places.acquire_many(connections_max).await;
}

/// The next connection. Acknowledgements and live numbers are small and must not wait to be sent together.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Slower answers, but answers.
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            // That client has gone again.
            Err(error) if [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind()) => {
            }
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}
