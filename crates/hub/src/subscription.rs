//! Who wants a stream, and what it is answered.

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use umbel_routing::Refusal;
use umbel_selector::Selector;
use umbel_sse::Frame;

use crate::{Outlet, Stream, Tenant};

/// A verified request for a stream.
pub struct Subscription {
    /// Whose world it is in.
    pub tenant: Arc<Tenant>,
    /// What it asked for; at least one.
    pub selectors: Arc<[Selector]>,
    /// What its token lets it receive of private events; only in the hub's own languages.
    pub grants: Arc<[Selector]>,
    /// The claims of its token as JSON text; empty for an anonymous one.
    pub claims: Arc<str>,
    /// Request headers and connection facts that the operator passes on.
    pub attributes: Arc<[(String, String)]>,
    /// Where it wants to begin.
    pub resume: Resume,
    /// Unix time in milliseconds at which its token expires; the stream ends then.
    pub expires_ms: Option<u64>,
    /// The connection under it, where the stream is alone on it (HTTP/1).
    pub outlet: Option<Rc<Outlet>>,
    /// How the bytes of its stream are framed.
    pub framing: Framing,
}

/// How the bytes of a stream are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Blocks of the event stream as they are: whoever carries them frames them.
    Plain,
    /// Each block as one chunk of HTTP/1.1, framed once for all who get it.
    Chunked,
}

impl Framing {
    /// The bytes of a frame.
    pub(crate) fn bytes(self, frame: &Frame) -> Bytes {
        match self {
            Self::Plain => frame.bytes(),
            Self::Chunked => frame.chunk().clone(),
        }
    }

    /// As [`Self::bytes`], borrowed.
    pub(crate) fn slice(self, frame: &Frame) -> &[u8] {
        match self {
            Self::Plain => frame.block(),
            Self::Chunked => frame.chunk(),
        }
    }

    /// What follows the last frame.
    pub(crate) fn end(self) -> &'static [u8] {
        match self {
            Self::Plain => b"",
            // RFC 9112, section 7.1.
            Self::Chunked => b"0\r\n\r\n",
        }
    }
}

/// Where a stream begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resume {
    /// With the next event.
    Live,
    /// With the oldest event that the log holds.
    Earliest,
    /// After the event of this id. An unknown one is answered with a gap event and all that the log
    /// holds.
    After(String),
}

/// A stream was opened.
pub struct Opened {
    /// What goes out on it.
    pub stream: Stream,
    /// Value of the `Last-Event-ID` response header where the request resumed: the id before the first
    /// event sent, or `earliest` (protocol item 65).
    pub cursor: Option<String>,
}

/// A stream was not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The policy said no.
    #[error("refused by the policy: {}", .0.reason)]
    Policy(Refusal),
    /// The policy failed on it; it may come back after so many milliseconds.
    #[error("the policy failed on this subscriber")]
    Faulted {
        /// Milliseconds.
        retry_ms: u32,
    },
    /// The tenant has as many subscribers as it may.
    #[error("the limit of {max} subscribers is reached")]
    Full {
        /// The limit.
        max: usize,
        /// Milliseconds after which it may come back.
        retry_ms: u32,
    },
    /// The hub is shutting down.
    #[error("the hub is shutting down")]
    Closing {
        /// Milliseconds after which it may come back.
        retry_ms: u32,
    },
}
