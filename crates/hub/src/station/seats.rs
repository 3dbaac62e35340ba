//! Everyone who decides for a tenant on one shard.

use std::rc::Rc;

use umbel_routing::{
    Call, Client, Dispatcher, Fault, Filter, FilterParts, RouterFactory, Settings,
};
use umbel_routing::{DispatcherFactory, SubscriberView};

use super::candidate::Candidate;
use super::meter::Meter;
use super::seat::Seat;
use super::shadowing::ShadowSeats;
use super::tapping::Tapping;
use crate::MakeTap;
use crate::tenant::{FilterVersion, PolicyVersion, State};

pub(crate) type PolicySeat = Seat<Box<dyn Dispatcher>>;
pub(crate) type FilterSeat = Seat<Box<dyn Filter>>;

/// Everyone who decides for a tenant on one shard.
pub(crate) struct Seats {
    pub(crate) policy: PolicySeat,
    /// What the policy is an instance of.
    pub(crate) version: PolicyVersion,
    pub(crate) filter: Option<FilterSeat>,
    /// What the filter has.
    pub(crate) parts: FilterParts,
    /// The hub's own rules, while the policy is out of order and may be stood in for.
    pub(crate) fallback: Option<PolicySeat>,
    /// What is to take over.
    pub(crate) candidate: Option<Candidate>,
    /// What is compared with the policy.
    pub(crate) shadow: Option<ShadowSeats>,
    /// Who listens to the policy.
    pub(crate) tapping: Option<Tapping>,
    pub(crate) meter: Rc<Meter>,
}

impl Seats {
    pub(crate) fn new(state: &State, meter: Rc<Meter>) -> Self {
        let mut seats = Self {
            policy: policy_seat(&state.current.policy, "policy", &meter),
            version: state.current.policy.clone(),
            filter: None,
            parts: FilterParts::default(),
            fallback: None,
            candidate: None,
            shadow: None,
            tapping: None,
            meter,
        };
        seats.set_filter(state.current.filter.as_ref());
        seats
    }

    /// A filter that knows nobody yet in the place of the present one.
    pub(crate) fn set_filter(&mut self, filter: Option<&FilterVersion>) {
        self.parts = filter.map_or(FilterParts::default(), |f| f.factory.parts());
        self.filter = filter.map(|f| filter_seat(f, "filter", &self.meter));
    }

    /// Another policy in the place of the present one, which is answered. Whoever listened to that has
    /// heard all.
    pub(crate) fn set_policy(&mut self, seat: PolicySeat, version: &PolicyVersion) -> PolicySeat {
        self.tapping = None;
        self.version = version.clone();
        std::mem::replace(&mut self.policy, seat)
    }

    /// Has somebody listen to the policy; false where somebody does already.
    pub(crate) fn begin_tap(&mut self, make: MakeTap) -> bool {
        if self.tapping.as_ref().is_some_and(Tapping::wants_more) {
            return false;
        }
        self.tapping = Some(Tapping::new(make(&self.version.about)));
        true
    }

    /// The policy was asked something: whoever listens hears of it. After a fault there is nothing more
    /// to hear, since that instance is gone.
    pub(crate) fn heard(&mut self, call: &Call<'_>) {
        if let Some(tapping) = &mut self.tapping {
            tapping.hear(call);
            self.end_tap();
        }
    }

    /// Nobody listens any more where they have heard enough, or the instance is gone.
    pub(crate) fn end_tap(&mut self) {
        let gone = !self.policy.is_ready();
        self.tapping
            .take_if(|t| !t.wants_more() || (gone && t.has_begun()));
    }

    /// Whether anyone but the policy is to be told of newcomers.
    pub(crate) fn has_company(&self) -> bool {
        self.filter.is_some()
            || self.fallback.is_some()
            || self.candidate.is_some()
            || self.shadow.is_some()
    }

