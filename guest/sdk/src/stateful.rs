//! Where what a component remembers lives between calls.

use core::cell::RefCell;

/// Something that has a place to live between calls; the export macros give it one.
pub trait Stateful: Sized + 'static {
    /// Hands that place to `f`.
    fn with<R>(f: impl FnOnce(&RefCell<Option<Self>>) -> R) -> R;
}

/// Gives `$state` its place. Once for each type.
#[doc(hidden)]
#[macro_export]
macro_rules! state {
    ($state:ty) => {
        ::std::thread_local! {
            static STATE: ::core::cell::RefCell<::core::option::Option<$state>> =
                const { ::core::cell::RefCell::new(::core::option::Option::None) };
        }

        impl $crate::Stateful for $state {
            fn with<R>(
                f: impl FnOnce(&::core::cell::RefCell<::core::option::Option<Self>>) -> R,
            ) -> R {
                STATE.with(f)
            }
        }
    };
}

/// Keeps what `configure` has made.
pub(crate) fn keep<S: Stateful>(state: S) {
    S::with(|place| place.replace(Some(state)));
}

/// The host calls `configure` before anything else, and one call at a time.
pub(crate) fn with_state<S: Stateful, R>(f: impl FnOnce(&mut S) -> R) -> R {
    S::with(|place| {
        f(place
            .borrow_mut()
            .as_mut()
            .expect("a call before `configure`"))
    })
}
