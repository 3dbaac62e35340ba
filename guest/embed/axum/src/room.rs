//! Who is present, and what the policy says about them.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use slab::Slab;
use umbel_event::{Event, EventId, Kind, Offset, Topic};
use umbel_routing::{
    Client, DispatcherFactory, EventView, Fault, FullMailbox, SubscriberView, Verdict, WhenFull,
};
use umbel_selector::Selector;
use umbel_sse::Frame;

use crate::mailbox::{Mailbox, Parcel};
use crate::member::{Member, client};
use crate::publication::Publication;
use crate::refused::Refused;
use crate::seat::Seat;

/// Clients at once.
const MEMBERS_MAX: usize = 10_000;
/// Members that a new instance is told of in one call.
const SLICE: usize = 64;
/// Instances that are tried in a row, where members' re-joining fails.
const TRIES_MAX: u32 = 3;

/// Who is present, and the policy that is asked about them. Used by one thread: a call takes as long as its deadline
/// allows.
pub(crate) struct Room {
    seat: Seat,
    members: Slab<Member>,
    last: Offset,
}

impl Room {
    pub(crate) fn new(factory: Box<dyn DispatcherFactory>) -> Result<Self, Fault> {
        Ok(Self {
            seat: Seat::new(factory)?,
            members: Slab::new(),
            last: Offset(0),
        })
    }

    pub(crate) fn members(&self) -> usize {
        self.members.len()
    }

    /// Lets a client in, or does not: a newcomer on whom the policy fails is turned away alone.
    pub(crate) fn join(&mut self, selectors: Vec<Selector>) -> Result<Arc<Mailbox>, Refused> {
        if self.members.len() == MEMBERS_MAX {
            return Err(Refused::Full);
        }
        if !self.has_policy() {
            return Err(Refused::Unavailable);
        }
        let mut newcomer = Member {
            selectors,
            joined_ms: now_ms(),
            mailbox: std::sync::Weak::new(),
            given: self.last,
        };
        let view = newcomer.view(self.members.vacant_key());
        let answer = self.seat.ask(|policy| policy.join(&[view]));
        let Some(admission) = answer.and_then(|admissions| admissions.into_iter().next()) else {
            return Err(Refused::Unavailable);
        };
        let bounds = admission.map_err(|refusal| Refused::ByPolicy {
            reason: refusal.reason,
            retry_ms: refusal.retry_ms,
        })?;
        let mailbox = Arc::new(Mailbox::new(bounds));
        newcomer.mailbox = Arc::downgrade(&mailbox);
        self.members.insert(newcomer);
        Ok(mailbox)
    }

    /// Forgets those whose connections have gone.
    pub(crate) fn reap(&mut self) {
        let members = self.members.iter();
        let gone: Vec<usize> = members
            .filter(|(_, m)| m.is_gone())
            .map(|(key, _)| key)
            .collect();
        if gone.is_empty() {
            return;
        }
        let clients: Vec<Client> = gone.iter().map(|key| client(*key)).collect();
        // Another instance is not told of them in the first place.
        self.seat.ask(|policy| policy.leave(&clients));
        for key in gone {
            self.members.remove(key);
        }
    }

    /// Hands an event to those whom it is for, and answers with its id.
    pub(crate) fn publish(&mut self, publication: Publication) -> Result<EventId, Refused> {
        if !self.has_policy() {
            return Err(Refused::Unavailable);
        }
        self.last = self.last.next();
        let offset = self.last;
        let id = EventId::new(&offset.0.to_string()).expect("a number is an id");
        let Publication { topics, kind, data } = publication;
        let event = Event {
            topics,
            id: id.clone(),
            kind,
            retry_ms: None,
            private: false,
            accepted_ms: now_ms(),
            data,
        };
        let topics: Vec<&str> = event.topics.iter().map(Topic::as_str).collect();
        let view = view(&event, offset, &topics);
        let audience = self.seat.ask(|policy| policy.route(&[view]));
        let audience = audience.and_then(|audiences| audiences.into_iter().next());
        self.deliver(&event, audience.ok_or(Refused::Unavailable)?);
        Ok(id)
    }

