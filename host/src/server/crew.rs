//! The threads of the shards.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::Context;
use futures_util::future::{join_all, select_all};
use tokio::sync::{mpsc, oneshot};

use super::seat::Load;
use super::worker::{Command, Work, work};
use crate::telemetry::ConnectionMetrics;

/// Connections that may wait for one shard to take them.
const HANDED_OVER_MAX: usize = 1024;

/// The threads of the shards, and how many connections each has.
pub(super) struct Crew {
    members: Vec<Member>,
    metrics: ConnectionMetrics,
}

struct Member {
    commands: mpsc::Sender<Command>,
    load: Load,
    thread: JoinHandle<()>,
}

/// Tells when the threads of the shards end.
pub(super) struct Endings(Vec<oneshot::Receiver<()>>);

impl Crew {
    /// Starts one thread for each of so many shards of `work`'s hub.
    ///
    /// # Errors
    /// Where a thread cannot be started.
    pub(super) fn start(shards: usize, work: &Arc<Work>) -> anyhow::Result<(Self, Endings)> {
        let started: Result<Vec<_>, _> = (0..shards).map(|i| Member::start(i, work)).collect();
        let (members, endings) = started?.into_iter().unzip();
        Ok((
            Self {
                members,
                metrics: work.metrics.clone(),
            },
            Endings(endings),
        ))
    }

    /// What is counted of connections.
    pub(super) fn metrics(&self) -> &ConnectionMetrics {
        &self.metrics
    }

    /// How many connections there are.
    pub(super) fn load(&self) -> usize {
        self.members.iter().map(|member| member.load.get()).sum()
    }

    /// Gives a connection to the shard with the fewest.
    pub(super) async fn hand_over(&self, stream: std::net::TcpStream, remote: SocketAddr) {
        let Some(member) = self.members.iter().min_by_key(|member| member.load.get()) else {
            return;
        };
        let seat = member.load.take();
        // A shard that has ended takes no more; its ending ends the process.
        _ = member
            .commands
            .send(Command::Serve {
                stream,
                remote,
                seat,
            })
            .await;
    }

    /// Lets every connection finish what it is doing and then close; a shard without connections
    /// ends.
    pub(super) async fn drain(&self) {
        join_all(
            self.members
                .iter()
                .map(|member| member.commands.send(Command::Drain)),
        )
        .await;
    }

    /// Ends every connection and thread now.
    pub(super) fn stop(self) {
        let (senders, threads): (Vec<_>, Vec<_>) = self
            .members
            .into_iter()
            .map(|member| (member.commands, member.thread))
            .unzip();
        drop(senders);
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a shard has panicked");
            }
        }
    }
}

impl Endings {
    /// Done once any shard has ended, with its index: while the hub runs, none does.
    pub(super) async fn any(&mut self) -> usize {
        select_all(&mut self.0).await.1
    }

    /// Done once every shard has ended.
    pub(super) async fn all(self) {
        join_all(self.0).await;
    }
}

impl Member {
    fn start(index: usize, shared: &Arc<Work>) -> anyhow::Result<(Self, oneshot::Receiver<()>)> {
        let (commands, receiver) = mpsc::channel(HANDED_OVER_MAX);
        let (finish, finished) = oneshot::channel();
        let shared = Arc::clone(shared);
        let thread = std::thread::Builder::new()
            .name(format!("umbel-shard-{index}"))
            .spawn(move || {
                if let Err(error) = work(index, &shared, receiver) {
                    tracing::error!(index, %error, "a shard could not start");
                }
                _ = finish.send(());
            })
            .context("starting the thread of a shard")?;
        Ok((
            Self {
                commands,
                load: Load::default(),
                thread,
            },
            finished,
        ))
    }
}
