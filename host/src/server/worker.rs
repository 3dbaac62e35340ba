//! The thread of one shard.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc;
use umbel_hub::{Hub, Shard};

use super::connections::TICK;
use super::listener::prepare;
use super::seat::Seat;
use super::serve_connection::{Builders, serve_connection};
use super::service::Desk;
use super::{ConnectionLimits, Connections};
use crate::http::Routes;
use crate::telemetry::ConnectionMetrics;

/// What all shards share.
pub(super) struct Work {
    pub(super) hub: Arc<Hub>,
    pub(super) routes: Routes,
    pub(super) limits: ConnectionLimits,
    pub(super) metrics: ConnectionMetrics,
}

/// What a shard is told. That nobody can tell it anything more means: end now.
pub(super) enum Command {
    /// Serve this connection.
    Serve {
        stream: std::net::TcpStream,
        remote: SocketAddr,
        seat: Seat,
    },
    /// Let every connection finish what it is doing, then end.
    Drain,
}

/// Does the work of shard `index` until it is told to end.
///
/// # Errors
/// Where the thread gets no reactor.
pub(super) fn work(
    index: usize,
    shared: &Work,
    commands: mpsc::Receiver<Command>,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(async {
        let shard = Shard::start(&shared.hub, index);
        let desk = Rc::new(Desk {
            routes: shared.routes.clone(),
            shard: Some(Rc::clone(&shard)),
        });
        let reception = Reception::new(desk, &shared.limits, shared.metrics.clone());
        let connections = Rc::clone(&reception.connections);
        shard.on_each_turn(move || connections.tick());
        obey(&reception, commands).await;
    });
    Ok(())
}

async fn obey(reception: &Reception, mut commands: mpsc::Receiver<Command>) {
    let mut draining = false;
    loop {
        tokio::select! {
            command = commands.recv() => match command {
                Some(Command::Serve { stream, remote, seat }) => {
                    reception.receive(TcpStream::from_std(stream), remote, Some(seat));
                }
                Some(Command::Drain) => {
                    draining = true;
                    reception.connections.drain();
                }
                None => break,
            },
            () = tokio::time::sleep(TICK), if draining => {
                if reception.connections.count() == 0 {
                    break;
                }
            }
        }
    }
    reception.connections.end_all();
    tokio::task::yield_now().await;
}

/// Takes connections in and starts serving them, on the thread that it is on.
pub(super) struct Reception {
    pub(super) connections: Rc<Connections>,
    desk: Rc<Desk>,
    builders: Rc<Builders>,
}

impl Reception {
    /// Serves connections at `desk`.
    pub(super) fn new(
        desk: Rc<Desk>,
        limits: &ConnectionLimits,
        metrics: ConnectionMetrics,
    ) -> Self {
        let builders = Rc::new(Builders::new(limits));
        Self {
            connections: Connections::new(limits.clone(), metrics),
            desk,
            builders,
        }
    }

    /// Serves one connection. One that has ended meanwhile is dropped.
    pub(super) fn receive(
        &self,
        stream: io::Result<TcpStream>,
        remote: SocketAddr,
        seat: Option<Seat>,
    ) {
        let prepared = stream.and_then(|stream| {
            prepare(&stream, self.connections.limits().write_timeout)?;
            Ok(stream)
        });
        match prepared {
            Ok(stream) => {
                let connection = self.connections.admit(stream, remote, seat);
                let (desk, builders) = (Rc::clone(&self.desk), Rc::clone(&self.builders));
                tokio::task::spawn_local(serve_connection(connection, desk, builders));
            }
            Err(error) => tracing::debug!(%error, "a connection ended before it was served"),
        }
    }
}
