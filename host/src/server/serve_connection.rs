//! The life of one connection.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::TokioTimer;

use super::local_executor::LocalExecutor;
use super::outgoing::StreamBody;
use super::protocol::{Protocol, tell_protocol};
use super::service::{ConnectionService, Desk};
use super::socket::Socket;
use super::socket_path::SocketPath;
use super::{Connection, ConnectionLimits};

/// hyper refuses less.
const HYPER_BUFFER_BYTES_MIN: usize = 8192;

/// Streams that one HTTP/2 connection may carry at once: a browser opens some dozens (T25, T26).
const HTTP2_STREAMS_MAX: u32 = 256;

/// Bytes that HTTP/2 keeps of one response before it stops asking for more.
const HTTP2_SEND_BYTES_MAX: usize = 64 << 10;

/// Makes hyper's connections.
pub(super) struct Builders {
    http1: http1::Builder,
    http2: http2::Builder<LocalExecutor>,
}

/// What hyper's two kinds of connection have in common.
trait Driven: Future {
    /// Finish what is under way, then close.
    fn finish(self: Pin<&mut Self>);
}

impl Driven for http1::Connection<Socket, ConnectionService> {
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl Driven for http2::Connection<Socket, ConnectionService, LocalExecutor> {
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl Builders {
    /// Builders that keep `limits`.
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .half_close(false)
            .max_header_size(limits.header_bytes_max)
            .max_buf_size(limits.header_bytes_max.max(HYPER_BUFFER_BYTES_MIN))
            // Time is kept by the shard's tick.
            .header_read_timeout(None)
            .pipeline_flush(false)
            .writev(true);
        let mut http2 = http2::Builder::new(LocalExecutor);
        let header_bytes = u32::try_from(limits.header_bytes_max).unwrap_or(u32::MAX);
        http2
            // The one timer of a connection: hyper's pings know no tick. HTTP/1 has none.
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.ping_interval)
            .keep_alive_timeout(limits.ping_timeout)
            .max_header_list_size(header_bytes)
            .max_concurrent_streams(HTTP2_STREAMS_MAX)
            .max_send_buf_size(HTTP2_SEND_BYTES_MAX);
        Self { http1, http2 }
    }
}

/// Serves a connection to its end.
pub(super) async fn serve_connection(
    connection: Rc<Connection>,
    desk: Rc<Desk>,
    builders: Rc<Builders>,
) {
    let listed = Listed(connection);
    let connection = &listed.0;
    let socket = Socket(Rc::clone(connection));
    match tell_protocol(connection).await {
        Some(Protocol::Http1) => {
            let service = ConnectionService::new(desk, Rc::clone(connection), true);
            let http = Box::pin(builders.http1.serve_connection(socket, service));
            if let Some(body) = drive(connection, http).await {
                SocketPath::new(Rc::clone(connection), body).run().await;
            }
        }
        Some(Protocol::Http2) => {
            let service = ConnectionService::new(desk, Rc::clone(connection), false);
            drive(
                connection,
                Box::pin(builders.http2.serve_connection(socket, service)),
            )
            .await;
        }
        None => {}
    }
}

/// Takes the connection off its shard's lists when its task ends, however it ends.
struct Listed(Rc<Connection>);

impl Drop for Listed {
    fn drop(&mut self) {
        self.0.owner.forget(&self.0);
        // A stream that nobody took over holds the connection, which holds the stream.
        self.0.abandon_handed_over();
        // Streams of HTTP/2 may hold the connection for a moment longer; the peer does not wait.
        let _ = socket2::SockRef::from(self.0.stream()).shutdown(std::net::Shutdown::Both);
    }
}

/// Lets hyper serve the connection until it is done with it, or has written the head of a stream that
/// goes on past it.
async fn drive<C: Driven>(
    connection: &Rc<Connection>,
    mut http: Pin<Box<C>>,
) -> Option<Box<StreamBody>> {
    let socket = Socket(Rc::clone(connection));
    let connection = &**connection;
    let mut finishing = false;
    poll_fn(move |cx| {
        connection.remember(cx.waker());
        if connection.ended().is_some() {
            return Poll::Ready(None);
        }
        if connection.is_draining() && !finishing {
            finishing = true;
            http.as_mut().finish();
        }
        connection.read_asked.set(false);
        let done = http.as_mut().poll(cx).is_ready();
        let failed = matches!(socket.poll_gathered(cx), Poll::Ready(Err(_)));
        if done || failed {
            return Poll::Ready(None);
        }
        if let Some(body) = connection.take_over() {
            return Poll::Ready(Some(body));
        }
        let unwatched = connection.activity.is_streaming() && !connection.read_asked.get();
        if unwatched {
            connection.poll_gone(cx).map(|()| None)
        } else {
            Poll::Pending
        }
    })
    .await
}
