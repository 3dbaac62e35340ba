//! What a policy answered.

use serde::{Deserialize, Serialize};

use crate::{Admission, Fault, Verdict, WhenFull};

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

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

/// One number for all these answers: 64-bit FNV-1a over each as compact JSON, in the order of their
/// fields, each followed by a line feed.
#[must_use]
pub fn digest(answers: &[Answer]) -> u64 {
    let lines = answers.iter().flat_map(|a| {
        let json = serde_json::to_vec(a).unwrap_or_else(|_| b"unwritable".to_vec());
        json.into_iter().chain([b'\n'])
    });
    lines.fold(FNV_OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
    })
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
