//! What streams are written to.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use rustix::net::{SendFlags, send};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use umbel_hub::Wire;

/// Takes everything and counts the writes.
pub(crate) struct Counted(pub(crate) Rc<Cell<u64>>);

/// A socket whose other end is read by another thread; counts the writes. May be shared: there are fewer
/// sockets than subscribers.
pub(crate) struct Socket {
    stream: Rc<std::net::TcpStream>,
    count: Rc<Cell<u64>>,
}

impl Wire for Counted {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + 1);
        Ok(bytes.len())
    }

    fn try_write_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.set(self.0.get() + 1);
        Ok(buffers.iter().map(|buffer| buffer.len()).sum())
    }
}

impl Socket {
    /// A connection to `readers`.
    pub(crate) fn open(readers: SocketAddr, count: &Rc<Cell<u64>>) -> Self {
        let stream = std::net::TcpStream::connect(readers).expect("connected");
        stream.set_nodelay(true).expect("set");
        stream.set_nonblocking(true).expect("set");
        Self {
            stream: Rc::new(stream),
            count: Rc::clone(count),
        }
    }

    /// The same socket, with its writes counted by `count`.
    pub(crate) fn shared(&self, count: &Rc<Cell<u64>>) -> Self {
        Self {
            stream: Rc::clone(&self.stream),
            count: Rc::clone(count),
        }
    }
}

impl Wire for Socket {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let taken = send(&self.stream, bytes, SendFlags::NOSIGNAL)?;
        assert_eq!(taken, bytes.len(), "the readers keep up");
        self.count.set(self.count.get() + 1);
        Ok(taken)
    }

    fn try_write_vectored(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        unreachable!("small events leave in one piece")
    }
}

/// A thread that reads from whoever connects, for as long as the process lives.
pub(crate) fn readers() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bound");
    listener.set_nonblocking(true).expect("set");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::from_std(listener).expect("registered");
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut piece = [0; 4096];
                    while matches!(stream.read(&mut piece).await, Ok(1..)) {}
                });
            }
        });
    });
    address
}
