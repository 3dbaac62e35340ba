//! What a policy answered.

use serde::{Deserialize, Serialize};

use crate::{Admission, Fault, Verdict, WhenFull};

/// What a policy answered to one step, as a decision: what the contract gives no meaning to, the order
/// of an audience and clients listed twice, is taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// Whether it took its configuration.
    Configured(bool),
    /// One for each subscriber.
    Admissions(Vec<Entry>),
    /// `leave` answers nothing.
    Left,
    /// The clients for each event, ascending.
    Audiences(Vec<Vec<u32>>),
    /// The indexes of events for each client, as answered.
    Selections(Vec<Vec<u32>>),
    /// The name of one verdict for each full mailbox.
    Verdicts(Vec<String>),
    /// The call failed, and nothing was asked after it.
    Failed(Failure),
}

/// The answer to one subscriber that wants to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// It has joined.
    Mailbox {
        /// Events that may wait.
        events_max: u32,
        /// Bytes that may wait.
        bytes_max: u32,
        /// The name of a verdict, or `ask`.
        when_full: String,
    },
    /// It has not.
    Refusal {
        /// Why.
        reason: String,
        /// Milliseconds after which it may try again; none: never.
        retry_ms: Option<u32>,
    },
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The name of the export.
    pub export: String,
    /// The name of the class.
    pub class: String,
}

impl Answer {
    /// It as a line of JSON, without the line feed: what a trace holds and what a digest is of.
    pub(super) fn line(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| b"unwritable".to_vec())
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Self {
        Self::Failed(Failure {
            export: fault.export.name().to_owned(),
            class: fault.class.name().to_owned(),
        })
    }
}

impl From<Admission> for Entry {
    fn from(admission: Admission) -> Self {
        match admission {
            Ok(bounds) => Self::Mailbox {
                events_max: bounds.events_max,
                bytes_max: bounds.bytes_max,
                when_full: when_full(bounds.when_full).to_owned(),
            },
            Err(refusal) => Self::Refusal {
                reason: refusal.reason,
                retry_ms: refusal.retry_ms,
            },
        }
    }
}

const fn when_full(when_full: WhenFull) -> &'static str {
    match when_full {
        WhenFull::Always(verdict) => verdict.name(),
        WhenFull::Ask => "ask",
    }
}

pub(super) fn verdicts(verdicts: &[Verdict]) -> Answer {
    Answer::Verdicts(verdicts.iter().map(|v| v.name().to_owned()).collect())
}