    /// Tells all but the policy of newcomers whom the policy has let in.
    pub(crate) fn meet(&mut self, newcomers: &[SubscriberView<'_>], now_ms: u64) {
        // Whoever fails on it is told again of everyone, and the offender is found there.
        if let Some(filter) = &mut self.filter {
            let _ = filter.meet(newcomers, now_ms);
        }
        if let Some(fallback) = &mut self.fallback {
            let _ = fallback.meet(newcomers, now_ms);
        }
        if let Some(shadow) = &mut self.shadow {
            shadow.meet(newcomers, now_ms);
        }
    }

    /// Tells everyone who is gone.
    ///
    /// # Errors
    /// Where the policy fails on it: like any other, it is told again of those who are left.
    pub(crate) fn leave(&mut self, clients: &[Client], now_ms: u64) -> Result<(), Fault> {
        let left = self.policy.leave(clients, now_ms);
        match self.policy.is_ready() {
            true => self.heard(&Call::Leave(clients)),
            false => self.end_tap(),
        }
        if let Some(filter) = &mut self.filter {
            let _ = filter.leave(clients, now_ms);
        }
        if let Some(fallback) = &mut self.fallback {
            let _ = fallback.leave(clients, now_ms);
        }
        if let Some(candidate) = &mut self.candidate {
            candidate.leave(clients, now_ms);
        }
        if let Some(shadow) = &mut self.shadow {
            shadow.leave(clients, now_ms);
        }
        left
    }

    /// Gives up every instance of what decides now; answers whether there was one.
    pub(crate) fn rest(&mut self) -> bool {
        self.fallback = None;
        self.tapping = None;
        let filter = self.filter.as_mut().is_some_and(Seat::rest);
        self.policy.rest() || filter
    }

    /// Gives up the instances of what decides now that were asked nothing since then.
    pub(crate) fn rest_unused_since(&mut self, since_ms: u64) {
        if self.policy.used_ms() <= since_ms && self.policy.rest() {
            self.fallback = None;
        }
        if let Some(filter) = &mut self.filter
            && filter.used_ms() <= since_ms
        {
            filter.rest();
        }
    }

    /// Whether one of them waits for room for an instance.
    pub(crate) fn is_starved(&self) -> bool {
        self.policy.is_starved()
            || self.filter.as_ref().is_some_and(Seat::is_starved)
            || self.candidate.as_ref().is_some_and(Candidate::is_starved)
            || self.shadow.as_ref().is_some_and(ShadowSeats::is_starved)
    }

    /// Room was sought for those who wait for some.
    pub(crate) fn room_sought(&mut self, found: bool, now_ms: u64) {
        self.policy.room_sought(found, now_ms);
        if let Some(filter) = &mut self.filter {
            filter.room_sought(found, now_ms);
        }
        if let Some(candidate) = &mut self.candidate {
            candidate.room_sought(found, now_ms);
        }
        if let Some(shadow) = &mut self.shadow {
            shadow.room_sought(found, now_ms);
        }
    }

    /// Whether the filter has to be asked what each subscriber sees.
    pub(crate) fn has_views(&self) -> bool {
        self.parts.views
    }

    /// Whether the views, where there are any, may be asked.
    pub(crate) fn views_are_ready(&self) -> bool {
        !self.parts.views || self.filter.as_ref().is_some_and(Seat::is_ready)
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        let filter = self.filter.as_ref().map_or(0, Seat::memory_bytes);
        self.policy.memory_bytes() + filter
    }

    /// When the one that was used last was last asked something; none where there is no instance.
    pub(crate) fn used_ms(&self) -> Option<u64> {
        self.uses().max()
    }

    /// The same of the one that has been idle for the longest time.
    pub(crate) fn longest_unused_ms(&self) -> Option<u64> {
        self.uses().min()
    }

    fn uses(&self) -> impl Iterator<Item = u64> {
        let policy = self.policy.has_instance().then(|| self.policy.used_ms());
        let filter = self.filter.as_ref().filter(|f| f.has_instance());
        policy.into_iter().chain(filter.map(Seat::used_ms))
    }

    /// The hub's own rules, made when they are first needed.
    pub(crate) fn stand_in(&mut self) -> &mut PolicySeat {
        let meter = &self.meter;
        self.fallback.get_or_insert_with(|| {
            let make = || match RouterFactory::new(Settings::default()) {
                Ok(factory) => factory.create(),
                Err(detail) => Err(Fault {
                    export: umbel_routing::Export::Configure,
                    class: umbel_routing::FaultClass::Host,
                    detail,
                }),
            };
            Seat::new(Box::new(make), "stand-in", meter)
        })
    }
}

/// A seat for a policy.
pub(crate) fn policy_seat(
    version: &PolicyVersion,
    role: &'static str,
    meter: &Rc<Meter>,
) -> PolicySeat {
    let factory = version.factory.clone();
    Seat::new(Box::new(move || factory.create()), role, meter)
}

/// A seat for a filter.
pub(crate) fn filter_seat(
    version: &FilterVersion,
    role: &'static str,
    meter: &Rc<Meter>,
) -> FilterSeat {
    let factory = version.factory.clone();
    Seat::new(Box::new(move || factory.create()), role, meter)
}
