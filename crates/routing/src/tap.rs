//! Whoever listens to what a policy is asked, and what it answers.

use crate::{Admission, Client, EventView, Fault, FullMailbox, Settings, SubscriberView, Verdict};

/// What a policy answered: one thing for each that it was asked, or that the call failed.
pub type Answered<'a, T> = Result<&'a [T], &'a Fault>;

/// A call of a policy and what came of it, as the hub made it.
#[derive(Clone, Copy, Debug)]
pub enum Call<'a> {
    /// It was configured so. Always the first.
    Configure(&'a Settings),
    /// These were with it before anyone listened; what it answered then is not known.
    Present(&'a [SubscriberView<'a>]),
    /// [`crate::Dispatcher::join`].
    Join(&'a [SubscriberView<'a>], Answered<'a, Admission>),
    /// [`crate::Dispatcher::leave`].
    Leave(&'a [Client]),
    /// [`crate::Dispatcher::route`].
    Route(&'a [EventView<'a>], Answered<'a, Vec<Client>>),
    /// [`crate::Dispatcher::select`].
    Select(&'a [Client], &'a [EventView<'a>], Answered<'a, Vec<u32>>),
    /// [`crate::Dispatcher::overflow`].
    Overflow(&'a [FullMailbox], Answered<'a, Verdict>),
}

/// Listens to one instance of a policy, on the thread of those who ask it: it must not wait for anything.
pub trait Tap: Send {
    /// A call was made.
    fn hear(&mut self, call: &Call<'_>);

    /// Whether it wants to hear more; once it does not, it never will again.
    fn wants_more(&self) -> bool;
}
