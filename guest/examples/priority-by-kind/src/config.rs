//! What the operator says.

use serde::Deserialize;

/// What the operator says.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Kinds of events that may be shed. An event without a kind is of none of them.
    pub(crate) chatter: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            chatter: vec!["chatter".into()],
        }
    }
}
