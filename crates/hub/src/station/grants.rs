//! What tokens let their bearers receive of private events.

use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use umbel_event::Event;
use umbel_selector::{Pattern, Selector};

use super::meter::Meter;

/// One set of grants, compiled once and shared by everyone whose token says the same.
#[derive(Debug)]
pub(crate) struct Grants {
    selectors: Arc<[Selector]>,
    patterns: Box<[Pattern]>,
}

/// The sets of grants that are in use.
#[derive(Default)]
pub(crate) struct GrantSets {
    sets: HashMap<Arc<[Selector]>, Weak<Grants>>,
}

/// Decisions on one private event, one for each set of grants.
pub(crate) struct Decided {
    by_set: HashMap<*const Grants, bool>,
    meter: Rc<Meter>,
}

impl Grants {
    pub(crate) fn selectors(&self) -> &[Selector] {
        &self.selectors
    }

    /// Whether one of the topics is granted (protocol item 57).
    pub(crate) fn cover(&self, event: &Event) -> bool {
        event
            .topics
            .iter()
            .any(|t| self.patterns.iter().any(|p| p.matches(t.as_str())))
    }
}

impl GrantSets {
    /// The one set with these selectors.
    pub(crate) fn intern(&mut self, selectors: &Arc<[Selector]>) -> Rc<Grants> {
        if let Some(set) = self.sets.get(selectors).and_then(Weak::upgrade) {
            return set;
        }
        let patterns = selectors.iter().map(Pattern::compile).collect();
        let set = Rc::new(Grants {
            selectors: Arc::clone(selectors),
            patterns,
        });
        self.sets.insert(Arc::clone(selectors), Rc::downgrade(&set));
        set
    }

    /// Forgets the set where `last` is its only user.
    pub(crate) fn settle(&mut self, last: &Rc<Grants>) {
        if Rc::strong_count(last) == 1 {
            self.sets.remove(&last.selectors);
        }
    }
}

impl Decided {
    /// None so far. What they cost counts as the tenant's, who gives out the tokens.
    pub(crate) fn new(meter: &Rc<Meter>) -> Self {
        Self {
            by_set: HashMap::new(),
            meter: Rc::clone(meter),
        }
    }

    /// Whether bearers of `grants` may have the private `event`.
    pub(crate) fn may(&mut self, grants: &Rc<Grants>, event: &Event) -> bool {
        *self
            .by_set
            .entry(Rc::as_ptr(grants))
            .or_insert_with(|| self.meter.charge(|| grants.cover(event)))
    }
}
