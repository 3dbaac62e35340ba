//! What the process is told from outside.

use std::io::{self, IsTerminal};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT, caught from the moment this exists, and the end of the terminal that the process
/// was started in.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    had_terminal: bool,
}

/// SIGHUP, caught from the moment this exists: the configuration is to be read anew.
pub(crate) struct Hangup(Signal);

impl Signals {
    /// Catches them from now on.
    ///
    /// # Errors
    /// Where the system does not allow it.
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            had_terminal: has_terminal(),
        })
    }

    /// Done with the first that tells the process to end.
    pub(crate) async fn first(mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                // Whoever closes a terminal means all that runs in it.
                _ = self.hangup.recv() => if self.had_terminal && !has_terminal() {
                    return;
                },
            }
        }
    }
}

impl Hangup {
    /// Catches it from now on.
    ///
    /// # Errors
    /// Where the system does not allow it.
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Done with the next one.
    pub(crate) async fn next(&mut self) {
        // Where no more can come, none does.
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Whether the errors of the process go to a terminal that is still there.
fn has_terminal() -> bool {
    io::stderr().is_terminal()
}
