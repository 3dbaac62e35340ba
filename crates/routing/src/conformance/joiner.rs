//! A subscriber as a case writes it.

use serde::{Deserialize, Serialize};
use umbel_selector::{Matcher, Selector};

/// A subscriber as a case writes it. What is left out is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Joiner {
    /// Its handle.
    pub client: u32,
    /// What it asks for.
    pub selectors: Vec<Spelling>,
    /// What it may receive of private events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Spelling>,
    /// Its claims as JSON text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub claims: String,
    /// Facts of its connection, as name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(String, String)>,
    /// Unix time in milliseconds at which it connected.
    #[serde(default)]
    pub joined_ms: u64,
}

/// A selector as a case writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spelling {
    /// The name of the matching language.
    pub matcher: String,
    /// The pattern.
    pub pattern: String,
}

impl Spelling {
    /// A selector of that language.
    #[must_use]
    pub fn new(matcher: &str, pattern: &str) -> Self {
        Self {
            matcher: matcher.to_owned(),
            pattern: pattern.to_owned(),
        }
    }

    pub(super) fn selector(&self) -> Selector {
        Selector::trusted(Matcher::named(&self.matcher), &self.pattern)
    }
}
