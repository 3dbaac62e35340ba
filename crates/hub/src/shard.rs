//! One thread's part of the hub.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;
use umbel_event::{EARLIEST, Offset};
use umbel_eventlog::PageLimits;

use crate::metrics::JoinResult;
use crate::rooms::Questions;
use crate::station::{COME_BACK_MS, Gap, GapCause, Join, Start};
use crate::stations::Stations;
use crate::wheel::TURN;
use crate::{Hub, Opened, Publication, PublishError, Refused, Resume, Subscription, Tenant};

/// Events that are looked through for one whose id may be told.
const CURSOR_EVENTS_MAX: usize = 256;
/// How often logs are asked to drop what is too old.
const RETAIN_PAUSE: Duration = Duration::from_secs(1);

/// One thread's part of the hub: its connections' subscribers and its own instances of components. Lives
/// on one thread, inside a `tokio::task::LocalSet` or a local runtime.
pub struct Shard {
    stations: Rc<Stations>,
}

impl Shard {
    /// Starts shard `index` of `hub` on this thread: its tasks run in the current `LocalSet`.
    pub fn start(hub: &Arc<Hub>, index: usize) -> Rc<Self> {
        let stations = Stations::new(index, Arc::clone(&hub.around));
        tokio::task::spawn_local(tick(Rc::clone(&stations)));
        if let Some(questions) = hub.around.rooms.questions(index) {
            tokio::task::spawn_local(answer(Rc::clone(&stations), questions));
        }
        if index == 0 {
            tokio::task::spawn_local(retain(Arc::clone(hub)));
        }
        Rc::new(Self { stations })
    }

    /// Has `act` called every [`TURN`] from now on, instead of anything given before: an idle thread is woken
    /// once for all that time brings.
    pub fn on_each_turn(&self, act: impl Fn() + 'static) {
        self.stations.on_each_turn(Box::new(act));
    }

    /// Opens a stream.
    ///
    /// # Errors
    /// Where the policy refuses it or fails on it, the tenant is full, or the hub is closing.
    pub async fn subscribe(&self, subscription: Subscription) -> Result<Opened, Refused> {
        let tenant = Arc::clone(&subscription.tenant);
        let closing = || Refused::Closing {
            retry_ms: COME_BACK_MS,
        };
        if tenant.lets_nobody_in() {
            tenant.metrics.join(JoinResult::Closing);
            return Err(closing());
        }
        let start = start(&tenant, &subscription.resume).await;
        let (answer, answered) = oneshot::channel();
        self.stations.of(&tenant).join(Join {
            subscription,
            start,
            answer,
        });
        answered.await.unwrap_or_else(|_| Err(closing()))
    }

    /// Logs what a publisher sent, once the tenant's admission filter, where it has one, has let it pass.
    /// When it answers, the event is as durable as the log promises and its fan-out has been asked for,
    /// not waited for.
    ///
    /// # Errors
    /// Where it was refused, shards lag, the log fails, or the hub is closing.
    pub async fn publish(
        &self,
        tenant: &Arc<Tenant>,
        publication: Publication,
    ) -> Result<Offset, PublishError> {
        if !tenant.has_admission() {
            return tenant.publish(publication.event).await;
        }
        if tenant.is_closing() {
            return Err(PublishError::Closing);
        }
        self.stations.of(tenant).publish(publication).await
    }
}

/// Where a newcomer begins (protocol items 62 to 66 and 69).
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
        // Protocol item 65: an empty one asks for the cursor, and for what follows it.
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
async fn retain(hub: Arc<Hub>) {
    loop {
        tokio::time::sleep(RETAIN_PAUSE).await;
        for tenant in hub.tenants() {
            if tenant.log.bounds().bytes > 0 {
                tenant.retain().await;
            }
        }
    }
}

/// Answers shards that look for room.
async fn answer(stations: Rc<Stations>, mut questions: Questions) {
    while let Some(question) = questions.recv().await {
        stations.answer(question);
    }
}

async fn tick(stations: Rc<Stations>) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        turns.tick().await;
        stations.tick();
    }
}
