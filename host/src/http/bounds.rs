//! How much one request may hold.

use umbel_hub::topics_bytes_max;

/// Bytes of a body that stand neither in a payload nor in a topic: names, ids, fields that are
/// ignored.
const FORM_SLACK_BYTES: usize = 8192;

/// Bytes around one topic: `topic=` and `&`.
const TOPIC_FIELD_BYTES: usize = 7;

/// Percent-encoding writes one byte as three at most.
const ENCODED_BYTES_PER_BYTE: usize = 3;

/// How much one request may hold; configuration section `[limits]`.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    /// Selectors of one subscription.
    pub(crate) selectors_max: usize,
    /// Bytes of one selector.
    pub(crate) selector_bytes_max: usize,
    /// Topics of one event.
    pub(crate) topics_max: usize,
    /// Bytes of one topic.
    pub(crate) topic_bytes_max: usize,
    /// Bytes of one payload.
    pub(crate) event_bytes_max: usize,
}

impl Bounds {
    /// Bytes that the body of a publication may have: everything at its limit, all of it encoded.
    pub(crate) fn body_bytes_max(&self) -> usize {
        let topics = topics_bytes_max(self.topic_bytes_max)
            .saturating_add(self.topics_max.saturating_mul(TOPIC_FIELD_BYTES));
        let payload = self.event_bytes_max.saturating_add(topics);
        payload
            .saturating_mul(ENCODED_BYTES_PER_BYTE)
            .saturating_add(FORM_SLACK_BYTES)
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            selectors_max: 100,
            selector_bytes_max: 4096,
            topics_max: 100,
            topic_bytes_max: 4096,
            event_bytes_max: 1 << 20,
        }
    }
}
