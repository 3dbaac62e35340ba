//! What only policies are given and answer.

use wasmtime::component::{ComponentType, Lift, Lower};

/// `queue-policy.full-mailbox`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct FullMailboxArg {
    pub(crate) client: u32,
    pub(crate) offset: u64,
    pub(crate) events: u32,
    pub(crate) bytes: u32,
    #[component(name = "oldest-ms")]
    pub(crate) oldest_ms: u32,
}

/// `fan-out.verdict`.
#[derive(Clone, Copy, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(
    dead_code,
    reason = "made from what a component answers, never by name"
)]
pub(crate) enum VerdictAnswer {
    #[component(name = "drop-newest")]
    DropNewest,
    #[component(name = "drop-oldest")]
    DropOldest,
    #[component(name = "conflate")]
    Conflate,
    #[component(name = "catch-up")]
    CatchUp,
    #[component(name = "disconnect")]
    Disconnect,
}

/// `fan-out.when-full`.
#[derive(Clone, Copy, ComponentType, Lift)]
#[component(variant)]
pub(crate) enum WhenFullAnswer {
    #[component(name = "always")]
    Always(VerdictAnswer),
    #[component(name = "ask")]
    Ask,
}

/// `fan-out.mailbox`.
#[derive(Clone, Copy, ComponentType, Lift)]
#[component(record)]
pub(crate) struct MailboxAnswer {
    #[component(name = "events-max")]
    pub(crate) events_max: u32,
    #[component(name = "bytes-max")]
    pub(crate) bytes_max: u32,
    #[component(name = "when-full")]
    pub(crate) when_full: WhenFullAnswer,
}

/// `fan-out.refusal`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct RefusalAnswer {
    pub(crate) reason: String,
    #[component(name = "retry-ms")]
    pub(crate) retry_ms: Option<u32>,
}
