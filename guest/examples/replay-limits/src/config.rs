//! What the operator says.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What the operator says.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// How many seconds before it connected a subscriber of each plan may go back.
    pub(crate) plans: BTreeMap<String, u32>,
}
