//! Where what a component remembers lives between calls.

use core::cell::RefCell;

/// Something whose state has a place to live between calls; the export macros give it one.
pub trait Stateful: 'static {
    /// What lives there.
    type State: 'static;

    /// Hands that place to `f`.
    fn with<R>(f: impl FnOnce(&RefCell<Option<Self::State>>) -> R) -> R;
}

/// Gives `$state` its place, which is found by `$owner`. Once for each owner.
#[doc(hidden)]
#[macro_export]
macro_rules! state {
    ($owner:ty, $state:ty) => {
        ::std::thread_local! {
            static STATE: ::core::cell::RefCell<::core::option::Option<$state>> =
                const { ::core::cell::RefCell::new(::core::option::Option::None) };
        }

        impl $crate::Stateful for $owner {
            type State = $state;

            fn with<R>(
                f: impl FnOnce(&::core::cell::RefCell<::core::option::Option<$state>>) -> R,
            ) -> R {
                STATE.with(f)
            }
        }
    };
}

/// Keeps what `configure` has made.
pub(crate) fn keep<O: Stateful>(state: O::State) {
    O::with(|place| place.replace(Some(state)));
}

/// The host calls `configure` before anything else, and one call at a time.
pub(crate) fn with_state<O: Stateful, R>(f: impl FnOnce(&mut O::State) -> R) -> R {
    O::with(|place| {
        f(place
            .borrow_mut()
            .as_mut()
            .expect("a call before `configure`"))
    })
}
