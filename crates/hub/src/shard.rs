//! One thread's part of the hub.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;
use umbel_event::{EARLIEST, Offset};
use umbel_eventlog::{Entry, PageLimits};

use crate::station::{Gap, GapCause, Join, Start, Station, TURN};
use crate::{Hub, Opened, Refused, Resume, Subscription, Tenant};

/// Milliseconds after which someone whose request could not be looked at may come back.
const COME_BACK_MS: u32 = 2_000;

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
        // Checklist item 65: an empty one asks for nothing but the cursor.
        Resume::After(id) if id.is_empty() => Start {
            from: None,
            gap: None,
            cursor: Some(newest_id(tenant).await),
        },
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

/// The id of the newest event; `earliest` where there is none.
async fn newest_id(tenant: &Tenant) -> String {
    let next = tenant.log.bounds().next;
    let newest = PageLimits {
        events: 1,
        bytes: 0,
        before: next,
    };
    let page = tenant.log.read(Offset(next.0.saturating_sub(1)), newest);
    let id = |page: Vec<Arc<Entry>>| Some(page.first()?.event.id.to_string());
    page.await
        .ok()
        .and_then(id)
        .unwrap_or_else(|| EARLIEST.into())
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
