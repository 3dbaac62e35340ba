//! Telling those whom a withheld event concerns that they missed it.

use std::rc::Rc;
use std::sync::Arc;

use umbel_eventlog::Entry;
use umbel_selector::{Matcher, Pattern};

use super::core::{Core, mark};
use super::gap::{Gap, GapCause};
use super::subscriber::{Position, Subscriber};

/// Subscribers that are looked at in one step: the selectors of each are compared with the topics.
const LOOKED_AT_STEP: usize = 512;

/// Events that nobody gets, and how far those are told whom they concern.
pub(crate) struct Telling {
    withheld: Vec<Arc<Entry>>,
    /// The first handle that was not looked at.
    next: usize,
}

impl Telling {
    pub(crate) fn new(tenant: &str, withheld: &[Arc<Entry>]) -> Self {
        for entry in withheld {
            let offset = entry.offset.0;
            tracing::error!(
                tenant,
                offset,
                "an event is withheld: the policy fails on it"
            );
        }
        Self {
            withheld: withheld.to_vec(),
            next: 0,
        }
    }

    /// Looks at some more; true once everyone was looked at. The time counts as the component's: it is to
    /// blame.
    pub(crate) fn step(&mut self, core: &mut Core) -> bool {
        let meter = Rc::clone(&core.seats.meter);
        meter.charge(|| self.look(core))
    }

    fn look(&mut self, core: &mut Core) -> bool {
        let (tickets, next) = core.registry.slice(self.next, LOOKED_AT_STEP);
        self.next = next;
        for &ticket in &tickets {
            let Some(subscriber) = core.registry.get_mut(ticket) else {
                continue;
            };
            let missed = self.withheld.iter().filter(|e| concerns(subscriber, e));
            let missed = missed.count() as u64;
            if missed > 0 {
                core.tally.gap(GapCause::Withheld);
                subscriber.miss(Gap::new(GapCause::Withheld, Some(missed)));
                mark(
                    &mut core.dirty,
                    &mut core.watched,
                    ticket.client,
                    subscriber,
                );
            }
        }
        tickets.is_empty()
    }
}

/// Whether a subscriber that is live might have had an event, as far as the hub can tell without the policy.
fn concerns(subscriber: &Subscriber, entry: &Entry) -> bool {
    match subscriber.position {
        Position::Live { since } if entry.offset >= since => {}
        Position::Live { .. } | Position::Fed { .. } => return false,
    }
    let event = &entry.event;
    let asked_for = subscriber.selectors.iter().any(|selector| {
        let pattern = Pattern::compile(selector);
        // What a language of the policy's own matches only the policy knows.
        matches!(selector.matcher(), Matcher::Custom(_))
            || event.topics.iter().any(|t| pattern.matches(t.as_str()))
    });
    asked_for && (!event.private || subscriber.grants.cover(event))
}
