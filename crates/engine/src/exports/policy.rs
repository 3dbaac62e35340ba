//! The functions of a policy.

use wasmtime::Store;
use wasmtime::component::{Component, Instance, TypedFunc};

use super::{BadExport, Configure, Configuring, Exports, Function, has};
use crate::ComponentKind;
use crate::bindings::{EventArg, FullMailboxArg, MailboxAnswer};
use crate::bindings::{RefusalAnswer, SubscriberArg, VerdictAnswer};

/// Who gets what.
pub(crate) const FAN_OUT: &str = "umbel:hub/fan-out@0.1.0";
/// What happens at a full mailbox.
pub(crate) const QUEUE_POLICY: &str = "umbel:hub/queue-policy@0.1.0";

type Join = (&'static [SubscriberArg<'static>],);
type Joined = (Vec<Result<MailboxAnswer, RefusalAnswer>>,);
type Leave = (&'static [u32],);
type Route = (&'static [EventArg<'static>],);
type Routed = (Vec<Vec<u32>>,);
type Select = (&'static [u32], &'static [EventArg<'static>]);
type Selected = (Vec<Vec<u32>>,);
type Overflow = (&'static [FullMailboxArg],);
type Overflowed = (Vec<VerdictAnswer>,);

/// Where a policy keeps its functions.
pub(crate) struct PolicyExports {
    configure: Configuring,
    join: Function<Join, Joined>,
    leave: Function<Leave, ()>,
    route: Function<Route, Routed>,
    select: Function<Select, Selected>,
    overflow: Function<Overflow, Overflowed>,
}

/// The functions of an instance of a policy.
pub(crate) struct PolicyFunctions {
    pub(crate) configure: Configure,
    pub(crate) join: TypedFunc<Join, Joined>,
    pub(crate) leave: TypedFunc<Leave, ()>,
    pub(crate) route: TypedFunc<Route, Routed>,
    pub(crate) select: TypedFunc<Select, Selected>,
    pub(crate) overflow: TypedFunc<Overflow, Overflowed>,
}

impl Exports for PolicyExports {
    type Functions = PolicyFunctions;

    const KIND: ComponentKind = ComponentKind::Policy;

    fn is_kind(component: &Component) -> bool {
        has(component, FAN_OUT) || has(component, QUEUE_POLICY)
    }

    fn find(component: &Component) -> Result<Self, BadExport> {
        Ok(Self {
            configure: Function::find(component, FAN_OUT, "configure")?,
            join: Function::find(component, FAN_OUT, "join")?,
            leave: Function::find(component, FAN_OUT, "leave")?,
            route: Function::find(component, FAN_OUT, "route")?,
            select: Function::find(component, FAN_OUT, "select")?,
            overflow: Function::find(component, QUEUE_POLICY, "overflow")?,
        })
    }

    fn bind<T>(
        &self,
        store: &mut Store<T>,
        instance: &Instance,
    ) -> Result<PolicyFunctions, BadExport> {
        Ok(PolicyFunctions {
            configure: self.configure.bind(store, instance)?,
            join: self.join.bind(store, instance)?,
            leave: self.leave.bind(store, instance)?,
            route: self.route.bind(store, instance)?,
            select: self.select.bind(store, instance)?,
            overflow: self.overflow.bind(store, instance)?,
        })
    }
}
