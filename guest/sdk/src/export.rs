//! From the calls of the host to a [`Policy`].

use core::marker::PhantomData;

use crate::bindings::exports::umbel::hub::{fan_out, queue_policy};
use crate::stateful::{keep, with_state};
use crate::{
    Admission, Client, Event, FullMailbox, Policy, Profile, Settings, Stateful, Subscriber, Verdict,
};

/// Exports a [`Policy`] as the component that this crate is built into. Once in a crate.
#[macro_export]
macro_rules! export_policy {
    ($policy:ty) => {
        const _: () = {
            $crate::state!($policy, $policy);

            type Component = $crate::Exported<$policy>;
    $crate::bindings::export_dispatcher!(Component with_types_in $crate::bindings);
        };
    };
}

/// The exports of a component, answered by the policy `P`.
pub struct Exported<P>(PhantomData<P>);

impl<P: Policy + Stateful<State = P>> fan_out::Guest for Exported<P> {
    fn configure(settings: Settings) -> Result<Profile, String> {
        let (policy, profile) = P::configure(settings)?;
        keep::<P>(policy);
        Ok(profile)
    }

    fn join(subscribers: Vec<Subscriber>) -> Vec<Admission> {
        with_state::<P, _>(|policy| policy.join(subscribers))
    }

    fn leave(clients: Vec<Client>) {
        with_state::<P, _>(|policy| policy.leave(&clients));
    }

    fn route(events: Vec<Event>) -> Vec<Vec<Client>> {
        with_state::<P, _>(|policy| policy.route(&events))
    }

    fn select(clients: Vec<Client>, events: Vec<Event>) -> Vec<Vec<u32>> {
        with_state::<P, _>(|policy| policy.select(&clients, &events))
    }
}

impl<P: Policy + Stateful<State = P>> queue_policy::Guest for Exported<P> {
    fn overflow(full: Vec<FullMailbox>) -> Vec<Verdict> {
        with_state::<P, _>(|policy| policy.overflow(&full))
    }
}
