//! What decides for a tenant: now, before, and soon.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rollout::Rollout;
use super::version::{Change, Setup};
use crate::shadow::Shadow;

/// What decides for a tenant. Stations look at [`Self::generation`] and follow.
pub(crate) struct Components {
    state: Mutex<State>,
    generation: AtomicU64,
    /// Whether the present filter has an admission part.
    admission: AtomicBool,
}

/// What a station follows.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) current: Setup,
    /// What a rollback would bring back, of each part that was changed.
    pub(crate) previous_policy: Option<Change>,
    pub(crate) previous_filter: Option<Change>,
    /// The change on its way.
    pub(crate) rollout: Option<Arc<Rollout>>,
    /// The candidate that runs beside the policy.
    pub(crate) shadow: Option<Arc<Shadow>>,
}

impl Components {
    pub(crate) fn new(current: Setup) -> Self {
        let admission = AtomicBool::new(current.has_admission());
        let state = State {
            current,
            previous_policy: None,
            previous_filter: None,
            rollout: None,
            shadow: None,
        };
        Self {
            state: Mutex::new(state),
            generation: AtomicU64::new(0),
            admission,
        }
    }

    /// Grows with every change of the state.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Whether publications are asked about before they are logged.
    pub(crate) fn has_admission(&self) -> bool {
        self.admission.load(Ordering::Acquire)
    }

    /// The state of now.
    pub(crate) fn state(&self) -> State {
        self.lock().clone()
    }

    /// Begins a change; false where another one is on its way.
    pub(crate) fn begin(&self, rollout: &Arc<Rollout>) -> bool {
        self.change(|state| {
            let free = state.rollout.is_none();
            if free {
                state.rollout = Some(Arc::clone(rollout));
            }
            free
        })
    }

    /// The change on its way is not made.
    pub(crate) fn withdraw(&self) {
        self.change(|state| state.rollout = None);
    }

    /// The change on its way is made: whoever asks from now on gets the new components.
    pub(crate) fn commit(&self) {
        self.change(|state| {
            let Some(rollout) = state.rollout.take() else {
                return;
            };
            match rollout.change {
                Change::Policy(_) => {
                    state.previous_policy = Some(Change::Policy(state.current.policy.clone()));
                }
                Change::Filter(_) => {
                    state.previous_filter = Some(Change::Filter(state.current.filter.clone()));
                }
            }
            state.current = state.current.with(&rollout.change);
            let admission = state.current.has_admission();
            self.admission.store(admission, Ordering::Release);
        });
    }

    /// Whoever waits for a change on its way looks again.
    pub(crate) fn nudge(&self) {
        if let Some(rollout) = &self.lock().rollout {
            rollout.changed.notify_one();
        }
    }

    /// Something else has changed that stations follow.
    pub(crate) fn touch(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Has a candidate run beside the policy, or none.
    pub(crate) fn set_shadow(&self, shadow: Option<Arc<Shadow>>) {
        self.change(|state| state.shadow = shadow);
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let answer = change(&mut state);
        self.generation.fetch_add(1, Ordering::Release);
        answer
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No change is left half done by a panic: each is a few assignments.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
