//! From the calls of the host to a [`PublishFilter`] and a [`ViewFilter`].

use core::marker::PhantomData;

use crate::publish_bindings::exports::umbel::hub::admission;
use crate::stateful::{keep, with_state};
use crate::view_bindings::exports::umbel::hub::views;
use crate::{
    Client, Decision, Event, Profile, Publication, PublishFilter, Settings, Stateful, Subscriber,
    View, ViewFilter,
};

/// Exports a [`PublishFilter`] as the component that this crate is built into. Once in a crate.
#[macro_export]
macro_rules! export_publish_filter {
    ($filter:ty) => {
        const _: () = {
            $crate::state!($filter, $filter);

            type Component = $crate::ExportedPublish<$filter>;
            $crate::publish_bindings::export_publish_world!(
                Component with_types_in $crate::publish_bindings
            );
        };
    };
}

/// Exports a [`ViewFilter`] as the component that this crate is built into. Once in a crate.
#[macro_export]
macro_rules! export_view_filter {
    ($filter:ty) => {
        const _: () = {
            $crate::state!($filter, $filter);

            type Component = $crate::ExportedViews<$filter>;
            $crate::view_bindings::export_view_world!(
                Component with_types_in $crate::view_bindings
            );
        };
    };
}

/// Exports a [`PublishFilter`] and a [`ViewFilter`], two types, as one component: the world `filter`. Both
/// live in one instance; the host configures each. Once in a crate.
#[macro_export]
macro_rules! export_filter {
    ($publish:ty, $view:ty) => {
        $crate::export_publish_filter!($publish);
        $crate::export_view_filter!($view);
    };
}

/// The exports of `admission`, answered by the filter `F`.
pub struct ExportedPublish<F>(PhantomData<F>);

/// The exports of `views`, answered by the filter `F`.
pub struct ExportedViews<F>(PhantomData<F>);

impl<F: PublishFilter + Stateful<State = F>> admission::Guest for ExportedPublish<F> {
    fn configure(settings: Settings) -> Result<Profile, String> {
        let (filter, profile) = F::configure(settings)?;
        keep::<F>(filter);
        Ok(profile)
    }

    fn admit(publications: Vec<Publication>) -> Vec<Decision> {
        with_state::<F, _>(|filter| filter.admit(&publications))
    }
}

impl<F: ViewFilter + Stateful<State = F>> views::Guest for ExportedViews<F> {
    fn configure(settings: Settings) -> Result<Profile, String> {
        let (filter, profile) = F::configure(settings)?;
        keep::<F>(filter);
        Ok(profile)
    }

    fn join(subscribers: Vec<Subscriber>) {
        with_state::<F, _>(|filter| filter.join(subscribers));
    }

    fn leave(clients: Vec<Client>) {
        with_state::<F, _>(|filter| filter.leave(&clients));
    }

    fn tailor(events: Vec<Event>, audiences: Vec<Vec<Client>>) -> Vec<Vec<View>> {
        with_state::<F, _>(|filter| filter.tailor(&events, &audiences))
    }
}
