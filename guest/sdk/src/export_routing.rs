//! From the calls of the host to a [`Routing`].

use core::marker::PhantomData;

use crate::bindings::exports::umbel::hub::{fan_out, queue_policy};
use crate::routed::Routed;
use crate::stateful::{keep, with_state};
use crate::{
    Admission, Client, Event, FullMailbox, Profile, Routing, Settings, Stateful, Subscriber,
    Verdict,
};

/// Exports a [`Routing`] as the component that this crate is built into, under the name and version of its
/// package. Once in a crate.
#[macro_export]
macro_rules! export_routing {
    ($rules:ty) => {
        const _: () = {
            $crate::state!($rules, $crate::Routed<$rules>);

            impl $crate::Packaged for $rules {
                const NAME: &'static str = ::core::env!("CARGO_PKG_NAME");
                const VERSION: &'static str = ::core::env!("CARGO_PKG_VERSION");
            }

            type Component = $crate::ExportedRouting<$rules>;
    $crate::bindings::export_dispatcher!(Component with_types_in $crate::bindings);
        };
    };
}

/// Something that was built from a package.
pub trait Packaged {
    /// The name of the package.
    const NAME: &'static str;
    /// Its version.
    const VERSION: &'static str;
}

/// The exports of a component, answered by the rules `R`.
pub struct ExportedRouting<R>(PhantomData<R>);

impl<R> fan_out::Guest for ExportedRouting<R>
where
    R: Routing + Packaged + Stateful<State = Routed<R>>,
{
    fn configure(settings: Settings) -> Result<Profile, String> {
        keep::<R>(Routed::configure(&settings)?);
        Ok(Profile {
            wants: owned(R::WANTS),
            matchers: owned(R::MATCHERS),
            ..Profile::new(R::NAME, R::VERSION)
        })
    }

    fn join(subscribers: Vec<Subscriber>) -> Vec<Admission> {
        with_state::<R, _>(|policy| policy.join(subscribers))
    }

    fn leave(clients: Vec<Client>) {
        with_state::<R, _>(|policy| policy.leave(&clients));
    }

    fn route(events: Vec<Event>) -> Vec<Vec<Client>> {
        with_state::<R, _>(|policy| policy.route(events))
    }

    fn select(clients: Vec<Client>, events: Vec<Event>) -> Vec<Vec<u32>> {
        with_state::<R, _>(|policy| policy.select(&clients, &events))
    }
}

impl<R> queue_policy::Guest for ExportedRouting<R>
where
    R: Routing + Packaged + Stateful<State = Routed<R>>,
{
    fn overflow(full: Vec<FullMailbox>) -> Vec<Verdict> {
        with_state::<R, _>(|policy| policy.overflow(&full))
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(String::from).collect()
}
