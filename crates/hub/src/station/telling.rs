//! Telling those whom a withheld event concerns that they missed it.

use std::sync::Arc;

use umbel_event::Topic;
use umbel_eventlog::Entry;
use umbel_selector::{Matcher, Pattern, Selector};

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

    /// Looks at some more, as many as there is patience for; true once everyone was looked at. The time counts
    /// as the component's: it is to blame.
    pub(crate) fn step(&mut self, core: &mut Core) -> bool {
        let patience = core.patience();
        let (tickets, next) = core.registry.slice(self.next, LOOKED_AT_STEP);
        for &ticket in &tickets {
            let Some(subscriber) = core.registry.get_mut(ticket) else {
                continue;
            };
            let missed = patience.charge(|| missed(subscriber, &self.withheld));
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
            if patience.is_over() {
                self.next = ticket.client.index() + 1;
                return false;
            }
        }
        self.next = next;
        tickets.is_empty()
    }
}

/// How many of these a subscriber that is live might have had, as far as the hub can tell without the policy.
fn missed(subscriber: &Subscriber, withheld: &[Arc<Entry>]) -> u64 {
    let Position::Live { since } = subscriber.position else {
        return 0;
    };
    let selectors = &subscriber.selectors;
    // What a language of the policy's own matches only the policy knows.
    let own = |selector: &Selector| matches!(selector.matcher(), Matcher::Custom(_));
    let any = selectors.iter().any(own);
    let patterns: Vec<Pattern> = selectors.iter().map(Pattern::compile).collect();
    let asked_for = |topic: &Topic| patterns.iter().any(|p| p.matches(topic.as_str()));
    let concerns = |entry: &&Arc<Entry>| {
        let event = &entry.event;
        entry.offset >= since
            && (any || event.topics.iter().any(asked_for))
            && (!event.private || subscriber.grants.cover(event))
    };
    withheld.iter().filter(concerns).count() as u64
}
