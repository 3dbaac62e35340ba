//! Topic matching, the same in guest and host: `*`, exact names and RFC 6570 URI templates.
//!
//! A [`Selector`] is what a subscriber or a token says; a [`Pattern`] is what it means, compiled once.
//! Pure, `no_std`, and without backtracking: patterns and topics come from strangers.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod pattern;
mod selector;
mod template;

pub use pattern::Pattern;
pub use selector::{Matcher, Selector, SelectorError, VARIABLES_MAX, VARIABLES_TOTAL_MAX};
pub use template::Template;
