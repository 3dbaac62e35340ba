//! The process from its first listener to its last stream.

use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, timeout};
use umbel_hub::Hub;

use super::acceptor::accept;
use super::crew::{Crew, Endings};
use super::listener::listen;
use super::nofile::raise_nofile;
use super::service::Desk;
use super::tenancy::Tenancy;
use super::worker::{Reception, Work};
use super::{ConnectionLimits, Reload, connections::TICK};
use crate::admin::{Admin, Uploads, admin_routes};
use crate::config::{Config, Fault, StateDir};
use crate::http::{Health, routes};
use crate::telemetry::{ConnectionMetrics, InstanceMetrics, Metrics};

/// How long streams may take to be told that they end.
const CLOSE_MAX: Duration = Duration::from_secs(2);

/// How long connections may take after that to write their last bytes. With [`CLOSE_MAX`] it stays
/// below the 5 s in which the process promises to be gone.
const DRAIN_MAX: Duration = Duration::from_secs(2);

/// A hub that listens; it serves once it runs. What connects meanwhile waits.
pub(crate) struct Server {
    listener: std::net::TcpListener,
    admin_listener: std::net::TcpListener,
    connections_max: usize,
    shards: usize,
    health: Arc<Health>,
    admin: Arc<Admin>,
    pub(super) work: Arc<Work>,
    tenancy: Arc<Tenancy>,
    /// Held until the end: a temporary one goes with it.
    _state_dir: Option<StateDir>,
}

impl Server {
    /// Makes every component that `config` names and nothing else: what is wrong with them.
    ///
    /// # Errors
    /// Where the machine fails.
    pub(crate) fn check_components(config: &Config) -> anyhow::Result<Vec<Fault>> {
        Tenancy::check(config)
    }

    /// Makes the hub that `config` describes, and listens.
    ///
    /// # Errors
    /// Where an address cannot be listened on, or the policy is not acceptable.
    pub(crate) fn bind(config: &Config) -> anyhow::Result<Self> {
        let fitting = raise_nofile();
        let state_dir = config.open_state_dir()?;
        if let Some(dir) = &state_dir {
            tracing::debug!(path = %dir.path().display(), "what outlives the process is kept here");
        }
        let tenancy = Arc::new(Tenancy::open(config, state_dir.as_ref())?);
        let hub = Arc::clone(&tenancy.hub);
        let health = Arc::<Health>::default();
        let metrics = ConnectionMetrics::default();
        let listener = bind(config.listen)?;
        let admin_listener = bind(config.admin.listen)?;
        let admin = Admin {
            access: config.admin.access.clone(),
            health: Arc::clone(&health),
            metrics: Metrics::new(
                &hub,
                &metrics,
                InstanceMetrics(Arc::clone(&tenancy.components)),
            ),
            connections: metrics.clone(),
            shards: config.shards,
            tenancy: Arc::clone(&tenancy),
            started: std::time::Instant::now(),
            uploads: Uploads::default(),
        };
        let connections_max = match config.connections.connections_max {
            0 => fitting,
            max => max,
        };
        let limits = ConnectionLimits::of(config);
        Ok(Self {
            listener,
            admin_listener,
            connections_max,
            shards: config.shards,
            admin: Arc::new(admin),
            work: Arc::new(Work {
                hub,
                routes: routes(&tenancy.surfaces, &health, config.dev),
                limits,
                metrics,
            }),
            health,
            tenancy,
            _state_dir: state_dir,
        })
    }

    /// Where clients connect.
    ///
    /// # Errors
    /// Where the system does not know it.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where the operator connects.
    ///
    /// # Errors
    /// Where the system does not know it.
    pub(crate) fn admin_address(&self) -> std::io::Result<SocketAddr> {
        self.admin_listener.local_addr()
    }

    /// Serves until `shutdown` is done; then ends every stream with its last chunk and answers within
    /// five seconds. Whatever `reload` reads meanwhile is put in force.
    ///
    /// # Errors
    /// Where a thread cannot be started, or one is lost.
    pub(crate) async fn run(
        self,
        reload: Reload,
        shutdown: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        LocalSet::new()
            .run_until(self.serve(reload, shutdown))
            .await
    }

    async fn serve(self, reload: Reload, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        let listener = TcpListener::from_std(self.listener)?;
        let admin_listener = TcpListener::from_std(self.admin_listener)?;
        let (crew, mut endings) = Crew::start(self.shards, &self.work)?;
        tokio::task::spawn_local(administer(
            admin_listener,
            Arc::clone(&self.admin),
            self.work.limits.clone(),
        ));
        let lost = tokio::select! {
            () = shutdown => None,
            () = accept(listener, &crew, self.connections_max) => None,
            () = reload.run(&self.tenancy) => None,
            index = endings.any() => Some(index),
        };
        if let Some(index) = lost {
            crew.stop();
            bail!("shard {index} has ended");
        }
        tracing::info!("shutting down");
        self.health.drain();
        end(&self.work.hub, crew, endings).await;
        Ok(())
    }
}

fn bind(address: SocketAddr) -> anyhow::Result<std::net::TcpListener> {
    listen(address).with_context(|| format!("cannot listen on {address}"))
}

async fn end(hub: &Hub, crew: Crew, endings: Endings) {
    crew.drain().await;
    if timeout(CLOSE_MAX, hub.close()).await.is_err() {
        tracing::warn!("some streams were not told that they end");
    }
    if timeout(DRAIN_MAX, endings.all()).await.is_err() {
        tracing::warn!(
            connections = crew.load(),
            "some connections did not finish in time"
        );
    }
    crew.stop();
}

/// Serves the operator on the control thread.
async fn administer(listener: TcpListener, admin: Arc<Admin>, limits: ConnectionLimits) {
    let desk = Rc::new(Desk {
        routes: admin_routes(&admin),
        shard: None,
    });
    let reception = Reception::new(desk, &limits, ConnectionMetrics::default());
    let connections = &reception.connections;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An idle hub is not woken for nobody.
            _ = tick.tick(), if connections.count() > 0 => {
                connections.tick();
                continue;
            }
        };
        match accepted {
            Ok((stream, remote)) if connections.count() < ADMIN_CONNECTIONS_MAX => {
                // The time of the last tick may be long ago.
                connections.tick();
                reception.receive(Ok(stream), remote, None);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "an admin connection could not be accepted");
                tokio::time::sleep(TICK).await;
            }
        }
    }
}

/// Operators and their scrapers are few.
const ADMIN_CONNECTIONS_MAX: usize = 256;
