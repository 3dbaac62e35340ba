//! A change of a tenant's components on its way to all of its stations.
//!
//! Every station prepares the new instances beside the old ones and says so. When all have, one place in
//! the log is chosen under its append lock: no station can have routed it yet. What comes before it is
//! decided by the old instances on every shard, what comes at or after it by the new ones.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use umbel_event::Offset;

use super::version::Change;

/// Stands for "not chosen yet".
const NO_CUT: u64 = u64::MAX;

/// A change on its way.
pub(crate) struct Rollout {
    pub(crate) change: Change,
    /// Whether subscribers whom the new policy refuses are ended, instead of standing in its way.
    pub(crate) allow_refusals: bool,
    cut: AtomicU64,
    /// One of each station.
    reports: Mutex<Vec<Report>>,
    /// Told of each new report.
    pub(crate) changed: Notify,
}

/// How far a station is with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// It has said nothing yet.
    Preparing,
    /// Its new instances know everyone present; so many of them were refused.
    Ready { refused: usize },
    /// Its new instances failed.
    Failed(String),
    /// The new instances decide.
    Switched,
}

impl Report {
    /// Why it has failed, where it has.
    pub(crate) fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed(why) => Some(why),
            _ => None,
        }
    }
}

impl Rollout {
    pub(crate) fn new(change: Change, allow_refusals: bool, stations: usize) -> Arc<Self> {
        Arc::new(Self {
            change,
            allow_refusals,
            cut: AtomicU64::new(NO_CUT),
            reports: Mutex::new(vec![Report::Preparing; stations]),
            changed: Notify::new(),
        })
    }

    /// The first event that the new instances decide on, once that is known.
    pub(crate) fn cut(&self) -> Option<Offset> {
        match self.cut.load(Ordering::Acquire) {
            NO_CUT => None,
            cut => Some(Offset(cut)),
        }
    }

    /// Chooses it; to be called while nothing can be appended.
    pub(crate) fn set_cut(&self, cut: Offset) {
        self.cut.store(cut.0, Ordering::Release);
    }

    /// A station says how far it is.
    pub(crate) fn report(&self, shard: usize, report: Report) {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        if reports[shard] != report {
            reports[shard] = report;
            drop(reports);
            self.changed.notify_one();
        }
    }

    /// What each station has said last.
    pub(crate) fn reports(&self) -> Vec<Report> {
        let reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        reports.clone()
    }
}
