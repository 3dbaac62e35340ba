//! Whether a policy keeps the contract, whatever it decides.

mod examiner;

use examiner::Examiner;

use super::{Answer, Rule, Step};
use crate::{Dispatcher, Fault, Settings};

/// One case for an examination.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the policy is configured with.
    pub settings: Settings,
    /// The same subscribers and events come for the same seed.
    pub seed: u64,
    /// How many calls, or pairs of `route` and `select`.
    pub steps: usize,
    /// Subscribers that join in one call, at most.
    pub joiners: u32,
    /// Events that are routed in one call, at most.
    pub batch: u32,
    /// Whether everybody joins a new instance at the end. Then nothing is routed before: what a policy
    /// remembers of events is lost with an instance, as its author knows.
    pub rejoin: bool,
}

/// What came of a case.
#[derive(Debug, Default)]
pub struct Examined {
    /// What was asked.
    pub steps: Vec<Step>,
    /// What was answered to each.
    pub answers: Vec<Answer>,
    /// What of the contract was broken, each rule once.
    pub breaches: Vec<Breach>,
}

/// Something of the contract was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// What.
    pub rule: Rule,
    /// By the answer to which of the steps.
    pub step: usize,
    /// How.
    pub detail: String,
}

/// Asks instances from `make` what `plan` says, as a hub would ask, and checks every answer. Ends with
/// the first call that fails.
pub fn examine<M>(make: M, plan: &Plan) -> Examined
where
    M: FnMut(&Settings) -> Result<Box<dyn Dispatcher>, Fault>,
{
    Examiner::new(make, plan).done()
}
