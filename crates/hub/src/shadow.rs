//! A candidate that runs beside the policy, and where their decisions differ.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::{About, PolicyVersion};

/// Differences that are kept as examples.
const EXAMPLES_MAX: usize = 20;
/// Handles that an example names of each side.
const EXAMPLE_CLIENTS_MAX: usize = 10;

/// A candidate that runs beside the policy. On each shard both sides start fresh from one snapshot of who
/// is there, are told of the same comings and goings, and decide on the same sample of batches.
pub struct Shadow {
    pub(crate) candidate: PolicyVersion,
    /// Of so many batches one is compared.
    pub(crate) sample: u32,
    report: Mutex<ShadowReport>,
}

/// What was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ShadowReport {
    /// Decisions compared: events routed.
    pub compared: u64,
    /// Those that differ.
    pub differ: u64,
    /// Subscribers admitted by one side alone, or with other mailboxes.
    pub admissions_differ: u64,
    /// Failed calls of the candidate.
    pub candidate_faults: u64,
    /// Failed calls of the fresh instance of the present policy.
    pub live_faults: u64,
    /// Some of the differences, the first ones found.
    pub examples: Vec<ShadowExample>,
}

/// One decision that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ShadowExample {
    /// Place in the log.
    pub offset: u64,
    /// The canonical topic.
    pub topic: String,
    /// How many get it from the present policy alone, and some of their handles.
    pub live_only: usize,
    /// As said.
    pub live_only_clients: Vec<u32>,
    /// How many get it from the candidate alone, and some of their handles.
    pub candidate_only: usize,
    /// As said.
    pub candidate_only_clients: Vec<u32>,
}

impl Shadow {
    /// A candidate that is compared on one of `sample` batches.
    pub fn new(candidate: PolicyVersion, sample: u32) -> Arc<Self> {
        Arc::new(Self {
            candidate,
            sample: sample.max(1),
            report: Mutex::default(),
        })
    }

    /// What is known of the candidate.
    pub fn about(&self) -> &Arc<About> {
        &self.candidate.about
    }

    /// Of so many batches one is compared.
    pub fn sample(&self) -> u32 {
        self.sample
    }

    /// What was found so far, on all shards.
    pub fn report(&self) -> ShadowReport {
        self.report
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn note(&self, note: impl FnOnce(&mut ShadowReport)) {
        note(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl ShadowReport {
    /// The two sides differ on one event.
    pub(crate) fn differs(&mut self, offset: u64, topic: &str, live: &[u32], candidate: &[u32]) {
        self.differ += 1;
        if self.examples.len() < EXAMPLES_MAX {
            let some = |clients: &[u32]| {
                let some = clients.iter().take(EXAMPLE_CLIENTS_MAX);
                some.copied().collect()
            };
            self.examples.push(ShadowExample {
                offset,
                topic: topic.to_owned(),
                live_only: live.len(),
                live_only_clients: some(live),
                candidate_only: candidate.len(),
                candidate_only_clients: some(candidate),
            });
        }
    }
}
