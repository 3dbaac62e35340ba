//! Topic matching, the same in guest and host: `*`, exact names and RFC 6570 URI templates.
//!
//! A [`Selector`] is what a subscriber or a token says; a [`Pattern`] is what it means, compiled once.
//! Pure, `no_std`, and linear in the length of the topic: patterns come from strangers.
#![no_std]

extern crate alloc;

mod pattern;
mod selector;

pub use pattern::Pattern;
pub use selector::{Matcher, Selector, SelectorError};
