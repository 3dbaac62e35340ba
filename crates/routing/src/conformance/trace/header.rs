//! What a trace says of itself.

use serde::{Deserialize, Serialize};

/// The version of the format that is read and written here.
pub const TRACE_VERSION: u32 = 1;

/// The first line of a trace. A reader leaves out keys that it does not know: a writer may add some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TraceHeader {
    /// The version of the format.
    #[serde(rename = "umbel-trace")]
    pub version: u32,
    /// Whose calls they were; empty where they were nobody's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tenant: String,
    /// What decided: `sha256:` and the digest of its bytes in hexadecimal, or another word; empty where
    /// nothing did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub component: String,
    /// Whether payloads and claims are in it as they were; otherwise payloads are left out and claims
    /// are hashed, and a policy that looks at either may decide otherwise than it did.
    #[serde(default)]
    pub whole: bool,
    /// Unix time in milliseconds at which it was begun; 0 where that means nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub begun_ms: u64,
}

impl Default for TraceHeader {
    fn default() -> Self {
        Self {
            version: TRACE_VERSION,
            tenant: String::new(),
            component: String::new(),
            whole: false,
            begun_ms: 0,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
