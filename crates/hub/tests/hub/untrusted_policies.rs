//! Policies that fail and policies that lie: streams stay untouched, and nothing is widened.

use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use umbel_eventlog::Retention;
use umbel_hub::{Refused, TenantConfig};
use umbel_routing::{
    Admission, Client as Handle, Dispatcher, DispatcherFactory, EventView, Export, Fault,
    FaultClass, FullMailbox, Profile, Settings, SubscriberView, Verdict,
};

use crate::fakes::FakePolicy;
use crate::full_mailboxes::tick;
use crate::rig::{ASK, Ask, Rig, native, numbers, run, run_as_body};

/// Behaves like the native policy, but for one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quirk {
    /// `route` fails on the topic `poison`.
    RoutePoison,
    /// The second `route` call of the first instance fails.
    RouteOnce,
    /// `join` fails on whoever asks for `poison`.
    JoinPoison,
    /// `join` of someone who asks for `later` fails in every instance but the first.
    RejoinPoison,
    /// `overflow` fails.
    Overflow,
    /// Audiences list strangers, everyone twice, and whoever has gone.
    Liar,
    /// It cannot be built.
    Unbuildable,
    /// The second `route` call of the first instance fails, and the next two cannot be built.
    Outage,
}

struct Factory {
    quirk: Quirk,
    inner: Arc<dyn DispatcherFactory>,
    built: Arc<AtomicUsize>,
}

struct Quirky {
    quirk: Quirk,
    instance: usize,
    routed: usize,
    inner: Box<dyn Dispatcher>,
}

fn fault<T>(export: Export) -> Result<T, Fault> {
    Err(Fault {
        export,
        class: FaultClass::Trap,
        detail: "on purpose".into(),
    })
}

impl DispatcherFactory for Factory {
    fn create(&self) -> Result<Box<dyn Dispatcher>, Fault> {
        let instance = self.built.fetch_add(1, Ordering::Relaxed);
        let out = self.quirk == Quirk::Outage && (1..3).contains(&instance);
        if out || self.quirk == Quirk::Unbuildable {
            return fault(Export::Instantiate);
        }
        let inner = self.inner.create()?;
        Ok(Box::new(Quirky {
            quirk: self.quirk,
            instance,
            routed: 0,
            inner,
        }))
    }

    fn settings(&self) -> &Settings {
        self.inner.settings()
    }
}

impl Dispatcher for Quirky {
    fn profile(&self) -> &Profile {
        self.inner.profile()
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        let asks = |topic: &str| {
            subscribers
                .iter()
                .any(|s| s.selectors.iter().any(|s| s.pattern() == topic))
        };
        let poisoned = self.quirk == Quirk::JoinPoison && asks("poison");
        let later = self.quirk == Quirk::RejoinPoison && self.instance > 0 && asks("later");
        if poisoned || later {
            return fault(Export::Join);
        }
        self.inner.join(subscribers)
    }

