//! The body of a response.

use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use umbel_hub::Stream;

use super::Connection;
use super::connection::StreamGuard;
use super::lent::LentBody;

/// The body of a response.
pub(crate) enum Outgoing {
    /// All of it, at once; empty once it was handed out.
    Whole(Bytes),
    /// What a subscriber is sent over HTTP/1.0. Dropping it ends the subscription.
    Stream(Box<StreamBody>),
    /// What a subscriber is sent over HTTP/2. Dropping it ends the subscription.
    Lent(LentBody),
    /// What a subscriber is sent once the head is out, past this body: the connection takes it over.
    HandedOver(Rc<Connection>, Option<Box<StreamBody>>),
}

/// An open stream and the note that its connection carries one.
pub(crate) struct StreamBody {
    stream: Stream,
    _guard: StreamGuard,
}

impl Outgoing {
    /// A stream that `connection` takes over once the head is out.
    pub(crate) fn handed_over(connection: Rc<Connection>, body: Box<StreamBody>) -> Self {
        Self::HandedOver(connection, Some(body))
    }
}

impl StreamBody {
    /// A stream, and the note that its connection carries it.
    pub(super) fn new(stream: Stream, guard: StreamGuard) -> Box<Self> {
        Box::new(Self {
            stream,
            _guard: guard,
        })
    }

    /// The next bytes to write; none once the stream has ended.
    pub(super) fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.stream.poll_chunk(cx)
    }

    /// Whether the hub has ended it, so that nothing but its farewell is to come.
    pub(super) fn has_ended(&self) -> bool {
        self.stream.has_ended()
    }

    /// What its client is told last, where it is sent away at a shutdown.
    pub(super) fn farewell(&self) -> Option<Bytes> {
        self.stream.farewell()
    }

    /// Writes to the socket what waits; ready once nothing more will come.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.stream.poll_write(cx)
    }
}

/// A piece of a stream as hyper wants it.
fn framed(bytes: Poll<Option<Bytes>>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
    bytes.map(|bytes| Some(Ok(Frame::data(bytes?))))
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Stream(body) => framed(body.poll_bytes(cx)),
            Self::Lent(body) => framed(body.poll_bytes(cx)),
            Self::HandedOver(connection, body) => {
                // hyper asks for the body after it has written the head: its part is done.
                if let Some(body) = body.take() {
                    connection.hand_over(body);
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(_) | Self::Lent(_) | Self::HandedOver(..) => SizeHint::default(),
        }
    }
}
