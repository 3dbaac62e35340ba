//! From the calls of the host to a [`Policy`].

use core::cell::RefCell;
use core::marker::PhantomData;

use crate::bindings::exports::umbel::hub::{fan_out, queue_policy};
use crate::{
    Admission, Client, Event, FullMailbox, Policy, Profile, Settings, Subscriber, Verdict,
};

/// Exports a [`Policy`] as the component that this crate is built into. Once in a crate.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        const _: () = {
            ::std::thread_local! {
                static STATE: ::core::cell::RefCell<::core::option::Option<$policy>> =
                    const { ::core::cell::RefCell::new(::core::option::Option::None) };
            }

            impl $crate::Stateful for $policy {
                fn with<R>(
                    f: impl FnOnce(&::core::cell::RefCell<::core::option::Option<Self>>) -> R,
                ) -> R {
                    STATE.with(f)
                }
            }

            type Component = $crate::Exported<$policy>;
    $crate::bindings::export_dispatcher!(Component with_types_in $crate::bindings);
        };
    };
}

/// A policy that has a place to live between calls; [`export_policy!`] gives it one.
pub trait Stateful: Policy {
    /// Hands that place to `f`.
    fn with<R>(f: impl FnOnce(&RefCell<Option<Self>>) -> R) -> R;
}

/// The exports of a component, answered by the policy `P`.
pub struct Exported<P>(PhantomData<P>);

/// The host calls `configure` before anything else, and one call at a time.
fn with_policy<P: Stateful, R>(f: impl FnOnce(&mut P) -> R) -> R {
    P::with(|state| {
        f(state
            .borrow_mut()
            .as_mut()
            .expect("a call before `configure`"))
    })
}

impl<P: Stateful> fan_out::Guest for Exported<P> {
    fn configure(settings: Settings) -> Result<Profile, String> {
        let (policy, profile) = P::configure(settings)?;
        P::with(|state| state.replace(Some(policy)));
        Ok(profile)
    }

    fn join(subscribers: Vec<Subscriber>) -> Vec<Admission> {
        with_policy(|policy: &mut P| policy.join(subscribers))
    }

    fn leave(clients: Vec<Client>) {
        with_policy(|policy: &mut P| policy.leave(&clients));
    }

    fn route(events: Vec<Event>) -> Vec<Vec<Client>> {
        with_policy(|policy: &mut P| policy.route(&events))
    }

    fn select(clients: Vec<Client>, events: Vec<Event>) -> Vec<Vec<u32>> {
        with_policy(|policy: &mut P| policy.select(&clients, &events))
    }
}

impl<P: Stateful> queue_policy::Guest for Exported<P> {
    fn overflow(full: Vec<FullMailbox>) -> Vec<Verdict> {
        with_policy(|policy: &mut P| policy.overflow(&full))
    }
}