    /// Puts the event into the mailboxes of `audience`. A handle that was never given out, or comes twice, is nobody's.
    fn deliver(&mut self, event: &Event, audience: Vec<Client>) {
        let parcel = Parcel {
            topic: event.topics.canonical().clone(),
            frame: Frame::event(event).bytes(),
        };
        let mut full = Vec::new();
        for client in audience {
            let Some(member) = self.members.get_mut(client.index()) else {
                continue;
            };
            if std::mem::replace(&mut member.given, self.last) == self.last {
                continue;
            }
            let Some(mailbox) = member.mailbox.upgrade() else {
                continue;
            };
            if mailbox.offer(&parcel) {
                continue;
            }
            match mailbox.when_full() {
                WhenFull::Always(verdict) => mailbox.settle(verdict, &parcel),
                WhenFull::Ask => full.push((client, mailbox)),
            }
        }
        self.settle(&full, &parcel);
    }

    /// Asks what happens at these full mailboxes. Where that fails the event is dropped there; nobody else is concerned.
    fn settle(&mut self, full: &[(Client, Arc<Mailbox>)], parcel: &Parcel) {
        if full.is_empty() {
            return;
        }
        let offset = self.last;
        let question = |(client, mailbox): &(Client, Arc<Mailbox>)| {
            let filling = mailbox.filling();
            FullMailbox {
                client: *client,
                offset,
                events: filling.events,
                bytes: filling.bytes,
                oldest_ms: filling.oldest_ms,
            }
        };
        let questions: Vec<FullMailbox> = full.iter().map(question).collect();
        let verdicts = self.seat.ask(|policy| policy.overflow(&questions));
        let verdicts = verdicts.unwrap_or_else(|| vec![Verdict::DropNewest; full.len()]);
        for ((_, mailbox), verdict) in full.iter().zip(verdicts) {
            mailbox.settle(verdict, parcel);
        }
    }

    /// Whether there is someone to ask. Where an instance has failed a new one is told of everyone present; streams
    /// stay open meanwhile. Whom it fails on is let go, and the next one tried.
    fn has_policy(&mut self) -> bool {
        for _ in 0..TRIES_MAX {
            if !self.seat.is_empty() {
                return true;
            }
            if !self.seat.fill() {
                return false;
            }
            self.rejoin();
        }
        if self.seat.is_empty() {
            self.seat.rest();
        }
        !self.seat.is_empty()
    }

    fn rejoin(&mut self) {
        let keys: Vec<usize> = self.members.iter().map(|(key, _)| key).collect();
        for slice in keys.chunks(SLICE) {
            let views: Vec<SubscriberView<'_>> = slice
                .iter()
                .map(|key| self.members[*key].view(*key))
                .collect();
            let answer = self.seat.ask(|policy| policy.join(&views));
            let failed = answer.is_none();
            let is_in = answer.into_iter().flatten().map(|a| a.is_ok());
            for (key, is_in) in slice.iter().zip(is_in.chain(std::iter::repeat(false))) {
                if !is_in {
                    self.end(*key);
                }
            }
            if failed {
                return;
            }
        }
    }

    fn end(&mut self, key: usize) {
        if let Some(mailbox) = self.members.remove(key).mailbox.upgrade() {
            mailbox.end();
        }
    }
}

fn view<'a>(event: &'a Event, offset: Offset, topics: &'a [&'a str]) -> EventView<'a> {
    EventView {
        offset,
        id: event.id.as_str(),
        topics,
        kind: event.kind.as_ref().map(Kind::as_str),
        private: false,
        accepted_ms: event.accepted_ms,
        size: u32::try_from(event.data.len()).unwrap_or(u32::MAX),
        data: Some(&event.data),
        attributes: &[],
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
