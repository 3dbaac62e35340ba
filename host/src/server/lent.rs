//! A stream that is lent to hyper's task of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::AbortHandle;

use super::Connections;
use super::outgoing::StreamBody;

/// A stream of HTTP/2, as the body that hyper asks and the tick of the shard share it. Where the window
/// of the client is shut, hyper keeps what it was given and does not ask again, whatever becomes of the
/// stream: the tick looks after those. One that the hub has ended is let go of at once, and its task a
/// write timeout later, with a reset, so that nothing of it is left.
pub(super) struct Lent {
    /// Empty once it was let go of.
    stream: RefCell<Option<Box<StreamBody>>>,
    /// What its client is still to be told then.
    last: Cell<Option<Bytes>>,
    /// Whether hyper was given something and has not asked for more.
    is_out: Cell<bool>,
    /// Whether the tick knows of it.
    is_watched: Cell<bool>,
    /// When hyper last took something since it was let go of, in milliseconds of the shard's clock.
    let_go_ms: Cell<Option<u64>>,
    write_timeout_ms: u64,
    task: Option<AbortHandle>,
}

/// The body that hyper asks. Dropping it ends the subscription.
pub(crate) struct LentBody {
    lent: Rc<Lent>,
    owner: Rc<Connections>,
}

impl LentBody {
    /// Lends `stream`, whose client may take nothing for `write_timeout`, to `task`.
    pub(super) fn new(
        stream: Box<StreamBody>,
        write_timeout: Duration,
        task: Option<AbortHandle>,
        owner: Rc<Connections>,
    ) -> Self {
        let lent = Rc::new(Lent {
            stream: RefCell::new(Some(stream)),
            last: Cell::new(None),
            is_out: Cell::new(false),
            is_watched: Cell::new(false),
            let_go_ms: Cell::new(None),
            write_timeout_ms: u64::try_from(write_timeout.as_millis()).unwrap_or(u64::MAX),
            task,
        });
        Self { lent, owner }
    }

    /// The next bytes to write; none once the stream has ended.
    pub(super) fn poll_bytes(&self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let bytes = self.lent.poll_bytes(cx, &self.owner);
        if self.lent.is_out.get() && !self.lent.is_watched.replace(true) {
            self.owner.watch(Rc::clone(&self.lent));
        }
        bytes
    }
}

impl Drop for LentBody {
    fn drop(&mut self) {
        self.lent.is_out.set(false);
        drop(self.lent.stream.take());
    }
}

impl Lent {
    fn poll_bytes(&self, cx: &mut Context<'_>, owner: &Connections) -> Poll<Option<Bytes>> {
        let bytes = match &mut *self.stream.borrow_mut() {
            Some(stream) => stream.poll_bytes(cx),
            None => {
                self.let_go_ms.set(Some(owner.now_ms()));
                Poll::Ready(self.last.take())
            }
        };
        self.is_out.set(matches!(bytes, Poll::Ready(Some(_))));
        bytes
    }

    /// Looks after it at `now_ms`; answers whether there is need to look again.
    pub(super) fn look(&self, now_ms: u64) -> bool {
        let is_out = self.is_out.get();
        self.is_watched.set(is_out);
        if !is_out {
            return false;
        }
        match self.let_go_ms.get() {
            None => self.let_go_if_ended(now_ms),
            Some(since_ms) if now_ms.saturating_sub(since_ms) >= self.write_timeout_ms => {
                self.task.iter().for_each(AbortHandle::abort);
                return false;
            }
            Some(_) => {}
        }
        true
    }

    fn let_go_if_ended(&self, now_ms: u64) {
        let ended = self
            .stream
            .borrow_mut()
            .take_if(|stream| stream.has_ended());
        if let Some(stream) = ended {
            self.last.set(stream.farewell());
            self.let_go_ms.set(Some(now_ms));
        }
    }
}
