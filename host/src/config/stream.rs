//! `[stream]`: how streams live.

use std::time::Duration;

use umbel_hub::StreamConfig;

use super::reader::Reader;

const MOMENT: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(3600);
const AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// Reads the section; what it does not say is as in `base`.
pub fn read(reader: &mut Reader<'_>, base: &StreamConfig) -> StreamConfig {
    StreamConfig {
        heartbeat: reader.duration("stream.heartbeat", base.heartbeat, MOMENT..=HOUR),
        age: reader.duration("stream.age", base.age, MOMENT..=AGE_MAX),
        retry: reader.duration("stream.retry", base.retry, Duration::ZERO..=HOUR),
        write_timeout: reader.duration("stream.write-timeout", base.write_timeout, MOMENT..=HOUR),
        checkpoint: reader.switch("stream.checkpoint", base.checkpoint),
    }
}
