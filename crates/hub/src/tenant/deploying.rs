//! Changing what decides for a tenant while its streams stay open.

use std::sync::Arc;
use std::time::{Duration, Instant};

use umbel_event::Offset;

use super::Tenant;
use super::rollout::{Report, Rollout};
use super::version::{About, Change};
use crate::link::Link;

/// How long stations may take to prepare new instances.
const PREPARE_MAX: Duration = Duration::from_secs(30);

/// How long stations may take to reach the cut once it was chosen; the change is made all the same.
const SWITCH_MAX: Duration = Duration::from_secs(5);

/// A change was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The first event that the new component decides on.
    pub cut: Offset,
    /// How long it took to prepare.
    pub prepared: Duration,
    /// Whether every shard has switched by now; where not, it does as soon as it has routed what came
    /// before the cut.
    pub complete: bool,
}

/// A change was not made: the present components stay, and nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeployError {
    /// Another change is on its way.
    #[error("another change of this tenant is on its way")]
    Busy,
    /// The new policy refuses subscribers who are present.
    #[error("it refuses {refused} of the subscribers who are present")]
    Refusals {
        /// How many.
        refused: usize,
    },
    /// An instance of the new component failed.
    #[error("it fails with the subscribers who are present: {0}")]
    Failed(String),
    /// It was not ready in time.
    #[error("it was not ready within {} s", PREPARE_MAX.as_secs())]
    Slow,
    /// There is nothing to go back to.
    #[error("there is nothing to go back to")]
    NoPrevious,
    /// The tenant is going away.
    #[error("the tenant is going away")]
    Closing,
}

impl Tenant {
    /// What decides now: the policy, and the filter where there is one.
    pub fn components(&self) -> (Arc<About>, Option<Arc<About>>) {
        let current = self.components.state().current;
        (current.policy.about, current.filter.map(|f| f.about))
    }

    /// What a rollback of the policy would bring back.
    pub fn previous_policy(&self) -> Option<Arc<About>> {
        match self.components.state().previous_policy? {
            Change::Policy(policy) => Some(policy.about),
            Change::Filter(_) => None,
        }
    }

    /// Changes a component on all shards at one place in the log. Dropped before it has answered, it
    /// leaves everything as it was, or is complete.
    ///
    /// # Errors
    /// Where the new component is not fit for those who are present, or another change is on its way.
    pub async fn deploy(
        &self,
        change: Change,
        allow_refusals: bool,
    ) -> Result<Deployed, DeployError> {
        if self.is_closing() {
            return Err(DeployError::Closing);
        }
        let rollout = Rollout::new(change, allow_refusals, self.links.len());
        if !self.components.begin(&rollout) {
            return Err(DeployError::Busy);
        }
        let attempt = Attempt {
            tenant: self,
            open: true,
        };
        let started = Instant::now();
        self.wake_all();
        match tokio::time::timeout(PREPARE_MAX, self.prepared(&rollout)).await {
            Ok(result) => result?,
            Err(_) => return Err(DeployError::Slow),
        }
        check_refusals(&rollout)?;
        let prepared = started.elapsed();
        let us = u64::try_from(prepared.as_micros()).unwrap_or(u64::MAX);
        self.metrics.swap_seconds.observe(us);
        let mut cut = Offset(0);
        self.log.cut(&mut |next| {
            rollout.set_cut(next);
            cut = next;
        });
        attempt.commit();
        let switched = tokio::time::timeout(SWITCH_MAX, self.switched(&rollout)).await;
        let complete = switched == Ok(true);
        Ok(Deployed {
            cut,
            prepared,
            complete,
        })
    }

    /// Goes back to the policy that ran before.
    ///
    /// # Errors
    /// As [`Self::deploy`]; where none ran before.
    pub async fn rollback_policy(&self, allow_refusals: bool) -> Result<Deployed, DeployError> {
        let previous = self.components.state().previous_policy;
        self.deploy(previous.ok_or(DeployError::NoPrevious)?, allow_refusals)
            .await
    }

    /// Goes back to the filter, or to there being none, that was before.
    ///
    /// # Errors
    /// As [`Self::deploy`]; where none was before.
    pub async fn rollback_filter(&self) -> Result<Deployed, DeployError> {
        let previous = self.components.state().previous_filter;
        self.deploy(previous.ok_or(DeployError::NoPrevious)?, true)
            .await
    }

    /// Done once every station that is there is ready, or one has failed.
    async fn prepared(&self, rollout: &Rollout) -> Result<(), DeployError> {
        loop {
            if self.is_closing() {
                return Err(DeployError::Closing);
            }
            let reports = rollout.reports();
            let failed = reports.iter().find_map(Report::failure);
            if let Some(why) = failed {
                return Err(DeployError::Failed(why.to_owned()));
            }
            let missing = |(report, link): (&Report, &Link)| {
                link.is_attached() && *report == Report::Preparing
            };
            if !reports.iter().zip(&self.links).any(missing) {
                return Ok(());
            }
            rollout.changed.notified().await;
        }
    }

    /// Done once every station that was ready has switched; false where the tenant goes away first. A
    /// station that has come since has nothing to switch from.
    async fn switched(&self, rollout: &Rollout) -> bool {
        loop {
            let is_ready = |report: &Report| matches!(report, Report::Ready { .. });
            if !rollout.reports().iter().any(is_ready) {
                return true;
            }
            if self.is_closing() {
                return false;
            }
            rollout.changed.notified().await;
        }
    }
}

fn check_refusals(rollout: &Rollout) -> Result<(), DeployError> {
    let refused = rollout.reports().into_iter().map(|report| match report {
        Report::Ready { refused } => refused,
        _ => 0,
    });
    match refused.sum() {
        0 => Ok(()),
        _ if rollout.allow_refusals => Ok(()),
        refused => Err(DeployError::Refusals { refused }),
    }
}

/// Takes a change back unless it was made, also where whoever asked for it has gone.
struct Attempt<'a> {
    tenant: &'a Tenant,
    open: bool,
}

impl Attempt<'_> {
    fn commit(mut self) {
        self.open = false;
        let tenant = self.tenant;
        tenant.components.commit();
        let (policy, _) = tenant.components();
        tenant.metrics.policy_info.show(&tenant.name, &policy);
        self.tenant.wake_all();
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.open {
            self.tenant.components.withdraw();
            self.tenant.wake_all();
        }
    }
}
