//! The policy that a layer is plugged in front of.

use crate::behind_bindings::umbel::hub::{fan_out, queue_policy};
use crate::{
    Admission, Client, Event, FullMailbox, Mailbox, Policy, Profile, Refusal, Settings, Subscriber,
    Verdict, WhenFull,
};

/// The policy that a layer is plugged in front of: whatever a composition puts behind it, a component with a
/// memory of its own. A layer is a [`Policy`] that asks another one; written over any `P: Policy`, its tests put one in
/// Rust there.
///
/// What it imports has to be given to it before a hub takes it: alone it is refused.
pub struct Plugged(());

impl Policy for Plugged {
    fn configure(settings: Settings) -> Result<(Self, Profile), String> {
        Ok((Self(()), fan_out::configure(&settings)?))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        let admissions = fan_out::join(&subscribers);
        admissions.into_iter().map(admission).collect()
    }

    fn leave(&mut self, clients: &[Client]) {
        fan_out::leave(clients);
    }

    fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
        fan_out::route(events)
    }

    fn select(&mut self, clients: &[Client], events: &[Event]) -> Vec<Vec<u32>> {
        fan_out::select(clients, events)
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        let full: Vec<_> = full.iter().map(full_mailbox).collect();
        let verdicts = queue_policy::overflow(&full);
        verdicts.into_iter().map(verdict).collect()
    }
}

fn admission(admission: Result<fan_out::Mailbox, fan_out::Refusal>) -> Admission {
    let refusal = |refusal: fan_out::Refusal| Refusal {
        reason: refusal.reason,
        retry_ms: refusal.retry_ms,
    };
    let mailbox = |mailbox: fan_out::Mailbox| Mailbox {
        events_max: mailbox.events_max,
        bytes_max: mailbox.bytes_max,
        when_full: match mailbox.when_full {
            fan_out::WhenFull::Always(always) => WhenFull::Always(verdict(always)),
            fan_out::WhenFull::Ask => WhenFull::Ask,
        },
    };
    admission.map(mailbox).map_err(refusal)
}

fn verdict(verdict: fan_out::Verdict) -> Verdict {
    match verdict {
        fan_out::Verdict::DropNewest => Verdict::DropNewest,
        fan_out::Verdict::DropOldest => Verdict::DropOldest,
        fan_out::Verdict::Conflate => Verdict::Conflate,
        fan_out::Verdict::CatchUp => Verdict::CatchUp,
        fan_out::Verdict::Disconnect => Verdict::Disconnect,
    }
}

fn full_mailbox(full: &FullMailbox) -> queue_policy::FullMailbox {
    queue_policy::FullMailbox {
        client: full.client,
        offset: full.offset,
        events: full.events,
        bytes: full.bytes,
        oldest_ms: full.oldest_ms,
    }
}
