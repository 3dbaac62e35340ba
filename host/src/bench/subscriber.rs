//! One subscriber: a stream over a connection of its own, read as an `EventSource` would.
//!
//! All share one buffer and one thread, so that a subscriber costs little more than its socket.

use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use umbel_sse::Decoder;

use super::dechunker::Dechunker;
use super::head::Head;
use super::measure::Reader;
use super::shared::Shared;

/// How long the hub may take to accept a connection and to answer.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);

/// A slow subscriber takes so many bytes in each of these intervals: 4 KiB a second.
const SLOW_BYTES: usize = 512;
const SLOW_PAUSE: Duration = Duration::from_millis(125);

/// What the kernel may take for a slow subscriber, and for one that was slow once all is published. Otherwise
/// it would read fast on its behalf.
const SLOW_BUFFER_BYTES: u32 = 4 << 10;
const HURRY_BUFFER_BYTES: usize = 256 << 10;

/// Bytes of an answer that is no stream, for the message about it.
const REFUSAL_BYTES_MAX: usize = 300;

/// An open stream.
pub struct Subscriber {
    socket: TcpStream,
    /// None where the body is not chunked.
    dechunker: Option<Dechunker>,
    decoder: Decoder,
    slow: bool,
    /// What came with the head.
    early: Vec<u8>,
    /// From connecting to the head of the answer.
    pub took: Duration,
}

impl Subscriber {
    /// Opens a stream with this request.
    ///
    /// # Errors
    /// Where the hub cannot be reached, does not answer in time, or answers with something else.
    pub async fn open(hub: SocketAddr, request: String, slow: bool) -> anyhow::Result<Self> {
        timeout(OPEN_TIMEOUT, Self::connect(hub, request, slow))
            .await
            .context("no answer")?
    }

    async fn connect(hub: SocketAddr, request: String, slow: bool) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut socket = connect(hub, slow)
            .await
            .with_context(|| format!("cannot connect to {hub}"))?;
        socket.write_all(request.as_bytes()).await?;
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(head) = Head::parse(&bytes)? {
                break head;
            }
            if socket.read_buf(&mut bytes).await? == 0 {
                bail!("the hub closed the connection");
            }
        };
        let took = begun.elapsed();
        let early = bytes.split_off(head.bytes);
        if head.status != 200 || !head.event_stream {
            let words = String::from_utf8_lossy(&early[..early.len().min(REFUSAL_BYTES_MAX)]);
            let words: String = words.chars().filter(|c| !c.is_control()).collect();
            bail!("the hub answered {}, no stream: {words}", head.status);
        }
        Ok(Self {
            socket,
            dechunker: head.chunked.then(Dechunker::default),
            decoder: Decoder::default(),
            slow,
            early,
            took,
        })
    }

    /// Reads until the stream ends, and tells all that comes.
    pub async fn follow(mut self, mut reader: Reader, shared: Rc<Shared>) {
        let early = std::mem::take(&mut self.early);
        let mut flow = self.take(&early, &mut reader, &shared);
        while flow.is_continue() {
            let max = self.pace(&shared).await;
            flow = match self.socket.readable().await {
                Ok(()) => self.read(max, &mut reader, &shared),
                Err(_) => ControlFlow::Break(()),
            };
        }
        shared.measure.borrow_mut().left(&reader);
        shared.landed.notify_one();
    }

    /// How much may be read next; a slow one is held back first.
    async fn pace(&mut self, shared: &Shared) -> usize {
        if self.slow {
            sleep(SLOW_PAUSE).await;
            if shared.hurry.get() {
                self.slow = false;
                // Where that is refused it takes longer, that is all.
                _ = SockRef::from(&self.socket).set_recv_buffer_size(HURRY_BUFFER_BYTES);
            }
        }
        if self.slow { SLOW_BYTES } else { usize::MAX }
    }

    fn read(&mut self, max: usize, reader: &mut Reader, shared: &Shared) -> ControlFlow<()> {
        let mut scratch = shared.scratch.borrow_mut();
        let max = scratch.len().min(max);
        match self.socket.try_read(&mut scratch[..max]) {
            Ok(0) => ControlFlow::Break(()),
            Ok(read) => self.take(&scratch[..read], reader, shared),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn take(&mut self, bytes: &[u8], reader: &mut Reader, shared: &Shared) -> ControlFlow<()> {
        // Before anything is decoded: that is the generator's own time.
        let now = shared.clock.now();
        let decoder = &mut self.decoder;
        let good = match &mut self.dechunker {
            Some(dechunker) => {
                let mut decoded = Ok(());
                let chunks = dechunker.feed(bytes, |part| {
                    decoded = decoded.and_then(|()| decoder.feed(part));
                });
                chunks.is_ok() && decoded.is_ok() && !dechunker.has_ended()
            }
            None => decoder.feed(bytes).is_ok(),
        };
        let mut measure = shared.measure.borrow_mut();
        measure.read(reader, bytes.len());
        for message in decoder {
            measure.message(reader, &message, now);
        }
        shared.landed.notify_one();
        if good {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

async fn connect(hub: SocketAddr, slow: bool) -> io::Result<TcpStream> {
    let socket = match hub {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    if slow {
        // Before connecting: the window is agreed on then.
        socket.set_recv_buffer_size(SLOW_BUFFER_BYTES)?;
    }
    let stream = socket.connect(hub).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
