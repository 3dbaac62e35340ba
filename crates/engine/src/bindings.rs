//! The contract `umbel:hub@0.1.0` as Rust types: what goes in borrowed, what comes out owned.
//!
//! Written by hand rather than by `bindgen!`, so that arguments borrow from the hub's own records
//! without a copy, down to the attributes. Whether these types are those of `wit/` is checked each
//! time that a component is loaded, and tests load components that were encoded against `wit/`.

use wasmtime::component::{ComponentExportIndex, ComponentType, Instance, Lift, Lower, TypedFunc};

/// Interface and functions of the fan-out part.
pub(crate) const FAN_OUT: &str = "umbel:hub/fan-out@0.1.0";
/// Interface of the queue policy part.
pub(crate) const QUEUE_POLICY: &str = "umbel:hub/queue-policy@0.1.0";

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

/// `types.profile`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ProfileAnswer {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) wants: Vec<String>,
    pub(crate) matchers: Vec<String>,
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

pub(crate) type Configure = TypedFunc<(SettingsArg<'static>,), (Result<ProfileAnswer, String>,)>;
pub(crate) type Join =
    TypedFunc<(&'static [SubscriberArg<'static>],), (Vec<Result<MailboxAnswer, RefusalAnswer>>,)>;
pub(crate) type Leave = TypedFunc<(&'static [u32],), ()>;
pub(crate) type Route = TypedFunc<(&'static [EventArg<'static>],), (Vec<Vec<u32>>,)>;
pub(crate) type Select =
    TypedFunc<(&'static [u32], &'static [EventArg<'static>]), (Vec<Vec<u32>>,)>;
pub(crate) type Overflow = TypedFunc<(&'static [FullMailboxArg],), (Vec<VerdictAnswer>,)>;

/// The functions of one instance. Their types mention `'static` only because they are kept: a call
/// may pass anything shorter.
pub(crate) struct Exports {
    pub(crate) configure: Configure,
    pub(crate) join: Join,
    pub(crate) leave: Leave,
    pub(crate) route: Route,
    pub(crate) select: Select,
    pub(crate) overflow: Overflow,
}

/// Where a component keeps the functions of the contract.
pub(crate) struct ExportIndexes {
    configure: ComponentExportIndex,
    join: ComponentExportIndex,
    leave: ComponentExportIndex,
    route: ComponentExportIndex,
    select: ComponentExportIndex,
    overflow: ComponentExportIndex,
}

/// An export that is not there, or not of the contract's type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadExport {
    pub(crate) export: String,
    pub(crate) detail: String,
}

impl ExportIndexes {
    /// Finds the functions of the contract; versions that are compatible by semver are found too.
    pub(crate) fn find(component: &wasmtime::component::Component) -> Result<Self, BadExport> {
        let find = |interface: &str, function: &str| {
            let instance =
                component
                    .get_export_index(None, interface)
                    .ok_or_else(|| BadExport {
                        export: interface.into(),
                        detail: "no such interface".into(),
                    })?;
            component
                .get_export_index(Some(&instance), function)
                .ok_or_else(|| BadExport {
                    export: format!("{interface}#{function}"),
                    detail: "no such function".into(),
                })
        };
        Ok(Self {
            configure: find(FAN_OUT, "configure")?,
            join: find(FAN_OUT, "join")?,
            leave: find(FAN_OUT, "leave")?,
            route: find(FAN_OUT, "route")?,
            select: find(FAN_OUT, "select")?,
            overflow: find(QUEUE_POLICY, "overflow")?,
        })
    }

    /// The functions of `instance`, their types checked.
    pub(crate) fn bind<T>(
        &self,
        store: &mut wasmtime::Store<T>,
        instance: &Instance,
    ) -> Result<Exports, BadExport> {
        macro_rules! typed {
            ($name:ident) => {
                instance
                    .get_typed_func(&mut *store, &self.$name)
                    .map_err(|e| BadExport {
                        export: stringify!($name).into(),
                        detail: format!("{e:#}"),
                    })?
            };
        }
        Ok(Exports {
            configure: typed!(configure),
            join: typed!(join),
            leave: typed!(leave),
            route: typed!(route),
            select: typed!(select),
            overflow: typed!(overflow),
        })
    }
}
