//! The default policy.

mod factory;
mod group;
mod groups;
mod index;
mod journal;
mod keys;
mod memo;
mod patterns;
mod prefixes;
mod seats;
mod seen;
mod selection;
mod settings;
#[cfg(test)]
mod tests;
mod topics;

pub use factory::RouterFactory;
#[cfg(feature = "conformance")]
pub(crate) use settings::RouterSettings;

use crate::{Admission, Client, Dispatcher, EventView, Fault, FullMailbox};
use crate::{Profile, Refusal, Settings, SubscriberView, Verdict, Wants};
use index::Index;
use selection::Selection;
#[cfg(not(feature = "conformance"))]
use settings::RouterSettings;

/// The default policy: an event goes to every subscriber one of whose selectors covers one of its
/// topics, and a full mailbox is answered for as the operator configured it.
///
/// Grants and [`EventView::private`] are not looked at: the host narrows every audience by the grants
/// whatever a policy answers, so a second copy of that rule here would cost memory for each subscriber
/// and could only disagree.
///
/// The configuration is text, one `key = value` a line: `events` (default 1024) and `bytes` (default
/// `1MiB`) bound a mailbox, `when-full` says what happens at either bound (a verdict, default
/// `catch-up`, or `ask`), and with `ask`, `overflow` (default `catch-up`) is what
/// [`Dispatcher::overflow`] answers.
pub struct Router {
    profile: Profile,
    settings: RouterSettings,
    index: Index,
    /// Kept between calls for its allocations.
    selection: Selection,
}

impl Router {
    /// One past the highest handle that it takes: no table is sized by an absurd number.
    pub const CLIENTS_MAX: u32 = 16 << 20;

    /// A router as `settings` describe it.
    ///
    /// # Errors
    /// What is wrong with the configuration: which key, and what it may be.
    pub fn configure(settings: &Settings) -> Result<Self, String> {
        Ok(Self {
            profile: profile(),
            settings: RouterSettings::parse(&settings.config)?,
            index: Index::new(settings.seed),
            selection: Selection::default(),
        })
    }

    fn admit(&mut self, subscriber: &SubscriberView<'_>) -> Admission {
        if subscriber.client.0 >= Self::CLIENTS_MAX {
            return Err(Refusal {
                reason: "too many subscribers".to_owned(),
                retry_ms: None,
            });
        }
        self.index.join(subscriber.client, subscriber.selectors);
        Ok(self.settings.bounds)
    }
}

impl Dispatcher for Router {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        Ok(subscribers.iter().map(|s| self.admit(s)).collect())
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        for &client in clients {
            self.index.leave(client);
        }
        Ok(())
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        Ok(events
            .iter()
            .map(|e| self.index.audience(e.topics))
            .collect())
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        Ok(self.selection.select(&self.index, clients, events))
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        Ok(vec![self.settings.overflow; full.len()])
    }
}

fn profile() -> Profile {
    Profile {
        name: "umbel-dispatcher".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        wants: Wants::default(),
        matchers: Vec::new(),
    }
}
