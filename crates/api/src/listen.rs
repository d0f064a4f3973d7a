//! The listener: so many connections and no more, and none that is kept open by saying nothing.
//!
//! `axum::serve` waits for the head of a request as long as the client likes, and takes connections as long as there are
//! files to open; both would be a way to close the door for everybody else (I-10).

use crate::ApiSettings;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::{Listener, ListenerExt as _};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

/// Answers until `stop` resolves; then lets requests that have begun come to their end. Sockets are not waited for: they
/// resume elsewhere or after the restart.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ApiSettings,
    stop: impl Future<Output = ()>,
) {
    // Acknowledgements and live numbers are small and must not wait to be sent together. Where that cannot be set they
    // come slower, but they come.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    serve_on(listener, router, settings, stop).await;
}

/// The same on any kind of connections.
pub async fn serve_on(
    mut listener: impl Listener<Addr = SocketAddr>,
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
            (place, listener.accept().await)
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
