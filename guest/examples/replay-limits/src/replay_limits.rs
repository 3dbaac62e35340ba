//! The policy.

use std::collections::BTreeMap;

use umbel_guest::{
    Admission, Client, Event, Mailbox, Members, Routing, Settings, Subscriber, claims, config,
};

use crate::claims::Claims;
use crate::config::Config;

/// Replays what the plan of a subscriber allows.
#[derive(Default)]
pub(crate) struct ReplayLimits {
    config: Config,
    /// How far back those may go who may at all, in milliseconds.
    limits_ms: BTreeMap<Client, u64>,
}

impl Routing for ReplayLimits {
    const WANTS: &'static [&'static str] = &["claims"];

    fn configure(settings: &Settings) -> Result<Self, String> {
        let config = config(settings)?;
        Ok(Self {
            config,
            ..Self::default()
        })
    }

    fn admit(&mut self, subscriber: &Subscriber) -> Admission {
        let plan = claims::<Claims>(subscriber).and_then(|claims| claims.plan);
        if let Some(seconds) = plan.and_then(|plan| self.config.plans.get(&plan)) {
            let limit_ms = u64::from(*seconds) * 1_000;
            self.limits_ms.insert(subscriber.client, limit_ms);
        }
        Ok(Mailbox::default())
    }

    fn leave(&mut self, member: &Subscriber) {
        self.limits_ms.remove(&member.client);
    }

    fn route(&mut self, event: &Event, members: &Members) -> Vec<Client> {
        members.asking_for(event)
    }

    /// Not measured from now: who catches up may take its time.
    fn feeds(&mut self, member: &Subscriber, event: &Event) -> bool {
        let limit_ms = self.limits_ms.get(&member.client).copied();
        event.accepted_ms.saturating_add(limit_ms.unwrap_or(0)) >= member.joined_ms
    }
}
