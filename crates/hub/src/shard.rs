//! One thread's part of the hub.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;
use umbel_event::{EARLIEST, Offset};
use umbel_eventlog::PageLimits;

use crate::station::{COME_BACK_MS, Gap, GapCause, Join, Start, Station, TURN};
use crate::{Hub, Opened, Refused, Resume, Subscription, Tenant};

/// Events that are looked through for one whose id may be told.
const CURSOR_EVENTS_MAX: usize = 256;
/// How often logs are asked to drop what is too old.
const RETAIN_PAUSE: Duration = Duration::from_secs(1);

/// One thread's part of the hub: its connections' subscribers and its own policy instances. Lives on
/// one thread, inside a `tokio::task::LocalSet`.
pub struct Shard {
    stations: Vec<Rc<Station>>,
}

impl Shard {
    /// Starts shard `index` of `hub` on this thread: its tasks run in the current `LocalSet`.
    pub fn start(hub: &Arc<Hub>, index: usize) -> Rc<Self> {
        let stations: Vec<Rc<Station>> = hub
            .tenants()
            .iter()
            .map(|t| Station::new(Arc::clone(t), index))
            .collect();
        for station in &stations {
            tokio::task::spawn_local(Rc::clone(station).run());
        }
        tokio::task::spawn_local(tick(stations.clone()));
        if index == 0 {
            tokio::task::spawn_local(retain(hub.tenants().to_vec()));
        }
        Rc::new(Self { stations })
    }

    /// Opens a stream.
    ///
    /// # Errors
    /// Where the policy refuses it or fails on it, the tenant is full, or the hub is closing.
    pub async fn subscribe(&self, subscription: Subscription) -> Result<Opened, Refused> {
        let tenant = Arc::clone(&subscription.tenant);
        let station = self
            .stations
            .iter()
            .find(|s| Arc::ptr_eq(&s.tenant, &tenant));
        let Some(station) = station else {
            return Err(Refused::Closing {
                retry_ms: COME_BACK_MS,
            });
        };
        let start = start(&tenant, &subscription.resume).await;
        let (answer, answered) = oneshot::channel();
        station.join(Join {
            subscription,
            start,
            answer,
        });
        answered.await.unwrap_or(Err(Refused::Closing {
            retry_ms: COME_BACK_MS,
        }))
    }
}

/// Where a newcomer begins (checklist items 62 to 66 and 69).
async fn start(tenant: &Tenant, resume: &Resume) -> Start {
    let first = tenant.log.bounds().first;
    match resume {
        Resume::Live => Start {
            from: None,
            gap: None,
            cursor: None,
        },
        Resume::Earliest => Start {
            from: Some(first),
            gap: None,
            cursor: Some(EARLIEST.into()),
        },
        // Checklist item 65: an empty one asks for the cursor, and for what follows it.
        Resume::After(id) if id.is_empty() => {
            let next = tenant.log.bounds().next;
            let cursor = Some(newest_public_id(tenant, next).await);
            Start {
                from: Some(next),
                gap: None,
                cursor,
            }
        }
        Resume::After(id) => match tenant.log.find(id).await {
            Ok(Some(at)) => Start {
                from: Some(at.next()),
                gap: None,
                cursor: Some(id.clone()),
            },
            // All that is retained may be new to it: everything that came after a restart, or after
            // what it saw last was dropped from the log.
            Ok(None) => unknown(first, GapCause::UnknownId),
            Err(error) => {
                tracing::error!(tenant = tenant.name(), %error, "the log cannot be searched");
                unknown(first, GapCause::Withheld)
            }
        },
    }
}

/// The id of the newest public event before `next`; `earliest` where there is none close to it. The id
/// of a private one is nobody's business.
async fn newest_public_id(tenant: &Tenant, next: Offset) -> String {
    let limits = PageLimits {
        events: CURSOR_EVENTS_MAX,
        bytes: usize::MAX,
        before: next,
    };
    let first = tenant.log.bounds().first;
    let from = Offset(next.0.saturating_sub(CURSOR_EVENTS_MAX as u64)).max(first);
    let page = tenant.log.read(from, limits).await.unwrap_or_default();
    let public = page.iter().rev().find(|entry| !entry.event.private);
    public.map_or_else(|| EARLIEST.into(), |entry| entry.event.id.to_string())
}

fn unknown(first: Offset, cause: GapCause) -> Start {
    let gap = Some(Gap::new(cause, None));
    Start {
        from: Some(first),
        gap,
        cursor: Some(EARLIEST.into()),
    }
}

/// What nobody publishes to grows old all the same.
async fn retain(tenants: Vec<Arc<Tenant>>) {
    loop {
        tokio::time::sleep(RETAIN_PAUSE).await;
        for tenant in &tenants {
            tenant.retain().await;
        }
    }
}

async fn tick(stations: Vec<Rc<Station>>) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        turns.tick().await;
        for station in &stations {
            station.tick();
        }
    }
}
