//! The contract `umbel:hub@0.1.0` as Rust types: what goes in borrowed, what comes out owned.
//!
//! Written by hand rather than by `bindgen!`, so that arguments borrow from the hub's own records
//! without a copy, down to the attributes. Whether these types are those of `wit/` is checked each
//! time that a component is loaded, and tests load components that were encoded against `wit/`.

mod filter;
mod policy;

use wasmtime::component::{ComponentType, Lift, Lower};

pub(crate) use filter::{DecisionAnswer, PublicationArg, ReplacementAnswer, ViewAnswer};
pub(crate) use policy::WhenFullAnswer;
pub(crate) use policy::{FullMailboxArg, MailboxAnswer, RefusalAnswer, VerdictAnswer};

/// `types.settings`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct SettingsArg<'a> {
    pub(crate) config: &'a str,
    pub(crate) seed: u64,
    pub(crate) facts: &'a [(String, String)],
}

/// `types.selector`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct SelectorArg<'a> {
    pub(crate) matcher: &'a str,
    pub(crate) pattern: &'a str,
}

/// `types.subscriber`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct SubscriberArg<'a> {
    pub(crate) client: u32,
    pub(crate) selectors: &'a [SelectorArg<'a>],
    pub(crate) grants: &'a [SelectorArg<'a>],
    pub(crate) claims: &'a str,
    pub(crate) attributes: &'a [(String, String)],
    #[component(name = "joined-ms")]
    pub(crate) joined_ms: u64,
}

/// `types.event`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct EventArg<'a> {
    pub(crate) offset: u64,
    pub(crate) id: &'a str,
    pub(crate) topics: &'a [&'a str],
    pub(crate) kind: Option<&'a str>,
    pub(crate) private: bool,
    #[component(name = "accepted-ms")]
    pub(crate) accepted_ms: u64,
    pub(crate) size: u32,
    pub(crate) data: Option<&'a [u8]>,
    pub(crate) attributes: &'a [(&'a str, &'a str)],
}

/// `types.profile`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ProfileAnswer {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) wants: Vec<String>,
    pub(crate) matchers: Vec<String>,
}
