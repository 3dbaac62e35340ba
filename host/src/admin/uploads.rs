//! How often components may be sent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::admin_error::AdminError;

/// Uploads for one tenant within [`WINDOW`].
const UPLOADS_MAX: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// Uploads that are held in memory at a time.
const AT_ONCE_MAX: usize = 4;
const AT_ONCE_RETRY_S: u32 = 5;

/// Counts uploads: compiling a component costs seconds of a processor, and its bytes are held
/// meanwhile.
pub(crate) struct Uploads {
    /// When those of the last minute began.
    begun: Mutex<BTreeMap<String, VecDeque<Instant>>>,
    slots: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            begun: Mutex::default(),
            slots: Arc::new(Semaphore::new(AT_ONCE_MAX)),
        }
    }
}

impl Uploads {
    /// Lets one more for `tenant` begin at `now`; it counts until the answer is dropped.
    ///
    /// # Errors
    /// Where there are too many.
    pub(super) fn begin(
        &self,
        tenant: &str,
        now: Instant,
    ) -> Result<OwnedSemaphorePermit, AdminError> {
        let slot = Arc::clone(&self.slots).try_acquire_owned();
        let slot = slot.map_err(|_| AdminError::TooMany {
            what: "too many components are being uploaded at once",
            retry_s: AT_ONCE_RETRY_S,
        })?;
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|_, times| {
            times.retain(|time| now.duration_since(*time) < WINDOW);
            !times.is_empty()
        });
        let times = begun.entry(tenant.to_owned()).or_default();
        match times.front() {
            Some(first) if times.len() >= UPLOADS_MAX => {
                let left = WINDOW.saturating_sub(now.duration_since(*first));
                Err(AdminError::TooMany {
                    what: "a tenant takes 10 uploads a minute",
                    retry_s: u32::try_from(left.as_secs()).unwrap_or(u32::MAX) + 1,
                })
            }
            _ => {
                times.push_back(now);
                Ok(slot)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{AdminError, Uploads};

    #[test]
    fn a_tenant_takes_ten_uploads_a_minute_whatever_the_others_do() {
        let (uploads, start) = (Uploads::default(), Instant::now());
        let at = |s| start + Duration::from_secs(s);
        for s in 0..10 {
            drop(uploads.begin("a", at(s)).unwrap());
        }
        let error = uploads.begin("a", at(20)).unwrap_err();
        assert!(matches!(error, AdminError::TooMany { retry_s: 41, .. }));
        assert!(uploads.begin("b", at(20)).is_ok());
        assert!(uploads.begin("a", at(60)).is_ok());
        assert!(uploads.begin("a", at(60)).is_err());
    }

    #[test]
    fn only_so_many_are_held_at_a_time() {
        let (uploads, now) = (Uploads::default(), Instant::now());
        let held: Vec<_> = (0..4).map(|_| uploads.begin("a", now).unwrap()).collect();
        assert!(uploads.begin("b", now).is_err());
        drop(held);
        assert!(uploads.begin("b", now).is_ok());
    }
}
