//! What a search costs, counted where a test asks.

/// Counts `steps`: words of a set gone over, or bytes looked at.
#[cfg(not(test))]
pub(super) const fn count(_steps: usize) {}

#[cfg(test)]
std::thread_local! {
    static STEPS: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

#[cfg(test)]
pub(super) fn count(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// The steps that this thread takes in `search`.
#[cfg(test)]
pub(super) fn of(search: impl FnOnce()) -> usize {
    let before = STEPS.get();
    search();
    STEPS.get() - before
}
