//! The server itself: HTTP/1 with limits of time and size, over TLS of its own or without it.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use axum::Router;
use axum_server::{Handle, Server, tls_rustls::RustlsAcceptor};
use futures::future::BoxFuture;

use super::tls::Tls;

/// In bytes.
const LONGEST_HEADER: usize = 64 * 1024;

/// Serves until it is told to stop by its handle. `patience`: until a header has to be there, and
/// before it the handshake.
///
/// # Errors
/// If the socket cannot be used.
pub fn serve(
    socket: TcpListener,
    app: Router,
    tls: Option<&Tls>,
    handle: Handle<SocketAddr>,
    patience: Duration,
) -> io::Result<BoxFuture<'static, io::Result<()>>> {
    let app = app.into_make_service();
    let mut plain: Server<SocketAddr> = axum_server::from_tcp(socket)?.handle(handle).http1_only();
    plain.http_builder().http1().header_read_timeout(patience).max_buf_size(LONGEST_HEADER);
    Ok(match tls {
        None => Box::pin(plain.serve(app)),
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls.live()).handshake_timeout(patience);
            Box::pin(plain.acceptor(acceptor).serve(app))
        }
    })
}
