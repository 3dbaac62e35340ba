//! Answers that leave in one write.

use std::cell::Cell;
use std::io;
use std::task::Poll;

/// Bytes of answers that are held back at most: some dozens of answers to publishers.
const GATHERED_BYTES_MAX: usize = 16 << 10;

/// Answers that are held back until the end of the turn that they are made in, so that those to
/// requests that came together leave in one write. While nothing is held it takes no memory.
#[derive(Default)]
pub(super) struct Gathering {
    held: Cell<Vec<u8>>,
}

impl Gathering {
    /// Holds `bytes` back behind what is held; false where there is no room for them.
    pub(super) fn hold(&self, bytes: &[u8]) -> bool {
        let mut held = self.held.take();
        let fits = held.len() + bytes.len() <= GATHERED_BYTES_MAX;
        if fits {
            held.extend_from_slice(bytes);
        }
        self.held.set(held);
        fits
    }

    /// Has `put` write what is held; ready once nothing is held any more.
    pub(super) fn poll_flush(
        &self,
        mut put: impl FnMut(&[u8]) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<()>> {
        let mut held = self.held.take();
        while !held.is_empty() {
            match put(&held) {
                Poll::Ready(Ok(taken)) if taken < held.len() => _ = held.drain(..taken),
                Poll::Ready(Ok(_)) => break,
                unfinished => {
                    self.held.set(held);
                    return unfinished.map_ok(|_| ());
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::task::Poll;

    use super::{GATHERED_BYTES_MAX, Gathering};

    #[test]
    fn what_is_held_is_written_in_order_whatever_the_kernel_takes() {
        for most in 1..8 {
            let (gathering, mut written) = (Gathering::default(), Vec::new());
            assert!(gathering.hold(b"one ") && gathering.hold(b"two"));
            let mut takes = false;
            let mut flush = || {
                gathering.poll_flush(|bytes| {
                    takes = !takes;
                    if !takes {
                        return Poll::Pending;
                    }
                    let taken = most.min(bytes.len());
                    written.extend_from_slice(&bytes[..taken]);
                    Poll::Ready(Ok(taken))
                })
            };
            while flush().is_pending() {}
            assert_eq!(written, b"one two", "{most} at a time");
            let nothing = |_: &[u8]| -> Poll<io::Result<usize>> { unreachable!("all is written") };
            assert!(gathering.poll_flush(nothing).is_ready());
        }
    }

    #[test]
    fn what_is_held_is_bounded() {
        let gathering = Gathering::default();
        assert!(gathering.hold(&[0; GATHERED_BYTES_MAX]));
        assert!(!gathering.hold(b"x"));
    }

    #[test]
    fn a_failed_write_is_told() {
        let gathering = Gathering::default();
        assert!(gathering.hold(b"x"));
        let failed = gathering.poll_flush(|_| Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())));
        assert!(matches!(failed, Poll::Ready(Err(_))));
    }
}