    fn leave(&mut self, clients: &[Handle]) -> Result<(), Fault> {
        self.inner.leave(clients)
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Handle>>, Fault> {
        self.routed += 1;
        let poisoned = events.iter().any(|e| e.topics.contains(&"poison"));
        let fails = match self.quirk {
            Quirk::RoutePoison | Quirk::RejoinPoison => poisoned,
            Quirk::RouteOnce | Quirk::Outage => self.instance == 0 && self.routed == 2,
            _ => false,
        };
        if fails {
            return fault(Export::Route);
        }
        let mut audiences = self.inner.route(events)?;
        if self.quirk == Quirk::Liar {
            for audience in &mut audiences {
                audience.extend(audience.clone());
                audience.extend([0, 1, 2, 77, u32::MAX].map(Handle));
            }
        }
        Ok(audiences)
    }

    fn select(
        &mut self,
        clients: &[Handle],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        self.inner.select(clients, events)
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        if self.quirk == Quirk::Overflow {
            return fault(Export::Overflow);
        }
        self.inner.overflow(full)
    }
}

fn quirky(quirk: Quirk, config: &str) -> (Rig, Arc<AtomicUsize>) {
    let built = Arc::new(AtomicUsize::new(0));
    let factory = Factory {
        quirk,
        inner: native(config),
        built: Arc::clone(&built),
    };
    (
        Rig::with(
            TenantConfig::default(),
            Retention::UNBOUNDED,
            Arc::new(factory),
        ),
        built,
    )
}

#[test]
fn a_policy_that_fails_once_is_replaced_and_nobody_notices() {
    run(async || {
        let (rig, built) = quirky(Quirk::RouteOnce, "");
        let mut clients = Vec::new();
        for _ in 0..50 {
            clients.push(rig.subscribe(&["*"]).await);
        }
        for n in 0..5 {
            rig.publish("t", &n.to_string()).await;
        }
        for client in &mut clients {
            assert_eq!(client.data(), numbers(0..5));
        }
        assert_eq!(built.load(Ordering::Relaxed), 2);
        assert_eq!(
            rig.metric(r#"umbel_policy_faults_total{tenant="default",class="trap"}"#),
            1.0
        );
    });
}

#[test]
fn an_event_that_the_policy_always_fails_on_is_withheld_and_told_to_those_it_concerns() {
    run(async || {
        let (rig, _) = quirky(Quirk::RoutePoison, "");
        let mut concerned = rig.subscribe(&["*"]).await;
        let mut other = rig.subscribe(&["good"]).await;
        concerned.read();
        for (topic, data) in [("good", "0"), ("poison", "1"), ("good", "2")] {
            rig.try_publish(topic, data, false).await.expect("accepted");
        }
        rig.settle().await;
        assert_eq!(
            concerned.data(),
            [r#"gap {"cause":"withheld","count":1}"#, "0", "2"]
        );
        assert_eq!(other.data(), ["0", "2"]);
        assert_eq!(rig.tenant.subscribers(), 2);
    });
}

#[test]
fn whoever_the_policy_fails_on_is_turned_away_alone() {
    run(async || {
        let (rig, _) = quirky(Quirk::JoinPoison, "");
        let poison = Ask {
            topics: &["poison"],
            ..ASK
        };
        let (good, bad, too) = tokio::join!(rig.open(ASK), rig.open(poison), rig.open(ASK));
        assert!(matches!(bad.map(|_| ()), Err(Refused::Faulted { .. })));
        let (mut good, mut too) = (good.expect("let in"), too.expect("let in"));
        rig.publish("t", "0").await;
        assert_eq!((good.data(), too.data()), (numbers(0..1), numbers(0..1)));
    });
}

#[test]
fn in_a_rejoin_the_one_that_the_policy_fails_on_is_found_and_ended() {
    run(async || {
        let (rig, _) = quirky(Quirk::RejoinPoison, "");
        let mut clients = Vec::new();
        for n in 0..100 {
            clients.push(rig.subscribe(&[if n == 37 { "later" } else { "t" }]).await);
        }
        rig.publish("poison", "makes the first instance fail").await;
        rig.publish("t", "0").await;
        for (n, client) in clients.iter_mut().enumerate() {
            assert_eq!(client.read(), n != 37, "{n}");
        }
        assert_eq!(rig.tenant.subscribers(), 99);
        assert_eq!(clients[36].data(), numbers(0..1));
    });
}

#[test]
fn where_the_overflow_call_fails_the_new_events_are_dropped() {
    run(async || {
        let (rig, _) = quirky(Quirk::Overflow, "events = 2\nwhen-full = ask");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        for n in 0..5 {
            rig.publish("t", &n.to_string()).await;
        }
        assert_eq!(
            client.data(),
            [r#"gap {"cause":"dropped","count":3}"#, "0", "1"]
        );
    });
}

#[test]
fn handles_that_were_never_given_or_came_twice_are_ignored_and_counted() {
    run(async || {
        let (rig, _) = quirky(Quirk::Liar, "");
        let mut asked = rig.subscribe(&["t"]).await;
        let gone = rig.subscribe(&["t"]).await;
        drop(gone);
        rig.publish("t", "0").await;
        assert_eq!(asked.data(), numbers(0..1));
        tick(&rig).await;
        let why = |why| {
            rig.metric(&format!(
                r#"umbel_guard_dropped_total{{tenant="default",why="{why}"}}"#
            ))
        };
        assert_eq!((why("twice"), why("unknown")), (2.0, 4.0));
    });
}

#[test]
fn while_no_policy_can_be_built_newcomers_are_let_in_and_it_is_not_tried_again_at_once() {
    run(async || {
        let (rig, built) = quirky(Quirk::Unbuildable, "");
        let one = rig.open(ASK).await.expect("let in without the policy");
        let two = rig.open(ASK).await.expect("let in without the policy");
        assert_eq!(built.load(Ordering::Relaxed), 1);
        rig.publish("t", "waits").await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        rig.settle().await;
        assert_eq!(built.load(Ordering::Relaxed), 2);
        assert_eq!(rig.tenant.subscribers(), 2);
        drop((one, two));
    });
}

#[test]
fn while_no_policy_can_be_built_events_wait_in_the_log_and_nobody_misses_any() {
    run(async || {
        let (rig, _) = quirky(Quirk::Outage, "");
        let mut live = rig.subscribe(&["*"]).await;
        rig.publish("t", "0").await;
        rig.publish("t", "1").await;
        rig.publish("t", "2").await;
        assert_eq!(live.data(), numbers(0..1));
        let mut all = Vec::new();
        for _ in 0..40 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            all.extend(live.data());
        }
        assert_eq!(all, numbers(1..3));
        assert_eq!(rig.tenant.subscribers(), 1);
    });
}

#[test]
fn those_who_come_one_by_one_do_not_make_a_storm_come_as_one_call() {
    run_as_body(async || {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let policy = FakePolicy::new("").fails(move |call| {
            if call.export == Export::Join {
                seen.lock().expect("sound").push(call.topics.len());
            }
            None
        });
        let rig = Rc::new(Rig::deciding(1, policy.version(), None));
        let mut clients = Vec::new();
        for _ in 0..20 {
            clients.push(rig.subscribe(&["*"]).await);
        }
        sizes.lock().expect("sound").clear();
        let storm: Vec<_> = (0..100)
            .map(|_| {
                let rig = Rc::clone(&rig);
                tokio::task::spawn_local(async move { rig.subscribe(&["*"]).await })
            })
            .collect();
        for client in storm {
            clients.push(client.await.expect("let in"));
        }
        let sizes = sizes.lock().expect("sound").clone();
        assert_eq!(sizes.iter().sum::<usize>(), 100);
        assert!(sizes[0] <= 16, "{sizes:?}");
    });
}
