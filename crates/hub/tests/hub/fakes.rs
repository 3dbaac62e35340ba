//! Policies and filters whose every call can be seen, and made to go wrong.
//!
//! Each instance holds the hub to the contract: nobody joins twice, nobody unknown leaves, audiences and
//! full mailboxes are of those who joined, and nothing is asked after a fault.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use umbel_hub::{FilterVersion, PolicyVersion};
use umbel_routing::{
    Admission, Client as Handle, Decision, Dispatcher, DispatcherFactory, EventView, Export, Fault,
    FaultClass, Filter, FilterFactory, FilterParts, FullMailbox, MailboxBounds, Profile,
    PublicationView, Refusal, Settings, SubscriberView, Verdict, View,
};

use crate::rig::native;

/// What a call is about, for whoever makes it fail.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) export: Export,
    /// Number of the instance, counted from 0.
    pub(crate) instance: usize,
    /// How many of them are alive, this one included.
    pub(crate) alive: usize,
    /// The selectors of those who join.
    pub(crate) topics: &'a [String],
    /// The canonical topics of events.
    pub(crate) events: &'a [String],
}

type Fails = Arc<dyn Fn(Call<'_>) -> Option<FaultClass> + Send + Sync>;
type Admits = Arc<dyn Fn(&SubscriberView<'_>) -> Option<Admission> + Send + Sync>;
type Keeps = Arc<dyn Fn(&EventView<'_>) -> bool + Send + Sync>;
type Tailors = Arc<dyn Fn(&EventView<'_>, &[Handle]) -> Vec<View> + Send + Sync>;
type Decides = Arc<dyn Fn(&PublicationView<'_>) -> Decision + Send + Sync>;

/// What all instances of one factory were asked.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) created: AtomicUsize,
    pub(crate) alive: AtomicUsize,
    /// How often each event was decided on by a call that succeeded.
    pub(crate) routed: Mutex<BTreeMap<u64, usize>>,
    /// Full mailboxes that were asked about, by event.
    pub(crate) overflows: Mutex<Vec<u64>>,
    /// What the hub did that it may not.
    pub(crate) breaches: Mutex<Vec<String>>,
}

impl Watch {
    pub(crate) fn created(&self) -> usize {
        self.created.load(Ordering::SeqCst)
    }

    pub(crate) fn alive(&self) -> usize {
        self.alive.load(Ordering::SeqCst)
    }

    pub(crate) fn routed(&self) -> Vec<u64> {
        self.routed.lock().expect("sound").keys().copied().collect()
    }

    /// How often the event at `offset` was decided on.
    pub(crate) fn times(&self, offset: u64) -> usize {
        let routed = self.routed.lock().expect("sound");
        routed.get(&offset).copied().unwrap_or(0)
    }

    pub(crate) fn breaches(&self) -> Vec<String> {
        self.breaches.lock().expect("sound").clone()
    }
}

/// Who an instance knows, and whether it may still be asked.
struct Guest {
    watch: Arc<Watch>,
    instance: usize,
    known: BTreeSet<u32>,
    dead: bool,
    fails: Option<Fails>,
}

impl Guest {
    fn new(watch: &Arc<Watch>, fails: Option<&Fails>) -> Result<Self, Fault> {
        let instance = watch.created.fetch_add(1, Ordering::SeqCst);
        watch.alive.fetch_add(1, Ordering::SeqCst);
        let mut guest = Self {
            watch: Arc::clone(watch),
            instance,
            known: BTreeSet::new(),
            dead: false,
            fails: fails.cloned(),
        };
        guest.asked(Export::Instantiate, &[], &[])?;
        Ok(guest)
    }

    fn breach(&self, what: impl std::fmt::Display) {
        let mut breaches = self.watch.breaches.lock().expect("sound");
        breaches.push(format!("instance {}: {what}", self.instance));
    }

    fn asked(&mut self, export: Export, topics: &[String], events: &[String]) -> Result<(), Fault> {
        if self.dead {
            self.breach(format!("{export} after a fault"));
        }
        let call = Call {
            export,
            instance: self.instance,
            alive: self.watch.alive(),
            topics,
            events,
        };
        let class = self.fails.as_ref().and_then(|fails| fails(call));
        let Some(class) = class else { return Ok(()) };
        self.dead = true;
        Err(Fault {
            export,
            class,
            detail: "on purpose".into(),
        })
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<(), Fault> {
        let selectors = subscribers.iter().flat_map(|s| s.selectors.iter());
        let topics: Vec<String> = selectors.map(|s| s.pattern().to_owned()).collect();
        self.asked(Export::Join, &topics, &[])?;
        if subscribers.is_empty() {
            self.breach("join of nobody");
        }
        for subscriber in subscribers {
            if !self.known.insert(subscriber.client.0) {
                self.breach(format!("{} joins twice", subscriber.client.0));
            }
        }
        Ok(())
    }

    fn leave(&mut self, clients: &[Handle]) -> Result<(), Fault> {
        self.asked(Export::Leave, &[], &[])?;
        for client in clients {
            if !self.known.remove(&client.0) {
                self.breach(format!("{} leaves and is not there", client.0));
            }
        }
        Ok(())
    }

    fn see(&self, clients: &[Handle], export: Export) {
        for client in clients.iter().filter(|c| !self.known.contains(&c.0)) {
            self.breach(format!("{export} names {}, who is unknown", client.0));
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.watch.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

fn canonical(events: &[EventView<'_>]) -> Vec<String> {
    events.iter().map(|e| e.topics[0].to_owned()).collect()
}

/// Makes policies that route as the native one does, but for what is changed here.
#[derive(Clone)]
pub(crate) struct FakePolicy {
    pub(crate) watch: Arc<Watch>,
    inner: Arc<dyn DispatcherFactory>,
    fails: Option<Fails>,
    admits: Option<Admits>,
    keeps: Option<Keeps>,
}

struct PolicyGuest {
    guest: Guest,
    inner: Box<dyn Dispatcher>,
    admits: Option<Admits>,
    keeps: Option<Keeps>,
}

impl FakePolicy {
    pub(crate) fn new(config: &str) -> Self {
        Self {
            watch: Arc::default(),
            inner: native(config),
            fails: None,
            admits: None,
            keeps: None,
        }
    }

    pub(crate) fn fails(
        mut self,
        fails: impl Fn(Call<'_>) -> Option<FaultClass> + Send + Sync + 'static,
    ) -> Self {
        self.fails = Some(Arc::new(fails));
        self
    }

    pub(crate) fn admits(
        mut self,
        admits: impl Fn(&SubscriberView<'_>) -> Option<Admission> + Send + Sync + 'static,
    ) -> Self {
        self.admits = Some(Arc::new(admits));
        self
    }

    /// Events that it does not keep go to nobody.
    pub(crate) fn keeps(
        mut self,
        keeps: impl Fn(&EventView<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.keeps = Some(Arc::new(keeps));
        self
    }

    pub(crate) fn version(&self) -> PolicyVersion {
        PolicyVersion::of(Arc::new(self.clone()))
    }
}

/// Refuses with that reason.
pub(crate) fn refused(reason: &str) -> Admission {
    Err(Refusal {
        reason: reason.into(),
        retry_ms: None,
    })
}

/// A mailbox of so many events.
pub(crate) fn mailbox(events_max: u32, when_full: umbel_routing::WhenFull) -> Admission {
    Ok(MailboxBounds {
        events_max,
        bytes_max: 1 << 20,
        when_full,
    })
}

impl DispatcherFactory for FakePolicy {
    fn create(&self) -> Result<Box<dyn Dispatcher>, Fault> {
        Ok(Box::new(PolicyGuest {
            guest: Guest::new(&self.watch, self.fails.as_ref())?,
            inner: self.inner.create()?,
            admits: self.admits.clone(),
            keeps: self.keeps.clone(),
        }))
    }

    fn settings(&self) -> &Settings {
        self.inner.settings()
    }
}

impl PolicyGuest {
    fn keeps(&self, event: &EventView<'_>) -> bool {
        self.keeps.as_ref().is_none_or(|keeps| keeps(event))
    }
}

impl Dispatcher for PolicyGuest {
    fn profile(&self) -> &Profile {
        self.inner.profile()
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        self.guest.join(subscribers)?;
        let mut answers = self.inner.join(subscribers)?;
        let Some(admits) = &self.admits else {
            return Ok(answers);
        };
        for (subscriber, answer) in subscribers.iter().zip(&mut answers) {
            let Some(other) = admits(subscriber) else {
                continue;
            };
            if other.is_err() {
                self.guest.known.remove(&subscriber.client.0);
                self.inner.leave(&[subscriber.client])?;
            }
            *answer = other;
        }
        Ok(answers)
    }

    fn leave(&mut self, clients: &[Handle]) -> Result<(), Fault> {
        self.guest.leave(clients)?;
        self.inner.leave(clients)
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Handle>>, Fault> {
        self.guest.asked(Export::Route, &[], &canonical(events))?;
        let mut audiences = self.inner.route(events)?;
        let mut routed = self.guest.watch.routed.lock().expect("sound");
        for (event, audience) in events.iter().zip(&mut audiences) {
            *routed.entry(event.offset.0).or_default() += 1;
            if !self.keeps(event) {
                audience.clear();
            }
        }
        Ok(audiences)
    }

    fn select(
        &mut self,
        clients: &[Handle],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        self.guest.asked(Export::Select, &[], &canonical(events))?;
        self.guest.see(clients, Export::Select);
        let mut selected = self.inner.select(clients, events)?;
        for indexes in &mut selected {
            indexes.retain(|&i| self.keeps(&events[i as usize]));
        }
        Ok(selected)
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        self.guest.asked(Export::Overflow, &[], &[])?;
        let clients: Vec<Handle> = full.iter().map(|f| f.client).collect();
        self.guest.see(&clients, Export::Overflow);
        let mut overflows = self.guest.watch.overflows.lock().expect("sound");
        overflows.extend(full.iter().map(|f| f.offset.0));
        drop(overflows);
        self.inner.overflow(full)
    }

    fn memory_bytes(&self) -> u64 {
        1_000
    }
}

/// Makes filters that let everything pass and change nothing, but for what is changed here.
#[derive(Clone)]
pub(crate) struct FakeFilter {
    pub(crate) watch: Arc<Watch>,
    parts: FilterParts,
    fails: Option<Fails>,
    tailors: Option<Tailors>,
    decides: Option<Decides>,
}

struct FilterGuest {
    guest: Guest,
    fake: FakeFilter,
}

impl FakeFilter {
    fn of(parts: FilterParts) -> Self {
        Self {
            watch: Arc::default(),
            parts,
            fails: None,
            tailors: None,
            decides: None,
        }
    }

    /// With `views` alone.
    pub(crate) fn views(
        tailors: impl Fn(&EventView<'_>, &[Handle]) -> Vec<View> + Send + Sync + 'static,
    ) -> Self {
        let mut fake = Self::of(FilterParts {
            admission: false,
            views: true,
        });
        fake.tailors = Some(Arc::new(tailors));
        fake
    }

    /// With `admission` alone.
    pub(crate) fn admission(
        decides: impl Fn(&PublicationView<'_>) -> Decision + Send + Sync + 'static,
    ) -> Self {
        let mut fake = Self::of(FilterParts {
            admission: true,
            views: false,
        });
        fake.decides = Some(Arc::new(decides));
        fake
    }

    pub(crate) fn fails(
        mut self,
        fails: impl Fn(Call<'_>) -> Option<FaultClass> + Send + Sync + 'static,
    ) -> Self {
        self.fails = Some(Arc::new(fails));
        self
    }

    pub(crate) fn version(&self) -> FilterVersion {
        FilterVersion::of(Arc::new(self.clone()))
    }
}

/// All of an audience see it as it is.
pub(crate) fn whole(audience: &[Handle]) -> View {
    View {
        clients: audience.to_vec(),
        data: None,
    }
}

/// These see `data` instead.
pub(crate) fn shown(clients: &[Handle], data: &str) -> View {
    View {
        clients: clients.to_vec(),
        data: Some(data.into()),
    }
}

/// The payload of an event as text.
pub(crate) fn payload<'a>(event: &EventView<'a>) -> &'a str {
    std::str::from_utf8(event.data.expect("with its payload")).expect("UTF-8")
}

impl FilterFactory for FakeFilter {
    fn parts(&self) -> FilterParts {
        self.parts
    }

    fn create(&self) -> Result<Box<dyn Filter>, Fault> {
        Ok(Box::new(FilterGuest {
            guest: Guest::new(&self.watch, self.fails.as_ref())?,
            fake: self.clone(),
        }))
    }
}

impl Filter for FilterGuest {
    fn parts(&self) -> FilterParts {
        self.fake.parts
    }

    fn admit(&mut self, publications: &[PublicationView<'_>]) -> Result<Vec<Decision>, Fault> {
        let topics: Vec<String> = publications
            .iter()
            .map(|p| p.event.topics[0].to_owned())
            .collect();
        self.guest.asked(Export::Admit, &[], &topics)?;
        let decides = self.fake.decides.as_ref().expect("has admission");
        Ok(publications.iter().map(|p| decides(p)).collect())
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<(), Fault> {
        if !self.fake.parts.views {
            self.guest.breach("join without views");
        }
        self.guest.join(subscribers)
    }

    fn leave(&mut self, clients: &[Handle]) -> Result<(), Fault> {
        self.guest.leave(clients)
    }

    fn tailor(
        &mut self,
        events: &[EventView<'_>],
        audiences: &[Vec<Handle>],
    ) -> Result<Vec<Vec<View>>, Fault> {
        self.guest.asked(Export::Tailor, &[], &canonical(events))?;
        for audience in audiences {
            self.guest.see(audience, Export::Tailor);
        }
        let mut routed = self.guest.watch.routed.lock().expect("sound");
        for event in events {
            *routed.entry(event.offset.0).or_default() += 1;
        }
        drop(routed);
        let tailors = self.fake.tailors.as_ref().expect("has views");
        let each = events.iter().zip(audiences);
        Ok(each
            .map(|(event, audience)| tailors(event, audience))
            .collect())
    }

    fn memory_bytes(&self) -> u64 {
        500
    }
}
