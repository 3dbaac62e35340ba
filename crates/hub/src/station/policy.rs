//! The policy instance of a station: called, and built anew when it fails.

use std::sync::Arc;

use umbel_routing::{
    Admission, Client, Dispatcher, DispatcherFactory, Export, Fault, FaultClass, MailboxBounds,
    SubscriberView, Verdict, WhenFull,
};

use super::mailbox::Mailbox;
use super::registry::{Registry, Ticket};
use crate::MailboxConfig;
use crate::metrics::TenantMetrics;

/// Subscribers in the first slice of a re-join; slices double while they go well.
const REJOIN_SLICE_MIN: usize = 16;
/// Subscribers in one slice at most, so that one call stays short.
const REJOIN_SLICE_MAX: usize = 1024;
/// Instances that one re-join may use up while it looks for whoever makes it fail.
const REJOIN_ATTEMPTS_MAX: usize = 64;
/// Milliseconds before a policy that could not be built is tried again.
const RETRY_MS: u64 = 1_000;

/// Bounds of a mailbox that the policy has not been asked about yet.
pub(crate) const UNASKED: MailboxBounds = MailboxBounds {
    events_max: 1,
    bytes_max: 0,
    when_full: WhenFull::Always(Verdict::CatchUp),
};

/// The policy instance of a station. An instance that failed is never called again.
pub(crate) struct Policy {
    factory: Arc<dyn DispatcherFactory>,
    instance: Option<Box<dyn Dispatcher>>,
    metrics: Arc<TenantMetrics>,
    ceilings: MailboxConfig,
    /// Not before this is another instance built.
    retry_at_ms: u64,
}

impl Policy {
    pub(crate) fn new(
        factory: Arc<dyn DispatcherFactory>,
        metrics: Arc<TenantMetrics>,
        ceilings: MailboxConfig,
    ) -> Self {
        Self {
            factory,
            instance: None,
            metrics,
            ceilings,
            retry_at_ms: 0,
        }
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        self.instance.as_ref().map_or(0, |i| i.memory_bytes())
    }

    /// Gives the instance up: the last subscriber has left, and nobody needs what it holds.
    pub(crate) fn rest(&mut self) {
        self.instance = None;
    }

    /// Calls the instance. A failure is counted, logged, and the end of that instance.
    pub(crate) fn call<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Dispatcher) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let Some(instance) = &mut self.instance else {
            return Err(Fault {
                export: Export::Instantiate,
                class: FaultClass::Host,
                detail: "the policy is down".into(),
            });
        };
        call(instance.as_mut()).inspect_err(|fault| {
            self.instance = None;
            self.note(fault);
        })
    }

    /// Whether there is an instance, or one may be built now.
    pub(crate) fn may_run(&self, now_ms: u64) -> bool {
        self.instance.is_some() || now_ms >= self.retry_at_ms
    }

    /// Makes sure that there is an instance which knows everyone present. Answers whether there is one,
    /// and whose streams are to end: the policy fails on them, or no longer wants them.
    pub(crate) fn ensure(&mut self, registry: &mut Registry, now_ms: u64) -> (bool, Vec<Ticket>) {
        let mut ended = Vec::new();
        if self.instance.is_some() || now_ms < self.retry_at_ms {
            return (self.instance.is_some(), ended);
        }
        let mut slice_max = REJOIN_SLICE_MAX;
        for _ in 0..REJOIN_ATTEMPTS_MAX {
            match self.factory.create() {
                Ok(instance) => self.instance = Some(instance),
                Err(fault) => {
                    self.note(&fault);
                    break;
                }
            }
            match self.rejoin(registry, slice_max, &mut ended) {
                Ok(()) => return (true, ended),
                Err(slice) if slice.len() == 1 => {
                    ended.push(slice[0]);
                    slice_max = REJOIN_SLICE_MAX;
                }
                // Whoever makes the call fail is found by halving.
                Err(slice) => slice_max = slice.len() / 2,
            }
        }
        self.instance = None;
        self.retry_at_ms = now_ms + RETRY_MS;
        (false, ended)
    }

    /// Joins everyone present who is not to end anyway; on a failure, the slice that failed.
    fn rejoin(
        &mut self,
        registry: &mut Registry,
        slice_max: usize,
        ended: &mut Vec<Ticket>,
    ) -> Result<(), Vec<Ticket>> {
        let present: Vec<Ticket> = registry
            .iter()
            .map(|(client, s)| Ticket {
                client,
                serial: s.serial,
            })
            .filter(|t| !ended.contains(t))
            .collect();
        let mut rest = present.as_slice();
        let mut size = REJOIN_SLICE_MIN.min(slice_max).max(1);
        while !rest.is_empty() {
            let (slice, after) = rest.split_at(size.min(rest.len()));
            let answers = self
                .join_present(registry, slice)
                .map_err(|_| slice.to_vec())?;
            for (ticket, answer) in slice.iter().zip(answers) {
                match (answer, registry.get_mut(*ticket)) {
                    (Ok(bounds), Some(subscriber)) => {
                        subscriber
                            .mailbox
                            .set_bounds(Mailbox::clamp(bounds, &self.ceilings));
                    }
                    _ => ended.push(*ticket),
                }
            }
            rest = after;
            size = (size * 2).min(slice_max);
        }
        Ok(())
    }

    fn join_present(
        &mut self,
        registry: &Registry,
        slice: &[Ticket],
    ) -> Result<Vec<Admission>, Fault> {
        let views: Vec<SubscriberView<'_>> = slice
            .iter()
            .filter_map(|t| Some(registry.get(*t)?.view(t.client)))
            .collect();
        self.call(|p| p.join(&views))
    }

    /// Tells the instance who left; where there is none, the next one will never hear of them.
    pub(crate) fn leave(&mut self, clients: &[Client]) {
        if self.instance.is_some() {
            // A failure here is dealt with by the next call that needs an instance.
            let _ = self.call(|p| p.leave(clients));
        }
    }

    /// A mailbox as the policy wants it, within the host's ceilings.
    pub(crate) fn mailbox(&self, wanted: MailboxBounds) -> Mailbox {
        Mailbox::new(Mailbox::clamp(wanted, &self.ceilings))
    }

    fn note(&self, fault: &Fault) {
        self.metrics.fault(fault.class);
        tracing::warn!(
            tenant = self.metrics.tenant(),
            export = fault.export.name(),
            class = fault.class.name(),
            detail = %fault.detail.escape_debug(),
            "the policy failed; its instance is replaced"
        );
    }
}
