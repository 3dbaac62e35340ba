//! Questions with the answers that are expected.

use serde::{Deserialize, Serialize};

use super::{Answer, Step};

/// Questions with the answers that are expected: one idea each. One file of `tests/conformance/vectors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The name of its file.
    pub name: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// In the order that they are asked in.
    pub steps: Vec<Turn>,
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// What is asked.
    #[serde(flatten)]
    pub step: Step,
    /// What is to be answered.
    pub answer: Answer,
}

impl Case {
    /// What is asked.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        self.steps.iter().map(|turn| turn.step.clone()).collect()
    }

    /// What is to be answered.
    #[must_use]
    pub fn answers(&self) -> Vec<Answer> {
        self.steps.iter().map(|turn| turn.answer.clone()).collect()
    }
}
