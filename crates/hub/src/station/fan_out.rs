//! From audiences to mailboxes: the guard, the bounds, and those that have to be asked about.

use std::sync::Arc;

use umbel_eventlog::Entry;
use umbel_routing::{Client, WhenFull};

use super::asking::Asked;
use super::core::Core;
use super::frames::FrameNumber;
use super::grants::Decided;
use super::patience::Patience;
use super::portion::Portion;
use super::registry::{Absent, Registry, Ticket};
use super::subscriber::{Position, Subscriber};
use super::verdicts::After;
use crate::metrics::{GuardDrop, LeaveReason, Tally};

/// One routed batch on its way into mailboxes, a range of handles at a time: what a range was given can
/// be written while it is still close, and a large audience does not keep the reactor waiting.
pub(crate) struct FanOut {
    lanes: Vec<Lane>,
    /// Handles in one range.
    width: u32,
    asked: Asked,
}

/// One event and those of its audience who have not been offered it.
struct Lane {
    entry: Arc<Entry>,
    /// In the order of handles.
    audience: Vec<Client>,
    next: usize,
    /// Frame of the event, held here while it is handed round.
    number: FrameNumber,
    decided: Decided,
}

impl FanOut {
    /// `clients`: about how many one range is to reach.
    pub(crate) fn new(core: &mut Core, portions: Vec<Portion>, clients: usize) -> Self {
        let with_audience = portions.into_iter().filter(|p| !p.audience.is_empty());
        let lanes: Vec<Lane> = with_audience
            .map(|portion| Lane::new(core, portion))
            .collect();
        let deliveries: usize = lanes.iter().map(|l| l.audience.len()).sum();
        let last = lanes.iter().filter_map(|l| l.audience.last()).max();
        let first = lanes.iter().filter_map(Lane::peek).min();
        let handle = |client: Option<Client>| client.map_or(0, |client| u64::from(client.0));
        let span = handle(last.copied()) - handle(first) + 1;
        // Where few handles of many are meant, a range spans more of them.
        let width = span.saturating_mul(clients as u64) / deliveries.max(1) as u64;
        let least = u32::try_from(clients).unwrap_or(u32::MAX);
        Self {
            lanes,
            width: u32::try_from(width).unwrap_or(u32::MAX).max(least),
            asked: Asked::default(),
        }
    }

    /// Hands round ranges until `budget` deliveries are reached, at least one range, or there is no more
    /// patience; true once the whole batch is in its mailboxes.
    pub(crate) fn step(&mut self, core: &mut Core, budget: usize) -> bool {
        let patience = core.patience();
        let is_over = |deliveries| deliveries > 0 && patience.is_over();
        let mut deliveries = 0;
        while let Some(first) = self.lanes.iter().filter_map(Lane::peek).min() {
            if deliveries >= budget || is_over(deliveries) {
                return false;
            }
            let last = Client(first.0.saturating_add(self.width - 1));
            for lane in &mut self.lanes {
                deliveries += lane.hand_round(core, last, &mut self.asked, &patience);
                // No event overtakes an earlier one: those behind it wait as well.
                if is_over(deliveries) {
                    break;
                }
            }
            self.lanes.retain(|lane| lane.is_on_its_way(core));
        }
        self.asked.settle(core);
        true
    }
}

impl Lane {
    fn new(core: &mut Core, portion: Portion) -> Self {
        let Portion {
            entry,
            frame,
            mut audience,
        } = portion;
        if !audience.is_sorted() {
            audience.sort_unstable();
        }
        Self {
            number: core.frames.held_as(&entry, frame),
            entry,
            audience,
            next: 0,
            decided: Decided::new(&core.seats.meter),
        }
    }

    fn peek(&self) -> Option<Client> {
        self.audience.get(self.next).copied()
    }

    /// Offers the event to everyone up to `last`, or as many as there is patience for, at least one where
    /// there is anyone; answers to how many.
    fn hand_round(
        &mut self,
        core: &mut Core,
        last: Client,
        asked: &mut Asked,
        patience: &Patience,
    ) -> usize {
        let rest = &self.audience[self.next..];
        let count = rest.iter().take_while(|&&client| client <= last).count();
        core.registry.warm(&rest[..count]);
        let mut offered = 0;
        for &client in &rest[..count] {
            let (number, decided) = (self.number, &mut self.decided);
            offer(core, client, number, &self.entry, decided, asked);
            offered += 1;
            if self.entry.event.private && patience.is_over() {
                break;
            }
        }
        self.next += offered;
        offered
    }

    /// Whether someone is left; where not, its frame is released.
    fn is_on_its_way(&self, core: &mut Core) -> bool {
        let is_left = self.peek().is_some();
        if !is_left {
            core.frames.release(self.number);
        }
        is_left
    }
}

/// Offers one event to one member of its audience.
fn offer(
    core: &mut Core,
    client: Client,
    number: FrameNumber,
    entry: &Arc<Entry>,
    decided: &mut Decided,
    asked: &mut Asked,
) {
    let (now_ms, policies) = (core.now, core.policies);
    let (registry, mut posting) = core.posting();
    let Some(subscriber) = guard(registry, posting.tally, client, entry, decided) else {
        return;
    };
    subscriber.offered = entry.offset;
    subscriber.keep_up(policies);
    if asked.is_about(client) {
        asked.defer(client, number, entry, posting.frames);
        return;
    }
    if subscriber.mailbox.fits(posting.frames.size(number)) {
        posting.post(client, subscriber, number);
        return;
    }
    match subscriber.mailbox.when_full() {
        WhenFull::Always(verdict) => {
            let ticket = Ticket {
                client,
                serial: subscriber.serial,
            };
            if posting.settle(verdict, client, subscriber, number, entry) == After::End {
                core.end(ticket, LeaveReason::Slow);
            }
        }
        WhenFull::Ask => {
            asked.add(
                client,
                &subscriber.mailbox,
                entry.offset,
                now_ms,
                posting.frames,
            );
            asked.defer(client, number, entry, posting.frames);
        }
    }
}

/// Whom of an audience an event may go to: handles in an answer are hostile, and private events go
/// only where a token says so, whatever the policy answers.
pub(crate) fn guard<'a>(
    registry: &'a mut Registry,
    tally: &mut Tally,
    client: Client,
    entry: &Entry,
    decided: &mut Decided,
) -> Option<&'a mut Subscriber> {
    let subscriber = match registry.lookup(client) {
        Ok(subscriber) => subscriber,
        Err(Absent::Unknown) => return drop_for(tally, GuardDrop::Unknown),
        Err(Absent::Departed) => return drop_for(tally, GuardDrop::Departed),
    };
    match subscriber.position {
        Position::Live { since } if entry.offset >= since => {}
        Position::Live { .. } => return drop_for(tally, GuardDrop::BeforeJoin),
        Position::Fed { .. } => return None,
    }
    if entry.event.private && !decided.may(&subscriber.grants, &entry.event) {
        return drop_for(tally, GuardDrop::NotGranted);
    }
    if subscriber.offered >= entry.offset {
        return drop_for(tally, GuardDrop::Twice);
    }
    Some(subscriber)
}

fn drop_for<T>(tally: &mut Tally, why: GuardDrop) -> Option<T> {
    tally.guard(why);
    None
}
