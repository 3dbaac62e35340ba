//! The policy.

use umbel_guest::{
    Admission, Client, Event, FullMailbox, Mailbox, Members, Routing, Settings, Subscriber,
    Verdict, config,
};

use crate::config::Config;

/// Sheds chatter for those who cannot keep up, and nothing else.
#[derive(Default)]
pub(crate) struct PriorityByKind {
    config: Config,
}

impl PriorityByKind {
    fn is_chatter(&self, event: &Event) -> bool {
        let kind = event.kind.as_ref();
        kind.is_some_and(|kind| self.config.chatter.contains(kind))
    }
}

impl Routing for PriorityByKind {
    fn configure(settings: &Settings) -> Result<Self, String> {
        let config = config(settings)?;
        Ok(Self { config })
    }

    fn admit(&mut self, _: &Subscriber) -> Admission {
        Ok(Mailbox::asking())
    }

    fn route(&mut self, event: &Event, members: &Members) -> Vec<Client> {
        members.asking_for(event)
    }

    /// Chatter is for those who are there and keep up.
    fn feeds(&mut self, _: &Subscriber, event: &Event) -> bool {
        !self.is_chatter(event)
    }

    /// Dropping the chatter that does not fit would drop an alarm behind it as well.
    fn overflow(&mut self, _: &FullMailbox, rest: &[Event]) -> Verdict {
        match !rest.is_empty() && rest.iter().all(|event| self.is_chatter(event)) {
            true => Verdict::DropNewest,
            false => Verdict::CatchUp,
        }
    }
}
