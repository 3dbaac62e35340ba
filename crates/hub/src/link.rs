//! What a tenant's log and one of its stations know of each other across threads.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use umbel_event::Offset;

use crate::command::Command;

/// Commands of operators that may wait for one station.
const COMMANDS_MAX: usize = 64;

/// Stands for "no subscribers, no cursor".
const NOT_FOLLOWING: u64 = u64::MAX;

/// What a tenant's log and one of its stations know of each other across threads: where the station
/// stands, and that there is something to do.
pub(crate) struct Link {
    /// Wakes the station. A permit is kept, so that no call is lost.
    pub(crate) wake: Notify,
    cursor: AtomicU64,
    /// Bytes ever appended up to the cursor.
    bytes: AtomicU64,
    /// Whether there is a station.
    attached: AtomicBool,
    commands: Mutex<Vec<Command>>,
}

impl Link {
    pub(crate) fn new() -> Self {
        Self {
            wake: Notify::new(),
            cursor: AtomicU64::new(NOT_FOLLOWING),
            bytes: AtomicU64::new(0),
            attached: AtomicBool::new(false),
            commands: Mutex::default(),
        }
    }

    /// There is a station from now on. What comes before this call, it sees when it looks at the tenant.
    pub(crate) fn attach(&self) {
        self.attached.store(true, Ordering::SeqCst);
    }

    /// The station has ended: whoever asked it for something gets no answer.
    pub(crate) fn detach(&self) {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        self.attached.store(false, Ordering::SeqCst);
        commands.clear();
    }

    /// Whether there is a station.
    pub(crate) fn is_attached(&self) -> bool {
        self.attached.load(Ordering::SeqCst)
    }

    /// Asks the station for something; the command comes back where there is none, or too many wait.
    pub(crate) fn ask(&self, command: Command) -> Result<(), Command> {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_attached() || commands.len() >= COMMANDS_MAX {
            return Err(command);
        }
        commands.push(command);
        drop(commands);
        self.wake.notify_one();
        Ok(())
    }

    /// What the station was asked for.
    pub(crate) fn take_commands(&self) -> Vec<Command> {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *commands)
    }

    /// The station stands at `cursor`: everything before it was routed.
    pub(crate) fn stand(&self, cursor: Offset, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.cursor.store(cursor.0, Ordering::Release);
    }

    /// The station has no subscribers and needs nothing of the log.
    pub(crate) fn rest(&self) {
        self.cursor.store(NOT_FOLLOWING, Ordering::Release);
    }

    /// Where the station stands; none where it does not follow.
    pub(crate) fn cursor(&self) -> Option<Offset> {
        match self.cursor.load(Ordering::Acquire) {
            NOT_FOLLOWING => None,
            cursor => Some(Offset(cursor)),
        }
    }

    /// Bytes ever appended up to where it stands.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}
