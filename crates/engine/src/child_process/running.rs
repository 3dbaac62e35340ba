//! One child process, from its start to its end.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::CompileLimits;

/// Bytes that are kept of what it says when it fails.
const ERRORS_BYTES_MAX: u64 = 4 << 10;

/// Between two looks at whether it has ended, once it has closed its output.
const LOOK: Duration = Duration::from_millis(1);

/// A child process, with all that it starts itself. Dropping it kills it.
pub(super) struct Running {
    child: Child,
    /// The process, and the group that it leads.
    id: Pid,
    has_ended: bool,
}

/// How it ended.
pub(super) struct Ended {
    /// None where it was killed because its time was over.
    pub(super) status: Option<ExitStatus>,
    /// What it wrote to standard output, one byte more than it may at most.
    pub(super) output: Vec<u8>,
    /// The beginning of what it wrote to standard error.
    pub(super) errors: Vec<u8>,
}

impl Running {
    /// Starts `command`, all of whose streams are pipes.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let id = Pid::from_child(&child);
        Ok(Self {
            child,
            id,
            has_ended: false,
        })
    }

    /// Gives it `input`, and waits until it ends or its time is over.
    pub(super) fn finish(mut self, input: &[u8], limits: CompileLimits) -> io::Result<Ended> {
        let deadline = Instant::now() + limits.time;
        let output_max = limits.code_bytes as u64 + 1;
        let streams = (
            self.child.stdin.take(),
            self.child.stdout.take(),
            self.child.stderr.take(),
        );
        let (Some(mut stdin), Some(stdout), Some(mut stderr)) = streams else {
            return Err(io::Error::other("a stream of the child is no pipe"));
        };
        thread::scope(|scope| {
            // Where it reads no further, its end says why.
            scope.spawn(move || _ = stdin.write_all(input));
            let errors = scope.spawn(move || {
                let mut kept = Vec::new();
                let read = stderr
                    .by_ref()
                    .take(ERRORS_BYTES_MAX)
                    .read_to_end(&mut kept);
                // The rest is taken as well: a full pipe would stop it.
                read.and_then(|_| io::copy(&mut stderr, &mut io::sink()))
                    .map(|_| kept)
            });
            let (closed, is_closed) = sync_channel(1);
            let output = scope.spawn(move || {
                let mut output = Vec::new();
                let read = stdout.take(output_max).read_to_end(&mut output);
                // Whoever waits may have gone.
                _ = closed.send(());
                read.map(|_| output)
            });
            let in_time = self.wait(&is_closed, deadline);
            // Whatever it has started may hold the streams open.
            let status = self.end();
            let panicked = |_| io::Error::other("a reader panicked");
            Ok(Ended {
                status: in_time?.then_some(status?),
                output: output.join().map_err(panicked)??,
                errors: errors.join().map_err(panicked)??,
            })
        })
    }

    /// Whether it ends before the deadline. Its end follows that of its output.
    fn wait(&self, is_closed: &Receiver<()>, deadline: Instant) -> io::Result<bool> {
        _ = is_closed.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        // Not taken note of yet: as long as it is not, nobody else gets its number.
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        while waitid(WaitId::Pid(self.id), look)?.is_none() {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            thread::sleep(LOOK);
        }
        Ok(true)
    }

    /// Kills what still runs.
    fn end(&mut self) -> io::Result<ExitStatus> {
        // What has ended by itself cannot be killed, and need not be.
        _ = kill_process_group(self.id, Signal::KILL);
        self.has_ended = true;
        self.child.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended {
            _ = self.end();
        }
    }
}
