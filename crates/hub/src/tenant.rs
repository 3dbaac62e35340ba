//! A closed world: its log, its components, its subscribers.

mod components;
mod deploying;
mod log_gauges;
mod publish_rate;
mod publishing;
mod rollout;
mod tapping;
mod version;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Notify;
use umbel_event::Offset;
use umbel_eventlog::EventLog;

pub use deploying::{DeployError, Deployed};
pub use publishing::PublishError;
pub use tapping::{MakeTap, TapError};
pub use version::{About, Change, FilterVersion, PolicyVersion};

pub(crate) use components::State;
pub(crate) use rollout::{Report, Rollout};

use components::Components;
use log_gauges::LogGauges;
use publish_rate::PublishRate;
use version::Setup;

use crate::clock::Clock;
use crate::drain::Drain;
use crate::link::Link;
use crate::metrics::TenantMetrics;
use crate::rooms::Rooms;
use crate::shadow::Shadow;
use crate::{HubConfig, TenantConfig};

/// What a tenant is made of.
pub struct TenantSpec {
    /// Its name, unique in the process.
    pub name: String,
    /// What the operator decides about it.
    pub config: TenantConfig,
    /// Where its events are kept.
    pub log: Arc<dyn EventLog>,
    /// Who decides.
    pub policy: PolicyVersion,
    /// Its say over what is published and what each subscriber sees.
    pub filter: Option<FilterVersion>,
}

/// What tenants of one process share.
pub(crate) struct Surroundings {
    pub(crate) hub: HubConfig,
    pub(crate) clock: Clock,
    /// How many tenants there are: one alone has no share of anything.
    pub(crate) tenants: AtomicUsize,
    /// Whether, and how, everyone is sent elsewhere.
    pub(crate) drain: OnceLock<Drain>,
    /// How shards make room for each other.
    pub(crate) rooms: Rooms,
}

/// A closed world. Any thread may hold it.
pub struct Tenant {
    name: String,
    config: RwLock<Arc<TenantConfig>>,
    pub(crate) around: Arc<Surroundings>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) components: Components,
    pub(crate) metrics: Arc<TenantMetrics>,
    /// One for each shard.
    pub(crate) links: Box<[Link]>,
    pub(crate) subscribers: AtomicUsize,
    /// Told whenever a station moves on while publishers wait.
    pub(crate) progress: Notify,
    pub(crate) waiting: AtomicUsize,
    closing: AtomicBool,
    publish_rate: PublishRate,
    log_gauges: LogGauges,
}

impl Tenant {
    pub(crate) fn new(
        spec: TenantSpec,
        around: Arc<Surroundings>,
        metrics: Arc<TenantMetrics>,
    ) -> Self {
        metrics.policy_info.show(&spec.name, &spec.policy.about);
        let setup = Setup {
            policy: spec.policy,
            filter: spec.filter,
        };
        let log_gauges = LogGauges::new(Arc::clone(&metrics));
        log_gauges.tell(&*spec.log);
        Self {
            name: spec.name,
            config: RwLock::new(Arc::new(spec.config)),
            links: (0..around.hub.shards).map(|_| Link::new()).collect(),
            around,
            log: spec.log,
            components: Components::new(setup),
            metrics,
            subscribers: AtomicUsize::new(0),
            progress: Notify::new(),
            waiting: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            publish_rate: PublishRate::default(),
            log_gauges,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many subscribers it has on all shards.
    pub fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    /// Its log.
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.log
    }

    /// What the operator decides about it now.
    pub fn config(&self) -> Arc<TenantConfig> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }

    /// Changes what the operator decides about it. Streams that are open keep their age and the bounds
    /// of their mailboxes.
    pub fn reconfigure(&self, config: TenantConfig) {
        let mut current = self.config.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(config);
        drop(current);
        self.components.touch();
        self.wake_all();
    }

    /// Runs a candidate beside the policy, or none from now on.
    pub fn set_shadow(&self, shadow: Option<Arc<Shadow>>) {
        self.components.set_shadow(shadow);
        self.wake_all();
    }

    /// The candidate that runs beside the policy.
    pub fn shadow(&self) -> Option<Arc<Shadow>> {
        self.components.state().shadow
    }

    /// Whether publications are asked about before they are logged.
    pub(crate) fn has_admission(&self) -> bool {
        self.components.has_admission()
    }

    /// Unix time in milliseconds, as the hub counts it.
    pub(crate) fn now_ms(&self) -> u64 {
        self.around.clock.now_ms()
    }

    /// Drops what the log need not hold any more, and shows what it holds. To be called after each append.
    pub(crate) async fn retain(&self) {
        self.log.retain(self.now_ms(), self.floor()).await;
        self.log_gauges.tell(&*self.log);
    }

    /// Where the slowest station stands: retention never passes it.
    fn floor(&self) -> Offset {
        let slowest = self.links.iter().filter_map(Link::cursor).min();
        slowest.unwrap_or_else(|| self.log.bounds().next)
    }

    /// A station has moved on: publishers may have waited for it.
    pub(crate) fn moved_on(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.progress.notify_waiters();
        }
    }

    pub(crate) fn wake_all(&self) {
        for link in &self.links {
            link.wake.notify_one();
        }
    }

    /// Percent of a shard's time that its components may take; none where there is no limit.
    pub(crate) fn share_percent(&self, config: &TenantConfig) -> Option<u32> {
        let alone = self.around.tenants.load(Ordering::Relaxed) <= 1;
        Some(config.components.share_percent).filter(|&percent| !alone && percent < 100)
    }

    /// Ends its streams, and takes no new ones and no events from now on.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.components.nudge();
        self.wake_all();
        self.moved_on();
    }

    /// Whether newcomers are sent elsewhere.
    pub(crate) fn lets_nobody_in(&self) -> bool {
        self.is_closing() || self.around.drain.get().is_some()
    }

    /// The hub sends everyone elsewhere from now on.
    pub(crate) fn follow_drain(&self) {
        self.components.touch();
        self.wake_all();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Seconds after which a publisher who was turned away may try again.
    pub(crate) const RETRY: Duration = Duration::from_secs(1);
}
