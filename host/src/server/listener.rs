//! Sockets that are listened on.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

/// Bytes that the kernel takes for a connection beyond what is on its way. By default it would take
/// megabytes, and call a reader that takes 100 kB a second stalled, since it tells of room only once a
/// third of them has gone.
const UNSENT_BYTES_MAX: u32 = 16 << 10;

/// Connections that may wait to be accepted; the kernel lowers it to its own limit.
const BACKLOG: i32 = 4096;

/// Listens on `address`.
///
/// # Errors
/// Where the address is taken, not there, or not allowed.
pub(crate) fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Sets what every connection needs: events go out at once, the kernel keeps little that it cannot send,
/// and a peer that acknowledges nothing for `write_timeout` is given up by it (T9).
///
/// # Errors
/// Where the connection has ended already.
pub(super) fn prepare(stream: &tokio::net::TcpStream, write_timeout: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = socket2::SockRef::from(stream);
    socket.set_tcp_notsent_lowat(UNSENT_BYTES_MAX)?;
    socket.set_tcp_user_timeout(Some(write_timeout))
}
