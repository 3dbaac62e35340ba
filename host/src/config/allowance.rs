//! What a component may use, and what happens where it fails.

use std::time::Duration;

use umbel_hub::OnFailure;

use super::reader::Reader;

const DEADLINE_MIN: Duration = Duration::from_millis(1);
const DEADLINE_MAX: Duration = Duration::from_secs(10);
const MEMORY_BYTES_MIN: u64 = 1 << 20;
/// What the pool has room for.
const MEMORY_BYTES_MAX: u64 = umbel_engine::MEMORY_BYTES_MAX as u64;

/// What a component may use, and what happens where it fails; the same keys in `[policy]` and in
/// `[filter]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// CPU time of one call.
    pub deadline: Duration,
    /// Linear memory of one instance, in bytes.
    pub memory_bytes_max: u64,
    /// Percent of a shard's time that all calls for one tenant may take; 100: no limit.
    pub share_percent: u8,
    /// What happens to what it could not decide.
    pub on_failure: OnFailure,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            deadline: Duration::from_millis(10),
            memory_bytes_max: 64 << 20,
            share_percent: 25,
            on_failure: OnFailure::Closed,
        }
    }
}

impl Allowance {
    /// Reads the keys of `section`; what it does not say is as in `base`.
    pub(super) fn read(reader: &mut Reader<'_>, section: &str, base: &Self) -> Self {
        let path = |name: &str| format!("{section}.{name}");
        let (deadline, memory) = (
            DEADLINE_MIN..=DEADLINE_MAX,
            MEMORY_BYTES_MIN..=MEMORY_BYTES_MAX,
        );
        let hint = "write \"closed\" or \"open\"";
        let share = reader.percent(&path("share"), base.share_percent.into(), 1..=100);
        Self {
            deadline: reader.duration(&path("deadline"), base.deadline, deadline),
            memory_bytes_max: reader.bytes(&path("memory"), base.memory_bytes_max, memory),
            share_percent: u8::try_from(share).unwrap_or(u8::MAX),
            on_failure: reader
                .parsed(&path("on-failure"), hint, on_failure)
                .unwrap_or(base.on_failure),
        }
    }
}

fn on_failure(text: &str) -> Result<OnFailure, String> {
    match text {
        "closed" => Ok(OnFailure::Closed),
        "open" => Ok(OnFailure::Open),
        _ => Err(format!("neither \"closed\" nor \"open\", but \"{text}\"")),
    }
}
