//! The thread that asks the policy.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use umbel_event::EventId;
use umbel_routing::{DispatcherFactory, Fault};
use umbel_selector::Selector;

use crate::mailbox::Mailbox;
use crate::publication::Publication;
use crate::refused::Refused;
use crate::room::Room;

/// Requests that may wait for the desk; whoever comes next waits at its connection.
const COMMANDS_MAX: usize = 1024;
/// How often it is looked for connections that have gone.
const REAP: Duration = Duration::from_secs(1);

/// The thread that has the policy: a call may take its whole deadline, so that no thread which carries bytes waits
/// for one. Cheap to clone; the thread ends with the last clone.
#[derive(Clone)]
pub struct Desk {
    commands: mpsc::Sender<Command>,
    members: Arc<AtomicUsize>,
}

/// The desk could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The policy has no instance to begin with, or refuses its settings.
    #[error("the policy cannot be started: {0}")]
    Policy(#[from] Fault),
    /// The thread cannot be started.
    #[error("the thread of the desk cannot be started: {0}")]
    Thread(#[from] io::Error),
}

enum Command {
    Join(
        Vec<Selector>,
        oneshot::Sender<Result<Arc<Mailbox>, Refused>>,
    ),
    Publish(Publication, oneshot::Sender<Result<EventId, Refused>>),
}

impl Desk {
    /// Starts the thread, with a first instance of the policy.
    ///
    /// # Errors
    /// Where either cannot be had.
    pub fn start(factory: impl DispatcherFactory + 'static) -> Result<Self, StartError> {
        let room = Room::new(Box::new(factory))?;
        let runtime = Builder::new_current_thread().enable_time().build()?;
        let (sender, commands) = mpsc::channel(COMMANDS_MAX);
        let members = Arc::new(AtomicUsize::new(0));
        let desk = Self {
            commands: sender,
            members: Arc::clone(&members),
        };
        let thread = std::thread::Builder::new().name("desk".to_owned());
        thread.spawn(move || run(&runtime, room, commands, &members))?;
        Ok(desk)
    }

    /// Lets a subscriber in; it is one as long as its mailbox is held.
    ///
    /// # Errors
    /// Where it is turned away.
    pub async fn join(&self, selectors: Vec<Selector>) -> Result<Arc<Mailbox>, Refused> {
        self.ask(|answer| Command::Join(selectors, answer)).await
    }

    /// Hands an event to those whom it is for, and answers with its id.
    ///
    /// # Errors
    /// Where the policy has failed on it; nobody has got it.
    pub async fn publish(&self, publication: Publication) -> Result<EventId, Refused> {
        self.ask(|answer| Command::Publish(publication, answer))
            .await
    }

    /// Subscribers as of late.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members.load(Ordering::Relaxed)
    }

    async fn ask<A>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<A, Refused>>) -> Command,
    ) -> Result<A, Refused> {
        let (answer, answered) = oneshot::channel();
        let sent = self.commands.send(command(answer)).await;
        sent.map_err(|_| Refused::Unavailable)?;
        answered.await.map_err(|_| Refused::Unavailable)?
    }
}

fn run(
    runtime: &Runtime,
    mut room: Room,
    mut commands: mpsc::Receiver<Command>,
    members: &AtomicUsize,
) {
    runtime.block_on(async {
        let mut reaping = tokio::time::interval(REAP);
        reaping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    // Whoever has asked may have gone; then nobody holds the mailbox.
                    Some(Command::Join(selectors, answer)) => drop(answer.send(room.join(selectors))),
                    Some(Command::Publish(publication, answer)) => {
                        drop(answer.send(room.publish(publication)));
                    }
                    None => return,
                },
                _ = reaping.tick() => room.reap(),
            }
            members.store(room.members(), Ordering::Relaxed);
        }
    });
}
